/** The simulations of convergence-rate; see the files that it names. */
export * from "./bounds.ts";
export * from "./courses.ts";
export * from "./descent.ts";
export * from "./digits.ts";
export * from "./fuzz.ts";
export * from "./local.ts";
export * from "./scalar.ts";
