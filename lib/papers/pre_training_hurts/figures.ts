/**
 * Figures of pre-training-hurts: rows → figure.
 *
 * @module
 */
export { activationLabel } from "./figures_labels.ts";
export * from "./figures_dynamics.ts";
export * from "./figures_models.ts";
export * from "./figures_scaling.ts";
export * from "./figures_search.ts";
