/** What a reader changes in a cell, as a reader writes it. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { where } from "lora-dynamics/experiment/mod.ts";
import { svg } from "lora-dynamics/figure/mod.ts";
import { activation, gaussianExpectation } from "lora-dynamics/gaussian/mod.ts";
import * as lf from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

/** Only fine-tuning, at sizes for a test. */
const small = {
  d: [60, 240],
  k: 4,
  copies: 64,
  single: [{ activation: "h2", d: [20] }],
  scratchD: [],
  frozenD: [],
  others: 8,
};

/** Median steps of fine-tuning per dimension left, T/(d − k). */
const perDimension = (rows: readonly lf.DimensionRow[], k: number) =>
  where(rows, "route", "fine-tuning").map(({ d, steps }) => steps! / (d - k));

Deno.test("another activation in one line: fine-tuning stays linear in d, near its own flow", async () => {
  const gelu = "z * (1 + erf(z / sqrt(2))) / 2";
  for (const sigma of ["tanh(z)", gelu, (z: number) => Math.log1p(Math.exp(z))]) {
    const { rows, figure } = await lf.dimensionTimes({ ...small, activation: sigma });
    const [low, high] = perDimension(rows, 4);
    // A start at |m| ~ n^(−1/2) is ahead of the flow by a time of that order, so T/n rises with d to
    // a limit; a logarithm or a power of d would show as a factor of 1.3 or 4 between the two.
    assert(high / low > 0.8 && high / low < 1.7, `${sigma}: ${low}, ${high}`);
    assertStringIncludes(figure().caption!, activation(sigma).name);
  }
});

Deno.test("another perturbation and another step: the first slope is that of a double integral", async () => {
  // One neuron, ĉ = c: Φ(m) = E σ(x)σ(y) for normals of correlation (1 + κ²m)/(1 + κ²).
  const kappa = 0.5, model = lf.fineTuning({ activation: "tanh(z)", k: 1, kappa, c: [1] });
  const rho = 1 / (1 + kappa ** 2), h = 1e-4;
  const correlation = (m: number) => {
    const s = (1 + kappa ** 2 * m) * rho, rest = Math.sqrt(1 - s * s);
    return gaussianExpectation((x) =>
      gaussianExpectation((y) => Math.tanh(x) * Math.tanh(s * x + rest * y))
    );
  };
  const slope = (correlation(h) - correlation(-h)) / (2 * h);
  assertAlmostEquals(lf.correlationSlope(model, 0), slope, 1e-6);
  const { rows } = await lf.dimensionTimes({
    ...small,
    k: 1,
    kappa: 0.5,
    activation: "tanh(z)",
    d: [60],
  });
  assert(rows[0].steps! > 0);
});

Deno.test("a step that is too long: no flow line, missing medians are counted, nothing else", async () => {
  const { figure, rows } = await lf.dimensionTimes({ ...small, alpha: 3, copies: 16, d: [3000] });
  assertEquals(where(rows, "route", "fine-tuning")[0].steps, null);
  assertStringIncludes(figure().caption!, "none, as the flow does not arrive at this step");
  assertStringIncludes(figure().caption!, "medians are missing");
  assertStringIncludes(figure().caption!, "within 30d steps");
});

Deno.test("a slow flow and a small rate get the steps that they ask for", async () => {
  // The flow of He4 takes 75 (d − k) steps at its best, more than twice what fast ones are given.
  const slow = await lf.dimensionTimes({ ...small, activation: "He4", d: [200], copies: 32 });
  assert(where(slow.rows, "route", "fine-tuning")[0].steps! > 30 * 200);
  const single = [{ activation: "tanh(z)", d: [16] }];
  const [usual, tenth] = await Promise.all(
    [0.1, 0.005].map((rate) => lf.dimensionTimes({ ...small, d: [60], single, rate, others: 64 })),
  );
  const alone = ({ rows }: typeof usual) => where(rows, "route", "GLM")[0].steps!;
  // Twenty times smaller steps drift alike and spread less.
  const ratio = alone(tenth) / alone(usual);
  assert(ratio > 10 && ratio < 40, `${ratio}`);
});

