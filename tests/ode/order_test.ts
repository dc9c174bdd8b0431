import { assert, assertAlmostEquals, assertLess } from "@std/assert";
import { type Rhs, solveOde } from "lora-dynamics/ode/mod.ts";
import golden from "../golden/ode.json" with { type: "json" };
import { problems } from "./problems.ts";
import { slope } from "./slope.ts";

const METHODS = ["dopri5", "dop853"] as const;

/** `y″ = −y` with a forcing, so that stages at every abscissa matter: solution `sin t + t²`. */
const forced: Rhs = (t, y, dy) => {
  dy[0] = y[1];
  dy[1] = -y[0] + t * t + 2;
};
const exact = (t: number) => [Math.sin(t) + t * t, Math.cos(t) + 2 * t];

/** Logistic growth: `y = 1/(1 + e^{−t})` from 1/2. */
const logistic: Rhs = (_t, y, dy) => {
  dy[0] = y[0] * (1 - y[0]);
};

/** Steps of constant size: a tolerance that accepts everything and a limit that holds them. */
function constantSteps(
  f: Rhs,
  t1: number,
  y0: number[],
  steps: number,
  method: "dopri5" | "dop853",
) {
  const h = t1 / steps;
  return solveOde(f, 0, t1, y0, {
    method,
    rtol: 1,
    atol: 1e3,
    firstStep: h,
    maxStep: h * (1 + 1e-12),
    dense: true,
  });
}

Deno.test("the rigid body shows at least the declared order, and less than one more", () => {
  const { t1, y0, reference } = golden.problems.find(({ problem }) => problem === "Hull B5")!;
  const grids = { dopri5: [200, 300, 450, 675], dop853: [50, 65, 85, 110] };
  const order = { dopri5: 5, dop853: 8 };
  for (const method of METHODS) {
    const errors = grids[method].map((n) => {
      const { y } = constantSteps(problems["Hull B5"], t1, y0, n, method);
      return Math.hypot(...reference.map((value, i) => y[i] - value));
    });
    // The main error term of dop853 is so small that the next one is still seen here.
    const measured = slope(grids[method], errors);
    assert(measured > order[method] - 0.2 && measured < order[method] + 0.6, `${method} ${errors}`);
  }
});

Deno.test("the order is the declared one within 0.2 on a forced oscillator", () => {
  const grids = { dopri5: [40, 60, 90, 135], dop853: [12, 16, 22, 30] };
  const order = { dopri5: 5, dop853: 8 };
  for (const method of METHODS) {
    const errors = grids[method].map((n) => {
      const { y } = constantSteps(forced, 10, [0, 1], n, method);
      return Math.hypot(y[0] - exact(10)[0], y[1] - exact(10)[1]);
    });
    assertAlmostEquals(slope(grids[method], errors), order[method], 0.2, `${method} ${errors}`);
  }
});

Deno.test("the interpolant adds an error of one order more than its degree inside a step", () => {
  // One step of size h: local error of an interpolant of order p is h^(p+1).
  const order = { dopri5: 4, dop853: 7 };
  const sizes = { dopri5: [5, 7, 10, 14], dop853: [1.5, 2, 2.7, 3.6] };
  for (const method of METHODS) {
    const errors = sizes[method].map((n) => {
      const h = 1 / n;
      const solution = solveOde(forced, 0, h, [0, 1], {
        method,
        rtol: 1,
        atol: 1e3,
        firstStep: h,
        dense: true,
      });
      return Math.max(
        ...[0.2, 0.35, 0.5, 0.65, 0.8].map((x) =>
          Math.hypot(...exact(x * h).map((v, i) => v - solution.at(x * h)[i]))
        ),
      );
    });
    assertAlmostEquals(slope(sizes[method], errors), order[method] + 1, 0.2, `${method} ${errors}`);
  }
});

Deno.test("at() joins the accepted states without a jump, in value and slope", () => {
  for (const method of METHODS) {
    const solution = constantSteps(forced, 10, [0, 1], 20, method);
    const { times, states } = solution;
    for (let k = 1; k + 1 < times.length; k++) {
      const before = solution.at(times[k] * (1 - 1e-14));
      assertAlmostEquals(before[0], states[k][0], 1e-11);
      const e = 1e-6;
      const left = (solution.at(times[k])[0] - solution.at(times[k] - e)[0]) / e;
      const right = (solution.at(times[k] + e)[0] - solution.at(times[k])[0]) / e;
      assertAlmostEquals(left, right, 1e-4 * Math.abs(left) + 1e-4);
      assertAlmostEquals(right, states[k][1], 1e-4 * Math.abs(right) + 1e-4);
    }
  }
});

Deno.test("a tighter tolerance gives a smaller error, in proportion", () => {
  for (const method of METHODS) {
    const errors = [1e-5, 1e-7, 1e-9, 1e-11].map((rtol) => {
      const { y } = solveOde(logistic, 0, 5, [0.5], { method, rtol, atol: 1e-14 });
      return Math.abs(y[0] - 1 / (1 + Math.exp(-5)));
    });
    for (let i = 1; i < errors.length; i++) assertLess(errors[i], errors[i - 1]);
    errors.forEach((error, i) => assert(error < 30 * 10 ** (-5 - 2 * i), `${method} ${errors}`));
  }
});
