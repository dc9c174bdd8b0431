/**
 * The reader of expressions in one variable, called `z` in what follows.
 *
 * | | from loose to tight |
 * |---|---|
 * | `test ? a : b` | choice |
 * | `or`, `and`, `not` | of comparisons |
 * | `< <= > >= == !=` | of numbers; where a number is wanted a comparison is 1 or 0 |
 * | `+ -` | |
 * | `* /` and `3z`, `2 exp(z)` | a product without a sign must not follow `/` or a power |
 * | `-a` | of a product's factor, looser than a power: `-z^2` is `-(z^2)` |
 * | `^` or `**` | from the right: `2^3^2` is `2^9` |
 *
 * Numbers, `z`, `pi`, `e`, the functions of the table and the polynomials `He3(z)`, `h3(z)`.
 *
 * @module
 */
import { hermiteTree } from "./hermite_tree.ts";
import { FUNCTION_NAMES, FUNCTIONS } from "./functions.ts";
import {
  add,
  call,
  choose,
  div,
  mul,
  neg,
  number,
  pow,
  type Sign,
  sub,
  type Test,
  type Tree,
  Y,
  Z,
} from "./tree.ts";

const TOKEN =
  /\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\*\*|<=|>=|==|!=|&&|\|\||[-+*/^()?:,<>!]))/y;
const SIGNS: readonly string[] = ["<", "<=", ">", ">=", "==", "!="];
const SYNONYMS: Readonly<Record<string, string>> = {
  "**": "^",
  "&&": "and",
  "||": "or",
  "!": "not",
};
/** Functions whose value jumps, with what to say. */
const JUMPS = ["floor", "ceil", "round", "fix", "mod"];
/** Deepest nesting: far beyond what anybody writes, and safe for the stack. */
const DEEPEST = 200;
const LONGEST = 2000;

interface Token {
  readonly kind: "number" | "name" | "sign" | "end";
  readonly text: string;
  readonly at: number;
}

/** What an operator of the grammar returns: a number or a condition. */
type Value = { readonly tree: Tree } | { readonly test: Test };

/**
 * Tree of an expression in a variable of this name, or in two.
 *
 * @param second Name of the second variable, `y` in the tree, when there is one.
 * @throws {SyntaxError} If it is none; the message says what was wanted and what was found.
 */
export function parse(text: string, variable = "z", second?: string): Tree {
  return new Parser(text, variable, second).whole();
}

class Parser {
  readonly #text: string;
  readonly #variable: string;
  readonly #second: string | undefined;
  readonly #tokens: Token[] = [];
  #next = 0;
  #depth = 0;

