/** Metric (215), against projectors. */
import { assertAlmostEquals, assertLess, assertThrows } from "@std/assert";
import {
  add,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiplyNT,
  svd,
} from "lora-dynamics/linalg/mod.ts";
import { metric215, stackOf } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

/** `‖UUᵀ − U*U*ᵀ‖_F/√(2r)` as it is written, `r` columns each. */
function asWritten(stack: Matrix, gradient: Matrix): number {
  const r = stack.columns, { u, v } = svd(gradient), m = gradient.rows, n = gradient.columns;
  const goal = matrix(m + n, r), own = svd(stack, r).u;
  for (let j = 0; j < r; j++) {
    for (let i = 0; i < m; i++) goal.data[i * r + j] = u.data[i * u.columns + j] / Math.SQRT2;
    for (let i = 0; i < n; i++) {
      goal.data[(m + i) * r + j] = -v.data[i * v.columns + j] / Math.SQRT2;
    }
  }
  return frobeniusNorm(add(multiplyNT(own, own), multiplyNT(goal, goal), -1)) / Math.sqrt(2 * r);
}

const negative = (x: Matrix) => ({ ...x, data: x.data.map((value) => -value) });

Deno.test("metric (215) is the distance of projectors, with the gradient's sign as in the paper", () => {
  const draws = portable(31);
  for (const [m, n, r] of [[5, 7, 1], [5, 7, 3], [6, 4, 2], [4, 4, 4]]) {
    const gradient = matrix(m, n, draws.normals(m * n));
    const stack = stackOf(matrix(m, r, draws.normals(m * r)), matrix(r, n, draws.normals(r * n)));
    assertAlmostEquals(metric215(stack, negative(gradient)), asWritten(stack, gradient), 1e-12);
    // The other sign is another space.
    assertLess(0.01, Math.abs(metric215(stack, gradient) - asWritten(stack, gradient)));
  }
});

Deno.test("a mixture of the leading directions has metric 0, a small turn its sine", () => {
  const draws = portable(32), descent = matrix(5, 6, draws.normals(30)), { u, v } = svd(descent, 2);
  const turn = 1e-9, third = svd(descent).u;
  const b = matrix(5, 2), a = matrix(2, 6);
  for (let i = 0; i < 5; i++) {
    b.data[2 * i] = u.data[2 * i] + 0.5 * u.data[2 * i + 1] + turn * third.data[5 * i + 2];
    b.data[2 * i + 1] = 3 * u.data[2 * i + 1];
  }
  for (let j = 0; j < 6; j++) {
    a.data[j] = v.data[2 * j] + 0.5 * v.data[2 * j + 1];
    a.data[6 + j] = 3 * v.data[2 * j + 1];
  }
  const sine = metric215(stackOf(b, a), descent);
  // One of two angles is turn/√2, so that a subtraction would have seen nothing.
  assertAlmostEquals(sine / (turn / Math.SQRT2 / Math.SQRT2), 1, 1e-3);
});

Deno.test("a stack of lower rank misses whole directions; none is refused", () => {
  const descent = matrix(2, 2, [3, 0, 0, 1]);
  const stack = stackOf(matrix(2, 2, [1, 0, 0, 0]), matrix(2, 2, [1, 0, 0, 0]));
  assertAlmostEquals(metric215(stack, descent), Math.sqrt(0.25), 1e-15);
  assertThrows(() => metric215(matrix(4, 2), descent), RangeError, "must not be zero");
});
