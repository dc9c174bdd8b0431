import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { dot, matrix, multiplyNT, normalize } from "lora-dynamics/linalg/mod.ts";

const vector = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), {
  minLength: 1,
  maxLength: 9,
});

Deno.test("dot() is the product of a row and a column", () => {
  fc.assert(
    fc.property(vector, (values) => {
      const x = Float64Array.from(values), y = x.toReversed(), n = x.length;
      const { data } = multiplyNT(matrix(1, n, x), matrix(1, n, y));
      assertAlmostEquals(dot(x, y), data[0], 1e-6);
    }),
    { seed: 7 },
  );
});

Deno.test("normalize() gives length 1 and keeps the direction, in place", () => {
  fc.assert(
    fc.property(vector, (values) => {
      const x = Float64Array.from(values), before = x.slice();
      fc.pre(Math.hypot(...values) > 1e-100);
      assertEquals(normalize(x), x);
      assertAlmostEquals(dot(x, x), 1, 1e-12);
      assertAlmostEquals(dot(x, before), Math.hypot(...values), 1e-9);
    }),
    { seed: 7 },
  );
});

Deno.test("vectors refuse bad input with a sentence", () => {
  assertThrows(() => dot(new Float64Array(2), new Float64Array(3)), RangeError, "2 entries like x");
  for (const bad of [[0, 0], [NaN, 1], [Infinity, 1]]) {
    assertThrows(() => normalize(Float64Array.from(bad)), RangeError, "length must be > 0");
  }
});
