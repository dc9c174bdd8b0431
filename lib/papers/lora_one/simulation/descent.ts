/**
 * Gradient descent on the factors of an adapter in the linear model: plain (A1, LoRA+), preconditioned
 * (A3), and on LoRA-SB's middle factor.
 *
 * @module
 */
import { checkFinite, checkInteger, checkNonNegative, checkPositive } from "../../../check.ts";
import {
  add,
  addScaled,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  solvePositive,
  solvePositiveRight,
  spectralNorm,
  workspace,
} from "../../../linalg/mod.ts";
import { errorOf, lossOf, riskOf, stabilityNumber } from "../measures.ts";
import { type Adapter, checkAdapter, type LinearProblem } from "../model.ts";
import type { Start } from "../../../nn/mod.ts";

/** How to descend. */
export interface DescentOptions {
  /** Step size `η > 0` of `A`, and of `B` unless `rateB` is given. */
  readonly rate: number;
  /** Step size of `B`: `ratio · η` for LoRA+. */
  readonly rateB?: number;
  /** Whether steps are preconditioned by `(BBᵀ + λI)⁻¹` and `(AᵀA + λI)⁻¹`. */
  readonly preconditioned?: boolean;
  /** Damping `λ ≥ 0` of the preconditioner; default 0, which needs exact rank. */
  readonly damping?: number;
  /** Loss above which a run counts as diverged; default 10⁸. */
  readonly most?: number;
}

/** Loss beyond which a run is given up. */
export const DIVERGED = 1e8;

/**
 * Gradient descent from a start, one full-batch step at a time.
 *
 * Law: with `R = G − Σ̂AB`: `A += η R Bᵀ P_B`, `B += η_B P_A Aᵀ R`, both from values of time `t`;
 * `P = I`, or `(BBᵀ + λI)⁻¹` and `(AᵀA + λI)⁻¹` when preconditioned.
 * Scale: time is the number of steps. Cost: `O(d²r + dkr)` a step, whatever `N`.
 * Source: the paper's gradient descent and preconditioned gradient descent; lora-one A1, A3.
 *
 * @example
 * ```ts
 * import { LinearDescent, population, startOf } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertLess } from "@std/assert";
 *
 * const problem = population(matrix(2, 2, [2, 0, 0, 0]));
 * const start = startOf("LoRA-One", { gradient: problem.gradient, r: 1, gamma: 0.5 });
 * const run = new LinearDescent(problem, start, { rate: 0.5, preconditioned: true });
 * run.advance(60);
 * assertLess(run.risk(), 1e-16);
 * ```
 */
export class LinearDescent {
  /** Steps done. */
  steps = 0;
  /** `"running"`, or why no further step is made, and the remedy. */
  status = "running";
  /** `A`, `d × r`. */
  readonly a: Matrix;
  /** `B`, `r × k`. */
  readonly b: Matrix;
  readonly #problem: LinearProblem;
  readonly #rates: readonly [number, number];
  readonly #damping: number | undefined;
  readonly #most: number;
  readonly #start: Adapter;
  readonly #work: Record<"covariance" | "gradient" | "sa" | "residual" | "da" | "db", Matrix>;

  /**
   * The run of a start on a problem, before its first step.
   *
   * @param problem The problem; for a start that shifts `W`, see {@linkcode shiftedProblem}.
   * @param start Factors, copied.
   * @param options Step sizes and kind.
   * @throws {TypeError} If the factors do not fit the problem.
   * @throws {RangeError} If a number is out of range.
   */
  constructor(problem: LinearProblem, start: Adapter, options: DescentOptions) {
    const what = "descend", { rate, rateB = rate, preconditioned = false, damping = 0 } = options;
    const r = checkAdapter(what, problem, start);
    const d = problem.target.rows, k = problem.target.columns;
    checkPositive(what, "rate", rate);
    checkNonNegative(what, "rateB", rateB);
    checkNonNegative(what, "damping", damping);
    const all = workspace({
      covariance: [d, d],
      gradient: [d, k],
      a: [d, r],
      b: [r, k],
      sa: [d, r],
      residual: [d, k],
      da: [d, r],
      db: [r, k],
    });
    all.covariance.data.set(problem.covariance.data);
    all.gradient.data.set(problem.gradient.data);
    all.a.data.set(start.a.data);
    all.b.data.set(start.b.data);
    this.a = all.a;
    this.b = all.b;
    this.#work = all;
    this.#problem = problem;
    this.#start = start;
    this.#rates = [rate, rateB];
    this.#damping = preconditioned ? damping : undefined;
    this.#most = options.most ?? DIVERGED;
  }

