/**
 * Trees compiled to JavaScript functions. The text is written here, from numbers and the names of
 * the table of functions alone; of what the reader wrote nothing is copied into it.
 *
 * @module
 */
import { FUNCTIONS, OWN } from "./functions.ts";
import { constant, type Test, type Tree } from "./tree.ts";

/** A compiled activation: values, slopes and curvatures, and the loops over arrays of arguments. */
export interface Compiled {
  /** Value. */
  readonly f: (x: number) => number;
  /** Slope. */
  readonly df: (x: number) => number;
  /** Second derivative away from kinks. */
  readonly d2f: (x: number) => number;
  /** Values at the first `n` entries. */
  fillValues(x: Float64Array, n: number, f: Float64Array): void;
  /** Values and slopes. */
  fill(x: Float64Array, n: number, f: Float64Array, df: Float64Array): void;
  /** Values, slopes and second derivatives. */
  fillCurvatures(
    x: Float64Array,
    n: number,
    f: Float64Array,
    df: Float64Array,
    d2f: Float64Array,
  ): void;
}

/** One function body: every distinct operation is computed once, whatever tree it is in. */
class Body {
  readonly lines: string[] = [];
  readonly #names = new Map<string, string>();
  readonly #done = new Map<Tree, string>();

  /** Name or number that stands for the value of a tree. */
  of(tree: Tree): string {
    const known = this.#done.get(tree);
    if (known !== undefined) return known;
    const text = this.#write(tree);
    this.#done.set(tree, text);
    return text;
  }

  #write(tree: Tree): string {
    if (tree.kind === "z" || tree.kind === "y") return tree.kind;
    if (tree.kind === "number") return literal(tree.value);
    if (tree.kind === "if") {
      return this.#name(`${this.#test(tree.test)} ? ${this.of(tree.yes)} : ${this.of(tree.no)}`);
    }
    const [base, exponent] = tree.of;
    const power = tree.name === "pow" ? constant(exponent) : undefined;
    if (power !== undefined && 2 * Math.abs(power) <= 64 && Number.isInteger(2 * power)) {
      return this.#power(this.of(base), power);
    }
    return this.#name(FUNCTIONS[tree.name].code(...tree.of.map((part) => this.of(part))));
  }

  /** Integer and half-integer powers as products. */
  #power(base: string, power: number): string {
    if (power < 0) return this.#name(`1 / ${this.#power(base, -power)}`);
    const whole = Math.floor(power);
    let text = power === whole ? "" : this.#name(`Math.sqrt(${base})`), square = base;
    for (let rest = whole; rest > 0; rest >>= 1) {
      if (rest & 1) text = text === "" ? square : this.#name(`${text} * ${square}`);
      if (rest > 1) square = this.#name(`${square} * ${square}`);
    }
    return text;
  }

  #test(test: Test): string {
    if (test.kind === "not") return `!(${this.#test(test.of)})`;
    if (test.kind === "compare") {
      const sign = test.sign === "==" || test.sign === "!=" ? `${test.sign}=` : test.sign;
      return `(${this.of(test.left)} ${sign} ${this.of(test.right)})`;
    }
    const sign = test.kind === "and" ? "&&" : "||";
    return `(${this.#test(test.left)} ${sign} ${this.#test(test.right)})`;
  }

  #name(code: string): string {
    let name = this.#names.get(code);
    if (name === undefined) {
      name = `t${this.lines.length}`;
      this.#names.set(code, name);
      this.lines.push(`const ${name} = ${code};`);
    }
    return name;
  }
}

function literal(value: number): string {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "(-Infinity)";
  }
  return value < 0 || Object.is(value, -0) ? `(-${String(-value)})` : String(value);
}

/** `(z) => value of the tree`, or the same of two variables. */
function point(tree: Tree, variables = "z"): string {
  const body = new Body(), value = body.of(tree);
  return `(${variables}) { ${body.lines.join(" ")} return ${value}; }`;
}

/** A loop that writes the trees into arrays of these names. */
function loop(outputs: readonly (readonly [string, Tree])[]): string {
  const body = new Body();
  const stores = outputs.map(([name, tree]) => `${name}[i] = ${body.of(tree)};`);
  return `(x, n, ${outputs.map(([name]) => name).join(", ")}) {
    for (let i = 0; i < n; i++) {
      const z = x[i];
      ${body.lines.join("\n      ")}
      ${stores.join(" ")}
    }
  }`;
}

/** Functions of a value, its slope and its second derivative. */
export function compile(f: Tree, df: Tree, d2f: Tree): Compiled {
  const text = `"use strict"; return {
  f${point(f)},
  df${point(df)},
  d2f${point(d2f)},
  fillValues${loop([["f", f]])},
  fill${loop([["f", f], ["df", df]])},
  fillCurvatures${loop([["f", f], ["df", df], ["d2f", d2f]])},
};`;
  return new Function(...Object.keys(OWN), text)(...Object.values(OWN));
}

/** The function of `z` and `y` that a tree stands for. */
export function compileTwo(tree: Tree): (z: number, y: number) => number {
  const text = `"use strict"; return { f${point(tree, "z, y")} }.f;`;
  return new Function(...Object.keys(OWN), text)(...Object.values(OWN));
}
