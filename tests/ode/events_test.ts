import { hermiteWithin } from "../../lib/ode/stepper.ts";
import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { type OdeEvent, type Rhs, solveOde } from "lora-dynamics/ode/mod.ts";

const METHODS = ["dopri5", "dop853", "radau5"] as const;

const oscillator: Rhs = (_t, y, dy) => {
  dy[0] = y[1];
  dy[1] = -y[0];
};
/** cos t crosses 0 at π/2 (falling), 3π/2 (rising), … */
const crossing = (more: Partial<OdeEvent> = {}): OdeEvent => ({
  name: "zero",
  g: (_t, y) => y[0],
  ...more,
});

Deno.test("events are found at every crossing with the accuracy of the solution", () => {
  for (const method of METHODS) {
    for (const rtol of [1e-5, 1e-8, 1e-11]) {
      const { events, status } = solveOde(oscillator, 0, 20, [1, 0], {
        method,
        rtol,
        atol: rtol,
        events: [crossing()],
      });
      assertEquals(status, "done");
      assertEquals(events.length, 6);
      events.forEach(({ name, t, y }, k) => {
        assertEquals(name, "zero");
        assertAlmostEquals(t, (k + 0.5) * Math.PI, 100 * rtol, `${method} ${rtol}`);
        assertAlmostEquals(y[0], 0, 1e-14);
      });
    }
  }
});

Deno.test("the direction selects rising or falling crossings", () => {
  const find = (direction: -1 | 0 | 1) =>
    solveOde(oscillator, 0, 20, [1, 0], { events: [crossing({ direction })] }).events
      .map(({ t }) => Math.round(t / Math.PI - 0.5));
  assertEquals(find(-1), [0, 2, 4]);
  assertEquals(find(1), [1, 3, 5]);
  assertEquals(find(0), [0, 1, 2, 3, 4, 5]);
});

Deno.test("a terminal event ends the solve, its times and its dense output there", () => {
  for (const method of METHODS) {
    const solution = solveOde(oscillator, 0, 20, [1, 0], {
      method,
      times: [0, 1, 2, 3, 4, 5, 6],
      dense: true,
      events: [
        crossing({ name: "first" }),
        { name: "bottom", g: (_t, y) => y[1], direction: 1, terminal: true },
        { name: "never", g: () => 1, terminal: true },
      ],
    });
    assertEquals(solution.status, "event");
    assertAlmostEquals(solution.t, Math.PI, 1e-7);
    assertAlmostEquals(solution.y[0], -1, 1e-7);
    assertEquals([...solution.times], [0, 1, 2, 3]);
    assertEquals(solution.events.map(({ name }) => name), ["first", "bottom"]);
    assertEquals(solution.at(solution.t), solution.y);
    assertAlmostEquals(solution.at(3.1)[0], Math.cos(3.1), 1e-7);
  }
  // without times the last point is the event itself
  const { times, states, t, y } = solveOde(oscillator, 0, 20, [1, 0], {
    events: [crossing({ terminal: true })],
  });
  assertEquals(times[times.length - 1], t);
  assertEquals(states[states.length - 1], y);
});

Deno.test("several events inside one step come in the order of time, up to the terminal one", () => {
  const at = (name: string, when: number, terminal = false): OdeEvent => ({
    name,
    g: (t) => t - when,
    terminal,
  });
  const { events, t, status } = solveOde((_t, _y, dy) => void (dy[0] = 1), 0, 10, [0], {
    firstStep: 10,
    events: [at("late", 8), at("end", 5, true), at("early", 2), at("mid", 4)],
  });
  assertEquals(events.map(({ name }) => name), ["early", "mid", "end"]);
  assertEquals(status, "event");
  assertAlmostEquals(t, 5, 1e-14);
});

Deno.test("a zero at the start is no event, and one at the end of a step is counted once", () => {
  const line: Rhs = (_t, _y, dy) => void (dy[0] = 1);
  const fromZero = solveOde(line, 0, 3, [0], { events: [{ name: "zero", g: (_t, y) => y[0] }] });
  assertEquals(fromZero.events.length, 0);
  const exact = solveOde(line, 0, 4, [0], {
    firstStep: 1,
    maxStep: 1,
    events: [{ name: "two", g: (t) => t - 2 }],
  });
  assertEquals(exact.events.map(({ t }) => t), [2]);
});

Deno.test("a quantity that begins at zero and comes back within the first step is found there", () => {
  const line: Rhs = (_t, _y, dy) => void (dy[0] = 1);
  const g = (_t: number, y: Float64Array) => y[0] * (y[0] - 0.7);
  const { events } = solveOde(line, 0, 1, [0], { firstStep: 1, events: [{ name: "back", g }] });
  assertEquals(events.length, 1);
  assertAlmostEquals(events[0].t, 0.7, 1e-14);
});

Deno.test("locating an event costs no more than the interpolant", () => {
  const plain = solveOde(oscillator, 0, 20, [1, 0]);
  const watched = solveOde(oscillator, 0, 20, [1, 0], { events: [crossing()] });
  assertEquals(plain.y, watched.y);
  assertLess(
    watched.stats.evaluations - plain.stats.evaluations,
    3 * watched.events.length + 1,
  );
});

