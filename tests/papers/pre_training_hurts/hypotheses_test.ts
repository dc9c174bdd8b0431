/** What a reader changes in a cell, as a reader writes it: at most three lines, with imports of the notebook. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { distinct, median, slope, summary, where } from "lora-dynamics/experiment/mod.ts";
import * as hurts from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const quick = { preset: "quick" } as const;

/** Difference of the mean |m| at the last step between the chain and whole inputs, in standard errors. */
function distance(rows: readonly hurts.CourseRow[], other = rows): number {
  const ends = (of: readonly hurts.CourseRow[], sampler: string) =>
    summary(where(where(of, "sampler", sampler), "at", 60).map(({ m }) => m));
  const chain = ends(rows, "exact chain"), direct = ends(other, "whole inputs");
  return Math.abs(chain.mean - direct.mean) / Math.hypot(chain.se, direct.se);
}

/** Whether each chain of a comparison has the law of its reference: the exact one, then the controls. */
function verdicts(rows: readonly hurts.ExactnessRow[]): boolean[] {
  return distinct(rows, "chain").map((chain) =>
    hurts.isOneLaw(hurts.lawDistance(where(rows, "chain", chain)))
  );
}

Deno.test("another activation in one line: the exact chain has the law of SGD on whole inputs", async () => {
  const sizes = { d: 20, batch: 10, step: 0.5, steps: 60, copies: 100, direct: 100, points: 2 };
  const df = (z: number) => (1 + z * z) ** -1.5; // a reader's own, with its slope
  const own = { f: (z: number) => z / Math.hypot(1, z), df };
  for (const student of ["log(1 + exp(z))", own]) {
    const weak = await hurts.courses({ ...sizes, student, mu: [0.2] });
    assertLess(distance(weak.rows), 4, JSON.stringify(student));
    // The control: another strength is another law, and the same comparison says so.
    const strong = await hurts.courses({ ...sizes, student, mu: [0.9] });
    assertGreater(distance(weak.rows, strong.rows), 4, JSON.stringify(student));
  }
});

Deno.test("another dimension, batch and step: a linear target grows at the rate of its 2 by 2 matrix", async () => {
  const mu = 0.4, step = 0.05, d = 1e9;
  const { rows } = await hurts.courses({ mu: [mu], step, d, batch: d, steps: 1500, copies: 4 });
  const rate = (Math.sqrt(1 + 4 * (1 - mu) ** 2) - 1) / 2; // of u' = −u + (1 − μ)m, m' = (1 − μ)u
  for (const copy of [0, 1, 2, 3]) {
    const search = where(rows, "copy", copy).filter(({ at, m }) => at > 200 && m < 0.02);
    const found = slope(search.map(({ at }) => at), search.map(({ m }) => Math.log(m)));
    // The flow's rate is that of small steps: log(1 + ηλ) a step, and noise of order (b/d)^½/√d.
    assertAlmostEquals(found, Math.log1p(step * rate), 0.01 * step * rate);
  }
});

Deno.test("momentum: a strongly pre-trained model is found eight times faster, as its mode says", async () => {
  const steps = async (rule: "sgd" | "momentum") => {
    const sizes = { mu: [0.9], batch: 1e9, steps: 6000, points: 2000, copies: 1 };
    const { rows } = await hurts.courses({ ...sizes, rule });
    return rows.find(({ m }) => m >= 0.5)!.at;
  };
  // A mode with ηλ = x grows by 1 + ε, ε(1 − β + ε) = x(1 + ε): less than x/(1 − β).
  const x = 0.2 * (Math.sqrt(1 + 4 * 0.01) - 1) / 2, half = (0.1 - x) / 2;
  const growth = Math.sqrt(half * half + x) - half;
  const expected = Math.log1p(growth) / Math.log1p(x);
  const [plain, pushed] = [await steps("sgd"), await steps("momentum")];
  // The memory fills in 1/(1 − β) = 10 steps.
  assertAlmostEquals(pushed, plain / expected, 10);
  assertGreater(plain / pushed, 7);
});

Deno.test("a schedule as text or as a function: the flow follows it, in the sum of the steps", async () => {
  for (const step of ["0.4 / sqrt(1 + t / 50)", (t: number) => 0.4 / Math.sqrt(1 + t / 50)]) {
    const run = await hurts.courses({ mu: [0.5], batch: 1e9, steps: 300, points: 20, step });
    const { "b, theory": line } = run.figure().rows as Record<string, { x: number; y: number }[]>;
    const end = run.rows.at(-1)!, wanted = line.find(({ x }) => x === end.at)!;
    assertGreater(end.m, 0.2);
    assertAlmostEquals(end.m, wanted.y, 0.05);
  }
});

Deno.test("rank 2: two directions search at once, and the median run is earlier", async () => {
  const exits = async (rank: number) => {
    const { rows } = await hurts.courses({ mu: [0.5], steps: 400, points: 80, copies: 24, rank });
    return Array.from(
      { length: 24 },
      (_, copy) => where(rows, "copy", copy).find(({ m }) => m >= 0.5)?.at ?? Infinity,
    );
  };
  assertLess(median(await exits(2)), median(await exits(1)));
});

