/** Symbolic derivatives. */
import {
  add,
  call,
  choose,
  constant,
  div,
  is,
  mul,
  neg,
  number,
  pow,
  sub,
  type Tree,
} from "./tree.ts";

type Rule = (u: Tree) => Tree;

const ONE = number(1);
const square = (u: Tree) => mul(u, u);
const positive = (u: Tree) =>
  choose({ kind: "compare", sign: ">", left: u, right: number(0) }, ONE, number(0));

/** `f′(u)`, to be multiplied by `u′`; at a kink one of the two sides, for the ReLU 0. */
const SLOPES: Readonly<Record<string, Rule>> = {
  exp: (u) => call("exp", u),
  expm1: (u) => call("exp", u),
  log: (u) => div(ONE, u),
  log1p: (u) => div(ONE, add(ONE, u)),
  log2: (u) => div(number(Math.LOG2E), u),
  log10: (u) => div(number(Math.LOG10E), u),
  sqrt: (u) => div(number(0.5), call("sqrt", u)),
  cbrt: (u) => div(number(1 / 3), square(call("cbrt", u))),
  abs: (u) => call("sign", u),
  sign: () => number(0),
  step: () => number(0),
  relu: positive,
  sin: (u) => call("cos", u),
  cos: (u) => neg(call("sin", u)),
  tan: (u) => add(ONE, square(call("tan", u))),
  asin: (u) => div(ONE, call("sqrt", sub(ONE, square(u)))),
  acos: (u) => neg(div(ONE, call("sqrt", sub(ONE, square(u))))),
  atan: (u) => div(ONE, add(ONE, square(u))),
  sinh: (u) => call("cosh", u),
  cosh: (u) => call("sinh", u),
  tanh: (u) => sub(ONE, square(call("tanh", u))),
  asinh: (u) => div(ONE, call("sqrt", add(ONE, square(u)))),
  acosh: (u) => div(ONE, call("sqrt", sub(square(u), ONE))),
  atanh: (u) => div(ONE, sub(ONE, square(u))),
  erf: (u) => mul(number(2 / Math.sqrt(Math.PI)), call("exp", neg(square(u)))),
  sigmoid: (u) => mul(call("sigmoid", u), call("sigmoid", neg(u))),
  softplus: (u) => call("sigmoid", u),
};

/** Derivative in `z`; trees that occur several times are differentiated once. */
export function derivative(tree: Tree): Tree {
  const done = new Map<Tree, Tree>();
  const d = (node: Tree): Tree => {
    let slope = done.get(node);
    if (slope === undefined) done.set(node, slope = differentiate(node, d));
    return slope;
  };
  return d(tree);
}

function differentiate(node: Tree, d: (node: Tree) => Tree): Tree {
  if (node.kind === "number" || node.kind === "y") return number(0);
  if (node.kind === "z") return ONE;
  if (node.kind === "if") return choose(node.test, d(node.yes), d(node.no));
  const [a, b] = node.of;
  switch (node.name) {
    case "add":
      return add(d(a), d(b));
    case "sub":
      return sub(d(a), d(b));
    case "neg":
      return neg(d(a));
    case "mul":
      return a === b ? mul(number(2), mul(a, d(a))) : add(mul(d(a), b), mul(a, d(b)));
    case "div":
      // a/b is at hand already: (a′ − (a/b) b′)/b
      return constant(b) === undefined ? div(sub(d(a), mul(node, d(b))), b) : div(d(a), b);
    case "pow":
      return powerSlope(node, a, b, d);
    case "max":
    case "min":
      return extremeSlope(node.name, node.of, d);
  }
  const slope = d(a);
  return is(slope, 0) ? slope : mul(SLOPES[node.name](a), slope);
}

function powerSlope(node: Tree, a: Tree, b: Tree, d: (node: Tree) => Tree): Tree {
  const exponent = constant(b);
  if (exponent !== undefined) {
    return mul(mul(number(exponent), pow(a, number(exponent - 1))), d(a));
  }
  // aᵇ = e^{b log a}
  const rate = add(mul(d(b), call("log", a)), mul(b, div(d(a), a)));
  return mul(node, rate);
}

/** Slope of the argument that is the largest (smallest); of the last of several. */
function extremeSlope(
  name: "max" | "min",
  of: readonly Tree[],
  d: (node: Tree) => Tree,
): Tree {
  const sign = name === "max" ? ">" : "<";
  let best = of[of.length - 1], slope = d(best);
  for (let i = of.length - 2; i >= 0; i--) {
    slope = choose({ kind: "compare", sign, left: of[i], right: best }, d(of[i]), slope);
    best = call(name, of[i], best);
  }
  return slope;
}
