/**
 * The flow of a factorisation at a cost independent of its size: path by path, and in law.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive } from "../../../../check.ts";
import {
  add,
  columns,
  frobeniusNorm,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyTN,
  qr,
  scale,
  svd,
  transpose,
} from "../../../../linalg/mod.ts";
import { bartlett, type Stream } from "../../../../random/mod.ts";
import type { Adapters, Problem } from "../../model.ts";
import { checkAdapters, checkProblem } from "../../shapes.ts";

/** A problem and a start of `k + r` rows and columns, with the bases that lead back. */
export interface ReducedFactorization {
  /** `W₂ = sI`, `Δ = diag(σ₁, …, σ_k, 0, …)`, `(k + r) × (k + r)`. */
  readonly problem: Problem;
  /** Its start. */
  readonly adapters: Adapters;
  /** Orthonormal columns, `h × (k + r)`: `B` is `left` times the reduced one. */
  readonly left: Matrix;
  /** Orthonormal columns, `n × (k + r)`: `A` is the reduced one times `rightᵀ`. */
  readonly right: Matrix;
}

/** Problem `W₂ = sI` with a diagonal target. */
function diagonalProblem(size: number, s: number, sigma: ArrayLike<number>): Problem {
  const target = matrix(size, size);
  for (let j = 0; j < sigma.length; j++) target.data[j * size + j] = sigma[j];
  return { name: `reduced to ${size} × ${size}`, w2: scale(identity(size), s), target };
}

/** Rows of two blocks, one above the other. */
function above(a: Matrix, b: Matrix): Matrix {
  return matrix(a.rows + b.rows, a.columns, Float64Array.from([...a.data, ...b.data]));
}

/** A factor in the basis of the target's vectors and its own rest: coordinates and basis. */
function inBasis(known: Matrix, x: Matrix): { coordinates: Matrix; basis: Matrix } {
  const inside = multiplyTN(known, x), { q, r } = qr(add(x, multiply(known, inside), -1));
  const basis = transpose(above(transpose(known), transpose(q)));
  return { coordinates: above(inside, r), basis };
}

/**
 * The same flow in `k + r` dimensions, path by path: loss, alignment and spectra are those of the full
 * problem at all times.
 *
 * Law: the columns of `B` stay in the span of the target's hidden vectors and of `B(0)`, the rows of `A` in
 * that of its right vectors and of `A(0)`.
 * Assumes: one adapter, `W₂ = sQ` with a square orthogonal `Q`, `k + r ≤ min(m, n)`. Exact for the flow,
 * gradient descent, momentum and Runge–Kutta methods; not for Adam.
 * Source: ours, T11; for other problems see `reduceHidden`.
 *
 * @throws {TypeError} If the problem has a second adapter, `W₂` is not `sQ`, or shapes do not fit.
 * @throws {RangeError} If `k + r > min(m, n)`: there is nothing to save.
 *
 * @example
 * ```ts
 * import { AdapterFlow, factorization, reduceFactorization, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const problem = factorization({ m: 30, n: 20 }), draws = portable(1);
 * const adapters = startAdapters(problem, { start: "gauss", r: 3, alpha: 0.1, draws });
 * const small = reduceFactorization(problem, adapters);
 * assertEquals(small.problem.target.rows, 4);
 * const [full, reduced] = [{ problem, adapters }, small].map((of) =>
 *   new AdapterFlow(of.problem, of.adapters).solve([4]).losses[0]
 * );
 * assertAlmostEquals(reduced / full, 1, 1e-11);
 * ```
 */
