/**
 * new-paper: how long a balanced rank-one adapter takes to learn half of its target, an example in
 * the place of the paper's own results. Theory, simulations, claims and figures of the notebook.
 *
 * @example From a start at a hundredth, half is learnt after log 99 / (2 s σ) units of time.
 * ```ts
 * import { halfTime, learntShare } from "lora-dynamics/cli/template/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const mode = { gain: 2, target: 3 }, time = halfTime(mode, 0.01);
 * assertAlmostEquals(time, Math.log(99) / 12, 1e-12);
 * assertAlmostEquals(learntShare(mode, 0.01, time), 0.5, 1e-12);
 * ```
 *
 * @module
 */
export * from "./claims/mod.ts";
export * from "./experiments/mod.ts";
export * from "./model.ts";
export * from "./simulation/mod.ts";
export * from "./theory/mod.ts";
