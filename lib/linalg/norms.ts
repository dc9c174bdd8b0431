import { powerOfTwo } from "./_scale.ts";
import { svd } from "./decompositions.ts";
import { checkFiniteMatrix, checkMatrix, checkShapes, type Matrix } from "./matrix.ts";

/**
 * Frobenius norm `(Σ a_ij²)^½`, without under- or overflow of the squares. NaN and ±∞ propagate.
 *
 * @param a `m × n`.
 * @throws {TypeError} If `a` is not a matrix.
 *
 * @example
 * ```ts
 * import { frobeniusNorm, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(frobeniusNorm(matrix(1, 2, [3, 4])), 5);
 * assertEquals(frobeniusNorm(matrix(1, 2, [3 * 2 ** -900, 4 * 2 ** -900])), 5 * 2 ** -900);
 * ```
 */
export function frobeniusNorm(a: Matrix): number {
  checkMatrix("compute a norm", "a", a);
  const plain = squares(a.data, 1);
  if (plain > 1e-280 && plain < Infinity) return Math.sqrt(plain);
  let largest = 0;
  for (const x of a.data) if (!(Math.abs(x) <= largest)) largest = Math.abs(x);
  if (largest === 0 || !(largest < Infinity)) return largest;
  const factor = powerOfTwo(largest);
  return factor * Math.sqrt(squares(a.data, 1 / factor));
}

/** Σ (factor x)², by four sums, since each addition waits for the one before. */
function squares(data: Float64Array, factor: number): number {
  const whole = data.length & ~3;
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  for (let i = 0; i < whole; i += 4) {
    s0 += (data[i] * factor) ** 2;
    s1 += (data[i + 1] * factor) ** 2;
    s2 += (data[i + 2] * factor) ** 2;
    s3 += (data[i + 3] * factor) ** 2;
  }
  for (let i = whole; i < data.length; i++) s0 += (data[i] * factor) ** 2;
  return s0 + s1 + (s2 + s3);
}

/**
 * Spectral norm: the largest singular value. Error `ε ‖A‖`.
 *
 * @param a `m × n`, finite.
 * @throws {RangeError} If an entry is not finite.
 * @throws {TypeError} If `a` is not a matrix.
 *
 * @example
 * ```ts
 * import { matrix, spectralNorm } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(spectralNorm(matrix(2, 2, [0, 2, -3, 0])), 3);
 * ```
 */
export function spectralNorm(a: Matrix): number {
  return svd(a).values[0];
}

const gram = new Float64Array(256), squared = new Float64Array(256);

/**
 * Upper bound of the spectral norm, sharp to rounding: the Schatten norm `(Σ_i σ_i^p)^{1/p}` of a
 * growing order `p = 2^k`, by squaring the Gram matrix until more squarings change nothing.
 *
 * For step sizes that must be certified: an iteration that stops early errs on the safe side, above.
 * With at most 16 rows or columns it costs about a microsecond and allocates nothing; larger matrices
 * take {@linkcode spectralNorm}. Error `+ few ε ‖A‖`.
 * Source: ours.
 *
 * @param a `m × n`, finite.
 * @throws {RangeError} If an entry is not finite.
 * @throws {TypeError} If `a` is not a matrix.
 *
 * @example
 * ```ts
 * import { matrix, spectralBound } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(spectralBound(matrix(2, 2, [0, 2, -3, 0])), 3, 1e-14);
 * ```
 */
export function spectralBound(a: Matrix): number {
  const factor = powerOfTwo(checkFiniteMatrix("bound a spectral norm", "a", a));
  const share = 1 / factor; // a power of two, too: a product with it is the quotient
  const { rows, columns, data } = a, k = Math.min(rows, columns);
  if (k > 16) return spectralNorm(a);
  // The Gram matrix of the smaller side: entry (i, j) sums over steps of `stride`.
  const wide = rows <= columns, depth = wide ? columns : rows;
  const first = wide ? columns : 1, stride = wide ? 1 : columns;
  let trace = 0;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let l = 0, x = i * first, y = j * first; l < depth; l++, x += stride, y += stride) {
        sum += (data[x] * share) * (data[y] * share);
      }
      gram[i * k + j] = gram[j * k + i] = sum;
    }
    trace += gram[i * k + i];
  }
  if (trace === 0) return 0;
  let log = 0, weight = 1;
  while (true) {
    log += weight * Math.log(trace);
    for (let i = 0; i < k * k; i++) gram[i] /= trace;
    // Of a matrix with trace 1: tr M² is Σ m_ij², and what it lacks of 1 is still to come.
    trace = 0;
    for (let i = 0; i < k * k; i++) trace += gram[i] * gram[i];
    weight /= 2;
    if (weight * (1 - trace) < 1e-17) return factor * Math.exp(log / 2);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) sum += gram[i * k + l] * gram[j * k + l];
        squared[i * k + j] = squared[j * k + i] = sum;
      }
    }
    gram.set(squared);
  }
}

/**
 * Nuclear norm: the sum of the singular values. Error `k ε ‖A‖` with `k = min(m, n)`.
 *
 * @param a `m × n`, finite.
 * @throws {RangeError} If an entry is not finite.
 * @throws {TypeError} If `a` is not a matrix.
 *
 * @example
 * ```ts
 * import { matrix, nuclearNorm } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(nuclearNorm(matrix(2, 2, [0, 2, -3, 0])), 5);
 * ```
 */
export function nuclearNorm(a: Matrix): number {
  return svd(a).values.reduceRight((sum, value) => sum + value, 0);
}

/**
 * Inner product `⟨A, B⟩ = Σ a_ij b_ij = tr AᵀB`, summed in four interleaved parts. NaN and ±∞
 * propagate.
 *
 * @param a `m × n`.
 * @param b `m × n`.
 * @throws {TypeError} If the shapes differ.
 *
 * @example
 * ```ts
 * import { innerProduct, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(innerProduct(matrix(1, 2, [1, 2]), matrix(1, 2, [3, 4])), 11);
 * ```
 */
export function innerProduct(a: Matrix, b: Matrix): number {
  const what = "compute an inner product";
  checkMatrix(what, "a", a);
  checkMatrix(what, "b", b);
  const same = a.rows === b.rows && a.columns === b.columns;
  checkShapes(what, "a and b must have the same shape", same, { a, b });
  const x = a.data, y = b.data, whole = x.length & ~3;
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  for (let i = 0; i < whole; i += 4) {
    s0 += x[i] * y[i];
    s1 += x[i + 1] * y[i + 1];
    s2 += x[i + 2] * y[i + 2];
    s3 += x[i + 3] * y[i + 3];
  }
  for (let i = whole; i < x.length; i++) s0 += x[i] * y[i];
  return s0 + s1 + (s2 + s3);
}
