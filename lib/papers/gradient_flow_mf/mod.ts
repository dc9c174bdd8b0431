/**
 * gradient-flow-mf: LoRA as gradient flow in matrix factorisation (Xu et al., AISTATS 2025,
 * arXiv:2503.06982). The model, theory, simulations, experiments and claims of the notebook.
 *
 * @module
 */
export * from "./bases.ts";
export * from "./claims/mod.ts";
export * from "./experiments/mod.ts";
export * from "./measures.ts";
export * from "./model.ts";
export * from "./problems/mod.ts";
export { references } from "./references.ts";
export * from "./shapes.ts";
export * from "./simulation/mod.ts";
export * from "./starts.ts";
export * from "./theory/mod.ts";
export * from "./problems/tilted.ts";