Deno.test("where the flow arrives later than any run may, its line is drawn without marks", async () => {
  const late = await lf.dimensionTimes({
    ...small,
    d: [40, 80],
    kappa: 1e-6,
    alpha: 100,
    copies: 8,
  });
  assertEquals(where(late.rows, "route", "fine-tuning").map(({ steps }) => steps), [null, null]);
  assertStringIncludes(late.figure().caption!, "within 300d steps");
  assertStringIncludes(svg(late.figure()), "fine-tuning");
});

Deno.test("the network from scratch has the step of its own exponent", async () => {
  const eta = async (scratch: string) => {
    const { rows } = await lf.dimensionTimes({ ...small, d: [60], scratch, scratchD: [16] });
    return where(rows, "route", "all weights")[0].eta;
  };
  assertAlmostEquals(await eta("tanh(z)"), 0.1 / 16, 1e-15);
  assertAlmostEquals(await eta("h3"), 0.1 / 64, 1e-15);
});

Deno.test("own comparison: the line follows the information exponent of the activation", async () => {
  const { figure } = await lf.dimensionTimes({
    ...small,
    single: [{ activation: "tanh(z)", d: [20, 40] }],
  });
  assertStringIncludes(figure().caption!, "dotted: d, through the last medians");
});

Deno.test("mistakes are errors that name key, wanted and found", async () => {
  const cases: [object, string][] = [
    [{ dd: [100] }, "dd must be one of its parameters (is d meant?): activation = "],
    [{ d: [] }, "d must be a list of 1 or more, each a whole number >= 3: current value is []"],
    [{ d: [9], k: 8 }, "d must be at least k + 2 = 10 everywhere: current value is 9"],
    [
      { d: "100" },
      'd must be a list of 1 or more, each a whole number >= 3: current value is "100"',
    ],
    [{ kappa: 0 }, "kappa must be a finite number > 0: current value is 0"],
    [{ alpha: "fast" }, 'alpha must be a number > 0, or "best"'],
    [{ single: [{ activation: "h2" }] }, "single[0] must be { activation, d: [dimensions] }"],
    [{ single: [{ activation: "h2", d: [20], k: 3 }] }, 'current value has "k"'],
    [
      { activation: "3" },
      "activation must be an activation that is not constant: current value is 3",
    ],
    [{ activation: "rleu" }, "a single word must be one of z, x, identity, relu"],
    [{ activation: "tanh(x)" }, 'current value is "tanh(x)"'],
    [{ activation: "1 / z" }, 'current value is "1 / z"'],
    [{ activation: "exp(z^2)" }, "E σ(z)²"],
    [{ activation: (z: number) => z / 0 }, "activation must be an activation"],
  ];
  for (const [given, words] of cases) {
    const error = await assertRejects(() => lf.dimensionTimes(given as never), Error);
    assertStringIncludes(error.message, words);
  }
});

/** A run of an experiment at sizes for a test: what a reader changes stands in `own`. */
const few = { preset: "quick", copies: 8 } as const;

Deno.test("hypothesis: another activation in every part, one word", async () => {
  const gelu = "z * (1 + erf(z / sqrt(2))) / 2";
  const { rows } = await lf.slopes({ activations: ["tanh(z)", gelu, "h4"], inputs: 4000 });
  assert(
    rows.every(({ slope, sampled, se }) =>
      Math.abs(slope - sampled) < 5 * se + 0.05 * Math.abs(slope)
    ),
  );
  const frozen = await lf.frozenCourses({
    ...few,
    activation: "tanh(z)",
    alpha: 1,
    k: 5,
    n: 100,
    times: [0, 20],
  });
  assertStringIncludes(frozen.figure().caption!, "tanh(z)");
  const axis = await lf.kappaAxis({
    activations: ["h4", "h5"],
    kappas: [16, 32],
    noise: 0,
    runKappas: [],
  });
  const power = (name: string) => lf.lastPower(where(axis.rows.flow, "activation", name));
  assertAlmostEquals(power("h4"), 8, 0.1);
  assertAlmostEquals(power("h5"), 12, 0.1);
});

