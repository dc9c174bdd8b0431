/**
 * Gradient descent with momentum: what is learnt of the target against the number of steps.
 *
 * @module
 */
import { checkKeys } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { updateRule } from "../../../../nn/mod.ts";
import { portable } from "../../../../random/mod.ts";
import { learnt, signalDirections } from "../../measures.ts";
import { seedNumber } from "../../problems/mod.ts";
import { type PlainProblem, problemOf } from "../../shapes.ts";
import { startAdapters, type StartLike } from "../../starts.ts";
import { descend } from "../flow/descent.ts";

/** A run. */
export interface MomentumCell {
  /** The problem. */
  readonly problem: PlainProblem;
  /** The start. */
  readonly startedBy: StartLike;
  /** Its scale. */
  readonly alpha: number;
  /** Rank of the adapters. */
  readonly r: number;
  /** Step size. */
  readonly eta: number;
  /** Weight of the last step. */
  readonly beta: number;
  /** Numbers of steps of the rows, increasing. */
  readonly at: readonly number[];
}

/** A moment of a run. */
export interface MomentumRow extends Row {
  /** Number of steps. */
  step: number;
  /** What adapter 1 has learnt, `pᵀB₁A₁v`. */
  x: number;
}

/** Gradient descent with momentum from a start, whose seed is that of the run. */
export const momentumRun: Task<MomentumCell, MomentumRow> = task(
  import.meta.url,
  "momentumRun",
  (cell: MomentumCell, { seed }) => {
    const what = "descend with momentum";
    checkKeys(what, cell, ["problem", "startedBy", "alpha", "r", "eta", "beta", "at"], "the cell");
    const { startedBy: start, alpha, r, eta, beta, at } = cell, problem = problemOf(cell.problem);
    const draws = portable(seedNumber(what, seed)), { p, v } = signalDirections(problem);
    const adapters = startAdapters(problem, { start, alpha, r, draws });
    const rule = updateRule("momentum", { momentum: beta });
    const { states, flow, status } = descend(problem, adapters, { eta, at, rule });
    if (status !== "done") {
      throw new RangeError(`Cannot ${what} as eta must be small enough: ${status} at ${eta}`);
    }
    return states.map((state, i) => {
      const { b1, a1 } = flow.adapters(state);
      return { step: at[i], x: learnt(b1, a1, p, v) };
    });
  },
);
