/**
 * lora-one: one step of the full gradient as the start of LoRA (arXiv:2502.01235). Theory,
 * simulations, claims and figures of the notebook.
 *
 * @module
 */
export * from "./claims.ts";
export { contractionOf } from "./claims_descent.ts";
export {
  knownOffsetRuns,
  OFFSET_SCALES,
  type OffsetRun,
  offsetRuns,
  offsetStart,
  portraitDraws,
} from "./claims_offset.ts";
export { type DigitsSummary, digitsTable } from "./claims_digits.ts";
export { type PhaseRun, phaseRun } from "./claims_linear.ts";
export { lawOfSines, startTangents } from "./claims_one_step.ts";
export { pairedDeviation, reducedCoordinates } from "./claims_population.ts";
export { monteCarlo, reluStartError } from "./claims_relu.ts";
export * from "./experiments.ts";
export * from "./figures.ts";
export * from "./measures.ts";
export * from "./problem.ts";
export * from "./relu.ts";
export * from "./simulation.ts";
export * from "./starts.ts";
export * from "./theory.ts";
