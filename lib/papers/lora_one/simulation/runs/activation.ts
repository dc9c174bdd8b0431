/**
 * Descent from the spectral start of a layer with an activation, as a task.
 *
 * @module
 */
import { checkInteger, checkPositive } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import type { ActivationLike } from "../../../../gaussian/mod.ts";
import { matrix } from "../../../../linalg/mod.ts";
import { startOf } from "../../../../nn/mod.ts";
import { stream } from "../../../../random/mod.ts";
import {
  type ActivationProblem,
  activationProblem,
  type GradientAt,
  populationGradients,
  sampleGradients,
} from "../../problems/activation.ts";
import { LoraDescent } from "../descent/factor_descent.ts";
import { activationModel } from "../descent/model.ts";
import type { OptimiserLike } from "../descent/optimiser.ts";

/** How to descend. */
export interface ActivationOptions {
  /** Step size. */
  readonly rate: number;
  /** Number of steps. */
  readonly steps: number;
  /** Rank of the adapter. */
  readonly r: number;
  /** Factor of the spectral start. */
  readonly gamma: number;
  /** The optimiser. */
  readonly optimiser: OptimiserLike;
  /** Damping of the preconditioned one. */
  readonly damping?: number;
}

/**
 * Errors `‖A_tB_t − Δ‖_F` from the spectral start.
 *
 * @param problem The problem.
 * @param gradient Negative gradient at a weight, of samples or the population.
 * @returns Errors of `t = 0 …`, and the status: a run that diverges ends early and says so.
 */
export function activationErrors(
  problem: ActivationProblem,
  gradient: GradientAt,
  { rate, steps, r, gamma, optimiser, damping = 0 }: ActivationOptions,
): { readonly errors: number[]; readonly status: string } {
  const what = "descend with an activation";
  checkPositive(what, "gamma", gamma);
  checkInteger(what, "steps", steps, 0);
  const start = startOf("LoRA-One", { gradient: gradient(problem.weight), r, gamma });
  const model = activationModel(problem, gradient), errors: number[] = [];
  const run = new LoraDescent(model, start, { rate, optimiser, damping });
  let first = NaN, grown = false;
  run.advance(steps, () => {
    const error = Math.sqrt(2 * run.risk());
    if (Number.isNaN(first)) first = error;
    grown = !(error < 1e6 * Math.max(first, 1));
    if (Number.isFinite(error)) errors.push(error);
    return grown;
  });
  const status = grown ? `diverged at step ${run.steps}: lower rate` : run.status;
  return { errors, status };
}

/** A run of one condition number, sample size and optimiser. */
export interface ActivationCell {
  /** The activation. */
  activation: ActivationLike;
  /** Dimension, `d = k`. */
  d: number;
  /** Rank of target and adapter. */
  rank: number;
  /** Rank of the adapter. */
  r: number;
  /** Length of the columns of `W`. */
  weightSize: number;
  /** Largest singular value of `Δ`. */
  size: number;
  /** Condition number. */
  kappa: number;
  /** Samples; 0 for the population. */
  N: number;
  /** The optimiser. */
  optimiser: OptimiserLike;
  /** Its damping. */
  damping: number;
  /** Step size. */
  eta: number;
  /** Factor of the start. */
  gamma: number;
  /** Steps. */
  steps: number;
}

/** A step of it. */
export interface ActivationRow extends Row {
  /** Step. */
  at: number;
  /** `‖A_tB_t − Δ‖_F`. */
  error: number;
  /** `"running"`, or why the run ended. */
  status: string;
}

/** The gradient of a cell: `N` standard normal inputs, or the population. */
export function activationGradient(
  problem: ActivationProblem,
  N: number,
  seed: string,
): GradientAt {
  if (N === 0) return populationGradients(problem);
  const d = problem.weight.rows;
  const x = matrix(N, d, stream(seed, "relu", N).fillNormal(new Float64Array(N * d)));
  return sampleGradients(problem, x);
}

/** Errors of a run from the spectral start. */
export const activationRun: Task<ActivationCell, ActivationRow> = task(
  import.meta.url,
  "activationRun",
  (cell: ActivationCell, { seed }) => {
    const { kappa, size, N, eta: rate, steps, r, gamma, optimiser, damping } = cell;
    const problem = activationProblem(kappa, size, cell),
      gradient = activationGradient(problem, N, seed);
    const options = { rate, steps, r, gamma, optimiser, damping };
    const { errors, status } = activationErrors(problem, gradient, options);
    return errors.map((error, at) => ({ at, error, status }));
  },
);
