/**
 * pre-training-hurts: when pre-training hurts LoRA fine-tuning (arXiv:2602.02855), single-index
 * models under one-pass SGD. Theory, simulations, claims and figures of the notebook.
 *
 * @module
 */
export * from "./claims/mod.ts";
export {
  committeeGradient,
  committeeLoss,
  type CommitteeOverlaps,
  committeeScale,
  overlapsOf,
} from "./committee.ts";
export * from "./experiments/mod.ts";
export * from "./frozen.ts";
export * from "./model.ts";
export * from "./published.ts";
export { references } from "./references.ts";
export * from "./simulation/mod.ts";
export * from "./starts.ts";
export * from "./step_scale.ts";
export * from "./theory/mod.ts";
