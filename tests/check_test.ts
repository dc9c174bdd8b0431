import { assertEquals, assertThrows } from "@std/assert";
import * as check from "../lib/check.ts";

/** What is not a number at all, and how a message shows it. */
const STRANGE: [unknown, string][] = [
  ["7", '"7"'],
  [undefined, "undefined"],
  [null, "null"],
  [true, "true"],
  [[1, 2], "[1,2]"],
  [{ a: 1 }, '{"a":1}'],
  [[0.5, NaN, -Infinity], "[0.5,NaN,-Infinity]"],
  [{ f: Math.sin, name: "s" }, '{"f":a function,"name":"s"}'],
  [10n, "10"],
  [Symbol("s"), "Symbol(s)"],
  [Math.sin, "a function"],
];

type NumberCheck = (value: number) => void;

/** Every check of one number: what it says, what it accepts, what it refuses. */
const NUMBERS: [string, string, NumberCheck, number[], number[]][] = [
  [
    "checkFinite",
    "be finite",
    (x) => check.checkFinite("run", "mu", x),
    [0, -1.5, 1e308],
    [NaN, Infinity, -Infinity],
  ],
  [
    "checkInteger",
    "be an integer >= 2",
    (x) => check.checkInteger("run", "mu", x, 2),
    [2, 1e9, Number.MAX_SAFE_INTEGER],
    [1, 2.5, -3, NaN, Infinity, 2 ** 53],
  ],
  [
    "checkInteger with a largest value",
    "be an integer from 2 to 5",
    (x) => check.checkInteger("run", "mu", x, 2, 5),
    [2, 5],
    [1, 6, 2.5, NaN, Infinity],
  ],
  [
    "checkInside",
    "lie in (0, 1)",
    (x) => check.checkInside("run", "mu", x, 0, 1),
    [1e-300, 0.5, 1 - 1e-16],
    [0, 1, -0.1, NaN, Infinity],
  ],
  [
    "checkWithin",
    "lie in [0, 1]",
    (x) => check.checkWithin("run", "mu", x, 0, 1),
    [0, 0.5, 1],
    [-1e-300, 1.1, NaN, -Infinity],
  ],
  [
    "checkNonNegative",
    "be a finite number >= 0",
    (x) => check.checkNonNegative("run", "mu", x),
    [0, -0, 1e308],
    [-1e-300, NaN, Infinity],
  ],
  [
    "checkPositive",
    "be a finite number > 0",
    (x) => check.checkPositive("run", "mu", x),
    [Number.MIN_VALUE, 1e308],
    [0, -0, -1, NaN, Infinity],
  ],
];

for (const [name, wanted, run, good, bad] of NUMBERS) {
  Deno.test(`${name}() accepts what fits and names argument, wanted state and value of the rest`, () => {
    for (const value of good) assertEquals(run(value), undefined);
    for (const value of bad) {
      const message = `Cannot run as mu must ${wanted}: current value is ${value}`;
      const error = assertThrows(() => run(value), RangeError);
      assertEquals(error.message, message);
    }
    for (const [value, shown] of STRANGE) {
      const error = assertThrows(() => run(value as number), TypeError);
      assertEquals(error.message, `Cannot run as mu must ${wanted}: current value is ${shown}`);
    }
  });
}

Deno.test("messages show long, circular and unusual objects in one short line", () => {
  const message = (value: unknown) =>
    assertThrows(() => check.checkFinite("run", "mu", value as number), TypeError).message
      .replace("Cannot run as mu must be finite: current value is ", "");
  const long = message(Array(100).fill(1));
  assertEquals([long.length, long.slice(-3)], [60, "..."]);
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  assertEquals(message(circle), "[object Object]");
  assertEquals(message({ n: 1n }), "[object Object]");
  assertEquals(message(new Map()), "{}");
  assertEquals(message({ toJSON: () => undefined }), "[object Object]");
});

Deno.test("checkFloats() accepts Float64Arrays of the wanted length", () => {
  check.checkFloats("run", "out", new Float64Array(3));
  check.checkFloats("run", "out", new Float64Array(3), 3);
  check.checkFloats("run", "out", new Float64Array(0), 0);
  const message = (value: unknown, length?: number) =>
    assertThrows(() => check.checkFloats("run", "out", value, length), TypeError).message;
  assertEquals(message([1, 2]), "Cannot run as out must be a Float64Array: current value is [1,2]");
  assertEquals(
    message(new Float64Array(2), 3),
    "Cannot run as out must be a Float64Array of 3 entries: current value is one of 2",
  );
  assertEquals(
    message(undefined, 0),
    "Cannot run as out must be a Float64Array of 0 entries: current value is undefined",
  );
});

