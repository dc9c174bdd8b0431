import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { jupyterDisplay, parameters } from "lora-dynamics/experiment/mod.ts";

const TYPED = {
  d: { quick: 100, full: 1000 },
  mus: { quick: [0.1, 0.5], full: [0.1, 0.3, 0.5] },
  activation: "erf",
  free: false,
  steps: { u: 0.1, omega: 0.2 },
  any: [] as number[],
};
const QUICK = { ...TYPED, d: 100, mus: [0.1, 0.5] };
const read = (given: Record<string, unknown> = {}, preset: "quick" | "full" = "quick") =>
  parameters(TYPED, { preset, parameters: given });

Deno.test("parameters(): a plain value counts at both presets, a pair by the preset", () => {
  assertEquals({ ...read() }, { ...QUICK, preset: "quick" });
  assertEquals({ ...read({}, "full") }, {
    ...QUICK,
    d: 1000,
    mus: [0.1, 0.3, 0.5],
    preset: "full",
  });
});

Deno.test("parameters(): what a reader types in place of a pair is what holds", () => {
  for (const preset of ["quick", "full"] as const) {
    const P = parameters({ ...TYPED, d: 30 }, { preset, parameters: {} });
    assertEquals(P.d, 30);
  }
  const P = parameters({ ...TYPED, d: { quick: 30, full: 1000 } }, {
    preset: "quick",
    parameters: {},
  });
  assertEquals(P.d, 30);
});

Deno.test("parameters(): the variable replaces what is typed, and the cell's output says so", () => {
  const P = read({ d: 5, steps: { omega: 1, u: 2 }, any: [1] });
  assertEquals({ ...P }, { ...QUICK, d: 5, steps: { u: 2, omega: 1 }, any: [1], preset: "quick" });
  const shown = P[jupyterDisplay]();
  const line = (name: string) =>
    shown["text/plain"].split("\n").find((text) => text.startsWith(`${name} `))!;
  assertStringIncludes(line("d"), "LORA_DYNAMICS");
  assertStringIncludes(line("activation"), "here");
  assertStringIncludes(line("mus"), "the preset quick (full: [0.1, 0.3, 0.5])");
});

Deno.test("parameters() are frozen copies: changing what was typed changes nothing", () => {
  const steps = { u: 0.1 }, P = parameters({ steps }, { preset: "quick", parameters: {} });
  steps.u = 9;
  assertEquals(P.steps.u, 0.1);
  assertThrows(() => (P.steps as { u: number }).u = 9, TypeError);
});

Deno.test("parameters(): a reader's function is a value like others", () => {
  const P = parameters({ activation: (z: number) => Math.tanh(z) }, {
    preset: "quick",
    parameters: {},
  });
  assertEquals(P.activation(0), 0);
});

Deno.test("parameters() rejects unknown keys and wrong types and names them", () => {
  const cases: [Record<string, unknown>, new () => Error, string][] = [
    [{ dd: 5 }, RangeError, "dd must be one of its parameters (is d meant?): d = 100, mus"],
    [JSON.parse('{"__proto__": 5}'), RangeError, "__proto__ must be one of"],
    [{ toString: 5 }, RangeError, "toString must be one of"],
    [{ d: "5" }, TypeError, 'd must be a finite number: current value is "5"'],
    [{ d: [5] }, TypeError, "d must be a finite number: current value is [5]"],
    [{ d: null }, TypeError, "d must be a finite number: current value is null"],
    [{ d: Infinity }, RangeError, "d must be a finite number: current value is Infinity"],
    [{ mus: 0.5 }, TypeError, "mus must be a list like [0.1,0.5]: current value is 0.5"],
    [{ mus: [0.5, "1"] }, TypeError, "must be a list like [0.1,0.5]: current value of mus[1]"],
    [{ activation: 1 }, TypeError, "activation must be a string"],
    [{ free: 1 }, TypeError, "free must be a boolean"],
    [{ steps: { u: 1 } }, TypeError, "current value of steps.omega is undefined"],
    [{ steps: { u: 1, omega: 1, v: 1 } }, RangeError, "current value of steps.v is 1"],
    [{ preset: "full" }, RangeError, "preset must be one of"],
  ];
  for (const [given, type, message] of cases) {
    assertThrows(() => read(given), type, message, JSON.stringify(given));
  }
});

Deno.test("parameters(): a list of one entry says what the entries of another list must be", () => {
  const at = (mus: unknown[]) =>
    parameters({ mus: [0.5] }, { preset: "quick", parameters: { mus } });
  assertEquals(at([1, 2]).mus, [1, 2]);
  assertThrows(() => at([1, "2"]), TypeError, "current value of mus[1]");
});

Deno.test("parameters() checks what is typed, for both presets at once", () => {
  const at = { preset: "quick" as const, parameters: {} };
  assertThrows(() => parameters({ d: NaN }, at), RangeError, "d must be a finite number");
  assertThrows(() => parameters({ preset: "x" }, at), TypeError, "preset must not be among");
  assertThrows(() => parameters({ d: undefined }, at), TypeError, "d must have a value");
  assertThrows(
    () => parameters({ d: { quick: 1, full: Infinity } }, at),
    RangeError,
    "d must be a finite number: current value is Infinity",
  );
});

Deno.test("parameters() takes back whatever JSON of its own result says", () => {
  const value = fc.record({
    d: fc.double({ noNaN: true, noDefaultInfinity: true }),
    mus: fc.array(fc.integer()),
    activation: fc.string(),
    free: fc.boolean(),
  });
  fc.assert(
    fc.property(value, (given) => {
      const json = JSON.parse(JSON.stringify(given));
      assertEquals({ ...read(json) }, { ...QUICK, ...json, preset: "quick" });
    }),
    { seed: 7 },
  );
});

Deno.test("parameters(): a pair that lacks a preset, and no object at all, are said", () => {
  const from = { preset: "quick", parameters: {} } as const;
  for (const [typed, missing] of [[{ d: { quick: 5 } }, "full"], [{ d: { full: 5 } }, "quick"]]) {
    const wanted = `d must have both presets: ${missing} is missing in {`;
    assertThrows(() => parameters(typed as object, from), TypeError, wanted);
  }
  for (const typed of [undefined, null, [1], "quick"]) {
    assertThrows(() => parameters(typed as never, from), TypeError, "must be an object of values");
  }
});
