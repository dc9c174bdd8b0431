/** Any activation runs through theory and simulation; the four of the paper are four of them. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { ksTwoSample, summary } from "lora-dynamics/experiment/mod.ts";
import {
  activation,
  gaussHermite,
  gaussianExpectation,
  integrate,
} from "lora-dynamics/gaussian/mod.ts";
import {
  activationLabel,
  ACTIVATIONS,
  averages,
  correlationSlope,
  courses,
  ERF,
  fineTuning,
  FineTuningChain,
  fluctuations,
  frozenCost,
  GeneralChain,
  hasNoLinearPart,
  hermiteWeights,
  kernelOf,
  momentSeries,
  OverlapFlow,
  populationLoss,
  ScratchChain,
  secondLayer,
  SignedLandscape,
  signModel,
  standard,
  tangentFloor,
  tangentLimit,
  terminal,
} from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import { DirectFineTuning } from "lora-dynamics/papers/lazy_vs_feature/simulation/direct.ts";
import { stream } from "lora-dynamics/random/mod.ts";

/** `E σ(X)σ(Y)` by a tensor rule of 200 nodes. */
function tensor(f: (z: number) => number, A: number, B: number, C: number): number {
  const { nodes, weights } = gaussHermite(200);
  const p = Math.sqrt(A - C * C / B);
  let sum = 0;
  for (let i = 0; i < 200; i++) {
    const y = Math.sqrt(B) * nodes[i];
    for (let j = 0; j < 200; j++) {
      sum += weights[i] * weights[j] * f(y) * f(C / B * y + p * nodes[j]);
    }
  }
  return sum;
}

