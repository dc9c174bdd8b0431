import { checkFloats, checkInteger, show } from "../check.ts";

/** Numbers in double or in single precision. */
export type Floats = Float64Array | Float32Array;

/**
 * A real matrix: entry (i, j) is `data[i * columns + j]` (row-major).
 *
 * A plain object, so that a view into an ODE state or a worker's message is a matrix as well. Products
 * and sums take matrices in single precision too, `Matrix<Float32Array>`; all else needs double.
 */
export interface Matrix<F extends Floats = Float64Array> {
  /** Number of rows, at least 1. */
  readonly rows: number;
  /** Number of columns, at least 1. */
  readonly columns: number;
  /** The `rows · columns` entries, row by row. */
  readonly data: F;
}

/**
 * A matrix of the given shape: zeros, or the given entries.
 *
 * @param rows Number of rows ≥ 1.
 * @param columns Number of columns ≥ 1.
 * @param entries Row by row. A Float64Array is taken as it is, not copied: the matrix is a view.
 * @throws {RangeError} If a size is not an integer ≥ 1.
 * @throws {TypeError} If the number of entries is not `rows · columns`.
 *
 * @example
 * ```ts
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const state = new Float64Array(10);
 * const b = matrix(3, 2, state.subarray(0, 6)), a = matrix(2, 2, state.subarray(6));
 * b.data[5] = 7; // entry (2, 1)
 * assertEquals(state[5], 7);
 * assertEquals(matrix(1, 2, [3, 4]).data, Float64Array.of(3, 4));
 * assertEquals(a.rows, 2);
 * ```
 */
export function matrix(
  rows: number,
  columns: number,
  entries?: Float64Array | readonly number[],
): Matrix {
  const what = "make a matrix";
  checkInteger(what, "rows", rows, 1);
  checkInteger(what, "columns", columns, 1);
  const data = entries === undefined
    ? new Float64Array(rows * columns)
    : entries instanceof Float64Array
    ? entries
    : Float64Array.from(entries);
  checkFloats(what, `the entries of ${rows} x ${columns}`, data, rows * columns);
  return { rows, columns, data };
}

/**
 * The identity matrix, or the first `columns` columns of it.
 *
 * @throws {RangeError} If a size is not an integer ≥ 1.
 *
 * @example
 * ```ts
 * import { identity } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...identity(2).data], [1, 0, 0, 1]);
 * assertEquals([...identity(3, 1).data], [1, 0, 0]);
 * ```
 */
export function identity(rows: number, columns: number = rows): Matrix {
  const result = matrix(rows, columns);
  for (let i = 0; i < rows && i < columns; i++) result.data[i * columns + i] = 1;
  return result;
}

/**
 * A copy with rows and columns exchanged.
 *
 * @param a `m × n`.
 * @param out Takes the result, `n × m`; not `a` itself.
 * @throws {TypeError} If an argument is not a matrix, or `out` has another shape or shares memory.
 *
 * @example
 * ```ts
 * import { matrix, transpose } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(transpose(matrix(2, 3, [1, 2, 3, 4, 5, 6])), matrix(3, 2, [1, 4, 2, 5, 3, 6]));
 * ```
 */
export function transpose(a: Matrix, out?: Matrix): Matrix {
  const what = "transpose a matrix";
  checkMatrix(what, "a", a);
  const { rows, columns, data } = a;
  const result = output(what, out, columns, rows, [a]);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result.data[j * rows + i] = data[at++];
  }
  return result;
}

/**
 * A copy of the columns `from … to − 1`, for instance the leading singular vectors `U[:, 1…r]`.
 *
 * @param a `m × n`.
 * @returns `m × (to − from)`.
 * @throws {RangeError} If not `0 ≤ from < to ≤ n`.
 * @throws {TypeError} If `a` is not a matrix.
 *
 * @example
 * ```ts
 * import { columns, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(columns(matrix(2, 3, [1, 2, 3, 4, 5, 6]), 1, 3), matrix(2, 2, [2, 3, 5, 6]));
 * ```
 */
export function columns(a: Matrix, from: number, to: number): Matrix {
  const what = "take columns";
  checkMatrix(what, "a", a);
  checkInteger(what, "to", to, 1, a.columns);
  checkInteger(what, "from", from, 0, to - 1);
  const result = matrix(a.rows, to - from);
  const { data } = result;
  for (let i = 0, at = 0; i < a.rows; i++) { // rows are short: a view of each would cost more
    for (let j = i * a.columns + from, end = i * a.columns + to; j < end; j++) {
      data[at++] = a.data[j];
    }
  }
  return result;
}

