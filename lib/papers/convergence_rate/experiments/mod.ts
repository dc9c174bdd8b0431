/** Experiments of the paper: parameters → rows → figure; see the files that it names. */
export * from "./figures.ts";
export * from "./phase_diagram.ts";
export * from "./runs.ts";
