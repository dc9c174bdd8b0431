/** F1, F2, F7, F8 and the exact curves: rows by other paths, figures that follow the parameters. */
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
import { frobeniusNorm, multiplyNT } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close, slowFlow } from "../../theory/_helpers.ts";

const titles = ({ panels }: Figure) => [panels].flat().map(({ title }) => title);
const first = { preset: "quick", copies: 1 } as const;

Deno.test("mainFigure(): every column of a run by the slow path and the formulas", async () => {
  const problem = mf.problemQ({ delta: 0.4 }), alpha = 1e-3;
  const options = {
    ...first,
    problem,
    r: 2,
    starts: ["zeroA"] as const,
    alpha: [alpha],
    shown: alpha,
  };
  const { rows } = await mf.mainFigure({ ...options, phase: 4, horizon: 14, points: 3 });
  assertEquals(rows.map(({ at }) => at), [0, 2, 4, 9, 14]);
  const start = mf.startAdapters(problem, { start: "zeroA", r: 2, alpha, draws: portable(200) });
  const { p, v } = mf.signalDirections(problem), row = rows[2];
  const end = slowFlow(problem, start, 4, 1500);
  close(row.loss, mf.loss(problem, end), 1e-10);
  close(row.gap, mf.misalignment(mf.stackOf(end.b1, end.a1), [p, v]), 1e-7);
  const { law, linear, printed } = mf.alignmentCourse(problem, start, [4]);
  assertEquals([row.law, row.linear, row.printed], [law[0], linear[0], printed[0]]);
  close(row.escape!, mf.escapeTimeOf(problem, start), 1e-14);
  close(row.growth!, Math.sqrt(mf.startPower(problem, start)) * Math.exp(0.91 * 4), 1e-12);
  const { losses } = mf.noiseCourse(problem, start, [0, 2, 4, 9, 14]);
  rows.forEach(({ predicted }, i) => close(predicted!, losses[i], 1e-6));
  assertEquals(rows.slice(3).map((row) => [row.law, row.linear, row.printed]), [
    ...[[null, null, null], [null, null, null]],
  ]);
  assertEquals(rows[4].growth, null);
});

Deno.test("mainFigure(): the golden losses of an all-random start", async () => {
  const { times, losses, gaps } = golden.double;
  const { rows } = await mf.mainFigure({
    ...{
      ...first,
      starts: ["gauss"],
      alpha: [1e-2],
      shown: 1e-2,
      phase: 10,
      horizon: 30,
      points: 6,
    },
  });
  times.forEach((t, i) => {
    const found = rows.find(({ at }) => Math.abs(at - t) < 1e-9);
    if (!found) return;
    close(found.loss, losses[i], 1e-9);
    close(found.gap, gaps[i], 1e-9);
  });
  assertGreater(rows.filter(({ at }) => times.includes(at)).length, 5);
});

Deno.test("mainFigure(): panels, legend and caption follow starts, scales and problem", async () => {
  const half: mf.LayerStart = {
    ...mf.layerStart("gauss"),
    ...{ name: "half", words: "half of B random" },
    factors: (layer) => {
      const { b, a } = mf.layerStart("gauss").factors(layer);
      return { a, b: { ...b, data: b.data.map((x, i) => i % 2 ? x : 0) } };
    },
  };
  const result = await mf.mainFigure({
    ...{ ...first, problem: mf.problemQ({ delta: 0.6 }), r: 3, starts: ["zeroB", half] },
    ...{ alpha: [1e-3, 1e-4], shown: 1e-4, points: 6 },
  });
  const figure = result.figure();
  assertEquals(titles(figure), [
    ...["B = 0 (paper)", "half of B random", "alignment, /{α} = 10⁻⁴", "last loss off the theory"],
  ]);
  assertEquals(figure.legend!.length, 2);
  assertStringIncludes(figure.caption!, "Problem Q, δ_w = 0.6, r = 3. One start of each kind.");
  assertStringIncludes(figure.caption!, "α^1.2");
  assertStringIncludes(result.figure("phase").caption!, "Start B = 0 (paper) at α = 10⁻⁴");
  assert(svg(figure).length > 1000 && svg(result.figure("phase")).length > 1000);
  assertEquals(result.record.edited.includes("starts"), true);
});

