/**
 * Experiments of pre-training-hurts.
 *
 * @module
 */
export * from "./committee/courses.ts";
export * from "./committee/halving.ts";
export * from "./committee/parameters.ts";
export * from "./digits/search.ts";
export * from "./dimension/baselines.ts";
export * from "./dimension/exits.ts";
export * from "./dynamics/course_parameters.ts";
export * from "./dynamics/courses.ts";
export * from "./dynamics/search_rates.ts";
export * from "./dynamics/spectral.ts";
export * from "./dynamics/stability.ts";
export * from "./law/committee_exactness.ts";
export * from "./law/compare.ts";
export * from "./law/exactness.ts";
export * from "./law/parameters.ts";
export * from "./law/step_times.ts";
export * from "./misaligned/courses.ts";
export * from "./noise/assisted_search.ts";
export * from "./noise/batch_rules.ts";
export * from "./noise/floors.ts";
export * from "./noise/mode_growth.ts";
export * from "./noise/plateaus.ts";
export * from "./noise/step_ratio.ts";
export * from "./search/appendix.ts";
export { type ExitParameters, type ExitRow, exitTimeParameters } from "./search/exit_laws.ts";
export * from "./search/exit_times.ts";
export {
  type MapParameters,
  type MapRow,
  type Outcome,
  searchMapParameters,
} from "./search/map_places.ts";
export * from "./search/published_summary.ts";
export type { Family } from "./search/family.ts";
export type { SearchTarget, TimeUnit } from "./search/targets.ts";
export * from "./search/published_times.ts";
export * from "./search/search_map.ts";
export * from "./search/search_times.ts";
export * from "./search/trap_courses.ts";
export * from "./traps/curriculum.ts";
export * from "./traps/ends.ts";
