import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { type OdeEvent, type OdeOptions, type Rhs, solveOde } from "lora-dynamics/ode/mod.ts";
import { problems } from "./problems.ts";

const METHODS = ["dopri5", "dop853", "radau5"] as const;

const crossing: OdeEvent = { name: "meet", g: (_t, y) => y[0] - y[1] };

const decay: Rhs = (_t, y, dy) => {
  for (let i = 0; i < y.length; i++) dy[i] = -y[i];
};

Deno.test("linear systems follow their matrix exponential", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: 0.1, max: 3, noNaN: true }),
      fc.constantFrom(...METHODS),
      (a, w, method) => {
        // [[a, −w], [w, a]]: rotation by w t, growth by a t
        const { y, status } = solveOde(
          (_t, s, dy) => {
            dy[0] = a * s[0] - w * s[1];
            dy[1] = w * s[0] + a * s[1];
          },
          0,
          3,
          [1, 0],
          { method, rtol: 1e-10, atol: 1e-12 },
        );
        assertEquals(status, "done");
        const size = Math.exp(3 * a);
        assertAlmostEquals(y[0], size * Math.cos(3 * w), 2e-8 * size);
        assertAlmostEquals(y[1], size * Math.sin(3 * w), 2e-8 * size);
      },
    ),
    { seed: 7, numRuns: 60 },
  );
});

Deno.test("invariants hold at the tolerance: rigid body, Lotka-Volterra, Kepler", () => {
  for (const method of METHODS) {
    const options = { method, rtol: 1e-10, atol: 1e-13 };
    const body = solveOde(problems["Hull B5"], 0, 50, [0, 1, 1], options);
    for (const [a, b, c] of body.states) {
      assertAlmostEquals(a * a + b * b, 1, 1e-7);
      assertAlmostEquals(0.51 * a * a + c * c, 1, 1e-7);
    }
    const prey = solveOde(problems["Lotka-Volterra"], 0, 50, [2, 1], options);
    const energy = ([u, v]: Float64Array) => u - Math.log(u) + v - Math.log(v);
    for (const y of prey.states) assertAlmostEquals(energy(y), energy(prey.states[0]), 1e-7);
    const [x, z, u, v] =
      solveOde(problems["Hull D5"], 0, 20, [0.1, 0, 0, Math.sqrt(19)], options).y;
    assertAlmostEquals((u * u + v * v) / 2 - 1 / Math.hypot(x, z), -0.5, 1e-6);
    assertAlmostEquals(x * v - z * u, Math.sqrt(1 - 0.81), 1e-7);
  }
});

Deno.test("times gives the states at exactly those times, at(t) anywhere", () => {
  for (const method of METHODS) {
    const times = [0, 0.1, 1 / 3, 2, 2.5, 3];
    const solution = solveOde(decay, 0, 3, [1, 2], { method, times, dense: true });
    assertEquals([...solution.times], times);
    solution.states.forEach(([a, b], i) => {
      assertAlmostEquals(a, Math.exp(-times[i]), 3e-8);
      assertAlmostEquals(b, 2 * Math.exp(-times[i]), 3e-8);
      const [c] = solution.at(times[i]);
      assertAlmostEquals(c, a, 1e-15);
    });
    assertEquals(solution.states[5], solution.y);
    assertEquals([...solution.at(0)], [1, 2]);
  }
});

Deno.test("output does not change the path of the solution", () => {
  for (const method of METHODS) {
    const run = (options: OdeOptions) =>
      solveOde(problems["van der Pol mu=1"], 0, 20, [2, 0], { method, ...options });
    const plain = run({});
    const rich = run({ dense: true, times: [1, 2, 3, 20] });
    assertEquals(rich.y, plain.y);
    assertEquals(plain.times.length, plain.stats.accepted + 1);
    assertEquals(plain.times[0], 0);
    assertEquals(plain.times[plain.times.length - 1], 20);
    assertEquals(plain.states.length, plain.times.length);
  }
});

