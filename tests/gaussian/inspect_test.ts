/** What is asked of a reader's function, at the edges of what is allowed. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { contradiction, inspect, notOdd } from "../../lib/gaussian/activation/inspect.ts";

/** What `inspect` wanted of a function with a known kink at 0.3 or 0; nothing where it accepts. */
function wanted(f: (z: number) => number, kink = 0, df?: (z: number) => number): string {
  const verdict = inspect(f, df, [kink]);
  return "wanted" in verdict ? verdict.wanted : "";
}
const JUMP = "it must be continuous at 0", SLOPE = "its slope must be bounded at 0";
const power = (p: number, size = 1) => (z: number) => 1 + size * Math.abs(z) ** p;

Deno.test("a jump is one of more than a millionth of 1 and the values on both sides", () => {
  const jump = (height: number) => wanted((z) => z > 0 ? 1 + height : 1);
  // Sides 1 and 1 + h: from h = 3e-6 on. A smaller one is too steep a slope.
  assertEquals([3.2e-6, 2.8e-6].map(jump), [JUMP, SLOPE]);
  // The sizes of both sides count, not their signs.
  const below = (height: number) => wanted((z) => z > 0 ? -1 - height : -1);
  assertEquals([3.2e-6, 2.8e-6].map(below), [JUMP, SLOPE]);
});

Deno.test("far from 0 a jump is looked for as many units farther off, on both sides", () => {
  // Numbers near 6.5 are 9e-16 apart, near 3000 they are 5e-13: what is nearer is the point itself.
  for (const kink of [6.5, -6.5, 3000, -3000]) {
    const at = `it must be continuous at ${kink}`;
    assertEquals(wanted((z) => z >= kink ? 2 : 1, kink), at);
    assertEquals(wanted((z) => z > kink ? 2 : 1, kink), at);
    assertEquals(wanted((z) => Math.abs(z - kink), kink), "");
    const slope = `its slope must be bounded at ${kink}`;
    assertEquals(wanted((z) => Math.sqrt(Math.abs(z - kink)), kink), slope);
  }
});

Deno.test("a root is told from a jump since it falls to half between 1e-9 and 1e-13", () => {
  // (1e-4)^p is one half at p = 0.0753.
  assertEquals([0.07, 0.08].map((p) => wanted(power(p))), [JUMP, SLOPE]);
});

Deno.test("a slope may grow by a fifth between 1e-6 and 1e-9 from its kink, and by a thousandth", () => {
  // Quotients of |x|^p grow by 1000^(1 − p), which is 1.2 at p = 0.9736.
  assertEquals([0.97, 0.977].map((p) => wanted(power(p))), [SLOPE, ""]);
  // Of a √|x| the quotient at 1e-9 is 3.2e4 a, a thousandth at a = 3.2e-8; farther off it is small.
  assertEquals([3.4e-8, 3.0e-8].map((a) => wanted(power(0.5, a))), [SLOPE, ""]);
  // On one side alone, rising or falling towards the kink.
  for (const sign of [1, -1]) {
    for (const side of [1, -1]) {
      assertEquals(wanted((z) => sign * Math.sqrt(Math.max(0, side * z))), SLOPE);
    }
  }
  assertEquals(wanted(Math.tanh, 0.3, () => NaN), "its slope must be finite at 0.3");
});

Deno.test("slopes are compared at ten points, each to 1e-5, but not within 1e-3 of a kink", () => {
  const points = [-2.7, -1.83, -1.13, -0.61, -0.17, 0.23, 0.71, 1.37, 1.97, 2.83];
  const wrongAt = (x: number, by: number) => (z: number) => Math.cos(z) + (z === x ? by : 0);
  for (const x of points) {
    const size = 1e-5 * (1 + Math.abs(Math.cos(x)) + Math.abs(Math.sin(x)));
    for (const by of [1.1 * size, -1.1 * size]) {
      const verdict = contradiction(Math.sin, wrongAt(x, by), [x + 1.1e-3, -x], "df");
      assertStringIncludes((verdict as { found: string }).found, `at z = ${x},`);
    }
    assertEquals(contradiction(Math.sin, wrongAt(x, 0.9 * size), [], "df"), undefined);
    for (const kink of [x - 0.9e-3, x + 0.9e-3]) {
      assertEquals(contradiction(Math.sin, wrongAt(x, 1), [kink], "df"), undefined);
    }
  }
  const { wanted } = contradiction(Math.sin, () => 2, [], "d2f") as { wanted: string };
  assertEquals(wanted, "d2f must be the derivative of df");
});

Deno.test("a function is seen not to be odd at eight points, by more than 1e-9 of its size", () => {
  for (const x of [0, 0.1, 0.5, 1, 1.7, 2.3, 3, 6]) {
    const f = (z: number) => z ** 3 + (z === x ? 0.1 : 0);
    assertEquals([notOdd(f), notOdd((z) => -f(-z))], [true, true], `${x}`);
  }
  assertEquals([1.9e-9, 2.1e-9].map((e) => notOdd((z) => z > 0 ? z * (1 + e) : z)), [false, true]);
  assertEquals(notOdd(() => 0), false);
});
