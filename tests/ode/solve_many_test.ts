import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type ManyOptions, type ManyRhs, solveMany, solveOde } from "lora-dynamics/ode/mod.ts";

const METHODS = ["dopri5", "dop853", "radau5", "midpoint"] as const;

/** Two summary statistics of a linear student with frozen overlap p₀. */
const statistics: ManyRhs = (_t, y, dy, p) => {
  dy[0] = y[1] * (1 - p[0]) - y[0];
  dy[1] = y[0] * (1 - p[0]) * (1 - y[1] * y[1]);
};

Deno.test("solveMany() gives the solutions of solveOde() bit for bit, with every method", () => {
  const params = [[0], [0.3], [0.9], [-0.5]];
  const y0s = [[1e-3, 0.1], [0.01, -0.2], [0.5, 0.5], [1e-6, 0.03]];
  for (const method of METHODS) {
    const own = method === "midpoint" ? { step: 0.1 } : {};
    const options = { method, ...own, rtol: 1e-7, atol: 1e-9, times: [0, 1.7, 6] };
    const many = solveMany({ f: statistics, t1: 6, y0s, params, ...options });
    assertEquals(many.count, 4);
    params.forEach((p, k) => {
      const row = Float64Array.from(p);
      const one = solveOde((t, y, dy) => statistics(t, y, dy, row), 0, 6, y0s[k], options);
      assertEquals(many.statuses[k], one.status);
      assertEquals(many.t[k], one.t);
      assertEquals([...many.y.subarray(2 * k, 2 * k + 2)], [...one.y]);
      assertEquals(many.evaluations[k], one.stats.evaluations);
      one.states.forEach((state, i) => {
        const start = (k * 3 + i) * 2;
        assertEquals([...many.states.subarray(start, start + 2)], [...state]);
      });
    });
  }
});

Deno.test("the result of a system depends on nothing but its own row", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -0.9, max: 0.9, noNaN: true }), { minLength: 1, maxLength: 8 }),
      (values) => {
        const run = (list: number[]) =>
          solveMany({
            f: statistics,
            t1: 5,
            y0s: [[1e-2, 0.1]],
            params: list.map((v) => [v]),
            controller: "PI",
          });
        const forward = run(values);
        const backward = run(values.toReversed());
        values.forEach((_, k) => {
          const j = values.length - 1 - k;
          assertEquals(forward.y[2 * k], backward.y[2 * j]);
          assertEquals(forward.y[2 * k + 1], backward.y[2 * j + 1]);
          assertEquals(forward.evaluations[k], backward.evaluations[j]);
        });
      },
    ),
    { seed: 7, numRuns: 30 },
  );
});

Deno.test("a system that fails has its own status and leaves the others alone", () => {
  const f: ManyRhs = (t, y, dy, p) => {
    dy[0] = p[0] === 1 ? y[0] * y[0] : p[0] === 2 && t > 0.5 ? NaN : p[0] === 3 ? NaN : -y[0];
  };
  for (const method of ["dopri5", "dop853", "radau5"] as const) {
    const { statuses, y, t, states } = solveMany({
      f,
      t1: 2,
      y0s: [[1]],
      params: [[0], [1], [2], [3], [0]],
      method,
      times: [0.25, 2],
    });
    assertEquals(statuses[0], "done");
    assert(/^(stepTooSmall|nonFinite|notConverged)/.test(statuses[1]), statuses[1]);
    assertEquals(statuses[2].split(":")[0], "nonFinite");
    assertEquals(statuses[3].split(":")[0], "nonFinite");
    assertAlmostEquals(t[1], 1, 1e-4);
    assertAlmostEquals(t[2], 0.5, 1e-4);
    assertEquals([t[3], y[3]], [0, 1]);
    assertEquals([statuses[4], y[4], t[4]], [statuses[0], y[0], 2]);
    // [system, time]: reached 0.25 but not 2
    assert(Number.isFinite(states[2]) && Number.isNaN(states[3]));
  }
});

Deno.test("maxSteps holds for each system by itself", () => {
  const { statuses } = solveMany({
    f: (_t, y, dy, p) => {
      dy[0] = -p[0] * y[1];
      dy[1] = p[0] * y[0];
    },
    t1: 10,
    y0s: [[1, 0]],
    params: [[1], [1000], [1]],
    maxSteps: 200,
  });
  assertEquals(statuses.map((s) => s.split(":")[0]), ["done", "maxSteps", "done"]);
});

