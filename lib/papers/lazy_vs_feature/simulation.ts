/** The simulations of lazy-vs-feature; see the files that it names. */
export * from "./simulation_chain.ts";
export * from "./simulation_direct.ts";
export * from "./simulation_regression.ts";
export * from "./simulation_signs.ts";
