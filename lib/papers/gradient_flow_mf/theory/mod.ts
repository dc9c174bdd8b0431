/** The predictions of gradient-flow-mf; see the files that it names. */
export * from "./alignment.ts";
export * from "./energy.ts";
export * from "./escape.ts";
export * from "./escape_law.ts";
export * from "./exact_curves.ts";
export * from "./incremental.ts";
export * from "./riccati.ts";
export * from "./competition.ts";
export * from "./noise.ts";
export * from "./noise_leading.ts";
export * from "./noise_start.ts";
export * from "./rates.ts";
export * from "./excess_rank.ts";
export * from "./large_dimension.ts";
export * from "./preconditioned.ts";
export * from "./slow_tail.ts";
export * from "./tilted.ts";
