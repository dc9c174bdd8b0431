/** Products with a frozen factor, at the cost of a scaling where it has entries on its diagonal only. */
import { type Matrix, matrix, multiply, multiplyNT, multiplyTN } from "../../../../linalg/mod.ts";

/** The diagonal of a matrix that has nothing else, or undefined. */
export function diagonalOf({ rows, columns, data }: Matrix): Float64Array | undefined {
  const entries = new Float64Array(Math.min(rows, columns));
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const x = data[i * columns + j];
      if (i === j) entries[i] = x;
      else if (x !== 0) return undefined;
    }
  }
  return entries;
}

/** `out` (zero beyond the diagonal) ← rows of the matrix in `x` from `at` on, scaled. */
function scaleRows(d: Float64Array, x: Float64Array, at: number, { data, columns }: Matrix): void {
  for (let i = 0, to = 0; i < d.length; i++) {
    const factor = d[i];
    for (let j = 0; j < columns; j++, to++) data[to] = factor * x[at + to];
  }
}

/** `out` (zero beyond the diagonal) ← columns of the matrix in `x` from `at` on, scaled. */
function scaleColumns(
  d: Float64Array,
  x: Float64Array,
  at: number,
  width: number,
  { data, rows, columns }: Matrix,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0, from = at + i * width, to = i * columns; j < d.length; j++) {
      data[to++] = d[j] * x[from++];
    }
  }
}

/**
 * A frozen factor `W`, for products with matrices of one rank that lie in flat arrays. What a product
 * returns is overwritten by the next one of its kind.
 */
export class Frozen {
  readonly #w: Matrix;
  readonly #diagonal: Float64Array | undefined;
  readonly #rank: number;
  /** By rows of the result: `W x` and `x Wᵀ` have those of `W`. */
  readonly #tall: { readonly rows: Matrix; readonly columns: Matrix };
  readonly #wide: { readonly rows: Matrix; readonly columns: Matrix };

  constructor(w: Matrix, rank: number) {
    this.#w = w;
    this.#diagonal = diagonalOf(w);
    this.#rank = rank;
    this.#tall = { rows: matrix(w.rows, rank), columns: matrix(w.columns, rank) };
    this.#wide = { rows: matrix(rank, w.rows), columns: matrix(rank, w.columns) };
  }

  /** A matrix inside a flat array. */
  #at(x: Float64Array, at: number, rows: number, columns: number): Matrix {
    return matrix(rows, columns, x.subarray(at, at + rows * columns));
  }

  /** `W x`. */
  times(x: Float64Array, at: number): Float64Array {
    const w = this.#w, d = this.#diagonal, out = this.#tall.rows;
    if (d) scaleRows(d, x, at, out);
    else multiply(w, this.#at(x, at, w.columns, this.#rank), out);
    return out.data;
  }

  /** `Wᵀ x`. */
  transposedTimes(x: Float64Array, at: number): Float64Array {
    const w = this.#w, d = this.#diagonal, out = this.#tall.columns;
    if (d) scaleRows(d, x, at, out);
    else multiplyTN(w, this.#at(x, at, w.rows, this.#rank), out);
    return out.data;
  }

  /** `x W`. */
  after(x: Float64Array, at: number): Float64Array {
    const w = this.#w, d = this.#diagonal, out = this.#wide.columns;
    if (d) scaleColumns(d, x, at, w.rows, out);
    else multiply(this.#at(x, at, this.#rank, w.rows), w, out);
    return out.data;
  }

  /** `x Wᵀ`. */
  transposedAfter(x: Float64Array, at: number): Float64Array {
    const w = this.#w, d = this.#diagonal, out = this.#wide.rows;
    if (d) scaleColumns(d, x, at, w.columns, out);
    else multiplyNT(this.#at(x, at, this.#rank, w.columns), w, out);
    return out.data;
  }
}
