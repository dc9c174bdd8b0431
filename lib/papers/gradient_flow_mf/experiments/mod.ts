/** Experiments of the paper: parameters → rows → figure; see the files that it names. */
export { type CourseRow, type ProblemParameter, startSeeds } from "./_physics.ts";
export * from "./alignment_bounds.ts";
export * from "./competition.ts";
export * from "./competition_map.ts";
export * from "./courses.ts";
export * from "./decomposition_sizes.ts";
export * from "./final_errors.ts";
export * from "./linear_parts.ts";
export * from "./local_bounds.ts";
export * from "./local_phase.ts";
export * from "./slowed_adapter.ts";
export * from "./spectral_phases.ts";
export * from "./stated_constants.ts";
export * from "./weights_only.ts";
