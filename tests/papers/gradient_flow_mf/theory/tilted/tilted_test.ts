import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { solveOde } from "lora-dynamics/ode/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

const { tilted, repeated } = golden.floors;
const at = (degrees: number, s: number) => {
  const phi = degrees * Math.PI / 180;
  return mf.universalCurve({ s: [1, s], u: [Math.cos(phi), Math.sin(phi)] });
};

Deno.test("universalCurve() is the reference's at every angle", () => {
  for (const row of tilted.rows.slice(1)) {
    const curve = at(row.phi_deg, row.s_b);
    assertAlmostEquals(curve.rate, row.lambda, 1e-12);
    assertAlmostEquals(curve.aSquared, row.a_star_sq, 1e-11);
    assertAlmostEquals(curve.mu, row.mu_theory, 1e-11);
    assertAlmostEquals(curve.bestAligned, row.aligned_fit_residual, 1e-11);
    // The reference is off in time by some 1e-8: 4e-9 in its aligned case, whose half-time is 0.
    assertAlmostEquals(curve.halfTime, row.t_half_universal, 5e-8);
    for (const epsilon of ["0.01", "0.0001", "1e-06"] as const) {
      assertAlmostEquals(curve.timeBelow(Number(epsilon)), row[`t_L<${epsilon}`], 5e-8);
    }
  }
});

Deno.test("universalCurve() of an aligned target is a logistic curve of rate 2sσ", () => {
  const s = 1.4, sigma = 0.6, curve = mf.universalCurve({ s: [s, 0.5], u: [1, 0], sigma });
  for (const t of [-40, -3, 0, 2, 9]) {
    // x ~ e^{2λt} at −∞.
    const e = sigma / (1 + s / sigma * Math.exp(2 * s * sigma * t));
    assertAlmostEquals(curve.loss(t) / (0.5 * e * e), 1, 1e-9);
  }
  assertAlmostEquals(curve.mu, 2 * s * sigma, 1e-12);
  assertAlmostEquals(curve.halfTime, Math.log(sigma / s) / (2 * s * sigma), 1e-9);
  assertAlmostEquals(curve.bestAligned, 0, 1e-15);
  assertEquals(curve.irreducible, 0);
});

Deno.test("universalCurve() has no scale of its own", () => {
  // σ → cσ is t → t/c and a, b → √c (a, b), the loss times c²: the shift of time follows from a ~ e^{λt}.
  const s = [1, 0.3], u = [0.8, 0.6], unit = mf.universalCurve({ s, u });
  for (const c of [1e-12, 1e8]) {
    const curve = mf.universalCurve({ s, u, sigma: c }), late = 0.5 * Math.log(c) / curve.rate;
    assertAlmostEquals(curve.mu / (c * unit.mu), 1, 1e-12);
    for (const t of [-2, 3, 30, 200]) {
      assertAlmostEquals(curve.loss(t / c + late) / (c * c * unit.loss(t)), 1, 1e-8);
    }
  }
});

Deno.test("universalCurve() merges repeated singular values", () => {
  const { s, u, sigma } = repeated, curve = mf.universalCurve({ s, u, sigma });
  assertAlmostEquals(curve.mu, repeated.mu_excited, 1e-11);
  assertAlmostEquals(curve.rate, repeated.lambda, 1e-12);
  assertAlmostEquals(curve.aSquared, repeated.a_star_sq, 1e-11);
  [0, 1, 5, 20].forEach((t, i) =>
    assertAlmostEquals(curve.loss(t) / repeated.loss_at_0_1_5_20[i], 1, 3e-9)
  );
  const merged = mf.universalCurve({ s: [2.1, 0.9, 0.4], u: [0.5, 0.5, Math.SQRT1_2], sigma });
  assertAlmostEquals(merged.loss(3), curve.loss(3), 1e-12);
});

Deno.test("universalCurve() is what small starts of the flow follow, residual and best fit included", () => {
  const problem = mf.tiltedProblem({ m: 4, n: 3, s: [1.5, 0.4], degrees: 40, sigma: 0.7 });
  const curve = mf.universalCurve(mf.tiltedTarget(problem)), alpha = 1e-5;
  const options = { start: "gauss", r: 2, alpha, draws: portable(3) } as const;
  const adapters = mf.startAdapters(problem, options), { modes1 } = mf.growthModes(problem);
  const z = mf.modalVector(adapters.b1, adapters.a1, modes1[0]);
  const tau = curve.shift(Math.hypot(...z)), times = [10, 14, 20, 30];
  const { losses } = new mf.AdapterFlow(problem, adapters).solve(times);
  times.forEach((t, i) => assertAlmostEquals(losses[i] / curve.loss(t + tau), 1, 2e-4));
  // Best fit with b along p: minimise ½‖σu − xW₂p‖² over x.
  const c = Math.cos(2 * Math.PI / 9), s = Math.sin(2 * Math.PI / 9);
  const p = [1.5 * c, 0.4 * s], size = Math.hypot(...p), w = [1.5 * p[0] / size, 0.4 * p[1] / size];
  const x = (c * w[0] + s * w[1]) / (w[0] ** 2 + w[1] ** 2);
  const best = 0.5 * 0.49 * ((c - x * w[0]) ** 2 + (s - x * w[1]) ** 2);
  assertAlmostEquals(curve.bestAligned, best, 1e-12);
});

