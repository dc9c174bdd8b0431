/** erf, ReLU, sigmoid, tanh and softplus with their own loops. */
import { sigmoid, softplus } from "../expression/functions.ts";
import { erf, erfSlope, fillErf, fillErfAndSlope } from "../functions/erf.ts";
import { type Functions, loopsOf } from "./activation.ts";

export const erfFunctions: Functions = {
  f: erf,
  df: erfSlope,
  d2f: (x) => -2 * x * erfSlope(x),
  fill: fillErfAndSlope,
  fillValues: fillErf,
  fillCurvatures(x, n, f, df, d2f) {
    fillErfAndSlope(x, n, f, df);
    for (let i = 0; i < n; i++) d2f[i] = -2 * x[i] * df[i];
  },
};

/**
 * `max(x, 0)`, without a jump that depends on the sign: half of a processor's guesses are wrong for
 * random signs, and each costs more than all the rest. Infinities and the largest numbers take the
 * other way.
 */
function positive(x: number): number {
  const part = 0.5 * (x + Math.abs(x));
  return part < Infinity ? part : Math.max(x, 0);
}

export const reluFunctions: Functions = {
  f: (x) => Math.max(x, 0),
  df: (x) => x > 0 ? 1 : 0,
  d2f: () => 0,
  fill(x, n, f, df) {
    for (let i = 0; i < n; i++) {
      const v = x[i];
      f[i] = positive(v);
      df[i] = Number(v > 0);
    }
  },
  fillValues(x, n, f) {
    for (let i = 0; i < n; i++) f[i] = positive(x[i]);
  },
  fillCurvatures(x, n, f, df, d2f) {
    for (let i = 0; i < n; i++) {
      const v = x[i];
      f[i] = positive(v);
      df[i] = Number(v > 0);
      d2f[i] = 0;
    }
  },
};

const sigmoidSlope = (x: number): number => {
  const e = Math.exp(-Math.abs(x));
  return e / ((1 + e) * (1 + e));
};

export const sigmoidFunctions: Functions = {
  f: sigmoid,
  df: sigmoidSlope,
  d2f: (x) => -sigmoidSlope(x) * Math.tanh(0.5 * x),
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

const tanhSlope = (x: number): number => {
  const y = Math.tanh(x);
  return 1 - y * y;
};

export const tanhFunctions: Functions = {
  f: Math.tanh,
  df: tanhSlope,
  d2f: (x) => -2 * Math.tanh(x) * tanhSlope(x),
  fill(x, n, f, df) {
    for (let i = 0; i < n; i++) {
      const y = Math.tanh(x[i]);
      f[i] = y;
      df[i] = 1 - y * y;
    }
  },
  fillValues(x, n, f) {
    for (let i = 0; i < n; i++) f[i] = Math.tanh(x[i]);
  },
  fillCurvatures(x, n, f, df, d2f) {
    for (let i = 0; i < n; i++) {
      const y = Math.tanh(x[i]), slope = 1 - y * y;
      f[i] = y;
      df[i] = slope;
      d2f[i] = -2 * y * slope;
    }
  },
};

export const softplusFunctions: Functions = loopsOf(softplus, sigmoid, sigmoidSlope);
