/**
 * Runs; nothing here knows the predictions.
 *
 * @module
 */
export { type DescentCell, descentHalfTime, type DescentRow, descents } from "./descent.ts";
