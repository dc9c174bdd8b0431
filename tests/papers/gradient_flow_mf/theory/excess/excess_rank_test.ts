import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { matrix, multiply, multiplyNT, multiplyTN } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

const { excess_rank: sq, excess_rank_mean: mean, dense, one_sided } = golden.floors;

/** The reference's problem with three modes and `W₂ = 1.7 I`. */
function three(start: "gauss" | "zeroB" | "zeroA", r: number = sq.r) {
  const problem = mf.factorization({ m: sq.m, n: sq.n, sigma: sq.sigma, s: sq.s });
  const draws = portable(sq.seed);
  return { problem, adapters: mf.startAdapters(problem, { start, r, alpha: sq.alpha, draws }) };
}

/** A dense frozen factor, 7 × 6, with the target along its second singular vector. */
function denseProblem() {
  const draws = portable(880), u = mf.frame(draws, 7, 7), g = mf.frame(draws, 6, 6);
  const v = mf.frame(draws, 5, 1), s = [2.2, 1.7, 1.3, 1.1, 0.9, 0.8];
  const middle = matrix(7, 6), left = matrix(7, 1);
  s.forEach((x, i) => middle.data[7 * i] = x);
  for (let i = 0; i < 7; i++) left.data[i] = 0.6 * u.data[7 * i + 1];
  const problem = { w2: multiplyNT(multiply(u, middle), g), target: multiplyNT(left, v) };
  return { problem, draws };
}

Deno.test("excessRankLoss() is the reference's with three modes, s = 1.7 and m ≠ n", () => {
  const { problem, adapters } = three("gauss");
  assertAlmostEquals(mf.excessRankLoss(problem, adapters) / sq.T8, 1, 1e-10);
});

Deno.test("excessRankLoss() is the reference's for a dense W₂ that is not square", () => {
  const { problem, draws } = denseProblem();
  const adapters = mf.startAdapters(problem, { start: "gauss", r: 3, alpha: 3e-4, draws });
  assertAlmostEquals(mf.excessRankLoss(problem, adapters) / dense.T8a, 1, 1e-10);
});

Deno.test("excessRankLoss() is what the flow keeps, and one-sided starts keep nothing", () => {
  const problem = mf.factorization({ m: 9, n: 6, sigma: [0.7] });
  const run = (start: "zeroB" | "zeroA" | "gauss") => {
    const options = { start, r: 3, alpha: 1e-2, draws: portable(885) };
    const adapters = mf.startAdapters(problem, options);
    const [loss] = new mf.AdapterFlow(problem, adapters).solve([80]).losses;
    return { loss, predicted: mf.excessRankLoss(problem, adapters) };
  };
  const both = run("gauss");
  assertAlmostEquals(both.loss / one_sided[2], 1, 1e-9);
  // Erosion at the rate 2s²α²(m + n) on average over the columns.
  assertAlmostEquals(both.loss / both.predicted, 1, 8 * 1e-4 * 9 * 80);
  for (const start of ["zeroB", "zeroA"] as const) {
    const { loss, predicted } = run(start);
    assertEquals(predicted, 0);
    assertEquals(loss < 1e-25, true);
  }
});

Deno.test("excessRankLoss() does not see the bases", () => {
  const { problem, adapters } = three("gauss"), draws = portable(5);
  const u = mf.frame(draws, sq.m, sq.m), g = mf.frame(draws, sq.m, sq.m);
  const v = mf.frame(draws, sq.n, sq.n), turned = mf.rotated(problem, { u, g, v });
  const there = { b1: multiply(g, adapters.b1), a1: multiplyNT(adapters.a1, v) };
  const ratio = mf.excessRankLoss(turned, there) / mf.excessRankLoss(problem, adapters);
  assertAlmostEquals(ratio, 1, 1e-9);
  assertEquals(multiplyTN(u, u).data[1] < 1e-12, true);
});

Deno.test("excessRankLoss() is exactly 0 at r = k", () => {
  const { problem, adapters } = three("gauss", 3);
  assertEquals(mf.excessRankLoss(problem, adapters), 0);
});

Deno.test("expectedExcessRank() is the mean over starts, at m ≠ n, k = 2 and any W₂", () => {
  const { n, mean: sample, se } = mean.sample;
  const expected = mf.expectedExcessRank({ m: 13, n: 7, k: 2, r: 5, alpha: 1e-2 });
  assertAlmostEquals(expected / mean.expect, 1, 1e-12);
  assertAlmostEquals(sample, expected, 4 * se);
  assertEquals(n, 4000);
  // Without k and s: one mode, W₂ = I.
  const usual = mf.expectedExcessRank({ m: 13, n: 7, r: 5, alpha: 1e-2 });
  assertAlmostEquals(usual / (0.5e-8 * 12 * 6 * 4), 1, 1e-12);
  const { r, alpha, m, s, sigma } = sq;
  const scaled = mf.expectedExcessRank({ m, n: sq.n, k: sigma.length, r, alpha, s });
  assertAlmostEquals(scaled / sq.T8_mean, 1, 1e-12);

  const { problem } = three("gauss");
  assertAlmostEquals(mf.expectedExcessRankOf(problem, { r, alpha }) / scaled, 1, 1e-10);
  const own = denseProblem(), wanted = mf.expectedExcessRankOf(own.problem, { r: 3, alpha: 3e-4 });
  assertAlmostEquals(wanted / dense.T8a_mean, 1, 1e-10);
  let sum = 0, square = 0;
  const draws = 400;
  for (let i = 0; i < draws; i++) {
    const start = { start: "gauss", r: 3, alpha: 3e-4, draws: portable(1000 + i) } as const;
    const loss = mf.excessRankLoss(own.problem, mf.startAdapters(own.problem, start)) / wanted;
    sum += loss / draws;
    square += loss * loss / draws;
  }
  assertAlmostEquals(sum, 1, 4 * Math.sqrt((square - sum * sum) / draws));
});

