/**
 * pre-training-hurts: when pre-training hurts LoRA fine-tuning (arXiv:2602.02855), single-index
 * models under one-pass SGD. Theory, simulations, claims and figures of the notebook.
 *
 * @module
 */
export * from "./claims.ts";
export * from "./experiments.ts";
export * from "./figures.ts";
export * from "./predictions.ts";
export * from "./published.ts";
export * from "./simulation.ts";
export * from "./theory.ts";
