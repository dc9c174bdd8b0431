/** What readers ask of the notebook, with its imports and in its words. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { summary, where } from "lora-dynamics/experiment/mod.ts";
import { svg } from "lora-dynamics/figure/mod.ts";
import { matrix, multiply } from "lora-dynamics/linalg/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

/** A quick run: little training before, few steps, Adam. */
const small = { pretraining: 60, steps: 20, optimizers: ["Adam"], seeds: ["0"] } as const;

Deno.test("digits: a longer grid moves the best rates, and LoRA's distance to LoRA-One with them", async () => {
  const methods = ["LoRA", "LoRA-One"] as const, optimizers = ["Adam"] as const;
  const grid = (Adam: number[]) =>
    lo.digits({ preset: "quick", methods, optimizers, rates: { Adam }, seeds: ["0"] });
  const [short, long] = [await grid([0.01, 0.03]), await grid([0.01, 0.03, 0.06, 0.1, 0.3])];
  const factor = ({ rows }: typeof short) => {
    const [lora, one] = lo.bestRates(rows);
    return lora.loss.mean! / one.loss.mean!;
  };
  assertGreater(factor(short), 30);
  assertLess(factor(long), 10);
  assertEquals(short.table().map((row) => row["in its grid"]), ["upper end", "upper end"]);
  assertEquals(long.table().map((row) => row["in its grid"]), ["inside", "inside"]);
  assertStringIncludes(short.figure().caption!, "at an end of its grid for 2 of 2 by Adam (all)");
  assertStringIncludes(long.figure().caption!, "Every best rate lies inside its grid.");
  assertEquals(long.record.edited, ["methods", "rates", "seeds"]);
  assertStringIncludes(svg(long.figure()), "Adam, all rates");
});

Deno.test("digits: a start of one's own, written in the paper's symbols, stands beside the others", async () => {
  // The script's start once more, and the same two factors with their gains exchanged.
  const spectral = (name: string, gain: number): lo.OwnMethod => ({
    name,
    factors: (layer) => {
      const { a, b } = lo.STARTS["LoRA-One script"].factors({ ...layer, gamma: 16 });
      const times = (m: typeof a, x: number) => ({ ...m, data: m.data.map((y) => x * y) });
      return { a: times(a, gain), b: times(b, 1 / gain) };
    },
  });
  const none: lo.OwnMethod = {
    name: "B = 0",
    factors: ({ gradient, r, draws }) => ({
      a: matrix(gradient.rows, r, draws[0].normals(gradient.rows * r)),
      b: matrix(r, gradient.columns),
    }),
  };
  const { rows, table, figure, record } = await lo.digits({
    ...{ ...small, rates: { Adam: [0.01] } },
    methods: ["LoRA-One", spectral("same", 1), spectral("tilted", 4), "LoRA", none],
  });
  const at = (method: string, step: number) => where(where(rows, "method", method), "at", step)[0];
  assertAlmostEquals(at("same", 20).loss / at("LoRA-One", 20).loss, 1, 1e-9);
  assertAlmostEquals(at("tilted", 0).loss / at("LoRA-One", 0).loss, 1, 1e-9);
  assertGreater(Math.abs(at("tilted", 20).loss / at("LoRA-One", 20).loss - 1), 0.01);
  assertAlmostEquals(at("B = 0", 0).loss, at("LoRA", 0).loss, 1e-12);
  assertEquals(table().map(({ method }) => method), [
    "LoRA-One",
    "same",
    "tilted",
    "LoRA",
    "B = 0",
  ]);
  assert(svg(figure()).includes("tilted"));
  assertStringIncludes(JSON.stringify(record.parameters), '"function":"(layer)');
});

