/**
 * LoRA's gradient descent on the population, exact in law at a cost that does not depend on `d` or `k`.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive } from "../../../../check.ts";
import {
  type Matrix,
  matrix,
  multiplyNT,
  solvePositiveRight,
  spectralBound,
  svd,
} from "../../../../linalg/mod.ts";
import { bartlett, type Stream } from "../../../../random/mod.ts";
import { Descent } from "./descent.ts";

/** A start in reduced coordinates: `A = Ua + Qb`, `B = βVᵀ`, `Q` orthonormal and orthogonal to `U`. */
export interface ReducedStart {
  /** `a`, `r* × r`. */
  readonly a: Matrix;
  /** `b`, `r × r`. */
  readonly b: Matrix;
}

/**
 * Gradient descent with `Σ̂ = I` in reduced coordinates.
 *
 * Law: `a += η(S − aβ)βᵀ`, `b −= ηbββᵀ`, `β += η[aᵀ(S − aβ) − bᵀbβ]`, all from values of time `t`.
 * Exact: a trajectory of the full problem is this one, path by path.
 * Scale: time is the number of steps. Source: ours.
 */
export class ReducedDescent extends Descent {
  /** `a`, `r* × r`. */
  readonly a: Float64Array;
  /** `b`, `r × r`. */
  readonly b: Float64Array;
  /** `β`, `r × r*`. */
  readonly beta: Float64Array;
  readonly #values: readonly number[];
  readonly #r: number;
  readonly #rate: number;
  readonly #e: Float64Array;
  readonly #da: Float64Array;
  readonly #db: Float64Array;
  readonly #dbeta: Float64Array;

  /**
   * The run of a start, before its first step.
   *
   * @param values Singular values of `Δ`.
   * @param start Start in reduced coordinates.
   * @param rate Step size.
   */
  constructor(values: readonly number[], { a, b }: ReducedStart, rate: number) {
    super();
    const what = "descend on the population", n = values.length, r = a.columns;
    values.forEach((x, i) => checkPositive(what, `values[${i}]`, x));
    checkPositive(what, "rate", rate);
    if (a.rows !== n || b.rows !== r || b.columns !== r) {
      throw new TypeError(
        `Cannot ${what} as a and b must be r* x r and r x r with r* = ${n}: current shapes are ` +
          `${a.rows} x ${a.columns} and ${b.rows} x ${b.columns}`,
      );
    }
    this.#values = values;
    this.#r = r;
    this.#rate = rate;
    this.a = a.data.slice();
    this.b = b.data.slice();
    this.beta = new Float64Array(r * n);
    this.#e = new Float64Array(n * n);
    this.#da = new Float64Array(n * r);
    this.#db = new Float64Array(r * r);
    this.#dbeta = new Float64Array(r * n);
  }

  /** One step; returns whether the run goes on. */
  step(): boolean {
    const { a, b, beta } = this, r = this.#r, n = this.#values.length, eta = this.#rate;
    const e = this.#e, da = this.#da, db = this.#db, dbeta = this.#dbeta;
    const bb = new Float64Array(r * n); // bβ
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = i === j ? this.#values[i] : 0;
        for (let l = 0; l < r; l++) sum -= a[i * r + l] * beta[l * n + j];
        e[i * n + j] = sum;
      }
    }
    for (let i = 0; i < r; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < r; l++) sum += b[i * r + l] * beta[l * n + j];
        bb[i * n + j] = sum;
      }
    }
    for (let l = 0; l < r; l++) {
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += e[i * n + j] * beta[l * n + j];
        da[i * r + l] = sum;
      }
      for (let i = 0; i < r; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += bb[i * n + j] * beta[l * n + j];
        db[i * r + l] = sum;
      }
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += a[i * r + l] * e[i * n + j];
        for (let i = 0; i < r; i++) sum -= b[i * r + l] * bb[i * n + j];
        dbeta[l * n + j] = sum;
      }
    }
    for (let i = 0; i < a.length; i++) a[i] += eta * da[i];
    for (let i = 0; i < b.length; i++) b[i] -= eta * db[i];
    for (let i = 0; i < beta.length; i++) beta[i] += eta * dbeta[i];
    this.steps++;
    return Math.abs(beta[0]) < Infinity || this.diverge();
  }

  /** The training loss, which is the risk on the population. */
  loss(): number {
    return this.risk();
  }

  /** Part of the risk that `aβ` has not learnt, and what `bβ` adds: `½(‖aβ − S‖² + ‖bβ‖²)`. */
  risk(): number {
    const { a, b, beta } = this, r = this.#r, n = this.#values.length;
    let sum = 0;
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++) {
        let x = i === j ? -this.#values[i] : 0;
        for (let l = 0; l < r; l++) x += a[i * r + l] * beta[l * n + j];
        sum += x * x;
      }
      for (let i = 0; i < r; i++) {
        let x = 0;
        for (let l = 0; l < r; l++) x += b[i * r + l] * beta[l * n + j];
        sum += x * x;
      }
    }
    return 0.5 * sum;
  }

  /** `sin θ`: how much of the top-`r*` left singular space of `A` lies outside `col U`. */
  sine(): number {
    const r = this.#r, n = this.#values.length, stack = matrix(n + r, r);
    stack.data.set(this.a);
    stack.data.set(this.b, n * r);
    const { u } = svd(stack, n);
    return Math.min(1, spectralBound(matrix(r, n, u.data.subarray(n * n))));
  }

  /** Largest entry of the diagonal of `aβ/S`: how far the top mode is learnt. */
  learnt(): number {
    const r = this.#r, n = this.#values.length;
    let sum = 0;
    for (let l = 0; l < r; l++) sum += this.a[l] * this.beta[l * n];
    return sum / this.#values[0];
  }

  /**
   * First step at which a falling quantity is below `level`; NaN if it is not within `most` steps.
   * It is looked at every 16 steps, then step by step from the last state above.
   */
  firstBelow(quantity: (run: this) => number, level: number, most: number): number {
    const state = () => [this.a.slice(), this.b.slice(), this.beta.slice()] as const;
    let kept = state(), at = this.steps;
    while (!(quantity(this) < level)) {
      if (this.steps >= most) return NaN;
      [kept, at] = [state(), this.steps];
      for (let i = 0; i < 16; i++) this.step();
    }
    [this.a, this.b, this.beta].forEach((to, i) => to.set(kept[i]));
    this.steps = at;
    while (!(quantity(this) < level)) this.step();
    return this.steps;
  }
}

