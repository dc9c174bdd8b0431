/**
 * Constants of strong pre-training, μ → 1.
 *
 * @module
 */
import { activation, type ActivationLike, gaussianExpectation } from "../../../gaussian/mod.ts";
import { stepScale } from "../step_scale.ts";

/** Constants of the optimum: `κ = E σ'(z)²`, `κ_z = E z²σ'(z)²`, divided by `N_k`, and `C = κ/κ_z²`. */
export interface StrongPretraining {
  /** `κ`, curvature of the loss across ω⋆. */
  readonly kappa: number;
  /** `κ_z`, curvature along ω⋆. */
  readonly kappaZ: number;
  /** `C` of `τ(μ) ≃ C (1 − μ)^{−2}`. */
  readonly constant: number;
}

/**
 * Constants of strong pre-training: `τ(μ) ≃ (κ/κ_z²)(1 − μ)^{−2}` as μ → 1, and the late rate
 * `2κ(1 − μ)²` of `1 − m`.
 *
 * Source: exponent visible in the figures of nwemadji2026when; constants: ours.
 *
 * @example `C = (2k − 1)^{−2}` for Hermite targets.
 * ```ts
 * import { strongPretraining } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(strongPretraining(activation("He3")).constant, 1 / 25, 1e-12);
 * ```
 */
export function strongPretraining(studentLike: ActivationLike): StrongPretraining {
  const student = activation(studentLike);
  const breakpoints = student.kinks;
  const expectation = (f: (z: number) => number) =>
    gaussianExpectation(f, { breakpoints }) / stepScale(student);
  const kappa = expectation((z) => student.df(z) ** 2);
  const kappaZ = expectation((z) => (z * student.df(z)) ** 2);
  return { kappa, kappaZ, constant: kappa / kappaZ ** 2 };
}
