/** What a reader changes in a cell of the notebook, in at most three lines, with its imports. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { where } from "lora-dynamics/experiment/mod.ts";
import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";

const quick = { preset: "quick" } as const;

/** A reader's loss: Σ softplus(s(X_ij − 1)) − s(X_ij − 1)/2, L = s²/4. */
function softplus(s: number, smoothness = s * s / 4): cr.Loss {
  return {
    ...{ name: "softplus", rows: 4, columns: 3, smoothness, low: 12 * Math.LN2 },
    evaluate(x, gradient) {
      let sum = 0;
      x.data.forEach((v, i) => {
        const z = s * (v - 1);
        sum += Math.log(2 * Math.cosh(z / 2));
        gradient.data[i] = s / 2 * Math.tanh(z / 2);
      });
      return sum;
    },
  };
}

Deno.test("a loss of one's own runs beside its bounds; a wrong L or gradient is found by differences", async () => {
  const loss = softplus(2), problem = { loss, start: cr.sineStart(loss, 2, 0.5) };
  const run = await cr.boundCourses({ problems: [problem], steps: 3000, verify: true });
  const last = run.rows.at(-1)!, { smoothness, gap, start2: v2 } = last;
  assertEquals([last.problem, smoothness], ["softplus", 1]);
  assertLess(last.minGradient2, cr.boundSqrt({ smoothness, gap, v2 }, last.t));
  const wrong = { loss: softplus(2, 0.5), start: problem.start };
  await assertRejects(
    () => cr.boundCourses({ problems: [wrong], verify: true }),
    RangeError,
    "smoothness must be >=",
  );
  const sign: cr.Loss = {
    ...loss,
    evaluate(x, gradient) {
      const value = loss.evaluate(x, gradient);
      gradient.data[3] *= -1;
      return value;
    },
  };
  assertThrows(() => cr.checkLoss(sign), RangeError, "its slope along a direction");
  assertThrows(
    () => cr.checkLoss({ ...loss, low: 12 }),
    RangeError,
    "its value must be >= low = 12",
  );
});

Deno.test("a 30 × 20 target, rank 5, rule cubic: the tail that rank 5 cannot reach", async () => {
  const sigma = [5, 4, 3, 2, 1.5, 0.5], cases = [{ name: "mine", sigma, r: 5, scale: 0.1 }];
  const { rows: { ends: [end] } } = await cr.linearRates({ m: 30, n: 20, cases, rules: ["cubic"] });
  assertAlmostEquals(end.balanced!, 1, 1e-12); // the gap 1.5 − 0.5
  assertAlmostEquals(end.rate, 1 - end.eta * end.curvature, 1e-5);
  assertAlmostEquals(end.v2, 2 * 15.5, 0.1);
});

Deno.test("a spectral start needs no escape", async () => {
  const steps = async (start: cr.StartName) =>
    (await cr.escapeTimes({ scales: [1e-3], start })).rows[0].steps!;
  assertLess(await steps("spectral"), await steps("sines"));
});

Deno.test("schedules: η₀/√t, a warm-up, a cosine that ends at 0 on the last step", () => {
  const { loss, start } = cr.referenceQuadratic();
  const end = (rule: cr.RuleLike) => {
    const run = new cr.Descent(loss, start);
    return { ...cr.descend(run, { steps: 2000, rule }), loss: run.loss };
  };
  const cosine = (_: cr.Sizes, t: number) => 0.1 * (1 + Math.cos(Math.PI * t / 2000)) / 2;
  for (const rule of ["0.3 / sqrt(1 + t / 50)", "0.2 * min(1, t / 100)", cosine] as const) {
    const { status, loss } = end(rule);
    assertEquals(status, "done");
    assertAlmostEquals(loss, 0.06718055349078, 1e-6); // the best loss of rank two
  }
});

