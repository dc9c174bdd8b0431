/**
 * pre-training-hurts: when pre-training hurts LoRA fine-tuning (arXiv:2602.02855), single-index
 * models under one-pass SGD. Theory, simulations, claims and figures of the notebook.
 *
 * @example The better the pre-trained model, the longer the search, unless one starts in the spectrum: both in
 * the notebook's figures, here the question whether momentum helps.
 * ```ts
 * import { courses } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const protocol = { preset: "quick", mu: [0.7], steps: 300, copies: 2 } as const;
 * const usual = await courses(protocol);
 * const pushed = await courses({ ...protocol, rule: "momentum" });
 * assert(pushed.rows.at(-1)!.m > usual.rows.at(-1)!.m);
 * ```
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
