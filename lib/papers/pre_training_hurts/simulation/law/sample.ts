/**
 * States of many independent runs at a few steps, by whatever makes the steps: the material of tests of exactness.
 *
 * @module
 */
import { checkKeys } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { stream } from "../../../../random/mod.ts";
import { type Copies, openCopies } from "../runs/open.ts";
import { type Sampler, SETTING_KEYS, type SgdSetting } from "../runs/setting.ts";
import { type AddedDegrees, withDegrees } from "./degrees.ts";
import { plainRun } from "./plain_model.ts";

/** What makes the steps: a sampler of runs, or the model on one screen. */
export type LawSampler = Sampler | "plain model";

/** A sample of the law of `(u, a, h)`. */
export interface LawCell extends Omit<SgdSetting, "sampler"> {
  /** What makes the steps. */
  readonly sampler: LawSampler;
  /** Increasing steps at which the state is kept. */
  readonly looks: readonly number[];
  /** Degrees of freedom added to the remainder of a chain; 0 when not given, which is exact. */
  readonly degrees?: AddedDegrees;
}

/** A state. */
export interface LawRow extends Row {
  /** Number of the copy. */
  copy: number;
  /** Steps made. */
  at: number;
  /** Scalar factor. */
  u: number;
  /** Overlap `m = ω·ω⋆`. */
  m: number;
  /** Overlap with the second direction of the frame; 0 where there is none. */
  n: number;
  /** Length of the rest of ω. */
  h: number;
}

/**
 * States of many independent runs: a row for each copy and step that is looked at.
 *
 * Whole vectors are run one copy after the other. Scale: steps.
 *
 * @example
 * ```ts
 * import { lawSample } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [row] = [await lawSample({
 *   sampler: "plain model", student: "erf", w0: 0.5, d: 12, batch: 3, step: 0.6, start: { u: 0.5 },
 *   copies: 1, looks: [4],
 * })].flat();
 * assertAlmostEquals(row.m ** 2 + row.h ** 2, 1, 1e-12);
 * ```
 */
export const lawSample: Task<LawCell, LawRow> = task(
  import.meta.url,
  "lawSample",
  (cell: LawCell, { seed }): LawRow[] => {
    checkKeys("sample a law", cell, [...SETTING_KEYS, "looks", "degrees"], "the cell");
    const { sampler, looks, degrees = 0, copies, ...setting } = cell;
    // Samplers that are compared must not share a number.
    const rng = stream(seed, "law", sampler, degrees === null ? "none" : degrees);
    if (sampler === "exact chain" || sampler === "chain of samples") {
      const spoilt = degrees === 0 ? rng : withDegrees(rng, degrees);
      return followed(openCopies({ ...setting, sampler, copies }, rng, { spoilt }), looks);
    }
    return Array.from({ length: copies }, (_, copy) => {
      const own = rng.stream(copy), one = { ...setting, copies: 1 };
      const run = sampler === "plain model"
        ? plainRun(one, own)
        : openCopies({ ...one, sampler }, own);
      return followed(run, looks).map((row) => ({ ...row, copy }));
    }).flat();
  },
);

/** What is wanted of copies. */
type Run = Pick<Copies, "copies" | "steps" | "step" | "state">;

function followed(run: Run, looks: readonly number[]): LawRow[] {
  return looks.flatMap((at) => {
    while (run.steps < at) run.step();
    return Array.from({ length: run.copies }, (_, copy) => {
      const { u, a: [m, n = 0], h } = run.state(copy);
      return { copy, at, u, m, n, h };
    });
  });
}
