/**
 * The linear model of lora-one: what theory and simulation have in common. No dynamics.
 *
 * @module
 */
import { checkFinite, checkInteger, checkPositive } from "../../check.ts";
import {
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  qr,
  svd,
} from "../../linalg/mod.ts";
import { bartlett, portable, type PortableDraws, type WishartDraws } from "../../random/mod.ts";

/**
 * Fine-tuning of `x ↦ Wᵀx` towards `W + Δ`: all that training sees of the data is `(Σ̂, Δ)`.
 *
 * Law: loss `½‖Σ̂^½(AB − Δ)‖²_F`, risk `½‖AB − Δ‖²_F`. Source: ours.
 */
export interface LinearProblem {
  /** `Σ̂ = XᵀX/N`, `d × d`. */
  readonly covariance: Matrix;
  /** What has to be learnt, `Δ`, `d × k`. */
  readonly target: Matrix;
  /** Negative one-step full gradient at the pre-trained weight, `G = Σ̂Δ`, `d × k`. */
  readonly gradient: Matrix;
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
 * @throws {TypeError} If shapes do not match.
 * @throws {RangeError} If an entry is not finite, or `Δ = 0`.
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
export function linearProblem(covariance: Matrix, target: Matrix): LinearProblem {
  const what = "make a linear problem", d = target.rows;
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
  return { covariance, target, gradient: multiply(covariance, target) };
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
export function withFewColumns({ covariance, target }: LinearProblem): LinearProblem {
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

/** The toy problem of the notebooks, `Δ = UVᵀ`: F1's golden instance. */
export function toyProblem(): LinearProblem {
  const u = orth(portableNormal(1, 100, 4)), v = orth(portableNormal(2, 100, 4));
  return linearProblem(covarianceOf(portableNormal(3, 1600, 100)), multiplyNT(u, v));
}

/** F1's golden start at scale `initStd`: `A₀ = α·pnormal(4, 100, 8)`. */
export function toyStart(initStd: number): Adapter {
  return loraStart(portable(4), { d: 100, k: 100, r: 8, initStd });
}

/** F5's golden instance: `U = orth(pnormal(11))`, `X = pnormal(12)`, `V = I`, condition number κ. */
export function conditionedProblem(kappa: number): LinearProblem {
  const u = orth(portableNormal(11, 100, 4));
  const target = composed(u, spectrum(kappa, 4), identity(4));
  return linearProblem(covarianceOf(portableNormal(12, 1600, 100)), target);
}

/** F4's golden instance: singular values (4, 3, 2, 1)/4, with its Gaussian weight `W`. */
export function offsetProblem(): LinearProblem & { readonly weight: Matrix } {
  const u = orth(portableNormal(21, 100, 4)), v = orth(portableNormal(22, 100, 4));
  const target = composed(u, [1, 0.75, 0.5, 0.25], v);
  const problem = linearProblem(covarianceOf(portableNormal(23, 1600, 100)), target);
  return { ...problem, weight: portableNormal(24, 100, 100) };
}
