/**
 * Adapters, their starts, and the problems without random numbers: what theory and simulation share
 * besides the losses. No dynamics.
 *
 * @module
 */
import { checkFinite, checkInteger, checkNonNegative, checkPositive } from "../../check.ts";
import { add, type Matrix, matrix, multiplyNT, type Shape } from "../../linalg/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { type Loss, quadratic } from "./losses.ts";
import { PAPER_CONSTANT } from "./rules.ts";
import { SoftmaxLoss } from "./softmax.ts";

/** The two factors of an adapter, `X = BA`. */
export interface Adapters {
  /** `m × r`. */
  readonly b: Matrix;
  /** `r × n`. */
  readonly a: Matrix;
}

/**
 * Checks that adapters fit an update of `rows × columns`; returns their rank.
 *
 * @throws {TypeError} If the shapes do not chain: all are shown.
 * @throws {RangeError} If an entry is not finite.
 */
export function checkAdapters(
  what: string,
  { rows, columns }: { rows: number; columns: number },
  { b, a }: Adapters,
): number {
  if (b.rows !== rows || a.columns !== columns || b.columns !== a.rows) {
    throw new TypeError(
      `Cannot ${what} as b and a must be m x r and r x n with m = ${rows} and n = ${columns}: ` +
        `current shapes are ${b.rows} x ${b.columns} and ${a.rows} x ${a.columns}`,
    );
  }
  b.data.forEach((x, i) => checkFinite(what, `b[${i}]`, x));
  a.data.forEach((x, i) => checkFinite(what, `a[${i}]`, x));
  return b.columns;
}

/** A matrix of independent normals `N(0, deviation²)`. */
export function normals([rows, columns]: Shape, rng: Stream, deviation: number): Matrix {
  const out = matrix(rows, columns);
  rng.fillNormal(out.data);
  out.data.forEach((x, i, all) => all[i] = deviation * x);
  return out;
}

/** A matrix of independent uniforms on `[−bound, bound]`. */
export function uniforms([rows, columns]: Shape, rng: Stream, bound: number): Matrix {
  const out = matrix(rows, columns);
  rng.fillUniform(out.data);
  out.data.forEach((x, i, all) => all[i] = bound * (2 * x - 1));
  return out;
}

/**
 * The usual start of LoRA: `B₀ = 0`, `A₀` uniform on `[−1/√n, 1/√n]`, so that `E‖A₀‖² = r/3`.
 *
 * @param loss Gives `m × n`.
 * @param r Rank from 1 to `min(m, n)`.
 * @param rng Stream of the draws.
 * @throws {RangeError} If `r` is out of range.
 *
 * @example
 * ```ts
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { loraStart, quadratic } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const { b, a } = loraStart(quadratic(matrix(3, 4)), 2, stream("7", "start"));
 * assertEquals([...b.data], Array(6).fill(0));
 * assert(a.data.every((x) => Math.abs(x) <= 0.5));
 * ```
 */
export function loraStart({ rows, columns }: Loss, r: number, rng: Stream): Adapters {
  checkInteger(
    `start an adapter of ${rows} x ${columns}`,
    "r",
    r,
    1,
    Math.min(rows, columns),
  );
  return { b: matrix(rows, r), a: uniforms([r, columns], rng, 1 / Math.sqrt(columns)) };
}

/**
 * `sin(a i + b j + c i j + ½)` at entry `(i, j)`: full matrices without random numbers.
 *
 * Source: ours, convergence-rate §7.
 */
export function sines([rows, columns]: Shape, [a, b, c]: readonly number[], scale = 1): Matrix {
  const out = matrix(rows, columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      out.data[i * columns + j] = scale * Math.sin(a * i + b * j + c * i * j + 0.5);
    }
  }
  return out;
}

/** Modified Gram–Schmidt on the columns. */
function orthonormal(x: Matrix): Matrix {
  const q = { ...x, data: x.data.slice() }, { rows, columns, data } = q;
  for (let j = 0; j < columns; j++) {
    for (let k = 0; k < j; k++) {
      let overlap = 0;
      for (let i = 0; i < rows; i++) overlap += data[i * columns + k] * data[i * columns + j];
      for (let i = 0; i < rows; i++) data[i * columns + j] -= overlap * data[i * columns + k];
    }
    let square = 0;
    for (let i = 0; i < rows; i++) square += data[i * columns + j] ** 2;
    for (let i = 0; i < rows; i++) data[i * columns + j] /= Math.sqrt(square);
  }
  return q;
}

/**
 * An `m × n` matrix with the given singular values and fixed singular vectors.
 *
 * Source: ours, convergence-rate §7.
 *
 * @param shape `[m, n]`, each at least the number of values.
 * @param values Singular values > 0.
 *
 * @example
 * ```ts
 * import { svd } from "lora-dynamics/linalg/mod.ts";
 * import { lowRank } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(svd(lowRank([6, 5], [2, 1])).values[1], 1, 1e-14);
 * ```
 */
