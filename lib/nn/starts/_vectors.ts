import { columns, type Matrix, transpose } from "../../linalg/mod.ts";
import { completedSvd } from "./completed_svd.ts";
import type { StartFactors, StartLayer } from "./start.ts";

/** Columns times their weights. */
export function scaled(x: Matrix, weight: (j: number) => number): Matrix {
  return { ...x, data: x.data.map((value, i) => value * weight(i % x.columns)) };
}

/**
 * `A = U[1…r]` and `B = V[from+1…from+r]ᵀ` of the gradient, each vector times its weight, which may
 * depend on its singular value and on the largest.
 */
export function spectral(
  { gradient, r, draws }: StartLayer,
  left: (s: number, first: number) => number,
  right = left,
  from = 0,
): StartFactors {
  const { u, values, v } = completedSvd(gradient, [r, from + r], draws), [first] = values;
  return {
    a: scaled(columns(u, 0, r), (j) => left(values[j], first)),
    b: transpose(scaled(columns(v, from, from + r), (j) => right(values[from + j], first))),
  };
}
