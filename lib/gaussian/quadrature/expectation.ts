/** Expectations of functions of one standard normal variable. */
import { checkInteger, checkKeys, checkPositive, checkSorted } from "../../check.ts";
import { factorial, hermite, MAX_DEGREE } from "../functions/hermite.ts";
import { ORDER } from "./legendre.ts";
import { type Estimate, integratePanels } from "./panels.ts";

const INVERSE_ROOT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);
/** The density beyond it is e^{−50}; where the function grows the integral is taken further. */
const FIRST_END = 10;
/** `e^{−z²/2}` is the smallest double near here. */
const LAST_END = 38;
/** Longest panel at the start. */
const PANEL = 2;
/** Error relative to `E |f|` beyond which a value is refused. */
const REFUSED = 1e-9;

/** Options of {@linkcode gaussianExpectation}. */
export interface ExpectationOptions {
  /** Points where the function has a kink or a jump, in increasing order. */
  breakpoints?: readonly number[];
  /** Wanted error relative to `E |f|` (default 1e-14). */
  rtol?: number;
}

/** Points from `from` to `to`, at most two apart, with the given ones among them. */
export function panelPoints(from: number, to: number, cuts: Iterable<number>): number[] {
  const points = [from];
  const goOn = (end: number) => {
    const start = points[points.length - 1];
    const pieces = Math.max(1, Math.ceil((end - start) / PANEL));
    for (let i = 1; i < pieces; i++) points.push(start + (i * (end - start)) / pieces);
    points.push(end);
  };
  for (const cut of cuts) if (cut > points[points.length - 1] && cut < to) goOn(cut);
  goOn(to);
  return points;
}

/**
 * Expectation `E f(z)` over a standard normal `z` with its error and status.
 *
 * Panels of 16 unevenly spaced nodes are halved until the decay of their Legendre coefficients says
 * that the rule is right; where `f` grows they go on outwards until its mass has ended.
 *
 * Assumes: no feature of `f` narrower than about 0.05 stands alone between nodes.
 * Source: ours; error estimate after Trefethen, Approximation Theory and Approximation Practice, ch. 19.
 *
 * @param f A function of one variable.
 * @throws {RangeError} If `rtol` is not positive or the breakpoints are not increasing.
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { gaussianQuadrature } from "lora-dynamics/gaussian/mod.ts";
 * const { value, status } = gaussianQuadrature((z) => Math.cos(100 * z));
 * assertEquals(status, "done");
 * assertAlmostEquals(value, 0, 1e-14);
 * assertEquals(gaussianQuadrature((z) => Math.exp(z * z)).status.split(":")[0], "diverges");
 * ```
 */
export function gaussianQuadrature(
  f: (z: number) => number,
  options: ExpectationOptions = {},
): Estimate {
  const what = "compute a Gaussian expectation";
  checkKeys(what, options, ["breakpoints", "rtol"]);
  const { breakpoints = [], rtol = 1e-14 } = options;
  if (typeof f !== "function") {
    throw new TypeError(
      `Cannot ${what} as f must be a function: current value is ${JSON.stringify(f)}`,
    );
  }
  checkPositive(what, "rtol", rtol);
  checkSorted(what, "breakpoints", breakpoints);
  const integrand = (z: number) => f(z) * (INVERSE_ROOT_TWO_PI * Math.exp(-0.5 * z * z));
  const fill = (x: Float64Array, out: Float64Array, size: Float64Array) => {
    for (let i = 0; i < ORDER; i++) size[i] = Math.abs(out[i] = integrand(x[i]));
  };
  const panels = (from: number, to: number) => {
    const points = panelPoints(from, to, breakpoints);
    const { values, sizes, errors, nonFinite } = integratePanels(1, fill, points, rtol);
    return { value: values[0], size: sizes[0], error: errors[0], nonFinite };
  };
  let { value, size, error, nonFinite } = panels(-FIRST_END, FIRST_END);
  if (nonFinite !== undefined) {
    const status = "nonFinite: the function is NaN or infinite where the Gaussian has mass";
    return { value: NaN, error: NaN, status };
  }
  for (const left of [true, false]) {
    let end = FIRST_END;
    const mass = () => Math.abs(integrand(left ? -end : end));
    while (end < LAST_END && !(mass() <= 1e-19 * size)) {
      const more = left ? panels(-end - PANEL, -end) : panels(end, end + PANEL);
      value += more.value;
      size += more.size;
      error += more.error;
      end += PANEL;
    }
    if (!(mass() <= 1e-16 * size && size < Infinity)) {
      const status =
        "diverges: the function grows too fast, so that the integral does not exist in doubles";
      return { value: NaN, error: NaN, status };
    }
  }
  if (error <= Math.max(rtol, REFUSED) * size) return { value, error, status: "done" };
  const status = "unsettled: the function oscillates, is too steep or has a singular point";
  return { value, error, status };
}

/**
 * Expectation `E f(z)` over a standard normal `z`, refused when the quadrature has not settled.
 *
 * Panels of 16 nodes, halved until the decay of their Legendre coefficients says that the rule is
 * right to `rtol`, see {@linkcode gaussianQuadrature}.
 *
 * Assumes: `f` grows more slowly than `e^{z²/2}`; kinks are found, and are cheaper as breakpoints.
 *
 * @param f A function of one variable.
 * @throws {RangeError} If the quadrature has not settled, `rtol` is not positive or the breakpoints
 * are not increasing.
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
  const { value, error, status } = gaussianQuadrature(f, options);
  if (status === "done") return value;
  throw new RangeError(
    `Cannot compute a Gaussian expectation as the quadrature must settle: current value is ` +
      `${value} with error ${error} (${status})`,
  );
}

/**
 * Hermite coefficient `E He_j(z) f(z)`, so that `f = Σ_j (c_j / j!) He_j`.
 *
 * @param f A function of one variable.
 * @param j Degree, an integer from 0 to 170.
 * @throws {RangeError} If `j` is not such an integer, or the quadrature has not settled.
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
