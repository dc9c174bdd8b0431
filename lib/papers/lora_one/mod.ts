/**
 * lora-one: one step of the full gradient as the start of LoRA (arXiv:2502.01235). Theory,
 * simulations, claims and figures of the notebook.
 *
 * @module
 */
export * from "./claims/mod.ts";
export { contractionOf } from "./claims/descent.ts";
export {
  knownOffsetRuns,
  OFFSET_SCALES,
  type OffsetRun,
  offsetRuns,
  offsetStart,
  portraitDraws,
} from "./claims/offset.ts";
export { type PhaseRun, phaseRun } from "./claims/linear.ts";
export { lawOfSines, type OneStepSize, startTangents } from "./claims/one_step.ts";
export { pairedDeviation, reducedCoordinates } from "./claims/population.ts";
export { monteCarlo, reluStartError } from "./claims/relu.ts";
export * from "./experiments/mod.ts";
export * from "./measures.ts";
export * from "./model.ts";
export * from "./relu.ts";
export * from "./simulation/mod.ts";
export {
  type CompletedSvd,
  completedSvd,
  type LayerLike,
  type Normals,
  productOf,
  type Start,
  START_NAMES,
  type StartFactors,
  type StartLayer,
  type StartName,
  startOf,
  type StartRule,
  startRule,
  STARTS,
} from "../../nn/mod.ts";
export * from "./theory/mod.ts";
