/**
 * Theory predictions of pre-training-hurts, one result per file. Shares no code with the simulations.
 *
 * @module
 */
export * from "./adaptive_batch.ts";
export * from "./baselines.ts";
export * from "./critical_batch.ts";
export * from "./dimension.ts";
export * from "./exit.ts";
export * from "./floor.ts";
export * from "./flow.ts";
export * from "./growth.ts";
export * from "./linear.ts";
export * from "./mean_recursion.ts";
export * from "./noise.ts";
export * from "./noisy_search.ts";
export * from "./search_matrix.ts";
export * from "./series.ts";
export * from "./stability.ts";
export * from "./strong.ts";
export * from "./traps.ts";
export * from "./committee/flow.ts";
