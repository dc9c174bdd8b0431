/**
 * What every backend's decompositions must obey.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  frobeniusNorm,
  type Matrix,
  multiply,
  multiplyNT,
  qr,
  svd,
  symmetricEigen,
} from "lora-dynamics/linalg/mod.ts";
import { orthogonalityError, relativeError, timesDiagonal } from "./_cases.ts";

/** Relative error of a backward stable decomposition of these sizes, with room. */
const limit = 3e-14;

function descending(values: Float64Array): boolean {
  return values.every((x, i) => i === 0 || x <= values[i - 1]);
}

function largestIsPositive(q: Matrix, j: number): boolean {
  let largest = 0;
  for (let i = j; i < q.data.length; i += q.columns) {
    if (Math.abs(q.data[i]) > Math.abs(largest)) largest = q.data[i];
  }
  return largest > 0;
}

/** Shapes, order, signs, orthogonality and reconstruction of the thin decomposition. */
export function checkSvd(name: string, a: Matrix): void {
  const { u, values, v } = svd(a);
  const k = Math.min(a.rows, a.columns);
  assertEquals([u.rows, u.columns, values.length], [a.rows, k, k], name);
  assertEquals([v.rows, v.columns], [a.columns, k], name);
  assert(descending(values) && values[k - 1] >= 0, `${name}: ${values}`);
  assert(orthogonalityError(u) < limit, `${name}: U ${orthogonalityError(u)}`);
  assert(orthogonalityError(v) < limit, `${name}: V ${orthogonalityError(v)}`);
  const error = relativeError(a, multiplyNT(timesDiagonal(u, values), v));
  assert(error < limit, `${name}: reconstruction ${error}`);
  for (let j = 0; j < k; j++) assert(largestIsPositive(u, j), `${name}: sign of column ${j}`);
}

/** Shapes, triangle, sign, orthogonality and reconstruction. */
export function checkQr(name: string, a: Matrix): void {
  const { q, r } = qr(a);
  const k = Math.min(a.rows, a.columns);
  assertEquals([q.rows, q.columns, r.rows, r.columns], [a.rows, k, k, a.columns], name);
  assert(orthogonalityError(q) < limit, `${name}: Q ${orthogonalityError(q)}`);
  assert(relativeError(a, multiply(q, r)) < limit, `${name}: ${relativeError(a, multiply(q, r))}`);
  for (let i = 0; i < k; i++) {
    assert(r.data[i * r.columns + i] >= 0, `${name}: diagonal ${i}`);
    for (let j = 0; j < i; j++) assert(r.data[i * r.columns + j] === 0, `${name}: triangle`);
  }
}

/** Order, signs, orthogonality and reconstruction, for `A + Aᵀ` of a square matrix. */
export function checkEigen(name: string, symmetric: Matrix): void {
  const { values, vectors } = symmetricEigen(symmetric);
  assert(descending(values), `${name}: ${values}`);
  assert(orthogonalityError(vectors) < limit, `${name}: ${orthogonalityError(vectors)}`);
  const error = relativeError(symmetric, multiplyNT(timesDiagonal(vectors, values), vectors));
  assert(error < limit, `${name}: reconstruction ${error}`);
  for (let j = 0; j < values.length; j++) assert(largestIsPositive(vectors, j), `${name}: ${j}`);
  assert(Number.isFinite(frobeniusNorm(vectors)), name);
}
