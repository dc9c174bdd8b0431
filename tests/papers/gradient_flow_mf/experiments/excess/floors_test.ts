/** The experiments about plateau, tail, targets at an angle, reductions and sensitivity: open to change. */
import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { distinct, where } from "lora-dynamics/experiment/mod.ts";
import { svg } from "lora-dynamics/figure/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

const preset = "quick" as const;

Deno.test("excessRank() takes a frozen factor and a start of one's own; T8 follows both", async () => {
  const half: mf.LayerStart = {
    name: "half",
    words: "half of B random",
    random: true,
    factors: (layer) => {
      const { b, a } = mf.layerStart("gauss").factors(layer);
      return { b: { ...b, data: b.data.map((x, i) => i % 2 ? x : 0) }, a };
    },
  };
  const run = await mf.excessRank({
    ...{
      preset,
      problems: [{ w2: [[2, 0, 0], [0, 1.2, 0], [0, 0, 0.9]], target: [[0, 0], [0, 0.7], [0, 0]] }],
    },
    ...{ starts: [half, "zeroA"], alpha: [1e-2, 1e-3], r: 2, ranks: [1], copies: 2 },
  });
  for (const row of where(run.rows, "start", "half")) {
    if (row.r === 1) assertLess(row.loss, 1e-18);
    else assertAlmostEquals(row.loss / row.predicted, 1, 1e4 * row.alpha ** 2);
  }
  assertEquals(where(run.rows, "start", "zeroA").every(({ predicted }) => predicted === 0), true);
  const { caption } = run.figure();
  assertStringIncludes(caption!, "2 starts");
  assertStringIncludes(caption!, "From A = 0");
  assertGreater(svg(run.figure()).length, 1000);
  const other = await mf.excessRank({
    preset,
    alpha: [1e-3],
    r: 3,
    ranks: [2, 3],
    copies: 1,
    seed: "other",
  });
  const reference = await mf.excessRank({ preset, alpha: [1e-3], r: 3, ranks: [2, 3], copies: 1 });
  assertEquals(other.rows.some(({ loss }, i) => loss === reference.rows[i].loss), false);
});

Deno.test("slowTail() follows its scales, rank and times", async () => {
  const run = await mf.slowTail({
    ...{ problem: mf.factorization({ m: 7, n: 4, s: 0.8 }), r: 4, alpha: [0.1] },
    ...{ turns: [5, 50, 500], laps: [1, 2] },
  });
  const last = where(run.rows, "kind", "balanced").at(-1)!;
  assertEquals([last.q, last.r], [3, 4]);
  assertAlmostEquals(last.loss * 8 * 0.64 * last.at ** 2 / 3, 1, 0.02);
  assertStringIncludes(
    run.figure().caption!,
    "r = 4: whatever α, the loss ends on q/(8s²t²) with q = 3",
  );
  await assertRejects(() => mf.slowTail({ r: 1 }), RangeError, "r must be > 1");
  await assertRejects(
    () => mf.slowTail({ balanced: "gauss", alpha: [0.1], turns: [1] }),
    RangeError,
    "see imbalancedTail",
  );
});

Deno.test("tilted(), collapse() and preconditioning() follow σ, sizes and problem", async () => {
  const run = await mf.tilted({
    ...{ preset, s: [2, 0.8], sigma: 0.5, m: 4, curves: [25], angles: [25, 70], collapse: 25 },
    ...{ alpha: [1e-3], epsilon: [1e-3] },
  });
  for (const row of run.rows.filter(({ quantity }) => !["course", "collapse"].includes(quantity))) {
    assertAlmostEquals(row.run / row.theory, 1, 1e-3);
  }
  assertEquals(distinct(where(run.rows, "quantity", "floor"), "degrees"), [25, 70]);
  const floor = where(run.rows, "quantity", "floor")[0].run;
  assertAlmostEquals(floor, 0.125 * Math.sin(25 * Math.PI / 180) ** 2, 1e-6);
  assertStringIncludes(run.figure().caption!, "σ = 0.5, m = h = n = 4");

  const problem = { w2: [[2, 0.3], [0, 0.7], [0.4, 0]], target: [[0.6, 0], [0.5, 0], [0.2, 0]] };
  const own = await mf.collapse({ preset, problem, alpha: [1e-2, 1e-3], horizon: 25 });
  const [coarse, fine] = mf.collapseDistance(own.rows, 1e-6).values();
  assertLess(fine, 0.2 * coarse);
  assertStringIncludes(own.figure().caption!, "outside the range of W₂");
  await assertRejects(() => mf.preconditioning({ problem }), RangeError, "in the range of w2");
  const [{ "T½": half, "T½, theory": theory }] = (await mf.preconditioning({
    ...{ problem: mf.tiltedProblem({ m: 3, s: [3, 0.2], degrees: 50, sigma: 0.4 }), alpha: 1e-4 },
    ...{ late: 1e-4, horizon: 90, points: 2 },
  })).table().slice(1) as { "T½": number; "T½, theory": number }[];
  assertAlmostEquals(half, theory, 1e-4);
});

Deno.test("tiltedStarts() compares any starts; at 0° they part, at an angle they do not", async () => {
  const { rows } = await mf.tiltedStarts({
    ...{
      preset,
      d: 6,
      r: 2,
      degrees: [40, 0],
      starts: ["zeroB", "spectral"],
      after: [12],
      copies: 2,
    },
  });
  const of = (degrees: number, start: string) =>
    where(where(rows, "degrees", degrees), "start", start).map(({ loss }) => loss);
  const ratio = (degrees: number) => Math.min(...of(degrees, "zeroB")) / of(degrees, "spectral")[0];
  assertAlmostEquals(Math.log(ratio(40)), 0, Math.log(3));
  assertGreater(ratio(0), 1e3);
});

