import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { svd, symmetricEigen } from "lora-dynamics/linalg/mod.ts";
import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import fc from "fast-check";

Deno.test("hessian() is the second difference of the loss", () => {
  const { loss, start } = cr.referenceQuadratic(), rng = stream("7", "hessian");
  const at = { b: cr.normals([6, 2], rng, 1), a: start.a };
  const d = { b: cr.normals([6, 2], rng, 1), a: cr.normals([2, 5], rng, 1) };
  const value = (h: number) => {
    const run = new cr.Descent(loss, at);
    for (let i = 0; i < 12; i++) run.b.data[i] += h * d.b.data[i];
    for (let i = 0; i < 10; i++) run.a.data[i] += h * d.a.data[i];
    run.measure();
    return run.loss;
  };
  const h = 1e-3, numeric = (value(h) - 2 * value(0) + value(-h)) / (h * h);
  const flat = [...d.b.data, ...d.a.data], form = cr.hessian(at, cr.referenceTarget());
  const exact = flat.reduce(
    (sum, x, i) => sum + x * flat.reduce((s, y, j) => s + form.data[i * 22 + j] * y, 0),
    0,
  );
  assertLess(Math.abs(numeric / exact - 1), 1e-5);
});

Deno.test("balancedSpectrum() is the spectrum of the Hessian at a balanced minimum", () => {
  for (const r of [1, 2, 3]) {
    const target = cr.lowRank([7, 5], [3, 2, 1.2, 0.7, 0.1]), { u, values, v } = svd(target, r);
    const b = { ...u, data: u.data.map((x, i) => x * Math.sqrt(values[i % r])) };
    const a = { rows: r, columns: 5, data: new Float64Array(5 * r) };
    for (let j = 0; j < 5; j++) {
      for (let k = 0; k < r; k++) a.data[k * 5 + j] = v.data[j * r + k] * Math.sqrt(values[k]);
    }
    const found = symmetricEigen(cr.hessian({ b, a }, target)).values;
    const wanted = cr.balancedSpectrum([3, 2, 1.2, 0.7, 0.1], { rows: 7, columns: 5, r });
    assertEquals(found.length, wanted.length);
    wanted.forEach((x, i) => assertAlmostEquals(found[i], x, 1e-12));
  }
});

Deno.test("the bounds are ordered: (sqrt) below (log), S_T above its lower bound's inverse", () => {
  for (const gap of [0.1, 1, 10]) {
    for (const v2 of [0, 1, 30]) {
      for (const T of [1, 10, 1e3, 1e6]) {
        const options = { smoothness: 2, gap, v2 };
        const sharp = cr.boundSqrt(options, T), log = cr.boundLog(options, T);
        assert(sharp <= log * (1 + 1e-12), `${gap} ${v2} ${T}`);
        assertAlmostEquals(sharp * cr.stepSumLower(options, T), 4 * gap, 1e-12 * gap);
      }
    }
  }
});

Deno.test("LoRA+ with ratio 1 is the rule simple", () => {
  const { loss, start } = cr.referenceQuadratic(), run = new cr.Descent(loss, start);
  run.measure();
  const plus = cr.loraPlusStep({ b: run.b, a: run.a, full: run.full, smoothness: 1 }, 1);
  assertAlmostEquals(plus, cr.rateRule("simple").rate(run, 0), 1e-15);
});

Deno.test("the rule cubic is the largest that its inequality certifies, and longer than simple", () => {
  const rng = stream("7", "cubic");
  for (let trial = 0; trial < 200; trial++) {
    const [smoothness, vop, gamma] = [rng.uniform(), 3 * rng.uniform(), 3 * rng.uniform()];
    const sizes = {
      smoothness,
      vop,
      v2: vop * vop,
      gamma,
      g: gamma,
      loss: 1,
      gradient: gamma * vop,
    };
    const eta = cr.rateRule("cubic").rate(sizes, 0);
    const left = (x: number) =>
      smoothness * x / 2 * (vop + x / 2 * sizes.gradient) ** 2 + x * gamma / 2;
    assertAlmostEquals(left(eta), 0.5, 1e-14);
    assert(eta >= cr.rateRule("simple").rate(sizes, 0) * (1 - 1e-12));
  }
});