Deno.test("heavy ball, LoRA+ and decay in one option each; fewer steps with momentum", () => {
  const { loss, start } = cr.referenceQuadratic();
  const steps = (more: Partial<cr.DescentOptions>) => {
    const run = new cr.Descent(loss, start), visit = () => run.gradient < 1e-8;
    return cr.descend(run, { steps: 5000, rule: "simple", ...more, visit }).steps;
  };
  assertLess(steps({ momentum: 0.6 }), 0.8 * steps({}));
  assert(steps({ ratio: 4 }) !== steps({}));
  assertEquals(steps({ decay: 0.1 }), 5000); // the gradient without decay does not vanish
});

Deno.test("minibatches through descend, on the softmax problem", () => {
  const { loss, start } = cr.referenceSoftmax(), run = new cr.Descent(loss, start);
  const batch = (t: number) => [0, 1, 2, 3, 4].map((i) => (5 * t + i) % 30);
  const { status } = cr.descend(run, { steps: 600, rule: 0.3, batch });
  loss.evaluate(run.x, run.full);
  assertEquals(status, "done");
  assertLess(run.loss, 0.9);
  assertThrows(
    () => cr.descend(run, { steps: 5, rule: 0.3, batch: () => [30] }),
    RangeError,
    "examples[0] must be an integer from 0 to 29",
  );
});

Deno.test("an L from the observed gradients: longer steps, and it still descends", () => {
  const { loss, start } = cr.referenceSoftmax(), own = new cr.Descent(loss, start);
  const { rate } = cr.rateRule("simple");
  const rule: cr.Rule = (sizes, t) => rate({ ...sizes, smoothness: 0.3 * sizes.smoothness }, t);
  cr.descend(own, { steps: 300, rule });
  const plain = new cr.Descent(loss, start);
  cr.descend(plain, { steps: 300, rule: "simple" });
  assertLess(own.loss, plain.loss);
});

Deno.test("rsLoRA: another scale is one word, and its paper step is that of (13.1)", () => {
  const { loss, start } = cr.referenceQuadratic(), s = 8 / Math.sqrt(2);
  const run = new cr.Descent(cr.rescaled(loss, { scale: s }), start);
  run.measure();
  const g = run.g / s, wanted = 1 / (4 * Math.SQRT2 * s * (s * run.v2 + g));
  const { rate } = cr.scaledRule("paper", s);
  assertAlmostEquals(rate(run.sizes, 0), wanted, 1e-12 * wanted);
  cr.descend(run, { steps: 3000, rule: cr.scaledRule("paper", s) });
  assertAlmostEquals(run.loss, 0.06718055349078, 1e-9);
});

Deno.test("own schedule, batch, rank and start on the digits", async () => {
  const rules = ["0.5 / (1 + t / 100)", ({ v2 }: cr.Sizes) => 20 / (20 + v2)] as const;
  const run = await cr.digitsSchedules({
    ...{ ...quick, rules, shown: [0, 1], ranks: [2], batch: 128, epochs: 4, copies: 2 },
    start: "spectral",
  });
  assertEquals(run.rows.at(-1)!.step, 4 * 12);
  assertLess(cr.scheduleScore(run.rows, "0.5 / (1 + t / 100)").loss.mean, 2.3);
  assertStringIncludes(run.figure().caption!, "rank 2, batches of 128, 48 steps");
  const own = {
    name: "twice",
    factors: (place: cr.StartPlace) => cr.startFactors("lora", place, 2),
  };
  const twice = await cr.digitsStarts({ ...quick, starts: [own], epochs: 1, copies: 2 });
  assertStringIncludes(twice.figure().caption!, "from twice: twice");
});

