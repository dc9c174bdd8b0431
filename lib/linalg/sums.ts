import { checkFinite } from "../check.ts";
import { homeOf } from "./_home.ts";
import { allSingle, checkMatrix, checkShapes, type Floats, type Matrix, output } from "./matrix.ts";

/**
 * Sum `A + scale · B`.
 *
 * Law: each entry is one product and one sum, both rounded. NaN and ±∞ propagate.
 *
 * @param a `m × n`.
 * @param b `m × n`.
 * @param scale Factor of `b`, finite.
 * @param out Takes the result; may be `a` or `b`.
 * @returns `out`, or a new matrix.
 * @throws {TypeError} If the shapes or the precisions differ.
 * @throws {RangeError} If `scale` is not finite.
 *
 * @example
 * ```ts
 * import { add, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(add(matrix(1, 2, [1, 2]), matrix(1, 2, [3, 4]), -1), matrix(1, 2, [-2, -2]));
 * ```
 */
export function add<F extends Floats = Float64Array>(
  a: Matrix<F>,
  b: Matrix<F>,
  scale: number = 1,
  out?: Matrix<F>,
): Matrix<F> {
  const what = "add matrices";
  checkSame(what, a, b);
  checkFinite(what, "scale", scale);
  const result = output(what, out, a.rows, a.columns, [a], true);
  const x = a.data, y = b.data, z = result.data;
  for (let i = 0; i < z.length; i++) z[i] = x[i] + scale * y[i];
  return result;
}

/**
 * Adds `scale · X` to `Y` in place: the step of gradient descent. Within one workspace the compiled
 * kernel does it, with the same bits.
 *
 * @param y `m × n`; changed.
 * @param scale Factor, finite.
 * @param x `m × n`.
 * @returns `y`.
 * @throws {TypeError} If the shapes differ.
 * @throws {RangeError} If `scale` is not finite.
 *
 * @example
 * ```ts
 * import { addScaled, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const w = matrix(1, 2, [1, 2]);
 * addScaled(w, -0.5, matrix(1, 2, [2, 2]));
 * assertEquals(w, matrix(1, 2, [0, 1]));
 * ```
 */
export function addScaled<F extends Floats = Float64Array>(
  y: Matrix<F>,
  scale: number,
  x: Matrix<F>,
): Matrix<F> {
  const what = "add a scaled matrix";
  const single = checkSame(what, y, x);
  checkFinite(what, "scale", scale);
  const length = y.data.length, home = homeOf(y, x);
  if (home) {
    const { addScaled, addScaledSingle } = home.kernels;
    (single ? addScaledSingle : addScaled)(length, scale, x.data.byteOffset, y.data.byteOffset);
  } else if (single) {
    const factor = Math.fround(scale);
    for (let i = 0; i < length; i++) y.data[i] += Math.fround(factor * x.data[i]);
  } else {
    for (let i = 0; i < length; i++) y.data[i] += scale * x.data[i];
  }
  return y;
}

/**
 * Product `scale · A` of a number and a matrix.
 *
 * @param a `m × n`.
 * @param scale Factor, finite.
 * @param out Takes the result; may be `a`.
 * @returns `out`, or a new matrix.
 * @throws {TypeError} If `a` is not a matrix, or `out` has another shape.
 * @throws {RangeError} If `scale` is not finite.
 *
 * @example
 * ```ts
 * import { matrix, scale } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(scale(matrix(1, 2, [1, 2]), 3), matrix(1, 2, [3, 6]));
 * ```
 */
export function scale(a: Matrix, scale: number, out?: Matrix): Matrix {
  const what = "scale a matrix";
  checkMatrix(what, "a", a);
  checkFinite(what, "scale", scale);
  const result = output(what, out, a.rows, a.columns, [a], true);
  for (let i = 0; i < a.data.length; i++) result.data[i] = scale * a.data[i];
  return result;
}

/** Checks two matrices; whether they are in single precision. */
function checkSame(what: string, a: Matrix<Floats>, b: Matrix<Floats>): boolean {
  const single = allSingle(what, a, b), same = a.rows === b.rows && a.columns === b.columns;
  checkShapes(what, "both must have the same shape", same, { a, b });
  return single;
}
