/** No expression reaches anything but numbers. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { compile } from "../../lib/gaussian/expression/compile.ts";
import { FUNCTIONS, OWN } from "../../lib/gaussian/expression/functions.ts";
import { parse } from "../../lib/gaussian/expression/parse.ts";

const WORDS = [
  ..."constructor __proto__ prototype import process globalThis Deno eval Function this".split(" "),
  ..."toString valueOf hasOwnProperty arguments require window self fetch Math await new".split(
    " ",
  ),
  ..."f df d2f fill fillValues add sub mul div neg i n x t0 t1 OWN unit m kg inv det cross".split(
    " ",
  ),
  ..."z 1 2.5 pi e tanh erf max sigmoid He3 h2 if else return var let const function".split(" "),
];
const SIGNS = [
  ..."( ) [ ] { } . , ; : ? = == => ! ' \" ` \\ / * + - ^ % & | < > @ # $ ~".split(" "),
  ...["//", "/*", "*/", "\n", "${", "}", "\u2028", "\0", " ", "…", "σ"],
];

const hostile = fc.array(fc.constantFrom(...WORDS, ...SIGNS), { maxLength: 12 })
  .map((parts) => parts.join(""));
const spaced = fc.array(fc.constantFrom(...WORDS, ...SIGNS), { maxLength: 12 })
  .map((parts) => parts.join(" "));

Deno.test("a hostile text is refused, or it is a function from numbers to numbers", () => {
  const names = Object.getOwnPropertyNames(globalThis).sort();
  let read = 0;
  fc.assert(
    fc.property(fc.oneof(hostile, spaced, fc.string({ maxLength: 30 })), (text) => {
      let tree;
      try {
        tree = parse(text);
      } catch (error) {
        assert(error instanceof SyntaxError, `${text}: ${error}`);
        return;
      }
      read++;
      const { f } = compile(tree, tree, tree);
      for (const z of [-1, 0, 2]) assertEquals(typeof f(z), "number", text);
    }),
    { seed: 7, numRuns: 20_000 },
  );
  assert(read > 100, `${read} texts were expressions`);
  assertEquals(Object.getOwnPropertyNames(globalThis).sort(), names);
});

Deno.test("known attacks are refused", () => {
  for (
    const text of [
      "constructor(z)",
      "z.constructor",
      'z["constructor"]',
      "import(z)",
      'eval("1")',
      "f(z) = z",
      "z = 2",
      "z; 1",
      "[1, 2]",
      "{a: 1}",
      '"text"',
      "'z'",
      "5 kg",
      "z'",
      "z!",
      "__proto__(z)",
      "hasOwnProperty(z)",
      "toString(z)",
      "globalThis",
      "process",
      "Math.tanh(z)",
      "tanh`z`",
      "() => z",
      "add(z, 1)",
      "neg(z)",
      "z /* comment */",
      "z // comment",
      "He3.constructor(z)",
      "max(...z)",
    ]
  ) {
    assertThrows(() => activation(text), SyntaxError, "Cannot read the expression", text);
  }
});

Deno.test("generated code consists of numbers, local names and functions of the table", () => {
  const text = "z > 1 ? max(z, tanh(3z), 1e-7) : erf(z)^2.5 + sigmoid(-z) - log(1 + exp(z)) / -0.5";
  const { fill } = compile(parse(text), parse(text), parse(text));
  const allowed = new Set([
    ..."use strict const let for return i n x z f df Math".split(" "),
    ...Object.keys(OWN),
    ...Object.keys(FUNCTIONS),
  ]);
  const words = fill.toString().match(/[A-Za-z_$][\w$]*/g)!;
  assertEquals(words.filter((w) => !allowed.has(w) && !/^(t\d+|e|fill)$/.test(w)), []);
});

Deno.test("only objects with known keys and numbers are activations", () => {
  // deno-lint-ignore no-explicit-any -- what a notebook cell may pass
  const make = (x: any) => () => activation(x);
  for (const x of [undefined, null, 3, true, Symbol.iterator]) {
    assertThrows(make(x), TypeError, "must be a name, an expression in z, a function");
  }
  assertThrows(make({}), TypeError, "f must be a function: current value is undefined");
  assertThrows(make({ f: Math.tanh, breakpoint: [1] }), TypeError, "current value is breakpoint");
  assertThrows(make({ f: () => "1" }), TypeError, "f must return a number");
  assertThrows(make({ f: Math.tanh, name: 3 }), TypeError, "name must be a string");
  assertThrows(make({ f: Math.tanh, kinks: 0.3 }), TypeError, "kinks must be a list");
  assertThrows(make({ f: Math.abs, kinks: [1, 0] }), RangeError, "greater");
});
