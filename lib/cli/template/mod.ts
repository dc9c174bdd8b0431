/**
 * new-paper: how long a balanced rank-one adapter takes to learn half of its target, an example in
 * the place of the paper's own results. Theory, simulations, claims and figures of the notebook.
 *
 * @module
 */
export * from "./claims/mod.ts";
export * from "./experiments/mod.ts";
export * from "./model.ts";
export * from "./simulation/mod.ts";
export * from "./theory/mod.ts";
