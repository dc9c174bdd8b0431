/** The simulations on the digits; see the files that it names. */
export * from "./angles.ts";
export * from "./images.ts";
export * from "./methods.ts";
export * from "./network.ts";
export * from "./one_step.ts";
export * from "./training.ts";
export * from "./trajectories.ts";
