import type { Json } from "./claim.ts";
import { leaves } from "./_guard.ts";
import type { ClaimRow } from "./run.ts";

/** MIME type under which a notebook carries its claim rows for others to read. */
export const CLAIM_ROWS = "application/vnd.lora-dynamics.claims+json";

/** A measured value, numbers to six digits. */
export function digits(value: Json): string {
  if (typeof value === "string") return value;
  return JSON.stringify(
    value,
    (_, entry) => typeof entry === "number" ? Number(entry.toPrecision(6)) : entry,
  );
}

/** A table of text. */
export interface Comparison {
  /** Names of the columns. */
  readonly header: readonly string[];
  /** Its rows. */
  readonly lines: readonly (readonly string[])[];
}

/** Measured beside expected, entry by entry where both have the same ones. */
export function comparison(
  { measured, expected }: Pick<ClaimRow, "measured" | "expected">,
): Comparison {
  const byPath = (value: Json) =>
    leaves(value).map(([path, leaf]) => [path.join(", "), leaf] as const);
  const found = byPath(measured), wanted = new Map(byPath(expected));
  if (found.every(([path]) => wanted.has(path))) {
    const lines = found.map(([path, value]) => [path, digits(value), digits(wanted.get(path)!)]);
    return { header: ["", "measured", "expected"], lines };
  }
  return {
    header: ["", `measured; expected: ${digits(expected)}`],
    lines: found.map(([path, value]) => [path, digits(value)]),
  };
}

/** Whether a claim holds, at other seeds too if they were asked for. */
export function holds({ pass, others }: Pick<ClaimRow, "pass" | "others">): boolean {
  return pass && others?.pass !== false;
}
