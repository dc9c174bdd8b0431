/**
 * Simulations of pre-training-hurts as tasks for `sweep`. Shares no code with `theory.ts`.
 *
 * @module
 */
export * from "./simulation_committee.ts";
export * from "./simulation_digits.ts";
export * from "./simulation_law.ts";
export * from "./simulation_search.ts";
