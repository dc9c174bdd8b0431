/** The predictions of gradient-flow-mf; see the files that it names. */
export * from "./escape.ts";
export * from "./misaligned.ts";
export * from "./plateau.ts";
export * from "./riccati.ts";
export * from "./split.ts";
