/** What experiments make of their runs: quartiles, first times, shares, placements, each against plain code. */
import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { ksTwoSample, median, where } from "lora-dynamics/experiment/mod.ts";
import {
  activationCourses,
  appendixF,
  baseGram,
  conditions,
  type CourseRow,
  courses,
  factorSums,
  FineTuningChain,
  frozenCourses,
  frozenEnds,
  inputCourses,
  interpolation,
  jointAgainstFrozen,
  jointPortraits,
  jointShares,
  leftFactor,
  modelOf,
  OverlapFlow,
  pairedEnds,
  planeTimes,
  quartilesOf,
  randomGram,
  shareOf,
  SignedLandscape,
  spreads,
  standard,
  studentFactor,
  wrongSigns,
} from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import {
  medianError,
  stepPower,
} from "lora-dynamics/papers/lazy_vs_feature/experiments/times/routes.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const rng = stream("7", "experiments");

Deno.test("quartiles of times, medians' errors and powers of steps", () => {
  const times = Float64Array.from({ length: 101 }, (_, i) => 10 + i);
  assertEquals(quartilesOf(times), { steps: 60, low: 35, high: 85 });
  assertEquals(quartilesOf(Float64Array.of(1, 2, 3, Infinity, Infinity)).high, null);
  assertEquals(quartilesOf(Float64Array.of(1, Infinity, Infinity)).steps, null);
  // Of a normal law quartiles are 1.349 deviations apart, and a median has √(π/2) of a mean's error.
  const row = { steps: 0, low: -0.6745, high: 0.6745, arrived: 100 };
  assertAlmostEquals(medianError(row, 100), Math.sqrt(Math.PI / 2) / 10, 0.001);
  const rows = [10, 100].map((d) => ({ ...row, d, steps: 3 * d ** 1.7 }));
  assertAlmostEquals(stepPower(rows), 1.7, 1e-12);
});

Deno.test("the first time at half an overlap is that of the chain, and loss and gap are its own", () => {
  const cell = {
    model: { activation: "h3", k: 4, kappa: 0.7 },
    run: { n: 100, alpha: 0.2 },
    copies: 2,
    times: [5, 20, 30, 40],
  };
  const rows = courses(cell, { seed: "7" }) as CourseRow[];
  const own = stream("7", "course", "", 4, 100, 1);
  const chain = new FineTuningChain(modelOf(cell.model, own), cell.run, own);
  let half = NaN;
  while (chain.steps < 4000) {
    chain.step();
    if (Number.isNaN(half) && Math.abs(chain.m) >= 0.5) half = chain.steps / 100;
  }
  const last = rows.find(({ copy, tau }) => copy === 1 && tau === 40)!;
  assertEquals([last.half, last.m], [half, chain.m]);
  assertAlmostEquals(last.logGap, Math.log10(chain.gap), 1e-12);
  // It is known from then on, and stays.
  const seen = rows.filter(({ copy }) => copy === 1);
  assertEquals(seen.map((row) => row.half), seen.map(({ tau }) => tau < half ? null : half));
  assert(seen.filter((row) => row.half === half).length > 1);
});

Deno.test("random unit neurons have length 1 and the correlations of their dimension", () => {
  const k = 5,
    squares = Array.from({ length: 400 }, (_, i) => {
      const gram = randomGram(k, 20, stream("7", "gram", i));
      for (let j = 0; j < k; j++) assertEquals(gram[j * (k + 1)], 1);
      return gram[1] ** 2;
    });
  // ⟨w, w′⟩² of uniform unit vectors has the mean 1/d.
  assertAlmostEquals(squares.reduce((sum, x) => sum + x, 0) / 400, 1 / 20, 4 * 0.07 / 20);
  assertEquals(baseGram("orthonormal", [1], rng), undefined);
  assertEquals(baseGram("claim 2", [0.6, 0.8], rng)![1], -0.48);
});

