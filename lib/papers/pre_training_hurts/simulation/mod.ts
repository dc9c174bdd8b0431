/**
 * Simulations of pre-training-hurts as tasks for `sweep`. Shares no code with `theory/`.
 *
 * @module
 */
export * from "./committee/run.ts";
export * from "./curriculum.ts";
export type { OwnImages, Pretrained, PretrainingSetting } from "./digits/pretrained.ts";
export * from "./digits/search.ts";
export * from "./law/committee_sample.ts";
export * from "./law/degrees.ts";
export * from "./law/sample.ts";
export * from "./plain_chain.ts";
export type { AdapterState } from "./runs/open.ts";
export * from "./runs/passage.ts";
export {
  keptSteps,
  type Moment,
  type Observe,
  type RunCell,
  type RunRow,
  sgdRun,
} from "./runs/run.ts";
export * from "./runs/window.ts";
export type { AdaptiveBatch, Sampler, SgdSetting } from "./runs/setting.ts";
export { stationary, type StationaryCell, type StationaryRow } from "./stationary.ts";
