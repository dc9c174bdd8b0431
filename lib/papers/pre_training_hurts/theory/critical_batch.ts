/**
 * The batch below which noise stops the search, and the one that grows with the adapter.
 *
 * @module
 */
import { checkPositive } from "../../../check.ts";
import { growthRate } from "./growth.ts";
import { checkSetting, type NoiseSetting } from "./noise.ts";

/**
 * Batch below which SGD noise stops the search: `b_c ≃ ηS₀√d / (2√(|B|λ₊))`.
 *
 * Assumes: `B < 0`. Heuristic, checked to an order of magnitude. Source: ours.
 *
 * @throws {RangeError} If `B ≥ 0`.
 *
 * @example
 * ```ts
 * import { criticalBatch, noiseSetting } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(criticalBatch(noiseSetting(0.5, "x", { d: 1e6, step: 0.1 })), 27.4671, 1e-4);
 * ```
 */
export function criticalBatch({ matrix, noise, step, d }: NoiseSetting): number {
  checkSetting("compute the critical batch", { matrix, noise, step, d });
  checkPositive("compute the critical batch", "-B", -matrix.B);
  return step * noise * Math.sqrt(d) / (2 * Math.sqrt(-matrix.B * growthRate(matrix)));
}

/**
 * Adaptive batch `b_t = max(4b_c, 2ηS₀ d u_t²/λ₊)`, rounded up: with it the samples of the whole
 * search sum to `O(d)`, without the logarithm of a constant batch.
 *
 * Heuristic, verified by simulation. Source: ours.
 *
 * @returns The batch as a function of `u`.
 * @throws {RangeError} If `B ≥ 0`.
 *
 * @example
 * ```ts
 * import { adaptiveBatch, noiseSetting } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const batch = adaptiveBatch(noiseSetting(0.5, "x", { d: 1e6, step: 0.1 }));
 * assertEquals([batch(0), batch(-0.25)], [110, 15089]);
 * ```
 */
export function adaptiveBatch(setting: NoiseSetting): (u: number) => number {
  const least = 4 * criticalBatch(setting);
  const factor = 2 * setting.step * setting.noise * setting.d / growthRate(setting.matrix);
  return (u) => Math.ceil(Math.max(least, factor * u * u));
}
