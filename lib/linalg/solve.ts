import { checkFiniteMatrix, checkShapes, type Matrix, matrix } from "./matrix.ts";

/**
 * Lower-triangular `L` with `L Lᵀ = A` for a symmetric positive definite matrix.
 *
 * Only the lower triangle of `A` is read. A pivot counts as zero below `n ε` times its diagonal
 * entry, so that the verdict does not depend on units. Error: `n ε ‖A‖` in `L Lᵀ`.
 * For semidefinite matrices see {@link semidefiniteRoot}. Source: Cholesky, by rows.
 *
 * @param a `n × n`, finite; only read.
 * @returns `n × n`, zero above the diagonal.
 * @throws {RangeError} If an entry is not finite, or `a` is not positive definite to rounding.
 * @throws {TypeError} If `a` is not a square matrix.
 *
 * @example
 * ```ts
 * import { cholesky, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(cholesky(matrix(2, 2, [4, 2, 2, 5])), matrix(2, 2, [2, 0, 1, 2]));
 * ```
 */
export function cholesky(a: Matrix): Matrix {
  const what = "factorise a matrix";
  checkFiniteMatrix(what, "a", a);
  checkShapes(what, "a must be square", a.rows === a.columns, { a });
  const n = a.rows, result = matrix(n, n), l = result.data;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a.data[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      if (j < i) {
        l[i * n + j] = sum / l[j * n + j];
      } else if (sum > n * Number.EPSILON * a.data[i * n + i]) {
        l[i * n + i] = Math.sqrt(sum);
      } else {
        throw new RangeError(
          `Cannot ${what} as a must be positive definite: current value of pivot ${i} is ${sum} ` +
            `where the diagonal is ${a.data[i * n + i]}`,
        );
      }
    }
  }
  return result;
}

/**
 * Solution `X` of `A X = B` for a symmetric positive definite `A`, for instance `A = BBᵀ + λI` of a
 * preconditioned step.
 *
 * Source: {@link cholesky} and two triangular solves.
 *
 * @param a `n × n`, finite; only the lower triangle is read.
 * @param b `n × p`, finite.
 * @returns `n × p`.
 * @throws {RangeError} If an entry is not finite, or `a` is not positive definite to rounding.
 * @throws {TypeError} If the shapes do not match.
 *
 * @example
 * ```ts
 * import { matrix, solvePositive } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const x = solvePositive(matrix(2, 2, [2, 1, 1, 2]), matrix(2, 1, [3, 3]));
 * assertAlmostEquals(x.data[0], 1);
 * assertAlmostEquals(x.data[1], 1);
 * ```
 */
export function solvePositive(a: Matrix, b: Matrix): Matrix {
  const what = "solve a linear system";
  checkFiniteMatrix(what, "b", b);
  checkShapes(what, "a must have as many rows as b", a.rows === b.rows, { a, b });
  const l = cholesky(a).data, n = a.rows, p = b.columns;
  const x = matrix(n, p, b.data.slice());
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) addRow(x.data, p, i, -l[i * n + k], k);
    divideRow(x.data, p, i, l[i * n + i]);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) addRow(x.data, p, i, -l[k * n + i], k);
    divideRow(x.data, p, i, l[i * n + i]);
  }
  return x;
}

/**
 * Solution `X` of `X A = B` for a symmetric positive definite `A`: `B A⁻¹` without the inverse.
 *
 * Source: {@link cholesky} and two triangular solves for each row of `B`.
 *
 * @param b `p × n`, finite.
 * @param a `n × n`, finite; only the lower triangle is read.
 * @returns `p × n`.
 * @throws {RangeError} If an entry is not finite, or `a` is not positive definite to rounding.
 * @throws {TypeError} If the shapes do not match.
 *
 * @example
 * ```ts
 * import { matrix, solvePositiveRight } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const x = solvePositiveRight(matrix(1, 2, [3, 3]), matrix(2, 2, [2, 1, 1, 2]));
 * assertAlmostEquals(x.data[0], 1);
 * assertAlmostEquals(x.data[1], 1);
 * ```
 */
export function solvePositiveRight(b: Matrix, a: Matrix): Matrix {
  const what = "solve a linear system";
  checkFiniteMatrix(what, "b", b);
  checkShapes(what, "a must have as many columns as b", a.columns === b.columns, { b, a });
  const l = cholesky(a).data, n = a.rows;
  const x = matrix(b.rows, n, b.data.slice());
  for (let row = 0; row < b.rows; row++) {
    const y = x.data.subarray(row * n, (row + 1) * n);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) y[i] -= l[i * n + k] * y[k];
      y[i] /= l[i * n + i];
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) y[i] -= l[k * n + i] * y[k];
      y[i] /= l[i * n + i];
    }
  }
  return x;
}

/**
 * Solution `X` of `A X = B` for any regular square matrix.
 *
 * A pivot counts as zero below `n ε` times the largest entry of its column in `A`. The residual is of
 * order `n ε ‖A‖ ‖X‖`. Source: Gauss's elimination with row pivoting.
 *
 * @param a `n × n`, finite; only read.
 * @param b `n × p`, finite; only read.
 * @returns `n × p`.
 * @throws {RangeError} If an entry is not finite, or `a` is singular to rounding.
 * @throws {TypeError} If the shapes do not match.
 *
 * @example
 * ```ts
 * import { matrix, solve } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const x = solve(matrix(2, 2, [0, 2, 1, 1]), matrix(2, 1, [4, 5]));
 * assertEquals([...x.data], [3, 2]);
 * ```
 */
export function solve(a: Matrix, b: Matrix): Matrix {
  const what = "solve a linear system";
  checkFiniteMatrix(what, "a", a);
  checkFiniteMatrix(what, "b", b);
  checkShapes(what, "a must be square", a.rows === a.columns, { a });
  checkShapes(what, "a must have as many rows as b", a.rows === b.rows, { a, b });
  const n = a.rows, p = b.columns, u = a.data.slice();
  const x = matrix(n, p, b.data.slice());
  for (let k = 0; k < n; k++) {
    let largest = 0, pivot = k;
    for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(a.data[i * n + k]));
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(u[i * n + k]) > Math.abs(u[pivot * n + k])) pivot = i;
    }
    const value = u[pivot * n + k];
    if (!(Math.abs(value) > n * Number.EPSILON * largest)) {
      throw new RangeError(
        `Cannot ${what} as a must be regular: current value of pivot ${k} is ${value} ` +
          `where the largest entry of its column is ${largest}`,
      );
    }
    swapRows(u, n, k, pivot);
    swapRows(x.data, p, k, pivot);
    for (let i = k + 1; i < n; i++) {
      const factor = -u[i * n + k] / value;
      if (factor === 0) continue;
      addRow(u, n, i, factor, k);
      addRow(x.data, p, i, factor, k);
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) addRow(x.data, p, i, -u[i * n + k], k);
    divideRow(x.data, p, i, u[i * n + i]);
  }
  return x;
}

/** Row `to` += factor · row `from`. */
function addRow(data: Float64Array, columns: number, to: number, factor: number, from: number) {
  for (let j = 0; j < columns; j++) data[to * columns + j] += factor * data[from * columns + j];
}

function divideRow(data: Float64Array, columns: number, row: number, by: number): void {
  for (let j = row * columns; j < (row + 1) * columns; j++) data[j] /= by;
}

function swapRows(data: Float64Array, columns: number, i: number, j: number): void {
  if (i === j) return;
  const row = data.slice(i * columns, (i + 1) * columns);
  data.copyWithin(i * columns, j * columns, (j + 1) * columns);
  data.set(row, j * columns);
}
