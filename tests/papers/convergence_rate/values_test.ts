/** Values of formulas away from the points where factors are 1: by hand, by the reference, or by slow plain loops. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { matrix, multiply, symmetricEigen } from "lora-dynamics/linalg/mod.ts";
import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import golden from "../../golden/convergence-rate.json" with { type: "json" };

const near = (found: number, wanted: number, rel = 1e-12) =>
  assertAlmostEquals(found, wanted, rel * Math.abs(wanted));

Deno.test("bounds are the reference's for five random problems, L from 1 to 53", () => {
  const { T, rows } = golden.bounds;
  for (const row of rows) {
    const options = { smoothness: row.L, gap: row.Delta, v2: row.v02 };
    near(cr.stepSumLower(options, T), row.S_low);
    near(cr.boundSqrt(options, T), row.bound_sqrt);
    near(cr.boundLog(options, T), row.bound_log);
    near(cr.boundNormalised(options, T), row.bound_normalised);
    near(cr.sqrtFormula(options, T), row.bound_sqrt);
  }
});

Deno.test("bounds by hand where the cap at 1 decides: L = 0.2, Δ = 1e-4, V₀ = 0", () => {
  const options = { smoothness: 0.2, gap: 1e-4, v2: 0 }, T = 70;
  // cL√(2LΔ) = 1.131 √4e-5 = 0.00716 < 1: a = 1; b = 8 · 1.1313708 · 1e-4.
  const b = 8 * 4 * Math.SQRT2 * 0.2 * 1e-4;
  near(cr.stepSumLower(options, T), 2 * T / (1 + Math.sqrt(1 + 2 * b * T)));
  near(cr.boundLog(options, T), 4e-4 * b / Math.log(1 + b * T), 1e-9);
  near(cr.boundBounded(options, 0, T), 4e-4 / T);
  near(
    cr.boundBounded({ smoothness: 3, gap: 2, v2: 0 }, 5, T),
    8 / T * 12 * Math.SQRT2 * (5 + Math.sqrt(12)),
  );
  near(cr.growthBound({ smoothness: 3, gap: 2, v2: 5 }, 0.7), 10 + 8 * 2 * 0.7);
  near(cr.boundDescent({ smoothness: 3, gap: 2, v2: 5 }, T), 12 / T);
});

Deno.test("bounds refuse what they do not hold for", () => {
  const bad = (run: () => unknown, words: string) => assertThrows(run, RangeError, words);
  for (const smoothness of [0.05, 0, -1, NaN]) {
    const options = { smoothness, gap: 1, v2: 1 };
    for (const bound of [cr.boundLog, cr.boundSqrt, cr.boundNormalised, cr.stepSumLower]) {
      bad(() => bound(options, 10), "smoothness must be");
    }
    bad(() => cr.boundBounded(options, 1, 10), "smoothness must be");
    bad(() => cr.growthBound(options, 1), "smoothness must be");
  }
  const unit = { smoothness: 1, gap: 1, v2: 1 };
  bad(() => cr.boundSqrt(unit, 0.5), "steps must be a finite number >= 1: current value is 0.5");
  bad(() => cr.boundSqrt(unit, Infinity), "steps must be");
  assert(cr.boundSqrt(unit, 1e30) > 0);
  bad(() => cr.boundBounded(unit, -1, 10), "most must be");
  bad(() => cr.growthBound(unit, -1), "time must be");
  bad(() => cr.boundSqrt({ ...unit, v2: -1 }, 10), "v2 must be");
});

Deno.test("lemmas by hand at sizes that all differ", () => {
  const sizes = { smoothness: 1.3, v: 2, vop: 1.7, g: 5, gamma: 3.1, delta: 0.6 };
  near(
    cr.remainderPaper(sizes),
    Math.SQRT2 * 1.3 * (0.36 * 4 + 0.216 * 2 + 0.1296 / 4) + 5 * 0.36,
  );
  near(cr.remainderSharp(sizes), 0.65 * (0.6 * 1.7 + 0.18) ** 2 + 3.1 * 0.18);
  near(cr.remainderFactored(sizes), 2.6 * (0.6 * 1.7 + 0.18) ** 2 + 3.1 * 0.36);
});

Deno.test("the sharp lemma is sharp in operator norms: rank two, V and G with two equal singular values", () => {
  // X = BA = diag(b, b), D along one of the two: v_op and γ are 1/√2 of v and g.
  const L = 1.3, t = 0.8, e = 0.3, h = 2;
  const loss = cr.rescaled(cr.quadratic(matrix(2, 2, [-h / L, 0, 0, -h / L])), { factor: L });
  const at = (d: number) => ({
    b: matrix(2, 2, [t + d, 0, 0, t]),
    a: matrix(2, 2, [t + d, 0, 0, t]),
  });
  const run = new cr.Descent(loss, at(0)), moved = new cr.Descent(loss, at(e));
  run.measure();
  moved.measure();
  near(run.vop, Math.sqrt(run.v2 / 2), 1e-9);
  near(run.gamma, run.g / Math.SQRT2, 1e-9);
  const linear = e * (run.gradientB.data[0] + run.gradientA.data[0]);
  const { smoothness, vop, g, gamma } = run, v = Math.sqrt(run.v2), delta = Math.SQRT2 * e;
  const sizes = { smoothness, v, vop, g, gamma, delta };
  near(moved.loss - run.loss - linear, cr.remainderSharp(sizes), 1e-8);
  // With Frobenius norms it is not attained.
  assert(cr.remainderSharp({ ...sizes, vop: v }) > 1.3 * cr.remainderSharp(sizes));
});

Deno.test("rules by hand: caps, operator norms, α", () => {
  const sizes = { smoothness: 1.3, loss: 0.49, v2: 2, vop: 1.2, g: 3, gamma: 1.7, gradient: 0.25 };
  const rate = (rule: cr.RuleLike, more = {}) => cr.rateRule(rule).rate({ ...sizes, ...more }, 0);
  near(rate("paper"), 1 / (4 * Math.SQRT2 * 1.3 * 5));
  assertEquals(rate("paper", { v2: 1e-3, g: 1e-3 }), 1);
  near(rate("paper", { smoothness: 0.05 }), 6 * Math.SQRT2 / (4 * Math.SQRT2 * 5));
  near(rate("printed", { smoothness: 0.05 }), 1 / (4 * Math.SQRT2 * 0.05 * 5));
  near(rate("simple"), 0.8161123671775559 / (1.3 * 2 + 1.7));
  near(rate({ name: "adapt", alpha: 0.7 }), 0.14);
  assertEquals(rate({ name: "adapt", alpha: 70 }), 1);
  near(rate({ name: "adapt2", alpha: 0.7 }), 0.7 / 2.7);
  near(rate({ name: "norm", alpha: 0.3 }), 0.6);
  assertEquals(rate({ name: "norm", alpha: 3 }), 1);
  assertEquals(rate({ name: "norm", alpha: 0.3 }, { gradient: 0 }), 1);
  const eta = rate("cubic"), left = 0.65 * eta * (1.2 + eta / 2 * 0.25) ** 2 + eta * 1.7 / 2;
  near(left, 0.5);
});

Deno.test("worst cases are the reference's, with times, sizes and bounds", () => {
  for (const wanted of golden.worst) {
    const row = cr.worstCaseRun("valley", wanted.T);
    near(row.gap, wanted.Delta, 1e-9);
    near(row.v2, wanted.v0 ** 2, 1e-12);
    near(row.lastV2, wanted.vT ** 2, 1e-9);
    near(row.time, wanted.S_T, 1e-9);
    near(cr.boundSqrt(row, wanted.T), wanted.upper_bound, 1e-9);
    near(cr.boundLog(row, wanted.T), wanted.log_bound, 1e-9);
    assertEquals(row.descentSteps, wanted.gd_steps_on_W);
    near(cr.valleySteps(cr.valley(wanted.T), Math.sqrt(row.lastV2)), wanted.T_ode, 1e-9);
  }
  assertThrows(() => cr.valleySteps(cr.valley(1e8), 10), RangeError, "else steps are capped");
});

Deno.test("balancedRun() is the plain loop, at another L and under other rules, with all its sums", () => {
  const slope = (x: number) => -1.7 / (2 + x) ** 1.4, L = 0.9, T = 200;
  const rules: Record<string, (v2: number, f: number) => number> = {
    paper: (v2, f) => Math.min(1, 1 / (4 * Math.SQRT2 * L * (v2 + f))),
    simple: (v2, f) => 0.8161123671775559 / (L * v2 + f),
    "const 0.3": () => 0.3,
  };
  for (const [name, rate] of Object.entries(rules)) {
    let a = 0.2, b = 0.2, w = 0.04, time = 0, least = Infinity, normalised = Infinity;
    for (let t = 0; t < T; t++) {
      const f = slope(a * b), v2 = a * a + b * b, square = f * f * v2, eta = rate(v2, Math.abs(f));
      least = Math.min(least, square);
      normalised = Math.min(
        normalised,
        square / Math.max(v2 + Math.abs(f), 1 / (4 * Math.SQRT2 * L)),
      );
      [a, b] = [a - eta * f * b, b - eta * f * a];
      w -= slope(w) / L;
      time += eta;
    }
    const rule = name === "const 0.3" ? 0.3 : name as cr.RuleName;
    const [row] = cr.balancedRun({ slope, smoothness: L }, 0.2, [T], rule), f = slope(a * b);
    near(row.x, a * b, 1e-10);
    near(row.v2, a * a + b * b, 1e-10);
    near(row.time, time, 1e-10);
    near(row.gradient2, f * f * (a * a + b * b), 1e-10);
    near(row.full2, f * f, 1e-10);
    near(row.descent2, slope(w) ** 2, 1e-10);
    near(row.minGradient2, least, 1e-10);
    near(row.minNormalised, normalised, 1e-10);
  }
});

Deno.test("a normalised gradient is measured over no less than 1/(4√2 L)", () => {
  // f′ = (x − 1)/10 from x = 1.21: ‖V‖² + |f′| = 2.44 at first, below 1/(4√2 · 0.02) = 8.8.
  const slope = (x: number) => (x - 1) / 10, least = 1 / (4 * Math.SQRT2 * 0.02);
  const [row] = cr.balancedRun({ slope, smoothness: 0.02 }, 1.1, [1], 0.5);
  near(row.minNormalised, 2 * 1.21 * 0.021 ** 2 / least, 1e-12);
});

Deno.test("the blocks of the stacked gradient, and κ⋆ by a scan of its line", () => {
  const full = matrix(2, 3, [1, 2, 3, 4, 5, 6]),
    b = matrix(2, 1, [7, 8]),
    a = matrix(1, 3, [9, 10, 11]);
  // GAᵀ = (1·9 + 2·10 + 3·11, …), GᵀB = (1·7 + 4·8, …).
  assertEquals([...cr.stackedGradient(full, { b, a }).data], [62, 152, 39, 54, 69]);
  assertEquals([...cr.stack({ b, a }).data], [7, 8, 9, 10, 11]);
  assertEquals([...cr.updateOf(cr.stack({ b, a }), 2).data], [63, 70, 77, 72, 80, 88]);
  const kappa = cr.kappaStar();
  let most = 0;
  for (let i = 0; i <= 100_000; i++) {
    const y = kappa * i / 100_000;
    most = Math.max(most, (kappa - y) * (1 + y / 2) ** 2 + y);
  }
  near(most, 1, 1e-9);
});

Deno.test("a worst case at another L is the plain loop, its way for gradient descent too", () => {
  const L = 2.5, T = 40, epsilon = Math.sqrt(Math.sqrt(4 * Math.SQRT2 / 3)) * (L / T) ** 0.25;
  const slope = (x: number) => -epsilon / Math.sqrt(2 * x), x0 = Math.cbrt(epsilon / L) ** 2 / 2;
  let x = x0, time = 0;
  for (let t = 0; t < T; t++) {
    const f = slope(x), eta = Math.min(1, 1 / (4 * Math.SQRT2 * L * (2 * x - f)));
    x *= (1 - eta * f) ** 2;
    time += eta;
  }
  let steps = 0;
  for (let w = x0; w < x; steps++) w -= slope(w) / L;
  const row = cr.worstCaseRun("valley", T, L);
  near(row.v2, 2 * x0);
  near(row.lastV2, 2 * x, 1e-9);
  near(row.time, time, 1e-9);
  near(row.minGradient2, epsilon ** 2, 1e-9);
  assertEquals(row.descentSteps, steps);
  // Δ: the way down, and a parabola of curvature L behind its end.
  near(row.gap, epsilon * (Math.sqrt(2 * x) - Math.sqrt(2 * x0)) + slope(x) ** 2 / (2 * L), 1e-9);
});

Deno.test("the worst cases come as near to each inequality as NEAREST says", () => {
  const T = 1e6, rel = 0.05; // T^{−1/3} and logarithms
  const row = cr.worstCaseRun("valley", T), ramp = cr.worstCaseRun("ramp", 1e5);
  near(row.minGradient2 * row.time / (4 * row.gap), cr.NEAREST.gradient, rel);
  near(cr.stepSumLower(row, T) / row.time, cr.NEAREST.stepSum, rel);
  near(row.minGradient2 / cr.boundSqrt(row, T), cr.NEAREST.sqrt, rel);
  near(row.lastV2 / cr.growthBound(row, row.time), cr.NEAREST.growth, rel);
  near(ramp.minNormalised / cr.boundNormalised(ramp, 1e5), cr.NEAREST.normalised, rel);
});

Deno.test("exponents and asymptotes by hand, p = 1.7, q = 0.4", () => {
  const { gradient2, full2, v2, time } = cr.powerExponents(1.7, 0.4);
  near(gradient2, -2.4 / 2.1);
  near(full2, -3.4 / 2.1);
  near(v2, 1 / 2.1);
  near(time, 1 - 0.4 / 2.1);
  // x = ((p + 1)t/(cp))^{1/(p+1)} far out, where 2x(1 + x)^{−2p} is 2x^{1−2p}.
  const p = 1.7, t = 1e9, x = ((p + 1) * t / (4 * Math.SQRT2 * p)) ** (1 / (p + 1));
  near(cr.powerGradient2(p, t), 2 * x ** (1 - 2 * p), 1e-10);
  const { v2: size, gradient2: square, full2: full, descent2 } = cr.logisticAsymptotics(5000);
  near(size, 2 * Math.log(5000 / Math.SQRT2));
  near(square, 2 * Math.log(5000 / Math.SQRT2) * full);
  near(full, 2 / 25e6);
  near(full / descent2, 32);
});

Deno.test("powerLaws() has the reference's exponents and prefactors at a million steps", async () => {
  const { rows } = await cr.powerLaws({ p: golden.power.map(({ p }) => p) });
  cr.powerSlopes(rows).forEach((row, i) => {
    const wanted = golden.power[i];
    // The reference fits more points of the decade: curvature of the logarithms.
    assertAlmostEquals(row.gradient2, -wanted.exp_gV2, 1e-4);
    assertAlmostEquals(row.full2, -wanted.exp_gW2, 1e-4);
    assertAlmostEquals(row.descent2, -wanted.exp_gd, 1e-4);
    assertAlmostEquals(row.v2, wanted.exp_v2, 1e-4);
    assertAlmostEquals(row.time, wanted.exp_S, 3e-4);
    const { gradient2, t } = rows.filter(({ p }) => p === wanted.p).at(-1)!;
    near(gradient2 / cr.powerGradient2(wanted.p, t), wanted.prefactor_ratio, 1e-6);
  });
});

Deno.test("certificates by hand: LoRA+, scale, weight decay", () => {
  const state = {
    b: matrix(2, 2, [1, 0, 0, 2]),
    a: matrix(2, 2, [0.5, 0, 0, 0.5]),
    full: matrix(2, 2, [3, 0, 0, 1]),
    smoothness: 1.3,
  };
  near(cr.loraPlusStep(state, 4), 0.8161123671775559 / (1.3 * (4 * 0.5 + 5) + 2 * 3), 1e-9);
  const plain = cr.plainAdapters(state, 9);
  assertEquals([plain.b.data[3], plain.a.data[0]], [6, 1.5]);
  near(cr.decayBound(3, 0.2), 30);
  near(cr.logisticDecayLimit(0.2), 2 * Math.log(4));
  near(cr.normStall(0.3, 5).eta, 0.4);
  near(cr.normStall(0.3, 5).gradient, 0.5625);
  assertEquals(cr.normStall(0.3, 1.5), { eta: 1, gradient: 0 });
  near(cr.flatGradient2(3, 10), 1 / 12_000);
  near(cr.escapeGrowth({ eta: 0.3, gamma: 5 }), 2.5);
  near(cr.kappaDecrease(0.6), -0.7);
  near(cr.slopeDecrease(0.2, 3), -0.7);
  near(cr.noiseFloor([3, 1, 0], { eta: 0.2, noise: 0.5 }), 0.05 * (9 / 1.4 + 1 / 1.8));
  assertThrows(() => cr.noiseFloor([11], { eta: 0.2, noise: 1 }), RangeError, "must be < 2");
  const scalar = { a: 1.5, b: -0.5, y: 3, eta: 0.2 };
  near(cr.scalarInvariant(scalar), 0.2 * 2.5 - 0.04 * 3 * -3.75);
  near(cr.invariantFactor(scalar), 1 + 0.04 * -3.75 * -0.75);
});

Deno.test("leastCurvature() leaves out zeros only; topCurvature() is the largest eigenvalue", () => {
  assertEquals(cr.leastCurvature(matrix(3, 3, [2, 0, 0, 0, 1e-4, 0, 0, 0, 0])), 1e-4);
  const target = cr.lowRank([6, 5], [2, 1]), loss = cr.quadratic(target);
  const end = new cr.Descent(loss, cr.sineStart(loss, 2, 0.05));
  cr.descend(end, { steps: 3000, rule: "simple", visit: () => end.gradient < 1e-11 });
  near(cr.topCurvature({ loss, start: end }), 4, 1e-4); // 2σ₁ where it is balanced
  // Away from a minimum, where the gradient does not vanish, by the Hessian written out.
  const away = {
    b: cr.normals([6, 2], stream("7", "b"), 1),
    a: cr.normals([2, 5], stream("7", "a"), 1),
  };
  const { values } = symmetricEigen(cr.hessian(away, target));
  near(cr.topCurvature({ loss, start: away }), Math.max(values[0], -values.at(-1)!), 1e-4);
});

Deno.test("the searched step loses exactly half of the first-order decrease", () => {
  for (const name of cr.problemNames) {
    const { loss, start } = cr.problemOf(name);
    const rows = cr.allowedSteps({ loss, start }, { rules: ["cubic"], along: "simple", steps: 3 });
    const run = new cr.Descent(loss, start);
    run.measure();
    const { eta } = rows.find(({ t, rule }) => t === 0 && rule === "search")!;
    const after = new cr.Descent(loss, cr.loraStep(loss, start, eta));
    after.measure();
    near((run.loss - after.loss) / (eta * run.gradient2), 0.5, 1e-8);
    assert(rows.every((row) => row.rule !== "cubic" || row.eta < eta));
  }
});

Deno.test("accuracy counts the bias, and examples that are not there are refused", () => {
  const features = matrix(2, 1, [1, -1]), labels = [0, 1], weights = matrix(2, 1, [0.1, -0.1]);
  const plain = new cr.SoftmaxLoss({ features, labels, weights });
  const tilted = new cr.SoftmaxLoss({ features, labels, weights, bias: [1, 0] });
  assertEquals(plain.accuracy(matrix(2, 1), features, labels), 1);
  assertEquals(tilted.accuracy(matrix(2, 1), features, labels), 0.5);
  const range = (examples: number[], words: string) =>
    assertThrows(() => plain.select(examples), RangeError, words);
  range([0, 99], "examples[1] must be an integer from 0 to 1: current value is 99");
  range([0.5], "examples[0]");
  range([], "their number must be an integer from 1 to 2: current value is 0");
  range([0, 1, 0], "current value is 3");
});

Deno.test("layers are blocks: value, gradient, factors, and what lies outside stays 0", () => {
  const rng = stream("7", "layers"), { loss, shapes } = cr.coupledLayers(3, rng);
  cr.checkLoss(loss, { trials: 5 });
  const parts = shapes.map(([m, n]) => ({
    b: cr.normals([m, 1], rng, 1),
    a: cr.normals([1, n], rng, 1),
  }));
  const whole = cr.blockAdapters(parts), x = multiply(whole.b, whole.a);
  let top = 0, left = 0;
  parts.forEach(({ b, a }) => {
    const own = multiply(b, a);
    for (let i = 0; i < own.rows; i++) {
      for (let j = 0; j < x.columns; j++) {
        const inside = j >= left && j < left + own.columns;
        const wanted = inside ? own.data[i * own.columns + j - left] : 0;
        assertAlmostEquals(x.data[(top + i) * x.columns + j], wanted, 1e-15);
      }
    }
    top += own.rows;
    left += own.columns;
  });
});
