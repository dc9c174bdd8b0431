/** Experiments about single statements of the paper: rows against golden numbers and other paths. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { where } from "lora-dynamics/experiment/mod.ts";
import { type Figure, svg } from "lora-dynamics/figure/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close, slowFlow } from "../../theory/_helpers.ts";

const titles = ({ panels }: Figure) => [panels].flat().map(({ title }) => title);

Deno.test("localPhase(): parts of the loss are those of the noise equations and of the model", async () => {
  const problem = mf.problemQ({ delta: 0.5 }), alpha = 1e-3;
  const run = await mf.localPhase({ alpha, span: 30, points: 12, seed: "reference" });
  for (const start of ["zeroB", "zeroA"] as const) {
    const rows = where(run.rows, "start", start), escape = rows.find(({ since }) => since === 0)!;
    const adapters = mf.startAdapters(problem, { start, r: 3, alpha, draws: portable(820) });
    const { bound } = mf.theorem32(problem);
    for (const row of rows) {
      close(row.loss, row.signal + row.mixed + row.rest, 1e-12);
      assertEquals(row.bound === null, row.since < 0);
      if (row.bound !== null) close(row.bound, bound(escape.loss, row.since), 1e-12);
      // Up to the order α^{2δ_w} of what the noise equations neglect.
      if (row.since > 1) assertAlmostEquals(Math.log(row.predictedMixed / row.mixed), 0, 0.02);
    }
    const late = rows.find(({ since }) => since > 2)!,
      slow = slowFlow(problem, adapters, late.at, 800);
    close(late.loss, mf.loss(problem, slow), 1e-5);
    const { u, p, v } = mf.signalDirections(problem);
    close(late.x1, mf.learnt(slow.b1, slow.a1, p, v), 1e-7);
    close(late.x2, mf.learnt(slow.b2!, slow.a2!, u, p), 1e-7);
  }
});

Deno.test("localPhase(): the golden rates in its table, and the figure follows the parameters", async () => {
  const run = await mf.localPhase({ starts: ["zeroA"], span: 60, points: 20 });
  const [row] = run.table() as Record<string, number>[], [known] = golden.statements.rates;
  close(row["2μ, rate of L_S"], known.loss_rate_2mu, 1e-8);
  close(row["x₂ at the end"], known.x2, 1e-5);
  close(row["proved, (16)"], known["paper_(1-d)lambda/32"], 1e-12);
  close(row["2μ over proved"], known.loss_rate_2mu / known["paper_(1-d)lambda/32"], 1e-8);
  const figure = run.figure();
  assertEquals(titles(figure), ["A = 0", "A = 0, local rate"]);
  assertStringIncludes(figure.caption!, "α = 10⁻⁴");
  assertStringIncludes(svg(figure), "bound (16)");
  const several = await mf.localPhase({ starts: ["zeroB"], copies: 2, span: 20, points: 10 });
  assertStringIncludes(several.figure().caption!, "geometric means of 2 starts");
  await assertRejects(
    () => mf.localPhase({ starts: ["zeroB", "zeroB"] }),
    RangeError,
    "starts must be of different names",
  );
});

Deno.test("spectralPhases(): the golden times and sizes, and the law where x₂ is negligible", async () => {
  const { rows: { runs, courses } } = await mf.spectralPhases();
  assertEquals(runs.length, golden.theorem41.length);
  runs.forEach((run, i) => {
    const known = golden.theorem41[i];
    assertEquals(run.alpha, known.alpha);
    close(run.t1, known.T1_F1, 1e-12);
    close(run.t1Main, known.T1_main, 1e-12);
    // The reference reads its times off a grid.
    assertAlmostEquals(run.holdsFrom, known.growth1_holds_on[0], 1e-3);
    assertAlmostEquals(run.holdsUntil, known.growth1_holds_on[1], 1e-3);
    assertAlmostEquals(run.ratioHoldsFrom, known.growth2_holds_on[0], 1e-3);
    assertAlmostEquals(run.ratioHoldsUntil, known.growth2_holds_on[1], 1e-3);
    close(run.overThreshold, known.z1_T1_over_threshold, 1e-3);
    close(run.overBound, known.local_bound_sup_ratio, 1e-12);
    assertEquals(run.growthStart, known.growth1_at_0);
    close(run.from, run.holdsFrom, 2e-3);
    close(run.until, run.holdsUntil, 2e-3);
    if (run.deltaW < 0.3) close(run.reached, run.overThreshold, 1e-2);
  });
  const first = courses.filter(({ problem, alpha }) =>
    problem === runs[1].problem && alpha === 1e-4
  );
  for (const { growth, predicted } of first) assertAlmostEquals(growth, predicted, 1e-3);
  assert(first.every(({ at, overBound }) => (overBound === null) === (at < 1)));
});

Deno.test("spectralPhases(): the paper's random sizes, a balanced start, and another problem", async () => {
  const drawn = await mf.spectralPhases({
    ...{ starts: ["spectralPaper"], alpha: [1e-4], copies: 3, points: 40, seed: "5" },
    problems: [mf.problemQ({ delta: 0.4 })],
  });
  assertEquals(drawn.rows.runs.length, 3);
  assertEquals(new Set(drawn.rows.runs.map(({ t1 }) => t1)).size, 3);
  for (const run of drawn.rows.runs) {
    assertAlmostEquals(run.holdsFrom * run.lambda, run.from * run.lambda, 5e-3);
    assertLess(run.overBound, 1 + 1e-9);
  }
  const balanced = await mf.spectralPhases({ starts: ["spectral"], alpha: [1e-4], points: 40 });
  for (const run of balanced.rows.runs) {
    assertEquals(run.holdsFrom, 0);
    close(run.growthStart, 2 * run.lambda, 1e-6);
  }
  assertEquals(titles(balanced.figure()), [
    ...["/{δ}_{w} = 0.25", "/{δ}_{w} = 0.5", "/{δ}_{w} = 0.907"],
    ...["where part 1 holds", "reached at /{T}_{1}", "part 2, /{α} = 10⁻⁴"],
  ]);
  assertGreater(svg(balanced.figure()).length, 1000);
  assertEquals(balanced.table().length, 3);
  await assertRejects(
    () => mf.spectralPhases({ alpha: [2] }),
    RangeError,
    "z₁(0) must be below its threshold",
  );
  await assertRejects(() => mf.spectralPhases({ starts: ["one"] as never }), Error, "unit, zeroB");
});

Deno.test("linearParts(): run, closed form, and what two readings of Claim 3.1 miss", async () => {
  const run = await mf.linearParts({ starts: ["gauss"], times: [0, 1.7, 3] });
  const [start, row, later] = run.rows, known = golden.statements.claim31;
  assertLess(row.error, 1e-14);
  close(row.withoutNullSpace, known.missing_without_null_fro, 1e-10);
  for (const each of [start, row, later]) {
    close(each.growing, each.growingLaw, 1e-2);
    close(each.shrinking, each.shrinkingLaw, 1e-1);
    close(each.frozen, start.frozen, 1e-2);
  }
  close(row.growing / start.growing, Math.exp(0.91 * 1.7), 1e-3);
  // Printed γ₁: the moved part is taken twice, off by once of it.
  const moved = Math.hypot(row.growingLaw - start.growing, start.shrinking - row.shrinkingLaw);
  close(row.printedGamma, moved, 1e-9);
  const figure = run.figure();
  assertEquals(titles(figure), ["all random (ours)"]);
  assertStringIncludes(figure.caption!, "α = 10⁻³");
  assertGreater(svg(figure).length, 1000);
});

Deno.test("decompositionSizes(): the identity, and second order in α from an all-random start", async () => {
  const { rows } = await mf.decompositionSizes({ starts: ["gauss", "zeroA"], alpha: [0.1, 0.001] });
  for (const { mismatch, start, d1, d2 } of rows) {
    assertLess(mismatch, 1e-15);
    if (start === "zeroA") assertEquals([d1, d2], [0, 0]);
  }
  const [big, , small] = where(rows, "start", "gauss");
  assertEquals([big.alpha, small.alpha, big.seed === small.seed], [0.1, 0.001, true]);
  close(big.d1 / small.d1, 1e4, 0.1);
  assertGreater(big.mismatchWithout, 1e-4);
});

Deno.test("weightsOnly(): still, or learnt after a tilt; the figure says which", async () => {
  const run = await mf.weightsOnly({ along: "bottom", tilts: [0, 1e-5], horizon: 4, points: 9 });
  const still = where(run.rows, "tilt", 0), tilted = where(run.rows, "tilt", 1e-5);
  for (const { loss, predicted } of still) assertEquals([loss, predicted], [still[0].loss, loss]);
  assertAlmostEquals(still[0].loss, golden.statements.G1.L_0, 1e-15);
  assertLess(tilted.at(-1)!.loss, 1e-6);
  assertEquals(tilted.every(({ predicted }) => predicted === null), true);
  assertStringIncludes(run.figure().caption!, "the bottom singular direction");
  await assertRejects(() => mf.weightsOnly({ tilts: [0, 0] }), RangeError, "different numbers");
  await assertRejects(() => mf.weightsOnly({ weights: [1, 2, 3] }), RangeError, "two numbers");
});

Deno.test("statedConstants(): a row for each problem, with the sharp exponents beside", async () => {
  const { rows } = await mf.statedConstants();
  close(rows[2].c3, golden.statements.c3_literal_fig1, 1e-10);
  for (const { deltaW, exponentB, exponentA, overRate, c1 } of rows) {
    const law = (start: "zeroB" | "zeroA") => mf.leadingExponents({ start, deltaW }).loss;
    assertAlmostEquals(exponentB, law("zeroB"), 1e-12);
    assertAlmostEquals(exponentA, law("zeroA"), 1e-12);
    close(overRate, 128 / (1 - deltaW), 1e-9);
    assertGreater(c1, 2.5);
  }
});
