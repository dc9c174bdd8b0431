/**
 * Figures of pre-training-hurts: rows → figure.
 *
 * @module
 */
export { activationLabel } from "./labels.ts";
export * from "./dynamics.ts";
export * from "./models.ts";
export * from "./scaling.ts";
export * from "./search.ts";
