import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { digamma, trigamma } from "lora-dynamics/gaussian/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable, stream } from "lora-dynamics/random/mod.ts";
import { summary } from "lora-dynamics/experiment/mod.ts";
import { solveOde } from "lora-dynamics/ode/mod.ts";
import golden from "../../golden/gradient-flow-mf.json" with { type: "json" };

const close = (value: number, wanted: number, rel: number) =>
  assertLess(Math.abs(value / wanted - 1), rel, `${value} against ${wanted}`);

Deno.test("digamma() and trigamma() follow their recurrences and are moments of log chi-square", () => {
  for (const x of [1e-3, 0.3, 1, 2.5, 15.9, 16, 300]) {
    assertAlmostEquals(digamma(x + 1) - digamma(x), 1 / x, 1e-12 / x);
    close(trigamma(x) - trigamma(x + 1), 1 / (x * x), 1e-10);
  }
  assertAlmostEquals(digamma(0.5), -1.9635100260214235, 1e-14);
  const logs = stream("7", "log").fillChiSquare(new Float64Array(20_000), 3).map(Math.log);
  const { mean, sd, se } = summary(logs);
  assertAlmostEquals(mean, digamma(1.5) + Math.log(2), 4 * se);
  assertAlmostEquals(sd ** 2, trigamma(1.5), 0.05);
  assertThrows(() => digamma(0), RangeError, "x must be a finite number > 0");
});

Deno.test("escape time and plateau of the golden start", () => {
  const { power, halfTime, plateau } = golden.factorization;
  const problem = mf.factorization(20);
  const start = mf.startAdapters(problem, {
    r: 4,
    scheme: "gauss",
    alpha: 1e-3,
    draws: portable(100),
  });
  close(mf.startPower(mf.growthModes(problem), start), power, 1e-12);
  close(mf.escapeTime({ s: 1, sigma: 1, power }), halfTime, 1e-13);
  close(mf.plateauLoss(problem, start), plateau, 1e-12);
});

Deno.test("the expected plateau is the mean of plateauLoss(), in problems MF and D", () => {
  const problem = mf.factorization(8);
  const alpha = 0.1, r = 3;
  const mean = (of: (seed: number) => number) =>
    summary(Array.from({ length: 400 }, (_, i) => of(i)));
  const one = mean((seed) =>
    mf.plateauLoss(
      problem,
      mf.startAdapters(problem, { r, scheme: "gauss", alpha, draws: portable(seed) }),
    )
  );
  assertAlmostEquals(one.mean, mf.expectedPlateau({ m: 8, n: 8, r, alpha }), 4 * one.se);
  const double = mf.canonical({ d: 8, s2: 1, s1: 0.5 });
  const g = Array.from({ length: 8 }, (_, i) => 1 - 0.5 * i / 7);
  const both = mean((seed) =>
    mf.plateauLoss(
      double,
      mf.startAdapters(double, { r, scheme: "gauss", alpha, draws: portable(seed) }),
    )
  );
  const expected = mf.expectedPlateauDouble(g, g.map((x) => 0.5 * x), r, alpha);
  assertAlmostEquals(both.mean, expected, 4 * both.se);
  // Negative control: the plateau of one adapter is not that of two.
  assert(Math.abs(both.mean - mf.expectedPlateau({ m: 8, n: 8, r, alpha })) > 10 * both.se);
});

Deno.test("plateauLoss() of problem S with a general W₂ (T8a) is where the flow stops", () => {
  const { w2, target } = mf.canonical({ d: 10, s2: 1.3 }), problem = { w2, target };
  for (const seed of [1, 2, 3]) {
    const start = mf.startAdapters(problem, {
      r: 3,
      scheme: "gauss",
      alpha: 1e-4,
      draws: portable(seed),
    });
    const [loss] = new mf.AdapterFlow(problem, start).solve([45]).losses;
    close(loss, mf.plateauLoss(problem, start), 1e-3);
  }
});

Deno.test("the spectral start of a rank-three factorisation decouples into three logistics (T5)", () => {
  const sigma = [1.5, 1, 0.6], problem = mf.factorization(6, sigma), alpha = 1e-2;
  const start = mf.startAdapters(problem, { r: 4, scheme: "spectral", alpha });
  const times = [1, 4, 8, 12], { losses } = new mf.AdapterFlow(problem, start).solve(times);
  times.forEach((t, i) => {
    const errors = sigma.map((s) => mf.alignedError({ s: 1, sigma: s, x0: alpha ** 2 }, t));
    close(losses[i], 0.5 * errors.reduce((sum, e) => sum + e * e, 0), 1e-9);
  });
});

