/**
 * Dimension, step size and SGD noise: how the search depends on `d`, `η` and `b`.
 *
 * @module
 */
import { checkInside, checkNonNegative, checkPositive } from "../../../check.ts";
import { activation, type ActivationLike, gaussianExpectation } from "../../../gaussian/mod.ts";
import { stepScale } from "../step_scale.ts";
import { kinks } from "./_kinks.ts";
import { growthRate, type SearchMatrix } from "./search.ts";

/** `E ln|ξ| = −(γ + ln 2)/2` for a standard normal ξ. */
export const MEAN_LOG_NORMAL: number = -0.6351814227307391;

/** Standard deviation `π/(2√2)` of `ln|ξ|`. */
export const SD_LOG_NORMAL: number = Math.PI / (2 * Math.SQRT2);

/**
 * Slope of the mean exit step in `ln d` and the standard deviation of the exit step that the random
 * start alone causes: `1/(2 ln(1 + ηλ₊))` and `π/(2√2)/ln(1 + ηλ₊)`.
 *
 * Scale: steps. Source: ours, pre-training-hurts §3.7 (7) with the exact factor per step.
 *
 * @param step Step size η.
 * @example
 * ```ts
 * import { exitLaw, growthRate } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(exitLaw({ A: 0.5, B: -1 }, 0.1).slope, 24.3912815, 1e-6);
 * ```
 */
export function exitLaw(matrix: SearchMatrix, step: number): { slope: number; sd: number } {
  checkPositive("compute the exit law", "step", step);
  const growth = Math.log1p(step * growthRate(matrix));
  return { slope: 1 / (2 * growth), sd: SD_LOG_NORMAL / growth };
}

/** What the noise of SGD does to the search depends on these. */
export interface NoiseSetting {
  /** Entries of the search phase at μ. */
  readonly matrix: SearchMatrix;
  /** Gradient noise `S₀`, see `gradientNoise`. */
  readonly noise: number;
  /** Step size η. */
  readonly step: number;
  /** Input dimension. */
  readonly d: number;
}

function checkSetting(what: string, { noise, step, d }: NoiseSetting): void {
  for (const [name, value] of Object.entries({ noise, step, d })) checkPositive(what, name, value);
}

/**
 * Variance `S₀ = E[(σ(μz) − σ⋆(z))²σ'(μz)²] + Δ E σ'(μz)²` of one sample's gradient in `u`, divided
 * by `N_k²`.
 *
 * Source: ours, pre-training-hurts §3.10.
 *
 * @param labelNoise Variance Δ of the label noise.
 * @throws {RangeError} If `mu` is not in (0, 1) or `labelNoise` is negative.
 *
 * @example
 * ```ts
 * import { gradientNoise } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const noise = gradientNoise(0.5, activation("x"), { labelNoise: 0.1 });
 * assertAlmostEquals(noise, 0.5 ** 2 + 0.1, 1e-13);
 * ```
 */
export function gradientNoise(
  mu: number,
  studentLike: ActivationLike,
  { teacher: teacherLike = studentLike, labelNoise = 0 }: {
    teacher?: ActivationLike;
    labelNoise?: number;
  } = {},
): number {
  checkInside("compute the gradient noise", "mu", mu, 0, 1);
  checkNonNegative("compute the gradient noise", "labelNoise", labelNoise);
  const student = activation(studentLike), teacher = activation(teacherLike);
  const breakpoints = kinks(mu, student, teacher);
  return gaussianExpectation((z) => {
    const residual = student.f(mu * z) - teacher.f(z);
    return (residual * residual + labelNoise) * student.df(mu * z) ** 2;
  }, { breakpoints }) / stepScale(student) ** 2;
}

