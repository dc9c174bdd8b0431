/** The simulations of gradient-flow-mf; see the files that it names. */
export * from "./simulation_digits.ts";
export * from "./simulation_flow.ts";
export * from "./simulation_reduced.ts";
export * from "./simulation_runs.ts";
