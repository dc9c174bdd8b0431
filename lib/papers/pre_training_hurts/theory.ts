/**
 * Theory predictions of pre-training-hurts. Shares no code with `simulation.ts`.
 *
 * @module
 */
export * from "./theory_flow.ts";
export * from "./theory_noise.ts";
export * from "./theory_search.ts";
