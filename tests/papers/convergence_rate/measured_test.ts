/** What runs measure (edges, rates, verdicts, single steps) against plain loops and formulas by hand. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { frobeniusNorm, matrix } from "lora-dynamics/linalg/mod.ts";
import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";

const near = (found: number, wanted: number, rel = 1e-9) =>
  assertAlmostEquals(found, wanted, rel * Math.abs(wanted) + 1e-300);
/** `½(ab − y)²` from `a`, `b`. */
const scalar = (a: number, b: number, y = 1) => (
  { loss: cr.quadratic(matrix(1, 1, [y])), start: { a: matrix(1, 1, [a]), b: matrix(1, 1, [b]) } }
);

/** The next double. */
function next(x: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  view.setBigInt64(0, view.getBigInt64(0) + 1n);
  return view.getFloat64(0);
}

Deno.test("logSteps() by hand", () => {
  assertEquals(cr.logSteps(1000, 2), [0, 1, 3, 10, 32, 100, 316, 1000]);
  assertEquals(cr.logSteps(9, 1), [0, 1, 9]);
  assertEquals(cr.logSteps(1), [0, 1]);
});

Deno.test("firstStep() is the least number that holds, to the last digit", () => {
  for (const edge of [Math.PI, 1.02, 777]) {
    assertEquals(cr.firstStep(1, (x) => x >= edge), edge);
    assertEquals(cr.firstStep(1.01, (x) => x > edge), next(edge));
  }
  assertEquals(cr.firstStep(3, () => true), 3);
});

Deno.test("divergingStep() finds the edge of the scalar model within its last bracket", () => {
  const edge = cr.divergenceStep(2, -4);
  // Just above a point of the bisection, at all of its depths: the upper end is the farthest.
  for (const place of [0.02, 204.02, 1991.02].map((x) => x / 2048)) { // of the edge in its bracket of 5 %
    const low = edge / (1 + 0.05 * place) / 1.05 ** 2;
    const found = cr.divergingStep(scalar(2, 0, -4), low, 3000) / edge - 1;
    // 0.05/2¹² of bisection; next to the edge a run takes longer than 3000 steps.
    assert(found > -1e-9 && found < 1.4e-5, `${place}: ${found}`);
  }
  assertEquals(cr.divergingStep(scalar(0, 0), 0.1), NaN);
});

Deno.test("verdictRun() and stepsToLevel() are a plain loop; a floor of the loss is no rise", () => {
  const target = matrix(2, 2, [2, 0, 0, 1]), loss = cr.quadratic(target);
  const start = { b: matrix(2, 1, [0.3, 0.2]), a: matrix(1, 2, [0.5, -0.1]) };
  let at: cr.Adapters = start, steps = 0, level: number | undefined;
  for (;; steps++) {
    const { value, gradient } = cr.objective(loss, at);
    if (value <= 0.6) level ??= steps;
    if (Math.hypot(frobeniusNorm(gradient.b), frobeniusNorm(gradient.a)) < 1e-9) break;
    at = cr.loraStep(loss, at, 0.1);
  }
  const options = { rule: 0.1, steps: 5000, tolerance: 1e-9 };
  assertEquals(cr.verdictRun({ loss, start }, options), {
    state: "converged",
    steps,
    monotone: true,
  });
  assertEquals(cr.verdictRun({ loss, start }, { ...options, steps: steps - 1 }).state, "slow");
  const fast = cr.verdictRun({ loss, start }, { ...options, rule: 3 });
  assertEquals([fast.state, fast.monotone], ["diverged", false]);
  assertEquals(cr.stepsToLevel({ loss, start }, { rule: 0.1, level: 0.6, steps: 500 }), level);
  assertEquals(
    cr.stepsToLevel({ loss, start }, { rule: 0.1, level: 0.6, steps: level! - 1 }),
    null,
  );
});

