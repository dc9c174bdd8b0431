/**
 * Random draws from streams that are named by what they are for: the same on every engine and
 * machine, whatever the order or the number of workers.
 *
 * @module
 */
export { permutation } from "./permutation.ts";
export { portable, type PortableDraws } from "./portable.ts";
export type { PathStep } from "./seed.ts";
export { sphere } from "./sphere.ts";
export { Stream, stream } from "./stream.ts";
export { bartlett, wishart, type WishartDraws } from "./wishart.ts";
