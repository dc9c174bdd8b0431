/** The square of an activation, the teacher of the squared-label curriculum. */
import { squareSeries } from "../functions/hermite.ts";
import type { Activation } from "./activation.ts";
import { polynomialActivation } from "./polynomial.ts";

export function squareActivation(base: Activation): Activation {
  const name = `${base.name}^2`, spec = base.spec && `${base.spec}^2`;
  if (base.series) return polynomialActivation(squareSeries(base.series), name, spec);
  const { f: value, df: slope, d2f: curvature } = base;
  return {
    name,
    spec,
    f: (x) => value(x) ** 2,
    df: (x) => 2 * value(x) * slope(x),
    d2f: (x) => 2 * (slope(x) ** 2 + value(x) * curvature(x)),
    odd: false,
    kinks: base.kinks,
    series: undefined,
    closed: undefined,
    fill(x, n, f, df) {
      base.fill(x, n, f, df);
      for (let i = 0; i < n; i++) {
        const v = f[i];
        f[i] = v * v;
        df[i] *= 2 * v;
      }
    },
    fillValues(x, n, f) {
      base.fillValues(x, n, f);
      for (let i = 0; i < n; i++) f[i] *= f[i];
    },
    fillCurvatures(x, n, f, df, d2f) {
      base.fillCurvatures(x, n, f, df, d2f);
      for (let i = 0; i < n; i++) {
        const v = f[i];
        d2f[i] = 2 * (df[i] * df[i] + v * d2f[i]);
        df[i] *= 2 * v;
        f[i] = v * v;
      }
    },
  };
}