export function lowRank([m, n]: Shape, values: readonly number[]): Matrix {
  const what = "make a matrix of given singular values", k = values.length;
  checkInteger(what, "the number of values", k, 1, Math.min(m, n));
  values.forEach((x, i) => checkPositive(what, `values[${i}]`, x));
  const u = orthonormal(sines([m, k], [1.3, 0.7, 0.41]));
  const v = orthonormal(sines([n, k], [0.9, 1.1, 0.37]));
  return multiplyNT({ ...u, data: u.data.map((x, i) => x * values[i % k]) }, v);
}

/** `A₀` of the problems without random numbers: `σ sin(0.8 i + 1.7 j + 0.3 i j + ½)`, and `B₀ = 0`. */
export function sineStart({ rows, columns }: Loss, r: number, sigma: number): Adapters {
  checkInteger(
    `start an adapter of ${rows} x ${columns}`,
    "r",
    r,
    1,
    Math.min(rows, columns),
  );
  checkNonNegative("start an adapter", "sigma", sigma);
  return { b: matrix(rows, r), a: sines([r, columns], [0.8, 1.7, 0.3], sigma) };
}

/** A loss with a start. */
export interface Problem {
  /** The loss of the update. */
  readonly loss: Loss;
  /** Where the adapters begin. */
  readonly start: Adapters;
}

/** Target of {@linkcode referenceQuadratic}. */
export function referenceTarget(): Matrix {
  return add(lowRank([6, 5], [2, 1]), sines([6, 5], [2.1, 1.9, 0.23], 0.1));
}

/** The quadratic reference problem: 6 × 5, `r = 2`, a target of rank two plus a small full one. */
export function referenceQuadratic(): Problem {
  const loss = quadratic(referenceTarget());
  return { loss, start: sineStart(loss, 2, 0.5) };
}

/** The softmax reference problem: 30 examples, 4 features, 3 classes, `r = 2`. */
export function referenceSoftmax(): Problem {
  const features = matrix(30, 4), labels = Array.from({ length: 30 }, (_, i) => i % 3);
  for (let i = 0; i < 30; i++) {
    for (let k = 0; k < 4; k++) {
      features.data[4 * i + k] = Math.sin(0.7 * i + 1.9 * k + 0.13 * i * k) + 0.3 +
        Math.cos(2 * (labels[i] + 1) * (k + 1));
    }
  }
  const loss = new SoftmaxLoss({ features, labels, weights: matrix(3, 4) });
  return { loss, start: sineStart(loss, 2, 0.5) };
}

/** The matrix of the constant-step table: 8 × 6 with singular values 3 and 1.5, `r = 2`. */
export function tableProblem(sigma: number): Problem {
  const loss = quadratic(lowRank([8, 6], [3, 1.5]));
  return { loss, start: sineStart(loss, 2, sigma) };
}

/** A slope of constant adapter gradient on the diagonal `a = b`; see {@linkcode valley}. */
export interface Valley {
  /** `‖∇J‖` along the valley. */
  readonly epsilon: number;
  /** `L`. */
  readonly smoothness: number;
  /** `‖V₀‖ = (ε/L)^{1/3}`, where the slope becomes as steep as `L` allows. */
  readonly v0: number;
}

/** Limit of `ε²√(T/L)/Δ^{3/2}` in the worst case, `√(4√2/3)`. */
export const WORST_CASE_CONSTANT: number = Math.sqrt(PAPER_CONSTANT / 3);

/**
 * The worst-case family for `T` steps: `f′(x) = −ε/√(2x)` with `ε = √1.3732 T^{−¼}`, so that `‖∇J‖ = ε`
 * is constant on the diagonal and `Δ → 1`.
 *
 * Source: ours, convergence-rate §5.7.
 *
 * @param steps `T ≥ 1`.
 * @param smoothness `L > 0`.
 * @throws {RangeError} If an argument is out of range.
 */
export function valley(steps: number, smoothness: number = 1): Valley {
  checkInteger("make the worst case", "steps", steps, 1);
  checkPositive("make the worst case", "smoothness", smoothness);
  const epsilon = Math.sqrt(WORST_CASE_CONSTANT) * (smoothness / steps) ** 0.25;
  return { epsilon, smoothness, v0: Math.cbrt(epsilon / smoothness) };
}

/** A loss of one number through its slope, for balanced scalar adapters `a = b = u`, `x = u²`. */
export interface ScalarLoss {
  /** `f′(x)`. */
  readonly slope: (x: number) => number;
  /** `L ≥ |f″|`. */
  readonly smoothness: number;
}

/**
 * The power law `(1 + x)^{1−p}/(p − 1)`: `f′ = −(1 + x)^{−p}`, `L = p`.
 *
 * @param p Exponent `> 1`.
 * @throws {RangeError} If `p ≤ 1`: the loss would not be bounded below.
 */
export function powerLaw(p: number): ScalarLoss {
  if (!(p > 1 && p < Infinity)) {
    throw new RangeError(
      `Cannot make a power law as p must be a finite number > 1 (else it has no lower bound): ` +
        `current value is ${p}`,
    );
  }
  return { slope: (x) => -((1 + x) ** -p), smoothness: p };
}

/** The separable logistic loss `log(1 + e^{−x})`: `f′ = −1/(1 + eˣ)`, `L = ¼`. */
export const logistic: ScalarLoss = { slope: (x) => -1 / (1 + Math.exp(x)), smoothness: 0.25 };