Deno.test("mainFigure(): where no theory applies there is none, and the runs stand", async () => {
  const problem = mf.canonical({ d: 6, s1: 0.5, degrees: 30 });
  const result = await mf.mainFigure({
    ...{
      ...first,
      problem,
      r: 2,
      alpha: [1e-2],
      shown: 1e-2,
      starts: ["zeroB", "spectral"],
      points: 5,
    },
  });
  assertEquals(
    new Set(result.rows.map(({ predicted, escape }) => `${predicted} ${escape}`)).size,
    1,
  );
  assertGreater(where(result.rows, "start", "zeroB")[3].law!, 0);
  assert(svg(result.figure()).length > 1000 && svg(result.figure("phase")).length > 1000);
});

Deno.test("mainFigure() refuses parameters that contradict each other", async () => {
  const refused = (change: object, words: string) =>
    assertRejects(() => mf.mainFigure({ ...first, ...change }), RangeError, words);
  await refused({ shown: 0.5 }, "shown must be one of alpha");
  await refused({ phase: 200 }, "phase must be below horizon = 100");
  await refused({ starts: ["zeroB", "zeroB"] }, "starts must be of different names");
  await refused({ alpha: [1e-3, 1e-3], shown: 1e-3 }, "alpha must be different numbers");
  await refused({ sigma: 5 }, "sigma");
});

Deno.test("escapeTimes(): rows are those of T4, the table sums them up", async () => {
  const problem = mf.problemS(), alpha = [1e-3, 1e-4];
  const result = await mf.escapeTimes({
    ...{ problem, starts: ["gauss", "spectral"], alpha, shown: 1e-4, r: 3, copies: 3 },
  });
  const draws = portable(101), row = where(where(result.rows, "alpha", 1e-4), "copy", 1)[0];
  const start = mf.startAdapters(problem, { start: "gauss", r: 3, alpha: 1e-4, draws });
  close(row.predicted!, mf.escapeTimeOf(problem, start), 1e-14);
  close(row.power, mf.startPower(problem, start), 1e-12);
  assertAlmostEquals(row.half!, row.predicted!, 1e-4);
  assertEquals(result.rows.length, 2 * 3 + 2);
  const table = result.table(),
    [whole] = where(where(table, "start", "all random (ours)"), "α", 1e-4);
  const halves = where(where(result.rows, "start", "gauss"), "alpha", 1e-4).map(({ half }) =>
    half!
  );
  close(Number(whole["mean half-time"]), halves.reduce((sum, t) => sum + t / 3, 0), 1e-12);
  assertLess(Number(whole["largest |simulation − theory|"]), 1e-4);
});

Deno.test("escapeTimes(): figure and guide follow problem and starts; spectralDelay() is a variant", async () => {
  const usual = await mf.escapeTimes({
    preset: "quick",
    copies: 4,
    alpha: [1e-2, 1e-3],
    shown: 1e-3,
  });
  assertStringIncludes(usual.figure().caption!, "Factorisation, 20 × 20, r = 4, 4 starts");
  assertStringIncludes(svg(usual.figure()), "log(1/");
  const delay = await mf.spectralDelay({ copies: 5 });
  assertEquals(delay.record.edited, ["copies"]);
  assertEquals(
    ["full", "quick"].map((preset) => mf.spectralDelay.defaults(preset as "full").copies),
    [400, 100],
  );
  assert(!svg(delay.figure()).includes("log(1/"));
  const law = mf.escapeLaw({ start: "spectralPaper", s: 2.5, sigma: 5, alpha: 1e-6 });
  const rows = delay.figure().rows as Record<string, { x: number; y: number; series: string }[]>;
  const mean = rows["b, theory"].find(({ x }) => x === 1e-6)!;
  close(mean.y, law.mean, 1e-12);
  const tilted = await mf.escapeTimes({
    ...{ ...first, problem: mf.canonical({ d: 5, degrees: 30 }), r: 2, alpha: [1e-3], shown: 1e-3 },
  });
  assertEquals(new Set(tilted.rows.map(({ predicted }) => predicted)), new Set([null]));
  assert(svg(tilted.figure()).length > 1000);
  await assertRejects(() => mf.escapeTimes({ shown: 3 }), RangeError, "shown must be one of alpha");
});

