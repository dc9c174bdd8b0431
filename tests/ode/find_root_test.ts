import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { findRoot } from "lora-dynamics/ode/mod.ts";

Deno.test("findRoot() finds roots to the last digits in few evaluations", () => {
  const cases: [(x: number) => number, number, number, number][] = [
    [(x) => Math.cos(x) - x, 0, 1, 0.7390851332151607],
    [(x) => x ** 3 - 2, 0, 2, Math.cbrt(2)],
    [(x) => Math.exp(x) - 1e5, 0, 20, Math.log(1e5)],
    [(x) => x - 1e-9, -1, 1, 1e-9],
    [(x) => x ** 9, -1, 1.5, 0],
  ];
  for (const [f, a, b, root] of cases) {
    let calls = 0;
    const x = findRoot(
      (v) => {
        calls++;
        return f(v);
      },
      a,
      b,
    );
    assertAlmostEquals(x, root, root === 0 ? 1e-5 : 4e-16 * (1 + Math.abs(root)) + 1e-25);
    assertLess(calls, root === 0 ? 250 : 70);
  }
});

Deno.test("findRoot() accepts reversed brackets, roots at the ends and wide tolerances", () => {
  assertEquals(findRoot((x) => x * (x - 1), 0, 1), 1); // zero at both ends
  assertAlmostEquals(findRoot((x) => x * x - 2, 2, 0), Math.SQRT2, 1e-15);
  assertEquals(findRoot((x) => x - 1, 1, 3), 1);
  assertEquals(findRoot((x) => x - 3, 1, 3), 3);
  let calls = 0;
  findRoot((x) => (calls++, x * x - 2), 0, 2, { xtol: 0.1 });
  assertLess(calls, 10);
  assertAlmostEquals(findRoot((x) => (x < 0.3 ? -1 : 1), 0, 1), 0.3, 1e-15);
});

Deno.test("findRoot() refuses a bracket without a change of sign", () => {
  assertThrows(() => findRoot((x) => x * x + 1, -1, 1), RangeError, "opposite signs at a = -1");
  assertThrows(() => findRoot(() => NaN, -1, 1), RangeError, "current values are NaN and NaN");
  assertThrows(() => findRoot(() => 1e-200, -1, 1), RangeError, "opposite signs"); // no underflow
  // A jump is a root, unless it is higher than twice what stands at the ends, as beside a pole.
  const jump = (height: number) => (x: number) =>
    Math.abs(x) === 1 ? x : x < 0.3 ? -height : height;
  assertAlmostEquals(findRoot(jump(1.95), -1, 1), 0.3, 1e-15);
  assertThrows(() => findRoot(jump(2.05), -1, 1), RangeError, "it has a pole near 0.");
  const text = (x: number) => String(x) as unknown as number;
  assertThrows(() => findRoot(text, -1, 2), RangeError, 'f must be a number in [-1, 2]: it is "');
  assertThrows(() => findRoot((x) => x, -1, Infinity), RangeError, "b must be finite");
  assertThrows(() => findRoot((x) => x, -1, 1, { xtol: -1 }), RangeError, "xtol");
});
