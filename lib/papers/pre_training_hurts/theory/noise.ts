/**
 * The gradient noise of SGD during the search.
 *
 * @module
 */
import { checkFinite, checkKeys, checkNonNegative, checkPositive } from "../../../check.ts";
import { activation, type ActivationLike, gaussianExpectation } from "../../../gaussian/mod.ts";
import { stepScale } from "../step_scale.ts";
import { kinks } from "./_kinks.ts";
import { type SearchMatrix, searchMatrix } from "./search_matrix.ts";

/** What the noise of SGD does to the search depends on these. */
export interface NoiseSetting {
  /** Entries of the search phase at μ. */
  readonly matrix: SearchMatrix;
  /** Step size `η_u`, before it is divided by `N_k`. */
  readonly step: number;
  /** `ζ = η_ω/η_u`; 1 when not given. */
  readonly ratio?: number;
  /** Gradient noise `S₀`, see `gradientNoise`. */
  readonly noise: number;
  /** Input dimension. */
  readonly d: number;
}

/** Checks a setting. @internal */
export function checkSetting(what: string, setting: NoiseSetting): void {
  checkKeys(what, setting, ["matrix", "step", "ratio", "noise", "d"], "the setting");
  const { noise, step, ratio = 1, d } = setting;
  for (const [name, value] of Object.entries({ noise, step, ratio, d })) {
    checkPositive(what, name, value);
  }
}

/**
 * Variance `S₀ = E[(σ(μz) − σ⋆(z))²σ'(μz)²] + Δ E σ'(μz)²` of one sample's gradient in `u`, divided
 * by `N_k²`.
 *
 * Source: ours
 *
 * @param labelNoise Variance Δ of the label noise.
 * @throws {RangeError} If `mu` is not finite or `labelNoise` is negative.
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
  options: { teacher?: ActivationLike; labelNoise?: number } = {},
): number {
  const what = "compute the gradient noise";
  const { teacher: teacherLike = studentLike, labelNoise = 0 } = options;
  checkKeys(what, options, ["teacher", "labelNoise"]);
  checkFinite(what, "mu", mu);
  checkNonNegative(what, "labelNoise", labelNoise);
  const student = activation(studentLike), teacher = activation(teacherLike);
  const breakpoints = kinks(mu, student, teacher);
  return gaussianExpectation((z) => {
    const residual = student.f(mu * z) - teacher.f(z);
    return (residual * residual + labelNoise) * student.df(mu * z) ** 2;
  }, { breakpoints }) / stepScale(student) ** 2;
}

/**
 * Search matrix, gradient noise, step and dimension of a setting, for the formulas of this folder.
 *
 * @param mu Pre-training strength, any finite number.
 * @param at Step size η, or `[η_u, η_ω]`, before it is divided by `N_k`; dimension, teacher if not the
 * student, label noise.
 *
 * @example
 * ```ts
 * import { noiseSetting } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(noiseSetting(0.5, "x", { d: 1e6, step: 0.1 }).noise, 0.25, 1e-13);
 * ```
 */
export function noiseSetting(
  mu: number,
  student: ActivationLike,
  at: {
    d: number;
    step: number | readonly [ofU: number, ofOmega: number];
    teacher?: ActivationLike;
    labelNoise?: number;
  },
): NoiseSetting {
  const what = "set up the search with noise";
  checkKeys(what, at, ["d", "step", "teacher", "labelNoise"]);
  const { d, step, teacher = student, labelNoise = 0 } = at;
  const matrix = searchMatrix(mu, student, teacher);
  checkPositive(what, "d", d);
  const [ofU, ofOmega] = Array.isArray(step) ? step : [step, step];
  checkPositive(what, "step", ofU);
  checkPositive(what, "step", ofOmega);
  const noise = gradientNoise(mu, student, { teacher, labelNoise });
  return { matrix, noise, step: ofU, ratio: ofOmega / ofU, d };
}
