/** Descents of one form: `LoraDescent` and its relatives; see the files that it names. */
export * from "./descend.ts";
export * from "./descent.ts";
export * from "./dora_descent.ts";
export * from "./eigenbasis.ts";
export * from "./factor_descent.ts";
export * from "./middle_descent.ts";
export * from "./model.ts";
export * from "./optimiser.ts";
export * from "./reduced.ts";