Deno.test("universalCurve() goes to any time, at its own rate, and to what W₂ does not reach", () => {
  const slow = mf.universalCurve({ s: [1, 0.01], u: [0.8, 0.6] });
  assertAlmostEquals(slow.timeBelow(1e-2), 597.8, 0.05);
  assertAlmostEquals(Math.log(slow.loss(2e4) / slow.loss(2.1e4)) / 2000, slow.mu, 1e-9);
  assertAlmostEquals(Math.log(slow.loss(2e3) / 4.164838e-17), 0, 1e-4);
  const far = mf.universalCurve({ s: [2, 0.5, 0], u: [0.6, 0.48, 0.64], sigma: 1.5 });
  assertAlmostEquals(far.irreducible, 0.5 * 2.25 * 0.64 ** 2, 1e-14);
  assertAlmostEquals(far.loss(500), far.irreducible, 1e-14);
  assertAlmostEquals(far.timeBelow(far.irreducible * (1 + 1e-3)), crossing(), 1e-6);
  function crossing() {
    // The same by the equations as they stand.
    const s = [2, 0.5], u = [0.6, 0.48], sigma = 1.5, norm = Math.hypot(1.2, 0.24);
    const rate = sigma * norm, t0 = Math.log(1e-8) / rate, limit = 1e-3 * far.irreducible;
    const { events } = solveOde(
      (_t, [a, ...b], dy) => {
        const e = s.map((x, i) => sigma * u[i] - a * x * b[i]);
        dy[0] = s.reduce((sum, x, i) => sum + x * b[i] * e[i], 0);
        s.forEach((x, i) => dy[1 + i] = a * x * e[i]);
      },
      ...[t0, 60] as const,
      [1e-8, 1.2e-8 / norm, 0.24e-8 / norm],
      {
        ...{ rtol: 1e-13, atol: 1e-20 },
        events: [{
          name: "below",
          g: (_t, [a, ...b]) =>
            0.5 * s.reduce((sum, x, i) => sum + (sigma * u[i] - a * x * b[i]) ** 2, 0) - limit,
        }],
      },
    );
    return events[0].t;
  }
});

Deno.test("tiltedTarget() sees every problem S as its singular values do", () => {
  const problem = mf.tiltedProblem({ m: 5, s: [1.5, 0.4], degrees: 40, sigma: 0.7 });
  const { s, u, sigma } = mf.tiltedTarget(problem);
  assertAlmostEquals(sigma!, 0.7, 1e-13);
  const on = (value: number) => Math.hypot(...u.filter((_, i) => Math.abs(s[i] - value) < 1e-9));
  assertAlmostEquals(on(1.5), Math.cos(2 * Math.PI / 9), 1e-12);
  assertAlmostEquals(on(0.4), Math.sin(2 * Math.PI / 9), 1e-12);
  // 3 × 1: what the second row asks for is out of reach.
  const tall = mf.problemOf({ w2: [[2], [0], [0]], target: [[0.6], [0.8], [0]] });
  assertAlmostEquals(mf.universalCurve(mf.tiltedTarget(tall)).irreducible, 0.32, 1e-12);
});

Deno.test("universalCurve() names what is wrong", () => {
  const refused = (make: () => unknown, words: string) => assertThrows(make, Error, words);
  const curve = at(30, 0.3);
  refused(() => mf.universalCurve({ s: [1, 2], u: [1] }), "the same length >= 1");
  refused(() => mf.universalCurve({ s: [1, -2], u: [1, 0] }), "s[1] must be");
  refused(() => mf.universalCurve({ s: [1, NaN], u: [1, 0] }), "s[1] must be");
  refused(() => mf.universalCurve({ s: [1, 2], u: [1, 1] }), "unit vector");
  refused(() => mf.universalCurve({ s: [1], u: [1], sigma: 0 }), "sigma must be");
  refused(() => mf.universalCurve({ s: [1, 0], u: [0, 1] }), "W₂ᵀu must not be zero");
  refused(() => mf.universalCurve({ s: [1], u: [1], horizon: 9 } as never), "horizon");
  refused(() => curve.timeBelow(0.6), "between the irreducible loss 0 and the loss 0.5");
  refused(() => curve.timeBelow(0), "epsilon must be");
  for (const sigma of [0.6, 1.7]) { // both sides of 1, where powers of σ agree
    const start = 0.5 * sigma ** 2,
      scaled = mf.universalCurve({ s: [1, 0.3], u: [0.8, 0.6], sigma });
    refused(() => scaled.timeBelow(1.02 * start), `the loss ${start} of the start`);
    assertAlmostEquals(scaled.loss(scaled.timeBelow(0.9 * start)) / start, 0.9, 1e-9);
  }
  refused(() => at(30, 0).timeBelow(0.12), "between the irreducible loss 0.12");
  refused(() => curve.loss(NaN), "t must be finite");
  refused(() => curve.shift(0), "modal norm");
  refused(
    () => mf.tiltedTarget(mf.factorization({ m: 3, sigma: [2, 1] })),
    "rank one: its rank is 2",
  );
  refused(() => mf.tiltedTarget(mf.problemQ({ delta: 0.5 })), "noiseCourse (T12)");
});
