/**
 * What SciPy asserts of its own solvers (`scipy/integrate/_ivp/tests/test_ivp.py` of SciPy 1.17.1), as
 * facts: problem, tolerances, bounds of error and work.
 */
import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { type OdeMethod, type OdeOptions, type Rhs, solveOde } from "lora-dynamics/ode/mod.ts";

const METHODS: readonly OdeMethod[] = ["dopri5", "dop853", "radau5"];
const RTOL = 1e-3, ATOL = 1e-6, START = [1 / 3, 2 / 9];

const rational: Rhs = (t, y, dy) => {
  dy[0] = y[1] / t;
  dy[1] = y[1] * (y[0] + 2 * y[1] - 1) / (t * (y[0] - 1));
};
const truth = (t: number) => [t / (t + 10), 10 * t / (t + 10) ** 2];

/** The same from 5 down to 1, as time that grows from 5 to 9: ours only goes forward. */
const mirrored: Rhs = (s, y, dy) => {
  rational(10 - s, y, dy);
  dy[0] *= -1;
  dy[1] *= -1;
};

/** SciPy's measure: root mean square of errors in units of the tolerance. */
function distance(y: ArrayLike<number>, exact: readonly number[]): number {
  const parts = exact.map((value, i) => (y[i] - value) / (ATOL + RTOL * Math.abs(value)));
  return Math.hypot(...parts) / Math.sqrt(parts.length);
}

const linspace = (from: number, to: number, n: number) =>
  Array.from({ length: n }, (_, i) => from + (to - from) * i / (n - 1));

for (const method of METHODS) {
  for (const [end, f] of [[9, rational], [1, mirrored]] as const) {
    const truthAt = (s: number) => truth(f === rational ? s : 10 - s);
    const solve = (options: OdeOptions = {}) =>
      solveOde(f, 5, 9, START, { method, rtol: RTOL, atol: ATOL, dense: true, ...options });

    Deno.test(`${method} from 5 to ${end}: a rational solution within five tolerances, at SciPy's work`, () => {
      const { status, y, stats, at } = solve();
      assertEquals(status, "done");
      // `dop853` has no time to come to long steps; SciPy does not count differences for a Jacobian.
      const evaluations = stats.evaluations - 2 * stats.jacobians;
      assertLess(evaluations, method === "dop853" ? 50 : 40);
      if (method === "radau5") {
        assert(stats.jacobians > 0 && stats.jacobians < 3);
        assert(stats.decompositions > 0 && stats.decompositions < 10);
      }
      assertLess(distance(y, truth(end)), 5);
      for (const s of linspace(5, 9, 50)) assertLess(distance(at(s), truthAt(s)), 5);
      assertEquals([...at(9)], [...y]);
    });

    Deno.test(`${method} from 5 to ${end} keeps to the longest and the first step`, () => {
      const { status, y, stats, at } = solve({ maxStep: 0.5 });
      assertEquals(status, "done");
      assert(stats.accepted >= 8);
      assertLess(distance(y, truth(end)), 5);
      for (const s of linspace(5, 9, 50)) assertLess(distance(at(s), truthAt(s)), 5);
      const seen: number[] = [];
      const watched = solveOde(
        (t, y, dy) => {
          seen.push(t);
          f(t, y, dy);
        },
        5,
        9,
        START,
        { method, rtol: RTOL, atol: ATOL, firstStep: 0.1, maxStep: 0.5 },
      );
      assertEquals(watched.status, "done");
      const first = seen.filter((t) => Math.abs(t - 5) <= 0.1 + 1e-12);
      assertAlmostEquals(Math.max(...first.map((t) => Math.abs(t - 5))), 0.1, 1e-12);
      for (const options of [{ maxStep: -1 }, { firstStep: -1 }, { firstStep: 5 }]) {
        assertThrows(() => solve(options), RangeError);
      }
    });
  }

  Deno.test(`${method} finds the events of SciPy's tests, by direction and up to a terminal one`, () => {
    const one = (_t: number, y: ArrayLike<number>) => y[0] - y[1] ** 0.7;
    const two = (_t: number, y: ArrayLike<number>) => y[1] ** 0.6 - y[0];
    const found = (direction: -1 | 0 | 1, stop = false) => {
      const { status, events, t } = solveOde(rational, 5, 8, START, {
        ...{ method, rtol: RTOL, atol: ATOL, dense: true },
        events: [
          { name: "one", g: one, direction },
          { name: "two", g: two, direction },
          ...(stop ? [{ name: "stop", g: (t: number) => t - 7.4, terminal: true }] : []),
        ],
      });
      for (const { name, t, y } of events) {
        if (name !== "stop") assertAlmostEquals((name === "one" ? one : two)(t, y), 0, 1e-8);
        if (name === "one") assert(5.3 < t && t < 5.7);
        if (name === "two") assert(7.3 < t && t < 7.7);
      }
      return [events.map(({ name }) => name).join(), status, t];
    };
    assertEquals(found(0).slice(0, 2), ["one,two", "done"]);
    assertEquals(found(1).slice(0, 2), ["one", "done"]);
    assertEquals(found(-1).slice(0, 2), ["two", "done"]);
    const [names, , end] = found(0, true);
    assertEquals(names, "one,stop");
    assertAlmostEquals(end as number, 7.4, 1e-12);
  });

  Deno.test(`${method}: no motion, and no call outside of the interval`, () => {
    const rest = solveOde((_t, _y, dy) => dy.fill(0), 0, 10, [1, 1, 1], { method });
    assertEquals([...rest.y], [1, 1, 1]);
    for (const end of [1e-4, 200]) {
      let last = 0;
      const { status } = solveOde(
        (t, y, dy) => {
          last = Math.max(last, t);
          dy[0] = (2 / end) * y[0];
        },
        0,
        end,
        [1],
        { method, dense: true },
      );
      assertEquals([status, last <= end], ["done", true]);
    }
  });
}

Deno.test("radau5 and a Robertson problem to 1e8 from 1e4 units: no more work than SciPy allows its own", () => {
  const { status, stats, y } = solveOde(
    (_t, [x, u, z], dy) => {
      dy[0] = -0.04 * x + 1e4 * u * z;
      dy[2] = 3e7 * u * u;
      dy[1] = -dy[0] - dy[2];
    },
    0,
    1e8,
    [1e4, 0, 0],
    { method: "radau5", rtol: 1e-6, atol: 1e-6 },
  );
  assertEquals(status, "done");
  assertLess(stats.evaluations, 5000);
  assertLess(stats.jacobians, 200);
  assertAlmostEquals(y[0] + y[1] + y[2], 1e4, 1e-2);
});
