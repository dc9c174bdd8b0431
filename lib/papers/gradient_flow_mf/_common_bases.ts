/** How common bases are found: one generic combination, its images, and what the target chooses. */
import {
  columns,
  dot,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  symmetricEigen,
  transpose,
} from "../../linalg/mod.ts";
import type { Problem } from "./model.ts";

/** Above this share of the largest, a singular value is one. */
export const RANK = 1e-12;
/** Up to this relative defect an assumption holds. */
export const HOLDS = 1e-10;

/** Whether a matrix has entries on its diagonal only. */
export function isDiagonal({ columns, data }: Matrix): boolean {
  return data.every((x, at) => x === 0 || at % columns === Math.floor(at / columns));
}

/** `matrix[:, at] = column`. */
function setColumn(out: Matrix, at: number, column: ArrayLike<number>, factor = 1): void {
  for (let i = 0; i < out.rows; i++) out.data[i * out.columns + at] = factor * column[i];
}

/** Fills the missing columns of an orthonormal set. */
export function completed(out: Matrix, known: readonly number[]): Matrix {
  const n = out.rows,
    missing = Array.from({ length: n }, (_, j) => j).filter((j) => !known.includes(j));
  if (missing.length === 0) return out;
  const { values, vectors } = symmetricEigen(multiplyNT(out, out)); // 1 on the span, 0 off it
  const free = Array.from(values.keys()).slice(n - missing.length);
  missing.forEach((to, k) => setColumn(out, to, columns(vectors, free[k], free[k] + 1).data));
  return out;
}

/** Hidden basis in which `W₂ᵀW₂`, `W₁W₁ᵀ` and, if asked for, what the target pulls back are diagonal. */
export function hiddenBasis({ w2, w1, target }: Problem, withTarget: boolean): Matrix {
  const h = w2.columns, sum = matrix(h, h), layers = w1 ? [w2, transpose(w1)] : [w2];
  // What a layer pulls back is zero where the target is outside of it: rounding must not count as a part.
  const pulled = [multiplyTN(w2, target), ...(w1 ? [multiplyNT(w1, target)] : [])].filter((x, i) =>
    frobeniusNorm(x) > RANK * frobeniusNorm(layers[i]) * frobeniusNorm(target)
  );
  const parts = layers.map((w) => multiplyTN(w, w)).filter((part) => frobeniusNorm(part) > 0);
  if (withTarget) parts.push(...pulled.map((x) => multiplyNT(x, x)));
  // One generic combination has the eigenvectors that all have in common.
  parts.forEach((part, k) => {
    const weight = [1, Math.sqrt(2) - 1, Math.sqrt(3) - 1, Math.sqrt(5) - 2][k];
    const size = frobeniusNorm(part);
    for (let i = 0; i < sum.data.length; i++) sum.data[i] += weight / size * part.data[i];
  });
  return symmetricEigen(sum).vectors;
}

/** Vectors on one side of a layer that belong to hidden ones, in the columns of a basis. */
export interface Images {
  /** The basis; columns without a hidden index are zero. */
  readonly basis: Matrix;
  /** Singular value by hidden index. */
  readonly values: Float64Array;
  /** Column by hidden index, −1 where there is none. */
  readonly of: number[];
}

/**
 * Gives hidden index `k` the part of a vector that is orthogonal to the columns in use, as column `k`
 * where that is free, so that diagonal problems keep their order.
 *
 * @param least Below this length there is no such part.
 * @returns Its length, 0 if it is below.
 */
function place({ basis, of }: Images, k: number, vector: Float64Array, least: number): number {
  const x = vector.slice();
  for (const j of of) {
    if (j < 0) continue;
    const known = columns(basis, j, j + 1).data, along = dot(x, known);
    for (let i = 0; i < x.length; i++) x[i] -= along * known[i];
  }
  const length = Math.sqrt(dot(x, x)), free = (j: number) => !of.includes(j);
  if (!(length > least)) return 0;
  of[k] = k < basis.rows && free(k)
    ? k
    : Array.from({ length: basis.rows }, (_, j) => j).find(free)!;
  setColumn(basis, of[k], x, 1 / length);
  return length;
}

/** Unit vectors `W g_k/s_k` with their values, the largest first where they are not orthogonal. */
export function images(w: Matrix, g: Matrix): Images {
  const h = g.columns, mapped = multiply(w, g), none = new Array<number>(h).fill(-1);
  const column = (k: number) => columns(mapped, k, k + 1).data;
  const sizes = Float64Array.from({ length: h }, (_, k) => dot(column(k), column(k)));
  const order = Array.from(sizes.keys()).sort((k, l) => sizes[l] - sizes[k]);
  const found = { basis: matrix(w.rows, w.rows), values: new Float64Array(h), of: none };
  const least = RANK * Math.sqrt(sizes[order[0]]);
  for (const k of order) found.values[k] = place(found, k, column(k), least);
  return found;
}

/**
 * Where a layer is zero on a hidden direction the other layer leads to, its outer basis is free: the
 * target chooses the vector, if it has one there.
 *
 * @param across `Δ` or its transpose, from the other side to this one.
 */
export function chosenByTarget(side: Images, other: Images, across: Matrix): void {
  const least = HOLDS * frobeniusNorm(across);
  for (let k = 0; k < side.of.length; k++) {
    if (side.of[k] >= 0 || other.of[k] < 0) continue;
    const from = columns(other.basis, other.of[k], other.of[k] + 1);
    place(side, k, multiply(across, from).data, least);
  }
}

/** Relative size of the entries of `x` that are not at one of the places. */
export function outside(x: Matrix, places: readonly (readonly [number, number])[]): number {
  const rest = x.data.slice();
  for (const [i, j] of places) rest[i * x.columns + j] = 0;
  const size = frobeniusNorm(x);
  return size === 0 ? 0 : frobeniusNorm({ ...x, data: rest }) / size;
}
