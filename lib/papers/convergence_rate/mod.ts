/**
 * convergence-rate: descent lemma, learning rates and true rates of LoRA gradient descent
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
