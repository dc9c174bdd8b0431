/**
 * Random draws from streams that are named by what they are for: the same on every engine and
 * machine, whatever the order or the number of workers.
 *
 * @module
 */
export { bartlett, sphere, wishart } from "./matrix.ts";
export { permutation } from "./permutation.ts";
export type { PathStep } from "./seed.ts";
export { Stream, stream } from "./stream.ts";
