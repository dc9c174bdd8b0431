import { checkInteger, checkKeys, checkOneOf } from "../check.ts";
import { homeOf } from "./_home.ts";
import { checkMatrix, checkShapes, type Matrix, output } from "./matrix.ts";

/** Which factor of a product is transposed. */
export interface ManyProductsOptions {
  /** `"a"`: `Aᵀ B`; `"b"`: `A Bᵀ`; none by default. */
  readonly transpose?: "a" | "b";
}

/**
 * Prepares `C ← C + A B` for many small matrices of the same shapes at once, one product for each of
 * `lanes` runs.
 *
 * An `m × n` matrix of every run is one matrix with `m` rows and `n · lanes` columns: entry (i, j) of
 * run `l` stands in column `j · lanes + l`. Vector instructions then serve neighbouring runs, where a
 * single product of this size would leave them idle.
 *
 * Law: `c_ij ← c_ij + a_i1 b_1j + a_i2 b_2j + …`, added in this order: the bits do not depend on where the
 * matrices live, nor on `lanes`. NaN and ±∞ propagate within their run.
 * Cost: `2 m n k` operations a run; within one workspace up to eight times those of a loop in a time.
 *
 * @param lanes Number of runs, a multiple of 4.
 * @param a The matrices `A`, `m × k` each.
 * @param b The matrices `B`, `k × n` each.
 * @param out The matrices `C`, `m × n` each; shares no memory with `a` and `b`.
 * @param options Which factor is transposed.
 * @returns A function that does it, as often as it is called; it checks and allocates nothing.
 * @throws {RangeError} If `lanes` is no multiple of 4, or `transpose` is not known.
 * @throws {TypeError} If shapes do not match, or `out` overlaps a factor.
 *
 * @example Four products of 1 × 1 matrices.
 * ```ts
 * import { manyProducts, matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const a = matrix(1, 4, [1, 2, 3, 4]), b = matrix(1, 4, [10, 10, 10, 20]), c = matrix(1, 4);
 * const add = manyProducts(4, a, b, c);
 * add();
 * assertEquals([...c.data], [10, 20, 30, 80]);
 * ```
 */
export function manyProducts(
  lanes: number,
  a: Matrix,
  b: Matrix,
  out: Matrix,
  options: ManyProductsOptions = {},
): () => void {
  const what = "multiply many matrices";
  checkKeys(what, options, ["transpose"]);
  checkOneOf(what, "transpose", options.transpose ?? "none", ["none", "a", "b"]);
  checkInteger(what, "lanes / 4", lanes / 4, 1);
  for (const [name, x] of Object.entries({ a, b, out })) {
    checkMatrix(what, name, x);
    checkInteger(what, `the columns of ${name} for each lane`, x.columns / lanes, 1);
  }
  const flipA = options.transpose === "a", flipB = options.transpose === "b";
  const across = (x: Matrix) => x.columns / lanes;
  const m = flipA ? across(a) : a.rows, k = flipA ? a.rows : across(a);
  const n = flipB ? b.rows : across(b);
  const fits = (flipB ? across(b) : b.rows) === k;
  checkShapes(what, "a and b must have the same inner size in each lane", fits, { a, b });
  output(what, out, m, n * lanes, [a, b]);
  const [aRow, aColumn] = flipA ? [lanes, m * lanes] : [k * lanes, lanes];
  const [bRow, bColumn] = flipB ? [lanes, k * lanes] : [n * lanes, lanes];
  const home = homeOf(a, b, out);
  if (!home) {
    return () => loop(lanes, m, n, k, a.data, aRow, aColumn, b.data, bRow, bColumn, out.data);
  }
  const { addProducts } = home.kernels;
  const [aAt, bAt, outAt] = [a, b, out].map((x) => x.data.byteOffset);
  return () =>
    // deno-fmt-ignore
    addProducts(lanes, m, n, k, aAt, 8 * aRow, 8 * aColumn, bAt, 8 * bRow, 8 * bColumn, outAt);
}

/** The same as loops, wherever the matrices live. */
function loop(
  lanes: number,
  m: number,
  n: number,
  depth: number,
  a: Float64Array,
  aRow: number,
  aColumn: number,
  b: Float64Array,
  bRow: number,
  bColumn: number,
  c: Float64Array,
): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < depth; k++) {
        const x = i * aRow + k * aColumn, y = k * bRow + j * bColumn, to = (i * n + j) * lanes;
        for (let lane = 0; lane < lanes; lane++) c[to + lane] += a[x + lane] * b[y + lane];
      }
    }
  }
}
