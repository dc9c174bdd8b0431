/**
 * What is read off a state: alignment, sizes, shares. Definitions that theory and simulation share.
 *
 * @module
 */
import { type Matrix, matrix, spectralNorm, svd } from "../../linalg/mod.ts";
import type { Adapters } from "./model.ts";

/** The stack `Z = [B; Aᵀ]` of an adapter, `(rows + columns) × r`. */
export function stackOf(b: Matrix, a: Matrix): Matrix {
  const r = b.columns, z = matrix(b.rows + a.columns, r);
  z.data.set(b.data);
  for (let j = 0; j < a.columns; j++) {
    for (let k = 0; k < r; k++) z.data[(b.rows + j) * r + k] = a.data[k * a.columns + j];
  }
  return z;
}

/**
 * Misalignment `1 − cos` of the top left singular vector of a stack with `γ = (p; v)/√2`.
 *
 * Law: `½‖u − ςγ‖²`, ς the sign of their product: `1 − u·γ` would end at 1e-16.
 * Source: our reading of the paper's alignment measure, gradient-flow-mf A7.
 */
export function misalignment(
  stack: Matrix,
  [p, v]: readonly [Float64Array, Float64Array],
): number {
  const { u } = svd(stack, 1), h = p.length;
  const gamma = (i: number) => (i < h ? p[i] : v[i - h]) / Math.SQRT2;
  let along = 0, sum = 0;
  for (let i = 0; i < stack.rows; i++) along += u.data[i * u.columns] * gamma(i);
  const sign = along < 0 ? -1 : 1;
  for (let i = 0; i < stack.rows; i++) sum += (u.data[i * u.columns] - sign * gamma(i)) ** 2;
  return 0.5 * sum;
}

/** `‖Z₁‖₂` of the stack of adapter 1. */
export function stackNorm({ b1, a1 }: Adapters): number {
  return spectralNorm(stackOf(b1, a1));
}

/** Entry `(0, 0)` of `B A`: the share of an aligned adapter in the canonical basis. */
export function share(b: Matrix, a: Matrix): number {
  let sum = 0;
  for (let k = 0; k < b.columns; k++) sum += b.data[k] * a.data[k * a.columns];
  return sum;
}
