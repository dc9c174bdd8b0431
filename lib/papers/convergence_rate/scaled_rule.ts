/**
 * Rules of plain LoRA for an adapter with a scale.
 *
 * @module
 */
import { checkPositive } from "../../check.ts";
import { type RateRule, rateRule, type RuleLike } from "./rules.ts";

/**
 * The rule of plain LoRA for `W = W₀ + sBA` (`s = α/r`, `α/√r` in rsLoRA): in `V′ = √s V` a step `η` is a plain step
 * `sη`, so the rule sees the sizes of `V′` and of the plain loss, and its rate is divided by `s`.
 *
 * For runs on the rescaled loss `X ↦ L(sX)`. The rule `simple` is the same with and without it; the paper's, which
 * adds `‖V‖²` and `‖G‖`, is not.
 *
 * Source: ours.
 *
 * @param like The rule of plain LoRA.
 * @param scale `s > 0`.
 *
 * @example
 * ```ts
 * import { rateRule, scaledRule } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // L = 1 and ‖G‖ = 3 of the plain loss at s = 2.
 * const sizes = { smoothness: 4, loss: 1, v2: 5, vop: 2, g: 6, gamma: 6, gradient: 1 };
 * const eta = scaledRule("paper", 2).rate(sizes, 0);
 * assertAlmostEquals(eta, 1 / (2 * 4 * Math.SQRT2 * (2 * 5 + 3)), 1e-15);
 * const { rate } = rateRule("simple");
 * assertAlmostEquals(scaledRule("simple", 2).rate(sizes, 0), rate(sizes, 0), 1e-15);
 * ```
 */
export function scaledRule(like: RuleLike, scale: number): RateRule {
  checkPositive("scale a rule", "scale", scale);
  const rule = rateRule(like), root = Math.sqrt(scale);
  return {
    ...rule,
    name: `${rule.name}, s = ${scale}`,
    rate: ({ smoothness, loss, v2, vop, g, gamma, gradient }, t) =>
      rule.rate({
        ...{ smoothness: smoothness / scale ** 2, loss, v2: scale * v2, vop: root * vop },
        ...{ g: g / scale, gamma: gamma / scale, gradient: gradient / root },
      }, t) / scale,
  };
}
