import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import * as v from "valibot";
import { param, resolve } from "lora-dynamics/experiment/mod.ts";

const accepts = (parameter: ReturnType<typeof param.text>, value: unknown) => {
  try {
    resolve("try it", { x: parameter }, "full", [["call", { x: value }]]);
    return true;
  } catch {
    return false;
  }
};

Deno.test("numbers are taken within their bounds, and at them as the signs say", () => {
  const bounds = { least: 1, below: 3 }, open = { above: 1, most: 3 };
  fc.assert(
    fc.property(fc.double({ min: -5, max: 5 }), (x) => {
      assertEquals(accepts(param.number(2, "", bounds) as never, x), x >= 1 && x < 3);
      assertEquals(accepts(param.numbers([2], "", open) as never, [2, x]), x > 1 && x <= 3);
      assertEquals(
        accepts(param.integer(2, "", bounds) as never, x),
        Number.isInteger(x) && x >= 1 && x < 3,
      );
    }),
    { seed: 7, examples: [[1], [3], [2], [NaN]] },
  );
  assertEquals(param.number(2, "", bounds).wanted, "a finite number >= 1 and < 3");
});

Deno.test("each kind of parameter takes its own and nothing else", () => {
  const cases: [unknown, unknown[], unknown[]][] = [
    [param.flag(true, ""), [true, false], [0, "true", null]],
    [param.text("a", ""), ["b"], ["", 1, ["a"]]],
    [param.seed(), ["7", "x/1"], [7, ""]],
    [param.choice("a", "", ["a", "b", 3]), ["b", 3], ["c", "3", ["a"]]],
    [param.choices(["a"], "", ["a", "b"]), [["a"], ["b", "a"]], [[], "a", ["c"]]],
    [param.integers([1], "", { entries: 0 }), [[], [1, 2]], [[1.5], 1]],
    [param.schema<unknown>([1, 2], "", v.tuple([v.number(), v.number()]), "a pair"), [[3, 4]], [
      [3],
      ["a", 1],
    ]],
  ];
  for (const [parameter, good, bad] of cases) {
    for (const value of good) {
      assertEquals(accepts(parameter as never, value), true, JSON.stringify(value));
    }
    for (const value of bad) {
      assertEquals(accepts(parameter as never, value), false, JSON.stringify(value));
    }
  }
});

Deno.test("a door decides by throwing, and its words are in the message", () => {
  const even = (x: number) => {
    if (x % 2 !== 0) throw new RangeError("it is odd");
  };
  const declared = { x: param.values<number>([2], "even numbers", even, "even") };
  assertEquals(resolve("try it", declared, "full", []).values.x, [2]);
  assertThrows(
    () => resolve("try it", declared, "full", [["call", { x: [4, 5] }]]),
    RangeError,
    "Cannot try it as x[1] must be even: current value is 5 (it is odd)",
  );
});

Deno.test("resolve() is pure: later layers win, undefined leaves, origins tell", () => {
  const declared = { a: param.number(1, ""), b: param.number(2, "") };
  const layers = [["quick", { a: 3 }], ["call", { a: undefined, b: 4 }]] as const;
  const first = resolve("try it", declared, "full", layers);
  assertEquals(first.values, { a: 3, b: 4 });
  assertEquals(first.origin, { a: "quick", b: "call" });
  assertEquals(resolve("try it", declared, "full", layers), first);
});

Deno.test("an unknown name is met with the one that was probably meant, and with none that is far", () => {
  const declared = { rate: param.number(1, ""), mu: param.number(1, ""), d: param.number(1, "") };
  const cases: (readonly [string, string | undefined])[] = [
    ...[["Rate", "rate"], ["rates", "rate"], ["rtae", "rate"], ["ratess", "rate"]] as const,
    ...[["ratesss", undefined], ["mus", "mu"], ["m", undefined], ["D", "d"]] as const,
    ...[["dd", "d"], ["ddd", undefined], ["q", undefined], ["learningRate", undefined]] as const,
  ];
  for (const [name, close] of cases) {
    const error = assertThrows(
      () => resolve("try it", declared, "full", [["call", { [name]: 1 }]]),
      RangeError,
      `as ${name} must be one of its parameters`,
    );
    const hint = /\(is (\w+) meant\?\)/.exec(error.message)?.[1];
    assertEquals(hint, close, name);
  }
  assertThrows(() => resolve("try it", {}, "full", [["call", { x: 1 }]]), RangeError, "x must be");
});

Deno.test("lists have one entry or more unless they say otherwise", () => {
  const door = (x: number) => x;
  const lists = [
    ...[param.numbers([1, 2], ""), param.integers([1, 2], "")],
    ...[param.choices([1, 2], "", [1, 2]), param.values<number>([1, 2], "", door, "a number")],
  ];
  for (const list of lists) {
    assertEquals([accepts(list as never, [1]), accepts(list as never, [])], [true, false]);
  }
  const two = param.numbers([1, 2], "", { entries: 2 });
  assertEquals([accepts(two as never, [1]), accepts(two as never, [1, 2])], [false, true]);
});
