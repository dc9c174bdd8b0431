/**
 * Simulations of pre-training-hurts as tasks for `sweep`. Shares no code with `theory.ts`.
 *
 * @module
 */
export * from "./committee.ts";
export * from "./digits.ts";
export * from "./law.ts";
export type { AnyCell, Geometry, RunCell } from "./run.ts";
export * from "./search.ts";
export * from "./trajectories.ts";
