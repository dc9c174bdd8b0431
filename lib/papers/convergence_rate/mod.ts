/**
 * convergence-rate: descent lemma, learning rates and true rates of LoRA gradient descent
 *
 * @example The paper's rule on a loss of one's own, beside the rate O(1/√T) with its constants.
 * ```ts
 * import { boundCourses, boundSqrt, lowRank, quadratic, rescaled, sineStart } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const loss = rescaled(quadratic(lowRank([5, 2], [2, 1])), { factor: 3 });
 * const { rows } = await boundCourses({ problems: [{ loss, start: sineStart(loss, 2, 0.2) }], steps: 300 });
 * for (const { t, smoothness, gap, start2: v2, minGradient2 } of rows.filter(({ t }) => t > 0)) {
 *   assert(minGradient2 <= boundSqrt({ smoothness, gap, v2 }, t));
 * }
 * ```
 *
 * @module
 */
export * from "./claims/mod.ts";
export * from "./experiments/mod.ts";
export * from "./adapters.ts";
export * from "./families.ts";
export * from "./layers.ts";
export * from "./loss_check.ts";
export * from "./losses.ts";
export * from "./model.ts";
export * from "./problems.ts";
export { references } from "./references.ts";
export * from "./residual.ts";
export * from "./rules.ts";
export * from "./scalar.ts";
export * from "./scaled_rule.ts";
export * from "./simulation/mod.ts";
export * from "./softmax.ts";
export * from "./starts.ts";
export * from "./theory/mod.ts";