Deno.test("a right-hand side is called with three arguments that matter", () => {
  for (const method of [...METHODS, "midpoint"] as const) {
    const rate = (_t: number, y: Float64Array, dy: Float64Array, k = 1) => void (dy[0] = -k * y[0]);
    const { y } = solveOde(rate as Rhs, 0, 1, [1], {
      method,
      ...(method as string === "midpoint" ? { step: 1e-3 } : {}),
    });
    assertAlmostEquals(y[0], Math.exp(-1), 1e-6, method);
  }
});

Deno.test("two runs give the same bits with every method", () => {
  for (const method of [...METHODS, "midpoint"] as const) {
    const run = () =>
      solveOde(problems["van der Pol mu=1"], 0, 20, [2, 0], {
        method,
        ...(method as string === "midpoint" ? { step: 0.01 } : {}),
        dense: true,
      });
    const a = run(), b = run();
    assertEquals(a.times, b.times);
    assertEquals(a.states, b.states);
    assertEquals(a.stats, b.stats);
    assertEquals(a.at(3.21), b.at(3.21));
  }
});

Deno.test("all methods agree on a smooth problem within their tolerance", () => {
  const reference = solveOde(problems["Hull B1"], 0, 5, [1, 3], { rtol: 1e-12 }).y;
  for (const method of METHODS) {
    const { y } = solveOde(problems["Hull B1"], 0, 5, [1, 3], { method, rtol: 1e-8, atol: 1e-10 });
    reference.forEach((value, i) => assertAlmostEquals(y[i], value, 3e-7, method));
  }
});

Deno.test("a vector of absolute tolerances holds each component at its own scale", () => {
  const f: Rhs = (_t, y, dy) => {
    dy[0] = 1e6 * Math.cos(_t) - 0 * y[0];
    dy[1] = Math.cos(_t);
  };
  const loose = solveOde(f, 0, 10, [0, 0], { rtol: 0, atol: Float64Array.of(1, 1e-6) });
  const tight = solveOde(f, 0, 10, [0, 0], { rtol: 0, atol: 1e-6 });
  assertAlmostEquals(loose.y[1], Math.sin(10), 1e-5);
  assertLess(loose.stats.evaluations, tight.stats.evaluations);
});

Deno.test("rtol below 100 machine epsilons is raised, and the solution says so", () => {
  const { rtol, status } = solveOde(decay, 0, 1, [1], { rtol: 0, atol: 1e-15 });
  assertEquals(rtol, 100 * Number.EPSILON);
  assertEquals(status, "done");
  assertEquals(solveOde(decay, 0, 1, [1], { rtol: 1e-5 }).rtol, 1e-5);
  for (const method of METHODS) {
    const { status, y, stats } = solveOde(decay, 0, 1, [1], { method, rtol: 0, atol: 1e-15 });
    assertEquals(status, "done");
    assertAlmostEquals(y[0], Math.exp(-1), 1e-12);
    assertLess(stats.evaluations, 10_000);
  }
});

Deno.test("the PI controller rejects less where stability limits the step", () => {
  const stiff: Rhs = (t, y, dy) => {
    dy[0] = -300 * (y[0] - Math.cos(t));
  };
  const run = (controller: "elementary" | "PI") =>
    solveOde(stiff, 0, 10, [1], { method: "dopri5", rtol: 1e-4, atol: 1e-6, controller });
  const elementary = run("elementary");
  const pi = run("PI");
  assertAlmostEquals(pi.y[0], elementary.y[0], 1e-3);
  assertLess(pi.stats.rejected, 0.2 * elementary.stats.rejected);
});

Deno.test("NaN or infinity in the right-hand side ends the solve with a status", () => {
  for (const method of METHODS) {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const atStart = solveOde((_t, _y, dy) => void (dy[0] = bad), 0, 1, [1], { method });
      assertEquals(atStart.status.split(":")[0], "nonFinite");
      assertEquals([atStart.t, atStart.y[0]], [0, 1]);

      let calls = 0;
      const edge = solveOde(
        (t, y, dy) => {
          calls++;
          dy[0] = t < 0.7 ? -y[0] : bad;
        },
        0,
        1,
        [1],
        { method, dense: true },
      );
      assertEquals(edge.status.split(":")[0], "nonFinite");
      assertAlmostEquals(edge.t, 0.7, 1e-6);
      assertAlmostEquals(edge.y[0], Math.exp(-edge.t), 1e-8);
      assertEquals(edge.at(edge.t), edge.y);
      assertLess(calls, 5000);
    }
    const afterStart = solveOde((t, _y, dy) => void (dy[0] = t > 0 ? NaN : 1), 0, 1, [1], {
      method,
    });
    assertEquals(afterStart.status.split(":")[0], "nonFinite");
    assertLess(afterStart.stats.evaluations, 2000);
  }
});

