/**
 * Descent from the spectral start on random instances, as a task.
 *
 * @module
 */
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { identity, matrix } from "../../../../linalg/mod.ts";
import { startOf } from "../../../../nn/mod.ts";
import { stream } from "../../../../random/mod.ts";
import {
  composed,
  linearProblem,
  orth,
  sampleCovariance,
  spectrum,
} from "../../problems/linear.ts";
import { LoraDescent } from "../descent/factor_descent.ts";

/** A random instance, `Σ̂` drawn in law. */
export interface BasinCell {
  /** Input dimension. */
  d: number;
  /** Samples over inputs, `N/d`. */
  ratio: number;
  /** Rank of target and adapter. */
  rank: number;
  /** Step size. */
  eta: number;
  /** Condition number of the target. */
  kappa: number;
  /** Whether it is preconditioned, or plain. */
  optimiser: "preconditioned" | "gd";
  /** Factor of the spectral start. */
  gamma: number;
  /** Error `‖ES⁻¹‖_F/√r*` to be reached. */
  goal: number;
  /** Most steps. */
  most: number;
}

/** How it went. */
export interface BasinRow extends Row {
  /** Steps to the goal; null when there are more, or the run stopped. */
  steps: number | null;
}

/** Steps of descent from the spectral start until every mode has the wanted error. */
export const basinRun: Task<BasinCell, BasinRow> = task(
  import.meta.url,
  "basinRun",
  ({ d, ratio, rank, eta, kappa, optimiser, gamma, goal, most }: BasinCell, { seed }) => {
    const rng = stream(seed, "basin", d, ratio);
    const u = orth(matrix(d, rank, rng.stream("target").fillNormal(new Float64Array(rank * d))));
    const values = spectrum(kappa, rank);
    const covariance = sampleCovariance(rng.stream("data"), d, Math.round(ratio * d));
    const problem = linearProblem(covariance, composed(u, values, identity(rank)));
    const start = startOf("LoRA-One", { gradient: problem.gradient, r: rank, gamma });
    const run = new LoraDescent(problem, start, { rate: eta, optimiser });
    let steps: number | null = null;
    run.advance(most, (at) => {
      let sum = 0;
      run.error().data.forEach((x, i) => sum += (x / values[i % rank]) ** 2);
      if (Math.sqrt(sum / rank) < goal) steps = at;
      return steps !== null;
    });
    return { steps };
  },
);