Deno.test("slopes of every kind in the laboratory: roots, flat and at 0, oscillation, poles, expressions", async () => {
  const last = async (slope: cr.SlopeLike) =>
    (await cr.rateLaboratory({ slope, smoothness: 3 })).rows.at(-1)!;
  assertAlmostEquals((await last("x - 1")).limit!, 1, 1e-9);
  assertAlmostEquals((await last((x) => Math.tanh(x - 1))).limit!, 1, 1e-9);
  const flat = await last("(x - 1)^3"); // x − 1 ∝ t^{−½} has no digits left long before 1e30
  assertAlmostEquals(flat.exponent, -3, 0.05);
  assertStringIncludes(flat.status, "so near to a flat root of f' that its value is rounding");
  assertAlmostEquals((await last("x")).exponent, -3, 0.01);
  const wave = await last("sin(3x)");
  assertEquals([wave.status, wave.limit], ["done", null]); // to the root at 0, slowly
  assertAlmostEquals((await last("sin(3x + 3.5) / 3")).limit!, (2 * Math.PI - 3.5) / 3, 1e-9);
  assertAlmostEquals((await last("-exp(-x)")).exponent, -2, 0.1);
  const pole = await last("-1/(3 - x)^2");
  assert(pole.status !== "done" && pole.t < 1e30);
});

Deno.test("the horizon of the laboratory is in the caption, and bounds reach it", async () => {
  const { rows, figure } = await cr.rateLaboratory({ end: 1e6, gap: 2 });
  assertEquals(rows.at(-1)!.t, 1e6);
  assertStringIncludes(figure().caption!, "to 10⁶ steps");
  assertEquals(Object.keys(figure().rows), ["theory", "simulation"]);
  assertGreater(cr.boundSqrt({ smoothness: 1, gap: 1, v2: 1 }, 1e30), 0);
  const short = await cr.laboratoryExponents({ p: [2], end: 1e6, q: [1], steps: [100] });
  assertStringIncludes(short.figure().caption!, "up to 10⁶ steps");
});

Deno.test("discrete runs of other rules on a slope: q = ½ has its own exponent", async () => {
  const rule: cr.Rule = ({ smoothness: L, v2, g }) =>
    1 / (4 * Math.SQRT2 * L * (Math.sqrt(v2) + g));
  const run = await cr.powerLaws({ p: [1.5], steps: 100_000, rule });
  const { gradient2 } = cr.powerSlopes(run.rows)[0];
  assertAlmostEquals(gradient2, cr.powerExponents(1.5, 0.5).gradient2, 0.03);
  assertGreater(Math.abs(gradient2 - cr.powerExponents(1.5).gradient2), 0.1);
  assertStringIncludes(run.figure().caption!, "theory knows the paper's rule only");
  assertEquals(Object.keys(run.figure().rows), ["a, simulation", "b, simulation"]);
});

Deno.test("other singular values at the boundary of a matrix: 3 to 7 % off, as the text says", async () => {
  const { rows, figure } = await cr.topMode({ sigma: [3, 2.9], scales: [0.01, 0.1] });
  for (const { found, mixed } of rows) assertAlmostEquals(found / mixed!, 1.05, 0.025);
  assertStringIncludes(figure().caption!, "singular values 3 and 2.9");
});

Deno.test("noise of another size, another damping, another target: the line follows", async () => {
  const run = await cr.noisyDescent({
    ...quick,
    sigma: [3, 2],
    noise: 0.05,
    powers: [0.25],
    steps: 5000,
  });
  const last = cr.noiseMeans(run.rows, run.parameters).at(-1)!;
  assertAlmostEquals(last.gradient2 / last.theory!, 1, 0.15);
  const over = await cr.noisyDescent({ ...quick, r: 3, powers: [0], steps: 1000 });
  assertStringIncludes(over.figure().caption!, "no line, as the rank differs");
});

Deno.test("families of one's own in the lemmas, larger matrices", async () => {
  const make: cr.LossFamily["make"] = (shape, rng) =>
    cr.pseudoHuber(cr.normals(shape, rng, 2), 0.1);
  const run = await cr.descentLemmas({
    losses: [{ name: "sharp corner", make }],
    size: 12,
    rank: 8,
    trials: 300,
  });
  assertEquals(cr.lemmaVerdict(run.rows.pairs, cr.remainderSharp).violations, 0);
  assertStringIncludes(run.figure().caption!, "m, n ≤ 12, r ≤ 8");
});