Deno.test("the imbalanced scalar law solves its equation", () => {
  const { s, sigma, b0, a0, t, x } = golden.imbalanced;
  const mode = { s, sigma, x0: b0 * a0 }, delta = b0 ** 2 - a0 ** 2;
  close(mf.imbalancedProduct(mode, delta, t), x, 1e-11);
  const { y } = solveOde(
    (_t, y, dy) => {
      dy[0] = s * (sigma - s * y[0] * y[1]) * y[1];
      dy[1] = s * (sigma - s * y[0] * y[1]) * y[0];
    },
    0,
    t,
    [b0, a0],
    { rtol: 1e-12 },
  );
  close(y[0] * y[1], x, 1e-10);
});

Deno.test("half-times and time to a loss invert the curves they belong to", () => {
  const mode = { s: 0.7, sigma: 1.2, x0: 1e-5 };
  for (const epsilon of [1e-2, 1e-6, 1e-20]) {
    close(0.5 * mf.alignedError(mode, mf.timeToLoss(mode, epsilon)) ** 2, epsilon, 1e-9);
  }
});

for (const row of golden.universal) {
  Deno.test(`universalCurve() has the reference's numbers at ${row.phi_deg}°, s = ${row.s_b}`, () => {
    const curve = mf.tiltedCurve(row.phi_deg, row.s_b);
    close(curve.rate, row.lambda, 1e-12);
    close(curve.aSquared, row.a_star_sq, 1e-12);
    close(curve.mu, row.mu_theory, 1e-12);
    close(curve.alignedResidual, row.aligned_fit_residual, 1e-12);
    assertAlmostEquals(curve.halfTime, row.t_half_universal, 1e-6);
    assertAlmostEquals(curve.timeBelow(1e-2), row["t_L<0.01"], 1e-6);
    assertAlmostEquals(curve.timeBelow(1e-4), row["t_L<0.0001"], 1e-6);
    assertAlmostEquals(curve.timeBelow(1e-6), row["t_L<1e-06"], 1e-6);
  });
}

Deno.test("an aligned universal curve is the logistic one; what lies outside the range stays", () => {
  const curve = mf.universalCurve({ s: [0.8], u: [1], sigma: 1.3 });
  close(curve.mu, 2 * 0.8 * 1.3, 1e-12);
  // a = e^{λt}, b = e^{λt}: x = ab = e^{2λt}.
  const early = 1e-4, t = Math.log(early) / (2 * curve.rate);
  close(curve.loss(t + 5), 0.5 * mf.alignedError({ s: 0.8, sigma: 1.3, x0: early }, 5) ** 2, 1e-3);
  const cut = mf.universalCurve({ s: [1, 0], u: [0.6, 0.8] });
  assertAlmostEquals(cut.irreducible, 0.32, 1e-15);
  assertAlmostEquals(cut.loss(200), 0.32, 1e-9);
  assertEquals(cut.timeBelow(0.1), Infinity);
});

Deno.test("finalSplit() is symmetric, has the golden root, and survives shares of any size", () => {
  const { x1, x2 } = mf.finalSplit({ s2: 1, s1: 0.5, x1: 1e-6, x2: 1e-6 });
  close(x1, golden.split.x1, 1e-10);
  close(x2, golden.split.x2, 1e-9);
  const swapped = mf.finalSplit({ s2: 0.5, s1: 1, x1: 1e-6, x2: 1e-6 });
  close(swapped.x1, x2, 1e-12);
  close(swapped.x2, x1, 1e-12);
  for (const s1 of [0.01, 0.3, 1, 3, 40]) {
    for (const x0 of [1e-3, 1e-10, 1e-40]) {
      const { x1, x2 } = mf.finalSplit({ s2: 1, s1, x1: x0, x2: x0 });
      close((1 + x2) * (s1 + x1), 1 + s1, 1e-10);
    }
  }
});

Deno.test("predictions refuse what they do not hold for", () => {
  const wrong: [() => unknown, string][] = [
    [() => mf.escapeTime({ s: 0, sigma: 1, power: 1 }), "s must be a finite number > 0"],
    [() => mf.escapeTime({ s: 1, sigma: 1, power: NaN }), "power must be"],
    [() => mf.escapeLaw({ s: 1, sigma: 1, alpha: 0.1, r: 0 }), "r must be an integer >= 1"],
    [() => mf.expectedPlateau({ m: 2.5, n: 2, r: 1, alpha: 1 }), "m must be an integer"],
    [() => mf.largeDimension({ kappa: -1, r: 2 }), "kappa must be"],
    [() => mf.universalCurve({ s: [1], u: [0.5] }), "u must be a unit vector"],
    [() => mf.universalCurve({ s: [-1], u: [1] }), "s[0] must be a finite number >= 0"],
    [() => mf.finalSplit({ s2: 1, s1: 1, x1: 0, x2: 1 }), "x1 must be a finite number > 0"],
    [() => mf.timeToLoss({ s: 1, sigma: 1, x0: 0.1 }, 0), "epsilon must be"],
  ];
  for (const [run, message] of wrong) assertThrows(run, RangeError, message);
  assertThrows(() => mf.universalCurve({ s: [1], u: [] }), TypeError, "same length");
});