/**
 * A random LoRA start in reduced coordinates, exact in law: `a_ij ~ N(0, α²)`, `b = αCᵀ` with
 * `CCᵀ ~ Wishart_r(I, d − r*)`.
 *
 * @param rng Stream.
 * @param options Sizes and the standard deviation `initStd`.
 * @throws {RangeError} If `r < r*`, `d − r* < r`, or `initStd` is no finite number > 0.
 *
 * @example
 * ```ts
 * import { ReducedDescent, sampleReducedStart } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertLess } from "@std/assert";
 *
 * const start = sampleReducedStart(stream("7", "start"), { d: 1e6, r: 4, targetRank: 2, initStd: 1e-8 });
 * const run = new ReducedDescent([1, 1], start, 1 / 64);
 * for (let t = 0; t < 1000; t++) run.step();
 * assertLess(run.sine(), 0.1);
 * ```
 */
export function sampleReducedStart(
  rng: Stream,
  sizes: { d: number; r: number; targetRank: number; initStd: number },
): ReducedStart {
  const what = "sample a LoRA start", { d, r, targetRank, initStd } = sizes;
  checkKeys(what, sizes, ["d", "r", "targetRank", "initStd"], "sizes");
  checkInteger(what, "targetRank", targetRank, 1);
  checkInteger(what, `r for r* = ${targetRank}`, r, targetRank);
  checkInteger(what, `d for r = ${r} and r* = ${targetRank}`, d, r + targetRank);
  checkPositive(what, "initStd", initStd);
  const a = matrix(targetRank, r);
  rng.fillNormal(a.data);
  for (let i = 0; i < a.data.length; i++) a.data[i] *= initStd;
  const factor = bartlett(rng, d - targetRank, r), b = matrix(r, r);
  for (let i = 0; i < r; i++) {
    for (let j = 0; j < r; j++) b.data[j * r + i] = initStd * factor[i * r + j];
  }
  return { a, b };
}

/**
 * `‖ba⁺‖_op` of a Gaussian start drawn entry by entry, with `U = [e₁ … e_{r*}]`: no law but that of the
 * entries.
 *
 * @param rng Stream.
 * @param options Sizes, `r ≥ r*`.
 */
export function gaussianStartTangent(
  rng: Stream,
  sizes: { d: number; r: number; targetRank: number },
): number {
  const what = "draw a LoRA start", { d, r, targetRank } = sizes;
  checkKeys(what, sizes, ["d", "r", "targetRank"], "sizes");
  checkInteger(what, "targetRank", targetRank, 1);
  checkInteger(what, `r for r* = ${targetRank}`, r, targetRank);
  checkInteger(what, `d for r* = ${targetRank}`, d, targetRank + 1);
  const draw = (rows: number) => matrix(rows, r, rng.fillNormal(new Float64Array(rows * r)));
  const a = draw(targetRank), b = draw(d - targetRank);
  const ratio = solvePositiveRight(multiplyNT(b, a), multiplyNT(a, a));
  return spectralBound(ratio);
}
