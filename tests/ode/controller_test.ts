import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { inverseFifthRoot } from "../../lib/ode/_fifth_root.ts";
import { Dop853 } from "../../lib/ode/dop853.ts";
import { Dopri5 } from "../../lib/ode/dopri5.ts";
import { type Rhs, solveOde } from "lora-dynamics/ode/mod.ts";

/** A relaxation oscillator, whose steps change by a factor of a hundred. */
const f: Rhs = (_t, y, dy) => {
  dy[0] = y[1];
  dy[1] = 30 * (1 - y[0] * y[0]) * y[1] - y[0];
};
const rtol = 1e-6, atol = 1e-9, t1 = 60, start = [2, 0];

/** Times of the steps by the formulas of HNW II.4 (and IV.2, with β = 0.04), and how many were rejected. */
function plain(method: "dopri5" | "dop853", pi: boolean, firstStep: number) {
  const s = method === "dopri5" ? new Dopri5(f, 2) : new Dop853(f, 2), k = s.errorOrder + 1;
  s.y.set(start);
  f(0, s.y, s.slope);
  const times = [0];
  let t = 0, h = firstStep, before = 1e-4, rejected = 0, repeated = false;
  while (t < t1) {
    const end = Math.min(t + h, t1), size = end - t;
    s.step(t, size);
    const error = s.errorNorm(size, rtol, Float64Array.of(atol, atol));
    // At the border of stability the plain controller makes other steps of another rounding of its power,
    // so the one of order 5 takes the power of the library, which has a test of its own.
    const plainFactor = 0.9 * (k === 5 ? inverseFifthRoot(error) : error ** (-1 / k));
    if (!(error < 1)) {
      h = size * (error < Infinity ? Math.max(0.2, plainFactor) : 0.2); // a trial step may overflow
      rejected++;
      repeated = true;
      continue;
    }
    const factor = pi ? 0.9 * error ** -(1 / k - 0.75 * 0.04) * before ** 0.04 : plainFactor;
    h = size * Math.min(repeated ? 1 : 10, Math.max(0.2, factor));
    before = Math.max(error, 1e-4);
    repeated = false;
    s.advance();
    times.push(t = end);
  }
  return { times, rejected };
}

Deno.test("the steps of the explicit methods are those of HNW's controllers, one by one", () => {
  for (const method of ["dopri5", "dop853"] as const) {
    for (const controller of ["elementary", "PI"] as const) {
      for (const firstStep of [1e-8, 3]) {
        const found = solveOde(f, 0, t1, start, { method, controller, rtol, atol, firstStep });
        const { times, rejected } = plain(method, controller === "PI", firstStep);
        assert(rejected > 5, `${rejected} rejected`);
        assertEquals([found.stats.accepted, found.stats.rejected], [times.length - 1, rejected]);
        // Powers are rounded in another order.
        times.forEach((t, i) => assertAlmostEquals(found.times[i], t, 1e-9 * t1, `${method} ${i}`));
      }
    }
  }
});

Deno.test("without an error steps grow tenfold", () => {
  const { times } = solveOde((_t, _y, dy) => void (dy[0] = 0), 0, 1, [2], { firstStep: 2 ** -10 });
  assertEquals([...times], [0, 1, 11, 111].map((k) => k * 2 ** -10).concat(1));
});

Deno.test("evaluations are counted as they are made, by every method", () => {
  for (const method of ["dopri5", "dop853", "radau5", "midpoint"] as const) {
    let calls = 0;
    const counted: Rhs = (t, y, dy) => {
      calls++;
      f(t, y, dy);
    };
    const own = method === "midpoint" ? { step: 0.01 } : { rtol, atol };
    for (const dense of [false, true]) {
      calls = 0;
      const { stats } = solveOde(counted, 0, 3, start, { method, dense, ...own });
      assertEquals(stats.evaluations + 1, calls, method); // and one look at its style
    }
  }
});
