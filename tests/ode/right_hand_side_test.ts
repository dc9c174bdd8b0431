/** Both styles of right-hand sides, and what is refused of options and events. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { findRoot, type OdeOptions, solveMany, solveOde } from "lora-dynamics/ode/mod.ts";

const decay = (_t: number, y: Float64Array, dy: Float64Array) => void (dy[0] = -y[0]);

Deno.test("a right-hand side that returns its derivative gives the bits of one that writes it", () => {
  for (const method of ["dopri5", "dop853", "radau5"] as const) {
    const returned = solveOde((_t, y) => [-y[0]], 0, 1, [1], { method });
    assertEquals(returned.y, solveOde(decay, 0, 1, [1], { method }).y);
    assertAlmostEquals(returned.y[0], Math.exp(-1), 1e-6);
  }
  const typed = solveOde((_t, y) => Float64Array.of(y[1], -y[0]), 0, 2, [1, 0]);
  assertAlmostEquals(typed.y[0], Math.cos(2), 1e-7);
  const many = solveMany({
    ...{ f: (_t, y, _dy, p) => [-p[0] * y[0]], t1: 1, y0s: [[1]], params: [[1], [2]] },
  });
  assertAlmostEquals(many.y[1], Math.exp(-2), 1e-6);
});

Deno.test("what is neither written nor returned is named", () => {
  const cases: [unknown, string][] = [
    [(_t: number, y: Float64Array) => void (y[0] + 1), "dy[0] was left as it was"],
    [(_t: number, _y: Float64Array, dy: Float64Array) => void (dy[0] = 1), "dy[1] was left"],
    [() => [1], "a list of 1"],
    [() => "fast", "it returned string"],
    [7, "f must be a function: current value is 7"],
  ];
  for (const [f, message] of cases) {
    assertThrows(() => solveOde(f as never, 0, 1, [1, 1]), TypeError, message);
  }
  // A NaN that is written is a status, not a mistake of style.
  const { status } = solveOde((_t, _y, dy) => void (dy[0] = NaN), 0, 1, [1]);
  assertStringIncludes(status, "nonFinite");
});

Deno.test("options that are unknown, or that the method would ignore, are refused by name", () => {
  const run = (options: object) => () => solveOde(decay, 0, 1, [1], options as OdeOptions);
  assertThrows(run({ rtoll: 1e-3 }), TypeError, 'current value has "rtoll"');
  assertThrows(run({ step: 0.1 }), TypeError, 'step must be left out for "dop853"');
  assertThrows(run({ jacobian: () => {} }), TypeError, "jacobian must be left out");
  assertThrows(run({ method: "midpoint", step: 0.1, land: true }), TypeError, "land must be left");
  assertThrows(run({ method: "radau5", controller: "PI" }), TypeError, "controller must be left");
  const many = { f: decay, t1: 1, y0s: [[1]], dense: true };
  assertThrows(() => solveMany(many as never), TypeError, '"dense"');
});

Deno.test("an event that is a condition, NaN, or of another direction is refused or said", () => {
  const run = (event: object) =>
    solveOde(decay, 0, 1, [1], { events: [{ name: "low", ...event } as never] });
  const low = (_t: number, y: Float64Array) => y[0] < 0.5;
  assertThrows(
    () => run({ g: low }),
    TypeError,
    '"low" as g must be a number that changes its sign',
  );
  assertThrows(() => run({ g: (t: number) => t, direction: "up" }), RangeError, "1 (rising)");
  assertThrows(() => run({ g: (t: number) => t, terminate: true }), TypeError, '"terminate"');
  assertThrows(() => run({ g: 3 }), TypeError, "events[0].g must be a function");
  const start = run({ g: (_t: number, y: Float64Array) => Math.log(y[0] - 1 - 1e-9) });
  assertEquals([start.status, start.t], [
    "nonFinite: the quantity of an event is NaN just after t",
    0,
  ]);
  const later = run({ g: (_t: number, y: Float64Array) => Math.sqrt(y[0] - 0.5) + 1 });
  assertStringIncludes(later.status, "NaN just after t");
  assert(later.t > 0 && later.t < Math.LN2);
});

Deno.test("two zeros in one step are both found when the middle shows them", () => {
  // g = (t − 0.3)(t − 0.7) has one sign at both ends of a step from 0 to 1.
  const events = [{ name: "in and out", g: (t: number) => (t - 0.3) * (t - 0.7) }];
  for (const method of ["dopri5", "dop853", "radau5"] as const) {
    const slow = solveOde((_t, _y, dy) => void (dy[0] = 1), 0, 1, [0], {
      ...{ method, events, firstStep: 1 },
    });
    assertEquals(slow.events.map(({ t }) => Number(t.toFixed(12))), [0.3, 0.7], method);
  }
  const rising = [{ ...events[0], direction: 1 as const }];
  const one = solveOde((_t, _y, dy) => void (dy[0] = 1), 0, 1, [0], {
    events: rising,
    firstStep: 1,
  });
  assertEquals(one.events.map(({ t }) => Number(t.toFixed(12))), [0.7]);
  const half = solveOde((_t, _y, dy) => void (dy[0] = 1), 0, 1, [0], {
    ...{ firstStep: 1, method: "midpoint" as const, step: 1 },
    ...{ firstStep: undefined },
    events,
  } as OdeOptions);
  assertEquals(half.events.length, 2);
});

Deno.test("with land every output is the end of a step", () => {
  const times = Array.from({ length: 40 }, (_, i) => 0.25 * (i + 1));
  for (const method of ["dopri5", "dop853", "radau5"] as const) {
    const options = { method, rtol: 1e-6, atol: 1e-9, times };
    const landed = solveOde(decay, 0, 10, [1], { ...options, land: true });
    assertEquals([...landed.times], times);
    assert(landed.stats.accepted >= times.length);
    // Each output is a step's end: continuing from it gives the next one to the last bit of one step.
    const worst = Math.max(
      ...times.map((t, i) => Math.abs(landed.states[i][0] / Math.exp(-t) - 1)),
    );
    assert(worst < 1e-4, `${method}: ${worst}`);
  }
  const fine = { rtol: 3e-14, atol: 1e-30, times };
  const exact = solveOde(decay, 0, 10, [1], { ...fine, land: true });
  times.forEach((t, i) => assertAlmostEquals(exact.states[i][0] / Math.exp(-t), 1, 1e-13));
});

Deno.test("a root beside NaN and a pole are no roots", () => {
  let calls = 0;
  assertThrows(
    () => findRoot((x) => ++calls > 2 ? NaN : x - 0.2, 0, 1),
    RangeError,
    "it is NaN at",
  );
  assertThrows(() => findRoot((x) => 1 / (x - 0.3), 0, 1), RangeError, "a pole near 0.3");
  assertThrows(() => findRoot((x) => x, -1, 1, { tol: 1 } as never), TypeError, '"tol"');
  assertAlmostEquals(findRoot((x) => x < 0.3 ? -1 : 1, 0, 1), 0.3, 1e-14); // a jump
  assertAlmostEquals(findRoot((x) => Math.tan(x), 2, 4), Math.PI, 1e-14);
});

Deno.test("a right-hand side that is async is refused: what it writes later would be lost", () => {
  // deno-lint-ignore no-explicit-any -- as a cell without types would
  const solve = solveOde as any, wanted = "at once: it returned a promise, as async functions do";
  // deno-lint-ignore require-await -- the fault
  const first = async (_: number, y: number[], dy: number[]) => void (dy[0] = -y[0]);
  const later = async (_: number, y: number[], dy: number[]) => {
    await 0;
    dy[0] = -y[0];
  };
  for (const f of [first, later]) assertThrows(() => solve(f, 0, 1, [1]), TypeError, wanted);
});
