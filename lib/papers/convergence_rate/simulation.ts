/** The simulations of convergence-rate; see the files that it names. */
export * from "./simulation_bounds.ts";
export * from "./simulation_courses.ts";
export * from "./simulation_descent.ts";
export * from "./simulation_digits.ts";
export * from "./simulation_fuzz.ts";
export * from "./simulation_local.ts";
export * from "./simulation_scalar.ts";
