/**
 * T6: the balanced flow of one adapter in closed form, composed in small steps.
 *
 * @module
 */
import { checkInteger, checkNonNegative } from "../../../../check.ts";
import {
  add,
  cholesky,
  frobeniusNorm,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  symmetricEigen,
} from "../../../../linalg/mod.ts";
import { stackOf } from "../../measures.ts";
import type { Adapters, Problem } from "../../model.ts";
import { checkAdapters } from "../../shapes.ts";
import { isotropicScale } from "./isotropic.ts";

/** Imbalance of a start, relative to its size, above which it is not balanced. */
const BALANCED = 1e-12;

/** The generator `[0, W₂ᵀΔ; ΔᵀW₂, 0]`. */
function generator({ w2, target }: Problem): Matrix {
  const h = w2.columns, n = target.columns, size = h + n, out = matrix(size, size);
  const pulled = multiplyTN(w2, target);
  for (let i = 0; i < h; i++) {
    for (let j = 0; j < n; j++) {
      out.data[i * size + h + j] = out.data[(h + j) * size + i] = pulled.data[i * n + j];
    }
  }
  return out;
}

/** `x L⁻ᵀ` for a lower triangle `L`, row by row, in place. */
function divideRight(x: Matrix, lower: Matrix): Matrix {
  const r = lower.rows;
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < r; j++) {
      let value = x.data[i * r + j];
      for (let k = 0; k < j; k++) value -= lower.data[j * r + k] * x.data[i * r + k];
      x.data[i * r + j] = value / lower.data[j * r + j];
    }
  }
  return x;
}

/**
 * Product `B(t)A(t)` of a balanced start, exactly.
 *
 * Law: `Ż = SZ − (s²/2)ZZᵀZ` has `ZZᵀ(t) = e^{St}Z₀(I + s²Z₀ᵀ∫₀ᵗe^{2Sτ}dτ Z₀)⁻¹Z₀ᵀe^{St}`; it is applied
 * to pieces of length `t/N`, since one piece loses all digits once `e^{2λt}α² ≫ 10⁸`.
 * Assumes: one adapter, `W₂ᵀW₂ = s²I`, and `BᵀB = AAᵀ` at the start.
 * Errors: about 1e-12 with the default number of pieces.
 * Shapes: `h × n`.
 * Source: known for linear networks (Tarmoun et al. 2021; Min et al. 2021), derived anew.
 *
 * @param problem The problem.
 * @param start A balanced start.
 * @param t Time, `≥ 0`.
 * @param pieces Number of pieces `N`; by default `⌈2tλ₁⌉`, at least 1.
 * @throws {RangeError} If the problem is not of this kind, the start is not balanced to 1e-12, `t < 0`,
 * `pieces` is no integer ≥ 1, or a piece is so long that its matrix is singular to rounding.
 * @throws {TypeError} If the adapters do not fit the problem.
 *
 * @example One mode is the logistic curve.
 * ```ts
 * import { alignedError, factorization, riccatiProduct } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = factorization({ m: 1, sigma: [0.6], s: 1.7 }), one = matrix(1, 1, [0.01]);
 * const [x] = riccatiProduct(problem, { b1: one, a1: one }, 5).data;
 * assertAlmostEquals(0.6 - 1.7 * x, alignedError({ s: 1.7, sigma: 0.6, x0: 1e-4 }, 5), 1e-13);
 * ```
 */
export function riccatiProduct(
  problem: Problem,
  start: Adapters,
  t: number,
  pieces?: number,
): Matrix {
  const what = "propagate a balanced start", s = isotropicScale(what, problem);
  checkAdapters(what, problem, start);
  checkNonNegative(what, "t", t);
  const { b1, a1 } = start, h = b1.rows, n = a1.columns, r = b1.columns, stack = stackOf(b1, a1);
  const off = frobeniusNorm(add(multiplyTN(b1, b1), multiplyNT(a1, a1), -1));
  const size = frobeniusNorm(stack) ** 2;
  if (!(off <= BALANCED * size)) {
    throw new RangeError(
      `Cannot ${what} as the start must have BᵀB = AAᵀ: the two differ by ` +
        `${(off / size).toPrecision(2)} of its size`,
    );
  }
  const { values, vectors } = symmetricEigen(generator(problem));
  const count = pieces ?? Math.max(1, Math.ceil(2 * t * values[0]));
  checkInteger(what, "pieces", count, 1);
  const dt = t / count, gains = values.map((x) => Math.exp(x * dt));
  const integrals = values.map((x) => s * s * (x === 0 ? dt : Math.expm1(2 * x * dt) / (2 * x)));
  const weighted = (z: Matrix, by: Float64Array) => (
    { ...z, data: z.data.map((x, i) => x * by[Math.floor(i / r)]) }
  );
  let z = multiplyTN(vectors, stack);
  for (let piece = 0; piece < count; piece++) {
    const lower = cholesky(add(identity(r), multiplyTN(z, weighted(z, integrals))));
    z = divideRight(weighted(z, gains), lower);
  }
  const full = multiply(vectors, z);
  const part = (from: number, rows: number) =>
    matrix(rows, r, full.data.slice(from * r, (from + rows) * r));
  return multiplyNT(part(0, h), part(h, n));
}
