/** The simulations of convergence-rate; see the files that it names. */
export * from "./allowed_steps.ts";
export * from "./bounds.ts";
export * from "./courses.ts";
export * from "./descend.ts";
export * from "./descent.ts";
export * from "./digits.ts";
export * from "./kappa_search.ts";
export * from "./lemma_fuzz.ts";
export * from "./log_steps.ts";
export * from "./long.ts";
export * from "./minimum.ts";
export * from "./noisy.ts";
export * from "./scalar.ts";
export * from "./slope_step.ts";
export * from "./step_fuzz.ts";
export * from "./worst_case.ts";
