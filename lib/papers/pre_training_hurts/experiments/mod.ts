/** Experiments of the paper: parameters → rows → figure; see the files that it names. */
export * from "./dynamics.ts";
export * from "./runs.ts";
export * from "./figures/mod.ts";
