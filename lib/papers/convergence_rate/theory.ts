/** The predictions of convergence-rate; see the files that it names. */
export * from "./theory_bounds.ts";
export * from "./theory_constant.ts";
export * from "./theory_laboratory.ts";
export * from "./theory_lemma.ts";
export * from "./theory_local.ts";
export * from "./theory_rates.ts";
export * from "./theory_scale.ts";
