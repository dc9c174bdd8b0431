import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parameters, settings } from "lora-dynamics/experiment/mod.ts";

/** Calls `body` while the variable has this text. */
function withVariable<T>(text: string | undefined, body: () => T): T {
  const before = Deno.env.get("LORA_DYNAMICS");
  if (text === undefined) Deno.env.delete("LORA_DYNAMICS");
  else Deno.env.set("LORA_DYNAMICS", text);
  try {
    return body();
  } finally {
    if (before === undefined) Deno.env.delete("LORA_DYNAMICS");
    else Deno.env.set("LORA_DYNAMICS", before);
  }
}

const DEFAULTS = {
  d: 1000,
  mus: [0.1, 0.5],
  activation: "erf",
  free: false,
  steps: { u: 0.1, omega: 0.2 },
  any: [] as number[],
};
const PRESETS = { quick: { d: 100 }, full: { mus: [0.1, 0.3, 0.5] } };
const read = (text: string | undefined) => withVariable(text, () => parameters(DEFAULTS, PRESETS));

Deno.test("settings() without the variable are the defaults", () => {
  for (const text of [undefined, "", "  "]) {
    assertEquals(withVariable(text, settings), { preset: "quick", parameters: {} });
  }
});

Deno.test("settings() reads every key of the variable", () => {
  const given = { preset: "full", out: "figures", workers: 0, parameters: { d: 3 } };
  assertEquals(withVariable(JSON.stringify(given), settings), given as never);
});

Deno.test("settings() explains what is wrong with the variable", () => {
  const cases: [string, new () => Error, string][] = [
    ["{preset", TypeError, "must be valid JSON: current value is {preset"],
    ["[1]", TypeError, "must be a JSON object"],
    ["null", TypeError, "must be a JSON object"],
    ['{"preste": "full"}', RangeError, "one of preset, out, cache, workers, parameters"],
    [
      '{"preset": "fast"}',
      RangeError,
      'preset must be one of quick, full: current value is "fast"',
    ],
    ['{"preset": 1}', TypeError, "preset must be one of quick, full"],
    ['{"workers": -1}', RangeError, "workers must be an integer >= 0"],
    ['{"workers": "2"}', TypeError, "workers must be an integer >= 0"],
    ['{"out": ""}', TypeError, "out must be the name of a folder"],
    ['{"parameters": [1]}', TypeError, "parameters must be an object"],
  ];
  for (const [text, type, message] of cases) {
    assertThrows(() => withVariable(text, settings), type, message);
  }
});

Deno.test("parameters() merges defaults, preset and variable, the last one winning", () => {
  assertEquals(read(undefined), { ...DEFAULTS, d: 100, preset: "quick" });
  assertEquals(read('{"preset": "full"}'), { ...DEFAULTS, mus: [0.1, 0.3, 0.5], preset: "full" });
  assertEquals(
    read('{"parameters": {"d": 5, "mus": [], "steps": {"omega": 1, "u": 2}, "any": [1]}}'),
    { ...DEFAULTS, d: 5, mus: [], steps: { u: 2, omega: 1 }, any: [1], preset: "quick" },
  );
});

Deno.test("parameters() are a copy: changing them leaves the defaults as they are", () => {
  const P = read(undefined);
  P.mus.push(9);
  P.steps.u = 9;
  assertEquals([DEFAULTS.mus, DEFAULTS.steps.u], [[0.1, 0.5], 0.1]);
  assertNotEquals(read(undefined).mus, P.mus);
});

Deno.test("parameters() rejects unknown keys and wrong types and names them", () => {
  const cases: [string, new () => Error, string][] = [
    ['{"dd": 5}', RangeError, "parameters.dd is not one of d, mus, activation, free, steps, any"],
    ['{"__proto__": 5}', RangeError, "parameters.__proto__ is not one of"],
    ['{"toString": 5}', RangeError, "parameters.toString is not one of"],
    ['{"d": "5"}', TypeError, 'parameters.d must be of type number: current value is "5"'],
    ['{"d": [5]}', TypeError, "parameters.d must be of type number: current value is [5]"],
    ['{"d": null}', TypeError, "parameters.d must be of type number: current value is null"],
    ['{"d": 1e999}', RangeError, "parameters.d must be a finite number: current value is Infinity"],
    ['{"mus": 0.5}', TypeError, "parameters.mus must be of type array: current value is 0.5"],
    ['{"mus": [0.5, "1"]}', TypeError, "parameters.mus[1] must be of type number"],
    ['{"activation": 1}', TypeError, "parameters.activation must be of type string"],
    ['{"free": 1}', TypeError, "parameters.free must be of type boolean"],
    ['{"steps": {"u": 1}}', TypeError, "parameters.steps.omega must be of type number"],
    ['{"steps": {"u": 1, "omega": 1, "v": 1}}', RangeError, "steps.v is not one of u, omega"],
    ['{"preset": "full"}', RangeError, "parameters.preset is not one of"],
  ];
  for (const [text, type, message] of cases) {
    assertThrows(() => read(`{"parameters": ${text}}`), type, message);
  }
});

Deno.test("parameters() checks its own defaults and presets", () => {
  const none = { quick: {}, full: {} };
  assertThrows(() => parameters({ d: NaN }, none), RangeError, "defaults.d must be a finite");
  assertThrows(() => parameters({ preset: "x" }, none), TypeError, "preset must not be among");
  assertThrows(
    () => parameters({ d: 1 }, { quick: { d: Infinity }, full: {} }),
    RangeError,
    "quick.d must be a finite number",
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
      const { preset, ...P } = read(JSON.stringify({ parameters: given }));
      assertEquals(preset, "quick");
      assertEquals(P, { ...DEFAULTS, ...JSON.parse(JSON.stringify(given)) });
    }),
    { seed: 7 },
  );
});
