/**
 * The paper's algorithm with unknown `c`: random signs, frozen or trained.
 *
 * @module
 */
import { checkInteger, checkSorted } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { type Stream, stream } from "../../../random/mod.ts";
import { fineTuning, type ModelOptions, quantised } from "../model.ts";
import { FineTuningChain, type RunOptions } from "./chain.ts";

/** Runs with random signs. */
export interface SignedCell {
  /** What the rows are known by. */
  readonly label: string;
  /** Model without left factors, or with a fixed `c`. */
  readonly model: Omit<ModelOptions, "hatC">;
  /** Options of each copy. */
  readonly run: RunOptions;
  /** First copy: copies of several cells may be one group. */
  readonly first: number;
  /** Number of copies. Copies of equal number and `k` have the same signs and start whatever `run` is. */
  readonly copies: number;
  /** Times `τ = steps/n`, increasing. */
  readonly times: readonly number[];
}

/** One copy at one time. */
export interface SignedRow extends Row {
  /** Number of the copy. */
  copy: number;
  /** Time. */
  tau: number;
  /** Overlap of the directions. */
  m: number;
  /** Overlap of the left factors. */
  q: number;
  /** Overlap of the left factors at the start. */
  q0: number;
  /** `(Σ c_i)(Σ ĉ_i)` at the start. */
  A: number;
  /** Overlap of the directions at the start. */
  m0: number;
  /** First time at which `|m| ≥ ½`; null before. */
  half: number | null;
  /** Mean loss over the inputs since the time before; null without any. */
  loss: number | null;
}

/** Uniform signs over `√k`. */
function signs(k: number, rng: Stream): number[] {
  return quantised(k, () => rng.uniform() < 0.5 ? -1 : 1);
}

const total = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0);

/** Runs copies with random `ĉ`, and random `c` unless the model fixes it. Source: dayi25a, Eq. (4). */
export const signedRuns: Task<SignedCell, SignedRow> = task(
  import.meta.url,
  "signedRuns",
  ({ model, run, first, copies, times }: SignedCell, { seed }): SignedRow[] => {
    checkInteger("run with random signs", "copies", copies, 1);
    checkSorted("run with random signs", "times", times);
    return Array.from({ length: copies }, (_, i) => first + i).flatMap((copy) => {
      const rng = stream(seed, "signed", model.k, copy), { k } = model;
      const c = model.c ?? signs(k, rng.stream("c")), hatC = signs(k, rng.stream("ĉ"));
      const chain = new FineTuningChain(fineTuning({ ...model, c, hatC }), run, rng);
      const { q: q0, m: m0 } = chain, A = total(c) * total(hatC);
      let half: number | null = null;
      return times.map((tau) => {
        for (let left = Math.round(tau * run.n) - chain.steps; left > 0; left--) {
          chain.step();
          if (half === null && Math.abs(chain.m) >= 0.5) half = chain.steps / run.n;
        }
        return { copy, tau, m: chain.m, q: chain.q, q0, A, m0, half, loss: chain.takeLoss() };
      });
    });
  },
);
