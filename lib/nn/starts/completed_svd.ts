/**
 * A singular value decomposition with as many vectors as a start needs, also beyond the rank.
 *
 * @module
 */
import { checkFinite, checkInteger } from "../../check.ts";
import { columns, type Matrix, matrix, qr, svd } from "../../linalg/mod.ts";
import { portable } from "../../random/mod.ts";
import type { Normals } from "./start.ts";

/** Singular triples with as many vectors as wanted. */
export interface CompletedSvd {
  /** Left vectors, `d × left`, orthonormal. */
  readonly u: Matrix;
  /** Singular values; those below `10⁻¹²` of the largest are exactly 0. */
  readonly values: Float64Array;
  /** Right vectors, `k × right`. */
  readonly v: Matrix;
  /** Number of values above 0. */
  readonly rank: number;
}

/**
 * A singular value decomposition whose vectors of zero values are chosen by Gram–Schmidt of given
 * draws: a one-step gradient has exact rank `r*`, so that beyond it any code has vectors of its own.
 *
 * Source: ours.
 *
 * @param g The matrix, `d × k`, not zero.
 * @param counts Number of left and of right vectors, at most `min(d, k)`; there are as many values as
 * there are of the more numerous.
 * @param draws Draws that complete the left and the right vectors.
 * @throws {RangeError} If `g` is zero or not finite, or a count is out of range.
 */
export function completedSvd(
  g: Matrix,
  [left, right]: readonly [number, number],
  draws: readonly [Normals, Normals] = [portable(25), portable(26)],
): CompletedSvd {
  const what = "decompose a gradient", least = Math.min(g.rows, g.columns);
  g.data.forEach((x, i) => checkFinite(what, `gradient[${i}]`, x));
  for (const count of [left, right]) {
    checkInteger(what, `the number of vectors of ${g.rows} x ${g.columns}`, count, 1, least);
  }
  const { u, values, v } = svd(g);
  if (!(values[0] > 0)) {
    throw new RangeError(`Cannot ${what} as gradient must not be zero: its largest entry is 0`);
  }
  const rank = values.filter((x) => x > 1e-12 * values[0]).length;
  const complete = (x: Matrix, count: number, own: Normals): Matrix => {
    if (rank >= count) return columns(x, 0, count);
    const missing = count - rank, normals = own.normals(x.rows * missing);
    const joint = matrix(x.rows, count);
    for (let i = 0; i < x.rows; i++) {
      joint.data.set(x.data.subarray(i * x.columns, i * x.columns + rank), i * count);
      joint.data.set(normals.subarray(i * missing, (i + 1) * missing), i * count + rank);
    }
    return qr(joint).q;
  };
  return {
    u: complete(u, left, draws[0]),
    values: values.slice(0, Math.max(left, right)).map((x, i) => i < rank ? x : 0),
    v: complete(v, right, draws[1]),
    rank,
  };
}
