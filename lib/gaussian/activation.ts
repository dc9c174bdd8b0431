/** What an activation is, and the way from a name to one. */
import { erfActivation, reluActivation, sigmoidActivation } from "./elementary.ts";
import { hermiteActivation, identityActivation } from "./polynomial.ts";
import { squareActivation } from "./square.ts";

/**
 * A scalar non-linearity `σ` with its derivatives and what its Gaussian moments need to know.
 *
 * `σ` is continuous; its derivatives may jump at the `breakpoints`.
 */
export interface Activation {
  /** `"x"`, `"erf"`, `"relu"`, `"sigmoid"`, `"He3"`, `"He2^2"`, or the reader's own. */
  readonly name: string;
  /** Value `σ(x)`. */
  readonly f: (x: number) => number;
  /** Slope `σ′(x)`; at a breakpoint one of the two one-sided values. */
  readonly df: (x: number) => number;
  /** Second derivative away from the breakpoints; jumps of `σ′` are not in it. */
  readonly d2f: (x: number) => number;
  /** Factor by which the paper divides the step size: `k·k!` for `He_k`, otherwise 1. */
  readonly gradientScale: number;
  /** `σ(−x) = −σ(x)`. */
  readonly odd: boolean;
  /** No breakpoints. */
  readonly smooth: boolean;
  /** `E σ(z) = 0` for a standard normal `z`. */
  readonly zeroMean: boolean;
  /** Where `σ′` or `σ″` jumps, in increasing order. */
  readonly breakpoints: readonly number[];
  /** For a polynomial its coefficients in `σ = Σ_j c_j He_j`, otherwise `undefined`. */
  readonly series: readonly number[] | undefined;
  /** Writes `σ` and `σ′` at the first `n` entries of `x`; checks and allocates nothing. */
  fill(x: Float64Array, n: number, f: Float64Array, df: Float64Array): void;
  /** Writes `σ` at the first `n` entries of `x`; checks and allocates nothing. */
  fillValues(x: Float64Array, n: number, f: Float64Array): void;
  /** Writes `σ`, `σ′` and `σ″` at the first `n` entries of `x`; checks and allocates nothing. */
  fillCurvatures(
    x: Float64Array,
    n: number,
    f: Float64Array,
    df: Float64Array,
    d2f: Float64Array,
  ): void;
}

const stored = new Map<string, Activation>();

/**
 * The activation of this name.
 *
 * | name | `σ(x)` |
 * |---|---|
 * | `"x"` | `x` |
 * | `"erf"` | `erf(x)`, not `erf(x/√2)`: the paper's `κ = E σ′(z)² = 4/(π√5)` decides |
 * | `"relu"` | `max(x, 0)`, slope 0 at 0 |
 * | `"sigmoid"` | `1/(1 + e^{−x})` |
 * | `"He1"` … `"He30"` | probabilists' Hermite polynomial, not normalised |
 * | any of these followed by `"^2"` | its square |
 *
 * The same object is returned for the same name.
 *
 * Source: pre-training-hurts, spec §1, §3.1 and §3.9.
 *
 * @param name One of the names of the table.
 * @throws {RangeError} If the name is not known; the message lists the known ones.
 * @throws {TypeError} If the name is not a string.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * const he3 = activation("He3");
 * assertEquals([he3.f(2), he3.df(2), he3.gradientScale], [2, 9, 18]);
 * ```
 */
export function activation(name: string): Activation {
  const known = stored.get(name);
  if (known) return known;
  const made = make(name);
  stored.set(name, made);
  return made;
}

function make(name: string): Activation {
  if (typeof name !== "string") {
    throw new TypeError(
      `Cannot find an activation as name must be a string: current value is ${String(name)}`,
    );
  }
  if (name.endsWith("^2") && !name.endsWith("^2^2")) {
    return squareActivation(activation(name.slice(0, -2)));
  }
  if (name === "x") return identityActivation();
  if (name === "erf") return erfActivation();
  if (name === "relu") return reluActivation();
  if (name === "sigmoid") return sigmoidActivation();
  const degree = Number(/^He([1-9]\d?)$/.exec(name)?.[1] ?? 99);
  if (degree <= 30) return hermiteActivation(degree);
  throw new RangeError(
    `Cannot find an activation as name must be x, erf, relu, sigmoid, He1 to He30, ` +
      `or one of these followed by ^2: current value is ${JSON.stringify(name)}`,
  );
}
