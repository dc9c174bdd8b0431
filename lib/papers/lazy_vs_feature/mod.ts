/**
 * lazy-vs-feature: low-rank fine-tuning between lazy training and feature learning (dayi25a,
 * arXiv:2411.15385). Theory, chains that are exact in law, experiments, figures and claims.
 *
 * @example Median steps that low-rank fine-tuning needs for an activation of one's own: ten times as many
 * in ten times as many dimensions.
 * ```ts
 * import { dimensionTimes } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const mine = { activation: "log(1 + exp(z))", d: [200, 2000], copies: 64 };
 * const alone = { single: [], others: 8, frozenD: [200] }; // the other routes, as short as can be
 * const { rows } = await dimensionTimes({ preset: "quick", ...mine, ...alone });
 * const [few, many] = rows.filter(({ route }) => route === "fine-tuning");
 * assertAlmostEquals(many.steps! / few.steps!, 10, 3); // medians of 64
 * ```
 *
 * @module
 */
export * from "./activations.ts";
export * from "./bases.ts";
export * from "./claims/mod.ts";
export * from "./experiments/mod.ts";
export * from "./input_laws.ts";
export * from "./left_factors.ts";
export * from "./model.ts";
export * from "./model_spec.ts";
export { references } from "./references.ts";
export * from "./simulation/mod.ts";
export * from "./step_scales.ts";
export * from "./theory/mod.ts";
