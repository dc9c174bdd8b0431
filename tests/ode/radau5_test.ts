import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertLessOrEqual,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { type Jacobian, type OdeOptions, type Rhs, solveOde } from "lora-dynamics/ode/mod.ts";
import golden from "../golden/ode_stiff.json" with { type: "json" };
import { slope } from "./slope.ts";
import { stiff } from "./stiff_problems.ts";

/** 1e6 (cos t − y): pulled to cos t within a millionth of a time unit. */
const pulled: Rhs = (t, y, dy) => void (dy[0] = 1e6 * (Math.cos(t) - y[0]));

for (const { problem, t1, y0, reference, runs } of golden.problems) {
  const { f, jacobian } = stiff[problem];

  Deno.test(`radau5 does SciPy's work with SciPy's errors: ${problem}`, () => {
    for (const { rtol, atol, nfev, njev, nlu, accepted, error } of runs) {
      const { status, y, stats } = solveOde(f, 0, t1, y0, {
        method: "radau5",
        rtol,
        atol,
        jacobian,
      });
      const label = `rtol ${rtol}`;
      assertEquals(status, "done", label);
      // Rounding tips single steps over the edge of acceptance.
      assertLessOrEqual(stats.evaluations, 1.02 * nfev, label);
      assertLessOrEqual(stats.jacobians, 1.02 * njev + 1, label);
      assertLessOrEqual(stats.decompositions, 1.02 * nlu + 2, label);
      assertLessOrEqual(stats.accepted, 1.02 * accepted, label);
      const found = Math.max(...reference.map((value, i) => Math.abs(y[i] - value)));
      // The references have 15 digits.
      assertLessOrEqual(found, 1.1 * error + 5e-13 * Math.max(...reference.map(Math.abs)), label);
    }
  });

  Deno.test(`radau5 needs no Jacobian from the reader: ${problem}`, () => {
    for (const { rtol, atol, nfev_differences, error } of runs.slice(0, 3)) {
      const { status, y, stats } = solveOde(f, 0, t1, y0, { method: "radau5", rtol, atol });
      assertEquals(status, "done");
      const own = stats.evaluations - y0.length * stats.jacobians;
      assertLessOrEqual(own, 1.02 * nfev_differences, `rtol ${rtol}`);
      const found = Math.max(...reference.map((value, i) => Math.abs(y[i] - value)));
      assertLessOrEqual(found, 1.2 * error + 5e-13, `rtol ${rtol}`);
    }
  });
}

const prey: Rhs = (_t, y, dy) => {
  dy[0] = y[0] * (1 - y[1]);
  dy[1] = y[1] * (y[0] - 1);
};

Deno.test("at() is SciPy's interpolant of Radau inside one step", () => {
  const { times, end, states, rtol, t1 } = golden.dense;
  const solution = solveOde(prey, 0, t1, [2, 1], {
    method: "radau5",
    rtol,
    atol: rtol,
    firstStep: t1,
    dense: true,
    jacobian: (_t, y, J) => J.set([1 - y[1], -y[0], y[1], y[0] - 1]),
  });
  assertEquals(solution.stats.accepted, 1);
  end.forEach((value, i) => assertAlmostEquals(solution.y[i], value, 1e-14));
  times.forEach((t, k) =>
    states[k].forEach((value, i) => assertAlmostEquals(solution.at(t)[i], value, 1e-14))
  );
});

/**
 * `y₁ + i y₂`-like oscillator with forcing, solution `sin t + t²`, and a third component that
 * integrates the square of the first. With the exact Jacobian Newton's second pass is exact.
 */
const forced: Rhs = (t, y, dy) => {
  dy[0] = y[1];
  dy[1] = -y[0] + t * t + 2;
  dy[2] = y[0] * y[0];
};
const forcedJacobian: Jacobian = (_t, y, J) => {
  J[1] = 1;
  J[3] = -1;
  J[6] = 2 * y[0];
};
const exact = (t: number) => [
  Math.sin(t) + t * t,
  Math.cos(t) + 2 * t,
  // ∫ (sin t + t²)² = t/2 − sin(2t)/4 + 2 (2t sin t + (2 − t²) cos t) + t⁵/5 − 4
  t / 2 - Math.sin(2 * t) / 4 + 2 * (2 * t * Math.sin(t) + (2 - t * t) * Math.cos(t)) + t ** 5 / 5 -
  4,
];
const constant = (h: number): OdeOptions => ({
  method: "radau5",
  rtol: 1,
  atol: 1e3,
  firstStep: h,
  maxStep: h * (1 + 1e-12),
  jacobian: forcedJacobian,
  dense: true,
});

Deno.test("radau5 has order 5 within 0.2", () => {
  const grid = [20, 28, 40, 56];
  for (const i of [0, 1, 2]) {
    const errors = grid.map((n) =>
      Math.abs(solveOde(forced, 0, 4, [0, 1, 0], constant(4 / n)).y[i] - exact(4)[i])
    );
    assertAlmostEquals(slope(grid, errors), 5, 0.2, `component ${i}: ${errors}`);
  }
});

