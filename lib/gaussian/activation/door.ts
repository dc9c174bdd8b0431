/** The one door to activations. */
import { factorial } from "../functions/hermite.ts";
import type { Activation, ClosedForm, Functions } from "./activation.ts";
import {
  erfFunctions,
  reluFunctions,
  sigmoidFunctions,
  softplusFunctions,
  tanhFunctions,
} from "./elementary.ts";
import { expressionActivation } from "./from_expression.ts";
import { type ActivationDefinition, functionActivation } from "./from_function.ts";
import { hermiteSeries, polynomialActivation } from "./polynomial.ts";
import { squareActivation } from "./square.ts";

/** Everything that {@linkcode activation} makes an activation from. */
export type ActivationLike =
  | string
  | Activation
  | ActivationDefinition
  | ((z: number) => number);

const stored = new Map<string, Activation>();
/** Expressions kept: a notebook uses a few, a property test thousands. */
const MOST_STORED = 1000;

/**
 * The activation of a name, an expression in `z`, or a function.
 *
 * | name | `σ(z)` |
 * |---|---|
 * | `"x"`, `"identity"` | `z` |
 * | `"relu"` | `max(z, 0)`, slope 0 at 0 |
 * | `"erf"` | `erf(z)`; write `"erf(z / sqrt(2))"` where the other is meant |
 * | `"tanh"` | `tanh(z)` |
 * | `"sigmoid"` | `1/(1 + e^{−z})` |
 * | `"softplus"` | `log(1 + e^z)` |
 * | `"He1"` … `"He30"` | probabilists' Hermite polynomial, not normalised: `E He_k² = k!` |
 * | `"h1"` … `"h30"` | the same divided by `√k!`: `E h_k² = 1` |
 * | any of these followed by `"^2"` | its square |
 *
 * An expression has `z`, numbers, `+ - * / ^`, comparisons and `test ? a : b`, and the functions
 * `exp log sqrt abs max min sin cos tanh erf relu sigmoid softplus …`: `"log(1 + exp(z))"`,
 * `"z * (1 + erf(z / sqrt(2))) / 2"`, `"z > 0 ? z : 0.1 z"`. It is differentiated symbolically,
 * compiled once, and recognised: `"z^3 - 3z"` is `He3`. A function may come with its slope,
 * `{ name, f, df }`; without one the slope is numerical, at about ten evaluations each.
 *
 * Assumes: no feature of an expression or a function narrower than about 0.05 stands alone.
 * The same object is returned for the same text.
 *
 * @throws {SyntaxError} If an expression cannot be read.
 * @throws {RangeError} If the function is not finite and continuous, its slope is not bounded, `df` is
 * not the slope of `f`, or `E σ(z)²` does not exist.
 * @throws {TypeError} If it is none of these.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * const leaky = activation("z > 0 ? z : 0.1 z");
 * assertEquals([leaky.f(-2), leaky.df(-2), leaky.kinks], [-0.2, 0.1, [0]]);
 * assertEquals(activation("z^3 - 3z").series, activation("He3").series);
 * assertEquals(activation(Math.tanh).name, "tanh");
 * ```
 */
export function activation(x: ActivationLike): Activation {
  if (typeof x === "string") return ofText(x.trim());
  if (typeof x === "function") return functionActivation({ f: x });
  if (typeof x !== "object" || x === null) {
    throw new TypeError(
      `Cannot make an activation as it must be a name, an expression in z, a function or ` +
        `{ name, f, df }: current value is ${String(x)}`,
    );
  }
  return "fill" in x ? x : functionActivation(x);
}

function ofText(text: string): Activation {
  let made = stored.get(text);
  if (made === undefined) {
    made = builtIn(text) ?? expressionActivation(checkWord(text), activation);
    if (stored.size >= MOST_STORED) stored.clear();
    stored.set(text, made);
  }
  return made;
}

/** A single word that is no name of the table and no expression either: said with the names. */
function checkWord(text: string): string {
  if (!/^[A-Za-z]\w*$/.test(text) || ["z", "pi", "e"].includes(text)) return text;
  throw new SyntaxError(
    `Cannot read the expression ${JSON.stringify(text)} as a single word must be one of z, ` +
      `${Object.keys(ELEMENTARY).join(", ")}, He1, h1, He2, ...: current value is ${text}`,
  );
}

function builtIn(name: string): Activation | undefined {
  if (name.endsWith("^2")) {
    const base = builtIn(name.slice(0, -2));
    return base && !base.name.endsWith("^2") ? squareActivation(base) : undefined;
  }
  if (Object.hasOwn(ELEMENTARY, name)) return ELEMENTARY[name](name);
  const [, letter, digits] = /^(He|h)([1-9]\d?)$/.exec(name) ?? [];
  const k = Number(digits);
  if (!(k <= 30)) return undefined;
  const factor = letter === "He" ? 1 : 1 / Math.sqrt(factorial(k));
  return polynomialActivation(hermiteSeries(k, factor), name, name);
}

type Make = (name: string) => Activation;

function elementary(
  functions: Functions,
  odd: boolean,
  kinks: readonly number[] = [],
  base?: ClosedForm["base"],
): Make {
  const closed = base && { base, inner: 1, outer: 1 };
  return (name) => ({ name, spec: name, odd, kinks, series: undefined, closed, ...functions });
}

const identity: Make = (name) => polynomialActivation(hermiteSeries(1), name, name);

const ELEMENTARY: Readonly<Record<string, Make>> = {
  x: identity,
  identity,
  relu: elementary(reluFunctions, false, [0], "relu"),
  erf: elementary(erfFunctions, true, [], "erf"),
  tanh: elementary(tanhFunctions, true),
  sigmoid: elementary(sigmoidFunctions, false),
  softplus: elementary(softplusFunctions, false),
};
