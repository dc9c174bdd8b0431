/**
 * Whether SGD stays at the optimum: mean-square stability, and the strength below which it is lost.
 *
 * @module
 */
import { checkInteger, checkKeys, checkNonNegative, checkPositive } from "../../../check.ts";
import {
  type Activation,
  activation,
  type ActivationLike,
  gaussianExpectation,
} from "../../../gaussian/mod.ts";
import { stepScale } from "../step_scale.ts";

/** Moments of the slope at the optimum, those of degree two over `N_k`, those of degree four over `N_k²`. */
export interface SlopeMoments {
  /** `κ = E σ'(z)²`, curvature of the loss across ω⋆. */
  readonly kappa: number;
  /** `κ_z = E z²σ'(z)²`, curvature along it. */
  readonly kappaZ: number;
  /** `E σ'(z)⁴`. */
  readonly fourth: number;
  /** `E z²σ'(z)⁴`. */
  readonly fourthZ: number;
  /** `E z⁴σ'(z)⁴`. */
  readonly fourthZZ: number;
}

/**
 * Moments of the slope at the optimum.
 *
 * @example He₃: `σ' = 3(z² − 1)`, so that `E σ'⁴ = 81·60` over `18²` is 15.
 * ```ts
 * import { slopeMoments } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { kappa, kappaZ, fourth } = slopeMoments("He3");
 * assertAlmostEquals(kappa, 1, 1e-12);
 * assertAlmostEquals(kappaZ, 5, 1e-12);
 * assertAlmostEquals(fourth, 15, 1e-11);
 * ```
 */
export function slopeMoments(studentLike: ActivationLike): SlopeMoments {
  const student = activation(studentLike), kept = known.get(student);
  if (kept !== undefined) return kept;
  const scale = stepScale(student);
  const moment = (power: number, ofZ: number) =>
    gaussianExpectation((z) => z ** ofZ * student.df(z) ** power, { breakpoints: student.kinks }) /
    scale ** (power / 2);
  const moments = {
    ...{ kappa: moment(2, 0), kappaZ: moment(2, 2) },
    ...{ fourth: moment(4, 0), fourthZ: moment(4, 2), fourthZZ: moment(4, 4) },
  };
  known.set(student, moments);
  return moments;
}

/** Moments that were computed, for searches over steps and distances. */
const known = new WeakMap<Activation, SlopeMoments>();

/** What the stability of the optimum depends on, beside the frozen weight. */
export interface StabilitySetting {
  /** Student activation; the teacher's is the same, else there is no optimum without a residual. */
  readonly student: ActivationLike;
  /** Input dimension. */
  readonly d: number;
  /** Samples per step. */
  readonly batch: number;
  /** Step size of both factors before it is divided by `N_k`, or `[η_u, η_ω]`. */
  readonly step: number | readonly [ofU: number, ofOmega: number];
}

function checked(what: string, setting: StabilitySetting): readonly [number, number] {
  checkKeys(what, setting, ["student", "d", "batch", "step"], "the setting");
  const { d, batch, step } = setting;
  checkInteger(what, "d", d, 1);
  checkInteger(what, "batch", batch, 1);
  const steps = typeof step === "number" ? [step, step] as const : step;
  steps.forEach((eta) => checkPositive(what, "step", eta));
  return steps;
}

/**
 * Factors by which one step multiplies the mean squares near the optimum `w = ω⋆`.
 *
 * Law: let `u = |ω⋆ − w₀|` be learnt up to δ and let ω be off its place by a vector `h` of small length. For an
 * aligned weight the residual is `σ'(z)(δz + u h·x)`, and the mean squares of one step, averaged over the batch, are
 * linear in those of the step before:
 *
 * - `E|h|² ← [1 − 2η_ω u²κ + η_ω²u⁴((1 − 1/b)κ² + (d + 1)/b·Eσ'⁴)] E|h|² + η_ω²u²(d − 1)/b·Ez²σ'⁴ E δ²`,
 * - `E δ² ← [1 − 2η_u κ_z + η_u²((1 − 1/b)κ_z² + Ez⁴σ'⁴/b)] E δ² + η_u²u²/b·Ez²σ'⁴ E|h|²`.
 *
 * Assumes: matched activations, `x ~ N(0, I_d)`, small `δ` and `h`; ω on the sphere. No other limit is taken. A
 * misaligned weight has the same law for its `d − 2` directions outside the frame as `b → ∞`.
 * Scale: one step. Source: ours.
 *
 * @param distance `u = |ω⋆ − w₀|`, `1 − μ` for an aligned weight.
 * @returns The factors `across` (of `h`) and `along` (of δ), and `growth`, the larger eigenvalue of both together.
 *
 * @example The linear target with one step of 1/(1 + (d + 1)/b) at distance 1: the best that a batch can do.
 * ```ts
 * import { optimumFactors } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { across } = optimumFactors({ student: "x", d: 99, batch: 1e6, step: 1 }, 1);
 * assertAlmostEquals(across, 99e-6, 1e-10);
 * ```
 */
