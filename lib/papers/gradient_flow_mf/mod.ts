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
export { predictedEscape } from "./claims_escape.ts";
export {
  ANGLES,
  collapse,
  CURVE_TIMES,
  preconditionedTimes,
  scalarCompetition,
  sharesOf,
  tilted,
  tiltedCurve,
} from "./claims_misaligned.ts";
export { finalLosses, predictedPlateau, slowTailRun } from "./claims_plateau.ts";
export { pathwise } from "./claims_reduced.ts";
export * from "./experiments.ts";
export * from "./figures.ts";
export * from "./measures.ts";
export * from "./problem.ts";
export * from "./simulation.ts";
export * from "./theory.ts";
