/**
 * The linear problem: all that training sees of the data, and how it is drawn. No dynamics.
 *
 * @module
 */
import { checkFinite, checkInteger, checkKeys, checkPositive } from "../../../check.ts";
import {
  add,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  qr,
  solvePositive,
  svd,
} from "../../../linalg/mod.ts";
import { bartlett, portable, type PortableDraws, type WishartDraws } from "../../../random/mod.ts";

/**
 * Fine-tuning of `x ↦ Wᵀx` towards `W + Δ`: all that training sees of the data is `(Σ̂, G)`.
 *
 * Law: loss `½‖Σ̂^½(AB − F)‖²_F` up to a constant, `F = Σ̂⁻¹G` (which is `Δ` without label noise); risk
 * `½‖AB − Δ‖²_F`. Source: ours.
 */
export interface LinearProblem {
  /** `Σ̂ = XᵀX/N`, `d × d`. */
  readonly covariance: Matrix;
  /** What has to be learnt, `Δ`, `d × k`. */
  readonly target: Matrix;
  /** Negative one-step full gradient at the pre-trained weight, `G = Σ̂Δ` plus noise, `d × k`. */
  readonly gradient: Matrix;
  /** With label noise: `F = Σ̂⁻¹G`, what the data ask for in place of `Δ`. */
  readonly fitted?: Matrix;
  /** The pre-trained weight `W`, `d × k`, where a start or a parametrisation looks at it. */
  readonly weight?: Matrix;
}

/** What may be given with a covariance and a shift. */
export interface LinearProblemOptions {
  /** `XᵀE/N` of labels `Y = X(W + Δ) + E`, `d × k`: what label noise adds to the gradient. */
  readonly noise?: Matrix;
  /** The pre-trained weight `W`, `d × k`. */
  readonly weight?: Matrix;
}

/** The factors of an adapter: the layer computes `x ↦ (W + AB)ᵀx`. */
export interface Adapter {
  /** `A`, `d × r`. */
  readonly a: Matrix;
  /** `B`, `r × k`. */
  readonly b: Matrix;
}

/** `m x n`, for messages. */
export function shapeOf({ rows, columns }: Matrix): string {
  return `${rows} x ${columns}`;
}

/** Refuses a matrix with an entry that is not finite. */
export function checkEntries(what: string, name: string, { data }: Matrix): void {
  for (let i = 0; i < data.length; i++) checkFinite(what, `${name}[${i}]`, data[i]);
}

/**
 * The problem of a covariance and a shift.
 *
 * @param covariance `Σ̂`, `d × d`, symmetric.
 * @param target `Δ`, `d × k`.
 * @param options Label noise and the pre-trained weight.
 * @throws {TypeError} If shapes do not match.
 * @throws {RangeError} If an entry is not finite, or `Δ = 0`, or there is noise and `Σ̂` is singular.
 *
 * @example
 * ```ts
 * import { linearProblem } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { identity, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { gradient } = linearProblem(identity(2), matrix(2, 1, [3, 4]));
 * assertEquals([...gradient.data], [3, 4]);
 * ```
 */
export function linearProblem(
  covariance: Matrix,
  target: Matrix,
  options: LinearProblemOptions = {},
): LinearProblem {
  const what = "make a linear problem", d = target.rows, { noise, weight } = options;
  checkKeys(what, options, ["noise", "weight"]);
  if (covariance.rows !== d || covariance.columns !== d) {
    throw new TypeError(
      `Cannot ${what} as covariance and target must be d x d and d x k: current shapes are ` +
        `${shapeOf(covariance)} and ${shapeOf(target)}`,
    );
  }
  checkEntries(what, "covariance", covariance);
  checkEntries(what, "target", target);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      const [x, y] = [covariance.data[i * d + j], covariance.data[j * d + i]];
      if (Math.abs(x - y) <= 1e-10 * (Math.abs(x) + Math.abs(y)) + 1e-12) continue;
      throw new RangeError(
        `Cannot ${what} as covariance must be symmetric: current values of entry (${i}, ${j}) ` +
          `and its mirror are ${x} and ${y}`,
      );
    }
  }
  if (target.data.every((x) => x === 0)) {
    throw new RangeError(`Cannot ${what} as target must not be zero: there is nothing to learn`);
  }
  for (const [name, value] of Object.entries({ noise, weight })) {
    if (value === undefined) continue;
    checkEntries(what, name, value);
    if (value.rows === d && value.columns === target.columns) continue;
    throw new TypeError(
      `Cannot ${what} as ${name} must be ${shapeOf(target)} as the target is: current shape is ` +
        shapeOf(value),
    );
  }
  const signal = multiply(covariance, target), gradient = noise ? add(signal, noise) : signal;
  return {
    ...{ covariance, target, gradient },
    ...(noise ? { fitted: solvePositive(covariance, gradient) } : {}),
    ...(weight ? { weight } : {}),
  };
}

