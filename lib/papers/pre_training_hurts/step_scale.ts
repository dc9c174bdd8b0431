import { activation, type ActivationLike, gaussianExpectation } from "../../gaussian/mod.ts";

/**
 * Factor `N` by which this paper divides the step size: `k·k!` for `He_k`, 1 for activations that are
 * no Hermite polynomial.
 *
 * Law: for `c He_k` it is `c²·k·k! = E σ′(z)²`, so that a factor of student and teacher changes
 * nothing; simulations divide their steps by it and theory its right-hand sides.
 *
 * Source: code of nwemadji2026when for He_k.
 *
 * @param student Student activation, or what makes one.
 *
 * @example However a polynomial is written, it has one scale.
 * ```ts
 * import { stepScale } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["He3", "z^3 - 3z", "erf"].map(stepScale), [18, 18, 1]);
 * ```
 */
export function stepScale(student: ActivationLike): number {
  const { series } = activation(student);
  if (series === undefined) return 1;
  const k = series.length - 1, last = series[k];
  if (k === 0 || series.slice(0, k).some((c) => c !== 0)) return 1;
  let factorial = 1;
  for (let j = 2; j <= k; j++) factorial *= j;
  return last * last * k * factorial;
}

/**
 * Mean squared slope `E σ'(z)²` at the optimum: the number that `stepScale` is for `He_k`, for every activation.
 *
 * Times that are multiplied by it, over `stepScale`, have one unit: that in which the loss has curvature 1 across
 * ω⋆. Only so can search times of different activations, or of a family of them, be compared.
 *
 * Source: ours.
 *
 * @example
 * ```ts
 * import { slopeScale } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(slopeScale("He3"), 18, 1e-11);
 * assertAlmostEquals(slopeScale("z + 2 (z^3 - 3z)"), 1 + 4 * 18, 1e-11);
 * ```
 */
export function slopeScale(student: ActivationLike): number {
  const { df, kinks } = activation(student);
  return gaussianExpectation((z) => df(z) ** 2, { breakpoints: kinks });
}
