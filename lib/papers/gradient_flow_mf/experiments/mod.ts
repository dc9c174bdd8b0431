/** Experiments of the paper: parameters → rows → figure; see the files that it names. */
export { type CourseRow, type ProblemParameter, startSeeds } from "./_physics.ts";
export * from "./collapse.ts";
export * from "./courses.ts";
export * from "./final_errors.ts";
export * from "./competition.ts";
export * from "./competition_map.ts";
export * from "./slowed_adapter.ts";
export * from "./last_layer.ts";
export * from "./linear_digits.ts";
export * from "./network_digits.ts";
export * from "./main_figure.ts";
export * from "./dimension.ts";
export * from "./excess_rank.ts";
export * from "./preconditioning.ts";
export * from "./reduction.ts";
export * from "./slow_tail.ts";
export * from "./tilted.ts";
export * from "./tilted_starts.ts";
