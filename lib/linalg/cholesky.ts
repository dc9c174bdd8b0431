import { checkFloats, checkInteger } from "../check.ts";

/** By how much rounding may make a matrix of this size asymmetric or indefinite. */
const slackAt = (largest: number) => Math.max(1e-8 * largest, 1e-300);

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
 * @param out Takes `L`, `n × n`, row-major; not `a` itself; made when not given.
 * @returns `L`.
 * @throws {RangeError} If `a` is not finite, not symmetric, or has a negative eigenvalue, beyond
 * 1e-8 of its largest diagonal entry.
 * @throws {TypeError} If `a` or `out` is not a Float64Array of `n²` entries, or both are the same.
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
  out?: Float64Array,
): Float64Array {
  const what = "factorise a matrix";
  checkInteger(what, "n", n, 1);
  checkFloats(what, "a", a, n * n);
  const root = out ?? new Float64Array(n * n);
  checkFloats(what, "out", root, n * n);
  if (a === root) throw new TypeError(`Cannot ${what} as out must not be a: they are the same`);
  const diagonal = new Float64Array(n);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    diagonal[i] = a[i * n + i];
    if (!(diagonal[i] >= 0 && diagonal[i] < Infinity)) {
      throw new RangeError(
        `Cannot ${what} as its diagonal must be finite and >= 0: ` +
          `current value of entry ${i} is ${diagonal[i]}`,
      );
    }
    largest = Math.max(largest, diagonal[i]);
  }
  const slack = slackAt(largest);
  checkOffDiagonal(what, a, n, slack);
  root.fill(0);
  const done = new Array<boolean>(n).fill(false);
  const floor = n * Number.EPSILON * largest;
  for (let k = 0; k < n; k++) {
    let pivot = -1;
    for (let i = 0; i < n; i++) {
      if (!done[i] && (pivot < 0 || diagonal[i] > diagonal[pivot])) pivot = i;
    }
    if (!(diagonal[pivot] > floor)) {
      checkRest(what, diagonal, done, slack);
      break;
    }
    done[pivot] = true;
    const top = Math.sqrt(diagonal[pivot]);
    root[pivot * n + k] = top;
    for (let i = 0; i < n; i++) {
      if (done[i]) continue;
      let sum = a[i * n + pivot];
      for (let j = 0; j < k; j++) sum -= root[i * n + j] * root[pivot * n + j];
      root[i * n + k] = sum / top;
      diagonal[i] -= root[i * n + k] ** 2;
    }
  }
  return root;
}

/** A semidefinite matrix is symmetric with `a_ij² ≤ a_ii a_jj`. */
function checkOffDiagonal(what: string, a: Float64Array, n: number, slack: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const value = a[i * n + j], bound = Math.sqrt(a[i * n + i]) * Math.sqrt(a[j * n + j]);
      if (!(Math.abs(value - a[j * n + i]) <= slack)) {
        throw new RangeError(
          `Cannot ${what} as it must be symmetric: ` +
            `current values of entry (${i}, ${j}) and its mirror are ${value} and ${a[j * n + i]}`,
        );
      }
      if (!(Math.abs(value) <= bound + slack)) {
        throw new RangeError(
          `Cannot ${what} as it must be positive semidefinite: current value of entry ` +
            `(${i}, ${j}) is ${value}, more than ${bound} which its diagonal allows`,
        );
      }
    }
  }
}

/** What is left of the diagonal when no pivot is left must not be negative beyond rounding. */
function checkRest(
  what: string,
  diagonal: Float64Array,
  done: readonly boolean[],
  slack: number,
): void {
  for (let i = 0; i < diagonal.length; i++) {
    if (done[i] || diagonal[i] >= -slack) continue;
    throw new RangeError(
      `Cannot ${what} as it must be positive semidefinite: ` +
        `current value of pivot ${i} is ${diagonal[i]}`,
    );
  }
}
