/**
 * Random directions and Wishart matrices.
 *
 * @module
 */
import { checkFinite, checkInteger } from "../check.ts";
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
  const scale = 1 / Math.sqrt(square);
  for (let i = 0; i < d; i++) point[i] *= scale;
  return point;
}

/**
 * Lower-triangular factor of a Wishart matrix: `T Tᵀ ~ Wishart_p(I, dof)`.
 *
 * Law: `T_ij ~ N(0, 1)` below the diagonal, `T_ii² ~ χ²(dof − i)` (i from 0), all independent. For
 * whole `dof` this is the triangular factor of a Gaussian `p × dof` matrix, at a cost that does not
 * depend on `dof`.
 * Source: M. S. Bartlett, On the theory of statistical regression, Proc. R. Soc. Edinb. 53 (1933).
 *
 * @param rng Stream; `p(p − 1)/2` normals and `p` χ² are drawn.
 * @param dof Degrees of freedom, a real number ≥ `p`, at most 1e15.
 * @param p Size of the matrix, at least 1.
 * @param out Where to write the factor, row-major; made when not given.
 * @throws {RangeError} If `p` is not an integer ≥ 1, `dof < p`, or `out` has not `p²` entries.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { bartlett, stream } from "lora-dynamics/random/mod.ts";
 *
 * const factor = bartlett(stream("7", "gram"), 1000, 2);
 * assertEquals(factor[1], 0);
 * assert(Math.abs(factor[0] ** 2 / 1000 - 1) < 0.2);
 * ```
 */
export function bartlett(
  rng: Stream,
  dof: number,
  p: number,
  out: Float64Array = new Float64Array(p * p),
): Float64Array {
  checkInteger("draw a Wishart matrix", "p", p, 1);
  checkFinite("draw a Wishart matrix", "dof", dof);
  if (!(dof >= p)) {
    throw new RangeError(
      `Cannot draw a Wishart matrix as dof must be >= p = ${p}: current value is ${dof}`,
    );
  }
  if (out.length !== p * p) {
    throw new RangeError(
      `Cannot draw a Wishart matrix as out must have p² = ${p * p} entries: ` +
        `current value is ${out.length}`,
    );
  }
  out.fill(0);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < i; j++) out[i * p + j] = rng.normal();
    out[i * p + i] = Math.sqrt(rng.chiSquare(dof - i));
  }
  return out;
}

/**
 * A Wishart matrix `W ~ Wishart_p(I, dof)`, `p × p` row-major: `E W = dof·I`, and for whole `dof`
 * the law of `G Gᵀ` with `G` a Gaussian `p × dof` matrix.
 *
 * Law: `W = T Tᵀ` with the factor of {@linkcode bartlett}.
 * Source: Bartlett 1933.
 *
 * @param rng Stream; `p(p − 1)/2` normals and `p` χ² are drawn.
 * @param dof Degrees of freedom, a real number ≥ `p`, at most 1e15.
 * @param p Size of the matrix, at least 1.
 * @throws {RangeError} If `p` is not an integer ≥ 1 or `dof < p`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { stream, wishart } from "lora-dynamics/random/mod.ts";
 *
 * const gram = wishart(stream("7", "gram"), 1e9, 3);
 * assertEquals(gram[1], gram[3]);
 * assertEquals(Math.round(gram[0] / 1e8), 10);
 * ```
 */
export function wishart(rng: Stream, dof: number, p: number): Float64Array {
  const factor = bartlett(rng, dof, p);
  const matrix = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += factor[i * p + k] * factor[j * p + k];
      matrix[i * p + j] = sum;
      matrix[j * p + i] = sum;
    }
  }
  return matrix;
}
