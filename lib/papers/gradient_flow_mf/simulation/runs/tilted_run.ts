/**
 * Runs of a target at an angle: losses at times, times at which losses are reached, and the end.
 *
 * @module
 */
import { checkKeys } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { frobeniusNorm } from "../../../../linalg/mod.ts";
import { portable } from "../../../../random/mod.ts";
import { growthModes, modalVectors } from "../../bases.ts";
import { seedNumber } from "../../problems/mod.ts";
import { type PlainProblem, problemOf } from "../../shapes.ts";
import { startAdapters, type StartLike } from "../../starts.ts";
import { AdapterFlow } from "../flow/flow.ts";
import { preconditioner } from "../flow/preconditioner.ts";

/** A run. */
export interface TiltedCell {
  /** Problem S. */
  readonly problem: PlainProblem;
  /** The start. */
  readonly startedBy: StartLike;
  /** Its scale. */
  readonly alpha: number;
  /** Rank of the adapter. */
  readonly r: number;
  /** Times of the losses, increasing; the last ends the run. */
  readonly times: readonly number[];
  /** Losses whose times are wanted, falling. */
  readonly below: readonly number[];
  /** Whether `Ḃ` is preconditioned by `(W₂ᵀW₂)⁺`. */
  readonly precondition: boolean;
}

/** One number of a run. */
export interface TiltedRow extends Row {
  /**
   * `"loss"` at the time `at`; `"time"` at which the loss falls below `at`; `"a2"`, the size `‖A‖²` at the
   * end; `"norm"`, the modal norm `‖z₁‖` of the start.
   */
  quantity: string;
  /** Time, or loss. */
  at: number;
  /** The number; null for a loss that was not reached. */
  value: number | null;
}

/** A run of problem S, perhaps preconditioned. The seed, a whole number as text, is that of the start. */
export const tiltedRun: Task<TiltedCell, TiltedRow> = task(
  import.meta.url,
  "tiltedRun",
  (cell: TiltedCell, { seed }) => {
    const what = "run a tilted problem";
    const keys = ["problem", "startedBy", "alpha", "r", "times", "below", "precondition"];
    checkKeys(what, cell, keys, "the cell");
    const { startedBy: start, alpha, r, times, below, precondition } = cell;
    const problem = problemOf(cell.problem), draws = portable(seedNumber(what, seed));
    const adapters = startAdapters(problem, { start, alpha, r, draws });
    const options = precondition ? { hook: preconditioner(problem.w2) } : {};
    const flow = new AdapterFlow(problem, adapters, options);
    const { losses, states, solution } = flow.solve(times, {
      events: below.map((loss) => ({
        name: String(loss),
        direction: -1,
        g: (_t, y) => Math.log(flow.loss(y) / loss),
      })),
    });
    const { a1 } = flow.adapters(states[states.length - 1]), end = times[times.length - 1];
    const [z] = modalVectors(growthModes(problem), adapters);
    const hit = (loss: number) =>
      solution.events.find(({ name }) => name === String(loss))?.t ?? null;
    return [
      ...losses.map((value, i) => ({ quantity: "loss", at: times[i], value })),
      ...below.map((loss) => ({ quantity: "time", at: loss, value: hit(loss) })),
      { quantity: "a2", at: end, value: frobeniusNorm(a1) ** 2 },
      { quantity: "norm", at: 0, value: Math.hypot(...z) },
    ];
  },
);
