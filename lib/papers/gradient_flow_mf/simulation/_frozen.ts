/** Products with a frozen factor, at the cost of a scaling where it has entries on its diagonal only. */
import { type Matrix, multiply, multiplyNT, multiplyTN } from "../../../linalg/mod.ts";

/** The diagonal of a matrix that has nothing else, or undefined. */
function diagonalOf({ rows, columns, data }: Matrix): Float64Array | undefined {
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

/** `out` (zero beyond the diagonal's length) ← rows of `x` scaled. */
function scaleRows(d: Float64Array, x: Matrix, out: Matrix): Matrix {
  const n = x.columns, k = d.length * n;
  for (let i = 0, at = 0; at < k; i++) {
    const factor = d[i];
    for (let j = 0; j < n; j++, at++) out.data[at] = factor * x.data[at];
  }
  return out;
}

/** `out` (zero beyond the diagonal's length) ← columns of `x` scaled. */
function scaleColumns(d: Float64Array, x: Matrix, out: Matrix): Matrix {
  const k = d.length;
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0, from = i * x.columns, to = i * out.columns; j < k; j++) {
      out.data[to++] = d[j] * x.data[from++];
    }
  }
  return out;
}

/** A frozen factor. The matrices that its products fill must be zero where the diagonal does not reach. */
export class Frozen {
  readonly #dense: Matrix;
  readonly #diagonal: Float64Array | undefined;

  constructor(w: Matrix) {
    this.#dense = w;
    this.#diagonal = diagonalOf(w);
  }

  /** `W x`. */
  times(x: Matrix, out: Matrix): Matrix {
    return this.#diagonal ? scaleRows(this.#diagonal, x, out) : multiply(this.#dense, x, out);
  }

  /** `Wᵀ x`. */
  transposedTimes(x: Matrix, out: Matrix): Matrix {
    return this.#diagonal ? scaleRows(this.#diagonal, x, out) : multiplyTN(this.#dense, x, out);
  }

  /** `x W`. */
  after(x: Matrix, out: Matrix): Matrix {
    return this.#diagonal ? scaleColumns(this.#diagonal, x, out) : multiply(x, this.#dense, out);
  }

  /** `x Wᵀ`. */
  transposedAfter(x: Matrix, out: Matrix): Matrix {
    return this.#diagonal ? scaleColumns(this.#diagonal, x, out) : multiplyNT(x, this.#dense, out);
  }
}
