/** The simulations of lora-one; see the files that it names. */
export * from "./simulation_descent.ts";
export * from "./simulation_eigenbasis.ts";
export * from "./simulation_noise.ts";
export * from "./simulation_one_step.ts";
export * from "./simulation_population.ts";
export * from "./simulation_portrait.ts";
export * from "./simulation_relu.ts";
export * from "./simulation_digits.ts";
export * from "./simulation_network.ts";
export * from "./simulation_runs.ts";
