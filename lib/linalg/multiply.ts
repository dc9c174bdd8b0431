import { homeOf, packing, scratch } from "./_home.ts";
import { native } from "./backend.ts";
import { allSingle, checkShapes, type Floats, type Matrix, output } from "./matrix.ts";

/** Number of multiplications below which a loop is done before the kernel has its copies. */
const few = 1500;

/**
 * Product `A B`.
 *
 * Law: `out_ij = Σ_k a_ik b_kj`, summed in the order of k: the bits do not depend on where the
 * matrices live. (The native backend agrees to rounding.) NaN and ±∞ propagate. Matrices in single
 * precision have a product and sums in single precision.
 * Cost: `2 m n k` operations. Source: ours, the 4 × 4 tile of the kernels.
 *
 * @param a `m × k`.
 * @param b `k × n`.
 * @param out Takes the result, `m × n`; may not share memory with `a` or `b`.
 * @returns `out`, or a new matrix.
 * @throws {TypeError} If shapes or precisions do not match, or `out` overlaps an argument.
 *
 * @example
 * ```ts
 * import { matrix, multiply } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const b = matrix(2, 1, [1, 2]), a = matrix(1, 3, [3, 4, 5]);
 * assertEquals(multiply(b, a), matrix(2, 3, [3, 4, 5, 6, 8, 10]));
 * ```
 */
export function multiply<F extends Floats = Float64Array>(
  a: Matrix<F>,
  b: Matrix<F>,
  out?: Matrix<F>,
): Matrix<F> {
  return product("multiply matrices", a, false, b, false, out);
}

/**
 * Product `Aᵀ B` without forming the transpose. See {@link multiply} for law and cost.
 *
 * @param a `k × m`.
 * @param b `k × n`.
 * @param out Takes the result, `m × n`; may not share memory with `a` or `b`.
 * @returns `out`, or a new matrix.
 * @throws {TypeError} If shapes or precisions do not match, or `out` overlaps an argument.
 *
 * @example The Gram matrix of two columns.
 * ```ts
 * import { matrix, multiplyTN } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const u = matrix(3, 2, [1, 0, 0, 2, 0, 1]);
 * assertEquals(multiplyTN(u, u), matrix(2, 2, [1, 0, 0, 5]));
 * ```
 */
export function multiplyTN<F extends Floats = Float64Array>(
  a: Matrix<F>,
  b: Matrix<F>,
  out?: Matrix<F>,
): Matrix<F> {
  return product("multiply a transpose by a matrix", a, true, b, false, out);
}

/**
 * Product `A Bᵀ` without forming the transpose. See {@link multiply} for law and cost.
 *
 * @param a `m × k`.
 * @param b `n × k`.
 * @param out Takes the result, `m × n`; may not share memory with `a` or `b`.
 * @returns `out`, or a new matrix.
 * @throws {TypeError} If shapes or precisions do not match, or `out` overlaps an argument.
 *
 * @example The low-rank product U Vᵀ.
 * ```ts
 * import { matrix, multiplyNT } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const u = matrix(2, 1, [1, 2]), v = matrix(2, 1, [3, 4]);
 * assertEquals(multiplyNT(u, v), matrix(2, 2, [3, 4, 6, 8]));
 * ```
 */
export function multiplyNT<F extends Floats = Float64Array>(
  a: Matrix<F>,
  b: Matrix<F>,
  out?: Matrix<F>,
): Matrix<F> {
  return product("multiply a matrix by a transpose", a, false, b, true, out);
}

function product<F extends Floats>(
  what: string,
  a: Matrix<F>,
  aTransposed: boolean,
  b: Matrix<F>,
  bTransposed: boolean,
  out: Matrix<F> | undefined,
): Matrix<F> {
  const single = allSingle(what, a, b);
  const m = aTransposed ? a.columns : a.rows, k = aTransposed ? a.rows : a.columns;
  const n = bTransposed ? b.rows : b.columns;
  const sides = `the ${aTransposed ? "rows" : "columns"} of a must be as many as the ` +
    `${bTransposed ? "columns" : "rows"} of b`;
  checkShapes(what, sides, k === (bTransposed ? b.columns : b.rows), { a, b });
  const c = output(what, out, m, n, [a, b]);
  const size = m * n * k;
  const library = size > few ? native() : undefined;
  if (library) {
    library.gemm(
      aTransposed,
      bTransposed,
      m,
      n,
      k,
      a.data,
      a.columns,
      b.data,
      b.columns,
      c.data,
      0,
    );
    return c;
  }
  // Steps in entries: from row to row and from column to column of the factors as multiplied.
  const aRow = aTransposed ? 1 : k, aColumn = aTransposed ? m : 1;
  const bRow = bTransposed ? 1 : n, bColumn = bTransposed ? k : 1;
  c.data.fill(0);
  if (size <= few || m === 1 || n === 1) {
    loop(m, n, k, a.data, aRow, aColumn, b.data, bRow, bColumn, c.data);
    return c;
  }
  const home = homeOf(c, a, b);
  const kernels = home?.kernels ?? scratch(m * k + k * n + m * n + packing);
  const bytes = single ? 4 : 8, start = kernels.heap;
  const aAt = home ? a.data.byteOffset : start;
  const bAt = home ? b.data.byteOffset : start + bytes * m * k;
  const cAt = home ? c.data.byteOffset : start + bytes * (m * k + k * n);
  const work = home ? 8 * home.free : start + bytes * (m * k + k * n + m * n);
  const { buffer } = kernels.floats;
  const numbers = home ? c.data : single ? new Float32Array(buffer) : kernels.floats;
  if (!home) {
    numbers.set(a.data, aAt / bytes);
    numbers.set(b.data, bAt / bytes);
    numbers.fill(0, cAt / bytes, cAt / bytes + m * n);
  }
  const gemm = single ? kernels.gemmSingle : kernels.gemm;
  // deno-fmt-ignore
  gemm(m, n, k, aAt, bytes * aRow, bytes * aColumn, bAt, bytes * bRow, bytes * bColumn, cAt, work);
  if (!home) c.data.set(numbers.subarray(cAt / bytes, cAt / bytes + m * n));
  return c;
}

/** `C += A B` as loops, the sums in the order of k. */
function loop(
  m: number,
  n: number,
  depth: number,
  a: Floats,
  aRow: number,
  aColumn: number,
  b: Floats,
  bRow: number,
  bColumn: number,
  c: Floats,
): void {
  for (let i = 0; i < m; i++) {
    for (let k = 0; k < depth; k++) {
      const x = a[i * aRow + k * aColumn];
      for (let j = 0, at = k * bRow; j < n; j++, at += bColumn) c[i * n + j] += x * b[at];
    }
  }
}
