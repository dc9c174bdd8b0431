/**
 * Runs of the linear model, as tasks that a sweep can remember and send to workers.
 *
 * @module
 */
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { frobeniusNorm, identity, matrix } from "../../../linalg/mod.ts";
import { stream } from "../../../random/mod.ts";
import {
  alignment,
  directionsOf,
  leakOf,
  sineBetween,
  stabilityNumber,
  topLeft,
} from "../measures.ts";
import {
  composed,
  conditionedProblem,
  type LinearProblem,
  linearProblem,
  loraStart,
  orth,
  sampleCovariance,
  toyProblem,
  toyStart,
  withFewColumns,
} from "../model.ts";
import { DIVERGED, LinearDescent } from "./descent.ts";
import { EigenDescent, type EigenProblem, eigenProblem, rotatedDirections } from "./eigenbasis.ts";
import { startOf } from "../../../nn/mod.ts";

/** A run of F1's golden instance. */
export interface ToyCell {
  /** `α²`, the variance of `A₀`. */
  variance: number;
  /** Steps of size 1/64. */
  steps: number;
  /** Steps between two rows. */
  every: number;
  /** Whether steps form the residual as it is written, or are made in the eigenbasis of `Σ̂`. */
  plain: boolean;
}

/** A step of it. */
export interface ToyRow extends Row {
  /** Step. */
  at: number;
  /** `sin θ_t` with `col G`. */
  sine: number;
  /** `sin` of the angle with `col Δ`. */
  truth: number;
  /** `½‖AB − Δ‖²`. */
  risk: number;
  /** Training loss. */
  loss: number;
  /** Leak of `B` out of `row G`. */
  leak: number;
}

let toy: { problem: LinearProblem; eigen: EigenProblem } | undefined;

/** The golden instance in both coordinates, made once. */
function knownToy(): { problem: LinearProblem; eigen: EigenProblem } {
  if (toy) return toy;
  const problem = toyProblem();
  return toy = { problem, eigen: eigenProblem(problem) };
}

let few: { problem: LinearProblem; eigen: EigenProblem } | undefined;

/** The same in the `r*` columns of Theorem 3.1. */
function knownFewColumns(): { problem: LinearProblem; eigen: EigenProblem } {
  if (few) return few;
  const problem = withFewColumns(knownToy().problem);
  return few = { problem, eigen: eigenProblem(problem) };
}

/** F1: `d = k = 100`, `r* = 4`, `r = 8`, `N = 1600`, `η = 1/64`, `Δ = UVᵀ`; all columns of `B`. */
export const toyRun: Task<ToyCell, ToyRow> = task(
  import.meta.url,
  "toyRun",
  ({ variance, steps, every, plain }: ToyCell) => {
    const { problem, eigen } = knownToy(), start = toyStart(Math.sqrt(variance)), rate = 1 / 64;
    const { u, v } = directionsOf(problem.gradient), truth = topLeft(problem.target, 4);
    const run = plain
      ? new LinearDescent(problem, start, { rate })
      : new EigenDescent(eigen, start, rate);
    const rows: ToyRow[] = [];
    run.advance(steps, (at) => {
      if (at % every !== 0 && at !== 1) return;
      const top = topLeft(run.a, 4);
      const sine = sineBetween(top, u), other = sineBetween(top, truth);
      const leak = leakOf(run.b, v);
      rows.push({ at, sine, truth: other, risk: run.risk(), loss: run.loss(), leak });
    });
    return rows;
  },
);

/** A random instance of the toy problem at another size. */
export interface ScaleCell {
  /** `d = k`, with `N = 16 d`. */
  d: number;
  /** `α²`. */
  variance: number;
  /** Steps of size 1/64. */
  steps: number;
}

/** What it reached. */
export interface ScaleRow extends Row {
  /** Smallest `sin θ_t`, looked at every ten steps. */
  sine: number;
  /** Final risk. */
  risk: number;
}

const scaled = new Map<string, EigenProblem>();

/** The random instance of a seed, made once for all scales of the start. */
function scaledProblem(seed: string, d: number): EigenProblem {
  const key = `${seed} ${d}`, known = scaled.get(key);
  if (known) return known;
  const rng = stream(seed, "scale", d);
  const u = orth(matrix(d, 4, rng.stream("target").fillNormal(new Float64Array(4 * d))));
  const covariance = sampleCovariance(rng.stream("data"), d, 16 * d);
  const eigen = eigenProblem(linearProblem(covariance, u));
  scaled.set(key, eigen);
  return eigen;
}

/** F2: `r* = 4`, `r = 8`, `η = 1/64`, angle every ten steps; covariance drawn in law. */
export const scaleRun: Task<ScaleCell, ScaleRow> = task(
  import.meta.url,
  "scaleRun",
  ({ d, variance, steps }: ScaleCell, { seed }) => {
    const rng = stream(seed, "scale", d), eigen = scaledProblem(seed, d);
    const top = rotatedDirections(eigen);
    const start = loraStart(rng.stream("start"), { d, k: 4, r: 8, initStd: Math.sqrt(variance) });
    const run = new EigenDescent(eigen, start, 1 / 64);
    let sine = 1;
    run.advance(steps, (at) => {
      if (at % 10 === 0) sine = Math.min(sine, alignment(run.rotated(), top));
    });
    return { sine, risk: run.risk() };
  },
);

/** A run of F5's golden instance from the spectral start. */
export interface ConditionCell {
  /** Condition number of `Δ`. */
  kappa: number;
  /** Plain or preconditioned. */
  method: "GD" | "preconditioned";
  /** Rank of the adapter, 4 or more. */
  r: number;
  /** Damping `λ`. */
  damping: number;
  /** Relative error at which to stop. */
  until: number;
  /** Largest number of steps. */
  most: number;
}

