/**
 * The floor that label noise leaves.
 *
 * @module
 */
import { checkFinite, checkKeys, checkNonNegative, checkPositive, show } from "../../../check.ts";

/** The floor of a setting. */
export interface NoiseFloor {
  /** Stationary `1 − |m|`. */
  readonly gap: number;
  /** Stationary excess risk. */
  readonly excessRisk: number;
}

/** What the floor depends on. */
export interface FloorSetting {
  /** Step size `η` of ω, before it is divided by `N_k`. */
  readonly step: number;
  /** Variance Δ of the label noise. */
  readonly labelNoise: number;
  /** Input dimension. */
  readonly d: number;
  /** Samples a step. */
  readonly batch: number;
  /** Strength in [0, 1). */
  readonly mu: number;
}

function checkFloor(
  what: string,
  { mu, ...positive }: Omit<FloorSetting, "labelNoise"> & { readonly labelNoise?: number },
): void {
  checkKeys(what, positive, ["step", "labelNoise", "d", "batch"], "the setting");
  for (const [name, value] of Object.entries(positive)) checkPositive(what, name, value);
  checkFinite(what, "mu", mu);
  if (mu === 1) {
    throw new RangeError(
      `Cannot ${what} as mu must not be 1, where there is no adapter to be found: current value is 1`,
    );
  }
}

/**
 * Leading order of the floor: `1 − |m| ≃ ηΔd/(4b)`, excess risk `κ(1 − μ)²` times it; full fine-tuning has the risk
 * `κ` times it.
 *
 * Law: outside the frame a step adds `η² u² Δ κ d/b` to `|ω|²`; with `u = 1 − μ` that balances the pull
 * `2κη(1 − μ)²(1 − m)` of the late phase. Both are in proportion to `(1 − μ)²`, which drops out of `m`.
 *
 * The fluctuations of `u` itself add the risk `κ_z ηΔ/(4b)`, which matters where `(1 − μ)² d` is not large; it is counted
 * when `kappaZ` is given.
 *
 * Assumes: `ηd/b ≪ 1`. Any target, with `κ = E σ′(z)²` and `κ_z = E z²σ′(z)²` divided by `N_k`; the gap is that of
 * `N_k = 1` and to be divided by it. Source: ours.
 *
 * @throws {RangeError} If a step, a batch, `d`, `kappa` or the label noise is not a finite number > 0.
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
  { kappa, kappaZ = 0, ...setting }: FloorSetting & {
    readonly kappa: number;
    readonly kappaZ?: number;
  },
): NoiseFloor & { readonly fullExcessRisk: number } {
  checkFloor("compute the noise floor", setting);
  checkPositive("compute the noise floor", "kappa", kappa);
  checkNonNegative("compute the noise floor", "kappaZ", kappaZ);
  const { step, labelNoise, d, batch, mu } = setting;
  const gap = step * labelNoise * d / (4 * batch);
  const ofU = kappaZ * step * labelNoise / (4 * batch);
  return { gap, excessRisk: kappa * (1 - mu) ** 2 * gap + ofU, fullExcessRisk: kappa * gap };
}

/**
 * The floor of the linear target from the fixed point of the mean step:
 * `h² = ηΔδ(1 − h²)/(2 + 2eh² − e − (1 − h²)δe)` with `e = η(1 − μ)²`, `δ = d/b`; `1 − |m| = 1 − √(1 − h²)` and the excess
 * risk `½(1 − μ)²h²`.
 *
 * Law: `u` follows its optimum `(1 − μ)m`, so that `w − ω⋆ = (1 − μ)h·(−h, m)` is orthogonal to ω. A step then turns
 * `m` to `m(1 + eh²)` and `|ω|²` to `1 + e²m²h² + e m²δ(eh² + ηΔ)`, and `m` is stationary when the first squared is the
 * second.
 *
 * Assumes: linear target; `(1 − μ)² d ≫ 1`, `b ≫ 1` (the fluctuations of `u` are not counted). Source: ours.
 *
 * @throws {RangeError} If a step, a batch, `d` or the label noise is not a finite number > 0, or the optimum is not
 * stable: `e(1 + δ) < 2` is needed.
 *
 * @example Far below `b = d` the leading order is off by per cents, and by the strength.
 * ```ts
 * import { linearNoiseFloor } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { gap } = linearNoiseFloor({ step: 0.1, labelNoise: 0.5, d: 1e5, batch: 1e5, mu: 0.2 });
 * assertAlmostEquals(gap, 0.0130589, 1e-7);
 * ```
 */
export function linearNoiseFloor(setting: FloorSetting): NoiseFloor {
  const what = "compute the noise floor of the linear target";
  checkFloor(what, setting);
  const { step, labelNoise, d, batch, mu } = setting;
  const delta = d / batch, e = step * (1 - mu) ** 2, source = step * labelNoise * delta;
  checkStable(what, e * (1 + delta));
  // e(2 + δ) x² + (2 − e − δe + ηΔδ) x − ηΔδ = 0 for x = h².
  const square = e * (2 + delta), linear = 2 - e - delta * e + source;
  const x = 2 * source / (linear + Math.sqrt(linear * linear + 4 * square * source));
  return { gap: x / (1 + Math.sqrt(1 - x)), excessRisk: (1 - mu) ** 2 * x / 2 };
}

/**
 * Steps in which the loss of the linear target falls by a factor e near the optimum without label noise:
 * `−1/ln(1 − 2e + e²(1 + δ))`.
 *
 * Law: the same step as in {@linkcode linearNoiseFloor} at `Δ = 0` multiplies the mean of `h²`, and with it the loss, by that
 * factor, to first order in `h²`.
 *
 * Assumes: linear target. Scale: steps. Source: ours.
 *
 * @throws {RangeError} If a step, a batch or `d` is not a finite number > 0, or the optimum is not stable.
 *
 * @example
 * ```ts
 * import { linearRelaxation } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // The late rate 2(1 − μ)² of the flow, in steps of a small size.
 * const steps = linearRelaxation({ step: 1e-4, d: 1e3, batch: 1e3, mu: 0.6 });
 * assertAlmostEquals(steps * 1e-4, 1 / (2 * 0.4 ** 2), 1e-3);
 * ```
 */
export function linearRelaxation(setting: Omit<FloorSetting, "labelNoise">): number {
  const what = "compute the relaxation of the linear target";
  checkFloor(what, setting);
  const { step, d, batch, mu } = setting, e = step * (1 - mu) ** 2, delta = d / batch;
  checkStable(what, e * (1 + delta));
  return -1 / Math.log1p(-2 * e + e * e * (1 + delta));
}

/** The optimum is stable in the mean square. */
function checkStable(what: string, load: number): void {
  if (load < 2) return;
  throw new RangeError(
    `Cannot ${what} as step (1 - mu)^2 (1 + d/batch) must be below 2, where the optimum is stable: ` +
      `current value is ${show(load)}`,
  );
}
