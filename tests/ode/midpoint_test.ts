import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import { matrixState, type OdeOptions, type Rhs, solveOde } from "lora-dynamics/ode/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { problems } from "./problems.ts";
import { slope } from "./slope.ts";

const midpoint = (step: number, more: OdeOptions = {}): OdeOptions => ({
  method: "midpoint",
  step,
  ...more,
});
const oscillator: Rhs = (_t, y, dy) => {
  dy[0] = y[1];
  dy[1] = -y[0];
};

Deno.test("midpoint has order 2 within 0.2, also with times between the steps", () => {
  const grid = [40, 80, 160, 320];
  const reference = solveOde(problems["Lotka-Volterra"], 0, 6.5, [2, 1], {
    rtol: 1e-12,
    times: [3.217, 6.5],
  });
  const runs = grid.map((n) =>
    solveOde(problems["Lotka-Volterra"], 0, 6.5, [2, 1], midpoint(6.5 / n, { times: [3.217, 6.5] }))
  );
  for (const k of [0, 1]) {
    const errors = runs.map(({ states }) =>
      Math.hypot(
        states[k][0] - reference.states[k][0],
        states[k][1] - reference.states[k][1],
      )
    );
    assertAlmostEquals(slope(grid, errors), 2, 0.2, `${errors}`);
  }
});

Deno.test("one step of midpoint on a linear system is the Cayley transform", () => {
  const w = 0.7, h = 0.5;
  const { y, stats } = solveOde(
    (_t, s, dy) => {
      dy[0] = -w * s[1];
      dy[1] = w * s[0];
    },
    0,
    h,
    [1, 0],
    midpoint(h),
  );
  const angle = 2 * Math.atan(w * h / 2);
  assertEquals(stats.accepted, 1);
  assertAlmostEquals(y[0], Math.cos(angle), 1e-15);
  assertAlmostEquals(y[1], Math.sin(angle), 1e-15);
});

Deno.test("midpoint keeps the energy of an oscillator over 10,000 steps", () => {
  const { states, stats } = solveOde(oscillator, 0, 1000, [1, 0], midpoint(0.1));
  assertEquals(stats.accepted, 10_000);
  const worst = Math.max(...states.map(([q, p]) => Math.abs(q * q + p * p - 1)));
  assertLess(worst, 2e-15);
});

/** Gradient flow of ½‖BA − M‖²: A is r×n, B is m×r. */
function factorisation(m: number, n: number, r: number, seed: string) {
  const state = matrixState({ A: [r, n], B: [m, r] });
  const rng = stream(seed, "factorisation");
  const M = rng.fillNormal(new Float64Array(m * n));
  const y0 = state.pack({
    A: rng.fillNormal(new Float64Array(r * n)),
    B: rng.fillNormal(new Float64Array(m * r)),
  });
  const residual = new Float64Array(m * n);
  const f = state.rhs((_t, { A, B }, dy) => {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = -M[i * n + j];
        for (let k = 0; k < r; k++) sum += B[i * r + k] * A[k * n + j];
        residual[i * n + j] = sum;
      }
    }
    for (let k = 0; k < r; k++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let i = 0; i < m; i++) sum += B[i * r + k] * residual[i * n + j];
        dy.A[k * n + j] = -sum;
      }
      for (let i = 0; i < m; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += residual[i * n + j] * A[k * n + j];
        dy.B[i * r + k] = -sum;
      }
    }
  });
  /** A Aᵀ − Bᵀ B. */
  const imbalance = (y: Float64Array) => {
    const { A, B } = state.views(y);
    const out = new Float64Array(r * r);
    for (let k = 0; k < r; k++) {
      for (let l = 0; l < r; l++) {
        for (let j = 0; j < n; j++) out[k * r + l] += A[k * n + j] * A[l * n + j];
        for (let i = 0; i < m; i++) out[k * r + l] -= B[i * r + k] * B[i * r + l];
      }
    }
    return out;
  };
  return { f, y0, imbalance };
}

Deno.test("midpoint keeps the imbalance AAᵀ − BᵀB of gradient flow to 1e-14, others do not", () => {
  const { f, y0, imbalance } = factorisation(6, 5, 3, "7");
  const start = imbalance(y0);
  const size = Math.hypot(...start);
  const drift = (options: OdeOptions) => {
    const { y, states, status } = solveOde(f, 0, 20, y0, options);
    assertEquals(status, "done");
    const worst = Math.max(
      ...states.map((s) => Math.hypot(...imbalance(s).map((v, i) => v - start[i]))),
    );
    return { worst: worst / size, y };
  };
  const kept = drift(midpoint(0.02));
  assertLess(kept.worst, 1e-14);
  // negative control
  assert(drift({ rtol: 1e-6, atol: 1e-8 }).worst > 1e-9);
  assert(drift({ method: "radau5", rtol: 1e-6, atol: 1e-8 }).worst > 1e-10);
});

