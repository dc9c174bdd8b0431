/**
 * What the constants of Theorem 3.1 amount to, problem by problem.
 *
 * @module
 */
import { type Experiment, experiment, type Row } from "../../../../experiment/mod.ts";
import { paperProblem, problemQ } from "../../problems/mod.ts";
import { problemOf } from "../../shapes.ts";
import { theoremConstants } from "../../theory/paper/constants.ts";
import { paperSymbols } from "../../theory/paper/symbols.ts";
import { statedProblemsParameter } from "./_escape.ts";
import { worded } from "../worded.ts";

/** The constants of a problem beside what runs have. */
export interface StatedConstantsRow extends Row {
  /** Name of the problem. */
  problem: string;
  /** `δ_w`. */
  deltaW: number;
  /** `c₁` that the proof gives; runs have 1. */
  c1: number;
  /** Exponent `c₃` of `2α^{c₃}` that the proof admits. */
  c3: number;
  /** Exponent of the final error at `B = 0`, `4(2 − δ_w)` (ours). */
  exponentB: number;
  /** The same at `A = 0`, `2(3 − δ_w)` (ours). */
  exponentA: number;
  /** Rate that is proved. */
  rate: number;
  /** Rate of the signal in runs for `x₂ → 0`, over it. */
  overRate: number;
}

/**
 * Parameters of {@linkcode statedConstants}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const statedConstantsParameters = {
  problems: statedProblemsParameter([
    problemQ({ delta: 0.5 }),
    problemQ({ delta: 0.9 }),
    paperProblem({ seed: "1000" }),
  ]),
};

/**
 * The constants that the proof of Theorem 3.1 supports, for problems, beside the sharp ones.
 *
 * @example
 * ```ts
 * import { statedConstants } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await statedConstants();
 * assert(rows.every(({ c3, exponentB }) => c3 < 2e-3 && exponentB > 4));
 * ```
 */
export const statedConstants: Experiment<typeof statedConstantsParameters, StatedConstantsRow[]> =
  experiment({
    name: "constants of Theorem 3.1",
    about: "Time, exponent and rate that the proof gives, beside the sharp ones.",
    parameters: statedConstantsParameters,
    run: ({ problems }) =>
      problems.map((like) => {
        const problem = problemOf(like), { deltaW } = paperSymbols(problem);
        const { c1, c3, rate, sharpRate } = theoremConstants(problem);
        return {
          ...{ problem: problem.name ?? "own problem", deltaW, c1, c3 },
          ...{ exponentB: 4 * (2 - deltaW), exponentA: 2 * (3 - deltaW) },
          ...{ rate, overRate: sharpRate / rate },
        };
      }),
    table: worded((rows) => rows),
  });
