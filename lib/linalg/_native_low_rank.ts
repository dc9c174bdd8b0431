/**
 * Low-rank gradients by the native library.
 *
 * @module
 */
import type { Native } from "../platform/mod.ts";
import { scratch } from "./_home.ts";
import { native } from "./backend.ts";
import type { Matrix } from "./matrix.ts";

/** Products `m n r` up to which the compiled kernel beats three calls of the native library. */
const few = 30_000;

/** The native library, where it is in use and worth it. */
export function nativeFor(left: Matrix, target: Matrix): Native | undefined {
  return left.columns * target.data.length > few ? native() : undefined;
}

/** Entries of the residual that the native path holds at a time. */
const held = 1 << 15;

/** Loss and gradients by the native library, a few rows of the residual at a time. */
export function byRows(
  library: Native,
  left: Matrix,
  right: Matrix,
  target: Matrix,
  transposed: boolean,
  leftGradient: Matrix,
  rightGradient: Matrix,
): number {
  const { rows: m, columns: r } = left, n = target.columns, width = right.columns;
  const most = Math.min(m, Math.ceil(held / n)), residual = aligned(most * n);
  let squares = 0;
  for (let from = 0; from < m; from += most) {
    const rows = Math.min(most, m - from);
    const e = residual.subarray(0, rows * n);
    e.set(target.data.subarray(from * n, (from + rows) * n));
    const l = left.data.subarray(from * r, (from + rows) * r);
    const gl = leftGradient.data.subarray(from * r, (from + rows) * r);
    library.gemm(false, transposed, rows, n, r, l, r, right.data, width, e, -1);
    library.gemm(false, !transposed, rows, r, n, e, n, right.data, width, gl, 0);
    const beta = from > 0 ? 1 : 0;
    if (transposed) library.gemm(true, false, n, r, rows, e, n, l, r, rightGradient.data, beta);
    else library.gemm(true, false, r, n, rows, l, r, e, n, rightGradient.data, beta);
    squares += library.squares(e);
  }
  return 0.5 * squares;
}

/** Numbers from a border of cache lines on: native loops are up to a sixth slower across them. */
function aligned(length: number): Float64Array {
  const { floats, heap } = scratch(length + 8);
  return new Float64Array(floats.buffer, 64 * Math.ceil(heap / 64), length);
}
