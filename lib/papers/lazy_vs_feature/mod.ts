/**
 * lazy-vs-feature: low-rank fine-tuning between lazy training and feature learning (dayi25a,
 * arXiv:2411.15385). Theory, chains that are exact in law, experiments, figures and claims.
 *
 * @module
 */
export * from "./claims.ts";
export * from "./experiments.ts";
export * from "./experiments_joint.ts";
export * from "./experiments_more.ts";
export * from "./experiments_times.ts";
export * from "./figures_bounds.ts";
export * from "./figures_chains.ts";
export * from "./figures_joint.ts";
export * from "./figures_regions.ts";
export * from "./predictions_bounds.ts";
export * from "./problem.ts";
export * from "./simulation.ts";
export * from "./theory.ts";