Deno.test("whatever the right-hand side does, the solve ends, with a finite state", () => {
  const wild: ((t: number, u: number, v: number, a: number) => number)[] = [
    (_t, u, v, a) => a * u * v,
    (_t, u, _v, a) => a / u,
    (_t, u, _v, a) => Math.sqrt(u) * a,
    (t, _u, v, a) => a * Math.sign(v - Math.sin(9 * t)),
    (t, u, _v, a) => (t > 0.3 && u > 0 ? NaN : a),
    (_t, u, v, a) => Math.exp(a * (u + v)),
    (_t, u, _v, a) => 10 ** (3 * a) * (1 - u),
    (t, _u, _v, a) => a / (t - 0.5),
    (_t, u, _v, a) => a * u * u * u,
    (_t, _u, v) => 1e300 * v,
  ];
  const index = fc.nat({ max: wild.length - 1 });
  const size = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(
      fc.constantFrom(...METHODS, "midpoint" as const),
      fc.tuple(index, index, size, size, size, size),
      fc.boolean(),
      (method, [i, j, a, b, u, v], dense) => {
        let calls = 0;
        const { status, t, y, stats } = solveOde(
          (t, y, dy) => {
            calls++;
            dy[0] = wild[i](t, y[0], y[1], a);
            dy[1] = wild[j](t, y[1], y[0], b);
          },
          0,
          1,
          [u, v],
          {
            method,
            ...(method as string === "midpoint" ? { step: 0.01 } : {}),
            maxSteps: 500,
            rtol: 1e-5,
            dense,
            events: [crossing],
          },
        );
        assert(/^(done|event|maxSteps|stepTooSmall|nonFinite|singular|notConv)/.test(status));
        assert(t >= 0 && t <= 1 && (status !== "done" || t === 1));
        assert(y.every(Number.isFinite), `${method} ${status}: ${y}`);
        assertEquals(calls, stats.evaluations + 1); // and one look at its style
        assertLess(calls, 500 * 150);
      },
    ),
    { seed: 7, numRuns: 400 },
  );
});

Deno.test("a state that overflows is never accepted", () => {
  for (const method of [...METHODS, "midpoint"] as const) {
    const { status, y } = solveOde((_t, _y, dy) => void (dy[0] = 1e308), 0, 10, [0], {
      method,
      ...(method as string === "midpoint" ? { step: 0.1 } : {}),
    });
    assert(/^(nonFinite|stepTooSmall|notConverged)/.test(status), `${method} ${status}`);
    assert(Number.isFinite(y[0]), `${method} ${y}`);
  }
});

Deno.test("a solution that blows up ends at the blow-up", () => {
  for (const method of METHODS) {
    const { status, t, stats } = solveOde((_t, y, dy) => void (dy[0] = y[0] * y[0]), 0, 2, [1], {
      method,
    });
    assert(/^(stepTooSmall|nonFinite)/.test(status), status);
    assertAlmostEquals(t, 1, 1e-6);
    assertLess(stats.evaluations, 50_000);
  }
});

Deno.test("maxSteps ends the solve and keeps what was reached", () => {
  const { status, t, y, stats } = solveOde(problems["van der Pol mu=1"], 0, 1000, [2, 0], {
    maxSteps: 20,
  });
  assertStringIncludes(status, "maxSteps: raise maxSteps");
  assertEquals(stats.accepted + stats.rejected, 20);
  assert(t > 0 && t < 1000 && Number.isFinite(y[0]));
});

Deno.test("zero absolute tolerance with a zero component does not stall a solution at rest", () => {
  const { status, y } = solveOde(decay, 0, 1, [1, 0], { atol: 0 });
  assertEquals(status, "done");
  assertEquals(y[1], 0);
});

