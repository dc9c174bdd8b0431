import { assertAlmostEquals, assertEquals } from "@std/assert";
import { matrixKernels } from "../../lib/kernels/mod.ts";
import { stream } from "../../lib/random/mod.ts";

/** Rows, a vector and room for results in one memory, filled with normals. */
function given(rows: number, n: number) {
  const kernels = matrixKernels(rows * n + n + rows);
  const { floats, heap } = kernels, at = heap / 8;
  const w = floats.subarray(at, at + rows * n), x = floats.subarray(at + rows * n).subarray(0, n);
  const out = floats.subarray(at + rows * n + n, at + rows * n + n + rows);
  const rng = stream("7", "vectors", rows, n);
  rng.fillNormal(w);
  rng.fillNormal(x);
  return { kernels, w, x, out };
}

function plainDot(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, value, i) => sum + value * y[i], 0);
}

const SIZES = [1, 2, 7, 8, 9, 15, 16, 17, 100, 1003];

Deno.test("dot() and rowsTimesVector() are the plain sums to rounding, with equal bits", () => {
  for (const n of SIZES) {
    for (const rows of [1, 2, 3, 6, 7]) {
      const { kernels, w, x, out } = given(rows, n);
      kernels.rowsTimesVector(rows, n, w.byteOffset, x.byteOffset, out.byteOffset);
      for (let i = 0; i < rows; i++) {
        const row = w.subarray(i * n, (i + 1) * n);
        assertAlmostEquals(out[i], plainDot(row, x), 1e-14 * n);
        assertEquals(out[i], kernels.dot(n, row.byteOffset, x.byteOffset));
      }
    }
  }
});

Deno.test("moveRows() adds multiples of x to the rows and leaves rows of coefficient 0 alone", () => {
  for (const n of SIZES) {
    const { kernels, w, x, out } = given(3, n);
    out.set([0.5, 0, -2]);
    w[n] = NaN;
    const before = w.slice();
    kernels.moveRows(3, n, out.byteOffset, x.byteOffset, w.byteOffset);
    for (let k = 0; k < n; k++) {
      assertEquals(w[k], before[k] + 0.5 * x[k]);
      assertEquals(w[n + k], before[n + k]);
      assertEquals(w[2 * n + k], before[2 * n + k] - 2 * x[k]);
    }
  }
});

Deno.test("shrinkAndMove() moves and returns the new squared length", () => {
  for (const n of SIZES) {
    const { kernels, w, x } = given(1, n);
    const before = w.slice();
    const square = kernels.shrinkAndMove(n, 0.9, -0.3, x.byteOffset, w.byteOffset);
    for (let k = 0; k < n; k++) assertEquals(w[k], 0.9 * before[k] + -0.3 * x[k]);
    assertAlmostEquals(square, plainDot(w, w), 1e-14 * n);
  }
});
