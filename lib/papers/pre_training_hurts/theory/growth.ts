/**
 * Growth rate and time of the search.
 *
 * @module
 */
import { checkFinite, checkKeys, checkPositive } from "../../../check.ts";
import type { SearchMatrix } from "./search_matrix.ts";

/**
 * Growth rate `λ₊ = (B + √(B² + 4ζA²))/2` of the unstable mode, in the form without cancellation.
 *
 * Source: code of nwemadji2026when for ζ = 1.
 *
 * @param ratio `ζ = η_ω/η_u`.
 * @param damping Rate `δ` at which noise shrinks `m`: the growth rate of `[[B, A], [ζA, −δ]]`.
 *
 * @example
 * ```ts
 * import { growthRate } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(1 / growthRate({ A: 0.5, B: -1 }), 4.82842712475, 1e-10);
 * ```
 */
export function growthRate(matrix: SearchMatrix, ratio = 1, damping = 0): number {
  checkKeys("compute the growth rate", matrix, ["A", "B"], "the matrix");
  const { A, B } = matrix;
  checkPositive("compute the growth rate", "ratio", ratio);
  if (damping !== 0) {
    checkFinite("compute the growth rate", "damping", damping);
    const root = Math.hypot(B + damping, 2 * Math.sqrt(ratio) * A);
    // (B − δ + root)/2 without the cancellation of a mode that hardly grows.
    const sum = B - damping;
    return sum <= 0 ? 2 * (ratio * A * A + B * damping) / (root - sum) : (sum + root) / 2;
  }
  const root = Math.hypot(B, 2 * Math.sqrt(ratio) * A);
  if (root === 0) return 0;
  return B <= 0 ? 2 * ratio * A * (A / (root - B)) : (B + root) / 2;
}

/**
 * Search time `τ = 1/λ₊`; `Infinity` where the frozen ray is flat (`A = 0`, `B ≤ 0`).
 *
 * Scale: gradient-flow time, steps × step size.
 * Source: code of nwemadji2026when for ζ = 1.
 *
 * @param ratio `ζ = η_ω/η_u`.
 * @throws {RangeError} If `ratio` is not a finite number > 0.
 *
 * @example
 * ```ts
 * import { searchMatrix, searchTime } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const tau = searchTime(searchMatrix(0.5, activation("x")));
 * assertAlmostEquals(tau, 2 + 2 * Math.SQRT2, 1e-12);
 * ```
 */
export function searchTime(matrix: SearchMatrix, ratio = 1): number {
  return 1 / growthRate(matrix, ratio);
}

/**
 * Growth rate per step for unequal step sizes, `½(η_u B + √(η_u²B² + 4η_uη_ωA²))`.
 *
 * Source: ours
 *
 * @param stepU Step size `η_u`.
 * @param stepOmega Step size `η_ω`.
 * @throws {RangeError} If the ratio of the steps is not a finite number > 0.
 *
 * @example A larger step of `u` does nothing, one of ω removes the slow-down.
 * ```ts
 * import { growthPerStep, searchMatrix } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { assert, assertAlmostEquals } from "@std/assert";
 *
 * const matrix = searchMatrix(0.9, activation("x")), equal = growthPerStep(matrix, 0.1, 0.1);
 * assertAlmostEquals(growthPerStep(matrix, 1, 0.1) / equal, 1, 0.01);
 * assert(growthPerStep(matrix, 0.1, 5) / equal > 30);
 * ```
 */
export function growthPerStep(matrix: SearchMatrix, stepU: number, stepOmega: number): number {
  return stepU * growthRate(matrix, stepOmega / stepU);
}
