/** What is left of each row, and what counts as zero: the same room for every call. */
let left = new Float64Array(8), floor = new Float64Array(8);

/**
 * Square root `L Lᵀ = A` of a Gram matrix whose first rows come first: they use the first columns
 * only, the others what is left.
 *
 * Cholesky with diagonal pivoting inside either group. What is left of a row below rounding counts as
 * zero, so that vectors may depend on each other: `n · ε` of the largest square of the first rows,
 * which belong together, and of its own square for every other row, since these may have any lengths.
 * For `first = n` this is `semidefiniteRoot` without its checks.
 *
 * @param a Gram matrix, `n × n`, row-major; only read.
 * @param out Takes `L`, `n × n`.
 */
export function gramRoot(a: Float64Array, n: number, first: number, out: Float64Array): void {
  if (left.length < n) [left, floor] = [new Float64Array(n), new Float64Array(n)];
  let largest = 0;
  for (let i = 0; i < n; i++) {
    left[i] = a[i * n + i];
    if (i < first) largest = Math.max(largest, left[i]);
    else floor[i] = n * Number.EPSILON * left[i];
  }
  for (let i = 0; i < first; i++) floor[i] = n * Number.EPSILON * largest;
  for (let i = 0; i < n * n; i++) out[i] = 0;
  for (let k = 0; k < n; k++) {
    let pivot = best(0, first);
    if (pivot < 0) pivot = best(first, n);
    if (pivot < 0) return;
    const top = Math.sqrt(left[pivot]);
    left[pivot] = -Infinity;
    out[pivot * n + k] = top;
    for (let i = 0; i < n; i++) {
      if (left[i] === -Infinity) continue;
      let sum = a[i * n + pivot];
      for (let j = 0; j < k; j++) sum -= out[i * n + j] * out[pivot * n + j];
      out[i * n + k] = sum / top;
      left[i] -= out[i * n + k] ** 2;
    }
  }
}

/** The row with most left, of rows `from … to − 1`; −1 when nothing is left. */
function best(from: number, to: number): number {
  let pivot = -1;
  for (let i = from; i < to; i++) {
    if (left[i] > floor[i] && (pivot < 0 || left[i] > left[pivot])) pivot = i;
  }
  return pivot;
}