Deno.test("the constant of a rule that is too long is found out", async () => {
  const rate = (kappa: number): cr.Rule => ({ smoothness, v2, gamma }) =>
    kappa / (smoothness * v2 + gamma);
  const rules = [1, 1.3].map((kappa) =>
    ({ name: `κ = ${kappa}`, rate: rate(kappa) }) as cr.RateRule
  );
  const { rows } = await cr.certifiedSteps({ ...quick, rules, trials: 2000 });
  const verdict = (rule: string) => cr.stepVerdict(rows.states, { rule, fraction: 0.5 }).violations;
  assertEquals(verdict("κ = 1"), 0);
  assertGreater(verdict("κ = 1.3"), 0);
});

Deno.test("at a larger L nothing is wrong with the printed rule, and the caption says so", async () => {
  const { rows, figure } = await cr.twoCycle({ smoothness: 0.3, rules: ["printed"], steps: 1000 });
  assertLess(rows.at(-1)!.minGradient2!, 1e-6);
  assertStringIncludes(figure().caption!, "not below 1/(6√2)");
  const worst = await cr.worstCases({ smoothness: 4, steps: [1e4] });
  assertStringIncludes(worst.figure().caption!, "L = 4");
});

Deno.test("mistakes name the parameter, what it must be and what it is", async () => {
  const cases: [(given: never) => Promise<unknown>, object, string][] = [
    [
      cr.digitsSchedules,
      { start: "typo" },
      "start must be one of lora, sines, small, large, spectral",
    ],
    [
      cr.digitsSchedules,
      { epochs: 1.5 },
      "epochs must be a whole number >= 1: current value is 1.5",
    ],
    [cr.digitsSchedules, { epochs: 0 }, "epochs must be a whole number >= 1"],
    [cr.digitsSchedules, { batch: 2000 }, "batch must be a whole number >= 1 and <= 1437"],
    [cr.digitsSchedules, { rules: ["adam"], shown: [0] }, "one of paper, printed, simple"],
    [cr.digitsSchedules, { shown: [12] }, "shown must be places from 0 to 11"],
    [cr.digitsSchedules, { ranks: [11] }, "ranks[0] must be a whole number >= 1 and <= 10"],
    [cr.worstCases, { smoothness: 0.1 }, "smoothness must be"],
    [cr.worstCases, { steps: [5] }, "steps[0] must be a whole number >= 10"],
    [cr.boundRuns, { losses: ["indef"] }, "families with a lower bound, which indef has not"],
    [cr.boundCourses, { problems: ["quad"] }, "problems"],
    [cr.descentLemmas, { losses: ["cubic"] }, "one of quad, sens, indef, cosine, phuber, softmax"],
    [cr.descentLemmas, { decades: [1, -1] }, "decades must be a lower and an upper power of ten"],
    [cr.rateLaboratory, { slope: "tanh(y)" }, "slope must be"],
    [cr.rateLaboratory, { end: 1e200 }, "end must be a finite number > 10 and <= 1e+100"],
    [cr.rateLaboratory, { gap: -1 }, "gap must be"],
    [cr.topMode, { sigma: [1, 2] }, "sigma must be a falling list"],
    [cr.topMode, { r: 7 }, "r must be at most min(m, n) = 6"],
    [cr.linearRates, { cases: [{ name: "x", sigma: [1], r: 1 }] }, "cases"],
    [cr.noisyDescent, { powers: [0.5, 0.5] }, "powers must be different numbers"],
    [cr.kappaSharpness, { kappa: [1] }, "(is kappas meant?)"],
    [cr.powerLaws, { p: [1] }, "p[0] must be a finite number > 1"],
  ];
  for (const [experiment, given, words] of cases) {
    const error = await assertRejects(() => experiment(given as never), Error);
    assertStringIncludes(error.message, words);
  }
  const bad = await assertRejects(
    () => cr.rateLaboratory({ slope: (x) => x > 0.3 ? NaN : -1 }),
    RangeError,
  );
  assertStringIncludes(bad.message, "f' is NaN at x = 0.3");
  const { rows } = await cr.constantSteps({ scales: [1], rules: [0.1], steps: 5 });
  assertEquals(where(rows, "state", "slow").length, 1);
});
