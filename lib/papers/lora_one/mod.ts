/**
 * lora-one: one step of the full gradient as the start of LoRA (arXiv:2502.01235). Theory,
 * simulations, claims and figures of the notebook.
 *
 * @example One full gradient is the start that LoRA's factors would slowly find: from it the risk falls by a
 * hundred in forty steps, for a spectrum and a shape of one's own.
 * ```ts
 * import { alignmentCourses } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertLess } from "@std/assert";
 *
 * const { rows } = await alignmentCourses({
 *   d: 16, k: 8, N: 160, values: [1, 0.7], r: 4, eta: 0.1, steps: 40, starts: ["LoRA-One"],
 * });
 * assertLess(rows.runs.at(-1)!.risk, 1e-2 * rows.runs[0].risk);
 * ```
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