Deno.test("digits: rank, data and seeds are those of the call, in rows, caption and record", async () => {
  const base = {
    ...small,
    methods: ["Full", "LoRA-One*"],
    rates: { Adam: [0.003, 0.01] },
  } as const;
  const first = (run: Awaited<ReturnType<typeof lo.digits>>, method: string) =>
    where(where(run.rows, "method", method), "at", 0)[0].loss;
  // The line search sees more of the gradient at a larger rank.
  const [one, eight] = [
    await lo.digits({ ...base, rank: 1 }),
    await lo.digits({ ...base, rank: 8 }),
  ];
  assertLess(first(eight, "LoRA-One*"), 0.9 * first(one, "LoRA-One*"));
  assertEquals(first(eight, "Full"), first(one, "Full"));
  assertStringIncludes(eight.figure().caption!, "r = 8");

  // Digits that the network has seen before are known: the shift is what fine-tuning has to learn.
  const known = await lo.digits({ ...base, target: [1, 3, 5, 7, 9] });
  assertLess(first(known, "Full"), 1);
  assertGreater(first(one, "Full"), 5);
  assertStringIncludes(known.figure().caption!, "digits 1 3 5 7 9, of a network trained on 1 3 5");

  const other = await lo.digits({ ...base, seeds: ["mine/0", "mine/1"] });
  assertEquals(other.record.seeds, ["mine/0", "mine/1"]);
  assertStringIncludes(other.figure().caption!, "means over 2 seeds");
  assertStringIncludes(one.figure().caption!, "one seed, no standard errors");
  const errors = other.table().map((row) => row["± training loss"]);
  assert(errors.every((se) => typeof se === "number" && se > 0));
  assertEquals(one.table().map((row) => row["± training loss"]), [null, null]);
});

Deno.test("digits: other update rules, thresholds that nobody reaches, and runs that diverge", async () => {
  const run = await lo.digits({
    ...{ pretraining: 60, steps: 12, seeds: ["0"], methods: ["LoRA", "PiSSA"], threshold: 1e-9 },
    optimizers: ["momentum", { name: "slow Adam", method: "adam", beta1: 0.99 }, "GD"],
    rates: { "momentum": [0.001], "slow Adam": [0.003], "GD": [0.01, 100] },
  });
  const { caption, panels } = run.figure();
  assertEquals([panels].flat().map(({ title }) => title), [
    ...["GD, best rate", "GD, all rates", "steps to loss 10⁻⁹"],
  ]);
  assertStringIncludes(caption!, "no bar: not by every seed within 12 steps (LoRA by momentum,");
  assertStringIncludes(caption!, "2 of 8 runs diverged (loss above 50)");
  assertEquals(run.figure("rates").columns, 3);
  assert(!svg(run.figure()).includes("NaN"));
  assert(!svg(run.figure("rates")).includes("NaN"));
});

Deno.test("digits: mistakes name the parameter, what it must be and what it is", async () => {
  const cases: [object, typeof RangeError, string][] = [
    [{ method: ["LoRA"] }, RangeError, "method must be one of its parameters (is methods meant?)"],
    [{ methods: ["LoRA-Two"] }, RangeError, 'current value is "LoRA-Two" (Cannot adapt'],
    [{ methods: ["LoRA", "LoRA"] }, RangeError, "methods must be of different names"],
    [{ rank: 8 }, RangeError, "rank must be at most 5 for LoRA-GA, which takes 2r directions"],
    [{ rank: 8, hidden: 6 }, RangeError, "rank must be at most the width 6 of the hidden layer"],
    [{ rank: 11 }, RangeError, "rank must be a whole number >= 1 and <= 10: current value is 11"],
    [
      { optimizers: ["GD", "Adam"], rates: { Adam: [0.1] } },
      RangeError,
      "rates must be given for GD, Adam and LoRA, or others",
    ],
    [
      { rates: { Adam: { LoRA: [0.1] } } },
      RangeError,
      "rates must be given for Adam and LoRA-GA, or others",
    ],
    [{ rates: { GD: [0.1], Adam: [] } }, RangeError, "Adam must have a list of finite numbers > 0"],
    [
      { rates: { GD: [0.1], Adam: [0.1], Lion: [1] } },
      RangeError,
      'rates must be of known optimizers, Adam, GD, AdamW, momentum: current value is ["Lion"]',
    ],
    [{ target: [2, 2] }, RangeError, "target must be digits that differ: current value is [2,2]"],
    [{ source: [] }, RangeError, "source must be a list of 1 or more"],
    [{ target: [10] }, RangeError, "target[0] must be a whole number >= 0 and <= 9"],
    [{ seeds: [1] }, RangeError, 'seeds[0] must be text, such as "0": current value is 1'],
  ];
  for (const [given, type, message] of cases) {
    await assertRejects(() => lo.digits({ preset: "quick", ...given } as never), type, message);
  }
});

