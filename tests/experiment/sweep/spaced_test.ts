import { assertEquals, assertThrows } from "@std/assert";
import { geomspace, linspace } from "lora-dynamics/experiment/mod.ts";

Deno.test("linspace() and geomspace() hold their ends exactly", () => {
  assertEquals([linspace(0.1, 0.7, 7)[0], linspace(0.1, 0.7, 7)[6]], [0.1, 0.7]);
  assertEquals([geomspace(1e-5, 3e9, 40)[0], geomspace(1e-5, 3e9, 40)[39]], [1e-5, 3e9]);
});

Deno.test("geomspace() has equal ratios", () => {
  const x = geomspace(1e-3, 1e3, 13);
  for (let i = 1; i < 13; i++) {
    assertEquals(Math.abs(x[i] / x[i - 1] / Math.sqrt(10) - 1) < 1e-13, true);
  }
});

Deno.test("spaced numbers need finite ends, and a count of two or more", () => {
  assertThrows(() => linspace(0, NaN, 3), RangeError, "high must be finite");
  assertThrows(() => linspace(0, 1, 1), RangeError, "count must be an integer >= 2");
  assertThrows(() => geomspace(0, 1, 3), RangeError, "low must be a finite number > 0");
});
