import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { derivative as theirDerivative, evaluate, parse as theirParse } from "mathjs/number";
import { type Activation, activation } from "lora-dynamics/gaussian/mod.ts";
import { compile } from "../../lib/gaussian/expression/compile.ts";
import { derivative } from "../../lib/gaussian/expression/derivative.ts";
import { polynomial } from "../../lib/gaussian/expression/facts.ts";
import { parse } from "../../lib/gaussian/expression/parse.ts";

const compiled = (text: string) => {
  const tree = parse(text), slope = derivative(tree);
  return compile(tree, slope, derivative(slope));
};

/** Random expressions with few parentheses, so that precedence matters. */
const { sum } = fc.letrec<{ sum: string; product: string; power: string; atom: string }>(
  (tie) => ({
    sum: fc.oneof(
      { maxDepth: 4 },
      tie("product"),
      fc.tuple(tie("product"), fc.constantFrom(" + ", " - ", "-"), tie("sum")).map((x) =>
        x.join("")
      ),
    ),
    product: fc.oneof(
      { maxDepth: 4 },
      tie("power"),
      fc.tuple(tie("power"), fc.constantFrom(" * ", "/"), tie("product")).map((x) => x.join("")),
      tie("power").map((x) => `-${x}`),
    ),
    power: fc.oneof(
      { maxDepth: 4 },
      tie("atom"),
      tie("atom").map((x) => `${x}^2`),
      tie("atom").map((x) => `${x}^3^1`),
      tie("atom").map((x) => `${x}^-1`),
    ),
    atom: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom("z", "z", "0.7", "2", "pi", "1.5e-1"),
      fc.tuple(
        fc.constantFrom(
          "tanh",
          "erf",
          "exp",
          "sin",
          "cos",
          "atan",
          "sqrt",
          "log1p",
          "asinh",
          "cbrt",
        ),
        tie("sum"),
      ).map(([f, x]) => `${f}(${x})`),
      tie("sum").map((x) => `(${x})`),
      tie("sum").map((x) => `(z > 0.2 ? ${x} : z)`),
    ),
  }),
);

Deno.test("values and slopes are those of an independent computer algebra system", () => {
  let compared = 0;
  fc.assert(
    fc.property(sum, fc.integer({ min: -3000, max: 3000 }), (text, i) => {
      const z = i / 1000 + 0.00037;
      const { f, df } = compiled(text);
      // They read a leading minus of an exponent and a conditional as we do; slopes through a
      // conditional are not theirs.
      const tree = theirParse(text), value = tree.compile().evaluate({ z });
      if (typeof value !== "number" || !Number.isFinite(value)) return;
      const size = 1 + Math.abs(value);
      if (size > 1e6) return;
      assertAlmostEquals(f(z), value, 1e-9 * size, text);
      if (text.includes("?") || /erf|log1p|asinh|cbrt/.test(text)) return;
      const slope = theirDerivative(tree, "z", { simplify: false }).compile().evaluate({ z });
      if (!Number.isFinite(slope) || Math.abs(slope) > 1e6) return;
      assertAlmostEquals(df(z), slope, 1e-8 * (size + Math.abs(slope)), `slope of ${text}`);
      compared++;
    }),
    { seed: 7, numRuns: 2000 },
  );
  assert(compared > 300, `${compared} slopes compared`);
});

Deno.test("slopes and second derivatives of every function are differences of its values", () => {
  const texts = [
    ..."exp expm1 sqrt cbrt sin cos tan asin acos atan sinh cosh tanh asinh atanh erf".split(" "),
    ..."sigmoid softplus log log1p log2 log10 relu abs".split(" "),
  ].map((name) => `${name}(0.3 z + 0.4)`);
  texts.push("acosh(z + 3)", "max(z^2, 2z, 0.5)", "min(z, 1 - z)", "(z + 3)^z", "pow(2, z)");
  texts.push("z^2.5 - z^(-3)", "He4(z) * h3(2z)", "z < 0.5 or z > 2 ? sin(z) : exp(z)");
  for (const text of texts) {
    const { f, df, d2f } = compiled(text), h = 1e-3;
    const difference = (g: (z: number) => number, z: number) =>
      (8 * (g(z + h) - g(z - h)) - (g(z + 2 * h) - g(z - 2 * h))) / (12 * h);
    for (const z of [0.21, 0.83, 1.19]) {
      const size = 1 + Math.abs(f(z)) + Math.abs(df(z)) + Math.abs(d2f(z));
      assertAlmostEquals(df(z), difference(f, z), 1e-6 * size, `${text} at ${z}`);
      assertAlmostEquals(d2f(z), difference(df, z), 1e-6 * size, `${text} at ${z}`);
    }
  }
});