Deno.test("checkBoolean() accepts true and false, and nothing that only looks like them", () => {
  for (const value of [true, false]) check.checkBoolean("run", "sphere", value);
  for (const [value, shown] of [["false", '"false"'], [0, "0"], [undefined, "undefined"]]) {
    const error = assertThrows(() => check.checkBoolean("run", "sphere", value), TypeError);
    const wanted = `Cannot run as sphere must be true or false: current value is ${shown}`;
    assertEquals(error.message, wanted);
  }
});

Deno.test("checkKeys() accepts known keys, also few and none, and lists them when one is not", () => {
  const run = (options: unknown, name?: string) =>
    check.checkKeys("run", options, ["step", "batch"], name);
  for (const options of [{}, { step: 1 }, { batch: undefined, step: 2 }]) run(options);
  const message = (options: unknown, name?: string) =>
    assertThrows(() => run(options, name), TypeError).message;
  assertEquals(
    message({ step: 1, Step: 2, lr: 3 }),
    'Cannot run as options must have no other keys than step, batch: current value has "Step", "lr"',
  );
  assertEquals(
    message({ toString: 1 }, "start"),
    'Cannot run as start must have no other keys than step, batch: current value has "toString"',
  );
  for (const [value, shown] of [[7, "7"], [null, "null"], [[1], "[1]"], ["step", '"step"']]) {
    assertEquals(
      message(value),
      `Cannot run as options must be an object: current value is ${shown}`,
    );
  }
  assertEquals(
    assertThrows(() => check.checkKeys("run", { beta: 1 }, []), TypeError).message,
    'Cannot run as options must have no keys: current value has "beta"',
  );
});

Deno.test("checkMethods() accepts objects that have all methods", () => {
  const run = (value: unknown) =>
    check.checkMethods("run", "rng", value, "a stream", ["next", "fill"]);
  run({ next() {}, fill() {} });
  run(
    new class {
      next() {}
      fill() {}
    }(),
  );
  for (
    const [value, shown] of [...STRANGE, [{ next() {} }, '{"next":a function}']] as [
      unknown,
      string,
    ][]
  ) {
    const error = assertThrows(() => run(value), TypeError);
    assertEquals(error.message, `Cannot run as rng must be a stream: current value is ${shown}`);
  }
});

Deno.test("checkOneOf() returns the known word and lists the words otherwise", () => {
  const run = (value: string) => check.checkOneOf("run", "preset", value, ["quick", "full"]);
  assertEquals(run("full"), "full");
  const wanted = "Cannot run as preset must be one of quick, full: current value is";
  assertEquals(assertThrows(() => run("fast"), RangeError).message, `${wanted} "fast"`);
  assertEquals(assertThrows(() => run("toString"), RangeError).message, `${wanted} "toString"`);
  assertEquals(assertThrows(() => run(7 as unknown as string), TypeError).message, `${wanted} 7`);
});

Deno.test("checkSorted() accepts strictly increasing finite numbers, also none and one", () => {
  for (const values of [[], [3], [1, 2, 5], Float64Array.of(-1, 0)]) {
    check.checkSorted("run", "times", values);
  }
  const message = (values: number[]) =>
    assertThrows(() => check.checkSorted("run", "times", values)).message;
  assertEquals(
    message([1, 3, 2]),
    "Cannot run as times[2] must be greater than times[1] = 3: current value is 2",
  );
  assertEquals(
    message([1, 1]),
    "Cannot run as times[1] must be greater than times[0] = 1: current value is 1",
  );
  assertEquals(message([NaN]), "Cannot run as times[0] must be finite: current value is NaN");
  assertEquals(
    message([0, Infinity]),
    "Cannot run as times[1] must be finite: current value is Infinity",
  );
});

Deno.test("checkString() accepts strings, also the empty one", () => {
  check.checkString("run", "seed", "");
  for (const [value, shown] of STRANGE.slice(1)) {
    const error = assertThrows(() => check.checkString("run", "seed", value), TypeError);
    assertEquals(error.message, `Cannot run as seed must be a string: current value is ${shown}`);
  }
});