Deno.test("the initial state and the tolerances of the caller stay as they are", () => {
  const y0 = Float64Array.of(1, 2);
  const atol = Float64Array.of(1e-9, 1e-9);
  solveOde(decay, 0, 1, y0, { atol });
  assertEquals([...y0, ...atol], [1, 2, 1e-9, 1e-9]);
});

Deno.test("maxStep and firstStep bound the steps", () => {
  const { times } = solveOde(decay, 0, 1, [1], { firstStep: 1e-3, maxStep: 0.05 });
  assertAlmostEquals(times[1], 1e-3, 1e-15);
  for (let i = 1; i < times.length; i++) assertLess(times[i] - times[i - 1], 0.05 + 1e-15);
});

Deno.test("bad input is refused with the argument, what is wanted, and the value", () => {
  const run = (t0: number, t1: number, y0: number[], options: OdeOptions = {}) => () =>
    solveOde(decay, t0, t1, y0, options);
  assertThrows(run(1, 1, [1]), RangeError, "t1 must be greater than t0 = 1: current value is 1");
  assertThrows(run(1, 0, [1]), RangeError, "t1 must be greater");
  assertThrows(run(NaN, 1, [1]), RangeError, "t0 must be finite");
  assertThrows(run(0, Infinity, [1]), RangeError, "t1 must be finite");
  assertThrows(run(0, 1, []), TypeError, "y0 must have at least one component");
  assertThrows(run(0, 1, [1, NaN]), RangeError, "y0[1] must be finite");
  assertThrows(run(0, 1, [1], { rtol: -1 }), RangeError, "rtol");
  assertThrows(run(0, 1, [1], { atol: NaN }), RangeError, "atol");
  assertThrows(run(0, 1, [1], { atol: new Float64Array(2) }), TypeError, "length 1 of y0");
  assertThrows(run(0, 1, [1], { maxSteps: 0 }), RangeError, "maxSteps");
  assertThrows(run(0, 1, [1], { firstStep: 2 }), RangeError, "firstStep must not exceed");
  assertThrows(run(0, 1, [1], { firstStep: 0 }), RangeError, "firstStep");
  assertThrows(run(0, 1, [1], { maxStep: -1 }), RangeError, "maxStep");
  assertThrows(run(0, 1, [1], { times: [0.5, 0.2] }), RangeError, "times[1]");
  assertThrows(run(0, 1, [1], { times: [0.5, 1.2] }), RangeError, "times must lie in [0, 1]");
  // deno-lint-ignore no-explicit-any -- what a notebook cell may pass
  const wrong = { method: "rk4" } as any;
  assertThrows(run(0, 1, [1], wrong), RangeError, "method must be one of dopri5, dop853");
  // deno-lint-ignore no-explicit-any -- what a notebook cell may pass
  assertThrows(() => solveOde(undefined as any, 0, 1, [1]), TypeError, "f must be a function");
  const sparse = solveOde(decay, 0, 1, [1]);
  assertThrows(() => sparse.at(0.5), RangeError, "dense must be true");
  const dense = solveOde(decay, 0, 1, [1], { dense: true });
  assertThrows(() => dense.at(1.5), RangeError, "t must lie in [0, 1]");
  assertThrows(() => dense.at(NaN), RangeError, "current value is NaN");
});

Deno.test("without an absolute tolerance units mean nothing: powers of two pass through every bit", () => {
  // Homogeneous of degree 1, with a component that begins at zero, one mode that is stiff.
  const f: Rhs = (t, y, dy) => {
    dy[0] = 40 * (y[1] - y[0]) * (1 + y[1] / (y[0] + 2 * y[1]));
    dy[1] = y[0] * Math.cos(t) - y[1] * y[1] / (y[0] + y[1]);
  };
  for (const method of [...METHODS, "midpoint"] as const) {
    const own = method === "midpoint" ? { step: 0.02, atol: 0 } : { atol: 0, rtol: 1e-6 };
    const [one, ...others] = [0, 60, -60].map((power) =>
      solveOde(f, 0, 3, [0, 2 ** power], { method, ...own })
    );
    assertEquals(one.status, "done");
    others.forEach(({ y, stats, times }, k) => {
      assertEquals([...y], [...one.y].map((x) => x * 2 ** [60, -60][k]), method);
      assertEquals(stats, one.stats);
      assertEquals(times, one.times);
    });
  }
});