Deno.test("label noise: the transition scales with the noise, and nothing else does", async () => {
  const sizes = { d: 40, k: 60, N: [1200], copies: 3, strengths: [0.5, 2], mapPoints: 2 };
  const [one, four] = [await lo.labelNoise(sizes), await lo.labelNoise({ ...sizes, sigma: 4 })];
  const { lambda } = one.rows[0];
  assertAlmostEquals(lambda, 0.5 * (40 * 60) ** 0.25 / Math.sqrt(1200), 1e-15);
  assertEquals(four.rows.map((row) => row.lambda), one.rows.map((row) => 4 * row.lambda));
  four.rows.forEach(({ u2, v2, top }, i) => {
    assertAlmostEquals(u2, one.rows[i].u2, 1e-9);
    assertAlmostEquals(v2, one.rows[i].v2, 1e-9);
    assertAlmostEquals(top / one.rows[i].top, 4, 1e-9);
  });
  assertStringIncludes(four.figure().caption!, "d = 40, k = 60, σ = 4; 3 draws");
  assertEquals((await lo.labelNoise({ ...sizes, seed: "mine" })).record.seeds, [
    ...["mine/0", "mine/1", "mine/2"],
  ]);
});

Deno.test("label noise: which side is learnt better depends on the shape, as the theory says", async () => {
  for (const [d, k] of [[60, 180], [180, 60]]) {
    const run = await lo.labelNoise({ d, k, N: [900], strengths: [2], copies: 16 });
    const [row] = lo.noiseTable(run.rows, run.parameters);
    // Standard errors are below 0.01; the rest is what d, k of a hundred leave of an asymptotic law.
    assertAlmostEquals(row["⟨û, u⟩²"], row["u² theory"], 0.05);
    assertAlmostEquals(row["⟨v̂, v⟩²"], row["v² theory"], 0.05);
    // The control: the formulas of the transposed shape exchange both sides.
    const sizes = { ...run.parameters, N: 900, d: k, k: d };
    const other = lo.noisyOverlaps(sizes, 2 * lo.strengthUnit(sizes));
    assertGreater(Math.abs(row["⟨v̂, v⟩²"] - other.v2), 0.1);
  }
});

Deno.test("label noise: mistakes name the parameter, what it must be and what it is", async () => {
  const cases: [object, string][] = [
    [{ N: [400] }, "N must be above d = 400: current value is [400]"],
    [{ N: [800, 800] }, "N must be at most three different numbers"],
    [
      { mapPoints: 1e5 },
      "mapPoints must be a whole number >= 2 and <= 200: current value is 100000",
    ],
    [{ lambda: [1] }, "lambda must be one of its parameters"],
    [{ strengths: [0] }, "strengths[0] must be a finite number > 0: current value is 0"],
    [{ mapRatios: [200, 2] }, "mapRatios must be two ends, the lower one first"],
    [{ mapStrengths: [1] }, "mapStrengths must be a list of 2 or more"],
    [{ copies: 0 }, "copies must be a whole number >= 1: current value is 0"],
  ];
  for (const [given, message] of cases) {
    await assertRejects(() => lo.labelNoise(given as never), RangeError, message);
  }
});

/** A small linear problem for runs of milliseconds. */
const tiny = { d: 20, k: 12, N: 200, values: [1, 0.5], r: 4, steps: 60, eta: 0.1 } as const;

