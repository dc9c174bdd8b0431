import { assertAlmostEquals, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { dot, matrix } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close } from "../_helpers.ts";

/** The reference's start of `W₂ = sI`, three modes, `m ≠ n` (C30). */
function general() {
  const { s, sigma, m, n, r, alpha, seed } = golden.general.T7_T8_sQ;
  const problem = mf.factorization({ m, n, sigma, s }), draws = portable(seed);
  return { problem, start: mf.startAdapters(problem, { start: "gauss", r, alpha, draws }) };
}

Deno.test("modeHalfTimes() has the golden numbers at s = 1.7, and the flow is half-way there", () => {
  const { problem, start } = general(), { T7, sigma } = golden.general.T7_T8_sQ;
  const { times, directions } = mf.modeHalfTimes(problem, start);
  times.forEach((t, j) => close(t, T7[j], 1e-12));
  const flow = new mf.AdapterFlow(problem, start), { states } = flow.solve(times);
  states.forEach((state, j) => {
    assertAlmostEquals(flow.error(state).data[9 * j], sigma[j] / 2, 1e-5 * sigma[j]);
  });
  for (const i of [0, 1, 2]) {
    for (const j of [0, 1, 2]) {
      assertAlmostEquals(dot(directions[i], directions[j]), i === j ? 1 : 0, 1e-12);
    }
  }
});

Deno.test("without the projection the second mode would come earlier; the order is that of the σ's", () => {
  const { problem, start } = general(), { times } = mf.modeHalfTimes(problem, start);
  const { s, sigma } = golden.general.T7_T8_sQ;
  const c = mf.modalVector(start.b1, start.a1, mf.growthModes(problem).modes1[1]);
  assertGreater(times[1] - mf.escapeTime({ s, sigma: sigma[1], power: dot(c, c) }), 0.003);
  const turned = mf.factorization({ m: 11, n: 8, sigma: [0.4, 2, 1.1], s });
  close(mf.modeHalfTimes(turned, start).times[2] / times[2], 1, 0.2);
  assertEquals(mf.modeHalfTimes(turned, start).times.toSorted((a, b) => a - b).length, 3);
});

Deno.test("a tall W₂ with orthonormal columns times s is taken, one-sided starts too", () => {
  const q = mf.frame(portable(4), 9, 5), w2 = { ...q, data: q.data.map((x) => 1.4 * x) };
  const delta = matrix(9, 4); // in the range of W₂: u_j = q_j
  for (let i = 0; i < 9; i++) {
    delta.data[4 * i] = 0.9 * q.data[5 * i];
    delta.data[4 * i + 1] = 0.4 * q.data[5 * i + 1];
  }
  const problem = { w2, target: delta }, draws = portable(8);
  const start = mf.startAdapters(problem, { start: "zeroB", r: 3, alpha: 1e-6, draws });
  const { times } = mf.modeHalfTimes(problem, start);
  const flow = new mf.AdapterFlow(problem, start), { losses } = flow.solve(times);
  close(losses[0], 0.5 * (0.45 ** 2 + 0.4 ** 2), 1e-4);
  close(losses[1], 0.5 * 0.2 ** 2, 1e-4);
});

Deno.test("an adapter of rank 2 ends at ½σ₃² of a target with three modes", () => {
  const problem = mf.factorization({ m: 7, n: 5, sigma: [2, 1.1, 0.4], s: 1.7 }),
    draws = portable(400);
  const start = mf.startAdapters(problem, { start: "gauss", r: 2, alpha: 1e-3, draws });
  assertEquals(mf.modeHalfTimes(problem, start).times.length, 2);
  close(mf.deficientLoss(problem, 2), 0.08, 1e-12);
  close(new mf.AdapterFlow(problem, start).solve([40]).losses[0], 0.08, 1e-6);
  assertEquals(mf.deficientLoss(problem, 3), 0);
});

Deno.test("incremental learning refuses other problems and starts", () => {
  const start = (problem: mf.Problem) =>
    mf.startAdapters(problem, { start: "gauss", r: 2, alpha: 0.01, draws: portable(1) });
  const of = (problem: mf.Problem) => mf.modeHalfTimes(problem, start(problem));
  const uneven = mf.aligned({ s2: [2, 1], target: [1, 0.4] });
  assertThrows(() => of(uneven), RangeError, "see universalCurve (T9)");
  assertThrows(() => mf.deficientLoss(uneven, 1), RangeError, "orthonormal columns");
  const tilted = { ...mf.factorization({ m: 2 }), w2: matrix(2, 2, [1, 0.1, 0, 1]) };
  assertThrows(() => of(tilted), RangeError, "orthonormal columns");
  for (const size of [0.05, 20]) { // W₂ᵀW₂ is off s²I by twice the skew entry, relative to s²
    const skew = (by: number) => (
      { w2: matrix(2, 2, [size, by * size, 0, size]), target: matrix(2, 2, [1, 0, 0, 0.4]) }
    );
    assertEquals(of(skew(5e-11)).times.length, 2);
    assertThrows(() => of(skew(3e-10)), RangeError, "orthonormal columns");
  }
  assertThrows(() => of(mf.problemQ({ delta: 0.5 })), RangeError, "the problem has w1");
  const twice = mf.factorization({ m: 3, sigma: [2, 1, 1] });
  assertThrows(() => of(twice), RangeError, "values 2 and 3 are 1 and 1");
  for (const size of [0.01, 50]) { // "apart" is relative
    const near = mf.factorization({ m: 3, sigma: [size, size * (1 - 5e-7)] });
    assertThrows(() => of(near), RangeError, "must be apart");
    assertEquals(of(mf.factorization({ m: 3, sigma: [size, size * (1 - 5e-6)] })).times.length, 2);
  }
  const problem = mf.factorization({ m: 3, sigma: [2, 1], s: 3 });
  const same = { b1: matrix(3, 1), a1: matrix(1, 3, [1, 1, 0]) };
  assertEquals(mf.modeHalfTimes(problem, same).times.length, 1);
  const parallel = { b1: matrix(3, 2), a1: matrix(2, 3, [1, 1, 0, 0, 0, 0]) };
  assertThrows(() => mf.modeHalfTimes(problem, parallel), RangeError, "of mode 2 nothing is left");
  assertThrows(
    () => mf.modeHalfTimes(mf.factorization({ m: 4 }), same),
    TypeError,
    "current shapes",
  );
  assertThrows(() => mf.deficientLoss(problem, 0), RangeError, "r must be an integer >= 1");
  const tall = { w2: matrix(2, 1, [1, 0]), target: matrix(2, 1, [1, 0]) };
  assertThrows(() => mf.deficientLoss(tall, 1), RangeError, "w2 must be square: it is 2 x 1");
});
