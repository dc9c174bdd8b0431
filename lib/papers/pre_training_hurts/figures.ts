/**
 * Figures of pre-training-hurts: rows → figure.
 *
 * @module
 */
export * from "./figures_beyond.ts";
export * from "./figures_search.ts";