Deno.test("the dense output of radau5 has local order 4 within 0.2", () => {
  const grid = [10, 14, 20, 28];
  const errors = grid.map((n) => {
    const h = 1 / n;
    const solution = solveOde(forced, 0, h, [0, 1, 0], constant(h));
    return Math.max(
      ...[0.2, 0.4, 0.5, 0.8].map((x) => Math.abs(solution.at(x * h)[1] - exact(x * h)[1])),
    );
  });
  assertAlmostEquals(slope(grid, errors), 4, 0.2, `${errors}`);
});

Deno.test("the dense output of radau5 converges with the tolerance and is continuous", () => {
  const worst = [1e-4, 1e-6, 1e-8].map((rtol) => {
    const solution = solveOde(prey, 0, 6, [2, 1], {
      method: "radau5",
      rtol,
      atol: rtol,
      dense: true,
    });
    const reference = solveOde(prey, 0, 6, [2, 1], { rtol: 1e-12, dense: true });
    const { times, states } = solution;
    times.forEach((t, k) => {
      const before = solution.at(Math.max(0, t * (1 - 1e-15)));
      assertAlmostEquals(before[0], states[k][0], 1e-12);
    });
    let error = 0;
    for (let t = 0; t < 6; t += 0.01) {
      error = Math.max(error, Math.abs(solution.at(t)[0] - reference.at(t)[0]));
    }
    return error;
  });
  worst.forEach((error, k) => assertLess(error, 10 * 10 ** (-4 - 2 * k), `${worst}`));
});

Deno.test("stiffness costs radau5 nothing: work falls and error stays as the pull grows", () => {
  for (const strength of [1e3, 1e6, 1e9, 1e12]) {
    const { y, stats, status } = solveOde(
      (t, y, dy) => void (dy[0] = strength * (Math.cos(t) - y[0])),
      0,
      10,
      [0],
      { method: "radau5", rtol: 1e-6, atol: 1e-8 },
    );
    assertEquals(status, "done");
    assertLess(stats.evaluations, 800);
    assertAlmostEquals(y[0], Math.cos(10) + Math.sin(10) / strength, 1e-6);
  }
});

Deno.test("radau5 follows stiff linear systems with random modes", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 7, noNaN: true }),
      fc.double({ min: 0, max: Math.PI, noNaN: true }),
      fc.double({ min: 0.1, max: 2, noNaN: true }),
      (logarithm, angle, slow) => {
        // modes (cos, sin) decaying at `slow` and (−sin, cos) at `fast`
        const fast = 10 ** logarithm, c = Math.cos(angle), s = Math.sin(angle);
        const J = Float64Array.of(
          -slow * c * c - fast * s * s,
          (fast - slow) * c * s,
          (fast - slow) * c * s,
          -slow * s * s - fast * c * c,
        );
        const f: Rhs = (_t, y, dy) => {
          dy[0] = J[0] * y[0] + J[1] * y[1];
          dy[1] = J[2] * y[0] + J[3] * y[1];
        };
        const options: OdeOptions = { method: "radau5", rtol: 1e-7, atol: 1e-10 };
        const { y, status, stats } = solveOde(f, 0, 3, [1, 1], { ...options, jacobian: J });
        assertEquals(status, "done");
        assertLess(stats.evaluations, 2500);
        const first = (c + s) * Math.exp(-3 * slow), second = (c - s) * Math.exp(-3 * fast);
        assertAlmostEquals(y[0], c * first - s * second, 1e-6);
        assertAlmostEquals(y[1], s * first + c * second, 1e-6);
        const differences = solveOde(f, 0, 3, [1, 1], options);
        assertAlmostEquals(differences.y[0], y[0], 1e-6);
      },
    ),
    { seed: 7, numRuns: 40 },
  );
});

Deno.test("a constant Jacobian may be given as a matrix, and stays as it is", () => {
  const J = Float64Array.of(-1e6);
  const matrix = solveOde(pulled, 0, 10, [0], { method: "radau5", jacobian: J });
  const called = solveOde(pulled, 0, 10, [0], {
    method: "radau5",
    jacobian: (_t, _y, J) => void (J[0] = -1e6),
  });
  assertEquals(matrix.y, called.y);
  assertEquals(matrix.stats, called.stats);
  assertEquals([...J], [-1e6]);
});

Deno.test("a Jacobian finds zeros in its third argument every time", () => {
  const { f } = stiff["van der Pol mu=1000"];
  const run = (jacobian: Jacobian) =>
    solveOde(f, 0, 2000, [2, 0], { method: "radau5", rtol: 1e-5, jacobian });
  const added = run((_t, y, J) => {
    J[1] += 1;
    J[2] -= 2000 * y[0] * y[1] + 1;
    J[3] += 1000 * (1 - y[0] * y[0]);
  });
  assertEquals(added.stats, run(stiff["van der Pol mu=1000"].jacobian).stats);
});

