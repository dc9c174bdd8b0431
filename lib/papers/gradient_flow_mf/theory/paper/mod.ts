/** The statements of the paper as functions, in its symbols; see the files that it names. */
export * from "./alignment_bounds.ts";
export * from "./claim_3_1.ts";
export * from "./constants.ts";
export * from "./decomposition.ts";
export * from "./inconsistencies.ts";
export * from "./lemmas.ts";
export * from "./relations.ts";
export * from "./statements.ts";
export * from "./symbols.ts";
export * from "./theorem_3_2.ts";
export * from "./theorem_4_1.ts";
export * from "./theorem_g1.ts";
