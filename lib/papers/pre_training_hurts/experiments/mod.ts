/**
 * Experiments of pre-training-hurts.
 *
 * @module
 */
export * from "./dynamics/courses.ts";
export * from "./dynamics/search_rates.ts";
export * from "./dynamics/spectral.ts";
export * from "./dynamics/stability.ts";
export * from "./misaligned/courses.ts";
export * from "./search/search_times.ts";
export * from "./search/trap_courses.ts";
export * from "./search/exit_times.ts";
export * from "./search/published_times.ts";
export * from "./traps/curriculum.ts";
export * from "./traps/ends.ts";