Deno.test("half-times of which theory says nothing: the caption names the assumption that fails", async () => {
  const problem = mf.canonical({ d: 4, s1: 0.5, degrees: 30 });
  const short = { ...first, problem, alpha: [1e-2], shown: 1e-2, r: 2, starts: ["zeroB"] } as const;
  const { rows, figure } = await mf.escapeTimes(short);
  assertEquals(rows.map(({ predicted }) => predicted), [null]);
  assertStringIncludes(
    figure().caption!,
    "No T4, as the target's u must be a left singular vector",
  );
  const modes = await mf.incrementalLearning({ ...short, horizon: 10, points: 2 });
  assertStringIncludes(modes.figure().caption!, "No T7, as there must be one adapter");
  const usual = await mf.escapeTimes({ ...short, problem: mf.problemQ({ delta: 0.3 }) });
  assert(!usual.figure().caption!.includes("No T4"));
  const faster = (copy: number) => mf.problemQ({ delta: copy === 0 ? 0.3 : 1.2 });
  const some = await mf.escapeTimes({ ...short, problem: faster, copies: 2 });
  assertStringIncludes(
    some.figure().caption!,
    "No T4 of zeroB at α = 0.01, as δ_w must be below 1",
  );
});

Deno.test("incrementalLearning(): golden means of the half-times, stairs from the same starts", async () => {
  const { rows } = await mf.incrementalLearning({
    ...{ preset: "full", starts: ["gauss"], alpha: [1e-4], shown: 1e-4, horizon: 30, points: 4 },
  });
  const wanted = golden.incremental.rows.find(({ alpha }) => alpha === 1e-4)!;
  const mean = (mode: number, key: "half" | "predicted") => {
    const all = where(rows.modes, "mode", mode).map((row) => row[key]!);
    return all.reduce((sum, t) => sum + t / all.length, 0);
  };
  close(mean(1, "predicted"), wanted.t1_pred, 1e-12);
  close(mean(2, "predicted"), wanted.t2_pred, 1e-12);
  close(mean(1, "half"), wanted.t1_sim, 1e-8);
  close(mean(2, "half"), wanted.t2_sim, 1e-8);
  const [mode] = where(rows.modes, "mode", 2), stair = rows.loss.find((row) => row.at === 10)!;
  const start = mf.startAdapters(mf.factorization({ m: 20, sigma: [1, 0.5] }), {
    ...{ start: "gauss", r: 4, alpha: 1e-4, draws: portable(400) },
  });
  const { times } = mf.modeHalfTimes(mf.factorization({ m: 20, sigma: [1, 0.5] }), start);
  close(mode.predicted!, times[1], 1e-14);
  const error = (sigma: number, t: number) => sigma / (1 + Math.exp(2 * sigma * (10 - t)));
  close(stair.predicted!, 0.5 * (error(1, times[0]) ** 2 + error(0.5, times[1]) ** 2), 1e-12);
  close(stair.loss, stair.predicted!, 1e-3);
});

