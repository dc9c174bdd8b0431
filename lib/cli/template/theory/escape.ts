/**
 * When a balanced adapter has learnt half of its target.
 *
 * @module
 */
import { checkInside, checkNonNegative, checkPositive } from "../../../check.ts";
import { checkMode, type Mode } from "../model.ts";

/** The constant of Euler and Mascheroni. */
const EULER = 0.5772156649015329;

/**
 * Part of the target that is learnt at time `t` under gradient flow from `b = a`.
 *
 * The product `x = b a` obeys `dx/dt = 2 s x (σ − s x)`, so that `y = s x / σ` is a logistic curve of
 * rate `2 s σ`.
 *
 * Scale: flow time = steps × step size.
 * Source: ours, an example.
 *
 * @param share `y(0)` in (0, 1).
 * @throws {RangeError} If an argument is out of its range.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { learntShare } from "lora-dynamics/cli/template/mod.ts";
 *
 * const mode = { gain: 1, target: 2 };
 * assertAlmostEquals(learntShare(mode, 0.2, Math.log(4) / 4), 0.5, 1e-12);
 * ```
 */
export function learntShare(mode: Mode, share: number, t: number): number {
  const what = "compute the learnt share";
  checkMode(what, mode);
  checkInside(what, "share", share, 0, 1);
  checkNonNegative(what, "t", t);
  return share / (share + (1 - share) * Math.exp(-2 * mode.gain * mode.target * t));
}

/**
 * Flow time at which half of the target is learnt: `log(1/y₀ − 1) / (2 s σ)`.
 *
 * Scale: flow time = steps × step size. Source: ours, an example.
 *
 * @param share `y₀`, the part that is learnt at the start, in (0, 1/2).
 * @throws {RangeError} If an argument is out of its range.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { halfTime } from "lora-dynamics/cli/template/mod.ts";
 *
 * assertAlmostEquals(halfTime({ gain: 1, target: 2 }, 0.2), Math.log(4) / 4, 1e-12);
 * ```
 */
export function halfTime(mode: Mode, share: number): number {
  const what = "compute the half time";
  checkMode(what, mode);
  checkInside(what, "share", share, 0, 0.5);
  return Math.log(1 / share - 1) / (2 * mode.gain * mode.target);
}

/**
 * What the step size `η` adds to the half time of the flow, up to `O(η²)`:
 * `(η/2) log(f(a½)/f(a₀))` with the speed `f(a) = s a (σ − s a²)`.
 *
 * Gradient descent is the flow of the modified speed `f − (η/2) f'f`; a time is the integral of one
 * over the speed.
 *
 * Source: ours, an example; the modified equation: Hairer, Lubich, Wanner, Geometric Numerical
 * Integration, IX.1.
 *
 * @param share `y₀` in (0, 1/2).
 * @param eta Step size.
 * @throws {RangeError} If an argument is out of its range.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { stepDelay } from "lora-dynamics/cli/template/mod.ts";
 *
 * const speed = (share: number) => Math.sqrt(share) * (1 - share); // at s = σ = 1
 * const delay = stepDelay({ gain: 1, target: 1 }, 0.01, 0.1);
 * assertAlmostEquals(delay, 0.05 * Math.log(speed(0.5) / speed(0.01)), 1e-12);
 * ```
 */
export function stepDelay(mode: Mode, share: number, eta: number): number {
  const what = "compute the delay by the step";
  checkMode(what, mode);
  checkInside(what, "share", share, 0, 0.5);
  checkPositive(what, "eta", eta);
  const logSpeed = (y: number) => Math.log(y) / 2 + Math.log1p(-y);
  return eta / 2 * (logSpeed(0.5) - logSpeed(share));
}

/**
 * Mean half time over starts `b = a = α g` with `g` standard normal, for small `α`:
 * `(log(σ / (s α²)) + γ + log 2) / (2 s σ)`, as `E log g² = −γ − log 2`.
 *
 * Assumes: `s α² ≪ σ`; what is left out is of that order.
 * Source: ours, an example.
 *
 * @param scale `α`.
 * @throws {RangeError} If an argument is out of its range.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { meanHalfTime } from "lora-dynamics/cli/template/mod.ts";
 *
 * const mode = { gain: 1, target: 1 };
 * assertAlmostEquals(meanHalfTime(mode, 1e-3) - meanHalfTime(mode, 1e-2), Math.log(10), 1e-12);
 * ```
 */
export function meanHalfTime(mode: Mode, scale: number): number {
  const what = "compute the mean half time";
  checkMode(what, mode);
  checkPositive(what, "scale", scale);
  const { gain, target } = mode;
  return (Math.log(target / (gain * scale ** 2)) + EULER + Math.LN2) / (2 * gain * target);
}
