import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertFalse,
  assertGreater,
  assertLess,
  assertNotEquals,
} from "@std/assert";
import {
  type CellStore,
  grid,
  median,
  type Row,
  summary,
  sweep,
  type Task,
} from "lora-dynamics/experiment/mod.ts";
import { activation, pairMoments } from "lora-dynamics/gaussian/mod.ts";
import {
  committeeLawSample,
  committeeLoss,
  curriculum,
  digitsSearch,
  exitTimes,
  keptSteps,
  lastOfEach,
  lawSample,
  LoraFlow,
  meanExit,
  populationLoss,
  samplesToLearn,
  stationaryNoise,
  trajectories,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const fresh = (): CellStore => new Map<string, readonly Row[]>();

const RUN = { student: "x", mu: 0.5, d: 1000, batch: 500, step: 0.2, copies: 4 };
const EXIT = { ...RUN, radius: 0.5, maxSteps: 1000 };
const LAW = {
  student: "erf",
  frozen: [0.5],
  d: 12,
  batch: 3,
  step: 0.6,
  noise: 0,
  sphere: true,
  u0: 0.5,
  runs: 5,
  times: [1, 4],
};

/** Every task of the paper with two small cells. */
const TASKS: Record<string, { run: Task<never, Row>; cells: object[] }> = {
  exitTimes: {
    run: exitTimes as Task<never, Row>,
    cells: [EXIT, { ...EXIT, student: "erf", batch: 50, maxSteps: 40 }],
  },
  trajectories: {
    run: trajectories as Task<never, Row>,
    cells: [
      { ...RUN, student: "relu", batch: 50, steps: 30, points: 5 },
      { ...RUN, misaligned: true, steps: 30, points: 5 },
    ],
  },
  curriculum: {
    run: curriculum as Task<never, Row>,
    cells: ["zero", "squared"].map((stage1) => ({
      ...{ ...RUN, student: "He3", step: 0.01, copies: 2 },
      ...{ stage1, maxSteps: 30, stage2Steps: 10, every: 10 },
    })),
  },
  samplesToLearn: {
    run: samplesToLearn as Task<never, Row>,
    cells: [0, 1000].map((factor) => ({
      ...{ mu: 0.5, d: 1e4, step: 0.1, copies: 3, rule: factor ? "adaptive" : "constant" },
      ...{ least: 1000, factor, radius: 0.3, maxSteps: 900 },
    })),
  },
  stationaryNoise: {
    run: stationaryNoise as Task<never, Row>,
    cells: [0.2, 0.5].map((mu) => ({
      ...{ mu, d: 1000, batch: 1000, step: 0.1, copies: 2, noise: 0.5, burnIn: 50, steps: 50 },
    })),
  },
  committeeLoss: {
    run: committeeLoss as Task<never, Row>,
    cells: [1, 2].map((rank) => ({
      ...{ student: "relu", mu: 0.5, width: 3, rank, d: 20, batch: 10, step: 0.5 },
      ...{ steps: 5, points: 2 },
    })),
  },
  lawSample: {
    run: lawSample as Task<never, Row>,
    cells: [
      { ...LAW, sampler: "chain" },
      { ...LAW, sampler: "direct" },
      { ...LAW, sampler: "chain without remainder" },
      { ...LAW, sampler: "linear", student: "x" },
    ],
  },
  committeeLawSample: {
    run: committeeLawSample as Task<never, Row>,
    cells: ["chain", "direct"].map((sampler) => ({
      ...{ sampler, student: "relu", frozen: [0.5, 1], rank: 2, d: 9, batch: 3, step: 0.5 },
      ...{ runs: 3, times: [1, 3] },
    })),
  },
};

/** Bits of all numbers, text of everything else; one NaN is as good as another. */
const bits = (rows: readonly Row[]) =>
  rows.map((row) =>
    Object.entries(row).map(([key, value]) =>
      typeof value === "number" && !Number.isNaN(value)
        ? `${key}=${new BigUint64Array(new Float64Array([value]).buffer)[0]}`
        : `${key}:${value}`
    ).join()
  );

/** Rows of one cell, computed here. */
async function rowsOf<P, R extends Row>(run: Task<P, R>, cell: P, seed = "0"): Promise<R[]> {
  return [await run(cell, { seed })].flat() as R[];
}

for (const [name, { run, cells }] of Object.entries(TASKS)) {
  Deno.test(`${name} gives the same rows bit for bit with 0, 1 and 2 workers, and for a second run`, async () => {
    const rows = async (workers: number) =>
      bits(
        await sweep({
          name,
          run: run as Task<object, Row>,
          cells,
          seeds: ["7"],
          workers,
          store: fresh(),
        }),
      );
    const expected = await rows(0);
    assertGreater(expected.length, 1);
    assertFalse(expected.join().includes("NaN"));
    for (const workers of [0, 1, 2]) assertEquals(await rows(workers), expected);
  });

  Deno.test(`${name} gives other rows for another seed`, async () => {
    const rows = (seed: string) =>
      sweep({
        name,
        run: run as Task<object, Row>,
        cells: cells.slice(0, 1),
        seeds: [seed],
        workers: 0,
      });
    const numbers = (list: Row[]) => bits(list.map(({ seed: _, ...row }) => row));
    assertNotEquals(numbers(await rows("8")), numbers(await rows("9")));
  });
}

Deno.test("exitTimes pairs runs that differ in d only: the same copies are late", async () => {
  const exits = async (d: number) =>
    (await rowsOf(exitTimes, { ...EXIT, d, batch: d, copies: 40, step: 0.1 }))
      .map(({ exit }) => exit!);
  const [low, high] = [await exits(1e5), await exits(1e7)];
  const differences = summary(low.map((t, c) => high[c] - t));
  // Unpaired, the spread of the difference is √2 times that of one.
  assertLess(differences.sd, 0.1 * summary(low).sd);
});

Deno.test("exitTimes gives null for a copy that did not arrive", async () => {
  const rows = await rowsOf(exitTimes, { ...EXIT, maxSteps: 1 });
  assertEquals(rows.map(({ exit }) => exit), [null, null, null, null]);
});

Deno.test("keptSteps() rises from 0 to the last step without repeats, about evenly in ln(1 + step)", () => {
  for (const [last, points] of [[1, 5], [10, 3], [1000, 20], [1e6, 60]]) {
    const steps = keptSteps(last, points);
    assertEquals([steps[0], steps.at(-1)], [0, last]);
    assert(steps.length <= points + 1);
    for (let i = 1; i < steps.length; i++) assertGreater(steps[i], steps[i - 1]);
    assert(steps.every(Number.isInteger));
  }
  const steps = keptSteps(1e6, 60).map((k) => Math.log1p(k));
  for (const i of [1, 5, 20]) {
    assertAlmostEquals(steps.at(-i)! - steps.at(-i - 1)!, Math.log(1e6) / 60, 1e-3);
  }
});

Deno.test("trajectories have the population loss of their state and start at d^-1/2", async () => {
  const cell = { ...RUN, student: "erf", mu: 0.6, misaligned: true, steps: 200, points: 10 };
  const rows = await rowsOf(trajectories, cell);
  const moments = pairMoments(activation("erf"), activation("erf"));
  for (const { at, m, loss, s, n } of rows) {
    // m ≥ 0 and s = μ + |u| m sign(um): u follows, and with it |w|².
    const u = (s - 0.6) / m;
    const r = 0.36 + 0.16 + u * u + 2 * u * (0.6 * m + 0.4 * n);
    assertAlmostEquals(loss, populationLoss(moments, r, s), 1e-9, `step ${at}`);
    assert(m >= 0 && m * m + n * n <= 1 + 1e-12);
  }
  const start = rows.filter(({ at }) => at === 0);
  assertEquals(start.length, 4);
  for (const { m } of start) assertLess(m, 5 / Math.sqrt(1000));
});

Deno.test("trajectories of 16 copies have the flow's loss at the end (linear, mu = 0.5)", async () => {
  const rows = await rowsOf(trajectories, {
    ...RUN,
    batch: 1e6,
    copies: 16,
    steps: 300,
    points: 3,
  });
  const start = rows.filter(({ at }) => at === 0), end = rows.filter(({ at }) => at === 300);
  // One flow per copy, from its own start: with b = 1e6 only the finite step is left.
  end.forEach(({ m }, copy) => {
    const flow = new LoraFlow({
      student: activation("x"),
      frozen: [0.5],
      u0: 1e-6,
      a0: [start[copy].m],
    });
    const [point] = flow.path([60]);
    assertAlmostEquals(m, point.m, 1e-3);
  });
});

Deno.test("curriculum flips once: s changes sides of mu, |m| does not change", async () => {
  const cell = {
    ...{ ...RUN, student: "He3", mu: 0.4, copies: 3, step: 0.1 },
    ...{ stage1: "zero" as const, maxSteps: 3000, stage2Steps: 1500, every: 0 },
  };
  const rows = await rowsOf(curriculum, cell);
  for (const copy of [0, 1, 2]) {
    const own = rows.filter((row) => row.copy === copy);
    const [begin, before, after, end] = own;
    assertEquals(own.map(({ stage }) => stage), [1, 1, 2, 2]);
    assertEquals(after.at, before.at);
    assertEquals(after.m, before.m);
    assertLess(begin.m, 0.2);
    assertGreater(before.m, 0.95 - 1e-9);
    // Zero labels shrink w; the flip mirrors s at μ.
    assertLess(before.s, 0.05);
    assertAlmostEquals(after.s, 2 * 0.4 - before.s, 1e-12);
    assertAlmostEquals(end.s, 1, 0.05);
  }
});

Deno.test("samplesToLearn counts a constant batch step by step", async () => {
  const cell = {
    ...{ mu: 0.5, d: 1e4, step: 0.1, copies: 5, rule: "constant" as const },
    ...{ least: 1000, factor: 0, radius: 0.3, maxSteps: 2000 },
  };
  const rows = await rowsOf(samplesToLearn, cell);
  for (const { samples } of rows) {
    const steps = samples! * 1e4 / 1000;
    assertAlmostEquals(steps, Math.round(steps), 1e-9);
    assertGreater(steps, 20);
  }
  const none = await rowsOf(samplesToLearn, { ...cell, maxSteps: 2 });
  assertEquals(none.map(({ samples }) => samples), Array(5).fill(null));
});

Deno.test("committeeLoss starts at half the squared distance of student and teacher", async () => {
  const cell = {
    ...{ student: "x", mu: 0.5, width: 3, rank: 1, d: 1000, batch: 10, step: 0.5 },
    ...{ steps: 1, points: 1 },
  };
  const [{ at, loss }] = await rowsOf(committeeLoss, cell);
  // Linear units: ½ E[(0.5 z₁ + 0.5 z₂)²]/3, from 4000 samples with relative error √(2/4000).
  assertEquals(at, 0);
  assertLess(Math.abs(loss / (0.25 / 3) - 1), 4 * Math.sqrt(2 / 4000));
});

Deno.test("digitsSearch finds the direction later for stronger pre-training, null if not at all", async () => {
  const run = async (mu: number, maxSteps: number) =>
    (await rowsOf(digitsSearch, { mu, fullSteps: 300, step: 0.5, maxSteps }, "1"))[0];
  const [weak, strong, cut] = [await run(0, 5000), await run(0.6, 5000), await run(0.6, 2)];
  assertGreater(strong.exit!, weak.exit!);
  assertGreater(weak.initialLoss, strong.initialLoss);
  assertEquals(cut.exit, null);
  assertEquals(weak.fullTrainLoss, strong.fullTrainLoss);
  assertGreater(weak.fullTestLoss, weak.fullTrainLoss);
});

Deno.test("meanExit() averages the copies of a group and counts those that are missing", () => {
  const rows = [[0.1, 10], [0.5, 40], [0.1, 14], [0.1, null], [0.9, null]].map((
    [mu, exit],
    copy,
  ) => ({
    mu: mu!,
    copy,
    exit,
  }));
  const means = meanExit(rows, "mu");
  assertEquals(means.map(({ mu, n, mean, missing }) => ({ mu, n, mean, missing })), [
    { mu: 0.1, n: 2, mean: 12, missing: 1 },
    { mu: 0.5, n: 1, mean: 40, missing: 0 },
    { mu: 0.9, n: 0, mean: NaN, missing: 1 },
  ]);
  assertEquals(meanExit([], "exit" as never), []);
});

Deno.test("lastOfEach() keeps the last step of every run", () => {
  const rows = grid({ mu: [0.1, 0.5], copy: [0, 1], at: [0, 10, 5] });
  const last = lastOfEach(rows);
  assertEquals(last.length, 4);
  assert(last.every(({ at }) => at === 10));
  assertEquals(median(last.map(({ mu }) => mu)), 0.3);
});