Deno.test("incrementalLearning(): s ≠ 1, rank below the target, other problems and refusals", async () => {
  const problem = mf.factorization({ m: 6, n: 5, sigma: [2, 1.1, 0.4], s: 1.7 });
  const options = {
    ...first,
    problem,
    r: 2,
    starts: ["zeroB"] as const,
    alpha: [1e-3],
    shown: 1e-3,
  };
  const result = await mf.incrementalLearning({ ...options, horizon: 14, points: 15 });
  assertEquals(result.rows.modes.map(({ mode }) => mode), [1, 2]);
  const last = result.rows.loss.at(-1)!;
  close(last.loss, mf.deficientLoss(problem, 2), 1e-4);
  close(last.predicted!, mf.deficientLoss(problem, 2), 1e-4);
  assertStringIncludes(
    result.figure().caption!,
    "Factorisation, 6 × 5, W₂ = 1.7 I, r = 2, 1 starts",
  );
  assertEquals(result.table().length, 2);
  const other = await mf.incrementalLearning({
    ...options,
    problem: mf.problemQ({ delta: 0.5 }),
    points: 3,
  });
  assertEquals(other.rows.modes[0].predicted, null);
  assertEquals(other.rows.loss[1].predicted, null);
  assert(svg(other.figure()).length > 1000);
  await assertRejects(
    () => mf.incrementalLearning({ ...options, shown: 1 }),
    RangeError,
    "shown must be one of alpha",
  );
});

Deno.test("integrators(): a reader's method, problem and seed; the sums are not conserved", async () => {
  const usual = await mf.integrators({ preset: "quick" });
  const [adaptive] = where(usual.rows.drift, "method", "dop853");
  assertGreater(adaptive.sum, 0.1);
  assertLess(adaptive.drift, 1e-12);
  const { energy_identity_rel_err } = golden.drift;
  const [finest] = where(usual.rows.energy, "step", 1e-4);
  close(Math.abs(finest.rate / finest.energy - 1), energy_identity_rel_err, 1e-2);
  close(usual.rows.energy[0].energy, -0.3404846339933153, 1e-9);
  const other = await mf.integrators({ seed: "7", steps: [0.1] });
  assert(where(other.rows.drift, "method", "euler")[0].drift !== usual.rows.drift[2].drift);
  const own = await mf.integrators({
    ...{ problem: mf.factorization({ m: 4, s: 1.3 }), start: "zeroB", r: 2, steps: [0.05, 0.02] },
    methods: ["euler", { name: "none", order: null, follow: (_f, y) => y }],
  });
  assertEquals(where(own.rows.drift, "method", "none").map(({ drift }) => drift), [0, 0]);
  for (const { step, drift, predicted } of where(own.rows.drift, "method", "euler")) {
    assertAlmostEquals(drift / predicted!, 1, 3 * step);
  }
  assertStringIncludes(own.figure().caption!, "W₂ = 1.3 I, r = 2");
  assert(svg(own.figure()).length > 1000);
  const refused = (change: object, words: string) =>
    assertRejects(() => mf.integrators(change), RangeError, words);
  await refused({ methods: ["euler", "euler"] }, "methods must be of different names");
  await refused({ methods: ["rk45"] }, "euler, rk4, midpoint");
  await refused({ steps: [0.1, 0.1] }, "steps must be different numbers");
  await refused({ energyAt: 0.05 }, "differences must be below energyAt = 0.05");
});

Deno.test("the energy without B₁ is that of the other three factors", async () => {
  const { rows } = await mf.integrators({ preset: "quick" }), problem = mf.generic();
  const draws = portable(11);
  draws.normals(242);
  const start = mf.startAdapters(problem, { start: "gauss", r: 3, alpha: 0.3, draws });
  const at = slowFlow(problem, start, 1, 400), { a1, b2, a2 } = mf.velocity(problem, at);
  const rest = [a1, b2!, a2!].reduce((sum, x) => sum + frobeniusNorm(x) ** 2, 0);
  close(rows.energy[0].partial, -rest, 1e-8);
});

