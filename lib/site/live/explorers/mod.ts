/**
 * The explorers by notebook: each comes when a reader asks for it.
 *
 * @module
 */
import type { Explorer } from "./explorer.ts";

export type { Explorer, Slider, Values } from "./explorer.ts";

/** Loads the explorer of a notebook. */
export const EXPLORERS: Readonly<Record<string, () => Promise<{ explorer: Explorer }>>> = {
  "convergence-rate": () => import("./convergence_rate.ts"),
  "gradient-flow-mf": () => import("./gradient_flow_mf.ts"),
  "lazy-vs-feature": () => import("./lazy_vs_feature.ts"),
  "lora-one": () => import("./lora_one.ts"),
  "pre-training-hurts": () => import("./pre_training_hurts.ts"),
};