/** `pnormal`: a Gaussian matrix of the portable generator, row by row. */
export function portableNormal(seed: number, rows: number, columns: number): Matrix {
  return matrix(rows, columns, portable(seed).normals(rows * columns));
}

/** `orth`: Gram–Schmidt of the columns of a matrix (a Gaussian one gives a uniform frame). */
export function orth(a: Matrix): Matrix {
  return qr(a).q;
}

/** `U diag(values) Vᵀ`. */
export function composed(u: Matrix, values: ArrayLike<number>, v: Matrix): Matrix {
  const n = u.columns, data = u.data.map((x, i) => x * values[i % n]);
  return multiplyNT({ ...u, data }, v);
}

/** Singular values `κ^(−(i−1)/(n−1))`: from 1 down to `1/κ` with equal ratios. */
export function spectrum(kappa: number, n: number): number[] {
  checkPositive("make a spectrum", "kappa", kappa);
  checkInteger("make a spectrum", "n", n, 1);
  return Array.from({ length: n }, (_, i) => n === 1 ? 1 : kappa ** (-i / (n - 1)));
}

/** `XᵀX/N` of the rows of `X`, `N × d`. */
export function covarianceOf(x: Matrix): Matrix {
  const gram = multiplyTN(x, x);
  return { ...gram, data: gram.data.map((value) => value / x.rows) };
}

/**
 * The covariance of `N` standard normal rows, in law, at a cost that does not depend on `N`.
 *
 * Law: `N Σ̂ = LLᵀ ~ Wishart_d(I, N)` (Bartlett). Source: ours.
 *
 * @throws {RangeError} If `N < d`: then `Σ̂` is singular and `col G ≠ Σ̂ col Δ` has lost directions.
 *
 * @example
 * ```ts
 * import { sampleCovariance } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { data } = sampleCovariance(stream("7", "data"), 3, 1e12);
 * assertAlmostEquals(data[0], 1, 1e-4);
 * ```
 */
export function sampleCovariance(rng: WishartDraws, d: number, N: number): Matrix {
  const what = "sample a covariance";
  checkInteger(what, "d", d, 1);
  checkInteger(what, `N for d = ${d}`, N, d);
  const factor = matrix(d, d, bartlett(rng, N, d)), gram = multiplyNT(factor, factor);
  return { ...gram, data: gram.data.map((x) => x / N) };
}

/**
 * The same problem with `k = r*` columns: `Δ → ΔV`. Trajectories from starts whose rows lie in
 * `row Δ` are the same up to that rotation (Theorem 3.1 keeps them there).
 */
export function withFewColumns({ covariance, target, fitted }: LinearProblem): LinearProblem {
  if (fitted) {
    throw new RangeError(
      "Cannot keep r* columns as there must be no label noise: B leaves row Δ with it",
    );
  }
  const { v, values } = svd(target);
  const rank = values.filter((x) => x > 1e-12 * values[0]).length;
  const few = matrix(v.rows, rank);
  for (let i = 0; i < v.rows; i++) {
    for (let j = 0; j < rank; j++) few.data[i * rank + j] = v.data[i * v.columns + j];
  }
  return linearProblem(covariance, multiply(target, few));
}

/** LoRA's start: `A_ij ~ N(0, α²)`, `B = 0`. Hu et al. 2021. */
export function loraStart(
  draws: PortableDraws | { fillNormal(out: Float64Array): Float64Array },
  { d, k, r, initStd }: { d: number; k: number; r: number; initStd: number },
): Adapter {
  const what = "start LoRA";
  checkInteger(what, "d", d, 1);
  checkInteger(what, "k", k, 1);
  checkInteger(what, `r for d = ${d}`, r, 1, d);
  checkPositive(what, "initStd", initStd);
  const a = matrix(d, r);
  if ("normals" in draws) a.data.set(draws.normals(d * r));
  else draws.fillNormal(a.data);
  for (let i = 0; i < a.data.length; i++) a.data[i] *= initStd;
  return { a, b: matrix(r, k) };
}

/** Checks an adapter against a problem; returns its rank. */
export function checkAdapter(what: string, { target }: LinearProblem, { a, b }: Adapter): number {
  const d = target.rows, k = target.columns, r = a.columns;
  if (a.rows !== d || b.rows !== r || b.columns !== k) {
    throw new TypeError(
      `Cannot ${what} as a and b must be d x r and r x k with d = ${d}, k = ${k}: current shapes ` +
        `are ${shapeOf(a)} and ${shapeOf(b)}`,
    );
  }
  checkInteger(what, `r for d = ${d}`, r, 1, d);
  checkEntries(what, "a", a);
  checkEntries(what, "b", b);
  return r;
}

/** The isotropic population, `Σ = I`. */
export function population(target: Matrix): LinearProblem {
  return linearProblem(identity(target.rows), target);
}
