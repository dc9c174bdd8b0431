/** Activations that readers bring along. */
import { checkSorted, checkString } from "../check.ts";
import type { Activation } from "./activation.ts";
import { differentiate } from "./derivative.ts";
import { gaussianExpectation } from "./expectation.ts";

/** What {@linkcode customActivation} needs. */
export interface CustomActivation {
  /** Name to show in tables and figures. */
  name: string;
  /** Value, continuous. */
  f: (x: number) => number;
  /** Slope; numerical when absent, at about ten evaluations of `f` each. */
  df?: (x: number) => number;
  /** Second derivative away from the breakpoints; numerical when absent. */
  d2f?: (x: number) => number;
  /** Where `f` has a kink, in increasing order. */
  breakpoints?: readonly number[];
}

/**
 * An activation made from the reader's own function.
 *
 * Derivatives that are not given are numerical (Richardson extrapolation, about 1e-12 for the first
 * and 1e-9 for the second); moments are computed by quadrature. Give `df` for simulations: they
 * need one slope per sample.
 *
 * Assumes: `f` is continuous, smooth between the breakpoints, and grows more slowly than `e^{x²/4}`.
 *
 * @param definition Name, function and what else is known of it.
 * @throws {TypeError} If the name is not a string, or `f`, `df`, `d2f` is not a function.
 * @throws {RangeError} If the breakpoints are not increasing, or `f` is not finite and continuous.
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { customActivation } from "lora-dynamics/gaussian/mod.ts";
 * const tanh = customActivation({ name: "tanh", f: Math.tanh });
 * assertAlmostEquals(tanh.df(0.3), 1 - Math.tanh(0.3) ** 2, 1e-11);
 * assertEquals(tanh.odd, true);
 * ```
 */
export function customActivation(definition: CustomActivation): Activation {
  const what = "build an activation";
  const { name, f, breakpoints = [] } = definition;
  checkString(what, "name", name);
  for (const key of ["f", "df", "d2f"] as const) {
    const given = definition[key];
    if (typeof given === "function" || (given === undefined && key !== "f")) continue;
    throw new TypeError(
      `Cannot ${what} as ${key} must be a function: current value is ${String(given)}`,
    );
  }
  checkSorted(what, "breakpoints", breakpoints);
  for (const b of [0, ...breakpoints]) checkContinuous(f, b);

  const df = definition.df ?? ((x) => differentiate(f, x, 1, breakpoints));
  const d2f = definition.d2f ??
    (definition.df
      ? (x) => differentiate(df, x, 1, breakpoints)
      : (x) => differentiate(f, x, 2, breakpoints));
  const mean = gaussianExpectation(f, { breakpoints });
  const size = gaussianExpectation((z) => Math.abs(f(z)), { breakpoints, rtol: 1e-6 });
  return {
    name,
    f,
    df,
    d2f,
    gradientScale: 1,
    odd: [0, 0.1, 0.5, 1, 1.7, 3, 6].every((x) =>
      Math.abs(f(x) + f(-x)) <= 1e-14 * Math.abs(f(x) - f(-x))
    ),
    smooth: breakpoints.length === 0,
    zeroMean: Math.abs(mean) <= 1e-12 * size,
    breakpoints: [...breakpoints],
    series: undefined,
    fill(x, n, value, slope) {
      for (let i = 0; i < n; i++) {
        value[i] = f(x[i]);
        slope[i] = df(x[i]);
      }
    },
    fillValues(x, n, value) {
      for (let i = 0; i < n; i++) value[i] = f(x[i]);
    },
    fillCurvatures(x, n, value, slope, curvature) {
      for (let i = 0; i < n; i++) {
        value[i] = f(x[i]);
        slope[i] = df(x[i]);
        curvature[i] = d2f(x[i]);
      }
    },
  };
}

function checkContinuous(f: (x: number) => number, b: number): void {
  const gap = 1e-9 * (1 + Math.abs(b));
  const left = f(b - gap);
  const right = f(b + gap);
  if (Math.abs(right - left) <= 1e-6 * (1 + Math.abs(left) + Math.abs(right))) return;
  throw new RangeError(
    `Cannot build an activation as f must be finite and continuous at ${b}: ` +
      `current values on its two sides are ${left} and ${right}`,
  );
}