Deno.test("exactCurves(): pairs of sizes, modes by number, and refusals", async () => {
  const { e, t } = golden.general.T5_modes;
  const { rows } = await mf.exactCurves({ b0: [1e-3], a0: [1e-3], horizon: 9, points: 10 });
  t.forEach((time, i) =>
    where(rows, "at", time).forEach(({ error, predicted, mode }) => {
      assertAlmostEquals(error, e[i][mode - 1], 1e-10);
      assertAlmostEquals(predicted, e[i][mode - 1], 1e-10);
    })
  );
  const { x_at_3_6, s, sigma, a0 } = golden.spectralDelay.imbalanced_zeroB;
  const one = await mf.exactCurves({
    m: 2,
    n: 3,
    s,
    sigma: [sigma],
    b0: [0],
    a0: [a0],
    horizon: 6,
    points: 3,
  });
  one.rows.slice(1).forEach(({ product, predictedProduct }, i) => {
    assertAlmostEquals(product, x_at_3_6[i], 1e-11);
    assertAlmostEquals(predictedProduct, x_at_3_6[i], 1e-11);
  });
  assertStringIncludes(one.figure().caption!, "2 × 3, W₂ = 2.3 I");
  assert(svg(one.figure()).length > 1000);
  const refused = (change: object, words: string) =>
    assertRejects(() => mf.exactCurves(change), RangeError, words);
  await refused({ b0: [0, 0.1], a0: [0, 0.1] }, "a0 must be > 0 where b0 = 0");
  await refused({ b0: [1], a0: [1] }, "such that b0 · a0 < σ/s");
  await refused({ b0: [0.1], a0: [0.1, 0.2] }, "as many values as a0, 2");
  await refused({ sigma: [3, 2, 1], n: 2 }, "at most 2 values");
  await refused({ b0: [0.1, 0.1], a0: [0.1, 0.1] }, "different pairs");
});

Deno.test("closedForm(): golden losses, one piece fails, other layers and starts", async () => {
  const { rows } = await mf.closedForm({ pieces: [0, 1] });
  for (const { t, L_closed, L_sim } of golden.riccati.rows) {
    const [row] = where(where(rows, "pieces", 0), "at", t);
    assertAlmostEquals(row.closed!, L_closed, 1e-12);
    assertAlmostEquals(row.loss, L_sim, 1e-12);
    assertLess(row.error!, 1e-12);
    close(row.closedSize!, row.size, 1e-12);
  }
  const [late] = where(where(rows, "pieces", 1), "at", 12);
  assertEquals([late.closed, late.error, late.closedSize], [null, null, null]);
  const [early] = where(rows, "at", 0.5);
  const problem = mf.factorization({ m: 12, n: 9, sigma: [2, 1, 0.5], seed: "21" }),
    draws = portable(21);
  for (const count of [36, 27]) draws.normals(count);
  const start = mf.startAdapters(problem, { start: "balanced", r: 4, alpha: 0.05, draws });
  const z = mf.linearStack(problem, start, 0.5), { b1, a1 } = slowFlow(problem, start, 0.5, 200);
  const part = (from: number, rows: number) => (
    { rows, columns: 4, data: z.data.slice(4 * from, 4 * (from + rows)) }
  );
  const linear = multiplyNT(part(0, 12), part(12, 9));
  const exact = multiplyNT(b1, { rows: 9, columns: 4, data: transposed(a1.data, 4, 9) });
  close(early.linear, Math.max(...linear.data.map((x, i) => Math.abs(x - exact.data[i]))), 1e-6);
  const tall = await mf.closedForm({
    ...{
      problem: mf.factorization({ m: 7, h: 5, n: 4, sigma: [0.8, 0.3], s: 1.4, seed: "3" }),
      r: 2,
    },
    ...{ times: [1, 4], seed: "8" },
  });
  for (const { error } of where(tall.rows, "pieces", 0)) assertLess(error!, 1e-12);
  assertStringIncludes(tall.figure().caption!, "W₂ = 1.4 Q, r = 2");
  assert(svg(tall.figure()).length > 1000);
  const refused = (change: object, words: string) =>
    assertRejects(() => mf.closedForm(change), RangeError, words);
  await refused({ times: [2, 1] }, "times must be increasing");
  await refused({ pieces: [1, 1] }, "pieces must be different numbers");
  await refused({ problem: mf.problemQ({ delta: 0.5 }), r: 2 }, "the problem has w1");
});

/** Rows of `r × n` as columns. */
function transposed(data: Float64Array, r: number, n: number): Float64Array {
  return Float64Array.from({ length: r * n }, (_, i) => data[(i % r) * n + Math.floor(i / r)]);
}
