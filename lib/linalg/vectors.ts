/**
 * Vectors as typed arrays: the loops of simulations in whole dimensions.
 *
 * @module
 */

/**
 * Inner product `Σ x_i y_i`, summed in order. NaN and ±∞ propagate.
 *
 * @param x `n` entries.
 * @param y `n` entries.
 * @throws {RangeError} If the lengths differ.
 *
 * @example
 * ```ts
 * import { dot } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(dot(Float64Array.of(1, 2), Float64Array.of(3, 4)), 11);
 * ```
 */
export function dot(x: Float64Array, y: Float64Array): number {
  const n = x.length;
  if (y.length !== n) {
    throw new RangeError(
      `Cannot multiply vectors as y must have ${n} entries like x: current value is ${y.length}`,
    );
  }
  let sum = 0;
  for (let i = 0; i < n; i++) sum += x[i] * y[i];
  return sum;
}

/**
 * Divides a vector by its length, in place.
 *
 * @param x Changed.
 * @returns `x`.
 * @throws {RangeError} If the length of `x` is 0 or not finite.
 *
 * @example
 * ```ts
 * import { normalize } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(normalize(Float64Array.of(3, 4)), Float64Array.of(0.6, 0.8));
 * ```
 */
export function normalize(x: Float64Array): Float64Array {
  const length = Math.sqrt(dot(x, x));
  if (!(length > 0 && length < Infinity)) {
    throw new RangeError(
      `Cannot normalize a vector as its length must be > 0 and finite: current value is ${length}`,
    );
  }
  for (let i = 0; i < x.length; i++) x[i] /= length;
  return x;
}