Deno.test("left factors are what their names say", () => {
  assertEquals(leftFactor("plus", 4, rng), [0.5, 0.5, 0.5, 0.5]);
  assertEquals(leftFactor([3, 4], 2, rng), [0.6, 0.8]);
  assertEquals(leftFactor((k) => Array(k).fill(1), 4, rng), [0.5, 0.5, 0.5, 0.5]);
  assertEquals(studentFactor({ flipped: 1 }, [0.6, 0.8], rng), [-0.6, 0.8]);
  assertEquals(studentFactor("zero", [0.6, 0.8], rng), [0, 0]);
  assertEquals(studentFactor([2, 0], [0.6, 0.8], rng), [2, 0]);
  const [a, b] = [0, 1].map(() => leftFactor("uniform", 6, rng));
  assertAlmostEquals(Math.hypot(...a), 1, 1e-12);
  assertNotEquals(a, b);
  const { A, q } = factorSums([0.6, 0.8], [1, -2]);
  assertAlmostEquals(A, 1.4 * -1, 1e-12);
  assertAlmostEquals(q, 0.6 - 1.6, 1e-12);
});

Deno.test("whole Gaussian inputs have the law of the chain, wherever the neurons lie; other laws have not", () => {
  const model = { activation: "h3", k: 3, kappa: 0.7, hatC: { flipped: 1 } } as const,
    n = 5,
    alpha = 0.3;
  const chains = (courses({ model, run: { n, alpha, m0: 0 }, copies: 1500, times: [8] }, {
    seed: "7",
  }) as CourseRow[])
    .map(({ m }) => m);
  const whole = (placement: "localised" | "delocalised", inputs: "gaussian" | "rademacher") =>
    (inputCourses({ model, inputs, placement, d: 8, alpha, copies: 1500, times: [8] }, {
      seed: "7",
    }) as unknown as { m: number }[])
      .map(({ m }) => m);
  assert(ksTwoSample(chains, whole("localised", "gaussian")).p > 1e-3);
  assert(ksTwoSample(chains, whole("delocalised", "gaussian")).p > 1e-3);
  assert(ksTwoSample(chains, whole("localised", "rademacher")).p < 1e-6, "control");
});

Deno.test("Condition 3 fails for the matrix and the two sums alike", async () => {
  const k = 9,
    kappa = 2,
    landscape = new SignedLandscape({ activation: "h3", k, kappa, points: 40 });
  const draws = stream("7", "condition 3");
  let failing = 0;
  for (let i = 0; i < 400; i++) {
    const signs = () => Array.from({ length: k }, () => draws.uniform() < 0.5 ? -1 : 1);
    const c = signs(), hatC = signs(), total = (x: number[]) => x.reduce((sum, y) => sum + y, 0);
    const q = total(c.map((x, j) => x * hatC[j])) / k, A = total(c) * total(hatC) / k;
    // (9): 3κ²/(1+κ²)³ (q + 2κ²m + κ⁴Am²) on the side of q.
    const h = (m: number) => Math.sign(q) * (q + 2 * kappa ** 2 * m + kappa ** 4 * A * m * m);
    const holds = Array.from({ length: 41 }, (_, j) => h(Math.sign(q) * j / 40))
      .every((x) => x >= Math.abs(q) / 2 - 1e-12);
    assertEquals(landscape.conditionHolds(c, hatC), holds);
    failing += Number(!holds);
  }
  assert(failing > 40 && failing < 200);
  const { rows } = await conditions({
    preset: "quick",
    k,
    kappas: [kappa],
    draws: 4000,
    curves: 4,
  });
  assertAlmostEquals(rows.failures[0].share, failing / 400, 4 * Math.sqrt(0.25 / 400));
  assertEquals(shareOf([1, 2, 3, 4], (x) => x > 1).share, 0.75);
  assert(shareOf([1], () => false).se > 0);
});

Deno.test("ends of the paper's algorithm: groups by side and by overlap add up", async () => {
  const { rows } = await frozenCourses({
    preset: "quick",
    k: 5,
    n: 100,
    times: [0, 40],
    copies: 40,
  });
  const [all, right, other, ...sizes] = frozenEnds(rows, 0.6);
  assertEquals([all.copies, right.copies + other.copies], [40, 40]);
  assertEquals(sizes.reduce((sum, { copies }) => sum + copies, 0), 40);
  const last = where(rows, "tau", 40);
  assertAlmostEquals(all.success, last.filter(({ m }) => Math.abs(m) > 0.6).length / 40, 1e-12);
  assertAlmostEquals(all.signs, last.filter(({ m, slope }) => m * slope > 0).length / 40, 1e-12);
  // Φ′(0) = 3κ²/(1+κ²)³ q at λ = 1/√k.
  for (const { q, slope } of last) assertAlmostEquals(slope, 3 * 0.5 / 1.5 ** 3 * q, 1e-12);
});

