/**
 * One layer with an activation: the factor of its spectral start, and local rates.
 *
 * @module
 */
import { checkPositive } from "../../../check.ts";
import { activation, type ActivationLike, gaussianExpectation } from "../../../gaussian/mod.ts";

/**
 * The factor `γ` of the spectral start: `1/E σ′(sz)²` for columns of `W` of length `s`; 2 for ReLU at every length.
 *
 * Law: across a column `w` the gradient is `J = E[σ′(sz)²] Δ` to first order in `Δ`; along it the mean is that of
 * `σ′²z²`, another factor for one of `d` directions.
 * Source: γ = 2 the paper's, Theorem 4.2; the rest ours.
 *
 * @example
 * ```ts
 * import { spectralFactor } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(spectralFactor("relu", 10), 2, 1e-12);
 * assertAlmostEquals(spectralFactor("x", 3), 1, 1e-12);
 * ```
 */
export function spectralFactor(like: ActivationLike, size: number): number {
  checkPositive("choose the factor of the start", "size", size);
  const { df, kinks } = activation(like);
  return 1 /
    gaussianExpectation((z) => df(size * z) ** 2, { breakpoints: kinks.map((x) => x / size) });
}

/**
 * Local rate of preconditioned descent on the population: `1 − ηE σ′²` in the directions tangent on one side, which are
 * the slowest; `1 − η/2` for ReLU, at every condition number.
 *
 * Assumes: exact rank, `η E σ′² < 1`, columns of `W` of one length; terms of order `‖Δ‖/‖W‖` and `1/d` left out.
 * Source: ours.
 */
export function activationRate(like: ActivationLike, size: number, rate: number): number {
  checkPositive("predict a rate", "rate", rate);
  return 1 - rate / spectralFactor(like, size);
}

/** The same of plain gradient descent: `1 − η E σ′² λ_{r*}`. Source: ours. */
export function plainActivationRate(
  like: ActivationLike,
  { size, rate, least }: { readonly size: number; readonly rate: number; readonly least: number },
): number {
  checkPositive("predict a rate", "rate", rate);
  checkPositive("predict a rate", "least", least);
  return 1 - rate * least / spectralFactor(like, size);
}
