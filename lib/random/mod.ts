/**
 * Random draws from streams that are named by what they are for: the same on every engine and
 * machine, whatever the order or the number of workers.
 *
 * @example The mean and the variance of a million draws, within four standard errors; another stream, named
 * by what it is for, does not depend on how many were drawn here.
 * ```ts
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const n = 1e6, x = stream("7", "inputs").fillNormal(new Float64Array(n));
 * const mean = x.reduce((sum, value) => sum + value) / n;
 * const variance = x.reduce((sum, value) => sum + value * value, 0) / n;
 * assert(Math.abs(mean) < 4 / Math.sqrt(n));
 * assert(Math.abs(variance - 1) < 4 * Math.sqrt(2 / n));
 * assertEquals(stream("7", "labels", 3).normal(), stream("7", "labels", 3).normal());
 * ```
 *
 * @module
 */
export { permutation } from "./permutation.ts";
export { portable, type PortableDraws } from "./portable.ts";
export type { PathStep } from "./seed.ts";
export { sphere } from "./sphere.ts";
export { Stream, stream } from "./stream.ts";
export { bartlett, wishart, type WishartDraws } from "./wishart.ts";
