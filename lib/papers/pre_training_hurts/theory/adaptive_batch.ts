/**
 * A batch that grows with the adapter, and the samples that it needs.
 *
 * @module
 */
import { checkInside } from "../../../check.ts";
import { TYPICAL_OVERLAP } from "../starts.ts";
import { criticalBatch } from "./critical_batch.ts";
import { growthRate } from "./growth.ts";
import { meanPassage, type MeanProblem } from "./mean_recursion.ts";
import type { NoiseSetting } from "./noise.ts";
import { meanSearchSteps, modeNoise } from "./noisy_search.ts";

/** The batch `max(least, factor·u²)`, as a setting of runs takes it. */
export interface BatchRule {
  /** Samples while `u` is small: `4b_c`. */
  readonly least: number;
  /** Samples per `u²`: `2ηS₀d/λ₊`. */
  readonly factor: number;
}

/**
 * Adaptive batch `b_t = max(4b_c, 2ηS₀ d u_t²/λ₊)`: with it noise shrinks the overlap at a quarter of the rate at
 * which the signal makes it grow, all the way.
 *
 * Law: noise shrinks `m` at the rate `(ηd/2b) S₀ u²`; that is `λ₊/4` for the second batch, and
 * `A²/(16|B|)`, hardly more than `λ₊/16`, for the first while `u` is only noise.
 *
 * Assumes: `B < 0`. Source: ours.
 *
 * @throws {RangeError} If `B ≥ 0`.
 *
 * @example
 * ```ts
 * import { adaptiveBatch, noiseSetting } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { factor } = adaptiveBatch(noiseSetting(0.5, "x", { d: 1e6, step: 0.1 }));
 * assertAlmostEquals(factor, 2 * 0.1 * 0.25 * 1e6 * (2 + 2 * Math.SQRT2), 1e-6);
 * ```
 */
export function adaptiveBatch(setting: NoiseSetting): BatchRule {
  const { matrix, noise, step, ratio = 1, d } = setting;
  const factor = 2 * ratio * ratio * step * noise * d / growthRate(matrix, ratio);
  return { least: 4 * criticalBatch(setting), factor };
}

/**
 * The constant batch that keeps the same margin up to `|m| = radius`: the second batch of {@linkcode adaptiveBatch} at
 * `u = A·radius/|B|`, which is where `u` is when the overlap arrives.
 *
 * Source: ours.
 */
export function constantBatch(setting: NoiseSetting, radius: number): number {
  checkInside("compute the constant batch", "radius", radius, 0, 1);
  const { matrix: { A, B } } = setting;
  return Math.ceil(adaptiveBatch(setting).factor * (A * radius / B) ** 2);
}

/**
 * Samples divided by `d` that the adaptive batch needs in the limit `d → ∞` to reach a *small* overlap:
 * `(2ηS₀/λ₊) u_R²/(2g)`, a geometric sum.
 *
 * Law: the batches are `factor·u_t²` and `u_t` grows by `e^g` a step, so that their sum up to the last `u` before `u_R` is its
 * square divided by `1 − e^{−2g}`; that last `u` lies anywhere between `u_R e^{−g}` and `u_R`, and the mean over its
 * logarithm is `u_R²/(2g)`. With the rule the mode is that of `[[B, A], [A, −λ₊/4]]`, so `g = ln(1 + ηλ̃)` and
 * `u_R = R(λ̃ + λ₊/4)/A`.
 *
 * Assumes: `R ≪ 1`. Source: ours.
 */
export function geometricSamples({ matrix, noise, step }: NoiseSetting, radius: number): number {
  checkInside("sum the samples", "radius", radius, 0, 1);
  const rate = growthRate(matrix), slower = growthRate(matrix, 1, rate / 4);
  const u = radius * (slower + rate / 4) / matrix.A;
  return 2 * step * noise / rate * u * u / (2 * Math.log1p(step * slower));
}

/** Starts over which the phase of the last step is averaged. */
const PHASES = 32;

/** The recursion of the linear target at strength `mu` with its batch. */
function linearProblem(mu: number, { step, d, noise }: NoiseSetting, batch: MeanProblem["batch"]) {
  return { student: "x", frozen: [mu], step, d, batch, labelNoise: noise - (1 - mu) ** 2 };
}

/**
 * Samples divided by `d` that the adaptive batch needs to reach `|m| = radius` on the linear target: a constant, and what
 * the search at `4b_c` samples a step adds, which vanishes as `ln d/√d`.
 *
 * Law: the constant is the sum of `(2ηS₀/λ₊) u_t²` along the mean of SGD, in which noise enters through `d/b_t` alone, so
 * that `d` drops out. Until `factor·u² = 4b_c` the batch is `4b_c`, for the mean number of steps of the noisy search; the
 * part of the geometric sum below that is taken off.
 *
 * Assumes: linear target, one step size for both factors. Scale: samples/d. Source: ours.
 *
 * @param mu Strength.
 * @param setting See `noiseSetting`.
 * @param radius Overlap at the end.
 *
 * @example A small overlap needs the geometric sum.
 * ```ts
 * import { adaptiveSamples, geometricSamples, noiseSetting } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const setting = noiseSetting(0.7, "x", { d: 1e14, step: 0.02 });
 * const { constant } = adaptiveSamples(0.7, setting, 0.01);
 * assertAlmostEquals(constant / geometricSamples(setting, 0.01), 1, 0.01);
 * ```
 */
export function adaptiveSamples(
  mu: number,
  setting: NoiseSetting,
  radius: number,
): { readonly constant: number; readonly search: number } {
  const { least, factor } = adaptiveBatch(setting), { matrix, step, d } = setting;
  const unit = linearProblem(mu, { ...setting, d: 1 }, (u) => factor / d * u * u);
  const rate = growthRate(matrix), growth = Math.log1p(step * growthRate(matrix, 1, rate / 4));
  let constant = 0;
  // A last step is counted whole; where it begins depends on the start, over one factor of growth.
  for (let i = 0; i < PHASES; i++) {
    const m = 1e-6 * radius * Math.exp(growth * (i + 0.5) / PHASES);
    const u = m * (growthRate(matrix, 1, rate / 4) + rate / 4) / matrix.A;
    constant += meanPassage(unit, { u, a: [m] }, { radius }).samples / PHASES;
  }
  const crossing = Math.sqrt(least / factor) * Math.abs(matrix.A) / rate;
  const early = meanSearchSteps(setting, least, crossing) - 1 / (2 * growth);
  return { constant, search: Math.max(0, early) * least / d };
}

/**
 * Samples divided by `d` that a constant batch needs to reach `|m| = radius` on the linear target, in the mean over random
 * starts: the steps of the mean of SGD from the typical start, shortened by the noise of the search, times `b/d`.
 *
 * Assumes: linear target, one step size for both factors. Scale: samples/d. Source: ours.
 */
export function constantSamples(
  mu: number,
  setting: NoiseSetting,
  { batch, radius }: { readonly batch: number; readonly radius: number },
): number {
  const { d } = setting, a = [TYPICAL_OVERLAP / Math.sqrt(d)];
  const { steps } = meanPassage(linearProblem(mu, setting, batch), { u: d ** -2, a }, { radius });
  const growth = Math.log1p(setting.step * growthRate(setting.matrix));
  return (steps - Math.log1p(modeNoise(setting, batch) * d) / (2 * growth)) * batch / d;
}