Deno.test("linearRun() ends below 1e-12 and has the factor 1 − ηλ of a balanced minimum, and its curve", () => {
  for (const eta of [0.1, 0.002]) { // a = b: λ = 2y
    const { end, eta: last, rate, curve } = cr.linearRun(scalar(0.9, 0.9, 1.5), eta, 20_000);
    assertEquals(last, eta);
    near(rate, 1 - 3 * eta, 2e-6); // gradients of 1e-11 with a rounding of 1e-16
    assert(end.gradient < 1e-12 && end.gradient > 1e-12 * (1 - 3 * eta) - 1e-16);
    const gap = curve[1].t - curve[0].t, total = Math.log(1e12) / (3 * eta);
    assertEquals(gap, 10 * Math.ceil(total / 10 / 400));
    assertLess(curve.length, 401);
    let u = 0.9;
    for (let t = 0; t <= curve[3].t; t++) {
      if (t === curve[3].t) near(curve[3].gradient, Math.SQRT2 * u * Math.abs(u * u - 1.5));
      u -= eta * (u * u - 1.5) * u;
    }
  }
  // After 20 steps the gradient is above 1e-7, after 50 it is not yet at 1e-11.
  for (const steps of [20, 50]) {
    assertEquals(cr.linearRun(scalar(0.9, 0.9, 1.5), 0.1, steps).rate, NaN);
  }
});

Deno.test("slopeStep() is one step of the printed rule on the loss itself", () => {
  for (const [L, g] of [[0.1, 1], [0.06, 3], [0.5, 0.7]]) {
    const w = g / L, f = (x: number) => g * w * Math.sqrt(1 + ((x + 10 * w) / w) ** 2);
    const x = 5e-4, h = 1e-3, slope = (f(x + h) - f(x - h)) / (2 * h);
    const eta = Math.min(1, 1 / (4 * Math.SQRT2 * L * (1e-3 + slope)));
    const after = (x ** 0.5 * (1 - eta * slope)) ** 2;
    const row = cr.slopeStep(L, g);
    near(row.slope, slope, 1e-7);
    near(row.eta, eta, 1e-7);
    // Values of some 10g²/L, whose differences of some ηg²/1000 keep nine digits.
    near(row.decrease, (f(after) - f(x)) / (eta * slope ** 2 * 2 * x), 1e-7);
    assertEquals(row.smoothness, L);
  }
});

Deno.test("the laboratory follows a root on its own small scale, and reports from the first step on", () => {
  // f′ = tanh(10⁴(x − 0.002))/10⁴ has f″ = 1 at its root; η is capped at 1, so that κ = 2 · 0.002.
  const slope = (x: number) => Math.tanh(1e4 * (x - 0.002)) / 1e4, kappa = 0.004;
  const { status, limit, rows } = cr.laboratory({
    slope,
    smoothness: 1,
    x0: 0.0021,
    times: [1, 1e5, 1e12],
  });
  assertEquals([status, rows.map(({ t }) => t)], ["done", [1, 1e5, 1e12]]);
  near(limit!, 0.002, 1e-9);
  // One step of the flow from x₀: x falls by 2x₀f′(x₀) to leading order.
  near(rows[0].x, 0.0021 - 2 * 0.0021 * slope(0.0021), 1e-3 * 2 * slope(0.0021));
  near(rows[2].exponent, -2 * kappa * 1e12, 1e-4);
  near(rows[2].logGradient2 - rows[1].logGradient2, -2 * kappa * (1e12 - 1e5) / Math.LN10, 1e-4);
  near(rows[2].logDescent2, -2e12 / Math.LN10, 1e-4);
  // Far out a root is found as well: tanh(x − 300), κ = 2 · 300/(c · 600) by the rule.
  const far = cr.laboratory({ slope: "tanh(x - 300)", smoothness: 1, x0: 250, times: [1e9] });
  near(far.limit!, 300, 1e-12);
  near(far.rows[0].exponent, -2e9 / (4 * Math.SQRT2), 1e-4);
  // A straight slope has its curvature to all digits that a difference of its values has.
  const straight = cr.laboratory({ slope: "x - 300", smoothness: 1, x0: 250, times: [1e9] });
  near(straight.rows[0].exponent, -2e9 / (4 * Math.SQRT2), 1e-8);
});

