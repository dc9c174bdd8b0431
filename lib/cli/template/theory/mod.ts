/**
 * Predictions; nothing here knows the simulations.
 *
 * @module
 */
export { halfTime, learntShare, meanHalfTime, stepDelay } from "./escape.ts";