Deno.test("kernelOf() of a tanh is the tensor rule, its slopes are differences", () => {
  const { value, slopeC, slopeA } = kernelOf("tanh(z)"), h = 1e-4;
  for (const [A, B, C] of [[1, 1, 0.4], [1.3, 0.7, -0.5], [0.4, 2, 0.6]]) {
    assertAlmostEquals(value(A, B, C), tensor(Math.tanh, A, B, C), 1e-10);
    const difference = (f: (x: number) => number) =>
      (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
    assertAlmostEquals(slopeC(A, B, C), difference((x) => value(A, B, C + x)), 1e-9);
    assertAlmostEquals(slopeA(A, B, C), difference((x) => value(A + x, B, C)), 1e-9);
  }
});

Deno.test("an own copy of each of the four has the landscape and moments of the name", () => {
  for (const text of Object.values(ACTIVATIONS)) {
    const { f, df, d2f, kinks } = activation(text);
    const known = standard(text), own = standard({ name: `own ${text}`, f, df, d2f, kinks });
    for (const m of [0, 0.6]) {
      assertAlmostEquals(correlationSlope(own, m), correlationSlope(known, m), 1e-11, text);
      assertAlmostEquals(populationLoss(own, m), populationLoss(known, m), 1e-11, text);
      const [a, b] = [averages(own, m), averages(known, m)];
      const rel = 1e-9;
      assertAlmostEquals(a.V / b.V, 1, rel, text);
      assertAlmostEquals(a.loss, b.loss, rel * (1 + b.loss), text);
    }
  }
});

Deno.test("moments of a tanh: the mean gradient is the closed slope, the loss the kernel's", () => {
  for (const sigma of ["tanh(z)", "z * (1 + erf(z / sqrt(2))) / 2", "h4", "z > 0 ? z : expm1(z)"]) {
    const model = standard(sigma), rel = 1e-9;
    for (const m of [0, 0.5, 0.9]) {
      const { gammaS, gammaStar, loss } = averages(model, m);
      const slope = (1 - m * m) * correlationSlope(model, m);
      assertAlmostEquals(m * gammaS - gammaStar, slope, rel * slope, `${sigma} at ${m}`);
      assertAlmostEquals(loss, populationLoss(model, m), rel, `${sigma} at ${m}`);
    }
  }
});

Deno.test("hasNoLinearPart() sees where E σ′ = 0, whatever the scale", () => {
  for (const sigma of ["h2", "h3", "z^3 - 3 z", "1e-4 * (z^2 - 1)", "cos(z)", "abs(z)"]) {
    assert(hasNoLinearPart(sigma), sigma);
  }
  for (const sigma of ["relu", "erf", "tanh(z)", "z", "z^3 - 3 z + 1e-4 z", "sin(z)"]) {
    assert(!hasNoLinearPart(sigma), sigma);
  }
});

Deno.test("hermiteWeights() of an expression sum to its second moment", () => {
  for (const sigma of ["tanh(z)", "erf(0.3 z)", "2 relu(3z)", "z^3 + z^2", "abs(z - 0.4)"]) {
    const { f, kinks } = activation(sigma);
    const square = gaussianExpectation((z) => f(z) ** 2, { breakpoints: kinks });
    const sum = hermiteWeights(sigma, 150).reduce((total, x) => total + x, 0);
    const rel = kinks.length > 0 ? 2e-3 : 1e-9;
    assert(sum <= square * (1 + 1e-12), sigma);
    assertAlmostEquals(sum / square, 1, rel, sigma);
  }
  assertThrows(() => hermiteWeights("tanh(z)", 200), RangeError, "degree must be");
});

Deno.test("momentSeries() of a tanh is 2Φ′", () => {
  const model = standard("tanh(z)"), series = momentSeries(model, 100);
  for (const m of [0, 0.5, -0.4]) {
    const value = series.reduceRight((sum, x) => sum * m + x, 0);
    assertAlmostEquals(value, 2 * correlationSlope(model, m), 1e-10);
  }
});

Deno.test("chains of a tanh have the law of direct SGD, and of another activation they have not", () => {
  const options = { n: 30, alpha: 1.5 }, runs = 600;
  const ends = (open: (i: number) => FineTuningChain | DirectFineTuning) =>
    Array.from({ length: runs }, (_, i) => {
      const run = open(i);
      run.run(60);
      return Math.abs(run.m);
    });
  const model = standard("tanh(2z)");
  const chain = ends((i) => new FineTuningChain(model, options, stream("7", "tanh", i)));
  const direct = ends((i) => new DirectFineTuning(model, options, stream("7", "tanh", i)));
  const other = ends((i) => new DirectFineTuning(standard("h2"), options, stream("7", "h2", i)));
  assert(ksTwoSample(chain, direct).p > 1e-3, "law of the chain");
  assert(ksTwoSample(chain, other).p < 1e-6, "control");
});

Deno.test("chains of a tanh follow its flow within 4 standard errors", () => {
  const model = standard("tanh(z)"), alpha = terminal(model).best / 2, n = 1000;
  const flow = new OverlapFlow(model), times = [10, 30];
  assert(flow.time(alpha) > 0 && flow.time(alpha) < 1000);
  const course = flow.course(alpha, times, 0.2);
  const chains = Array.from(
    { length: 24 },
    (_, i) => new FineTuningChain(model, { n, alpha, m0: 0.2 }, stream("7", "flow", i)),
  );
  times.forEach((time, j) => {
    for (const chain of chains) chain.run(time * n - chain.steps);
    const { mean, se } = summary(chains.map(({ m }) => m));
    assertAlmostEquals(mean, course[j], 4 * se + 2e-3);
  });
});

Deno.test("every other prediction takes a smooth and a kinked activation", async () => {
  const smooth = standard("tanh(z)"), kinked = standard("z > 0 ? z : 0.2 z");
  for (const model of [smooth, kinked]) {
    const { full, lost, degree0, degree1 } = tangentFloor(model);
    assertAlmostEquals(full, lost + degree0 + degree1, 1e-9);
    assert(secondLayer(model, 0.9).best <= secondLayer(model, 0.9).candidate);
  }
  // E σ″² and (E σ″)² of a tanh by another rule.
  const d2f = (z: number) => -2 * Math.tanh(z) / Math.cosh(z) ** 2;
  const weight = (z: number) => Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  const curvature = integrate((z) => d2f(z) ** 2 * weight(z), -12, 12).value;
  const slope2 = integrate((z) => weight(z) / Math.cosh(z) ** 4, -12, 12).value;
  const mean = integrate((z) => weight(z) / Math.cosh(z) ** 2, -12, 12).value;
  // k = 8, λ = 1/√8, Σ λ_i sgn c_i = 0, odd: E σ″ = 0.
  assertAlmostEquals(tangentLimit(smooth), curvature / 2 / (slope2 - mean ** 2), 1e-9);
  assertEquals(tangentLimit(kinked), Infinity);
  assert(fluctuations(smooth, 0.5, [4])[0].spread > 0);
  assert(fluctuations(kinked, 0.5, [4])[0].spread > 0);
  const sums = { c: 3, hatC: 3, both: 5 };
  assert(frozenCost(signModel("tanh(z)", { k: 17, kappa: 0.5, sums })).time > 0);
  const signed = new SignedLandscape({ activation: "tanh(z)", k: 4, kappa: 0.8, points: 2 });
  assert(signed.rms > 0);
  new GeneralChain(smooth, { d: 50, alpha: 0.2, parallel: 0.5 }, stream("7")).run(20);
  new ScratchChain(kinked, { d: 50, eta: 0.01 }, stream("7")).run(20);
  const cell = {
    model: { activation: "tanh(z)", k: 4, kappa: 1 },
    run: { n: 50, alpha: 0.1 },
    copies: 2,
    times: [1],
  };
  assertEquals([await courses(cell)].flat().length, 2);
});

Deno.test("what an average cannot do is refused with the activation's name", () => {
  assertThrows(
    () => averages(standard("exp(z^2 / 7)"), 0),
    RangeError,
    "must not grow so fast that fourth powers have mass beyond 20 standard deviations: current value is exp(z^2 / 7)",
  );
  assertThrows(
    () => averages(standard("tanh(30 z)"), 0, 1, "uniform"),
    RangeError,
    "must be gentle enough for 224 nodes: current value is tanh(30 z)",
  );
  assertThrows(
    () => averages(standard("relu"), 0, 1, "uniform"),
    RangeError,
    "must be smooth for the law uniform: current value is relu",
  );
  assertThrows(
    () => fineTuning({ activation: "tanh(x)", k: 2, kappa: 1 }),
    SyntaxError,
    "must be z",
  );
});

Deno.test("activationLabel() is the symbol of a Hermite polynomial, else the name", () => {
  const names = ["h2", "h12", "He3", "relu", ERF, "tanh(z)"].map(activationLabel);
  assertEquals(names, ["/{h}_{2}", "/{h}_{12}", "/{He}_{3}", "ReLU", "erf", "tanh(z)"]);
});
