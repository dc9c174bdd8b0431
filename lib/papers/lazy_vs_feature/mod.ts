/**
 * lazy-vs-feature: low-rank fine-tuning between lazy training and feature learning (dayi25a,
 * arXiv:2411.15385). Theory, chains that are exact in law, experiments, figures and claims.
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