Deno.test("precedence is that of mathematics", () => {
  const cases: [string, number][] = [
    ["-z^2", -9],
    ["2^3^2", 512],
    ["2^-z", 0.125],
    ["8 / 2 * z", 12],
    ["1 - z - 1", -3],
    ["2 z + 1", 7],
    ["2(z + 1)(z - 1)", 16],
    ["3z exp(0)", 9],
    ["z > 2 and not z > 4 ? 1 : 2", 1],
    ["z < 2 or z == 3 ? 1 : 2", 1],
    ["z > 5 ? 1 : z > 2 ? 2 : 3", 2],
    ["(z > 0) * z", 3],
    ["z ** 2", 9],
    [".5e1 + 1.", 6],
  ];
  for (const [text, value] of cases) assertEquals(compiled(text).f(3), value, text);
  assertEquals(evaluate("-3^2"), -9);
});

Deno.test("what is no expression is refused with what was wanted and what was found", () => {
  const cases: [string, string][] = [
    ["", "there must be something in it: current value is an empty text"],
    ["tanh(x)", "the variable must be z: current value is x at character 6"],
    ["gelu(z)", "a function must be one of"],
    ["erf + 1", "a function must have its argument, as in erf(z): current value is erf"],
    ["tanh(z", "there must be ): current value is the end at character 7"],
    ["tanh(z))", "there must be an operation or the end: current value is ) at character 8"],
    ["tanh(z, 1)", "tanh must have 1 argument: current value is 2"],
    ["max(z)", "max must have 2 to 8 arguments: current value is 1"],
    ["z(1 + z)", "a product must be written as z * (...)"],
    ["1/2z", "after a division or a power a product must be written with *"],
    ["z^2z", "after a division or a power a product must be written with *"],
    ["0 < z < 1 ? z : 0", "two comparisons must be joined by and"],
    ["z ? 1 : 2", "a condition must be a comparison such as z > 0: current value is a number"],
    ["z = 2", "it must consist of numbers, z, operations and functions: current value is = at"],
    ["floor(z)", "a function must not jump: current value is floor, which jumps"],
    ["He31(z)", "the degree of He and h must be at most 30"],
    ["1e999 z", "a number must be finite"],
    ["z +", "there must be a number, z, a function or (: current value is the end"],
  ];
  for (const [text, message] of cases) {
    assertThrows(() => activation(text), SyntaxError, message, text);
    assertThrows(() => activation(text), SyntaxError, `Cannot read the expression "${text}"`, text);
  }
  assertThrows(() => activation("(".repeat(1000) + "z"), SyntaxError, "nested");
  assertThrows(() => activation("-".repeat(1000) + "z"), SyntaxError, "nested");
  assertThrows(() => activation("z + ".repeat(1000) + "z"), SyntaxError, "2000 characters");
});

Deno.test("an expression that is no activation is refused with the reason", () => {
  const cases: [string, string][] = [
    ["1/z", "finite at every z: current value is Infinity at z = 0"],
    ["1/(z - 0.3)", "finite at every z: current value is Infinity at z = 0.3"],
    ["log(z)", "finite at every z: current value is NaN at z = "],
    ["log(2 + z)", "finite at every z"],
    ["sin(z)/z", "finite at every z: current value is NaN at z = 0"],
    ["sign(z)", "continuous at 0: current value is -1 on the left, 0 there and 1 on the right"],
    ["z > 1 ? 1 : 0", "continuous at 1"],
    ["sqrt(abs(z - 1))", "its slope must be bounded at 1"],
    ["cbrt(z)", "its slope must be bounded at 0"],
    ["tan(z)", "smooth but for a few kinks"],
    ["sin(1e5 z)", "smooth but for a few kinks"],
    ["exp(z^2)", "the moment E σ(z)² over a standard normal z must exist"],
    ["exp(z^2/4)", "the moment E σ(z)² over a standard normal z must exist"],
    ["1e200 z^2", "E σ(z)² must be a double"],
  ];
  for (const [text, message] of cases) {
    assertThrows(() => activation(text), RangeError, message, text);
    assertThrows(() => activation(text), RangeError, JSON.stringify(text), text);
  }
});

