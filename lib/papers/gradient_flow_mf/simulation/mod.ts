/** The simulations of gradient-flow-mf; see the files that it names. */
export * from "./bridge_run.ts";
export * from "./descent.ts";
export * from "./descents.ts";
export * from "./flow.ts";
export * from "./hidden.ts";
export * from "./preconditioner.ts";
export * from "./reduced.ts";
export * from "./integrators.ts";
export * from "./images.ts";
export * from "./labelled.ts";
export * from "./last_layer.ts";
export * from "./linear_bridge.ts";
export * from "./network_digits.ts";
export * from "./pretrained.ts";
export * from "./run.ts";
