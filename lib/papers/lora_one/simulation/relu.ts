/**
 * Descent of an adapter in the ReLU model, plain and preconditioned, on samples or the population.
 *
 * @module
 */
import { checkInteger, checkPositive } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import {
  add,
  addScaled,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  solvePositive,
  solvePositiveRight,
} from "../../../linalg/mod.ts";
import { stream } from "../../../random/mod.ts";
import {
  type GradientAt,
  populationGradients,
  type ReluProblem,
  reluProblem,
  sampleGradients,
} from "../relu.ts";
import { startOf } from "../../../nn/mod.ts";

/** How to descend. */
export interface ReluOptions {
  /** Step size. */
  readonly rate: number;
  /** Number of steps. */
  readonly steps: number;
  /** Rank of the adapter. */
  readonly r: number;
  /** Factor of the spectral start; 2 for ReLU. */
  readonly gamma?: number;
  /** Whether steps are preconditioned (`λ = 0`). */
  readonly preconditioned: boolean;
}

/**
 * Errors `‖A_tB_t − Δ‖_F` from the spectral start: `A += ηJBᵀP_B`, `B += ηP_AAᵀJ` with `J` at
 * `W + A_tB_t`.
 *
 * Source: lora-one A3, A4.
 *
 * @param problem The problem.
 * @param gradient Negative gradient at a weight, of samples or the population.
 * @returns Errors of `t = 0 … steps`.
 */
export function reluErrors(
  { weight, target }: ReluProblem,
  gradient: GradientAt,
  { rate, steps, r, gamma = 2, preconditioned }: ReluOptions,
): number[] {
  const what = "descend in the ReLU model";
  checkPositive(what, "rate", rate);
  checkInteger(what, "steps", steps, 0);
  const start = startOf("LoRA-One", { gradient: gradient(weight), r, gamma });
  const copy = ({ rows, columns, data }: Matrix) => matrix(rows, columns, data.slice());
  const a = copy(start.a), b = copy(start.b), errors: number[] = [];
  for (let t = 0;; t++) {
    const product = multiply(a, b);
    errors.push(frobeniusNorm(add(product, target, -1)));
    if (t === steps) return errors;
    const j = gradient(add(weight, product));
    let [da, db] = [multiplyNT(j, b), multiplyTN(a, j)];
    if (preconditioned) {
      da = solvePositiveRight(da, multiplyNT(b, b));
      db = solvePositive(multiplyTN(a, a), db);
    }
    addScaled(a, rate, da);
    addScaled(b, rate, db);
  }
}

/** A run of F6. */
export interface ReluCell {
  /** Condition number. */
  kappa: number;
  /** Samples; 0 for the population. */
  N: number;
  /** Plain or preconditioned. */
  method: "GD" | "preconditioned";
  /** Steps. */
  steps: number;
}

/** A step of it. */
export interface ReluRow extends Row {
  /** Step. */
  at: number;
  /** `‖A_tB_t − Δ‖_F`. */
  error: number;
}

/** The gradient of a cell: `N` standard normal inputs, or the population. */
export function reluGradient(problem: ReluProblem, N: number, seed: string): GradientAt {
  if (N === 0) return populationGradients(problem);
  const d = problem.weight.rows;
  const x = matrix(N, d, stream(seed, "relu", N).fillNormal(new Float64Array(N * d)));
  return sampleGradients(problem, x);
}

/** F6: `d = k = 20`, `r = r* = 2`, `η = ½`, `γ = 2`. */
export const reluRun: Task<ReluCell, ReluRow> = task(
  import.meta.url,
  "reluRun",
  ({ kappa, N, method, steps }: ReluCell, { seed }) => {
    const problem = reluProblem(kappa), gradient = reluGradient(problem, N, seed);
    const options = { rate: 0.5, steps, r: 2, preconditioned: method === "preconditioned" };
    return reluErrors(problem, gradient, options).map((error, at) => ({ at, error }));
  },
);