Deno.test("constantRun() calls slow a fall, and a rise a rise", () => {
  assertEquals(cr.constantRun({ a0: 2, eta: 1e-13, steps: 3 }), {
    ...{ state: "bounded", monotone: true, steps: 3 },
  });
  assertEquals(cr.constantRun({ a0: 2, eta: 0.6, steps: 2 }).monotone, false); // η > 2/a₀²
  // At the minimum: ‖∇J‖ < 10⁻⁹ after as many steps as in a plain loop.
  let [a, b, count] = [2, 0, 0];
  for (; Math.abs(a * b - 1) * Math.hypot(a, b) >= 1e-9; count++) {
    const z = a * b - 1;
    [a, b] = [a - 0.1 * z * b, b - 0.1 * z * a];
  }
  assertEquals(cr.constantRun({ a0: 2, eta: 0.1, steps: 3000 }), {
    ...{ state: "converged", monotone: true, steps: count },
  });
  // Beyond all bounds on either side: the step is that of a plain loop.
  for (const [a0, b0, y] of [[3, 0.1, 1], [3, -0.1, 1], [2, 2, -5], [-4, 1, 2]]) {
    let [a, b, steps] = [a0, b0, 0];
    for (; Math.abs(a * b - y) <= 1e8; steps++) {
      const z = a * b - y;
      [a, b] = [a - 1.1 * z * b, b - 1.1 * z * a];
    }
    const run = cr.constantRun({ a0, b0, y, eta: 1.1, steps: 500 });
    assertEquals(run, { state: "diverged", monotone: false, steps });
  }
  // A rise by 1e-12 of the loss counts as rounding, one by 1e-11 does not.
  for (const [rise, monotone] of [[1e-12, true], [1e-11, false]] as const) {
    const step = {
      name: "step",
      value: (z: number) => z < -0.5 ? 1 : 1 + rise,
      slope: (z: number) => z < -0.5 ? -1 : 0,
    };
    assertEquals(cr.constantRun({ a0: 1, eta: 0.9, steps: 3, loss: step }).monotone, monotone);
  }
});

Deno.test("formulas hold on the edge of their range", () => {
  const half = 1 / (8 * Math.SQRT2); // 4√2 L(v₀² + ε/v₀) = 1: the first step is 1 and no shorter
  const edge = { epsilon: 1, smoothness: half, v0: 1 };
  near(cr.valleySteps(edge, 2), 0.5 * (7 / 3 + Math.LN2));
  assertThrows(
    () => cr.valleySteps({ ...edge, smoothness: half * (1 - 1e-12) }, 2),
    RangeError,
    "must be >= 1",
  );
  assertEquals(cr.powerExponents(2, 0), { gradient2: -1.5, full2: -2, v2: 0.5, time: 1 });
  const { limit } = cr.laboratory({
    slope: "x - 1",
    smoothness: 1,
    x0: 0.5,
    power: 0,
    times: [1e9],
  });
  near(limit!, 1);
});

Deno.test("bins of noisyDescent() have edges at equal ratios, six a decade", async () => {
  const { rows } = await cr.noisyDescent({ powers: [0], steps: 1000, copies: 2, noise: 0.05 });
  const own = rows.filter(({ copy }) => copy === 0);
  let from = 10;
  for (let k = 1; k <= 12; k++) {
    const to = Math.min(1000, Math.ceil(10 * 10 ** (k / 6) - 1e-9));
    near(own[k - 1].t, Math.sqrt(from * to));
    from = to;
  }
  assertEquals(own.length, 12);
  assertGreater(own[0].eta, 0);
});