Deno.test("alignment at another size, spectrum and step: caption, axes and theory follow", async () => {
  const run = await lo.alignmentCourses({ ...tiny, variances: [1e-8], steps: 200, window: 120 });
  const { caption, panels } = run.figure(), { runs } = run.rows;
  assertStringIncludes(
    caption!,
    "d = 20, k = 12, N = 200, r* = 2, singular values of Δ 1 and 0.5, r = 4",
  );
  assertStringIncludes(caption!, "η = 0.1");
  assertEquals([panels].flat()[0].x!.domain, [0, 120]);
  // A start of 10⁻⁴ is in its linear phase until the top mode is learnt.
  const at60 = runs.find(({ at }) => at === 60)!;
  assertAlmostEquals(at60.sine!, at60.linear!, 0.02);
});

Deno.test("Adam, momentum, a schedule, LoRA+, DoRA: one word each, and the linear phase is not drawn", async () => {
  const own = {
    name: "half steps",
    begin: () => ({ a, b, da, db, rates }: lo.Moment) => {
      da.data.forEach((x, i) => a.data[i] += rates[0] * x / 2);
      db.data.forEach((x, i) => b.data[i] += rates[1] * x / 2);
    },
  };
  const changes = [
    { optimiser: "adam" as const, eta: 0.01 },
    { optimiser: "momentum" as const, eta: 0.02 },
    { eta: (t: number) => 0.1 / Math.sqrt(1 + t / 50) },
    { ratio: 4 },
    { parametrisation: "DoRA" as const },
    { optimiser: own },
  ];
  const ends = new Set<number>();
  for (const change of changes) {
    const run = await lo.alignmentCourses({ ...tiny, variances: [1e-2], ...change });
    assert(run.rows.runs.every(({ linear }) => linear === null));
    assertStringIncludes(run.figure().caption!, "the linear phase is not drawn for another");
    assertLess(run.rows.runs.at(-1)!.risk, run.rows.runs[0].risk);
    ends.add(run.rows.runs.at(-1)!.risk);
  }
  assertEquals(ends.size, changes.length);
});

Deno.test("label noise and tilted inputs during training: the risk stops above 0, the loss does not", async () => {
  const spectral = {
    ...tiny,
    starts: ["LoRA-One"],
    optimiser: "preconditioned",
    damping: 1e-4,
    eta: 0.3,
  } as const;
  const noisy = await lo.alignmentCourses({ ...spectral, noise: 1, steps: 200 });
  const last = noisy.rows.runs.at(-1)!;
  assertGreater(last.risk, 0.01);
  // The least risk of the data themselves is that of least squares, about ½ k d σ²/N = 0.6, at rank 4 a part of it.
  assertLess(last.risk, 0.6);
  assertStringIncludes(noisy.figure().caption!, "label noise 1");
  const tilted = await lo.alignmentCourses({ ...spectral, decay: 1, steps: 0 + 1 });
  const plain = await lo.alignmentCourses({ ...spectral, steps: 1 });
  // E G = ΣΔ: the one-step subspace is tilted.
  assertGreater(tilted.rows.plateau[0].sine, 1.5 * plain.rows.plateau[0].sine);
  assertStringIncludes(tilted.figure().caption!, "inputs with eigenvalues ∝ i^(−1)");
});

Deno.test("one's own data, and inputs of another law", async () => {
  const x = lo.portableNormal(3, 400, 8), signed = { ...x, data: x.data.map((z) => Math.sign(z)) };
  const problem = lo.linearProblem(lo.covarianceOf(signed), lo.portableNormal(1, 8, 6));
  const run = await lo.alignmentCourses({ problem, r: 6, eta: 0.02, steps: 50, variances: [1e-4] });
  assertStringIncludes(run.figure().caption!, "own problem, d = 8, k = 6");
  const signs = await lo.oneStepRecovery({
    ...{ sizes: [[4, 8, 1]], copies: 1500, ratios: [2], norm: false, lawDraws: 100 },
    entry: (rng) => rng.uniform() < 0.5 ? -1 : 1,
  });
  const { mean, se } = summary(signs.rows.sets.map(({ square }) => square));
  assertLess(Math.abs(mean - 3 / 8), 4 * se); // (d − 1)/N, and (d + 1)/N = 5/8 is far
  assertStringIncludes(signs.figure().caption!, "The inputs are the reader's own");
});

