import { checkFinite, checkKeys } from "../check.ts";
import { homeOf } from "./_home.ts";
import { checkMatrix, checkShapes, type Matrix, overlap } from "./matrix.ts";

/** What {@linkcode addWeighted} adds, and where it writes. */
export interface WeightedOptions {
  /** Step size, finite. */
  readonly rate: number;
  /** `w`, one weight for each row: `m × 1`. */
  readonly weights: Matrix;
  /** Takes `diag(w) X` of the columns that were moved, `m × n`. */
  readonly weighted: Matrix;
}

/**
 * Adds weighted rows to the first columns of a matrix, in place: `X ← X + rate · diag(w) Y`, and writes
 * `diag(w) X` of the new columns. Columns of `X` behind those of `Y` stay.
 *
 * A step of preconditioned descent in one pass, with the bits of `x + (rate · w) · y` and `w · x`.
 * Matrices of one workspace take a compiled kernel. NaN and ±∞ propagate. Source: ours.
 *
 * @param x `X`, `m × N`, changed.
 * @param y `Y`, `m × n` with `n ≤ N`.
 * @throws {TypeError} If an option is not known, the shapes do not match, or two of the matrices share memory.
 * @throws {RangeError} If the rate is not finite.
 *
 * @example
 * ```ts
 * import { addWeighted, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const x = matrix(2, 2, [1, 7, 2, 7]), weighted = matrix(2, 1), weights = matrix(2, 1, [1, 10]);
 * addWeighted(x, matrix(2, 1, [1, 1]), { rate: 0.5, weights, weighted });
 * assertEquals(x, matrix(2, 2, [1.5, 7, 7, 7]));
 * assertEquals(weighted, matrix(2, 1, [1.5, 70]));
 * ```
 */
export function addWeighted(x: Matrix, y: Matrix, options: WeightedOptions): void {
  const what = "add weighted rows";
  checkKeys(what, options, ["rate", "weights", "weighted"]);
  const { rate, weights, weighted } = options;
  const all = { x, y, weights, weighted };
  checkMatrix(what, "x", x);
  checkMatrix(what, "y", y);
  checkMatrix(what, "weights", weights);
  checkMatrix(what, "weighted", weighted);
  const m = x.rows, n = y.columns, wide = x.columns;
  const fits = y.rows === m && n <= wide && weights.rows === m && weights.columns === 1 &&
    weighted.rows === m && weighted.columns === n;
  checkShapes(what, "x, y, weights and weighted must be m x N, m x n, m x 1 and m x n", fits, all);
  checkFinite(what, "rate", rate);
  if (
    overlap(x, y) || overlap(x, weights) || overlap(x, weighted) || overlap(weighted, y) ||
    overlap(weighted, weights)
  ) {
    throw new TypeError(`Cannot ${what} as the matrices must not share memory: they do`);
  }
  const at = (a: Matrix) => a.data.byteOffset;
  const home = homeOf(x, y, weights, weighted);
  if (home) {
    home.kernels.moveWeighted(m, n, 8 * wide, rate, at(weights), at(y), at(x), at(weighted));
    return;
  }
  for (let i = 0, from = 0; i < m; i++) {
    const weight = weights.data[i], scale = rate * weight;
    for (let j = i * wide, end = j + n; j < end; j++, from++) {
      weighted.data[from] = weight * (x.data[j] += scale * y.data[from]);
    }
  }
}
