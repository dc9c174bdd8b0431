/**
 * gradient-flow-mf: LoRA as gradient flow in matrix factorisation (arXiv:2503.06982). Theory,
 * simulations, claims and figures of the notebook.
 *
 * @module
 */
export * from "./claims/mod.ts";
export {
  balancedProblem,
  driftOf,
  genericFlow,
  imbalanceDrift,
  riccatiErrors,
} from "./claims/flow.ts";
export { predictedEscape } from "./claims/escape.ts";
export {
  ANGLES,
  collapse,
  CURVE_TIMES,
  preconditionedTimes,
  scalarCompetition,
  sharesOf,
  tilted,
  tiltedCurve,
} from "./claims/misaligned.ts";
export { finalLosses, predictedPlateau, slowTailRun } from "./claims/plateau.ts";
export { pathwise } from "./claims/reduced.ts";
export * from "./experiments/mod.ts";
export * from "./measures.ts";
export * from "./model.ts";
export * from "./simulation/mod.ts";
export * from "./starts.ts";
export * from "./theory/mod.ts";
