/**
 * One layer with an activation: the factor of its spectral start, and local rates.
 *
 * @module
 */
import { checkKeys, checkPositive } from "../../../check.ts";
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
 * Between which rates preconditioned descent on the population ends: `1 − ηE σ′(sz)²`, the pull across a column of `W`,
 * and `1 − ηE σ′(sz)²z²`, the pull along it, the lower first. Both are `1 − η/2` for ReLU, at every condition number;
 * for other activations the error may lie in both, and the larger `d` the less of it lies along a column.
 *
 * Law: `J = −E xxᵀσ′(wᵀx)² E` column by column, in the directions tangent on one side, which are the slowest.
 * Assumes: exact rank, `η E σ′² < 1`, columns of `W` of one length `s`; terms of order `‖Δ‖/‖W‖` left out.
 * Source: ours.
 *
 * @example
 * ```ts
 * import { activationRates } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [low, high] = activationRates("relu", { size: 10, rate: 0.5 });
 * assertAlmostEquals(low, 0.75, 1e-12);
 * assertAlmostEquals(high, 0.75, 1e-12);
 * ```
 *
 * @param like The activation.
 * @param options Length of the columns, step size, and for plain gradient descent `λ_{r*}` (1 for preconditioned).
 */
export function activationRates(
  like: ActivationLike,
  setting: { readonly size: number; readonly rate: number; readonly least?: number },
): readonly [low: number, high: number] {
  checkKeys("predict a rate", setting, ["size", "rate", "least"], "the setting");
  const { size, rate, least = 1 } = setting;
  checkPositive("predict a rate", "size", size);
  checkPositive("predict a rate", "rate", rate);
  checkPositive("predict a rate", "least", least);
  const { df, kinks } = activation(like), options = { breakpoints: kinks.map((x) => x / size) };
  const across = gaussianExpectation((z) => df(size * z) ** 2, options);
  const along = gaussianExpectation((z) => (df(size * z) * z) ** 2, options);
  const [low, high] = [Math.max(across, along), Math.min(across, along)].map((pull) =>
    1 - rate * least * pull
  );
  return [low, high];
}