Deno.test("a spectral start: strong pre-training does not hurt any more", async () => {
  const { rows } = await hurts.spectralControl({ ...quick, mu: [0.5, 0.9], copies: 2 });
  const steps = (mu: number, from: string) =>
    summary(where(where(rows, "mu", mu), "from", from).map(({ exit }) => exit!)).mean;
  assertGreater(steps(0.9, "random"), 20 * steps(0.5, "random"));
  assertLess(steps(0.9, "spectral"), 0.6 * steps(0.5, "spectral"));
});

Deno.test("a start of one's own, a tenth of the way", async () => {
  const start = { name: "warm", place: () => ({ u: 0, a: [0.1] }) };
  const run = await hurts.courses({ mu: [0.5], steps: 20, start });
  assertAlmostEquals(run.rows[0].m, 0.1, 1e-15);
  assertStringIncludes(run.figure().caption!, "start: warm");
});

Deno.test("a learnt w₀ with |w₀|² = .8, w₀·ω⋆ = .7, and one that is too long", async () => {
  const learnt = [0.7, Math.sqrt(0.8 - 0.49)];
  const { rows } = await hurts.searchRates({ pairs: [{ student: "x" }], w0: [learnt], copies: 8 });
  assertAlmostEquals(rows[0].A ** 2, 0.8 - 1.4 + 1, 1e-12); // |c|² = r − 2q + 1
  assertLess(Math.abs(rows[0].measured - rows[0].predicted), 5 * rows[0].se + 1e-3);
  const run = await hurts.courses({ mu: [1.3], steps: 800, start: "typical" });
  assertAlmostEquals(run.rows.at(-1)!.s, 1, 0.01); // s falls from 1.3
  assertEquals(run.rows[0].s > 1.29, true);
});

Deno.test("the trap of another odd target, and a start beyond it", async () => {
  // He5: μ_c = .4253; direct training from .3 is trapped and the turn, at .6, learns.
  const sizes = { ...quick, student: "He5", mu: [0.3], batch: 2000, step: 0.02, copies: 1 };
  const { rows } = await hurts.trapEnds({ ...sizes, rest: 3000 });
  const end = (training: string) => where(rows, "training", training)[0].s;
  assertLess(Math.abs(end("direct")), 0.2);
  assertAlmostEquals(end("turned"), 1, 0.05);
});

Deno.test("stability of one's own activation at one's own batch", async () => {
  const own = { student: "tanh(2 z)", d: 400, batch: 40, step: 1 } as const;
  const critical = hurts.stableStrength(own);
  assert(critical > 0.1 && critical < 0.9);
  const mu = [critical - 0.1, critical + 0.1];
  const { rows } = await hurts.optimumStability({ ...quick, ...own, mu, sizes: [4], copies: 6 });
  const growth = mu.map((each) => summary(hurts.growthOfCopies(where(rows, "mu", each))).mean);
  assert(growth[0] > 0 && growth[1] < 0, String(growth));
});

Deno.test("caption and legend say what was run", async () => {
  const run = await hurts.courses({
    ...{ student: "tanh(z)", mu: [0.3, 0.6], d: 77, batch: 9, step: 0.3, steps: 20, points: 4 },
    ...{ noise: 0.2, copies: 2, direct: 2 },
  });
  const { caption, legend } = run.figure();
  const wanted = ["tanh(z) target", "d = 77", "b = 9", "η = 0.3", "noise Δ = 0.2", "whole inputs"];
  for (const words of wanted) assertStringIncludes(caption!, words);
  assertEquals(legend!.map(({ label }) => label), ["/{μ} = 0.3", "/{μ} = 0.6"]);
  const cubic = await hurts.courses({ student: "He3", mu: [0.4], steps: 5 });
  assertStringIncludes(cubic.figure().caption!, "η = 0.2/18");
  assertStringIncludes(cubic.figure().caption!, "stable for SGD only above μ = 0.432");
});

Deno.test("another seed is another run, and the record says so", async () => {
  const sizes = { mu: [0.5], d: 50, batch: 10, steps: 10, copies: 1, points: 2 };
  const [a, b] = [await hurts.courses(sizes), await hurts.courses({ ...sizes, seed: "11" })];
  assert(a.rows.at(-1)!.m !== b.rows.at(-1)!.m);
  assertEquals(b.parameters.seed, "11");
});

Deno.test("mistakes are errors that name key, wanted and found", async () => {
  const cases: [object, string][] = [
    [{ momentum: 0.9 }, "momentum must be one of its parameters: student = "],
    [{ mue: [0.5] }, "(is mu meant?)"],
    [{ mu: [] }, "mu must be a list of 1 or more"],
    [{ mu: [0.5, NaN] }, "NaN"],
    [{ d: 10.5 }, "d must be a whole number >= 2: current value is 10.5"],
    [{ batch: 0 }, "batch must be a whole number >= 1: current value is 0"],
    [{ steps: 0 }, "steps must be"],
    [{ seed: 7 }, "seed must be text"],
    [{ student: "nosuch" }, "student must be an activation"],
    [{ student: "tanh(x)" }, 'current value is "tanh(x)"'],
    [{ start: "warm" }, "random, typical, spectral"],
    [{ rule: "nesterow" }, "momentum"],
    [{ observe: 3 }, "observe must be"],
  ];
  for (const [given, words] of cases) {
    const error = await assertRejects(() => hurts.courses(given as never), Error);
    assertStringIncludes(error.message, words);
    assertStringIncludes(error.message, "Cannot run");
  }
});