Deno.test("a start of one's own, orthonormal or equiangular A, less rank than the target", async () => {
  const frame: lo.StartRule = {
    name: "orthonormal A",
    factors: ({ shape: [d, k], r, draws }) => ({
      a: lo.orth(matrix(d, r, draws[0].normals(d * r))),
      b: matrix(r, k),
    }),
  };
  const run = await lo.alignmentCourses({
    ...tiny,
    starts: ["LoRA", frame, "ETF"],
    variances: [1 / 20],
    steps: 300,
  });
  assertEquals(run.table().map(({ start }) => start), ["LoRA", "orthonormal A", "ETF"]);
  for (const row of run.table()) assertLess(Number(row["last risk"]), 1e-3);
  const low = await lo.offsetStarts({ ...tiny, r: 1, starts: ["LoRA-One", "PiSSA"] });
  for (const row of low.table()) {
    assertAlmostEquals(Number(row["last loss"]), Number(row["least loss"]), 1e-4);
  }
  assertGreater(Number(low.table()[0]["least loss"]), 0.05);
});

Deno.test("floors know offsets and frozen factors of every start, and its γ", async () => {
  // LoRA-SB has no offset and a floor; LoRA-One of rank 2 on the toy problem: least squares of rank 2.
  const { table } = await lo.offsetStarts({ starts: ["LoRA-SB", "LoRA-GA"], steps: 1 });
  assertAlmostEquals(Number(table()[0]["least loss"]), 0.0470349634752, 1e-9);
  assertAlmostEquals(Number(table()[1]["least loss"]), 0.0427777290563, 1e-9);
  const other = await lo.offsetStarts({ starts: ["LoRA-GA"], gammas: { "LoRA-GA": 16 }, steps: 1 });
  assertAlmostEquals(Number(other.table()[0]["least loss"]), 0.0194, 1e-4);
  assertStringIncludes(other.figure().caption!, "16 for LoRA-GA");
});

Deno.test("other activations: softplus and a function of one's own have rates between the two of theory; kinks need samples", async () => {
  const own = { f: (z: number) => z / Math.hypot(1, z), df: (z: number) => (1 + z * z) ** -1.5 };
  for (const activation of ["log(1 + exp(z))", own]) {
    const run = await lo.activationDescents({
      ...{ activation, weightSize: 1, size: 0.05, kappas: [1, 10], N: [0], d: 8, steps: 60 },
    });
    const rows = run.table().filter((row) => row.optimiser === "preconditioned");
    for (const row of rows) {
      const late = Number(row["late rate"]);
      assertGreater(late, Number(row["theory, from"]));
      assertLess(late, Number(row["theory, to"]));
    }
  }
  const kinked = { activation: "abs(z)", d: 6, steps: 20, N: [0] };
  await assertRejects(() => lo.activationDescents(kinked), RangeError, "N must be without 0");
  const run = await lo.activationDescents({ ...kinked, N: [600], kappas: [1] });
  assertStringIncludes(run.figure().caption!, "One layer with abs(z)");
});

Deno.test("over-rank in the ReLU model with damping; a step that is too large ends with a status", async () => {
  const small = { d: 8, kappas: [1], N: [0], steps: 40 };
  const over = await lo.activationDescents({
    ...small,
    r: 4,
    damping: 1e-3,
    optimisers: ["preconditioned"],
  });
  assertLess(over.rows.at(-1)!.error, 0.01 * over.rows[0].error);
  assertStringIncludes(over.figure().caption!, "No thick lines: theory is for exact rank");
  assert(!svg(over.figure()).includes("Theorem"));
  const [plain] = (await lo.activationDescents({ ...small, r: 4, optimisers: ["gd"] })).table();
  assertEquals([plain["theory, from"], plain["theory, to"]], [null, null]);
  assertStringIncludes(over.figure().caption!, "r = 4");
  const wild = await lo.activationDescents({ ...small, eta: 60 });
  assert(!/Theorem|ours/.test(svg(wild.figure())), "no line where its assumptions fail");
  assert(wild.rows.some(({ status }) => status.startsWith("diverged")));
  assertStringIncludes(wild.figure().caption!, "diverged at step");
});