  /** One step; returns whether the run goes on. */
  step(): boolean {
    if (this.status !== "running") return false;
    const { a, b } = this, { covariance, gradient, sa, residual, da, db } = this.#work;
    multiply(covariance, a, sa);
    multiply(sa, b, residual);
    const r = residual.data, g = gradient.data;
    for (let i = 0; i < r.length; i++) r[i] = g[i] - r[i];
    multiplyNT(residual, b, da);
    multiplyTN(a, residual, db);
    const moves = this.#damping === undefined ? [da, db] : this.#preconditioned(da, db);
    if (!moves) return false;
    addScaled(a, this.#rates[0], moves[0]);
    addScaled(b, this.#rates[1], moves[1]);
    this.steps++;
    if (Math.abs(a.data[0]) < Infinity && Math.abs(b.data[0]) < Infinity) return true;
    return this.#diverge();
  }

  #preconditioned(da: Matrix, db: Matrix): [Matrix, Matrix] | undefined {
    const lambda = this.#damping!;
    const damped = (gram: Matrix): Matrix => {
      for (let i = 0; i < gram.rows; i++) gram.data[i * gram.rows + i] += lambda;
      return gram;
    };
    try {
      return [
        solvePositiveRight(da, damped(multiplyNT(this.b, this.b))),
        solvePositive(damped(multiplyTN(this.a, this.a)), db),
      ];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const finite = [...this.a.data, ...this.b.data].every(Number.isFinite);
      if (!finite) {
        this.#diverge();
      } else {
        this.status = `singular: BBᵀ + λI or AᵀA + λI at step ${this.steps} with damping ` +
          `λ = ${lambda}: set damping > 0 (1e-3 is usual) or r = r*`;
      }
      return undefined;
    }
  }

  #diverge(): false {
    const c = stabilityNumber(this.#problem, this.#start.a, this.#rates[1]);
    const { covariance, target } = this.#problem, curvature = spectralNorm(covariance);
    const near = 1 / (curvature * (this.#damping === undefined ? spectralNorm(target) : 1));
    const bound = `η must stay below about ${near.toPrecision(3)} near the optimum` +
      (this.#damping === undefined && c > 0
        ? `, and c = η λ_max(A₀ᵀΣ̂A₀), now ${c.toPrecision(3)}, below 4 at the start`
        : "");
    this.status = `diverged at step ${this.steps}: lower rate; ${bound}`;
    return false;
  }

  /**
   * Steps until `steps` are done, the run stops, or `visit` returns true.
   *
   * @param steps Number of steps to have done, in all.
   * @param visit Called with each number of steps done, first the present one.
   */
  advance(steps: number, visit?: (step: number) => boolean | void): this {
    checkInteger("descend", "steps", steps, 0);
    while (true) {
      if (visit?.(this.steps) || this.steps >= steps || !this.step()) return this;
      if (visit && this.steps % 10 === 0 && !(this.loss() <= this.#most)) this.#diverge();
    }
  }

  /** `AB − Δ`. */
  error(): Matrix {
    return errorOf(this.#problem, this);
  }

  /** `½‖AB − Δ‖²`. */
  risk(): number {
    return riskOf(this.error());
  }

  /** `½ tr EᵀΣ̂E`. */
  loss(): number {
    return lossOf(this.#problem, this.error());
  }
}

/**
 * The problem that the adapter of a start has to solve: a start that was subtracted from the frozen
 * weight must reach `Δ + A₀B₀` instead of `Δ`.
 */
export function shiftedProblem(problem: LinearProblem, start: Start): LinearProblem {
  if (!start.shifted) return problem;
  const target = add(problem.target, multiply(start.a, start.b));
  return { covariance: problem.covariance, target, gradient: multiply(problem.covariance, target) };
}

/**
 * LoRA-SB: gradient descent on the middle factor alone, `R += η Aᵀ(G − Σ̂ARB)Bᵀ`.
 *
 * Source: Ponkshe et al. 2024; lora-one A6.
 *
 * @param problem The problem.
 * @param start A start with a middle factor.
 * @param options Step size and number of steps; `visit` gets the error `ARB − Δ` of each step.
 * @returns The last error.
 * @throws {TypeError} If the start has no middle factor.
 */
export function middleDescent(
  problem: LinearProblem,
  start: Start,
  { rate, steps, visit }: {
    readonly rate: number;
    readonly steps: number;
    readonly visit?: (step: number, error: Matrix) => void;
  },
): Matrix {
  const what = "descend on a middle factor", { a, b, middle } = start;
  if (middle === undefined) {
    throw new TypeError(`Cannot ${what} as the start must have one: ${start.name} has none`);
  }
  checkPositive(what, "rate", rate);
  checkInteger(what, "steps", steps, 0);
  checkFinite(what, "middle[0]", middle.data[0]);
  const r = matrix(middle.rows, middle.columns, middle.data.slice());
  let error = errorOf(problem, { a: multiply(a, r), b });
  for (let t = 0; t <= steps; t++) {
    visit?.(t, error);
    if (t === steps) break;
    addScaled(r, -rate, multiplyNT(multiplyTN(a, multiply(problem.covariance, error)), b));
    error = errorOf(problem, { a: multiply(a, r), b });
  }
  return error;
}
