import { assert } from "@std/assert";
import { inverseFifthRoot } from "../../lib/ode/_fifth_root.ts";

Deno.test("the inverse fifth root is right to three units in the last place", () => {
  // If y = x^(−1/5) (1 + e), then x y⁵ = 1 + 5 e; five products round at most five times.
  for (let exponent = -7; exponent <= 5; exponent += 1 / 1024) {
    const x = 10 ** exponent, y = inverseFifthRoot(x);
    assert(Math.abs(x * y * y * y * y * y - 1) < (5 * 3 + 5) * Number.EPSILON / 2, `${x}`);
  }
});

Deno.test("beyond its range the inverse fifth root is past the bounds of step control", () => {
  for (const x of [0, 5e-324, 1e-20]) assert(0.9 * inverseFifthRoot(x) > 10);
  for (const x of [1e6, 1e300, Infinity]) assert(0.9 * inverseFifthRoot(x) < 0.2);
  assert(Number.isNaN(inverseFifthRoot(NaN)));
});
