/**
 * The functions and operations of expressions: their values, and the JavaScript that a generated
 * function calls. Nothing that is not in this table can occur in one.
 *
 * @module
 */
import { erf } from "../functions/erf.ts";

/** One entry of the table. */
export interface FunctionEntry {
  /** Numbers of arguments that it takes, least and most. */
  readonly arguments: readonly [number, number];
  /** Value. */
  readonly value: (...of: number[]) => number;
  /** JavaScript from the JavaScript of the arguments. */
  readonly code: (...of: string[]) => string;
  /** `f(−x)` is `−f(x)` or `f(x)`; nothing when it is neither. */
  readonly parity?: "odd" | "even";
}

// With e = exp(−|x|) ≤ 1 nothing overflows and both tails keep their relative accuracy.
/** `1/(1 + e^{−x})`. */
export function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return (x > 0 ? 1 : e) / (1 + e);
}

/** `log(1 + eˣ)`. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Functions of our own that generated code receives as arguments. */
export const OWN = { erf, sigmoid, softplus } as const;

function one(
  name: string,
  value: (x: number) => number,
  parity?: "odd" | "even",
): FunctionEntry {
  const target = name in OWN ? name : `Math.${name}`;
  return { arguments: [1, 1], value, code: (x) => `${target}(${x})`, parity };
}

function operation(sign: string, value: (a: number, b: number) => number): FunctionEntry {
  return { arguments: [2, 2], value, code: (a, b) => `${a} ${sign} ${b}` };
}

const MANY = 8;

/** The table, the operations of the grammar among them. */
export const FUNCTIONS: Readonly<Record<string, FunctionEntry>> = Object.freeze({
  __proto__: null as never,
  add: operation("+", (a, b) => a + b),
  sub: operation("-", (a, b) => a - b),
  mul: operation("*", (a, b) => a * b),
  div: operation("/", (a, b) => a / b),
  neg: { arguments: [1, 1], value: (a) => -a, code: (a) => `-${a}` },
  pow: { arguments: [2, 2], value: Math.pow, code: (a, b) => `Math.pow(${a}, ${b})` },
  exp: one("exp", Math.exp),
  expm1: one("expm1", Math.expm1),
  log: one("log", Math.log),
  log1p: one("log1p", Math.log1p),
  log2: one("log2", Math.log2),
  log10: one("log10", Math.log10),
  sqrt: one("sqrt", Math.sqrt),
  cbrt: one("cbrt", Math.cbrt, "odd"),
  abs: one("abs", Math.abs, "even"),
  sign: one("sign", Math.sign, "odd"),
  sin: one("sin", Math.sin, "odd"),
  cos: one("cos", Math.cos, "even"),
  tan: one("tan", Math.tan, "odd"),
  asin: one("asin", Math.asin, "odd"),
  acos: one("acos", Math.acos),
  atan: one("atan", Math.atan, "odd"),
  sinh: one("sinh", Math.sinh, "odd"),
  cosh: one("cosh", Math.cosh, "even"),
  tanh: one("tanh", Math.tanh, "odd"),
  asinh: one("asinh", Math.asinh, "odd"),
  acosh: one("acosh", Math.acosh),
  atanh: one("atanh", Math.atanh, "odd"),
  erf: one("erf", erf, "odd"),
  sigmoid: one("sigmoid", sigmoid),
  softplus: one("softplus", softplus),
  relu: { arguments: [1, 1], value: (x) => Math.max(x, 0), code: (x) => `Math.max(${x}, 0)` },
  step: { arguments: [1, 1], value: (x) => x > 0 ? 1 : 0, code: (x) => `(${x} > 0 ? 1 : 0)` },
  max: {
    arguments: [2, MANY],
    value: Math.max,
    code: (...of) => `Math.max(${of.join(", ")})`,
  },
  min: {
    arguments: [2, MANY],
    value: Math.min,
    code: (...of) => `Math.min(${of.join(", ")})`,
  },
});

/** Names that a reader may write: all but the operations, which have signs. */
export const FUNCTION_NAMES: readonly string[] = Object.keys(FUNCTIONS)
  .filter((name) => !["add", "sub", "mul", "div", "neg"].includes(name));