/** `m x n` of a matrix, for messages. */
export function shape(a: Matrix<Floats>): string {
  return `${a.rows} x ${a.columns}`;
}

/** A matrix in double precision with a whole, positive shape and as many entries as it says. */
export function checkMatrix(what: string, name: string, a: Matrix): void {
  checkOperand(what, name, a);
  checkPrecision(what, name, a, false);
}

/** A matrix of the precision that is wanted. */
function checkPrecision(what: string, name: string, a: Matrix<Floats>, single: boolean): void {
  if (a.data instanceof Float32Array === single) return;
  const [wanted, found] = single ? ["single", "double"] : ["double", "single"];
  throw new TypeError(
    `Cannot ${what} as ${name} must be in ${wanted} precision: current value is in ${found}`,
  );
}

/** A matrix in double precision, or in single, with as many entries as its shape says. */
export function checkOperand(what: string, name: string, a: Matrix<Floats>): void {
  const known = typeof a === "object" && a !== null &&
    (a.data instanceof Float64Array || a.data instanceof Float32Array);
  if (!known) {
    throw new TypeError(
      `Cannot ${what} as ${name} must be a matrix { rows, columns, data }: ` +
        `current value is ${show(a)}`,
    );
  }
  const { rows, columns, data } = a;
  if (Number.isInteger(rows) && rows > 0 && Number.isInteger(columns) && columns > 0) {
    if (data.length === rows * columns) return;
  }
  throw new TypeError(
    `Cannot ${what} as ${name} must have rows * columns >= 1 entries: ` +
      `current value is ${rows} x ${columns} with ${data.length} entries`,
  );
}

/** A matrix whose entries are all finite; returns the largest absolute value. */
export function checkFiniteMatrix(what: string, name: string, a: Matrix): number {
  checkMatrix(what, name, a);
  let largest = 0;
  for (let i = 0; i < a.data.length; i++) {
    const value = Math.abs(a.data[i]);
    if (!(value < Infinity)) {
      throw new RangeError(
        `Cannot ${what} as ${name} must have finite entries: current value of entry ` +
          `(${Math.floor(i / a.columns)}, ${i % a.columns}) is ${a.data[i]}`,
      );
    }
    largest = Math.max(largest, value);
  }
  return largest;
}

/** Two matrices whose shapes are related as `wanted` says. */
export function checkShapes(
  what: string,
  wanted: string,
  fits: boolean,
  shapes: Record<string, Matrix<Floats>>,
): void {
  if (fits) return;
  const found = Object.entries(shapes).map(([name, a]) => `${name} is ${shape(a)}`).join(", ");
  throw new TypeError(`Cannot ${what} as ${wanted}: currently ${found}`);
}

/** Whether matrices are in single precision; an error if only some are. */
export function allSingle(what: string, a: Matrix<Floats>, b: Matrix<Floats>): boolean {
  checkOperand(what, "a", a);
  checkOperand(what, "b", b);
  const single = a.data instanceof Float32Array;
  checkPrecision(what, "b", b, single);
  return single;
}

/** Whether two matrices share an entry. */
export function overlap(a: Matrix<Floats>, b: Matrix<Floats>): boolean {
  return a.data.buffer === b.data.buffer &&
    a.data.byteOffset < b.data.byteOffset + b.data.byteLength &&
    b.data.byteOffset < a.data.byteOffset + a.data.byteLength;
}

/** The matrix for a result: `out` after a check, or a new one; as precise as the first input. */
export function output<F extends Floats>(
  what: string,
  out: Matrix<F> | undefined,
  rows: number,
  columns: number,
  inputs: readonly Matrix<F>[],
  mayShare = false,
): Matrix<F> {
  const single = inputs[0].data instanceof Float32Array, length = rows * columns;
  if (out === undefined) {
    const data = single ? new Float32Array(length) : new Float64Array(length);
    return { rows, columns, data: data as Floats as F };
  }
  checkOperand(what, "out", out);
  checkPrecision(what, "out", out, single);
  if (out.rows !== rows || out.columns !== columns) {
    throw new TypeError(
      `Cannot ${what} as out must be ${rows} x ${columns}: current value is ${shape(out)}`,
    );
  }
  for (const input of inputs) {
    if (!mayShare && overlap(out, input)) {
      throw new TypeError(
        `Cannot ${what} as out must not share memory with an argument: current value does`,
      );
    }
  }
  return out;
}
