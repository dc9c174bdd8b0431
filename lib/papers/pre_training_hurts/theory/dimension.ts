/**
 * How the exit depends on the dimension and on chance.
 *
 * @module
 */
import { checkPositive } from "../../../check.ts";
import { growthRate } from "./growth.ts";
import type { SearchMatrix } from "./search_matrix.ts";

/** `E ln|ξ| = −(γ + ln 2)/2` for a standard normal ξ. */
export const MEAN_LOG_NORMAL: number = -0.6351814227307391;

/** Standard deviation `π/(2√2)` of `ln|ξ|`. */
export const SD_LOG_NORMAL: number = Math.PI / (2 * Math.SQRT2);

/**
 * Slope of the mean exit step in `ln d` and the standard deviation of the exit step that the random
 * start alone causes: `1/(2 ln(1 + ηλ₊))` and `π/(2√2)/ln(1 + ηλ₊)`.
 *
 * Scale: steps. Source: ours with the exact factor per step.
 *
 * @param step Step size η (of `u`).
 * @param ratio `ζ = η_ω/η_u`.
 *
 * @example
 * ```ts
 * import { exitLaw, growthRate } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(exitLaw({ A: 0.5, B: -1 }, 0.1).slope, 24.3912815, 1e-6);
 * ```
 */
export function exitLaw(
  matrix: SearchMatrix,
  step: number,
  ratio = 1,
): { slope: number; sd: number } {
  checkPositive("compute the exit law", "step", step);
  const growth = Math.log1p(step * growthRate(matrix, ratio));
  return { slope: 1 / (2 * growth), sd: SD_LOG_NORMAL / growth };
}
