/**
 * LoRA's gradient descent on the population, exact in law at a cost that does not depend on `d` or `k`.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive } from "../../../../check.ts";
import {
  addScaled,
  identity,
  type Matrix,
  matrix,
  multiplyNT,
  multiplyTN,
  scale,
  solvePositiveRight,
  spectralBound,
  transpose,
} from "../../../../linalg/mod.ts";
import { bartlett, type Stream } from "../../../../random/mod.ts";
import { alignment, riskOf } from "../../measures.ts";
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
 * Law: `a += η(S − aβ)βᵀ`, `b −= ηbββᵀ`, `β += η[aᵀ(S − aβ) − bᵀbβ]`, all from values of time `t`: descent on
 * `½‖T − Aβ‖²` with `A = [a; b]` and `T = [S; 0]`, of `r* + r` rows instead of `d`.
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
  readonly #rate: number;
  readonly #stack: Matrix;
  readonly #beta: Matrix;
  readonly #target: Matrix;
  readonly #room: { readonly e: Matrix; readonly da: Matrix; readonly dbeta: Matrix };

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
    this.#rate = rate;
    this.#stack = matrix(n + r, r, [...a.data, ...b.data]);
    this.#beta = matrix(r, n);
    this.#target = matrix(n + r, n);
    values.forEach((x, i) => this.#target.data[i * n + i] = x);
    this.a = this.#stack.data.subarray(0, n * r);
    this.b = this.#stack.data.subarray(n * r);
    this.beta = this.#beta.data;
    this.#room = { e: matrix(n + r, n), da: matrix(n + r, r), dbeta: matrix(r, n) };
  }

  /** One step; returns whether the run goes on. */
  step(): boolean {
    const { da, dbeta } = this.#room, e = this.#missing();
    multiplyNT(e, this.#beta, da);
    multiplyTN(this.#stack, e, dbeta);
    addScaled(this.#stack, this.#rate, da);
    addScaled(this.#beta, this.#rate, dbeta);
    this.steps++;
    return Number.isFinite(this.beta[0]) || this.diverge();
  }

  /** `T − Aβ`. */
  #missing(): Matrix {
    const { e } = this.#room, { rows: r, columns: n } = this.#beta;
    e.data.forEach((_, at) => {
      const row = Math.floor(at / n) * r, column = at % n;
      let sum = this.#target.data[at];
      for (let l = 0; l < r; l++) sum -= this.#stack.data[row + l] * this.beta[l * n + column];
      e.data[at] = sum;
    });
    return e;
  }

  /** The training loss, which is the risk on the population. */
  loss(): number {
    return this.risk();
  }

  /** Part of the risk that `aβ` has not learnt, and what `bβ` adds: `½(‖aβ − S‖² + ‖bβ‖²)`. */
  risk(): number {
    return riskOf(this.#missing());
  }

  /** `sin θ`: how much of the top-`r*` left singular space of `A` lies outside `col U`. */
  sine(): number {
    const { rows, columns } = this.#target;
    return alignment(this.#stack, identity(rows, columns));
  }

  /** First entry of the diagonal of `aβ/S`: how far the top mode is learnt. */
  learnt(): number {
    const { rows: r, columns: n } = this.#beta;
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
      this.advance(this.steps + 16);
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
  const a = matrix(targetRank, r, rng.fillNormal(new Float64Array(targetRank * r)));
  const c = matrix(r, r, bartlett(rng, d - targetRank, r));
  return { a: scale(a, initStd), b: scale(transpose(c), initStd) };
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