Deno.test("the laboratory follows the loop, and shows a negative control", () => {
  const loss = cr.powerLaw(2), times = [100, 10_000];
  const loop = cr.balancedRun(loss, 0.5, times);
  const flow = cr.laboratory({ ...loss, x0: 0.25, times }).rows;
  const other = cr.laboratory({ ...loss, x0: 0.25, power: 0.5, times }).rows;
  times.forEach((_, i) => {
    assertLess(Math.abs(flow[i].gradient2 / loop[i].gradient2 - 1), 0.02);
    assertLess(Math.abs(flow[i].descent2 / loop[i].descent2 - 1), 0.05);
    assert(Math.abs(other[i].gradient2 / loop[i].gradient2 - 1) > 0.2);
  });
});

Deno.test("the laboratory takes slopes with minima, flat ones, and roots at 0, at any horizon", () => {
  const lab = (slope: string, times: number[]) =>
    cr.laboratory({ slope, smoothness: 3, x0: 0.25, times });
  const c = 4 * Math.SQRT2, L = 3;
  // A minimum at 1: |f'|² falls as exp(−2κt), κ = 2x⋆ f″ η(x⋆) with η = 1/(2cL); gradient descent at f″/L.
  const { status, limit, rows } = lab("tanh(x - 1)", [2000, 1e30]);
  assertEquals(status, "done");
  assertAlmostEquals(limit!, 1, 1e-9);
  const kappa = 2 / (2 * c * L);
  assertAlmostEquals(rows[1].exponent / (-2 * kappa * 1e30), 1, 1e-6);
  assertAlmostEquals(rows[1].logGradient2 / (-2 * kappa * 1e30 / Math.LN10), 1, 1e-6);
  assertAlmostEquals(rows[1].logDescent2 / (-2 * 1e30 / L / Math.LN10), 1, 1e-6);
  // A flat minimum: e' = −2κ e³ gives |f'|² = e⁶ ∝ t⁻³.
  const flat = lab("(x - 1)^3", [1e6, 1e9]);
  assertEquals([flat.status, flat.limit], ["done", null]);
  assertAlmostEquals(flat.rows[1].logGradient2 - flat.rows[0].logGradient2, -9, 0.02);
  // A root at 0 with V → 0: x' = −2x² for the capped step, so x = 1/(2t) and ‖∇J‖² = 2x³.
  const zero = lab("x", [1e6, 1e30]).rows;
  assertAlmostEquals(zero[1].x * 2e30, 1, 1e-3);
  assertAlmostEquals(zero[1].exponent, -3, 1e-3);
  // A constant slope: x = x₀ exp(−2ft η) runs to the saddle at V = 0.
  const saddle = lab("0.3", [1e4]).rows[0];
  assertAlmostEquals(saddle.exponent / (-2 * 0.3 * 1e4 * Math.min(1, 1 / (c * L * 0.3))), 1, 1e-3);
});

Deno.test("the laboratory is the flow of small steps, before and after it follows a root in closed form", () => {
  const slope = (x: number) => Math.tanh(x - 1) + 0.1 * (x - 1) ** 2, L = 1.3, q = 0.7;
  const f = (x: number) => {
    const g = slope(x);
    return -2 * x * g * Math.min(1, 1 / (4 * Math.SQRT2 * L * ((2 * x) ** q + Math.abs(g))));
  };
  const rk4 = (velocity: (x: number) => number, x: number, h: number) => {
    const a = velocity(x), b = velocity(x + h * a / 2), c = velocity(x + h * b / 2);
    return x + h * (a + 2 * b + 2 * c + velocity(x + h * c)) / 6;
  };
  const times = [3, 20, 60, 100, 150], h = 0.01;
  const { rows } = cr.laboratory({ slope, smoothness: L, x0: 0.3, power: q, times });
  let x = 0.3, w = 0.3, at = 0;
  for (let step = 0; at < times.length; step++) {
    if (Math.round(times[at] / h) === step) {
      const row = rows[at++];
      assertAlmostEquals(row.x, x, 1e-7);
      // 1e-7 of x at the switch, relative to a distance that is 1e-7 there: some parts in a thousand.
      assertAlmostEquals(row.logGradient2, Math.log10(2 * x * slope(x) ** 2), 5e-3);
      if (slope(w) ** 2 > 1e-26) {
        assertAlmostEquals(row.logDescent2, Math.log10(slope(w) ** 2), 5e-3);
      }
    }
    x = rk4(f, x, h);
    w = rk4((w) => -slope(w) / L, w, h);
  }
});