Deno.test("quadratic invariants hold for random skew-symmetric flows", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }),
      fc.double({ min: 0.01, max: 0.5, noNaN: true }),
      ([a, b, c], step) => {
        // y' = (v × y)(1 + y₀) : |y|² does not move, although the flow is not linear
        const { states, status } = solveOde(
          (_t, y, dy) => {
            const s = 1 + y[0];
            dy[0] = s * (b * y[2] - c * y[1]);
            dy[1] = s * (c * y[0] - a * y[2]);
            dy[2] = s * (a * y[1] - b * y[0]);
          },
          0,
          10,
          [0.6, 0, 0.8],
          midpoint(step),
        );
        assertEquals(status, "done");
        for (const y of states) {
          assertAlmostEquals(y[0] * y[0] + y[1] * y[1] + y[2] * y[2], 1, 4e-15);
        }
      },
    ),
    { seed: 7, numRuns: 30 },
  );
});

Deno.test("midpoint is its own adjoint: backwards it returns to the start", () => {
  const f = problems["Hull B5"];
  const there = solveOde(f, 0, 10, [0, 1, 1], midpoint(0.1));
  const back = solveOde(
    (t, y, dy) => {
      f(10 - t, y, dy);
      for (let i = 0; i < 3; i++) dy[i] = -dy[i];
    },
    0,
    10,
    there.y,
    midpoint(0.1),
  );
  [0, 1, 1].forEach((value, i) => assertAlmostEquals(back.y[i], value, 1e-14));
});

Deno.test("midpoint keeps the pairing of a linear flow with its adjoint", () => {
  const M = [-0.3, 1.1, 0.2, -0.7];
  const { states } = solveOde(
    (t, y, dy) => {
      const s = 1 + Math.sin(t);
      dy[0] = s * (M[0] * y[0] + M[1] * y[1]);
      dy[1] = s * (M[2] * y[0] + M[3] * y[1]);
      dy[2] = -s * (M[0] * y[2] + M[2] * y[3]);
      dy[3] = -s * (M[1] * y[2] + M[3] * y[3]);
    },
    0,
    5,
    [1, 2, 0.5, -1],
    midpoint(0.05),
  );
  for (const y of states) {
    const size = Math.hypot(y[0], y[1]) * Math.hypot(y[2], y[3]);
    assertAlmostEquals(y[0] * y[2] + y[1] * y[3], -1.5, 4e-15 * size);
  }
});

Deno.test("midpoint locates events, and its dense output joins the steps, value and slope", () => {
  const solution = solveOde(
    oscillator,
    0,
    7,
    [1, 0],
    midpoint(0.01, { dense: true, events: [{ name: "zero", g: (_t, y) => y[0] }] }),
  );
  assertEquals(solution.events.length, 2);
  solution.events.forEach(({ t, y }, k) => {
    assertAlmostEquals(t, (k + 0.5) * Math.PI, 1e-4);
    assertAlmostEquals(y[0], 0, 1e-14);
  });
  const { times, states } = solution;
  for (let k = 1; k + 1 < times.length; k++) {
    const e = 1e-6;
    const left = solution.at(times[k] - e)[0], right = solution.at(times[k] + e)[0];
    assertAlmostEquals((right - left) / (2 * e), states[k][1], 1e-6);
    assertAlmostEquals((right + left) / 2, states[k][0], 1e-11);
  }
  // one evaluation more in each step
  const plain = solveOde(oscillator, 0, 7, [1, 0], midpoint(0.01));
  assertEquals(solution.y, plain.y);
  assertEquals(solution.stats.evaluations, plain.stats.evaluations + plain.stats.accepted);
});

Deno.test("where substitution diverges midpoint turns to Newton", () => {
  let calls = 0;
  const stiff: Rhs = (t, y, dy) => {
    calls++;
    dy[0] = 1e4 * (Math.cos(t) - y[0]) + 0.1 * y[1] * y[1];
    dy[1] = -y[0] * y[1];
  };
  const { y, stats, status } = solveOde(stiff, 0, 5, [1, 1], midpoint(0.01));
  assertEquals(status, "done");
  assertEquals(stats.evaluations + 1, calls); // and one look at its style
  assert(stats.jacobians >= 1 && stats.jacobians < 50, `${stats.jacobians} Jacobians`);
  assertLess(stats.evaluations, 500 * 12);
  const reference = solveOde(stiff, 0, 5, [1, 1], { method: "radau5", rtol: 1e-10 });
  assertAlmostEquals(y[0], reference.y[0], 1e-4);
  assertAlmostEquals(y[1], reference.y[1], 1e-4);
  // a Jacobian from the reader gives the same solution
  const supplied = solveOde(
    stiff,
    0,
    5,
    [1, 1],
    midpoint(0.01, { jacobian: (_t, y, J) => J.set([-1e4, 0.2 * y[1], -y[1], -y[0]]) }),
  );
  assertAlmostEquals(supplied.y[1], y[1], 1e-13);
});