export function reduceFactorization(problem: Problem, adapters: Adapters): ReducedFactorization {
  const what = "reduce the factorisation";
  checkProblem(what, problem);
  const [r] = checkAdapters(what, problem, adapters), { w2, w1, target } = problem;
  if (w1 !== undefined) {
    throw new TypeError(
      `Cannot ${what} as the problem must have one adapter: it has two (w1 is given); see reduceHidden`,
    );
  }
  const h = w2.columns, s = frobeniusNorm(w2) / Math.sqrt(h);
  const defect = frobeniusNorm(add(multiplyTN(w2, w2), scale(identity(h), s * s), -1)) / (s * s);
  if (w2.rows !== h || !(defect <= 1e-10 * Math.sqrt(h))) {
    throw new TypeError(
      `Cannot ${what} as w2 must be a number times a square orthogonal matrix: it is ` +
        `${w2.rows} x ${h} and off by ${defect.toPrecision(2)}; see reduceHidden`,
    );
  }
  const { u, values, v } = svd(target), k = values.filter((x) => x > 1e-12 * values[0]).length;
  checkInteger(what, "k + r", k + r, 2, Math.min(target.rows, target.columns));
  const hidden = scale(multiplyTN(w2, columns(u, 0, k)), 1 / s); // Qᵀu
  const b = inBasis(hidden, adapters.b1), a = inBasis(columns(v, 0, k), transpose(adapters.a1));
  return {
    problem: diagonalProblem(k + r, s, values.subarray(0, k)),
    adapters: { b1: b.coordinates, a1: transpose(a.coordinates) },
    ...{ left: b.basis, right: a.basis },
  };
}

/** Parameters of {@linkcode sampleReduced}. */
export interface SampleOptions {
  /** Rows of the full problem, at least `k + r`. */
  readonly m: number;
  /** Columns of the full problem, as many as rows by default. */
  readonly n?: number;
  /** Rank of the adapter. */
  readonly r: number;
  /** Standard deviation of all entries of the start. */
  readonly alpha: number;
  /** Singular values of the target; one value 1 by default. */
  readonly sigma?: readonly number[];
  /** `W₂ = sI`, 1 by default. */
  readonly s?: number;
}

/**
 * A draw of the reduced all-random start, exact in law for any `m`, `n`.
 *
 * Law: what a factor holds outside the target enters through the triangular factor of its QR: diagonal
 * entries `χ` with `m − k, m − k − 1, …` degrees of freedom, normals above (Bartlett).
 * Cost: `O((k + r)r)`, independent of `m` and `n`.
 * Source: ours, T11; Bartlett 1933.
 *
 * @param options Sizes and scales.
 * @param rng Stream; its children `"B"` and `"A"` are drawn.
 * @throws {RangeError} If a size or a scale is out of range.
 * @throws {TypeError} If an option is unknown.
 *
 * @example Ten million dimensions.
 * ```ts
 * import { AdapterFlow, sampleReduced } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const options = { m: 1e7, r: 4, alpha: 1e-5 };
 * const { problem, adapters } = sampleReduced(options, stream("7", "sample"));
 * const [loss] = new AdapterFlow(problem, adapters).solve([0, 1]).losses;
 * assertAlmostEquals(loss, 0.5 * (1 + 4 * (1e-10 * 1e7) ** 2), 1e-5);
 * ```
 */
export function sampleReduced(
  options: SampleOptions,
  rng: Stream,
): { readonly problem: Problem; readonly adapters: Adapters } {
  const what = "sample a reduced start";
  checkKeys(what, options, ["m", "n", "r", "alpha", "sigma", "s"]);
  const { m, n = m, r, alpha, sigma = [1], s = 1 } = options, k = sigma.length, size = k + r;
  checkInteger(what, "r", r, 1);
  checkInteger(what, "the number of values in sigma", k, 1);
  checkInteger(what, "m", m, size);
  checkInteger(what, "n", n, size);
  checkPositive(what, "alpha", alpha);
  checkPositive(what, "s", s);
  sigma.forEach((x, j) => checkPositive(what, `sigma[${j}]`, x));
  const side = (name: string, rows: number): Matrix => {
    const draws = rng.stream(name), out = matrix(size, r);
    draws.stream("top").fillNormal(out.data.subarray(0, k * r));
    // Bartlett's lower triangle T has TTᵀ ~ Wishart; its transpose is the R of a Gaussian's QR.
    const lower = bartlett(draws.stream("rest"), rows - k, r, new Float64Array(r * r));
    for (let i = 0; i < r; i++) {
      for (let j = i; j < r; j++) out.data[(k + i) * r + j] = lower[j * r + i];
    }
    return scale(out, alpha);
  };
  return {
    problem: diagonalProblem(size, s, sigma),
    adapters: { b1: side("B", m), a1: transpose(side("A", n)) },
  };
}
