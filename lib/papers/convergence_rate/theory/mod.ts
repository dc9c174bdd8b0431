/** The predictions of convergence-rate; see the files that it names. */
export * from "./bounds.ts";
export * from "./constant.ts";
export * from "./laboratory.ts";
export * from "./lemma.ts";
export * from "./local.ts";
export * from "./noise.ts";
export * from "./rates.ts";
export * from "./scale.ts";
