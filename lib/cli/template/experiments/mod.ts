/**
 * One file per figure: parameters, rows, drawing.
 *
 * @module
 */
export { type HalfTimeRow, halfTimes, halfTimesParameters } from "./half_times.ts";