Deno.test("events give the first time in each system, terminal ones end only their system", () => {
  for (const method of METHODS) {
    const { statuses, t, eventTimes, y } = solveMany({
      f: (_t, y, dy, p) => {
        dy[0] = p[0] * y[1];
        dy[1] = -p[0] * y[0];
      },
      t1: 4,
      y0s: [[1, 0]],
      params: [[1], [0.1], [2]],
      method,
      ...(method === "midpoint" ? { step: 1e-3 } : {}),
      events: [
        { name: "half", g: (_t, y) => y[0] - 0.5 },
        { name: "bottom", g: (_t, y, p) => p[0] * y[1], direction: 1, terminal: true },
      ],
    });
    assertEquals(statuses, ["event", "done", "event"]);
    assertAlmostEquals(eventTimes[0], Math.PI / 3, 1e-6);
    assertAlmostEquals(eventTimes[1], Math.PI, 1e-6);
    assertEquals(t[0], eventTimes[1]);
    assertAlmostEquals(y[0], -1, 1e-6);
    assert(Number.isNaN(eventTimes[2]) && Number.isNaN(eventTimes[3]));
    assertAlmostEquals(eventTimes[4], Math.PI / 6, 1e-6);
  }
});

Deno.test("of several zeros of one quantity the first counts", () => {
  const { eventTimes } = solveMany({
    f: (_t, y, dy) => {
      dy[0] = y[1];
      dy[1] = -y[0];
    },
    t1: 10,
    y0s: [[1, 0], [0, 1]],
    events: [{ name: "zero", g: (_t, y) => y[0], direction: -1 }],
  });
  assertAlmostEquals(eventTimes[0], Math.PI / 2, 1e-7);
  assertAlmostEquals(eventTimes[1], Math.PI, 1e-7);
});

Deno.test("a Jacobian sees the parameters of its system", () => {
  const many: ManyOptions = {
    f: (t, y, dy, p) => void (dy[0] = p[0] * (Math.cos(t) - y[0])),
    t1: 3,
    y0s: [[0]],
    params: [[1e2], [1e7]],
    method: "radau5",
    rtol: 1e-7,
  };
  const supplied = solveMany({ ...many, jacobian: (_t, _y, J, p) => void (J[0] = -p[0]) });
  const differences = solveMany(many);
  for (const k of [0, 1]) {
    assertEquals(supplied.statuses[k], "done");
    assertAlmostEquals(supplied.y[k], differences.y[k], 1e-6);
    assertLess(supplied.evaluations[k], differences.evaluations[k]);
  }
});

Deno.test("solveMany() works without parameters, and with none at all", () => {
  const { y, rtol } = solveMany({
    f: (_t, y, dy) => void (dy[0] = -y[0]),
    t1: 1,
    y0s: [[1], [2]],
    rtol: 0,
    method: "dop853",
  });
  assertAlmostEquals(y[1], 2 * y[0], 1e-12);
  assertEquals(rtol, 100 * Number.EPSILON);
  const none = solveMany({ f: statistics, t1: 1, y0s: [[0, 0]], params: [] });
  assertEquals([none.count, none.y.length], [0, 0]);
});

Deno.test("rows that do not fit are refused", () => {
  const run = (more: Partial<ManyOptions>) => () =>
    solveMany({ f: statistics, t1: 1, y0s: [[0, 0]], params: [[1], [2]], ...more });
  assertThrows(run({ y0s: [[0, 0], [1, 1], [2, 2]] }), TypeError, "each of the 2 systems");
  assertThrows(run({ y0s: [] }), TypeError, "y0s must have one row");
  assertThrows(run({ y0s: [[0, 0], [1]] }), TypeError, "y0s[1] must have the length 2 of y0s[0]");
  assertThrows(run({ params: [[1], [1, 2]] }), TypeError, "params[1] must have the length 1");
  assertThrows(run({ params: [[1], [NaN]] }), RangeError, "params[1][0] must be finite");
  assertThrows(run({ y0s: [[0, Infinity]] }), RangeError, "y0s[0][1] must be finite");
  assertThrows(run({ t1: 0 }), RangeError, "t1 must be greater than t0 = 0");
  assertThrows(run({ atol: new Float64Array(3) }), TypeError, "length 2");
  assertThrows(run({ atol: -1 }), RangeError, "atol");
  assertThrows(run({ jacobian: new Float64Array(4) as never }), TypeError, "jacobian");
  assertThrows(run({ times: [2] }), RangeError, "times must lie in [0, 1]");
  assertThrows(run({ f: 3 as never }), TypeError, "f must be a function");
});
