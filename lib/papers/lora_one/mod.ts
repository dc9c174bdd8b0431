/**
 * lora-one: one step of the full gradient as the start of LoRA (arXiv:2502.01235). Theory,
 * simulations, claims and figures of the notebook.
 *
 * @module
 */

export * from "./experiments/mod.ts";
export * from "./claims/mod.ts";
export * from "./measures.ts";
export * from "./model.ts";
export * from "./problems/mod.ts";
export { references } from "./references.ts";
export * from "./simulation/mod.ts";
export * from "./starts.ts";
export {
  type AdapterConfig,
  type AdapterLayer,
  adapterLayers,
  type CompletedSvd,
  completedSvd,
  type LayerLike,
  type Normals,
  productOf,
  readAdapter,
  type Start,
  START_NAMES,
  type StartFactors,
  type StartLayer,
  type StartName,
  startOf,
  type StartRule,
  startRule,
  STARTS,
  toAdapterFile,
  toWeightFile,
} from "../../nn/mod.ts";
export * from "./theory/mod.ts";
