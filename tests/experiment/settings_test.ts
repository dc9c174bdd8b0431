import { assertEquals, assertThrows } from "@std/assert";
import { settings } from "lora-dynamics/experiment/mod.ts";

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
