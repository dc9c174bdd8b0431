/** The simulations of gradient-flow-mf; see the files that it names. */
export * from "./descent.ts";
export * from "./descents.ts";
export * from "./escape_run.ts";
export * from "./flow.ts";
export * from "./hidden.ts";
export * from "./preconditioner.ts";
export * from "./reduced.ts";
export * from "./integrators.ts";
export * from "./run.ts";