Deno.test("dimension, rank and scale of runs in law; the exponent at another κ", async () => {
  const times = await lo.alignmentTimes({
    d: [1e3, 1e5],
    r: 3,
    values: [1, 1],
    copies: 12,
    draws: 400,
    ranks: [2, 3],
  });
  const [near, far] = times.table().map((row) => Number(row["mean steps"]));
  assertAlmostEquals((far - near) / 2, lo.stepsPerDecade(1 / 64), 15);
  assertStringIncludes(times.figure().caption!, "r = 3");
  const half = await lo.halfLearning({ ranges: [[3, 1e-14, 1e-9]], d: 1e6, copies: 4, scales: 3 });
  const [row] = half.table();
  assertAlmostEquals(Number(row["measured slope"]), Number(row["χ, ours"]), 0.01);
  assertAlmostEquals(Number(row["2/(3κ), Theorem 3.2"]), 2 / 9, 1e-15);
  const low = await lo.halfLearning({ r: 3, copies: 2, scales: 2 });
  assertEquals(low.table()[0]["2/(3κ), Theorem 3.2"], null);
  assertStringIncludes(low.figure().caption!, "Theorem 3.2 is for r ≥ 2r* = 4.");
});

Deno.test("a checkpoint on disk beside its start: angles, product, floor", () => {
  const own = lo.drawProblem({ d: 24, k: 16, N: 200, values: [1, 0.5] }, "disk"),
    folder = Deno.makeTempDirSync();
  const start = lo.startOf("LoRA-GA", { gradient: own.gradient, r: 4 });
  const run = lo.descend(own, start, { rate: 0.5, optimiser: "preconditioned", damping: 1e-3 })
    .advance(80) as lo.LoraDescent;
  Deno.writeFileSync(
    `${folder}/adapter_model.safetensors`,
    lo.toAdapterFile([{ name: "q_proj", a: run.a, b: run.b }]),
  );
  Deno.writeFileSync(
    `${folder}/model.safetensors`,
    lo.toWeightFile([{ name: "q_proj", weight: own.weight! }]),
  );
  const layers = lo.readAdapter(`${folder}/adapter_model.safetensors`, {
    ...{ base: `${folder}/model.safetensors`, config: { r: 4, lora_alpha: 4 } },
  });
  const known = {
    gradients: { q_proj: own.gradient },
    targets: { q_proj: own.target },
    covariances: { q_proj: own.covariance },
  };
  const [row] = lo.compareCheckpoint(layers, { start: "LoRA-GA", ...known });
  // The file has single precision: seven digits.
  assertAlmostEquals(row.loss! / run.loss(), 1, 1e-4);
  assertAlmostEquals(row.loss! / row["least loss"]!, 1, 1e-3);
  assertEquals(row["rank to learn"], 6);
  assertLess(row["sin A, gradient"]!, 1);
  // Another start is told apart: LoRA-One has no floor for this target.
  const [other] = lo.compareCheckpoint(layers, { start: "LoRA-One", ...known });
  assertLess(other["least loss"]!, 1e-12);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("mistakes in the linear experiments name the parameter, what it must be and what it is", async () => {
  const cases: [() => Promise<unknown>, string][] = [
    [
      () => lo.alignmentCourses({ N: 50 }),
      "N must be at least d = 100, or Σ̂ is singular: current value is 50",
    ],
    [
      () => lo.alignmentCourses({ r: 101 }),
      "r must be at most min(d, k) = 100: current value is 101",
    ],
    [
      () => lo.alignmentCourses({ optimiser: "precond" as never }),
      "gd, preconditioned, momentum, adam",
    ],
    [() => lo.alignmentCourses({ eta: 0 }), "eta must be a finite number > 0"],
    [() => lo.alignmentCourses({ starts: ["LoRA-Two" as never] }), "LoRA-One"],
    [
      () => lo.alignmentCourses({ variances: [-1] }),
      "variances[0] must be a finite number > 0: current value is -1",
    ],
    [() => lo.alignmentCourses({ parametrisation: "QLoRA" as never }), "LoRA, DoRA"],
    [() => lo.conditionNumbers({ r: 2 }), "r must be at least r* = 4"],
    [() => lo.conditionNumbers({ N: 50 }), "N must be at least d = 100: current value is 50"],
    [() => lo.alignmentScale({ r: 2 }), "r must be at least r* = 4: current value is 2"],
    [() => lo.alignmentTimes({ r: 2 }), "r must be at least r* = 4: current value is 2"],
    [() => lo.oneStepRecovery({ sizes: [[5, 5, 1]] }), "[5,5,1] is no [d, N > d, rank <= d/2]"],
    [
      () => lo.halfLearning({ ranges: [[2, 1, 0.1]] }),
      "[2,1,0.1] is no [kappa >= 1, low > 0, high > low]",
    ],
    [() => lo.basin({ rates: [1, 0.1] }), "rates must be two ends, the lower first"],
    [() => lo.activationDescents({ r: 1 }), "r must be at least r* = 2: current value is 1"],
    [() => lo.activationDescents({ kappas: [NaN] }), "kappas[0] must be a finite number >= 1"],
    [() => lo.portraits({ truth: [0, 0] }), "truth must be two numbers, not both 0"],
    [
      () => lo.digits({ preset: "quick", optimizers: ["SGD" as never] }),
      "GD, Adam, AdamW, momentum",
    ],
  ];
  for (const [run, message] of cases) await assertRejects(run, RangeError, message);
  const problem = { covariance: matrix(2, 2), target: matrix(2, 1) } as never;
  await assertRejects(
    () => lo.alignmentCourses({ problem }),
    RangeError,
    "target must not be zero",
  );
});

Deno.test("theory is drawn for what it is about, and a damping that nobody takes is refused", async () => {
  const frame: lo.StartRule = {
    name: "own frame",
    factors: ({ shape: [d, k], r }) => ({
      a: lo.orth(lo.portableNormal(9, d, r)),
      b: matrix(r, k),
    }),
  };
  for (const start of ["LoRA-FA", frame] as const) {
    const { caption } = (await lo.alignmentCourses({ ...tiny, steps: 5, starts: [start] }))
      .figure();
    assertStringIncludes(caption!, "the linear phase is not drawn for starts other than LoRA;");
  }
  const tanh = await lo.activationDescents({
    ...{ activation: "tanh(z)", weightSize: 1, size: 0.1, kappas: [1], N: [0], d: 6, steps: 12 },
  });
  assert(!/Theorem|samples/.test(tanh.figure().caption!), tanh.figure().caption);
  const relu = await lo.activationDescents({ d: 6, kappas: [1], N: [0], steps: 12 });
  assertStringIncludes(relu.figure().caption!, "the rate that Theorem 4.2 guarantees");

  const refused = "damping must be left out, or 0, unless the optimiser is";
  for (
    const run of [
      () => lo.alignmentCourses({ ...tiny, damping: 1e-3 }),
      () => lo.conditionNumbers({ optimisers: ["gd"], damping: 1e-3 }),
      () => lo.activationDescents({ optimisers: ["gd", "adam"], damping: 1e-3 }),
    ]
  ) await assertRejects(run, RangeError, refused);
});

Deno.test("tilted inputs: preconditioned descent has its own bound on the step, and below it converges", async () => {
  const tilted = { d: 40, k: 30, N: 400, values: [1, 0.5], r: 4, steps: 300, decay: 1 } as const;
  const from = {
    ...tilted,
    starts: ["LoRA-One"],
    optimiser: "preconditioned",
    damping: 1e-3,
  } as const;
  const short = await lo.alignmentCourses({ ...from, eta: 0.1 });
  assertLess(short.rows.runs.at(-1)!.risk, 1e-5);
  const long = (await lo.alignmentCourses({ ...from, eta: 0.3 })).rows.runs.at(-1)!.status;
  assertStringIncludes(long, "preconditioned descent of exact rank is stable near the optimum");
  assert(!long.includes("gradient descent"), long);
});

Deno.test("the first run of the notebook: the spectral start is done where LoRA has hardly begun", () => {
  const x = lo.portableNormal(3, 50, 6),
    shift = multiply(lo.portableNormal(1, 6, 2), lo.portableNormal(2, 2, 4));
  const layer = { x, y: multiply(x, shift), weight: matrix(6, 4), activation: "x" };
  const G = lo.negativeGradient(layer, { a: matrix(6, 2), b: matrix(2, 4) });
  const ends = [
    lo.spectralStart(G, 2),
    lo.loraStart(portable(4), { d: 6, k: 4, r: 2, initStd: 0.1 }),
  ].map((start) => {
    let at: lo.Adapter = start;
    for (let t = 0; t < 30; t++) at = lo.descentStep(layer, at, 0.05);
    return lo.loss(layer, at) / lo.loss(layer, start);
  });
  assertLess(ends[0], 1e-5);
  assertGreater(ends[1], 0.05);
  assertLess(ends[1], 0.2);
});

Deno.test("an offset of any start tends to its own limit as it grows, which is not always a frozen left space", async () => {
  for (const start of ["LoRA-GA", "PiSSA", "LoRA-One toy", "OLoRA"] as const) {
    const { rows } = await lo.offsetSizes({
      ...{
        d: 20,
        k: 12,
        N: 60,
        values: [1, 0.5],
        r: 4,
        start,
        sizes: [1, 1e5],
        runs: [1],
        steps: 1,
      },
    });
    const { floor, limit } = rows.at(-1)!;
    assertAlmostEquals(floor, limit, 1e-4);
    // The floor grows from that of the offset 1 on, and PiSSA's and OLoRA's rows share some of the target's.
    if (start === "LoRA-One toy") assertLess(limit, 1e-20);
    else assertGreater(limit, 0.01);
  }
  await assertRejects(
    () => lo.offsetSizes({ start: "LoRA" }),
    RangeError,
    "Cannot scale the offset as A₀B₀ must not be 0: that of LoRA is",
  );
});

Deno.test("names of starts: a γ for nobody, two of one name, and a record that is only called LoRA", async () => {
  await assertRejects(
    () => lo.offsetStarts({ gammas: { "LoRA-GB": 16 } }),
    RangeError,
    "gammas must be by names of starts, LoRA, LoRA+",
  );
  const one = await lo.offsetStarts({ ...tiny, starts: ["PiSSA"], steps: 1 });
  assert(one.figure().caption!.endsWith("γ: each start's own."), one.figure().caption);
  await assertRejects(
    () => lo.alignmentCourses({ ...tiny, starts: ["LoRA", "LoRA"] }),
    RangeError,
    "starts must be of different names",
  );
  const called = { ...lo.STARTS.orthogonal, name: "LoRA" };
  const run = await lo.alignmentCourses({ ...tiny, steps: 5, starts: [called] });
  assert(run.rows.runs.every(({ linear }) => linear === null));
  const same = await lo.alignmentCourses({ ...tiny, steps: 5, starts: [lo.STARTS.LoRA] });
  assert(same.rows.runs.every(({ linear }) => linear !== null));
  await assertRejects(
    () => lo.alignmentCourses({ ...tiny, starts: ["LoRA-SB"], parametrisation: "DoRA" }),
    TypeError,
    "parametrisation must be LoRA for LoRA-SB, whose factors are frozen",
  );
});
