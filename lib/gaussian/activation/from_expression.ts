/** Activations from expressions in `z`. */
import { compile } from "../expression/compile.ts";
import { derivative } from "../expression/derivative.ts";
import { parity, polynomial, switches } from "../expression/facts.ts";
import { parse } from "../expression/parse.ts";
import { constant, type Tree } from "../expression/tree.ts";
import { factorial } from "../functions/hermite.ts";
import type { Activation, ClosedForm } from "./activation.ts";
import { inspect, notOdd } from "./inspect.ts";
import { polynomialActivation, toSeries } from "./polynomial.ts";

/** Zeros of switches are looked for up to here, in steps that no usual kink slips through. */
const REACH = 40;
const STEPS_PER_UNIT = 64;

/**
 * The activation of an expression, with the loops of the built-in that it is, when it is one.
 *
 * @param builtIn The built-in activation of a name of the table.
 */
export function expressionActivation(
  text: string,
  builtIn: (name: string) => Activation,
): Activation {
  const tree = parse(text), name = text.trim();
  const coefficients = polynomial(tree), series = coefficients && toSeries(coefficients);
  if (series) return polynomialActivation(checkSize(series, name), name, name);
  const known = tree.kind === "call" && tree.of[0].kind === "z" && NAMES.includes(tree.name);
  if (known) return { ...builtIn(tree.name), name, spec: name };
  const slope = derivative(tree), functions = compile(tree, slope, derivative(slope));
  const verdict = inspect(functions.f, functions.df, candidates(tree));
  if ("wanted" in verdict) {
    throw new RangeError(
      `Cannot make an activation of ${JSON.stringify(name)} as ${verdict.wanted}: ` +
        `current value is ${verdict.found}`,
    );
  }
  return {
    name,
    spec: name,
    odd: parity(tree) === "odd" ? true : notOdd(functions.f) ? false : undefined,
    kinks: verdict.kinks,
    series: undefined,
    closed: closedForm(tree),
    ...functions,
  };
}

function checkSize(series: readonly number[], name: string): readonly number[] {
  const square = series.reduce((sum, c, j) => sum + c * c * factorial(j), 0);
  if (square < Infinity) return series;
  throw new RangeError(
    `Cannot make an activation of ${JSON.stringify(name)} as E σ(z)² must be a double: ` +
      `current value is ${square}`,
  );
}

/** Built-in activations that an expression may turn out to be. */
const NAMES: readonly string[] = ["relu", "erf", "sigmoid", "tanh", "softplus"];

/** `outer·erf(inner·z)` and the same of the ReLU. */
function closedForm(tree: Tree): ClosedForm | undefined {
  if (tree.kind !== "call") return undefined;
  const [a, b] = tree.of;
  const scaled = (part: Tree, factor: number): ClosedForm | undefined => {
    const form = closedForm(part);
    return form && { ...form, outer: factor * form.outer };
  };
  if (tree.name === "neg") return scaled(a, -1);
  if (tree.name === "mul" || tree.name === "div") {
    const [left, right] = [constant(a), constant(b)];
    if (right !== undefined) return scaled(a, tree.name === "mul" ? right : 1 / right);
    if (left !== undefined && tree.name === "mul") return scaled(b, left);
    return undefined;
  }
  if (tree.name !== "erf" && tree.name !== "relu") return undefined;
  const argument = polynomial(a);
  if (argument?.length !== 2 || argument[0] !== 0) return undefined;
  return { base: tree.name, inner: argument[1], outer: 1 };
}

/** Where the function may have a kink: zeros of its switches. */
function candidates(tree: Tree): number[] {
  const zeros = switches(tree).flatMap((part) => {
    const line = polynomial(part);
    if (line?.length === 1) return [];
    if (line?.length === 2) return [0 - line[0] / line[1]];
    return zerosOf(compile(part, part, part).f);
  });
  return [...new Set(zeros)].filter((x) => Math.abs(x) < REACH).sort((a, b) => a - b);
}

function zerosOf(f: (x: number) => number): number[] {
  const zeros: number[] = [], steps = REACH * STEPS_PER_UNIT;
  let left = -REACH, sign = Math.sign(f(left));
  for (let i = 1 - steps; i <= steps; i++) {
    const right = i / STEPS_PER_UNIT, next = Math.sign(f(right));
    if (next !== sign) zeros.push(change(f, left, right, sign));
    left = right;
    sign = next;
  }
  return zeros;
}

/** Where the sign stops being what it is on the left, by bisection. */
function change(f: (x: number) => number, low: number, high: number, sign: number): number {
  for (
    let middle = 0.5 * (low + high);
    middle > low && middle < high;
    middle = 0.5 * (low + high)
  ) {
    if (Math.sign(f(middle)) === sign) low = middle;
    else high = middle;
  }
  return f(low) === 0 ? low : high;
}
