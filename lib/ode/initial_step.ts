/** First step size from the scales of the problem. */
import type { Stepper } from "./stepper.ts";

/**
 * A first step whose explicit Euler increment is small against the state and whose local error,
 * judged by one difference of slopes, is about a hundredth of the tolerance.
 *
 * Costs one evaluation and uses `next` and `nextSlope` of the stepper as room.
 *
 * Source: HNW I, section II.4, "starting step size".
 */
export function initialStep(
  s: Pick<Stepper, "y" | "slope" | "next" | "nextSlope" | "errorOrder">,
  slopeAt: (t: number, y: Float64Array, dy: Float64Array) => void,
  t0: number,
  interval: number,
  maxStep: number,
  rtol: number,
  atol: Float64Array,
): number {
  const { y, slope, next, nextSlope } = s;
  const n = y.length;
  const scale = (i: number) => (atol[i] + rtol * Math.abs(y[i])) || Number.MIN_VALUE;
  let d0 = 0;
  let d1 = 0;
  for (let i = 0; i < n; i++) {
    d0 += (y[i] / scale(i)) ** 2;
    d1 += (slope[i] / scale(i)) ** 2;
  }
  d0 = Math.sqrt(d0 / n);
  d1 = Math.sqrt(d1 / n);
  // A scale of zero makes a slope infinitely large against it: fall back to the small step.
  const tiny = d0 < 1e-5 || d1 < 1e-5 || !(d1 < Infinity);
  const h0 = Math.min(tiny ? 1e-6 : (0.01 * d0) / d1, interval);
  for (let i = 0; i < n; i++) next[i] = y[i] + h0 * slope[i];
  slopeAt(t0 + h0, next, nextSlope);
  let d2 = 0;
  for (let i = 0; i < n; i++) d2 += ((nextSlope[i] - slope[i]) / scale(i)) ** 2;
  d2 = Math.sqrt(d2 / n) / h0;
  const h1 = d1 <= 1e-15 && d2 <= 1e-15
    ? Math.max(1e-6, h0 * 1e-3)
    : Math.pow(0.01 / Math.max(d1, d2), 1 / (s.errorOrder + 1));
  const h = Math.min(100 * h0, h1, interval, maxStep);
  return h > 0 ? h : h0;
}
