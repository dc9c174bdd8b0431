/**
 * Gradient descent in the eigenbasis of the inputs' covariance: the trajectory of the factors at a
 * cost linear in `d` and `k`.
 *
 * @module
 */
import { checkPositive } from "../../../../check.ts";
import {
  addWeighted,
  columns,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  scale,
  svd,
  symmetricEigen,
  transpose,
  workspace,
} from "../../../../linalg/mod.ts";
import { type Adapter, checkAdapter, type LinearProblem } from "../../problems/linear.ts";
import { Descent } from "./descent.ts";
import { linearModel } from "./model.ts";

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
  if (problem.fitted) {
    throw new RangeError(
      "Cannot descend in the eigenbasis as there must be no label noise: B leaves row Δ with it",
    );
  }
  const { values, vectors: basis } = symmetricEigen(problem.covariance);
  const all = svd(problem.target), top = all.values[0];
  const n = all.values.filter((x) => x > 1e-12 * top).length;
  const u = columns(all.u, 0, n),
    v = columns(all.v, 0, n),
    scaled = { ...u, data: u.data.map((x, i) => x * all.values[i % n]) };
  return { problem, values, basis, left: multiplyTN(basis, scaled), right: v };
}

/** `Qᵀ U_G`, `d × r*`: the leading left vectors of the gradient `G = Σ̂Δ` in these coordinates. */
export function rotatedDirections({ values, left }: EigenProblem): Matrix {
  const n = left.columns, data = left.data.map((x, at) => x * values[Math.floor(at / n)]);
  return svd({ ...left, data }).u;
}

/** One factor and what a step needs of it: `[α | L]` with weights `Λ`, or `[Bᵀ | M]` with ones. */
interface Factor {
  readonly all: Matrix;
  /** `d × 1`. */
  readonly weights: Matrix;
  /** Weights times the factor. */
  readonly weighted: Matrix;
  /** Coefficients of the other factor's change: `[−S; Hᵀ]` or `[−C; Tᵀ]`. */
  readonly gram: Matrix;
  /** Change per step size, without weights. */
  readonly change: Matrix;
}

/** Copies a matrix into some columns of another. */
function place(from: Matrix, to: Matrix, column: number): void {
  for (let i = 0; i < from.rows; i++) {
    const row = from.data.subarray(i * from.columns, (i + 1) * from.columns);
    to.data.set(row, i * to.columns + column);
  }
}

function gramOf({ all, weighted, gram }: Factor): void {
  const r = gram.columns, { data } = multiplyTN(all, weighted, gram);
  for (let at = 0; at < r * r; at++) data[at] = -data[at];
}

/** Moves a factor, and weighs it anew. */
function move({ all, weights, weighted, change }: Factor, rate: number): void {
  addWeighted(all, change, { rate, weights, weighted });
}

/** Sum of squares of each row, in the order of its entries; four sums at a time, as each is a chain. */
function squaresOfRows(data: Float64Array, rows: number, columns: number): Float64Array {
  const sums = new Float64Array(rows);
  for (let i = 0; i < rows; i += 4) {
    const first = i * columns, next = i + 1 < rows ? columns : 0;
    const third = i + 2 < rows ? 2 * columns : 0, fourth = i + 3 < rows ? 3 * columns : 0;
    let a = 0, b = 0, c = 0, d = 0;
    for (let at = first; at < first + columns; at++) {
      a += data[at] * data[at];
      b += data[at + next] * data[at + next];
      c += data[at + third] * data[at + third];
      d += data[at + fourth] * data[at + fourth];
    }
    sums.set([a, b, c, d].slice(0, rows - i), i);
  }
  return sums;
}

/**
 * Plain gradient descent on all `d × r` and `r × k` entries of the factors, as `LoraDescent` makes
 * it, in other coordinates.
 *
 * Law: with `α = QᵀA`: `α += ηΛ(LTᵀ − αC)`, `B += η(HMᵀ − SB)`, `T = BM`, `C = BBᵀ`, `S = αᵀΛα`,
 * `H = αᵀΛL`, all from values of time `t`. No theorem enters: the `d × k` residual is multiplied out
 * instead of formed, and `B` keeps what it has outside of `row G`.
 * Scale: time is the number of steps. Cost: `O((d + k)(r + r*)²)` a step, once `O(d³)`.
 * Errors: rounding of another order than `LoraDescent`'s.
 * Source: ours.
 *
 * @example
 * ```ts
 * import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = lo.toyProblem(), start = lo.toyStart(0.1);
 * const plain = new lo.LoraDescent(problem, start, { rate: 1 / 64 }).advance(20);
 * const fast = new lo.EigenDescent(lo.eigenProblem(problem), start, 1 / 64).advance(20);
 * assertAlmostEquals(fast.risk(), plain.risk(), 1e-12);
 * ```
 */