Deno.test("shares and quartiles of joint training are those of its rows", async () => {
  const small = { preset: "quick", n: 60, copies: 16, times: [0, 30, 90] } as const;
  const { rows } = await jointPortraits({ ...small, ratios: [2] });
  const now = where(rows, "tau", 90),
    share = jointShares(rows, 0.9).find(({ tau, which }) => tau === 90 && which === "all")!;
  assertAlmostEquals(share.share, now.filter(({ m, q }) => m * q > 0.9).length / 16, 1e-12);
  assertAlmostEquals(share.signs, now.filter(({ m, q0 }) => m * q0 > 0).length / 16, 1e-12);
  assertAlmostEquals(share.negative, now.filter(({ m }) => m < 0).length / 16, 1e-12);
  const pairs = await jointAgainstFrozen(small), [joint] = pairedEnds(pairs.rows);
  const own = where(where(pairs.rows, "kind", "joint"), "tau", 90);
  assertAlmostEquals(joint.m, median(own.map(({ m }) => m)), 1e-12);
  const halves = own.map(({ half }) => half ?? Infinity).toSorted((a, b) => a - b);
  assertEquals([joint.low, joint.high], [halves[4], halves[11]]);
});

Deno.test("the levels at small κ are drawn for activations without a linear part, and for no other", async () => {
  const small = { preset: "quick", n: 60, copies: 2, times: [0, 5], alpha: 0.5 } as const;
  for (
    const [sigma, levels] of [["z^3 - 3 z", true], ["tanh(z)", false], ["relu", false]] as const
  ) {
    const caption = (await jointPortraits({ ...small, activation: sigma })).figure().caption!;
    assertEquals(caption.includes("(c) At κ"), levels, sigma);
    assertEquals(caption.includes("E σ′ = 0"), !levels, sigma);
  }
});

Deno.test("without a base the exponent shows; second layers by regression; ratios of times; wrong signs", async () => {
  const { rows } = await activationCourses({
    preset: "quick",
    kappas: [0.7],
    n: 200,
    times: [20],
    copies: 8,
  });
  const alone = (name: string) => rows.find((row) => row.kappa === 0 && row.activation === name)!.m;
  assert(alone("relu") > 0.9 && alone("h3") < 0.3);
  assert(rows.filter(({ kappa }) => kappa > 0).every(({ m }) => m > 0.7));
  const { rows: { layers } } = await appendixF({
    preset: "quick",
    points: 5,
    k: [4],
    gap: [0.2],
    sampled: [0.2],
    samples: 4000,
  });
  for (const { regression, se, best } of layers) {
    assertAlmostEquals(regression!, best, 5 * se! + 0.03 * best);
  }
  const { rows: { times } } = await interpolation({
    preset: "quick",
    table: [12],
    runs: 0,
    xi: [1, 10],
  });
  assertAlmostEquals(times[1].ratio!, times[1].time / times[0].time, 1e-12);
  assertEquals(times[0].sum, 4);
  const wrong = await wrongSigns({ preset: "quick", wrong: [1, 7], n: 100, time: 20, copies: 4 });
  assertAlmostEquals(wrong.rows[0].flow, -wrong.rows[1].flow, 1e-6);
  assertAlmostEquals(wrong.rows[0].floor, wrong.rows[1].floor, 1e-9);
});

Deno.test("spreads are √n deviations; a plane is learnt faster with its base", async () => {
  const { rows } = await spreads({ preset: "quick", n: [400], times: [2], copies: 200 });
  const chains = Array.from({ length: 200 }, (_, i) => {
    const chain = new FineTuningChain(standard(), { n: 400, alpha: 0.2 }, stream("8", i));
    chain.run(800);
    return chain.m;
  });
  const mean = chains.reduce((sum, m) => sum + m, 0) / 200;
  const sd = Math.sqrt(chains.reduce((sum, m) => sum + (m - mean) ** 2, 0) / 199);
  assertAlmostEquals(rows[0].spread / (20 * sd), 1, 4 * Math.sqrt(1 / 200));
  assertAlmostEquals(
    mean,
    new OverlapFlow(standard()).course(0.2, [2])[0],
    4 * sd / Math.sqrt(200) + 0.01,
  );
  const plane = await planeTimes({ preset: "quick", d: [48], copies: 16, others: 8 });
  const [tuned, scratch] = ["fine-tuning", "from scratch"].map((route) =>
    plane.rows.find((row) => row.route === route)!
  );
  assert(scratch.steps! > 10 * tuned.steps!);
});
