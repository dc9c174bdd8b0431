/**
 * The paper's Condition 3 on a grid.
 *
 * @module
 */

/**
 * Whether `h·sgn h(0) ≥ |h(0)|/2` at every given value of `h` on the side that `h(0)` points to.
 *
 * Source: dayi25a, Condition 3.
 */
export function condition3(start: number, values: Iterable<number>): boolean {
  const side = Math.sign(start), least = Math.abs(start) / 2 * (1 - 1e-12);
  for (const value of values) if (value * side < least) return false;
  return true;
}
