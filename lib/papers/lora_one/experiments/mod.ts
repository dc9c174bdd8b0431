/** Experiments of the paper: parameters → rows → figure; see the files that it names. */
export * from "./digits/mod.ts";
export * from "./label_noise.ts";
export * from "./runs.ts";
export * from "./figures/mod.ts";