Deno.test("Adam has no chain, and the error says why", async () => {
  for (const rule of ["adam", { name: "adam" }]) {
    const error = await assertRejects(() => hurts.courses({ rule: rule as never }), Error);
    assertStringIncludes(error.message, "rules that treat coordinates one by one, as Adam does");
  }
});

Deno.test("Student-t labels: the flow stays the line, and the chain is exact", async () => {
  const noise = { noise: 0.5, noiseLaw: { name: "student t", degrees: 3 } } as const;
  const run = await hurts.courses({ mu: [0.5], steps: 300, ...noise });
  assertStringIncludes(run.figure().caption!, "Δ = 0.5 (student t (degrees = 3))");
  assertStringIncludes(run.figure().caption!, "lines: summary-statistics flow");
  const exact = await hurts.exactness({
    ...quick,
    ...noise,
    noise: 2,
    controls: [{ noiseLaw: "signs" }],
  });
  assertEquals(verdicts(exact.rows.comparisons), [true, false]);
});

Deno.test("Rademacher inputs: whole inputs run them, a chain is refused, the linear search is as fast", async () => {
  const sizes = {
    mu: [0.5],
    d: 200,
    batch: 400,
    steps: 60,
    points: 2,
    copies: 40,
    start: "typical",
  } as const;
  const error = await assertRejects(() => hurts.courses({ ...sizes, inputs: "signs" }), Error);
  assertStringIncludes(error.message, 'sampler "whole inputs"');
  const ends = async (inputs: string) => {
    const { rows } = await hurts.courses({ ...sizes, inputs, sampler: "whole inputs" });
    return summary(rows.filter(({ at }) => at === 60).map(({ m }) => m));
  };
  const [signs, normal] = [await ends("signs"), await ends("normal")];
  // Of a linear target covariances are all that the mean sees; fourth moments are of order 1/b.
  assertLess(Math.abs(signs.mean - normal.mean), 4 * Math.hypot(signs.se, normal.se) + 0.02);
});

Deno.test("another loss: the flow is not its limit and is not drawn", async () => {
  const run = await hurts.courses({ mu: [0.5], steps: 50, criterion: "abs(p - y)^1.5" });
  assertStringIncludes(run.figure().caption!, "SGD on the loss abs(p - y)^1.5");
  assertStringIncludes(run.figure().caption!, "the flow is that of the square loss");
});

Deno.test("is my rule exact? One line, and a broken twin beside it", async () => {
  // Every gradient of ω has length 1.
  const normed = {
    name: "normed",
    memory: 0,
    // deno-lint-ignore no-explicit-any -- as in a cell
    step: ({ step }: any, { omega }: any) => ({
      u: { point: 1, gradient: -step.u },
      omega: { point: 1, gradient: -step.omega / (Math.sqrt(omega.square) || 1) },
    }),
  };
  const run = await hurts.exactness({
    ...quick,
    student: "tanh(z)",
    rule: normed as never,
    step: 0.7,
  });
  assertEquals(verdicts(run.rows.comparisons), [true, false]);
});

Deno.test("rank 2 at a misaligned weight, chain and whole inputs", async () => {
  const run = await hurts.exactness({
    ...quick,
    rank: 2,
    mu: [[0.5, 0.3]],
    d: 8,
    start: "random",
    copies: 600,
    looks: [10],
    step: 3,
    controls: [],
  });
  assertEquals(verdicts(run.rows.comparisons), [true]);
});

Deno.test("digits: another rank, another network, another seed", async () => {
  const sizes = { ...quick, mu: [0.8, 0.92], fullSteps: 400, copies: 4, step: 2 };
  const exponent = async (change: object) =>
    hurts.searchExponent((await hurts.digitsSearchTimes({ ...sizes, ...change })).rows).exponent;
  for (const change of [{ rank: 3 }, { hidden: 8, activation: "erf" }, { seed: "11" }]) {
    // Four starts have an error of about 0.1, and terms of order 1 − μ are left.
    assertAlmostEquals(await exponent(change), 2, 0.5, JSON.stringify(change));
  }
});

Deno.test("a committee of three degraded units wants a rank of three", async () => {
  const units = { ...quick, degraded: 3, mu: [0.5], time: 600 };
  const { rows } = await hurts.committeeCourses({ ...units, ranks: [2, 4] });
  const frozen = [0, 1, 2, 3].map((k) => [0, 1, 2, 3].map((q) => q === k ? (k < 3 ? 0.5 : 1) : 0));
  const { loss } = hurts.committeeMinimum({ student: "relu", rows: frozen }, 2);
  const last = (rank: number) => where(rows, "r", rank).at(-1)!.loss;
  assertGreater(last(2), loss);
  assertLess(last(4), loss);
});
