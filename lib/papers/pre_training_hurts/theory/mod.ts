/**
 * Theory predictions of pre-training-hurts. Shares no code with `simulation.ts`.
 *
 * @module
 */
export * from "./flow.ts";
export * from "./noise.ts";
export * from "./search.ts";
