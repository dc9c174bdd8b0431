/** The simulations of gradient-flow-mf; see the files that it names. */
export * from "./descent.ts";
export * from "./descents.ts";
export * from "./flow.ts";
export * from "./hidden.ts";
export * from "./integrators.ts";
export * from "./preconditioner.ts";
export * from "./reduced.ts";
export * from "./reduction_run.ts";
export * from "./run.ts";
export * from "./tail_run.ts";
export * from "./tilted_run.ts";
