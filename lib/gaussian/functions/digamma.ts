import { checkPositive } from "../../check.ts";

/** Beyond it the asymptotic series below has reached rounding. */
const LARGE = 16;

/**
 * Digamma function `ψ(x)`, the logarithmic derivative of Γ: `E log χ²_ν = ψ(ν/2) + log 2`.
 *
 * Errors: about 1e-15 relative to `max(1, |ψ|)`.
 * Source: DLMF 5.5.2 (recurrence), 5.11.2 (asymptotic series).
 *
 * @param x Argument, `> 0`.
 * @throws {RangeError} If `x` is not a finite number `> 0`.
 *
 * @example
 * ```ts
 * import { digamma } from "lora-dynamics/gaussian/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(digamma(1), -0.5772156649015329, 1e-15); // minus Euler's constant
 * ```
 */
export function digamma(x: number): number {
  checkPositive("take digamma", "x", x);
  let shift = 0;
  for (; x < LARGE; x++) shift += 1 / x;
  const y = 1 / (x * x);
  const series = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y / 132))));
  return Math.log(x) - 0.5 / x - series - shift;
}

/**
 * Trigamma function `ψ′(x)`: `Var log χ²_ν = ψ′(ν/2)`.
 *
 * Errors: about 1e-15 relative.
 * Source: DLMF 5.15.5 (recurrence), 5.15.8 (asymptotic series).
 *
 * @param x Argument, `> 0`.
 * @throws {RangeError} If `x` is not a finite number `> 0`.
 *
 * @example
 * ```ts
 * import { trigamma } from "lora-dynamics/gaussian/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(trigamma(1), Math.PI ** 2 / 6, 1e-14);
 * ```
 */
export function trigamma(x: number): number {
  checkPositive("take trigamma", "x", x);
  let shift = 0;
  for (; x < LARGE; x++) shift += 1 / (x * x);
  const y = 1 / (x * x);
  const series = y * (1 / 6 - y * (1 / 30 - y * (1 / 42 - y * (1 / 30 - 5 * y / 66))));
  return 1 / x + 0.5 * y + series / x + shift;
}