/**
 * Noise-assisted search: `ρ = V d` with `V` the variance that gradient noise adds to `m₀²`, and the
 * shift `−ln(1 + ρ)/(2 ln(1 + ηλ₊))` of the mean exit step.
 *
 * Assumes: the noise acts while the mode is small; `b` well above `criticalBatch`.
 * Scale: steps. Source: ours, pre-training-hurts §3.10 (8).
 *
 * @param batch Samples per step.
 * @throws {RangeError} If `batch` is not a finite number > 0.
 *
 * @example
 * ```ts
 * import { linearSetting, noiseShift } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rho, shift } = noiseShift(linearSetting(1e6), 1000);
 * assertAlmostEquals(rho, 10.2492, 1e-4);
 * assertAlmostEquals(shift, -59.0342, 1e-4);
 * ```
 */
export function noiseShift(
  { matrix, noise, step, d }: NoiseSetting,
  batch: number,
): { rho: number; shift: number } {
  checkSetting("compute the noise shift", { matrix, noise, step, d });
  checkPositive("compute the noise shift", "batch", batch);
  const rate = growthRate(matrix);
  const growth = Math.log1p(step * rate);
  const V = step * step * noise / batch * rate * rate /
    (Math.expm1(2 * growth) * matrix.A * matrix.A);
  return { rho: V * d, shift: -Math.log1p(V * d) / (2 * growth) };
}

/**
 * Batch below which SGD noise stops the search: `b_c ≃ ηS₀√d / (2√(|B|λ₊))`.
 *
 * Assumes: `B < 0`. Heuristic, checked to an order of magnitude. Source: ours, §3.10 (9).
 *
 * @throws {RangeError} If `B ≥ 0`.
 *
 * @example
 * ```ts
 * import { criticalBatch, linearSetting } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(criticalBatch(linearSetting(1e6)), 27.4671, 1e-4);
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
 * Heuristic, verified by simulation. Source: ours, pre-training-hurts §3.10 (d).
 *
 * @returns The batch as a function of `u`.
 * @throws {RangeError} If `B ≥ 0`.
 *
 * @example
 * ```ts
 * import { adaptiveBatch, linearSetting } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const batch = adaptiveBatch(linearSetting(1e6));
 * assertEquals([batch(0), batch(-0.25)], [110, 15089]);
 * ```
 */
export function adaptiveBatch(setting: NoiseSetting): (u: number) => number {
  const least = 4 * criticalBatch(setting);
  const factor = 2 * setting.step * setting.noise * setting.d / growthRate(setting.matrix);
  return (u) => Math.ceil(Math.max(least, factor * u * u));
}

/**
 * Stationary `1 − |m| ≃ ηΔd/(4b)` under label noise and the excess risk `κ(1 − μ)²` times it; full
 * fine-tuning has the risk `κ` times it.
 *
 * Source: ours, pre-training-hurts §3.10 (c).
 *
 * @throws {RangeError} If a step, a batch, `d` or the label noise is not a finite number > 0.
 *
 * @example
 * ```ts
 * import { noiseFloor } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const setting = { step: 0.1, labelNoise: 0.5, d: 1e5, batch: 1e5, mu: 0.5, kappa: 1 };
 * const { gap, excessRisk, fullExcessRisk } = noiseFloor(setting);
 * assertAlmostEquals(gap, 0.0125, 1e-15);
 * assertAlmostEquals(excessRisk, fullExcessRisk / 4, 1e-15);
 * ```
 */
export function noiseFloor(
  { step, labelNoise, d, batch, mu, kappa }: {
    step: number;
    labelNoise: number;
    d: number;
    batch: number;
    mu: number;
    kappa: number;
  },
): { gap: number; excessRisk: number; fullExcessRisk: number } {
  for (const [name, value] of Object.entries({ step, labelNoise, d, batch, kappa })) {
    checkPositive("compute the noise floor", name, value);
  }
  if (mu !== 0) checkInside("compute the noise floor", "mu", mu, 0, 1);
  const gap = step * labelNoise * d / (4 * batch);
  return { gap, excessRisk: kappa * (1 - mu) ** 2 * gap, fullExcessRisk: kappa * gap };
}
