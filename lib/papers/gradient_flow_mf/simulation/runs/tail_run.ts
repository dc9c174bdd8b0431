/**
 * Losses over times that are long against the escape.
 *
 * @module
 */
import { checkKeys } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { portable } from "../../../../random/mod.ts";
import { seedNumber } from "../../problems/mod.ts";
import { type PlainProblem, problemOf } from "../../shapes.ts";
import { startAdapters, type StartLike } from "../../starts.ts";
import { AdapterFlow } from "../flow/flow.ts";

/** A long run. */
export interface TailCell {
  /** The problem. */
  readonly problem: PlainProblem;
  /** The start. */
  readonly startedBy: StartLike;
  /** Its scale. */
  readonly alpha: number;
  /** Rank of the adapters. */
  readonly r: number;
  /** Times of the rows, increasing, in flow time. */
  readonly times: readonly number[];
}

/** A moment of a long run. */
export interface TailRow extends Row {
  /** Flow time. */
  at: number;
  /** Loss. */
  loss: number;
}

/**
 * The flow by an implicit method, whose steps the saturated modes do not limit: the loss at times of order
 * `1/α²`. The seed, a whole number as text, is that of the start.
 */
export const tailRun: Task<TailCell, TailRow> = task(
  import.meta.url,
  "tailRun",
  (cell: TailCell, { seed }) => {
    const what = "run the flow to long times";
    checkKeys(what, cell, ["problem", "startedBy", "alpha", "r", "times"], "the cell");
    const { startedBy: start, alpha, r, times } = cell, problem = problemOf(cell.problem);
    const draws = portable(seedNumber(what, seed));
    const flow = new AdapterFlow(problem, startAdapters(problem, { start, alpha, r, draws }));
    const { losses } = flow.solve(times, {
      ...{ method: "radau5", rtol: 1e-9, atol: 1e-11 * Math.min(alpha, 0.1) },
    });
    return losses.map((loss, i) => ({ at: times[i], loss }));
  },
);
