import { assertAlmostEquals, assertEquals } from "@std/assert";
import { initialStep } from "../../lib/ode/initial_step.ts";
import { leastStep } from "../../lib/ode/integrator.ts";

Deno.test("the least step is ten roundings of t, and next to t = 0 ε² of the interval", () => {
  const interval = { t0: -3, t1: 5 };
  assertEquals(leastStep(-3, interval), 30 * 2 ** -52);
  assertEquals(leastStep(0, interval), 8 * 2 ** -104);
});

/** The first step of HNW's recipe on y′ = y · rate, at a tolerance of 1 for each component. */
function first(
  y: number[],
  slope: number[],
  more: { interval?: number; most?: number; next?: number[]; sizes?: number[] },
) {
  const { interval = Infinity, most = Infinity, next = slope, sizes = [0.5, 0.5] } = more;
  const room = () => new Float64Array(y.length);
  const s = { y: Float64Array.from(y), slope: Float64Array.from(slope), errorOrder: 4 };
  const seen: [number, number[]][] = [];
  const h = initialStep(
    { ...s, next: room(), nextSlope: room() },
    (t, at, dy) => {
      seen.push([t, [...at]]);
      dy.set(next);
    },
    2,
    interval,
    most,
    sizes[0],
    new Float64Array(y.length).fill(sizes[1]),
  );
  return { h, seen };
}

Deno.test("the first step follows HNW II.4: Euler to 0.01 |y|/|f|, then (0.01/max(|f|, |f′|))^{1/5}", () => {
  // Sizes s = ½ + ½ |y| = (2, 4): |y| = √((9/4 + 49/16)/2), |f| = √((4 + 1)/2).
  const y = [3, -7], slope = [4, 4], d0 = Math.sqrt(5.3125 / 2), d1 = Math.sqrt(2.5);
  const h0 = 0.01 * d0 / d1;
  const steady = first(y, slope, {});
  assertAlmostEquals(steady.h, Math.min(100 * h0, (0.01 / d1) ** 0.2), 1e-15);
  assertEquals(steady.seen.length, 1);
  const [t, at] = steady.seen[0];
  assertAlmostEquals(t, 2 + h0, 1e-15);
  at.forEach((x, i) => assertAlmostEquals(x, y[i] + h0 * 4, 1e-15));
  // A slope that changes by (0.2, −0.4): |f′| = √((0.01 + 0.01)/2)/h₀.
  const turning = first(y, slope, { next: [4.2, 3.6] });
  assertAlmostEquals(turning.h, (0.01 / (0.1 / h0)) ** 0.2, 1e-13);
  assertEquals(first(y, slope, { interval: 0.3 }).h, 0.3);
  assertEquals(first(y, slope, { most: 0.2 }).h, 0.2);
  // The trial step stays in the interval too.
  assertEquals(first(y, slope, { interval: 2 ** -10 }).seen[0][0], 2 + 2 ** -10);
});

Deno.test("a state or a slope next to zero begins with 1e-6 and rises to 1e-4 at most", () => {
  for (const [y, slope] of [[[1e-6, 0], [1, 1]], [[1, 1], [1e-6, 0]], [[1, 1], [Infinity, 0]]]) {
    assertAlmostEquals(first(y, slope, { next: [1, 1] }).seen[0][0], 2 + 1e-6, 1e-15);
  }
  // From 1e-5 on it is large enough, for the state as for the slope.
  assertEquals(first([1e-5], [1], { sizes: [0, 1] }).seen[0][0], 2 + 1e-7);
  assertEquals(first([1e-5], [1e-5], { sizes: [0, 1] }).seen[0][0], 2 + 0.01);
  // Neither slope nor change of slope: max(1e-6, 1e-3 h₀).
  assertEquals(first([1, 1], [0, 0], {}).h, 1e-6);
  assertAlmostEquals(first([1e-6, 0], [1e-3, 0], {}).h, 1e-4, 1e-18);
});
