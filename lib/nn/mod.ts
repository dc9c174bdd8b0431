/**
 * Data for small networks.
 *
 * @module
 */
export { digits, type Labelled } from "./digits.ts";
