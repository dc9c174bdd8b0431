/**
 * The flow of a factorisation at a cost independent of its size: path by path, and in law.
 *
 * @module
 */
import { checkInteger, checkPositive } from "../../../check.ts";
import {
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  qr,
  svd,
  transpose,
} from "../../../linalg/mod.ts";
import { bartlett, type Stream } from "../../../random/mod.ts";
import { type Adapters, checkAdapters, checkProblem, type Problem } from "../model.ts";

/** A problem and a start of `k + r` rows and columns, with the bases that lead back. */
export interface Reduced {
  /** Problem MF with `Δ̃ = diag(σ₁, …, σ_k, 0, …)`. */
  readonly problem: Problem;
  /** Its adapters. */
  readonly start: Adapters;
  /** Orthonormal `m × (k + r)`: `B = left · B̃`. */
  readonly left: Matrix;
  /** Orthonormal `n × (k + r)`: `A = Ã · rightᵀ`. */
  readonly right: Matrix;
}

/** `x`'s part outside the orthonormal columns of `basis`, and `basisᵀ x`. */
function split(basis: Matrix, x: Matrix): { inside: Matrix; outside: Matrix } {
  const inside = multiplyTN(basis, x), back = multiply(basis, inside);
  return { inside, outside: { ...x, data: x.data.map((value, i) => value - back.data[i]) } };
}

/** Columns side by side. */
function beside(a: Matrix, b: Matrix): Matrix {
  const out = matrix(a.rows, a.columns + b.columns);
  for (let i = 0; i < a.rows; i++) {
    out.data.set(a.data.subarray(i * a.columns, (i + 1) * a.columns), i * out.columns);
    out.data.set(b.data.subarray(i * b.columns, (i + 1) * b.columns), i * out.columns + a.columns);
  }
  return out;
}

/** Rows one above the other. */
function above(a: Matrix, b: Matrix): Matrix {
  return matrix(a.rows + b.rows, a.columns, Float64Array.from([...a.data, ...b.data]));
}

/**
 * The same flow in `k + r` dimensions: loss and spectra are those of the full problem at all times.
 *
 * Law: the columns of `B` stay in the span of the target's left vectors and `B(0)`, the rows of `A`
 * in that of its right vectors and `A(0)`.
 * Assumes: problem MF (`W₂` the identity); `k + r ≤ min(m, n)`. Exact for the flow, gradient descent
 * and Runge–Kutta methods; not for Adam.
 * Source: ours, gradient-flow-mf T11, A5.
 *
 * @throws {RangeError} If `k + r > min(m, n)`.
 * @throws {TypeError} If shapes do not chain or the problem has a second adapter.
 */
export function reduce(problem: Problem, start: Adapters): Reduced {
  const what = "reduce the flow";
  checkProblem(what, problem);
  const r = checkAdapters(what, problem, start);
  if (problem.w1 !== undefined) {
    throw new TypeError(`Cannot ${what} as the problem must have one adapter: it has two`);
  }
  const { u, values, v } = svd(problem.target);
  const k = values.filter((x) => x > 1e-12 * values[0]).length;
  const size = k + r;
  checkInteger(what, "k + r", size, 2, Math.min(problem.target.rows, problem.target.columns));
  const take = (x: Matrix) => {
    const out = matrix(x.rows, k);
    for (let i = 0; i < x.rows; i++) {
      for (let j = 0; j < k; j++) out.data[i * k + j] = x.data[i * x.columns + j];
    }
    return out;
  };
  const b = split(take(u), start.b1), a = split(take(v), transpose(start.a1));
  const qb = qr(b.outside), qa = qr(a.outside);
  const target = matrix(size, size), w2 = matrix(size, size);
  for (let j = 0; j < k; j++) target.data[j * size + j] = values[j];
  for (let i = 0; i < size; i++) w2.data[i * size + i] = 1;
  return {
    problem: { w2, target },
    start: { b1: above(b.inside, qb.r), a1: transpose(above(a.inside, qa.r)) },
    left: beside(take(u), qb.q),
    right: beside(take(v), qa.q),
  };
}

/** `B A` of the full problem from reduced adapters. */
export function lift({ left, right }: Reduced, { b1, a1 }: Adapters): Matrix {
  return multiplyNT(multiply(left, multiply(b1, a1)), right);
}

/**
 * A draw of the reduced start of problem MF, Gaussian at scale α, exact in law for any `m`, `n`:
 * the parts outside the target enter through their triangular factors (Bartlett).
 *
 * Cost: `O((k + r) r)`, independent of `m` and `n`.
 * Source: ours, gradient-flow-mf A6.
 *
 * @param options Sizes `m`, `n`, rank `r`, scale `alpha`, singular values `sigma` of the target.
 * @param rng Stream; its children `"B"` and `"A"` are drawn.
 * @throws {RangeError} If a size is out of range.
 *
 * @example Ten million dimensions.
 * ```ts
 * import { AdapterFlow, sampleReduced } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const options = { m: 1e7, n: 1e7, r: 4, alpha: 1e-5 };
 * const { problem, start } = sampleReduced(options, stream("7", "sample"));
 * const [loss] = new AdapterFlow(problem, start).solve([0, 1]).losses;
 * assertAlmostEquals(loss, 0.5 * (1 + 4 * (1e-10 * 1e7) ** 2), 1e-5);
 * ```
 */
export function sampleReduced(
  { m, n, r, alpha, sigma = [1] }: {
    readonly m: number;
    readonly n: number;
    readonly r: number;
    readonly alpha: number;
    readonly sigma?: readonly number[];
  },
  rng: Stream,
): { problem: Problem; start: Adapters } {
  const what = "sample a reduced start", k = sigma.length, size = k + r;
  checkInteger(what, "r", r, 1);
  checkInteger(what, "m", m, size);
  checkInteger(what, "n", n, size);
  checkPositive(what, "alpha", alpha);
  const side = (name: string, rows: number): Matrix => {
    const draws = rng.stream(name), out = matrix(size, r);
    draws.stream("top").fillNormal(out.data.subarray(0, k * r));
    // Bartlett's lower triangle T has T Tᵀ ~ Wishart; its transpose is the R of a Gaussian's QR.
    const lower = bartlett(draws.stream("rest"), rows - k, r, new Float64Array(r * r));
    for (let i = 0; i < r; i++) {
      for (let j = i; j < r; j++) out.data[(k + i) * r + j] = lower[j * r + i];
    }
    for (let i = 0; i < out.data.length; i++) out.data[i] *= alpha;
    return out;
  };
  const target = matrix(size, size), w2 = matrix(size, size);
  sigma.forEach((x, j) => {
    checkPositive(what, `sigma[${j}]`, x);
    target.data[j * size + j] = x;
  });
  for (let i = 0; i < size; i++) w2.data[i * size + i] = 1;
  return { problem: { w2, target }, start: { b1: side("B", m), a1: transpose(side("A", n)) } };
}
