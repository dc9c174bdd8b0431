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

/** Only fine-tuning, at sizes for a test. */
const small = {
  d: [60, 240],
  k: 4,
  copies: 64,
  single: [{ activation: "h2", d: [20] }],
  scratchD: [],
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
  assertStringIncludes(figure().caption!, "other lines: d through the last point");
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
    [{ kappa: 1e-3 }, 'Cannot take alpha = "best"'],
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
