/**
 * Expressions in one variable `z` (and one more, `y`, that derivatives hold fixed) as trees, made by constructors that fold constants and drop what
 * does nothing, so that a derivative stays as short as one written by hand.
 *
 * @module
 */
import { FUNCTIONS } from "./functions.ts";

/** A number, a variable, an operation or function of trees, or a choice. */
export type Tree =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "z" }
  | { readonly kind: "y" }
  | { readonly kind: "call"; readonly name: string; readonly of: readonly Tree[] }
  | { readonly kind: "if"; readonly test: Test; readonly yes: Tree; readonly no: Tree };

/** What a choice asks. */
export type Test =
  | { readonly kind: "compare"; readonly sign: Sign; readonly left: Tree; readonly right: Tree }
  | { readonly kind: "and" | "or"; readonly left: Test; readonly right: Test }
  | { readonly kind: "not"; readonly of: Test };

/** A comparison. */
export type Sign = "<" | "<=" | ">" | ">=" | "==" | "!=";

/** The variable. */
export const Z: Tree = { kind: "z" };

/** The second variable. */
export const Y: Tree = { kind: "y" };

/** A constant. */
export function number(value: number): Tree {
  return { kind: "number", value };
}

/** Whether a tree is this constant. */
export function is(tree: Tree, value: number): boolean {
  return tree.kind === "number" && tree.value === value;
}

/** Value of a constant tree. */
export function constant(tree: Tree): number | undefined {
  return tree.kind === "number" ? tree.value : undefined;
}

/** The operand of `f(u)`, when the tree is one. */
export function operand(tree: Tree, name: string): Tree | undefined {
  return tree.kind === "call" && tree.name === name ? tree.of[0] : undefined;
}

/** `a + b`. */
export function add(a: Tree, b: Tree): Tree {
  if (is(a, 0)) return b;
  if (is(b, 0)) return a;
  const minus = operand(b, "neg");
  return minus ? sub(a, minus) : call("add", a, b);
}

/** `a − b`. */
export function sub(a: Tree, b: Tree): Tree {
  if (is(b, 0)) return a;
  if (is(a, 0)) return neg(b);
  const minus = operand(b, "neg");
  return minus ? add(a, minus) : call("sub", a, b);
}

/** `−a`. */
export function neg(a: Tree): Tree {
  return operand(a, "neg") ?? call("neg", a);
}

/** `a b`, a constant in front and only one. */
export function mul(a: Tree, b: Tree): Tree {
  if (b.kind === "number" && a.kind !== "number") return mul(b, a);
  if (is(a, 0)) return a;
  if (is(a, 1)) return b;
  if (is(a, -1)) return neg(b);
  if (a.kind === "number" && b.kind === "call" && b.name === "mul") {
    const inner = b.of[0];
    if (inner.kind === "number") return mul(number(a.value * inner.value), b.of[1]);
  }
  return call("mul", a, b);
}

/** `a / b`; `1/(1 + e^{−u})` is the sigmoid, which neither overflows nor loses its tails. */
export function div(a: Tree, b: Tree): Tree {
  if (is(b, 1)) return a;
  if (is(a, 0) && !is(b, 0)) return a;
  const power = onePlusExp(b);
  return is(a, 1) && power ? call("sigmoid", neg(power)) : call("div", a, b);
}

/** `aᵇ`. */
export function pow(a: Tree, b: Tree): Tree {
  if (is(b, 0)) return number(1);
  return is(b, 1) ? a : call("pow", a, b);
}

/** `u` when the tree is `1 + eᵘ`. */
function onePlusExp(tree: Tree): Tree | undefined {
  if (tree.kind !== "call" || tree.name !== "add") return undefined;
  const [a, b] = tree.of;
  return is(a, 1) ? operand(b, "exp") : is(b, 1) ? operand(a, "exp") : undefined;
}

/** A function or operation of the table; of constants it is one. `log(1 + eᵘ)` is the softplus. */
export function call(name: string, ...of: Tree[]): Tree {
  const values = of.map(constant);
  if (values.every((value) => value !== undefined)) {
    return number(FUNCTIONS[name].value(...values as number[]));
  }
  const power = name === "log" ? onePlusExp(of[0]) : undefined;
  if (power) return call("softplus", power);
  // max(u, 0) is the same function as relu(u).
  if (name === "max" && of.length === 2 && of.some((a) => is(a, 0))) {
    return call("relu", is(of[0], 0) ? of[1] : of[0]);
  }
  return { kind: "call", name, of };
}

/** `test ? yes : no`; two equal numbers are no choice, and `u > 0 ? u : 0` is the ReLU. */
export function choose(test: Test, yes: Tree, no: Tree): Tree {
  if (yes === no || (yes.kind === "number" && is(no, yes.value))) return yes;
  if (test.kind === "compare" && is(test.right, 0) && /^>=?$/.test(test.sign) && is(no, 0)) {
    if (yes === test.left || (yes.kind === "z" && test.left.kind === "z")) return call("relu", yes);
  }
  return { kind: "if", test, yes, no };
}

/** Sides of all comparisons of a test. */
export function comparisons(test: Test): { left: Tree; right: Tree }[] {
  if (test.kind === "compare") return [test];
  if (test.kind === "not") return comparisons(test.of);
  return [...comparisons(test.left), ...comparisons(test.right)];
}
