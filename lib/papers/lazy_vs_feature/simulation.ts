/** The simulations of lazy-vs-feature; see the files that it names. */
export * from "./simulation_chain.ts";
export * from "./simulation_controller.ts";
export * from "./simulation_direct.ts";
export * from "./simulation_direct_scratch.ts";
export * from "./simulation_exactness.ts";
export * from "./simulation_general.ts";
export * from "./simulation_inputs.ts";
export * from "./simulation_joint.ts";
export * from "./simulation_plane.ts";
export * from "./simulation_regression.ts";
export * from "./simulation_runs.ts";
export * from "./simulation_scratch.ts";
export * from "./simulation_signs.ts";
