/**
 * Matrices that decompositions must survive, and plain loops to hold the products to.
 *
 * @module
 */
import {
  add,
  frobeniusNorm,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  qr,
  scale,
  useBackend,
} from "lora-dynamics/linalg/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

// Whatever the environment says: the tests of bits are about the compiled kernels.
useBackend("compiled");

/** Standard normal entries. */
export function gaussian(rows: number, columns: number, ...path: (string | number)[]): Matrix {
  const data = new Float64Array(rows * columns);
  stream("linalg", rows, columns, ...path).fillNormal(data);
  return matrix(rows, columns, data);
}

/** A matrix with the given singular values and random vectors. */
export function withValues(rows: number, columns: number, values: readonly number[]): Matrix {
  const k = values.length;
  const u = qr(gaussian(rows, k, "left")).q, v = qr(gaussian(columns, k, "right")).q;
  for (let i = 0; i < rows; i++) for (let j = 0; j < k; j++) u.data[i * k + j] *= values[j];
  return multiplyNT(u, v);
}

/** The matrices of the decomposition tests, by what is special about them. */
export const cases: Record<string, Matrix> = {
  "random tall": gaussian(17, 6),
  "random wide": gaussian(5, 23),
  "random square": gaussian(40, 40),
  "rank 3 of 9": multiplyNT(gaussian(14, 3), gaussian(9, 3, "v")),
  "rank 1 square": multiplyNT(gaussian(8, 1), gaussian(8, 1, "v")),
  "repeated singular values": withValues(12, 10, [4, 4, 4, 2, 2, 1, 1, 1, 1, 1]),
  "values over 14 decades": withValues(9, 9, [1, 1e-2, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12, 1e-14, 0]),
  "orthogonal": qr(gaussian(11, 11)).q,
  "identity": identity(7),
  "zero": matrix(4, 3),
  "entries 1e-150": scale(gaussian(10, 7, "tiny"), 1e-150),
  "entries 1e150": scale(gaussian(7, 10, "huge"), 1e150),
  "entries 1e-300": scale(gaussian(6, 6, "tinier"), 1e-300),
  "entries 1e307": scale(gaussian(6, 6, "hugest"), 1e307 / 8),
  "one row": gaussian(1, 9),
  "one column": gaussian(9, 1),
  "one entry": matrix(1, 1, [-3]),
  "a zero column": matrix(3, 3, [1, 0, 2, 3, 0, 4, 5, 0, 7]),
};

/** `‖A − B‖ / ‖A‖` in the Frobenius norm; 0 for two zeros. */
export function relativeError(a: Matrix, b: Matrix): number {
  const size = frobeniusNorm(a);
  return size === 0 ? frobeniusNorm(b) : frobeniusNorm(add(a, b, -1)) / size;
}

/** `‖QᵀQ − I‖`. */
export function orthogonalityError(q: Matrix): number {
  return frobeniusNorm(add(multiplyTN(q, q), identity(q.columns), -1));
}

/** `Q diag(values)`. */
export function timesDiagonal(q: Matrix, values: Float64Array): Matrix {
  return multiply(q, diagonal(values));
}

/** A diagonal matrix. */
export function diagonal(values: ArrayLike<number>): Matrix {
  const result = matrix(values.length, values.length);
  for (let i = 0; i < values.length; i++) result.data[i * values.length + i] = values[i];
  return result;
}

/** `A B` by three loops, each entry summed in the order of k. */
export function plainProduct(a: Matrix, b: Matrix): Matrix {
  const c = matrix(a.rows, b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.columns; j++) {
      let sum = 0;
      for (let k = 0; k < a.columns; k++) {
        sum += a.data[i * a.columns + k] * b.data[k * b.columns + j];
      }
      c.data[i * b.columns + j] = sum;
    }
  }
  return c;
}
