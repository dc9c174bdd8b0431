/** The simulations of gradient-flow-mf; see the files that it names. */
export * from "./digits.ts";
export * from "./flow.ts";
export { type ImageChange, imageChange } from "./images.ts";
export * from "./network_digits.ts";
export * from "./reduced.ts";
export * from "./runs.ts";
