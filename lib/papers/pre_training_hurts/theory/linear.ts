/**
 * The linear target in closed form, μ → 1.
 *
 * @module
 */
import { checkFinite, checkInside } from "../../../check.ts";
import { checkStrength } from "./_strength.ts";

/**
 * Search time of the linear model with `u` slaved to `m`:
 * `T_R = (1 − μ)^{−2} ln[(R/√(1 − R²))/(m₀/√(1 − m₀²))]`, the solution of `g' = (1 − μ)² tanh g`.
 *
 * Assumes: μ → 1. Source: potential: code of nwemadji2026when; solution: ours.
 *
 * @param mu Pre-training strength in [0, 1).
 * @param m0 Overlap at the start, in (0, 1).
 * @param radius Overlap `R` at the end, in (0, 1).
 * @throws {RangeError} If an overlap is out of its range.
 *
 * @example
 * ```ts
 * import { linearAdiabaticTime } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // The flow takes 294.129.
 * assertAlmostEquals(linearAdiabaticTime(0.9, 10 ** -1.5), 290.407, 1e-3);
 * ```
 */
export function linearAdiabaticTime(mu: number, m0: number, radius = 0.5): number {
  checkStrength("compute the linear search time", mu);
  checkInside("compute the linear search time", "m0", m0, 0, 1);
  checkInside("compute the linear search time", "radius", radius, 0, 1);
  const odds = (m: number) => m / Math.sqrt(1 - m * m);
  return Math.log(odds(radius) / odds(m0)) / (1 - mu) ** 2;
}

/**
 * Effective potential `V(g) = −(1 − μ)² ln cosh g` of the linear model, `m = tanh g`.
 *
 * Law: `g' = −V'(g) = (1 − μ)² tanh g`.
 * Assumes: μ → 1 (`u` slaved to `m`).
 * Source: code of nwemadji2026when
 *
 * @param mu Pre-training strength.
 * @param g `artanh m`, any number.
 *
 * @example
 * ```ts
 * import { effectivePotential } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(effectivePotential(0.5, 2), -0.25 * Math.log(Math.cosh(2)), 1e-15);
 * ```
 */
export function effectivePotential(mu: number, g: number): number {
  checkStrength("compute the effective potential", mu);
  checkFinite("compute the effective potential", "g", g);
  const x = Math.abs(g);
  return -((1 - mu) ** 2) * (x + Math.log1p(Math.exp(-2 * x)) - Math.LN2);
}