Deno.test("reduction() and dimension() take shapes; wrong degrees of freedom are seen", async () => {
  const shape = {
    preset,
    m: 12,
    n: 9,
    sigma: [2, 1.5, 1.2],
    rank: 5,
    at: 18,
    points: 2,
    draws: 120,
  } as const;
  const right = (await mf.reduction(shape)).table() as Record<string, number>[];
  const wrong = (await mf.reduction({ ...shape, freedom: 3 })).table() as Record<string, number>[];
  const z = ([a, b]: Record<string, number>[]) =>
    (b["mean loss"] - a["mean loss"]) / Math.hypot(a["± se of it"], b["± se of it"]);
  assertAlmostEquals(z(right), 0, 4);
  assertGreater(z(wrong), 4);
  await assertRejects(() => mf.reduction({ ...shape, rank: 7 }), RangeError, "rank must be <= 6");
  const { rows } = await mf.dimension({
    ...{ m: [2e5], ratios: [0.5, 2], alpha: 3e-4, r: 2, sigma: 0.7, s: 1.6, draws: 3, at: 12 },
  });
  for (const { half, law, small } of rows) {
    assertAlmostEquals(half! - small, law - small, 0.1 * (law - small));
  }
  assertEquals(distinct(rows, "n"), [1e5, 4e5]);
});

Deno.test("dimension() draws what came, says how much did not, and refuses what no run can follow", async () => {
  const large = { preset, m: [1e4, 3e7], ratios: [0.25], alpha: 1e-3, r: 2, draws: 2 } as const;
  const run = await mf.dimension(large), figure = run.figure();
  assertEquals(run.rows.map(({ half }) => half === null), [false, false, true, true]);
  assertStringIncludes(figure.caption!, "2 draws did not come to half of the target by then.");
  const tables = figure.rows as Record<string, { y: number }[]>;
  assertEquals(tables["c, simulation"].length, 1);
  assertLess(tables["c, simulation"][0].y, 1e-2);
  // By the law no target is learnt by t = 40 beyond κ = 7: no late loss there.
  const late = tables["b, theory"] as { x: number; y: number }[];
  assertLess(Math.max(...late.map(({ x }) => x)), 7);
  assertGreater(Math.min(...late.map(({ y }) => y)), 1e-30);
  assertGreater(svg(figure).length, 1000);
  await assertRejects(
    () => mf.dimension({ ...large, alpha: 0.1 }),
    RangeError,
    "alpha must be so small that s²α²m, which damps, is at most 1000",
  );
});

Deno.test("regimes() labels what the runs do, and draws only boundaries that mean something", async () => {
  const run = await mf.regimes({
    kappa: [1e-7, 1e-3, 0.3],
    times: [1, 60, 3e3, 1e5],
    r: 3,
    s: 1.3,
  });
  const of = (kappa: number) => where(run.rows, "kappa", kappa).map(({ regime }) => regime);
  assertEquals(of(1e-7), ["saddle", "plateau", "plateau", "plateau"]);
  assertEquals(of(1e-3), ["saddle", "plateau", "erosion", "erosion"]);
  assertEquals(of(0.3), ["saddle", "no plateau", "no plateau", "no plateau"]);
  const { boundaries } = run.figure().rows as Record<
    string,
    { series: string; x: number; y: number }[]
  >;
  for (const { series, x, y } of boundaries) {
    if (series.startsWith("half of it")) {
      assertAlmostEquals(y / ((Math.SQRT2 - 1) / (2 * 1.69 * x)), 1, 1e-6);
    }
  }
  await assertRejects(
    () => mf.regimes({ kappa: [1, 0.1] }),
    RangeError,
    "kappa must be increasing",
  );
});

Deno.test("truncation() and momentum() follow problem, noise and rule", async () => {
  const ends = (await mf.truncation({
    ...{ preset, problem: mf.factorization({ m: 6, n: 5, sigma: [1, 0.6, 0.3], s: 1.4 }) },
    ...{ epsilon: [0, 0.1], r: [1, 2], points: 2, horizon: 2000 },
  })).table() as Record<string, number>[];
  for (const row of ends) assertAlmostEquals(row["L(t)"] / row["½ Σ σ_j² beyond r"], 1, 1e-6);
  assertAlmostEquals(ends[1]["L(t)"], 0.045, 1e-9);
  const [clock] = (await mf.momentum({
    ...{ problem: mf.aligned({ s2: [2, 1.4], target: [0, 0.5], n: 4 }), eta: [0.02], beta: [0.7] },
    ...{ start: "gauss", seed: "other" },
  })).table() as Record<string, number>[];
  assertAlmostEquals(clock["growth ÷ theory"], 1, 1e-4);
  assertAlmostEquals(clock["difference × (1 − β)"], 0, 1.5);
});

Deno.test("a plateau's mean follows sizes and seeds", async () => {
  const problem = mf.aligned({ s2: [2, 3, 1], target: [0, 0.5], n: 4 });
  const one = (await mf.meanPlateau({ problem, r: 2, draws: 400 })).table()[0] as Record<
    string,
    number
  >;
  const other = (await mf.meanPlateau({ problem, r: 2, draws: 400, seed: "b" }))
    .table()[0] as typeof one;
  assertEquals(one["mean of T8"] === other["mean of T8"], false);
  assertAlmostEquals(one["mean of T8"], one["expected for all random"], 5 * one["± se"]);
});