Deno.test("kinks are found where they are", () => {
  // Zeros of a switch, to rounding.
  const zeros = activation("abs((z^2 - 0.1) * (z^2 - 0.3))").kinks;
  const roots = [-Math.sqrt(0.3), -Math.sqrt(0.1), Math.sqrt(0.1), Math.sqrt(0.3)];
  assertEquals(zeros.length, 4);
  zeros.forEach((zero, i) => assertAlmostEquals(zero, roots[i], 1e-15));
  const cases: [string, number[]][] = [
    ["relu(z)", [0]],
    ["abs(z - 0.3)", [0.3]],
    ["max(z, 0, z - 1, 2z - 4)", [0, 1, 3, 4]],
    ["z > 0.7 ? z : 0.7", [0.7]],
    ["sign(z) * z", [0]],
    ["min(z^2, 2)", [-Math.SQRT2, Math.SQRT2]],
    ["tanh(z)", []],
  ];
  for (const [text, kinks] of cases) {
    const found = activation(text).kinks;
    for (const b of kinks) assert(found.some((x) => Math.abs(x - b) < 1e-12), `${text}: ${found}`);
    if (kinks.length === 0) assertEquals(found, []);
  }
});

Deno.test("one polynomial is one activation, whatever way it is written", () => {
  const same = (a: Activation, b: Activation) => {
    assertEquals(a.series, b.series, a.name);
    const x = Float64Array.from([-2.3, -0.4, 0, 1.1, 3]);
    const values = [a, b].map((s) => {
      const [f, df, d2f] = [0, 1, 2].map(() => new Float64Array(x.length));
      s.fillCurvatures(x, x.length, f, df, d2f);
      return [f, df, d2f];
    });
    assertEquals(values[0], values[1], a.name);
  };
  for (const text of ["z^3 - 3z", "He3(z)", "z * (z^2 - 3)", "-(3z - z*z*z)", "z**3 - 6z/2"]) {
    same(activation(text), activation("He3"));
  }
  for (const text of ["He3(z)/sqrt(6)", "h3(z)", "(z^3 - 3z)/sqrt(6)"]) {
    same(activation(text), activation("h3"));
  }
  for (const text of ["z", "identity", "(2z + 2)/2 - 1"]) same(activation(text), activation("x"));
  for (let k = 1; k <= 30; k++) same(activation(`He${k}(z)`), activation(`He${k}`));
  assertEquals(polynomial(parse("(1 + z)^2 - z^2 - 2z - 1")), [0]);
});

Deno.test("an expression that is a built-in has its closed forms and loops", () => {
  for (
    const [text, name] of [
      ["max(z, 0)", "relu"],
      ["max(0, z)", "relu"],
      ["z > 0 ? z : 0", "relu"],
      ["log(1 + exp(z))", "softplus"],
      ["1 / (1 + exp(-z))", "sigmoid"],
      ["erf(z)", "erf"],
    ]
  ) {
    const [a, b] = [activation(text), activation(name)];
    assertEquals([a.fill, a.f, a.closed, a.kinks], [b.fill, b.f, b.closed, b.kinks], text);
    assertEquals([a.name, a.spec], [text, text]);
  }
  assertEquals(activation("erf(z / sqrt(2))").closed?.base, "erf");
  // Neither overflows nor loses its tail.
  const softplus = activation("3 log(1 + exp(2z))");
  assertEquals(softplus.f(1000), 6000);
  assertAlmostEquals(softplus.f(-20) / (3 * Math.exp(-40)), 1, 1e-14);
});

Deno.test("spec rebuilds an activation, and the same text gives the same object", () => {
  for (const text of ["relu", "He3^2", " tanh(2z) ", "z > 0 ? z : 0.1 z", "h2"]) {
    const a = activation(text);
    assertEquals(a.spec, text.trim());
    assert(activation(a.spec!) === a);
    assert(activation(a) === a);
  }
  assertEquals(activation(Math.tanh).spec, undefined);
});
