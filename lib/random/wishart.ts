import { checkFloats, checkInteger, checkWithin } from "../check.ts";
import { mostFreedom, type Stream } from "./stream.ts";

/** What a Wishart matrix is drawn from; every `Stream` is one. */
export type WishartDraws = Pick<Stream, "normal" | "chiSquare">;

/**
 * Lower-triangular factor of a Wishart matrix: `T Tᵀ ~ Wishart_p(I, dof)`.
 *
 * Law: `T_ij ~ N(0, 1)` below the diagonal, `T_ii² ~ χ²(dof − i)` (i from 0), all independent. For
 * whole `dof` this is the triangular factor of a Gaussian `p × dof` matrix, at a cost that does not
 * depend on `dof`.
 * Source: M. S. Bartlett, On the theory of statistical regression, Proc. R. Soc. Edinb. 53 (1933).
 *
 * @param rng Stream; `p(p − 1)/2` normals and `p` χ² are drawn.
 * @param dof Degrees of freedom, any real number from `p` to 1e15.
 * @param p Size of the matrix, at least 1.
 * @param out Where to write the factor, row-major; made when not given.
 * @throws {RangeError} If `p` is not an integer ≥ 1 or `dof` lies outside.
 * @throws {TypeError} If `out` is not a Float64Array of `p²` entries.
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
  rng: WishartDraws,
  dof: number,
  p: number,
  out?: Float64Array,
): Float64Array {
  checkInteger("draw a Wishart matrix", "p", p, 1);
  checkWithin("draw a Wishart matrix", "dof", dof, p, mostFreedom);
  const factor = out ?? new Float64Array(p * p);
  checkFloats("draw a Wishart matrix", "out", factor, p * p);
  factor.fill(0);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < i; j++) factor[i * p + j] = rng.normal();
    factor[i * p + i] = Math.sqrt(rng.chiSquare(dof - i));
  }
  return factor;
}

/**
 * A Wishart matrix `W ~ Wishart_p(I, dof)`, `p × p` row-major: `E W = dof·I`, and for whole `dof`
 * the law of `G Gᵀ` with `G` a Gaussian `p × dof` matrix.
 *
 * Law: `W = T Tᵀ` with the factor of {@linkcode bartlett}.
 * Source: Bartlett 1933.
 *
 * @param rng Stream; `p(p − 1)/2` normals and `p` χ² are drawn.
 * @param dof Degrees of freedom, any real number from `p` to 1e15.
 * @param p Size of the matrix, at least 1.
 * @param out Where to write the matrix; made when not given.
 * @throws {RangeError} If `p` is not an integer ≥ 1 or `dof` lies outside.
 * @throws {TypeError} If `out` is not a Float64Array of `p²` entries.
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
export function wishart(
  rng: WishartDraws,
  dof: number,
  p: number,
  out?: Float64Array,
): Float64Array {
  const matrix = bartlett(rng, dof, p, out);
  // From the last entry to the first: each takes the place of one that no other needs any more.
  for (let i = p - 1; i >= 0; i--) {
    for (let j = i; j >= 0; j--) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += matrix[i * p + k] * matrix[j * p + k];
      matrix[i * p + j] = sum;
      matrix[j * p + i] = sum;
    }
  }
  return matrix;
}
