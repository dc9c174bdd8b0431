/**
 * The starts of the notebook: those of `STARTS`, and two of ours that tell causes apart.
 *
 * @module
 */
import { checkOneOf } from "../../check.ts";
import { transpose } from "../../linalg/mod.ts";
import { completedSvd, type StartName, type StartRule, startRule, STARTS } from "../../nn/mod.ts";

/** Names of the starts that only this notebook has. */
export type OwnStartName = "LoRA-GA, no offset" | "LoRA-GA, rows of G";

/** A start by its name, or a reader's own record `{ name, factors, ... }`. */
export type StartLike = StartName | OwnStartName | StartRule;

/** Two variants of LoRA-GA: without its offset, and with its offset in the row space of the gradient. */
export const OWN_STARTS: Readonly<Record<OwnStartName, StartRule>> = {
  "LoRA-GA, no offset": {
    ...STARTS["LoRA-GA"],
    name: "LoRA-GA, no offset",
    about: "LoRA-GA with W as it was",
    ...{ source: "ours", shifted: false },
  },
  "LoRA-GA, rows of G": {
    ...STARTS["LoRA-GA"],
    name: "LoRA-GA, rows of G",
    about: "A = −f U[1…r], B = f V[1…r]ᵀ, W ← W − s·AB: LoRA-GA's offset in the right row space",
    source: "ours",
    factors: ({ gradient, r, gamma, draws }) => {
      const { u, v } = completedSvd(gradient, [r, r], draws);
      const f = gradient.columns ** 0.25 / Math.sqrt(gamma);
      const times = (m: typeof u, x: number) => ({ ...m, data: m.data.map((y) => x * y) });
      return { a: times(u, -f), b: transpose(times(v, f)) };
    },
  },
};

/** All names. */
export const NOTEBOOK_STARTS: readonly (StartName | OwnStartName)[] = [
  ...Object.keys(STARTS) as StartName[],
  ...Object.keys(OWN_STARTS) as OwnStartName[],
];

/**
 * A start as a value, by its name or as it is.
 *
 * @throws {RangeError} If a name is not known (the known are listed).
 * @throws {TypeError} If it is neither a name nor a record with `name` and `factors`.
 */
export function notebookStart(start: StartLike): StartRule {
  if (typeof start !== "string") return startRule(start);
  checkOneOf("choose a start", "name", start, NOTEBOOK_STARTS);
  return Object.hasOwn(OWN_STARTS, start)
    ? OWN_STARTS[start as OwnStartName]
    : STARTS[start as StartName];
}
