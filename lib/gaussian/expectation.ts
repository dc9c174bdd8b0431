/** Expectations of functions of one standard normal variable. */
import { checkInteger, checkPositive, checkSorted } from "../check.ts";
import { factorial, hermite, MAX_DEGREE } from "./hermite.ts";
import { integrate } from "./integrate.ts";

const INVERSE_ROOT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);
/** `e^{−z²/2}` is the smallest double near here. */
const END = 38;
/** The grid of step 1/FIRST is halved until two sums agree. */
const FIRST = 2;
const LAST = 128;

/** Options of {@linkcode gaussianExpectation}. */
export interface ExpectationOptions {
  /** Points where the function has a kink or a jump, in increasing order. */
  breakpoints?: readonly number[];
  /** Wanted error relative to `E |f|` (default 1e-14). */
  rtol?: number;
}

/**
 * Sum over one grid from the centre outward, ended when the terms have fallen below rounding.
 * `sums[0]` gathers `f φ`, `sums[1]` gathers `|f| φ`.
 */
function addGrid(
  f: (z: number) => number,
  first: number,
  step: number,
  sums: Float64Array,
): void {
  let quiet = 0;
  for (let z = first; z < END; z += step) {
    const weight = Math.exp(-0.5 * z * z);
    const right = f(z) * weight;
    const left = z === 0 ? 0 : f(-z) * weight;
    const size = Math.abs(left) + Math.abs(right);
    sums[0] += left + right;
    sums[1] += size;
    // A zero of f must not end the sum: it takes one unit of z in a row.
    quiet = size <= 1e-19 * sums[1] ? quiet + step : 0;
    if (z > 6 && quiet > 1) return;
  }
}

/**
 * Expectation `E f(z)` over a standard normal `z`.
 *
 * Without breakpoints: the trapezoidal rule, halved until two sums agree; it converges
 * geometrically for functions analytic near the real line. If it does not settle (an undeclared
 * kink), or if breakpoints are given: adaptive Gauss–Kronrod on each piece.
 *
 * Assumes: `f` grows more slowly than `e^{z²/2}`.
 * Source: Trefethen & Weideman, SIAM Review 56 (2014) 385, section 5.
 *
 * @param f A function of one variable.
 * @throws {RangeError} If `rtol` is not positive or the breakpoints are not increasing.
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { gaussianExpectation } from "lora-dynamics/gaussian/mod.ts";
 * assertAlmostEquals(gaussianExpectation((z) => z ** 4), 3, 1e-13);
 * const mean = gaussianExpectation(Math.abs, { breakpoints: [0] });
 * assertAlmostEquals(mean, Math.sqrt(2 / Math.PI), 1e-14);
 * ```
 */
export function gaussianExpectation(
  f: (z: number) => number,
  options: ExpectationOptions = {},
): number {
  const { breakpoints = [], rtol = 1e-14 } = options;
  checkPositive("compute a Gaussian expectation", "rtol", rtol);
  checkSorted("compute a Gaussian expectation", "breakpoints", breakpoints);
  if (breakpoints.length === 0) {
    const sums = new Float64Array(2);
    let step = 1 / FIRST;
    addGrid(f, 0, step, sums);
    let previous = sums[0] * step;
    // The error is squared by each halving, so agreement to the root of rtol is enough; one more
    // factor is kept for functions whose error falls more slowly.
    const enough = Math.pow(rtol, 0.75);
    for (let n = FIRST; n < LAST; n *= 2) {
      addGrid(f, 0.5 * step, step, sums);
      step *= 0.5;
      const value = sums[0] * step;
      if (!(Math.abs(value - previous) > enough * sums[1] * step)) {
        return value * INVERSE_ROOT_TWO_PI;
      }
      previous = value;
    }
  }
  const weighted = (z: number) => {
    const weight = Math.exp(-0.5 * z * z);
    return weight === 0 ? 0 : f(z) * weight;
  };
  const inside = breakpoints.filter((x) => Math.abs(x) < 14);
  const ends = [-14, -6, -3, 0, 3, 6, 14].filter((x) => !inside.includes(x));
  const points = [...ends, ...inside].sort((x, y) => x - y);
  return INVERSE_ROOT_TWO_PI *
    integrate(weighted, -14, 14, { rtol, breakpoints: points, maxIntervals: 2000 }).value;
}

/**
 * Hermite coefficient `E He_j(z) f(z)`, so that `f = Σ_j (c_j / j!) He_j`.
 *
 * Source: pre-training-hurts, spec §3.3 (`σ_j`).
 *
 * @param f A function of one variable.
 * @param j Degree, an integer from 0 to 170.
 * @throws {RangeError} If `j` is not such an integer.
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { hermiteCoefficient } from "lora-dynamics/gaussian/mod.ts";
 * assertAlmostEquals(hermiteCoefficient((x) => x ** 3, 1), 3, 1e-13);
 * ```
 */
export function hermiteCoefficient(
  f: (z: number) => number,
  j: number,
  options: ExpectationOptions = {},
): number {
  checkInteger("compute a Hermite coefficient", "j", j, 0, MAX_DEGREE);
  const norm = Math.sqrt(factorial(j));
  return norm * gaussianExpectation((z) => (hermite(j, z) / norm) * f(z), options);
}
