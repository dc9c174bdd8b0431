/** The predictions of gradient-flow-mf; see the files that it names. */
export * from "./theory_escape.ts";
export * from "./theory_misaligned.ts";
export * from "./theory_plateau.ts";
export * from "./theory_riccati.ts";
export * from "./theory_split.ts";
