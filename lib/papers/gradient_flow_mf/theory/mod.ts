/** The predictions of gradient-flow-mf; see the files that it names. */
export * from "./competition.ts";
export * from "./noise.ts";
export * from "./noise_start.ts";
export * from "./rates.ts";
