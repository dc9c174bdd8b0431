import type { Factor } from "./run.ts";

/**
 * A factor whose entries are all known: `u` and `U` everywhere, and the vectors of direct SGD.
 * The gradient is given as the sum over a batch, times `factor / batch`.
 */
export class Numbers implements Factor {
  /** The point, `rows × length` row-major. */
  readonly point: Float64Array;
  /** The vectors kept beside it. */
  readonly memory: readonly Float64Array[];
  /** Sum of the batch's gradients over `factor`. */
  readonly gradient: Float64Array;
  /** What the sum is multiplied by. */
  factor = 1;
  /** What it is divided by. */
  batch = 1;

  readonly #all: readonly Float64Array[];
  readonly #old: Float64Array;

  /** Vectors in given memory: the point, the gradient, and one more for each vector kept. */
  constructor([point, gradient, ...memory]: readonly Float64Array[], readonly unitRows = 0) {
    this.point = point;
    this.gradient = gradient;
    this.memory = memory;
    this.#all = [point, ...memory, gradient];
    this.#old = new Float64Array(this.#all.length);
  }

  /** A factor of so many entries, at 0. */
  static zero(length: number, memory: number): Numbers {
    return new Numbers(Array.from({ length: 2 + memory }, () => new Float64Array(length)));
  }

  inner(i: number, j: number): number {
    const all = this.#all, last = all.length - 1, [x, y] = [all[i], all[j]];
    let sum = 0;
    for (let k = 0; k < x.length; k++) sum += x[k] * y[k];
    const scale = this.factor / this.batch;
    return sum * (i === last ? scale : 1) * (j === last ? scale : 1);
  }

  move(table: Float64Array): boolean {
    const { factor, batch, unitRows } = this, all = this.#all, old = this.#old;
    const width = all.length, rows = width - 1;
    for (let k = 0; k < this.point.length; k++) {
      for (let j = 0; j < width; j++) old[j] = all[j][k];
      for (let i = 0; i < rows; i++) {
        let sum = 0;
        for (let j = 0; j < rows; j++) sum += table[i * width + j] * old[j];
        all[i][k] = sum + table[i * width + rows] * factor / batch * old[rows];
      }
    }
    for (let j = 0; j < unitRows; j++) this.#normalise(j);
    let square = 0;
    for (let k = 0; k < this.point.length; k++) square += this.point[k] ** 2;
    return Number.isFinite(square);
  }

  #normalise(row: number): void {
    const length = this.point.length / this.unitRows, from = row * length;
    let square = 0;
    for (let k = from; k < from + length; k++) square += this.point[k] ** 2;
    const norm = Math.sqrt(square);
    for (let k = from; k < from + length; k++) this.point[k] /= norm;
  }
}
