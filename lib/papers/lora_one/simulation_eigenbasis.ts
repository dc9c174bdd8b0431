/**
 * Gradient descent in the eigenbasis of the inputs' covariance: the trajectory of the factors at a
 * cost linear in `d` and `k`.
 *
 * @module
 */
import { checkInteger, checkPositive } from "../../check.ts";
import {
  frobeniusNorm,
  type Matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  svd,
  symmetricEigen,
  transpose,
  workspace,
} from "../../linalg/mod.ts";
import { type Adapter, checkAdapter, type LinearProblem } from "./problem.ts";

/** A problem in coordinates where `Σ̂` is diagonal: `Σ̂ = QΛQᵀ`, `QᵀΔ = LMᵀ`. */
export interface EigenProblem {
  /** The problem. */
  readonly problem: LinearProblem;
  /** `Λ`. */
  readonly values: Float64Array;
  /** `Q`. */
  readonly basis: Matrix;
  /** `L`, `d × r*`. */
  readonly left: Matrix;
  /** `M`, `k × r*`, orthonormal columns. */
  readonly right: Matrix;
}

/** The change of coordinates of {@linkcode EigenDescent}; one serves every start. */
export function eigenProblem(problem: LinearProblem): EigenProblem {
  const { values, vectors: basis } = symmetricEigen(problem.covariance);
  const all = svd(problem.target), top = all.values[0];
  const { u, v } = svd(problem.target, all.values.filter((x) => x > 1e-12 * top).length);
  const n = u.columns, scaled = { ...u, data: u.data.map((x, i) => x * all.values[i % n]) };
  return { problem, values, basis, left: multiplyTN(basis, scaled), right: v };
}

/** Copies the columns of a matrix beside each other into rows that have more. */
function place(from: Matrix, to: Matrix, column: number, sign = 1): void {
  for (let i = 0; i < from.rows; i++) {
    for (let j = 0; j < from.columns; j++) {
      to.data[i * to.columns + column + j] = sign * from.data[i * from.columns + j];
    }
  }
}

/**
 * Plain gradient descent on all `d × r` and `r × k` entries of the factors, as `LinearDescent` makes
 * it, in other coordinates.
 *
 * Law: with `α = QᵀA`: `α += ηΛ(LTᵀ − αC)`, `B += η(HMᵀ − SB)`, `T = BM`, `C = BBᵀ`, `S = αᵀΛα`,
 * `H = αᵀΛL`, all from values of time `t`. No theorem enters: the `d × k` residual is multiplied out
 * instead of formed, and `B` keeps what it has outside of `row G`.
 * Scale: time is the number of steps. Cost: `O((d + k)(r + r*)²)` a step, once `O(d³)`.
 * Errors: rounding of another order than `LinearDescent`'s.
 * Source: ours; lora-one A1 in the coordinates of §1.
 *
 * @example
 * ```ts
 * import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = lo.toyProblem(), start = lo.toyStart(0.1);
 * const plain = new lo.LinearDescent(problem, start, { rate: 1 / 64 }).advance(20);
 * const fast = new lo.EigenDescent(lo.eigenProblem(problem), start, 1 / 64).advance(20);
 * assertAlmostEquals(fast.risk(), plain.risk(), 1e-12);
 * ```
 */
export class EigenDescent {
  /** Steps done. */
  steps = 0;
  readonly #eigen: EigenProblem;
  readonly #rate: number;
  readonly #r: number;
  /** `[α | L]` and `[Bᵀ | M]`, both weighted by `Λ` where named so, their Gram matrices, moves. */
  readonly #work: Record<
    "x" | "y" | "lx" | "gx" | "gy" | "kx" | "ky" | "dx" | "dy" | "minus" | "error",
    Matrix
  >;

