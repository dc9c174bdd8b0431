/** Experiments of the paper: parameters → rows → figure; see the files that it names. */
export * from "./bounds.ts";
export * from "./dimension_times.ts";
export * from "./joint.ts";
export { activationLabel } from "./labels.ts";
export * from "./more.ts";
export * from "./runs.ts";
export * from "./times.ts";
export * from "./figures/bounds.ts";
export * from "./figures/chains.ts";
export * from "./figures/joint.ts";
export * from "./figures/regions.ts";