export function optimumFactors(
  setting: StabilitySetting,
  distance: number,
): { across: number; along: number; growth: number } {
  const what = "compute the factors of the optimum", { d, batch: b } = setting;
  checkNonNegative(what, "distance", distance);
  const [etaU, etaOmega] = checked(what, setting), u = distance;
  const { kappa, kappaZ, fourth, fourthZ, fourthZZ } = slopeMoments(setting.student);
  const square = (1 - 1 / b) * kappa ** 2 + (d + 1) / b * fourth;
  const across = 1 - 2 * etaOmega * u ** 2 * kappa + etaOmega ** 2 * u ** 4 * square;
  const along = 1 - 2 * etaU * kappaZ +
    etaU ** 2 * ((1 - 1 / b) * kappaZ ** 2 + fourthZZ / b);
  const mixed = etaOmega ** 2 * u ** 2 * (d - 1) / b * fourthZ * etaU ** 2 * u ** 2 / b * fourthZ;
  const growth = (across + along) / 2 + Math.hypot((across - along) / 2, Math.sqrt(mixed));
  return { across, along, growth };
}

/**
 * Largest step of both factors at which the optimum is stable in mean square: {@linkcode optimumFactors} has
 * `growth < 1` below it and not above.
 *
 * Across ω⋆ it is the step of {@linkcode stableDistance}; along it a step of `2/κ_z` is too long even without noise,
 * whatever the strength of pre-training.
 * Assumes: as {@linkcode optimumFactors}. Source: ours.
 *
 * @returns η before it is divided by `N_k`.
 *
 * @example He₃ has κ_z = 5: near μ = 1 no step above 2/5 is stable, however large the batch.
 * ```ts
 * import { stableStep } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(stableStep({ student: "He3", d: 10, batch: 1e12 }, 0.1), 0.4, 1e-9);
 * ```
 */
export function stableStep(setting: Omit<StabilitySetting, "step">, distance: number): number {
  const { d, batch: b } = setting, u = distance;
  checkNonNegative("compute the stable step", "distance", distance);
  checked("compute the stable step", { ...setting, step: 1 });
  const { kappa, kappaZ, fourth, fourthZZ } = slopeMoments(setting.student);
  const square = (1 - 1 / b) * kappa ** 2 + (d + 1) / b * fourth;
  let low = 0,
    high = Math.min(
      2 * kappa / (u ** 2 * square),
      2 * kappaZ / ((1 - 1 / b) * kappaZ ** 2 + fourthZZ / b),
    );
  // What one mean square gives to the other can only make it worse.
  for (let i = 0; i < 60; i++) {
    const step = (low + high) / 2;
    if (optimumFactors({ ...setting, step }, u).growth < 1) low = step;
    else high = step;
  }
  return low;
}

/**
 * Largest distance `|ω⋆ − w₀|` at which the optimum is stable in mean square:
 * `η_ω u²(κ² + (d/b) E σ'⁴) < 2κ`.
 *
 * Assumes: as {@linkcode optimumFactors}, to leading order in `d` and `b`. A rank-one adapter learns
 * `u = |ω⋆ − w₀|`, and a large `u` amplifies the noise of its own direction: weak pre-training is unstable.
 * Source: ours.
 *
 * @example
 * ```ts
 * import { stableDistance } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // κ = Eσ'⁴ = 1: η u²(1 + d/b) = 2.
 * const distance = stableDistance({ student: "x", d: 900, batch: 100, step: 0.8 });
 * assertAlmostEquals(distance, 0.5, 1e-12);
 * ```
 */
export function stableDistance(setting: StabilitySetting): number {
  const [, eta] = checked("compute the stable distance", setting);
  const { kappa, fourth } = slopeMoments(setting.student);
  return Math.sqrt(2 * kappa / (eta * (kappa ** 2 + setting.d / setting.batch * fourth)));
}

/**
 * Strength of pre-training `μ_s = 1 − u_s` above which SGD stays at the optimum, `u_s` the
 * {@linkcode stableDistance}; 0 where every strength is stable.
 *
 * Source: ours.
 *
 * @example The authors' protocol for He₃: `0.2 u²(1 + 2·15) = 2`.
 * ```ts
 * import { stableStrength } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const protocol = { d: 1000, batch: 500, step: 0.2 };
 * assertAlmostEquals(stableStrength({ student: "He3", ...protocol }), 1 - Math.sqrt(10 / 31), 1e-12);
 * assertAlmostEquals(stableStrength({ student: "erf", ...protocol }), 0, 1e-12);
 * ```
 */
export function stableStrength(setting: StabilitySetting): number {
  return Math.max(0, 1 - stableDistance(setting));
}