  /**
   * The run of a start, before its first step.
   *
   * @param eigen The problem, see {@linkcode eigenProblem}.
   * @param start Factors, copied.
   * @param rate Step size `η > 0`.
   * @throws {TypeError} If the factors do not fit the problem.
   * @throws {RangeError} If a number is out of range.
   */
  constructor(eigen: EigenProblem, start: Adapter, rate: number) {
    const r = checkAdapter("descend", eigen.problem, start), n = r + eigen.left.columns;
    checkPositive("descend", "rate", rate);
    const d = eigen.left.rows, k = eigen.right.rows;
    this.#eigen = eigen;
    this.#rate = rate;
    this.#r = r;
    const work = workspace({
      x: [d, n],
      y: [k, n],
      lx: [d, n],
      gx: [n, n],
      gy: [n, n],
      kx: [n, r],
      ky: [n, r],
      dx: [d, r],
      dy: [k, r],
      minus: [k, n],
      error: [d, k],
    });
    place(multiplyTN(eigen.basis, start.a), work.x, 0);
    place(eigen.left, work.x, r);
    place(transpose(start.b), work.y, 0);
    place(eigen.right, work.y, r);
    this.#work = work;
  }

  /** One step. */
  step(): void {
    const { x, y, lx, gx, gy, kx, ky, dx, dy } = this.#work, r = this.#r, n = x.columns;
    const { values } = this.#eigen;
    for (let i = 0, at = 0; i < x.rows; i++) {
      for (let j = 0; j < n; j++, at++) lx.data[at] = values[i] * x.data[at];
    }
    multiplyTN(x, lx, gx);
    multiplyTN(y, y, gy);
    // Coefficients of the columns of [α | L] and [Bᵀ | M] in the moves: −C and Tᵀ, −S and Hᵀ.
    for (let i = 0; i < n; i++) {
      const sign = i < r ? -1 : 1;
      for (let j = 0; j < r; j++) {
        kx.data[i * r + j] = sign * gy.data[i * n + j];
        ky.data[i * r + j] = sign * gx.data[i * n + j];
      }
    }
    this.#move(x, multiply(lx, kx, dx));
    this.#move(y, multiply(y, ky, dy));
    this.steps++;
  }

  #move(to: Matrix, by: Matrix): void {
    const r = this.#r, n = to.columns, rate = this.#rate;
    for (let i = 0, from = 0; i < to.rows; i++) {
      for (let j = 0, at = i * n; j < r; j++, at++, from++) to.data[at] += rate * by.data[from];
    }
  }

  /**
   * Steps until `steps` are done.
   *
   * @param steps Number of steps to have done, in all.
   * @param visit Called with each number of steps done, first the present one.
   */
  advance(steps: number, visit?: (step: number) => void): this {
    checkInteger("descend", "steps", steps, 0);
    while (true) {
      visit?.(this.steps);
      if (this.steps >= steps) return this;
      this.step();
    }
  }

  /** `α = QᵀA`, `d × r`: its angles with `Qᵀu` are those of `A` with `u`. */
  rotated(): Matrix {
    const { x } = this.#work, r = this.#r, data = new Float64Array(x.rows * r);
    for (let i = 0; i < x.rows; i++) {
      data.set(x.data.subarray(i * x.columns, i * x.columns + r), i * r);
    }
    return { rows: x.rows, columns: r, data };
  }

  /** `A`, `d × r`. */
  get a(): Matrix {
    return multiply(this.#eigen.basis, this.rotated());
  }

  /** `B`, `r × k`. */
  get b(): Matrix {
    const { y } = this.#work, r = this.#r, k = y.rows, data = new Float64Array(r * k);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < r; j++) data[j * k + i] = y.data[i * y.columns + j];
    }
    return { rows: r, columns: k, data };
  }

  /** `Qᵀ(AB − Δ)`, as one product so that nothing cancels afterwards; overwritten by the next call. */
  #error(): Matrix {
    const { x, y, minus, error } = this.#work, r = this.#r, n = y.columns;
    for (let at = 0; at < y.data.length; at++) {
      minus.data[at] = at % n < r ? y.data[at] : -y.data[at];
    }
    return multiplyNT(x, minus, error);
  }

  /** `½‖AB − Δ‖²`. */
  risk(): number {
    return 0.5 * frobeniusNorm(this.#error()) ** 2;
  }

  /** `½ tr EᵀΣ̂E`. */
  loss(): number {
    const { rows, columns, data } = this.#error(), { values } = this.#eigen;
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      let row = 0;
      for (let j = 0, at = i * columns; j < columns; j++, at++) row += data[at] * data[at];
      sum += values[i] * row;
    }
    return 0.5 * sum;
  }
}
