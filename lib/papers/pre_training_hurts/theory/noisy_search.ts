/**
 * What the noise of SGD does to the search while the batch is well above the critical one: it shortens it.
 *
 * @module
 */
import { checkPositive } from "../../../check.ts";
import { MEAN_LOG_NORMAL } from "./dimension.ts";
import { growthRate } from "./growth.ts";
import { checkSetting, type NoiseSetting } from "./noise.ts";

/**
 * Logarithm of the part of an overlap that does not grow because `u` starts at 0: `ln((λ² + ζA²)/(ζA²))`.
 *
 * Law: as in `exitSteps`, by the eigenvectors `(λ, ζA)` and `(λ, A)` of `[[B, A], [ζA, 0]]`.
 */
function modeLoss({ matrix, ratio = 1 }: NoiseSetting): number {
  const rate = growthRate(matrix, ratio);
  return Math.log1p(rate * rate / (ratio * matrix.A ** 2));
}

/**
 * Variance `V` that gradient noise adds to `m₀²` on the unstable mode.
 *
 * Law: a step kicks `u` by `η_u √(S₀/b) z`, which is worth an overlap `λ/A` times as large at the start; kicks of
 * step `k` have lost the growth until then, so
 * `V = (η_u² S₀/b)(λ/A)² Σ_{k≥1} (1 + η_u λ)^{−2k} = (η_u² S₀/b) λ²/(A² [(1 + η_u λ)² − 1])`.
 *
 * Assumes: the sum has converged when the search ends. Source: ours.
 *
 * @param batch Samples per step; `Infinity` for none of the noise.
 */
export function modeNoise({ matrix, noise, step, ratio }: NoiseSetting, batch: number): number {
  const rate = growthRate(matrix, ratio);
  return step * step * noise / batch * (rate / matrix.A) ** 2 /
    Math.expm1(2 * Math.log1p(step * rate));
}

/**
 * Rate at which noise shrinks the overlap during the search: `δ = ζ² (ηd/2b) S₀ ⟨u²⟩`, with the stationary
 * `⟨u²⟩ = ηS₀/(2b|B|(1 − η|B|/2))` of a `u` that only noise drives.
 *
 * Law: in the `d` directions outside the frame a step adds `η_ω² u² S₀ d/b` to `|ω|²`, and the sphere takes half
 * of that off the logarithm of `m`. Where `B ≥ 0`, `u` has no stationary noise and `δ = 0` is returned.
 *
 * Scale: per unit of flow time of `u`. Source: ours.
 */
export function noiseDamping(
  { matrix, noise, step, ratio = 1, d }: NoiseSetting,
  batch: number,
): number {
  const { B } = matrix;
  if (B >= 0) return 0;
  const square = step * noise / (-2 * B * batch * (1 + step * B / 2));
  return ratio * ratio * step * d * noise * square / (2 * batch);
}

/**
 * Mean step at which the overlap of the random start `m₀ = ξ/√d` reaches `radius`, with the noise of a batch:
 * `[ln R + ln((λ² + ζA²)/(ζA²)) − E ln|ξ| − ½ ln(1/d + V)]/ln(1 + η_u λ_b)`.
 *
 * `V` is the variance of `modeNoise`; `λ_b` is the growth rate of `[[B, A], [ζA, −δ]]` with the damping `δ`, which
 * for `A ≪ |B|` is `λ(1 − (b_c/b)²)`.
 *
 * Assumes: `R ≪ 1` and far below the plateau, `b` well above `criticalBatch`.
 * Scale: steps. Source: ours.
 *
 * @param batch Samples per step; `Infinity` for none of the noise.
 * @param radius Overlap `R` at the end.
 * @returns The mean; `Infinity` where the damping stops the growth.
 */
export function meanSearchSteps(setting: NoiseSetting, batch: number, radius: number): number {
  const what = "compute the mean search time";
  checkSetting(what, setting);
  if (batch !== Infinity) checkPositive(what, "batch", batch);
  checkPositive(what, "radius", radius);
  const { matrix, step, ratio = 1, d } = setting;
  const delta = batch === Infinity ? 0 : noiseDamping(setting, batch);
  const rate = growthRate(matrix, ratio, delta);
  if (!(rate > 0)) return Infinity;
  const variance = 1 / d + (batch === Infinity ? 0 : modeNoise(setting, batch));
  const way = Math.log(radius) + modeLoss(setting) - MEAN_LOG_NORMAL;
  return (way - Math.log(variance) / 2) / Math.log1p(step * rate);
}

/**
 * Noise-assisted search: `ρ = V d`, and the shift of the mean exit step against the search without noise,
 * `−ln(1 + ρ)/(2 ln(1 + ηλ))` but for the slower growth by the damping.
 *
 * Assumes: as {@linkcode meanSearchSteps}.
 * Scale: steps. Source: ours.
 *
 * @param batch Samples per step.
 * @param radius Overlap at which the search ends.
 * @throws {RangeError} If `batch` is not a finite number > 0.
 *
 * @example
 * ```ts
 * import { noiseSetting, noiseShift } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rho, shift } = noiseShift(noiseSetting(0.5, "x", { d: 1e6, step: 0.1 }), 1000, 0.03);
 * assertAlmostEquals(rho, 10.2492, 1e-4);
 * // Without the damping it would be −59.034; its part is (b_c/b)² ≈ 1/1500 of the search.
 * assertAlmostEquals(shift, -58.936, 1e-3);
 * ```
 */
export function noiseShift(
  setting: NoiseSetting,
  batch: number,
  radius: number,
): { rho: number; shift: number } {
  checkPositive("compute the noise shift", "batch", batch);
  const shift = meanSearchSteps(setting, batch, radius) -
    meanSearchSteps(setting, Infinity, radius);
  return { rho: modeNoise(setting, batch) * setting.d, shift };
}
