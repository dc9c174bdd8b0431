import { checkShapes, columns, type Matrix, output } from "./matrix.ts";
import { multiply, multiplyNT, multiplyTN } from "./multiply.ts";
import { type Svd, svd } from "./decompositions.ts";

/** Number of singular values above `max(m, n) ε` times the largest. */
export function numericalRank({ u, values, v }: Svd): number {
  const floor = Math.max(u.rows, v.rows) * Number.EPSILON * values[0];
  let rank = 0;
  while (values[rank] > floor) rank++;
  return rank;
}

/**
 * Orthonormal basis of the space that the columns span.
 *
 * Convention: the left singular vectors of the singular values above `max(m, n) ε` of the largest, so
 * the number of columns is the numerical rank.
 *
 * @param a `n × p`, finite, not zero.
 * @returns `n × rank`.
 * @throws {RangeError} If an entry is not finite, or all are zero.
 * @throws {TypeError} If `a` is not a matrix.
 *
 * @example
 * ```ts
 * import { matrix, orthonormalBasis } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(orthonormalBasis(matrix(3, 2, [1, 2, 1, 2, 0, 0])).columns, 1);
 * ```
 */
export function orthonormalBasis(a: Matrix): Matrix {
  const decomposition = svd(a);
  const rank = numericalRank(decomposition);
  if (rank === 0) {
    throw new RangeError("Cannot find a basis as a must not be zero: current value is zero");
  }
  return columns(decomposition.u, 0, rank);
}

/**
 * Principal angles between the spaces that the columns of two matrices span, smallest first.
 *
 * Law: the cosines are the singular values of `Q_xᵀ Q_y`, the sines those of `Q_y − Q_x Q_xᵀ Q_y`.
 * Angles below π/4 come from their sines and others from their cosines, so that each is correct to
 * about 1e-15 absolutely: an angle of 1e-10 has five digits, where its cosine has none.
 * Units: radians in [0, π/2]. Source: Björck and Golub 1973; Knyazev and Argentati 2002.
 *
 * @param x `n × p`, finite, not zero; need not be orthonormal.
 * @param y `n × q`, the same.
 * @returns As many angles as the smaller of the two dimensions.
 * @throws {RangeError} If an entry is not finite, or a matrix is zero.
 * @throws {TypeError} If the rows are not equally many.
 *
 * @example
 * ```ts
 * import { matrix, principalAngles } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const angles = principalAngles(matrix(2, 1, [1, 0]), matrix(2, 1, [1, 1e-12]));
 * assertAlmostEquals(angles[0] / 1e-12, 1, 1e-3);
 * ```
 */
export function principalAngles(x: Matrix, y: Matrix): Float64Array {
  checkShapes("compute principal angles", "x and y must have as many rows", x.rows === y.rows, {
    x,
    y,
  });
  let p = orthonormalBasis(x), q = orthonormalBasis(y);
  if (p.columns < q.columns) [p, q] = [q, p];
  const c = multiplyTN(p, q);
  const rest = multiply(p, c);
  for (let i = 0; i < rest.data.length; i++) rest.data[i] = q.data[i] - rest.data[i];
  const cosines = svd(c).values;
  const sines = svd(rest).values.reverse();
  return cosines.map((cosine, i) =>
    cosine ** 2 > 0.5 ? Math.asin(Math.min(1, sines[i])) : Math.acos(Math.min(1, cosine))
  );
}

/**
 * Orthogonal projector `Q Qᵀ` on the space that the columns of a matrix span.
 *
 * @param a `n × p`, finite, not zero.
 * @returns `n × n`.
 * @throws {RangeError} If an entry is not finite, or all are zero.
 * @throws {TypeError} If `a` is not a matrix.
 *
 * @example
 * ```ts
 * import { matrix, projector } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const p = projector(matrix(2, 1, [3, 3]));
 * for (const entry of p.data) assertAlmostEquals(entry, 0.5);
 * ```
 */
export function projector(a: Matrix): Matrix {
  const q = orthonormalBasis(a);
  return multiplyNT(q, q);
}

/**
 * Orthogonal factor `W` of the polar decomposition `A = W H` with `H = (AᵀA)^½`.
 *
 * Law: `W = U_r V_rᵀ` with the singular vectors of the numerical rank `r`: the canonical factor, an
 * isometry on the row space of `A` and zero off it. For full rank it is the nearest matrix with
 * orthonormal columns (or rows). Source: Higham, Functions of Matrices, §8.1.
 *
 * @param a `m × n`, finite; the zero matrix gives zero.
 * @param out Takes the result, `m × n`.
 * @throws {RangeError} If an entry is not finite.
 * @throws {TypeError} If `a` is not a matrix, or `out` has another shape or shares memory.
 *
 * @example
 * ```ts
 * import { matrix, polarFactor } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const w = polarFactor(matrix(2, 2, [0, -2, 3, 0]));
 * [0, -1, 1, 0].forEach((entry, i) => assertAlmostEquals(w.data[i], entry));
 * ```
 */
export function polarFactor(a: Matrix, out?: Matrix): Matrix {
  const decomposition = svd(a);
  const result = output("compute a polar factor", out, a.rows, a.columns, [a]);
  const rank = numericalRank(decomposition);
  if (rank === 0) {
    result.data.fill(0);
    return result;
  }
  return multiplyNT(columns(decomposition.u, 0, rank), columns(decomposition.v, 0, rank), result);
}
