import { EigenvalueDecomposition, Matrix as Table, QrDecomposition, SVD } from "ml-matrix";
import { checkInteger } from "../check.ts";
import { scaled } from "./_scale.ts";
import type { ThinSvd } from "../platform/mod.ts";
import { native } from "./backend.ts";
import { checkShapes, columns, type Matrix, shape } from "./matrix.ts";
import { multiplyTN } from "./multiply.ts";

/** `A = U diag(values) Vᵀ` with `k` singular values. */
export interface Svd {
  /** Left singular vectors, `m × k`, orthonormal columns. */
  readonly u: Matrix;
  /** Singular values, largest first. */
  readonly values: Float64Array;
  /** Right singular vectors, `n × k`, orthonormal columns. */
  readonly v: Matrix;
}

/** `A = V diag(values) Vᵀ`. */
export interface SymmetricEigen {
  /** Eigenvalues, largest first. */
  readonly values: Float64Array;
  /** Eigenvectors, `n × n`, orthonormal columns. */
  readonly vectors: Matrix;
}

/** `A = Q R`. */
export interface Qr {
  /** `m × k`, orthonormal columns. */
  readonly q: Matrix;
  /** `k × n`, zero below the diagonal, whose entries are ≥ 0. */
  readonly r: Matrix;
}

/**
 * Thin singular value decomposition `A = U S Vᵀ`, `k = min(m, n)`, or its `rank` leading terms.
 *
 * Convention: singular values largest first; in each column of `U` the entry of largest absolute
 * value (the first such) is positive, where rounding leaves it determined. Vectors of equal or of zero
 * values are any orthonormal basis: compare projectors. The error is `ε ‖A‖`, so that a singular
 * value far below `ε` times the largest has no correct digit.
 * Source: Golub and Kahan's bidiagonalisation with implicit QR (ml-matrix), or LAPACK's dgesdd.
 *
 * @param a `m × n`, finite; only read.
 * @param rank Number of terms wanted, `1 … min(m, n)`.
 * @throws {RangeError} If an entry is not finite, or `rank > min(m, n)`.
 * @throws {TypeError} If `a` is not a matrix.
 *
 * @example The best approximation of rank 1 keeps the larger of two directions.
 * ```ts
 * import { matrix, svd } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const { u, values, v } = svd(matrix(2, 3, [0, -5, 0, 3, 0, 0]), 1);
 * assertEquals([u.rows, u.columns, v.rows, v.columns], [2, 1, 3, 1]);
 * assertAlmostEquals(values[0], 5);
 * assertAlmostEquals(u.data[0] * values[0] * v.data[1], -5);
 * ```
 */
export function svd(a: Matrix, rank?: number): Svd {
  const what = "compute a singular value decomposition";
  const { data, factor } = scaled(what, "a", a);
  const { rows: m, columns: n } = a;
  const k = Math.min(m, n);
  if (rank !== undefined) checkInteger(`${what} of a ${shape(a)} matrix`, "rank", rank, 1, k);
  const thin = native()?.svd(data, m, n) ?? portableSvd(data, m, n);
  const result = {
    u: { rows: m, columns: k, data: thin.u },
    values: thin.values.map((x) => x * factor),
    v: { rows: n, columns: k, data: new Float64Array(n * k) },
  };
  for (let j = 0; j < k; j++) {
    const sign = orient(thin.u, j, k);
    for (let i = 0; i < n; i++) result.v.data[i * k + j] = sign * thin.vt[j * n + i];
  }
  if (rank === undefined || rank === k) return result;
  return {
    u: columns(result.u, 0, rank),
    values: result.values.slice(0, rank),
    v: columns(result.v, 0, rank),
  };
}

/** By ml-matrix; it leaves the order of the values to the order in which they converge. */
function portableSvd(data: Float64Array, m: number, n: number): ThinSvd {
  const result = new SVD(table(data, m, n), { autoTranspose: true });
  const k = Math.min(m, n), { diagonal } = result;
  const order = diagonal.map((_, j) => j).sort((i, j) => diagonal[j] - diagonal[i]);
  const left = result.leftSingularVectors, right = result.rightSingularVectors;
  const u = new Float64Array(m * k), vt = new Float64Array(k * n);
  order.forEach((from, j) => {
    for (let i = 0; i < m; i++) u[i * k + j] = left.get(i, from);
    for (let i = 0; i < n; i++) vt[j * n + i] = right.get(i, from);
  });
  return { u, values: Float64Array.from(order, (j) => diagonal[j]), vt };
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, `A = V diag(values) Vᵀ`.
 *
 * Convention: eigenvalues largest first; in each eigenvector the entry of largest absolute value
 * (the first such) is positive. Vectors of equal values are any orthonormal basis of their space.
 * The error is `ε ‖A‖`.
 * Source: Householder's tridiagonalisation with implicit QL (ml-matrix), or LAPACK's dsyevd.
 *
 * @param a `n × n`, finite, symmetric to `1e-12` of its largest entry; only read. The mean of `A` and
 * `Aᵀ` is decomposed.
 * @throws {RangeError} If an entry is not finite, or `a` is not symmetric.
 * @throws {TypeError} If `a` is not a square matrix.
 *
 * @example
 * ```ts
 * import { matrix, symmetricEigen } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { values, vectors } = symmetricEigen(matrix(2, 2, [0, 1, 1, 0]));
 * assertAlmostEquals(values[0], 1);
 * assertAlmostEquals(values[1], -1);
 * assertAlmostEquals(vectors.data[0], vectors.data[2]);
 * ```
 */
export function symmetricEigen(a: Matrix): SymmetricEigen {
  const what = "compute eigenvalues";
  const { data, factor } = scaled(what, "a", a);
  checkShapes(what, "a must be square", a.rows === a.columns, { a });
  const n = a.rows;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const below = data[i * n + j], above = data[j * n + i];
      if (Math.abs(below - above) > 2e-12) {
        throw new RangeError(
          `Cannot ${what} as a must be symmetric: current values of entry (${i}, ${j}) and its ` +
            `mirror are ${a.data[i * n + j]} and ${a.data[j * n + i]}`,
        );
      }
      data[i * n + j] = data[j * n + i] = 0.5 * (below + above);
    }
  }
  const { values, rows } = native()?.eigen(data, n) ?? portableEigen(data, n);
  const vectors = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const from = (n - 1 - j) * n;
    for (let i = 0; i < n; i++) vectors[i * n + j] = rows[from + i];
    orient(vectors, j, n);
  }
  return {
    values: values.reverse().map((x) => x * factor),
    vectors: { rows: n, columns: n, data: vectors },
  };
}

