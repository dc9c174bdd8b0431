import { checkInteger } from "../check.ts";
import type { Stream } from "./stream.ts";

/**
 * A point uniform on the unit sphere of ℝᵈ.
 *
 * Law: `g / ‖g‖` with `g ~ N(0, I_d)`; in d = 1 this is ±1.
 * Source: standard (rotation invariance of the normal law).
 *
 * @param rng Stream; `d` normals are drawn.
 * @param d Dimension, at least 1.
 * @throws {RangeError} If `d` is not an integer ≥ 1.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { sphere, stream } from "lora-dynamics/random/mod.ts";
 *
 * const w = sphere(stream("7", "teacher"), 100);
 * assertAlmostEquals(Math.hypot(...w), 1, 1e-15);
 * ```
 */
export function sphere(rng: Stream, d: number): Float64Array {
  checkInteger("draw a point of the sphere", "d", d, 1);
  const point = rng.fillNormal(new Float64Array(d));
  let square = 0;
  for (let i = 0; i < d; i++) square += point[i] * point[i];
  const norm = Math.sqrt(square);
  for (let i = 0; i < d; i++) point[i] /= norm;
  return point;
}
