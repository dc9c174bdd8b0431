import type { Floats, Matrix } from "../linalg/mod.ts";

/** A matrix of a network, in the precision of the network. */
export type Tensor = Matrix<Floats>;

/** The same numbers in double precision: what decompositions and starts of adapters work on. */
export function inDouble({ rows, columns, data }: Tensor): Matrix {
  return { rows, columns, data: Float64Array.from(data) };
}
