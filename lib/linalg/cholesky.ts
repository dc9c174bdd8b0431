/**
 * Lower-triangular-up-to-order square root `L Lᵀ = A` of a symmetric positive *semi*definite matrix.
 *
 * Cholesky with diagonal pivoting; pivots below rounding (`n · ε · max diag`) count as zero, so that
 * singular matrices are factorised instead of refused. Rows keep the order of `A`: `L` is triangular
 * only up to that order, which does not matter where any square root will do.
 *
 * Source: Higham, Accuracy and Stability of Numerical Algorithms, §10.3 (complete pivoting).
 *
 * @param a Symmetric matrix, `n × n`, row-major; only read.
 * @param n Number of rows.
 * @param out Takes `L`, `n × n`, row-major.
 * @returns `out`.
 *
 * @example A matrix of rank one.
 * ```ts
 * import { semidefiniteRoot } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const l = semidefiniteRoot(Float64Array.of(4, 2, 2, 1), 2);
 * assertEquals([...l], [2, 0, 1, 0]);
 * ```
 */
export function semidefiniteRoot(
  a: Float64Array,
  n: number,
  out: Float64Array = new Float64Array(n * n),
): Float64Array {
  if (a.length !== n * n || out.length !== n * n) {
    throw new TypeError(
      `Cannot factorise a matrix as a and out must have n² = ${n * n} entries: ` +
        `current lengths are ${a.length} and ${out.length}`,
    );
  }
  const diagonal = new Float64Array(n);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    diagonal[i] = a[i * n + i];
    if (!(diagonal[i] >= 0 && diagonal[i] < Infinity)) {
      throw new RangeError(
        `Cannot factorise a matrix as its diagonal must be finite and >= 0: ` +
          `current value of entry ${i} is ${diagonal[i]}`,
      );
    }
    largest = Math.max(largest, diagonal[i]);
  }
  out.fill(0);
  const done = new Uint8Array(n);
  const floor = n * Number.EPSILON * largest;
  for (let k = 0; k < n; k++) {
    let pivot = -1;
    for (let i = 0; i < n; i++) {
      if (!done[i] && (pivot < 0 || diagonal[i] > diagonal[pivot])) pivot = i;
    }
    if (!(diagonal[pivot] > floor)) break;
    done[pivot] = 1;
    const root = Math.sqrt(diagonal[pivot]);
    out[pivot * n + k] = root;
    for (let i = 0; i < n; i++) {
      if (done[i]) continue;
      let sum = a[i * n + pivot];
      for (let j = 0; j < k; j++) sum -= out[i * n + j] * out[pivot * n + j];
      out[i * n + k] = sum / root;
      diagonal[i] -= out[i * n + k] ** 2;
    }
  }
  return out;
}
