import type { Matrix } from "../linalg/mod.ts";

/** Nonlinearity of the hidden layers. */
export type Nonlinearity = "identity" | "relu" | "tanh";

/** The known names. */
export const nonlinearities: readonly Nonlinearity[] = ["identity", "relu", "tanh"];

/** `x ← f(x)` entry by entry. */
export function applyNonlinearity(name: Nonlinearity, x: Matrix): Matrix {
  const { data } = x, n = data.length;
  if (name === "relu") { for (let i = 0; i < n; i++) data[i] = Math.max(data[i], 0); }
  else if (name === "tanh") { for (let i = 0; i < n; i++) data[i] = Math.tanh(data[i]); }
  return x;
}

/** `d ← d · f′`, with `f′` from the values `y = f(x)`; the derivative of ReLU at 0 is 0. */
export function backNonlinearity(name: Nonlinearity, y: Matrix, d: Matrix): Matrix {
  const values = y.data, { data } = d, n = data.length;
  if (name === "relu") { for (let i = 0; i < n; i++) data[i] = values[i] > 0 ? data[i] : 0; }
  else if (name === "tanh") { for (let i = 0; i < n; i++) data[i] *= 1 - values[i] * values[i]; }
  return d;
}
