/** The simulations of lora-one; see the files that it names. */
export * from "./descent.ts";
export * from "./digits/mod.ts";
export * from "./eigenbasis.ts";
export * from "./noise.ts";
export * from "./one_step.ts";
export * from "./population.ts";
export * from "./portrait.ts";
export * from "./relu.ts";
export * from "./runs.ts";
