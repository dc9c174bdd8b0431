/**
 * The power in the step control of methods whose error is of order 5.
 *
 * @module
 */

const number = new Float64Array(1), words = new Int32Array(number.buffer);

/** Which of the two words of a number holds its exponent. */
const high = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * `x^(−1/5)` of a number that is held within 10⁻⁷ … 10⁵: beyond, the bounds of step control rule.
 *
 * Four steps of Newton's from a guess in the exponent, right to three units in the last place: products
 * and sums alone, so that steps do not depend on a C library, and the bits of the compiled lanes.
 */
export function inverseFifthRoot(x: number): number {
  const held = Math.min(Math.max(x, 1e-7), 1e5);
  number[0] = held;
  words[high] = Math.trunc(1287170000 - 0.2 * words[high]);
  words[1 - high] = 0;
  let y = number[0];
  for (let i = 0; i < 4; i++) {
    const square = y * y, off = held * y * (square * square);
    y *= 1.2 - 0.2 * off;
  }
  return y;
}
