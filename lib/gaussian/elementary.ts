/** erf, ReLU and sigmoid with their own loops. */
import type { Activation } from "./activation.ts";
import { erf, erfSlope, fillErf, fillErfAndSlope } from "./erf.ts";

export function erfActivation(): Activation {
  return {
    name: "erf",
    f: erf,
    df: erfSlope,
    d2f: (x) => -2 * x * erfSlope(x),
    gradientScale: 1,
    odd: true,
    smooth: true,
    zeroMean: true,
    breakpoints: [],
    series: undefined,
    fill: fillErfAndSlope,
    fillValues: fillErf,
    fillCurvatures(x, n, f, df, d2f) {
      fillErfAndSlope(x, n, f, df);
      for (let i = 0; i < n; i++) d2f[i] = -2 * x[i] * df[i];
    },
  };
}

export function reluActivation(): Activation {
  return {
    name: "relu",
    f: (x) => Math.max(x, 0),
    df: (x) => x > 0 ? 1 : 0,
    d2f: () => 0,
    gradientScale: 1,
    odd: false,
    smooth: false,
    zeroMean: false,
    breakpoints: [0],
    series: undefined,
    fill(x, n, f, df) {
      for (let i = 0; i < n; i++) {
        const v = x[i];
        f[i] = Math.max(v, 0);
        df[i] = v > 0 ? 1 : 0;
      }
    },
    fillValues(x, n, f) {
      for (let i = 0; i < n; i++) f[i] = Math.max(x[i], 0);
    },
    fillCurvatures(x, n, f, df, d2f) {
      for (let i = 0; i < n; i++) {
        const v = x[i];
        f[i] = Math.max(v, 0);
        df[i] = v > 0 ? 1 : 0;
        d2f[i] = 0;
      }
    },
  };
}

// With e = exp(−|x|) ≤ 1 nothing overflows and both tails keep their relative accuracy.
export function sigmoidActivation(): Activation {
  const sigmoid = (x: number): number => {
    const e = Math.exp(-Math.abs(x));
    return (x > 0 ? 1 : e) / (1 + e);
  };
  const slope = (x: number): number => {
    const e = Math.exp(-Math.abs(x));
    return e / ((1 + e) * (1 + e));
  };
  return {
    name: "sigmoid",
    f: sigmoid,
    df: slope,
    d2f: (x) => -slope(x) * Math.tanh(0.5 * x),
    gradientScale: 1,
    odd: false,
    smooth: true,
    zeroMean: false,
    breakpoints: [],
    series: undefined,
    fill(x, n, f, df) {
      for (let i = 0; i < n; i++) {
        const v = x[i];
        const e = Math.exp(-Math.abs(v));
        const inverse = 1 / (1 + e);
        const small = e * inverse;
        f[i] = v > 0 ? inverse : small;
        df[i] = small * inverse;
      }
    },
    fillValues(x, n, f) {
      for (let i = 0; i < n; i++) {
        const v = x[i];
        const e = Math.exp(-Math.abs(v));
        f[i] = (v > 0 ? 1 : e) / (1 + e);
      }
    },
    fillCurvatures(x, n, f, df, d2f) {
      for (let i = 0; i < n; i++) {
        const v = x[i];
        const e = Math.exp(-Math.abs(v));
        const inverse = 1 / (1 + e);
        const small = e * inverse;
        const slope = small * inverse;
        f[i] = v > 0 ? inverse : small;
        df[i] = slope;
        // 1 − 2σ = −tanh(x/2)
        const tanh = (1 - e) * inverse;
        d2f[i] = v > 0 ? -slope * tanh : slope * tanh;
      }
    },
  };
}