export class EigenDescent extends Descent {
  readonly #eigen: EigenProblem;
  readonly #start: Adapter;
  readonly #rate: number;
  readonly #r: number;
  readonly #x: Factor;
  readonly #y: Factor;
  readonly #error: Matrix;
  readonly #minus: Matrix;
  /** `½‖AB − Δ‖²` and `½ tr EᵀΣ̂E` at a step. */
  #errors = { step: NaN, risk: NaN, loss: NaN };

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
    super();
    const r = checkAdapter("descend", eigen.problem, start), n = r + eigen.left.columns;
    checkPositive("descend", "rate", rate);
    const d = eigen.left.rows, k = eigen.right.rows;
    this.#eigen = eigen;
    this.#start = { a: matrix(d, r, start.a.data.slice()), b: start.b };
    this.#rate = rate;
    this.#r = r;
    const { x, y, wx, wy, gx, gy, dx, dy, minus, error, weightsX, weightsY } = workspace({
      x: [d, n],
      y: [k, n],
      wx: [d, r],
      wy: [k, r],
      gx: [n, r],
      gy: [n, r],
      dx: [d, r],
      dy: [k, r],
      minus: [k, n],
      error: [d, k],
      weightsX: [d, 1],
      weightsY: [k, 1],
    });
    weightsX.data.set(eigen.values);
    weightsY.data.fill(1);
    place(multiplyTN(eigen.basis, start.a), x, 0);
    place(eigen.left, x, r);
    place(transpose(start.b), y, 0);
    place(eigen.right, y, r);
    this.#x = { all: x, weights: weightsX, weighted: wx, gram: gx, change: dx };
    this.#y = { all: y, weights: weightsY, weighted: wy, gram: gy, change: dy };
    place(scale(eigen.right, -1), minus, r);
    this.#minus = minus;
    this.#error = error;
    move(this.#x, 0);
    move(this.#y, 0);
  }

  /** One step; returns whether the run goes on. */
  step(): boolean {
    if (this.status !== "running") return false;
    const x = this.#x, y = this.#y;
    gramOf(x);
    gramOf(y);
    multiply(x.all, y.gram, x.change);
    multiply(y.all, x.gram, y.change);
    move(x, this.#rate);
    move(y, this.#rate);
    this.steps++;
    return Number.isFinite(x.all.data[0]) || this.diverge();
  }

  /** Says in `status` that the loss has left all bounds, and which step sizes are stable. */
  protected override diverge(): false {
    const bound = linearModel(this.#eigen.problem).bound(
      this.#start,
      { eta: this.#rate, shares: [1, 1] },
      "gd",
    );
    this.status = `diverged at step ${this.steps}: lower rate; ${bound}`;
    return false;
  }

  /** `α = QᵀA`, `d × r`: its angles with `Qᵀu` are those of `A` with `u`. */
  rotated(): Matrix {
    return columns(this.#x.all, 0, this.#r);
  }

  /** `A`, `d × r`. */
  get a(): Matrix {
    return multiply(this.#eigen.basis, this.rotated());
  }

  /** `B`, `r × k`. */
  get b(): Matrix {
    return transpose(columns(this.#y.all, 0, this.#r));
  }

  /** Both errors from `E = Qᵀ(AB − Δ)`, one product so that nothing cancels afterwards; once a step. */
  #errorsNow(): { risk: number; loss: number } {
    if (this.#errors.step === this.steps) return this.#errors;
    const y = this.#y.all.data, minus = this.#minus.data;
    for (let i = 0; i < y.length; i += this.#y.all.columns) {
      for (let at = i, end = i + this.#r; at < end; at++) minus[at] = y[at];
    }
    const { columns: k, data } = multiplyNT(this.#x.all, this.#minus, this.#error);
    const { values } = this.#eigen, rows = squaresOfRows(data, values.length, k);
    let risk = 0, loss = 0;
    for (let i = 0; i < values.length; i++) {
      risk += rows[i];
      loss += values[i] * rows[i];
    }
    this.#errors = { step: this.steps, risk: 0.5 * risk, loss: 0.5 * loss };
    return this.#errors;
  }

  /** `½‖AB − Δ‖²`. */
  risk(): number {
    return this.#errorsNow().risk;
  }

  /** `½ tr EᵀΣ̂E`. */
  loss(): number {
    return this.#errorsNow().loss;
  }
}