  constructor(text: string, variable: string, second?: string) {
    this.#text = text;
    this.#variable = variable;
    this.#second = second;
    if (text.length > LONGEST) {
      this.#fail(`the text must have at most ${LONGEST} characters`, `${text.length}`);
    }
    TOKEN.lastIndex = 0;
    let at = 0;
    while (at < text.length) {
      TOKEN.lastIndex = at;
      const match = TOKEN.exec(text);
      if (match === null) {
        if (text.slice(at).trim() === "") break;
        const wrong = at + text.slice(at).search(/\S/);
        this.#fail(
          `it must consist of numbers, ${this.#variables(", ")}, operations and functions`,
          text[wrong],
          wrong,
        );
      }
      const [whole, digits, name, sign] = match;
      const start = at + whole.length - (digits ?? name ?? sign).length;
      if (digits !== undefined) this.#tokens.push({ kind: "number", text: digits, at: start });
      else if (name === "and" || name === "or" || name === "not") {
        this.#tokens.push({ kind: "sign", text: name, at: start });
      } else if (name !== undefined) this.#tokens.push({ kind: "name", text: name, at: start });
      else this.#tokens.push({ kind: "sign", text: SYNONYMS[sign] ?? sign, at: start });
      at = TOKEN.lastIndex;
    }
    this.#tokens.push({ kind: "end", text: "the end", at: text.length });
  }

  whole(): Tree {
    if (this.#tokens.length === 1) this.#fail("there must be something in it", "an empty text");
    const tree = this.#tree(this.#choice());
    if (this.#next < this.#tokens.length - 1) this.#wrong("an operation or the end");
    return tree;
  }

  /** Names of the variables, for messages. */
  #variables(between: string): string {
    return this.#second === undefined ? this.#variable : this.#variable + between + this.#second;
  }

  get #peek(): Token {
    return this.#tokens[this.#next];
  }

  #take(...signs: string[]): string | undefined {
    const { kind, text } = this.#peek;
    if (kind !== "sign" || !signs.includes(text)) return undefined;
    this.#next++;
    return text;
  }

  #want(sign: string): void {
    if (this.#take(sign) === undefined) this.#wrong(sign);
  }

  #wrong(wanted: string): never {
    const { text, at } = this.#peek;
    this.#fail(`there must be ${wanted}`, text, at);
  }

  #fail(wanted: string, found: string, at?: number): never {
    const place = at === undefined ? "" : ` at character ${at + 1}`;
    const text = this.#text.length > 80 ? `${this.#text.slice(0, 77)}...` : this.#text;
    throw new SyntaxError(
      `Cannot read the expression ${JSON.stringify(text)} as ${wanted}: ` +
        `current value is ${found}${place}`,
    );
  }

  /** A comparison where a number is wanted is 1 or 0. */
  #tree(value: Value): Tree {
    return "tree" in value ? value.tree : choose(value.test, number(1), number(0));
  }

  #test(value: Value, at: number): Test {
    if ("test" in value) return value.test;
    this.#fail(`a condition must be a comparison such as ${this.#variable} > 0`, "a number", at);
  }

  #choice(): Value {
    if (++this.#depth > DEEPEST) {
      this.#fail(`it must be nested less than ${DEEPEST} deep`, "deeper");
    }
    const { at } = this.#peek;
    const first = this.#or();
    if (this.#take("?") === undefined) {
      this.#depth--;
      return first;
    }
    const test = this.#test(first, at);
    const yes = this.#tree(this.#choice());
    this.#want(":");
    const no = this.#tree(this.#choice());
    this.#depth--;
    return { tree: choose(test, yes, no) };
  }

  #or(): Value {
    return this.#joined("or", () => this.#joined("and", () => this.#not()));
  }

  #joined(kind: "and" | "or", part: () => Value): Value {
    let at = this.#peek.at, left = part();
    while (this.#take(kind) !== undefined) {
      const first = this.#test(left, at);
      at = this.#peek.at;
      left = { test: { kind, left: first, right: this.#test(part(), at) } };
    }
    return left;
  }

  #not(): Value {
    if (this.#take("not") === undefined) return this.#comparison();
    if (++this.#depth > DEEPEST) {
      this.#fail(`it must be nested less than ${DEEPEST} deep`, "deeper");
    }
    const { at } = this.#peek;
    const test: Test = { kind: "not", of: this.#test(this.#not(), at) };
    this.#depth--;
    return { test };
  }

  #comparison(): Value {
    const first = this.#sum();
    const sign = this.#take(...SIGNS) as Sign | undefined;
    if (sign === undefined) return first;
    const test: Test = {
      kind: "compare",
      sign,
      left: this.#tree(first),
      right: this.#tree(this.#sum()),
    };
    const { kind, text, at } = this.#peek;
    if (kind === "sign" && SIGNS.includes(text)) {
      const z = this.#variable;
      this.#fail(`two comparisons must be joined by and, as in 0 < ${z} and ${z} < 1`, text, at);
    }
    return { test };
  }

  #sum(): Value {
    let left = this.#product();
    for (let sign = this.#take("+", "-"); sign !== undefined; sign = this.#take("+", "-")) {
      const right = this.#tree(this.#product());
      left = { tree: (sign === "+" ? add : sub)(this.#tree(left), right) };
    }
    return left;
  }

  #product(): Value {
    let [left, closed] = this.#signed();
    while (true) {
      const sign = this.#take("*", "/");
      if (sign === undefined && !this.#startsFactor()) return left;
      if (sign === undefined && closed) {
        const { text, at } = this.#peek;
        this.#fail("after a division or a power a product must be written with *", text, at);
      }
      const [right, power] = sign === undefined ? this.#power() : this.#signed();
      closed = sign === "/" || power;
      left = { tree: (sign === "/" ? div : mul)(this.#tree(left), this.#tree(right)) };
    }
  }

  #startsFactor(): boolean {
    const { kind, text } = this.#peek;
    return kind === "number" || kind === "name" || (kind === "sign" && text === "(");
  }

  /** A factor with its signs, and whether a power closes it. */
  #signed(): [Value, boolean] {
    if (this.#take("+") !== undefined) return this.#signed();
    if (this.#take("-") === undefined) return this.#power();
    if (++this.#depth > DEEPEST) {
      this.#fail(`it must be nested less than ${DEEPEST} deep`, "deeper");
    }
    const [value, power] = this.#signed();
    this.#depth--;
    return [{ tree: neg(this.#tree(value)) }, power];
  }

  #power(): [Value, boolean] {
    const base = this.#atom();
    if (this.#take("^") === undefined) return [base, false];
    if (++this.#depth > DEEPEST) {
      this.#fail(`it must be nested less than ${DEEPEST} deep`, "deeper");
    }
    const [exponent] = this.#signed();
    this.#depth--;
    return [{ tree: pow(this.#tree(base), this.#tree(exponent)) }, true];
  }

  #atom(): Value {
    const { kind, text, at } = this.#peek;
    if (kind === "number") {
      this.#next++;
      const value = Number(text);
      if (!Number.isFinite(value)) this.#fail("a number must be finite", text, at);
      return { tree: number(value) };
    }
    if (this.#take("(") !== undefined) {
      const inside = this.#choice();
      this.#want(")");
      return inside;
    }
    if (kind !== "name") this.#wrong(`a number, ${this.#variables(", ")}, a function or (`);
    this.#next++;
    const opened = this.#peek.kind === "sign" && this.#peek.text === "(";
    const leaf = this.#leaf(text);
    if (leaf !== undefined) {
      if (opened) this.#fail(`a product must be written as ${text} * (...)`, `${text}(`, at);
      return { tree: leaf };
    }
    return { tree: this.#function(text, at, opened) };
  }

  /** A variable or a constant. */
  #leaf(name: string): Tree | undefined {
    if (name === this.#variable) return Z;
    if (name === this.#second) return Y;
    return name === "pi" ? number(Math.PI) : name === "e" ? number(Math.E) : undefined;
  }

  #function(name: string, at: number, opened: boolean): Tree {
    const hermite = /^(He|h)(\d{1,2})$/.exec(name);
    if (JUMPS.includes(name)) {
      this.#fail("a function must not jump", `${name}, which jumps`, at);
    }
    if (!hermite && !FUNCTION_NAMES.includes(name)) {
      if (!opened) this.#fail(`the variable must be ${this.#variables(" or ")}`, name, at);
      const known = [...FUNCTION_NAMES, "He1, h1, He2, ..."].join(", ");
      this.#fail(`a function must be one of ${known}`, name, at);
    }
    if (!opened) {
      this.#fail(`a function must have its argument, as in ${name}(${this.#variable})`, name, at);
    }
    this.#want("(");
    const of = [this.#tree(this.#choice())];
    while (this.#take(",") !== undefined) of.push(this.#tree(this.#choice()));
    this.#want(")");
    const [least, most] = hermite ? [1, 1] : FUNCTIONS[name].arguments;
    if (of.length < least || of.length > most) {
      const wanted = least === most ? `${least}` : `${least} to ${most}`;
      this.#fail(`${name} must have ${wanted} argument${most > 1 ? "s" : ""}`, `${of.length}`, at);
    }
    if (!hermite) return name === "pow" ? pow(of[0], of[1]) : call(name, ...of);
    const degree = Number(hermite[2]);
    if (degree > 30) this.#fail("the degree of He and h must be at most 30", name, at);
    return hermiteTree(degree, of[0], hermite[1] === "h");
  }
}