Deno.test("excessRankDeviation() is the spread of the draws, and outsideLoss() what Π takes from", () => {
  const problem = mf.factorization({ m: 13, n: 7, sigma: [1, 0.5], s: 1.3 }), draws = 2000;
  let sum = 0, square = 0, outside = 0;
  for (let i = 0; i < draws; i++) {
    const options = { start: "gauss", r: 5, alpha: 0.1, draws: portable(5000 + i) } as const;
    const adapters = mf.startAdapters(problem, options);
    const x = mf.excessRankLoss(problem, adapters);
    sum += x / draws;
    square += x * x / draws;
    outside += mf.outsideLoss(problem, adapters) / draws;
  }
  const size = { m: 13, n: 7, r: 5, k: 2, alpha: 0.1, s: 1.3 }, mean = mf.expectedExcessRank(size);
  const deviation = mf.excessRankDeviation(size);
  // The spread of a sample of n has a relative error of about 1/√(2n), more for its long tail.
  assertAlmostEquals(Math.sqrt(square - sum * sum) / mean / deviation, 1, 0.1);
  assertAlmostEquals(sum / mean, 1, 4 * deviation / Math.sqrt(draws));
  assertAlmostEquals(outside / mean, 5 / 3, 4 * 5 / 3 * deviation / Math.sqrt(draws));
  assertThrows(() => mf.excessRankDeviation({ ...size, r: 2 }), RangeError, "(r − k)");
});

Deno.test("outsideLoss() is the loss outside the target's row and column at the start", () => {
  const { problem, draws } = denseProblem();
  const adapters = mf.startAdapters(problem, { start: "gauss", r: 3, alpha: 0.3, draws });
  const { rest } = mf.lossParts(mf.error(problem, adapters), mf.signalDirections(problem));
  assertAlmostEquals(mf.outsideLoss(problem, adapters) / rest, 1, 1e-11);
});

Deno.test("the plateau refuses what another law decides, and says which one", () => {
  const { problem, adapters } = three("gauss", 2);
  const refused = (make: () => unknown, words: string) => assertThrows(make, RangeError, words);
  refused(() => mf.excessRankLoss(problem, adapters), "at least that of the target, 3: it is 2");
  const two = mf.problemQ({ delta: 0.6 });
  for (const start of ["zeroB", "gauss"] as const) {
    const there = mf.startAdapters(two, { start, r: 3, alpha: 1e-3, draws: portable(1) });
    refused(() => mf.excessRankLoss(two, there), "noiseCourse (T12)");
  }
  const tilted = mf.tiltedProblem({ m: 5 });
  const there = mf.startAdapters(tilted, { start: "gauss", r: 2, alpha: 1e-3, draws: portable(1) });
  refused(() => mf.excessRankLoss(tilted, there), "universalCurve (T9)");
  refused(() => mf.expectedExcessRankOf(tilted, { r: 2, alpha: 1 }), "universalCurve (T9)");
  refused(() => mf.expectedExcessRankOf(two, { r: 3, alpha: 1 }), "noiseCourse (T12)");
  refused(() => mf.expectedExcessRankOf(problem, { r: 2, alpha: 1 }), "rank k = 3");
  const blind = mf.factorization({ m: 4 });
  const zero = { b1: matrix(4, 2), a1: matrix(2, 4, [0, 1, 0, 0, 0, 0, 1, 0]) };
  refused(() => mf.excessRankLoss(blind, zero), "hold something of each of the 1 growing");
  const lost = mf.aligned({ s2: [1, 0], target: [2, 1] });
  const any = mf.startAdapters(lost, { start: "gauss", r: 2, alpha: 1, draws: portable(1) });
  refused(() => mf.excessRankLoss(lost, any), "passes on 1 of its 2");
  const unseen = mf.aligned({ s2: [1, 0], target: [0, 1] });
  refused(() => mf.excessRankLoss(unseen, any), "passes on 0 of its 1");
  const sizes = { m: 9, n: 7, r: 3, alpha: 0.1 };
  refused(() => mf.expectedExcessRank({ ...sizes, k: 4 }), "rank k = 4 of the target");
  refused(() => mf.expectedExcessRank({ ...sizes, n: 1, k: 2 }), "n must be an integer >= 2");
  refused(() => mf.expectedExcessRank({ ...sizes, alpha: 0 }), "alpha must be");
  refused(() => mf.expectedExcessRank({ ...sizes, s: -1 }), "s must be");
  assertThrows(() => mf.expectedExcessRank({ ...sizes, sigma: 1 } as never), TypeError, "sigma");
});