Deno.test("hypothesis: a step schedule with a wrong frozen factor: flow and chains", async () => {
  const { rows } = await lf.stepRules({
    ...few,
    scales: ["0.1 / (1 + t / 60)"],
    n: 500,
    times: [50, 100],
  });
  for (const { m, se, flow } of rows) assertAlmostEquals(m, flow!, 4 * se + 0.03);
});

Deno.test("hypothesis: momentum is a longer step, and batches are less noise: both have a flow", async () => {
  const at = async (own: { momentum?: number; batch?: number }) =>
    (await lf.flowCourses({ ...own, alpha: 0.2, d: [1000], copies: [24], times: [8], direct: 0 }))
      .rows.chains[0];
  const [plain, pushed, four] = [
    await at({}),
    await at({ momentum: -1 / 3 }),
    await at({ batch: 4 }),
  ];
  for (const { mean, flow, se } of [plain, pushed, four]) {
    assertAlmostEquals(mean, flow!, 4 * se + 3e-3);
  }
  // β = −1/3 is a step of three quarters; with four inputs a step the noise is a quarter. Controls: the others' flows.
  const S = lf.standard(), course = (alpha: number) => new lf.OverlapFlow(S).course(alpha, [8])[0];
  assertAlmostEquals(pushed.flow!, course(0.15), 1e-7);
  assert(Math.abs(pushed.mean - plain.flow!) > 4 * pushed.se + 3e-3);
  assert(Math.abs(four.mean - plain.flow!) > 4 * four.se + 3e-3);
});

Deno.test("hypothesis: a steep activation follows its flow", async () => {
  const { rows } = await lf.flowCourses({
    ...{ activation: "tanh(10z)", alpha: 0.2, d: [800], copies: [16], times: [4, 20], direct: 0 },
  });
  for (const { mean, flow, se } of rows.chains) assertAlmostEquals(mean, flow!, 4 * se + 4e-3);
  assert(Math.abs(rows.chains[0].mean - rows.chains[1].flow!) > 0.1);
});

Deno.test("hypothesis: an own Gram matrix has flow, best step, kurtosis, floor, spread", async () => {
  const gram = [1, 0.3, -0.2, 0.3, 1, 0.1, -0.2, 0.1, 1];
  const { rows } = await lf.flowCourses({
    k: 3,
    base: gram,
    d: [1000],
    copies: [12],
    times: [10],
    direct: 0,
    m0: 0,
    alpha: 0.1,
  });
  const [{ mean, se, flow }] = rows.chains;
  assertAlmostEquals(mean, flow!, 4 * se + 0.01);
  const model = lf.modelOf({ activation: "h3", k: 3, kappa: 0.7, base: gram });
  assert(new lf.OverlapFlow(model).best().time < 50 && lf.terminal(model).kurtosis > 1);
  assert(lf.tangentFloor(model).full > 0 && lf.fluctuations(model, 0.1, [5])[0].spread > 0.5);
  assert(lf.jointFlow(model, { alpha: 0.1, times: [5] })[0].loss > 0);
});

Deno.test("hypothesis: label noise with heavy tails, of the reader's own law", async () => {
  const law = {
    name: "two values",
    draw: (rng: { uniform(): number }) => rng.uniform() < 0.1 ? 3 : -1 / 3,
  };
  const { rows, figure } = await lf.flowCourses({
    noise: 1,
    noiseLaw: law,
    d: [400],
    copies: [16],
    times: [10],
    direct: 0,
  });
  const [{ mean, se, flow }] = rows.chains;
  assertAlmostEquals(mean, flow!, 4 * se + 0.03);
  assertStringIncludes(figure().caption!, "label noise 1 (two values)");
});

