/**
 * The balanced flow of a factorisation in closed form, composed in small steps.
 *
 * @module
 */
import { checkInteger, checkNonNegative } from "../../../check.ts";
import {
  cholesky,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  symmetricEigen,
} from "../../../linalg/mod.ts";
import { type Adapters, growthModes, type Problem } from "../model.ts";
import { stackOf } from "../measures.ts";

/**
 * Product `B(t)A(t)` of a balanced start of problem MF, exactly.
 *
 * Law: `Ż = SZ − ½ZZᵀZ` has `ZZᵀ(t) = e^{St}Z₀(I + Z₀ᵀ∫₀ᵗe^{2Ss}ds Z₀)⁻¹Z₀ᵀe^{St}`; it is applied to
 * pieces of length `t/N`, since one piece loses all digits once `e^{2λt}α² ≫ 10⁸`.
 * Assumes: `BᵀB = AAᵀ` at the start; `W₂` the identity.
 * Errors: about 1e-12 with the default number of pieces.
 * Source: known in the literature on linear networks, re-derived: gradient-flow-mf T6, A4.
 *
 * @param problem Problem MF.
 * @param start A balanced start.
 * @param t Time, `≥ 0`.
 * @param pieces Number of pieces `N`; by default `⌈2tλ₁⌉`, at least 1.
 * @throws {RangeError} If `t < 0` or `pieces` is no integer ≥ 1.
 */
export function riccatiProduct(
  problem: Problem,
  { b1, a1 }: Adapters,
  t: number,
  pieces?: number,
): Matrix {
  const what = "propagate a balanced start";
  checkNonNegative(what, "t", t);
  const h = b1.rows, n = a1.columns, r = b1.columns, size = h + n;
  const { rates1 } = growthModes(problem);
  const N = pieces ?? Math.max(1, Math.ceil(2 * t * rates1[0]));
  checkInteger(what, "pieces", N, 1);
  const S = matrix(size, size);
  const m = multiplyTN(problem.w2, problem.target);
  for (let i = 0; i < h; i++) {
    for (let j = 0; j < n; j++) {
      S.data[i * size + h + j] = S.data[(h + j) * size + i] = m.data[i * n + j];
    }
  }
  const { values, vectors } = symmetricEigen(S), dt = t / N;
  const gains = values.map((x) => Math.exp(x * dt));
  const integrals = values.map((x) => x === 0 ? dt : Math.expm1(2 * x * dt) / (2 * x));
  let z = multiplyTN(vectors, stackOf(b1, a1));
  for (let piece = 0; piece < N; piece++) {
    const weighted = { ...z, data: z.data.map((x, i) => x * integrals[Math.floor(i / r)]) };
    const gram = multiplyTN(z, weighted), one = identity(r);
    const lower = cholesky({ ...gram, data: gram.data.map((x, i) => x + one.data[i]) });
    z = solveRight({ ...z, data: z.data.map((x, i) => x * gains[Math.floor(i / r)]) }, lower);
  }
  const full = multiply(vectors, z);
  const part = (from: number, rows: number) =>
    matrix(rows, r, full.data.slice(from * r, (from + rows) * r));
  return multiplyNT(part(0, h), part(h, n));
}

/** `x L⁻ᵀ` for a lower triangle `L`, row by row. */
function solveRight(x: Matrix, lower: Matrix): Matrix {
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
