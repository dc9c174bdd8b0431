/**
 * What a tree says about its function: whether it is a polynomial, odd or even, and where it may
 * have a kink.
 *
 * @module
 */
import { FUNCTIONS } from "./functions.ts";
import { comparisons, constant, sub, type Test, type Tree } from "./tree.ts";

/** Largest degree that is read as a polynomial. */
const MOST = 60;

/** Coefficients `c_0, c_1, …` of `Σ c_j zʲ`, or nothing when the tree is no polynomial. */
export function polynomial(tree: Tree): number[] | undefined {
  const done = new Map<Tree, number[] | undefined>();
  const of = (node: Tree): number[] | undefined => {
    if (done.has(node)) return done.get(node);
    const found = expand(node, of);
    const result = found && found.length > MOST + 1 ? undefined : found;
    done.set(node, result);
    return result;
  };
  return of(tree);
}

function expand(node: Tree, of: (node: Tree) => number[] | undefined): number[] | undefined {
  if (node.kind === "number") return [node.value];
  if (node.kind === "z") return [0, 1];
  if (node.kind === "if" || node.kind === "y") return undefined;
  const [first, second] = node.of;
  const a = of(first);
  if (a === undefined) return undefined;
  if (node.name === "neg") return a.map((c) => 0 - c);
  if (node.name === "pow") {
    const power = constant(second);
    if (power === undefined || !Number.isInteger(power) || power < 0 || power > MOST) {
      return undefined;
    }
    let product = [1];
    for (let i = 0; i < power && product.length <= MOST + 1; i++) product = times(product, a);
    return product;
  }
  if (!["add", "sub", "mul", "div"].includes(node.name)) return undefined;
  const b = of(second);
  if (b === undefined) return undefined;
  if (node.name === "mul") return times(a, b);
  if (node.name === "div") return b.length === 1 ? trim(a.map((c) => c / b[0])) : undefined;
  const sign = node.name === "add" ? 1 : -1;
  return trim(Array.from(
    { length: Math.max(a.length, b.length) },
    (_, j) => (a[j] ?? 0) + sign * (b[j] ?? 0),
  ));
}

function times(a: readonly number[], b: readonly number[]): number[] {
  const product = new Array<number>(a.length + b.length - 1).fill(0);
  a.forEach((x, i) => b.forEach((y, j) => product[i + j] += x * y));
  return trim(product);
}

function trim(c: number[]): number[] {
  let length = c.length;
  while (length > 1 && c[length - 1] === 0) length--;
  return c.slice(0, length);
}

/** `"odd"` or `"even"` where that follows from the parts; nothing otherwise. */
export type Parity = "odd" | "even" | undefined;

/** Parity of a tree. */
export function parity(tree: Tree): Parity {
  if (tree.kind === "number") return "even";
  if (tree.kind === "z") return "odd";
  if (tree.kind === "y") return undefined;
  if (tree.kind === "if") {
    const yes = parity(tree.yes);
    return evenTest(tree.test) && yes === parity(tree.no) ? yes : undefined;
  }
  const [a, b] = tree.of.map(parity);
  switch (tree.name) {
    case "neg":
      return a;
    case "add":
    case "sub":
      return sumParity(tree.of);
    case "mul":
    case "div":
      return a && b ? (a === b ? "even" : "odd") : undefined;
    case "pow":
      return powerParity(a, b, constant(tree.of[1]));
  }
  if (tree.of.every((part) => parity(part) === "even")) return "even";
  return tree.of.length === 1 && a === "odd" ? FUNCTIONS[tree.name].parity : undefined;
}

/** Zero is odd and even. */
function sumParity([a, b]: readonly Tree[]): Parity {
  if (constant(a) === 0) return parity(b);
  if (constant(b) === 0) return parity(a);
  return parity(a) === parity(b) ? parity(a) : undefined;
}

function powerParity(a: Parity, b: Parity, power: number | undefined): Parity {
  if (a === "even" && b === "even") return "even";
  if (a !== "odd" || power === undefined || !Number.isInteger(power)) return undefined;
  return power % 2 === 0 ? "even" : "odd";
}

function evenTest(test: Test): boolean {
  return comparisons(test).every(({ left, right }) =>
    parity(left) === "even" && parity(right) === "even"
  );
}

/**
 * Trees at whose zeros the function may have a kink, a jump or a singular point: what stands in
 * `abs`, `sign`, `relu`, roots, logarithms and denominators, differences of the arguments of `max`
 * and `min` and of the sides of comparisons.
 */
export function switches(tree: Tree): Tree[] {
  const found = new Set<Tree>(), seen = new Set<Tree>();
  const visit = (node: Tree): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === "if") {
      for (const { left, right } of comparisons(node.test)) {
        found.add(sub(left, right));
        visit(left);
        visit(right);
      }
      visit(node.yes);
      visit(node.no);
    }
    if (node.kind !== "call") return;
    const { name, of } = node;
    if (["abs", "sign", "relu", "step", "sqrt", "cbrt", "log", "log2", "log10"].includes(name)) {
      found.add(of[0]);
    }
    if (name === "div") found.add(of[1]);
    if (name === "pow" && !Number.isInteger(constant(of[1]) ?? 0.5)) found.add(of[0]);
    if (name === "max" || name === "min") {
      of.forEach((a, i) => of.slice(0, i).forEach((b) => found.add(sub(a, b))));
    }
    of.forEach(visit);
  };
  visit(tree);
  return [...found].filter((node) => node.kind !== "number");
}
