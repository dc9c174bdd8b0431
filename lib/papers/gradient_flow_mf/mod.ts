/**
 * gradient-flow-mf: LoRA as gradient flow in matrix factorisation (arXiv:2503.06982). Theory,
 * simulations, claims and figures of the notebook.
 *
 * @module
 */
export * from "./claims.ts";
export {
  balancedProblem,
  driftOf,
  genericFlow,
  imbalanceDrift,
  riccatiErrors,
} from "./claims_flow.ts";
export * from "./experiments.ts";
export * from "./measures.ts";
export * from "./problem.ts";
export * from "./simulation.ts";
export * from "./theory.ts";
