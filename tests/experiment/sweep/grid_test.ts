import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { grid } from "lora-dynamics/experiment/mod.ts";

Deno.test("grid() has the product of the lengths as its length, the last axis fastest", () => {
  const axis = fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(axis, axis, axis, (a, b, c) => {
      const cells = grid({ a, b, c });
      assertEquals(cells.length, a.length * b.length * c.length);
      const expected = a.flatMap((x) => b.flatMap((y) => c.map((z) => ({ a: x, b: y, c: z }))));
      assertEquals(cells, expected);
    }),
    { seed: 7 },
  );
});

Deno.test("grid() repeats a value that is not an array and keeps a wrapped array whole", () => {
  assertEquals(grid({ act: "erf", times: [[0, 1]], d: [10, 20] }), [
    { act: "erf", times: [0, 1], d: 10 },
    { act: "erf", times: [0, 1], d: 20 },
  ]);
});

Deno.test("grid() of no axes is one empty cell", () => {
  assertEquals(grid({}), [{}]);
});

Deno.test("grid() rejects an axis without values and names it", () => {
  assertThrows(() => grid({ mu: [0.5], d: [] }), RangeError, "as d must have at least one value");
});