Deno.test("the laboratory reports a slope that is not finite, with the point and what was reached", () => {
  const slope = (x: number) => x > 20 ? NaN : -((1 + x) ** -1.5);
  const { status, rows } = cr.laboratory({
    slope,
    smoothness: 1.5,
    x0: 0.25,
    times: [10, 100, 1e9],
  });
  assert(/^slope: f' is NaN at x = 2\d/.test(status), status);
  assertEquals(rows.map(({ t }) => t), [10, 100]);
});

Deno.test("divergenceStep() is where F crosses 4, from any start and for any target", () => {
  const entry = fc.integer({ min: -400, max: 400 }).map((k) => k / 100);
  const target = fc.tuple(fc.integer({ min: 1, max: 400 }), fc.constantFrom(-1, 1))
    .map(([k, sign]) => sign * k / 100);
  fc.assert(
    fc.property(entry, entry, target, (a, b, y) => {
      const over = (eta: number) => cr.scalarInvariant({ a, b, y, eta }) >= 4;
      // F < 4 at η = 0 and F ≥ 4 at η = 2/|y|; F − 4 is quadratic, so that bisection finds its one root.
      let low = 0, high = 2 / Math.abs(y);
      for (let turn = 0; turn < 60; turn++) {
        const middle = (low + high) / 2;
        if (over(middle)) high = middle;
        else low = middle;
      }
      // Next to a double root half of the digits are gone.
      assertAlmostEquals(cr.divergenceStep(a, y, b) / high, 1, 1e-7);
    }),
    { seed: 7, numRuns: 500 },
  );
});

Deno.test("at monotoneStep() the loss ceases to fall in every step, for targets of both signs", () => {
  for (const y of [-3, 0.2, 1, 4]) {
    for (const share of [4, 5, 20, 400]) {
      const a0 = Math.sqrt(share * Math.abs(y)) * (1 + 1e-12), eta = cr.monotoneStep(a0, y);
      const monotone = (factor: number) =>
        cr.constantRun({ a0, y, eta: factor * eta, steps: 3000 }).monotone;
      assertEquals([monotone(1 - 1e-6), monotone(1 + 1e-6)], [true, false], `${y}, ${share}`);
    }
  }
});

Deno.test("bad input of the predictions is named", () => {
  const range = (run: () => unknown, text: string) => assertThrows(run, RangeError, text);
  const unit = { smoothness: 1, gap: 1, v2: 1 };
  range(
    () => cr.boundLog({ ...unit, smoothness: 0 }, 10),
    "smoothness must be a finite number > 0",
  );
  range(() => cr.boundSqrt({ ...unit, gap: Infinity }, 10), "finite lower bound");
  range(() => cr.boundSqrt(unit, 0), "steps must be a finite number >= 1: current value is 0");
  range(() => cr.divergenceStep(NaN, 1), "a0 must be finite");
  range(() => cr.divergenceStep(0, 0), "|a0| + |y| + |b0|");
  range(() => cr.divergenceStep(1, 1, Infinity), "b0 must be finite");
  range(() => cr.monotoneStep(1.9, -1), "a0^2 must be >= 4|y| = 4: current value is 3.61");
  range(() => cr.powerExponents(2, -1), "q must be >= 0");
  range(() => cr.balancedSpectrum([1, 0], { rows: 2, columns: 2, r: 2 }), "sigma[1]");
  range(() => cr.normStall(0, 1), "alpha must be a finite number > 0");
  range(() => cr.valley(0), "steps must be an integer >= 1");
  range(() => cr.valley(10, 0.1), "smoothness must be >= 1/(6√2)");
  range(() => cr.powerExponents(0.4), "p must be a finite number > 1");
  const lab = { slope: () => -1, smoothness: 1, x0: 1 };
  range(() => cr.laboratory({ ...lab, times: [0.5] }), "times[0] must lie in [1, 1e+100]");
  range(() => cr.laboratory({ ...lab, times: [5, 2] }), "times[1] must be greater than times[0]");
});