/** A step of it. */
export interface ConditionRow extends Row {
  /** Step. */
  at: number;
  /** `‖A_tB_t − Δ‖_F/‖Δ‖_F`. */
  error: number;
  /** First step with error below `10⁻⁶`; null if there is none. */
  iterations: number | null;
  /** Rate of the last ten steps. */
  rate: number;
  /** Status of the run. */
  status: string;
}

/** F5: `d = 100`, `r* = 4`, `N = 1600`, `η = ½`; rows at all steps up to 100, then every 3 %. */
export const conditionRun: Task<ConditionCell, ConditionRow> = task(
  import.meta.url,
  "conditionRun",
  ({ kappa, method, r, damping, until, most }: ConditionCell) => {
    const base = conditionedProblem(kappa);
    // Room for r > 4 columns of B: the target gets columns of zeros.
    const problem = r === 4 ? base : linearProblem(base.covariance, padded(base.target, r));
    const start = startOf("LoRA-One", { gradient: problem.gradient, r });
    const options = { rate: 0.5, preconditioned: method === "preconditioned", damping };
    const run = new LinearDescent(problem, start, options), size = frobeniusNorm(problem.target);
    const recent: number[] = [], kept: { at: number; error: number }[] = [];
    let iterations: number | null = null, next = 0;
    run.advance(most, (at) => {
      const error = frobeniusNorm(run.error()) / size;
      if (error < 1e-6) iterations ??= at;
      recent.push(error);
      if (recent.length > 11) recent.shift();
      const last = error < until || at === most;
      if (at >= next || last) {
        kept.push({ at, error });
        next = at < 100 ? at + 1 : Math.ceil(1.03 * at);
      }
      return last;
    });
    const rate = (recent[recent.length - 1] / recent[0]) ** (1 / (recent.length - 1));
    return kept.map((row) => ({ ...row, iterations, rate, status: run.status }));
  },
);

function padded(target: { rows: number; columns: number; data: Float64Array }, columns: number) {
  const out = matrix(target.rows, columns);
  for (let i = 0; i < target.rows; i++) {
    for (let j = 0; j < target.columns; j++) {
      out.data[i * columns + j] = target.data[i * target.columns + j];
    }
  }
  return out;
}

/** A run of the golden instance of F1 with a large start. */
export interface CatapultCell {
  /** `α²`. */
  variance: number;
  /** `c = η λ_max(A₀ᵀΣ̂A₀)`, which fixes `η`. */
  c: number;
  /** Steps. */
  steps: number;
}

/** What became of it. */
export interface CatapultRow extends Row {
  /** Largest loss over the first. */
  ratio: number;
  /** Last loss; null when it diverged. */
  loss: number | null;
  /** `c` at the last step; null when it diverged. */
  last: number | null;
  /** Last risk; null when it diverged. */
  risk: number | null;
}

/** F11: 400 steps at the step size that has a given stability number. */
export const catapultRun: Task<CatapultCell, CatapultRow> = task(
  import.meta.url,
  "catapultRun",
  ({ variance, c, steps }: CatapultCell) => {
    const { problem, eigen } = knownFewColumns(), { a } = toyStart(Math.sqrt(variance));
    const rate = c / stabilityNumber(problem, a, 1);
    const run = new EigenDescent(eigen, { a, b: matrix(8, 4) }, rate);
    const first = run.loss();
    let most = first, loss = first;
    while (run.steps < steps) {
      run.step();
      loss = run.loss();
      if (!(loss < DIVERGED)) return { ratio: Infinity, loss: null, last: null, risk: null };
      most = Math.max(most, loss);
    }
    const last = stabilityNumber(problem, run.a, rate);
    return { ratio: most / first, loss, last, risk: run.risk() };
  },
);

/** A random instance of the descent from the spectral start, `Σ̂` drawn in law. */
export interface BasinCell {
  /** Input dimension. */
  d: number;
  /** Samples over inputs, `N/d`. */
  ratio: number;
  /** Rank of target and adapter. */
  rank: number;
  /** Step size. */
  rate: number;
  /** Condition number of the target. */
  kappa: number;
}

/** How it went. */
export interface BasinRow extends Row {
  /** Steps to a relative error of `10⁻⁶`; null when there are more than 400 or the run stopped. */
  steps: number | null;
}

/** Preconditioned descent (`λ = 0`, exact rank) from the spectral start with γ = 1. */
export const basinRun: Task<BasinCell, BasinRow> = task(
  import.meta.url,
  "basinRun",
  ({ d, ratio, rank, rate, kappa }: BasinCell, { seed }) => {
    const rng = stream(seed, "basin", d, ratio);
    const u = orth(matrix(d, rank, rng.stream("target").fillNormal(new Float64Array(rank * d))));
    const values = Array.from({ length: rank }, (_, i) => kappa ** (-i / Math.max(1, rank - 1)));
    const covariance = sampleCovariance(rng.stream("data"), d, Math.round(ratio * d));
    const problem = linearProblem(covariance, composed(u, values, identity(rank)));
    const start = startOf("LoRA-One", { gradient: problem.gradient, r: rank });
    const run = new LinearDescent(problem, start, { rate, preconditioned: true });
    const size = frobeniusNorm(problem.target);
    let steps: number | null = null;
    run.advance(400, (at) => {
      // Errors in normalised coordinates would not depend on κ; this is the plain one.
      if (frobeniusNorm(run.error()) < 1e-6 * size) steps = at;
      return steps !== null;
    });
    return { steps };
  },
);
