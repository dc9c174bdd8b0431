import { assertEquals } from "@std/assert";
import { JacobianOf } from "../../lib/ode/_jacobian.ts";

/** By how much each component is moved for its difference, at slopes, a step and tolerances. */
function increments(y: number[], slope: number[], h: number, rtol: number, atol: number[]) {
  const moved: number[] = [];
  const f = (_t: number, w: Float64Array, dy: Float64Array) => {
    const j = w.findIndex((x, i) => x !== y[i]);
    moved[j] = w[j] - y[j];
    dy.fill(0);
  };
  const jacobian = new JacobianOf(f, undefined, y.length);
  jacobian.evaluate(
    0,
    Float64Array.from(y),
    Float64Array.from(slope),
    h,
    rtol,
    Float64Array.from(atol),
  );
  return moved;
}

// SUNDIALS: σ_j = max(√ε max(|y_j|, s_j), 1000 ε n h max_i |f_i|/s_i · s_j), s = atol + rtol |y|; the
// second is here at most max(|y_j|, s_j). All numbers are powers of 2 but for the 1000 and the 3.
Deno.test("the increments of the differences are those of SUNDIALS, each regime by hand", () => {
  const y = [3, -8], atol = [2 ** -40, 2 ** -7], rtol = 2 ** -10; // s = (3·2⁻¹⁰ + 2⁻⁴⁰, 2⁻⁶)
  const plain = [3 * 2 ** -26, 2 ** -23];
  assertEquals(increments(y, [0, 0], 0.25, rtol, atol), plain);
  // |f|/s = 2⁴², so 1000 ε n h |f|/s = 1000 · 2⁻⁵² · 2 · 2⁻² · 2⁴² = 1000 · 2⁻¹¹, which counts for y₁.
  const slope = [0, -(2 ** 36)], tiny = [2 ** -40, 0];
  assertEquals(increments([0, -8], slope, 0.25, rtol, atol), [2 ** -51 * 1000, 1000 * 2 ** -17]);
  assertEquals(increments([0, -8], slope, 0.5, rtol, atol)[1], 1000 * 2 ** -16);
  assertEquals(increments([0, -8], [0, 2 ** 47], 0.25, rtol, atol), [2 ** -40, 8]); // at most |y|
  // Zero without an absolute tolerance has the size of the largest, and of 1 where all are zero.
  assertEquals(increments([0, -8], [0, 0], 0.25, rtol, [0, 0]), [2 ** -33, 2 ** -23]);
  assertEquals(increments([0, 0], [0, 0], 0.25, rtol, tiny), [2 ** -66, 2 ** -36]);
});