Deno.test("Newton takes over above a contraction of 0.4, and renews its Jacobian above 0.2", () => {
  // On y' = −a y substitution contracts by a h/2, and Newton with the slope −b by (b − a)/(2/h + b).
  const jacobians = (a: number, b: number) => {
    const f: Rhs = (_t, y, dy) => void (dy[0] = -a * y[0]);
    const { stats, y, status } = solveOde(
      ...[f, 0, 3, [1], midpoint(1, { jacobian: Float64Array.of(-b) })] as const,
    );
    assertEquals(status, "done");
    assertAlmostEquals(y[0], ((1 - a / 2) / (1 + a / 2)) ** 3, 1e-14); // Cayley, three steps
    return stats.jacobians;
  };
  assertEquals([0.79, 0.81].map((a) => jacobians(a, a)), [0, 1]);
  const slower = (q: number) => jacobians(1, (1 + 2 * q) / (1 - q));
  assertEquals([0.19, 0.21].map(slower), [1, 3]); // once, and in each step
});

Deno.test("Newton that falls by a tenth in each pass is given up after 60 of them", () => {
  // Contraction 0.9 as above: 0.9⁶⁰ = 0.002 is far from rounding. One slope at the start, two of the
  // substitution, which contracts by one half only, and sixty-one of Newton.
  const f: Rhs = (_t, y, dy) => void (dy[0] = -y[0]), jacobian = Float64Array.of(-28);
  const { stats, status } = solveOde(f, 0, 3, [1], midpoint(1, { jacobian }));
  assertEquals(status.split(":")[0], "notConverged");
  assertEquals([stats.evaluations, stats.jacobians], [1 + 2 + 61, 1]);
});

Deno.test("equal steps divide the interval, none is longer than asked", () => {
  const { times } = solveOde(oscillator, 0, 1, [1, 0], midpoint(0.3));
  assertEquals([...times], [0, 0.25, 0.5, 0.75, 1]);
  assertEquals(solveOde(oscillator, 0, 1, [1, 0], midpoint(0.1)).stats.accepted, 10);
  // Four roundings too long are still one step.
  const steps = [4, 5].map((k) =>
    solveOde(oscillator, 0, 1 + k * Number.EPSILON, [1, 0], midpoint(1)).stats.accepted
  );
  assertEquals(steps, [1, 2]);
  // 0.30000000000000004 / 0.1 is 3 but for rounding
  assertEquals(solveOde(oscillator, 0, 3 * 0.1, [1, 0], midpoint(0.1)).stats.accepted, 3);
});

Deno.test("midpoint ends with a status, never a loop", () => {
  const limited = solveOde(oscillator, 0, 1, [1, 0], midpoint(0.1, { maxSteps: 4 }));
  assertEquals(limited.status, "maxSteps: raise maxSteps or enlarge step");
  assertAlmostEquals(limited.t, 0.4, 1e-15);
  const fine = solveOde(oscillator, 1e15, 1e15 + 1, [1, 0], midpoint(0.01));
  assertEquals(fine.status, "stepTooSmall: rounding of t exceeds step; enlarge step");
  assertEquals([fine.t, ...fine.y], [1e15, 1, 0]);
  for (const step of [1e-300, 5e-324]) {
    const { status } = solveOde(oscillator, 0, 1, [1, 0], midpoint(step));
    assertEquals(status.split(":")[0], "stepTooSmall");
  }
  for (const bad of [NaN, Infinity]) {
    const { status, t } = solveOde(
      (t, y, dy) => void (dy[0] = t < 0.7 ? -y[0] : bad),
      0,
      1,
      [1],
      midpoint(0.1),
    );
    assertEquals(status.split(":")[0], "nonFinite");
    assertAlmostEquals(t, 0.7, 1e-12);
  }
  // z = 1 + z² h/2 … has no solution once h is too large
  const none = solveOde(
    (_t, y, dy) => void (dy[0] = 1e3 * (1 + y[0] * y[0])),
    0,
    1,
    [0],
    midpoint(1),
  );
  assertEquals(none.status.split(":")[0], "notConverged");
  assertLess(none.stats.evaluations, 1000);
  const singular = solveOde(
    (_t, y, dy) => void (dy[0] = 2 * y[0]),
    0,
    1,
    [1],
    midpoint(1, { jacobian: Float64Array.of(2) }),
  );
  assertEquals(singular.status.split(":")[0], "singular");
  const broken = solveOde(
    (t, y, dy) => void (dy[0] = -100 * (y[0] - t)),
    0,
    1,
    [1],
    midpoint(0.5, { jacobian: (_t, _y, J) => void (J[0] = NaN) }),
  );
  assertEquals(broken.status, "nonFinite: the Jacobian is NaN or infinite at t");
});

Deno.test("midpoint needs a step, positive and inside the interval", () => {
  const run = (options: OdeOptions) => () =>
    solveOde(oscillator, 0, 1, [1, 0], { method: "midpoint", ...options });
  assertThrows(run({}), TypeError, "step must be a finite number > 0: current value is undefined");
  assertThrows(run({ step: 0 }), RangeError, "step must be a finite number > 0");
  assertThrows(run({ step: 2 }), RangeError, "step must not exceed t1 - t0 = 1");
});