Deno.test("a bouncing ball restarted at its events keeps the closed-form bounce times", () => {
  // height y, gravity 1, restitution 1/2, dropped from 1/2: hits at 1, then 2·2^(−k) apart
  let t = 0;
  let y = Float64Array.of(0.5, 0);
  const hits: number[] = [];
  while (hits.length < 10) {
    const flight = solveOde(
      (_t, s, dy) => {
        dy[0] = s[1];
        dy[1] = -1;
      },
      t,
      t + 5,
      y,
      { events: [{ name: "floor", g: (_t, s) => s[0], direction: -1, terminal: true }] },
    );
    assertEquals(flight.status, "event");
    hits.push(flight.t);
    t = flight.t;
    y = Float64Array.of(0, -0.5 * flight.y[1]);
  }
  hits.forEach((hit, k) => assertAlmostEquals(hit, 3 - 2 ** (1 - k), 1e-11, `bounce ${k}`));
  assert(hits[9] < 3);
});

Deno.test("a step with two crossings is looked at in sixteenths, since eighths and these show no more", () => {
  const line: Rhs = (_t, _y, dy) => void (dy[0] = 1), seen = new Set<number>();
  const g = (_t: number, y: Float64Array) => {
    seen.add(Math.round(y[0] * 2 ** 30) / 2 ** 30);
    return (y[0] - 0.3) * (y[0] - 0.6);
  };
  const options = { method: "dopri5", firstStep: 1, events: [{ name: "two", g }] } as const;
  const { events } = solveOde(line, 0, 1, [0], options);
  events.forEach(({ t }, k) => assertAlmostEquals(t, [0.3, 0.6][k], 1e-14));
  const parts = (n: number) => Array.from({ length: n / 2 }, (_, k) => (2 * k + 1) / n);
  for (const n of [2, 4, 8, 16]) assert(parts(n).every((y) => seen.has(y)), `parts of 1/${n}`);
  assert(!parts(32).every((y) => seen.has(y)));
});

Deno.test("all crossings within one step are found, also at higher counts than its quarters show", () => {
  const line: Rhs = (_t, _y, dy) => void (dy[0] = 1);
  for (const rate of [7, 40, 163]) {
    for (const method of ["dopri5", "dop853", "radau5"] as const) {
      const { events } = solveOde(line, 0, 1, [0.01], {
        ...{ method, firstStep: 1 },
        events: [{ name: "wave", g: (_t, y) => Math.sin(rate * y[0]) }],
      });
      const expected = Array.from(
        { length: Math.floor(rate * 1.01 / Math.PI) },
        (_, k) => (k + 1) * Math.PI / rate - 0.01,
      );
      assertEquals(events.length, expected.length, `${rate}, ${method}`);
      events.forEach(({ t }, k) => assertAlmostEquals(t, expected[k], 1e-9));
    }
  }
});

Deno.test("between the ends of a step lies the cubic through states and slopes", () => {
  const cubic = (t: number) => 2 - 3 * t + t ** 2 - 0.5 * t ** 3;
  const slope = (t: number) => -3 + 2 * t - 1.5 * t ** 2, from = 0.7, h = 1.3;
  const at = (f: (t: number) => number) => [from, from + h].map((t) => Float64Array.of(f(t)));
  const [y, next] = at(cubic), [first, last] = at(slope), out = new Float64Array(1);
  for (const share of [0, 0.25, 0.5, 0.9, 1]) {
    hermiteWithin({ y, next, slope: first, nextSlope: last }, share, h, out);
    assertAlmostEquals(out[0], cubic(from + share * h), 1e-13);
  }
});

Deno.test("nothing fires on leaving zero, in either direction, and nothing after a first terminal event", () => {
  const line: Rhs = (_t, _y, dy) => void (dy[0] = 1);
  for (const sign of [1, -1]) {
    const events = [{ name: "leaves", g: (_t: number, y: Float64Array) => sign * y[0] }];
    assertEquals(solveOde(line, 0, 3, [0], { firstStep: 3, events }).events, []);
  }
  const at = (name: string, when: number, terminal = false) => ({
    ...{ name, terminal, g: (t: number) => t - when },
  });
  const events = [at("late", 2), at("end", 1, true)];
  const found = solveOde(line, 0, 3, [0], { firstStep: 3, events }).events;
  assertEquals(found.map(({ name }) => name), ["end"]);
});

Deno.test("an event is found to the same share of the time scale, from picoseconds to millennia", () => {
  for (const scale of [1e-12, 1e-6, 1, 1e10]) {
    const decay: Rhs = (_t, y, dy) => void (dy[0] = -y[0] / scale);
    const events = [{ name: "half", g: (_t: number, y: Float64Array) => y[0] - 0.5 }];
    for (const method of ["dopri5", "dop853", "radau5"] as const) {
      const options = { method, rtol: 1e-10, atol: 1e-12, events };
      const [hit] = solveOde(decay, 0, 2 * scale, [1], options).events;
      // ln 2 to the accuracy of the solution, whose interpolant is two orders worse at most.
      assertAlmostEquals(hit.t / scale, Math.LN2, 1e-8, `${method} at ${scale}`);
    }
  }
});