Deno.test("hypothesis: own data in the place of the digits, own laws of the inputs", async () => {
  const rng = stream("7", "data");
  const rows = Array.from(
    { length: 300 },
    () => Array.from({ length: 12 }, () => rng.normal() ** 3),
  );
  const own = await lf.dataCourses({
    ...few,
    inputs: { name: "cubes", rows },
    d: 10,
    times: [5, 10],
  });
  assertStringIncludes(own.figure().caption!, "cubes");
  const logistic = {
    name: "logistic",
    quantile: (u: number) => Math.log(u / (1 - u)) * Math.sqrt(3) / Math.PI,
  };
  const laws = await lf.inputLawCourses({
    ...few,
    laws: [logistic],
    delocalised: [],
    d: 60,
    chains: 32,
    times: [5],
  });
  const [{ m, se, flow }] = where(laws.rows, "where", "features");
  // The slope is (E a⁴ − 1)/2 = 1.6 times the Gaussian one.
  assertAlmostEquals(m, flow!, 4 * se + 0.1);
});

Deno.test("hypothesis: LoRA's start B = 0, without constraint", async () => {
  const { rows } = await lf.adapterCourses({ ...few, n: 1000, times: [20, 100] });
  for (const { q, flowQ, seQ, m, flowM, seM } of rows) {
    assertAlmostEquals(q, flowQ, 4 * seQ + 0.05);
    assertAlmostEquals(m, flowM, 4 * seM + 0.05);
  }
});

Deno.test("hypothesis: a student of another ξ, unequal weights, factors from the sphere", async () => {
  const unsure = lf.modelOf({ activation: "h3", k: 8, kappa: 0.7, studentKappa: 1 });
  assert(
    lf.populationLoss(unsure, 1) > 0.01 && new lf.OverlapFlow(unsure).course(0.05, [50])[0] > 0.5,
  );
  const weights = await lf.zeroStarts({
    ...few,
    k: 3,
    lambda: [1, -0.4, 0.6],
    times: [10],
    n: 300,
    alpha: 0.05,
  });
  for (const { m, flow, se } of weights.rows) assertAlmostEquals(m, flow, 4 * se + 0.02);
  const sphere = await lf.jointAgainstFrozen({
    ...few,
    c: "uniform",
    hatC: "uniform",
    n: 100,
    times: [0, 20],
  });
  assertEquals(sphere.rows.length, 32);
});

Deno.test("hypothesis: κ of the paper's algorithm, widths, other accuracies, another place of success", async () => {
  for (const kappa of [0.3, 1]) {
    const { rows } = await lf.frozenCourses({
      ...few,
      kappa,
      k: 15,
      n: 100,
      times: [0, 10],
      activation: "erf(z)",
      alpha: 3,
    });
    assert(rows.every(({ m }) => Math.abs(m) <= 1));
  }
  const { rows } = await lf.widthCosts({
    k: [25, 81],
    sizes: [{ kappa: 1 }],
    activations: ["h2"],
    draws: 5,
  });
  assert(rows.every(({ typical }) => typical < 1000));
});

Deno.test("hypothesis: Claim 2 with h₄: the bound, the leading term and its remainder follow", async () => {
  const { rows, figure } = await lf.claim2Times({
    ...few,
    activation: "h4",
    d: [30],
    scratchD: [8],
    widths: [9, 33, 65],
    draws: 12,
  });
  // k² times the deviation tends to p(p − 1), by the diagonal of the sum over neurons.
  const ratios = rows.landscapes.map(({ deviation, k }) => deviation / (12 * (k / (k + 1)) ** 4));
  ratios.forEach((ratio, i) => assertAlmostEquals(ratio, 1, 4 / rows.landscapes[i].k + 0.04));
  assertStringIncludes(figure().caption!, "d and d^2 through");
  assertStringIncludes(figure().caption!, "12(k/(k + 1))^4");
  const error = await assertRejects(() => lf.claim2Times({ activation: "tanh(z)" }), RangeError);
  assertStringIncludes(error.message, "a Hermite polynomial h_p, p > 2");
});

Deno.test("hypothesis: another activation in the maps of regions and norms, at a cost that ends", async () => {
  const { figure } = await lf.interpolation({ ...few, activation: "h4", table: [12] });
  assertStringIncludes(figure().caption!, "(marks, ξ = 1)");
  const map = await lf.regions(
    { activation: "h2", logKappa: [0, 0.3], points: 11 },
  );
  assertStringIncludes(map.figure().caption!, "At no κ shown");
});