Deno.test("a first step far too long costs a few rejections", () => {
  const { status, stats, y } = solveOde(pulled, 0, 10, [0], {
    method: "radau5",
    rtol: 1e-6,
    atol: 1e-8,
    firstStep: 0.1,
  });
  assertEquals(status, "done");
  assertLess(stats.rejected, 13);
  assertAlmostEquals(y[0], Math.cos(10), 1e-6);
});

Deno.test("a matrix that is singular at one step size costs a smaller step", () => {
  // γ/h − J with h = 1
  const gamma = 3 + Math.cbrt(9) - Math.cbrt(3);
  const { status, y } = solveOde((_t, y, dy) => void (dy[0] = gamma * y[0]), 0, 2, [1], {
    method: "radau5",
    firstStep: 1,
    rtol: 1e-9,
    jacobian: Float64Array.of(gamma),
  });
  assertEquals(status, "done");
  assertAlmostEquals(y[0] / Math.exp(2 * gamma), 1, 1e-6);
});

Deno.test("a wrong Jacobian ends with a status, not a loop", () => {
  for (const wrong of [1e12, -1, 1e4]) {
    const { status, stats } = solveOde(pulled, 0, 1, [0], {
      method: "radau5",
      jacobian: Float64Array.of(wrong),
      maxSteps: 2000,
    });
    assert(/^(maxSteps|notConverged)/.test(status), `${wrong}: ${status}`);
    assertLess(stats.evaluations, 2000 * 20);
  }
});

Deno.test("a right-hand side that jumps across the solution ends with a status there", () => {
  // slides on y = 0 from t = 1/7 on, where no step solves the equations
  const { status, t, stats } = solveOde(
    (_t, y, dy) => void (dy[0] = 0.3 - Math.sign(y[0])),
    0,
    1,
    [0.1],
    { method: "radau5", rtol: 1e-5 },
  );
  assertEquals(status.split(":")[0], "notConverged");
  assertAlmostEquals(t, 1 / 7, 1e-6);
  assertLess(stats.evaluations, 2000);
});

Deno.test("a Jacobian that is not finite ends with a status", () => {
  for (const bad of [NaN, Infinity]) {
    const { status, t, y } = solveOde(pulled, 0, 1, [0], {
      method: "radau5",
      jacobian: (_t, _y, J) => void (J[0] = bad),
    });
    assertEquals(status, "nonFinite: the Jacobian is NaN or infinite at t");
    assertEquals([t, y[0]], [0, 0]);
  }
});

Deno.test("differences have a scale at zero, with and without an absolute tolerance", () => {
  const { f } = stiff.Robertson;
  const [relative, both] = [0, 1e-14].map((atol) =>
    solveOde(f, 0, 100, [1, 0, 0], { method: "radau5", rtol: 1e-7, atol })
  );
  assertEquals([relative.status, both.status], ["done", "done"]);
  both.y.forEach((value, i) => assertAlmostEquals(relative.y[i] / value, 1, 1e-6));
  const fromZero = solveOde(pulled, 0, 1, [0], { method: "radau5", atol: 0 });
  assertAlmostEquals(fromZero.y[0], Math.cos(1) + 1e-6 * Math.sin(1), 1e-8);
});

Deno.test("differences are taken backward at the edge of the domain", () => {
  // √(1 − y) exists for y ≤ 1 only: y = 1 − (1 − t/2)², from the edge inwards
  const { status, y } = solveOde(
    (_t, y, dy) => void (dy[0] = -1 - Math.sqrt(1 - y[0])),
    0,
    1,
    [1],
    { method: "radau5", rtol: 1e-8 },
  );
  assertEquals(status, "done");
  const reference = solveOde(
    (_t, y, dy) => void (dy[0] = -1 - Math.sqrt(Math.max(0, 1 - y[0]))),
    0,
    1,
    [1],
    { rtol: 1e-10 },
  );
  assertAlmostEquals(y[0], reference.y[0], 1e-6);
});

Deno.test("a Jacobian of the wrong shape is refused with both shapes", () => {
  const run = (jacobian: unknown) => () =>
    solveOde(prey, 0, 1, [2, 1], { method: "radau5", jacobian: jacobian as Jacobian });
  assertThrows(run(new Float64Array(3)), TypeError, "2×2 = 4 entries: current value is 3");
  assertThrows(run([[1, 2], [3, 4]]), TypeError, "2×2 = 4 entries");
  assertThrows(
    run(() => [1, 2, 3]),
    TypeError,
    "2×2 = 4 entries, row by row, into its third argument and return nothing",
  );
  assertThrows(run("analytic"), TypeError, "jacobian must be a function");
  // returning the third argument is no mistake
  assertEquals(
    run((_t: number, y: Float64Array, J: Float64Array) => {
      J.set([1 - y[1], -y[0], y[1], y[0] - 1]);
      return J;
    })().status,
    "done",
  );
});