/** By ml-matrix: ascending, as LAPACK. */
function portableEigen(
  data: Float64Array,
  n: number,
): { values: Float64Array; rows: Float64Array } {
  const result = new EigenvalueDecomposition(table(data, n, n), { assumeSymmetric: true });
  const found = result.realEigenvalues, vectors = result.eigenvectorMatrix;
  const order = Array.from(found, (_, j) => j).sort((i, j) => found[i] - found[j]);
  const rows = new Float64Array(n * n);
  order.forEach((from, j) => {
    for (let i = 0; i < n; i++) rows[j * n + i] = vectors.get(i, from);
  });
  return { values: Float64Array.from(order, (j) => found[j]), rows };
}

/**
 * Thin QR decomposition `A = Q R`, `k = min(m, n)`: `Q` is `m × k`, `R` is `k × n`.
 *
 * Convention: the diagonal of `R` is ≥ 0, so that `Q` is what Gram–Schmidt would give (and a
 * Gaussian `A` gives a uniformly distributed frame). Columns that depend on earlier ones get some
 * orthonormal column of `Q` and a diagonal of order `ε ‖A‖`.
 * Source: Householder reflections (ml-matrix), or LAPACK's dgeqrf and dorgqr.
 *
 * @param a `m × n`, finite; only read.
 * @throws {RangeError} If an entry is not finite.
 * @throws {TypeError} If `a` is not a matrix.
 *
 * @example
 * ```ts
 * import { matrix, qr } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { q, r } = qr(matrix(2, 1, [-3, 4]));
 * assertAlmostEquals(r.data[0], 5);
 * assertAlmostEquals(q.data[0], -0.6);
 * ```
 */
export function qr(a: Matrix): Qr {
  const what = "compute a QR decomposition";
  const { data, factor } = scaled(what, "a", a);
  const { rows: m, columns: n } = a;
  if (m < n) {
    // Q of the leading square part carries the other columns too.
    const whole = { rows: m, columns: n, data };
    const { q, r: leading } = qr(columns(whole, 0, m));
    const r = multiplyTN(q, whole);
    for (let i = 0; i < m; i++) r.data.set(leading.data.subarray(i * m, i * m + m), i * n);
    return { q, r: { ...r, data: r.data.map((x) => x * factor) } };
  }
  const { q, r } = native()?.qr(data, m, n) ?? portableQr(data, m, n);
  for (let j = 0; j < n; j++) {
    if (r[j * n + j] >= 0) continue;
    for (let i = 0; i < m; i++) q[i * n + j] = -q[i * n + j];
    for (let i = j; i < n; i++) r[j * n + i] = -r[j * n + i];
  }
  return {
    q: { rows: m, columns: n, data: q },
    r: { rows: n, columns: n, data: r.map((x) => x * factor) },
  };
}

function portableQr(
  data: Float64Array,
  m: number,
  n: number,
): { q: Float64Array; r: Float64Array } {
  const result = new QrDecomposition(table(data, m, n));
  return {
    q: Float64Array.from(result.orthogonalMatrix.to1DArray()),
    r: Float64Array.from(result.upperTriangularMatrix.to1DArray()),
  };
}

/** A copy in ml-matrix's own form. */
function table(data: Float64Array, rows: number, columns: number): Table {
  const result = new Table(rows, columns);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result.set(i, j, data[at++]);
  }
  return result;
}

/** Makes the largest entry of column `j` positive; returns the sign that did. */
function orient(data: Float64Array, j: number, columns: number): number {
  let largest = 0;
  for (let at = j; at < data.length; at += columns) {
    if (Math.abs(data[at]) > Math.abs(largest)) largest = data[at];
  }
  if (largest >= 0) return 1;
  for (let at = j; at < data.length; at += columns) data[at] = -data[at];
  return -1;
}
