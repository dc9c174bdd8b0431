import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { summary } from "lora-dynamics/experiment/mod.ts";
import { digamma, trigamma } from "lora-dynamics/gaussian/mod.ts";
import { matrix } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close, denseS, slowFlow } from "../_helpers.ts";

Deno.test("linearStack() is the model's flow of a tiny start, null space and shrinking pair included", () => {
  const problem = mf.aligned({ s2: [1.7, 0.6, 0.3], target: [0.8, 0.5], m: 4, h: 5, n: 3 });
  const draws = portable(3);
  const start = mf.startAdapters(problem, { start: "gauss", r: 2, alpha: 1e-7, draws });
  const t = 1.9,
    { b1, a1 } = slowFlow(problem, start, t, 400),
    found = mf.linearStack(problem, start, t);
  mf.stackOf(b1, a1).data.forEach((x, i) =>
    assertAlmostEquals(found.data[i] / 1e-7, x / 1e-7, 1e-9)
  );
  assertEquals([found.rows, found.columns], [8, 2]);
});

Deno.test("alignmentLaw() has the golden number of a problem without special values", () => {
  const { problem, start } = denseS(3e-4);
  const [law, simulated] = golden.general.S_dense.alignment_T3_at_5;
  // The bases come from another decomposition: digits of the reference, not of its rounding.
  close(mf.alignmentLaw(problem, start, 5), law, 1e-9);
  const { states } = new mf.AdapterFlow(problem, start).solve([5]),
    flow = new mf.AdapterFlow(problem, start);
  const { b1, a1 } = flow.adapters(states[0]);
  const gap = mf.misalignment(mf.stackOf(b1, a1), mf.growthModes(problem).modes1[0]);
  close(gap, simulated, 1e-8);
});

Deno.test("alignmentLaw() agrees with the linearised flow to e^{−2(λ−ℓ₂)t}, for rank one and two", () => {
  const draws = portable(5), size = { m: 6, h: 8, n: 5 };
  const one = mf.aligned({ s2: [1.4, 0.9, 0.7], target: [0, 0.9], ...size });
  const two = mf.aligned({ s2: [1.4, 0.9, 0.7], target: [0.5, 0.2], ...size });
  for (const [problem, second] of [[one, 0], [two, 0.18]] as const) {
    const start = mf.startAdapters(problem, { start: "gauss", r: 3, alpha: 1e-9, draws });
    const { rates1: [lambda], modes1: [pair] } = mf.growthModes(problem);
    const off = (t: number) =>
      Math.abs(
        mf.alignmentLaw(problem, start, t) /
            mf.misalignment(mf.linearStack(problem, start, t), pair) - 1,
      );
    const gap = lambda - second, t = 5 / gap;
    if (second === 0) close(Math.log(off(t) / off(t + 1 / gap)), 2, 0.2);
    assertLess(off(8 / gap), 30 * Math.exp(-16));
  }
});

Deno.test("alignmentCourse(): Eq. (10) as printed, by its two terms; law and linear flow at every time", () => {
  const problem = mf.aligned({ s2: [1.4, 0.9, 0.7], target: [0, 0.9], m: 6, h: 8, n: 5 });
  const start = mf.startAdapters(problem, { start: "gauss", r: 3, alpha: 0.2, draws: portable(4) });
  const times = [0, 0.4, 1.1], course = mf.alignmentCourse(problem, start, times);
  const z = mf.stackOf(start.b1, start.a1), { modes1: [[p, v]] } = mf.growthModes(problem);
  const gamma = (sign: number) => [...p, ...v.map((x) => sign * x)].map((x) => x / Math.SQRT2);
  times.forEach((t, i) => {
    const printed = { ...z, data: new Float64Array(z.data.length) };
    for (const sign of [1, -1]) {
      const g = gamma(sign), gain = Math.exp(sign * 0.81 * t);
      for (let k = 0; k < 3; k++) {
        const along = g.reduce((sum, x, j) => sum + x * z.data[3 * j + k], 0);
        g.forEach((x, j) => printed.data[3 * j + k] += gain * along * x);
      }
    }
    close(course.printed[i], mf.misalignment(printed, [p, v]), 1e-9);
    close(course.linear[i], mf.misalignment(mf.linearStack(problem, start, t), [p, v]), 1e-12);
    close(course.law[i], mf.alignmentLaw(problem, start, t), 1e-12);
  });
  assertThrows(() => mf.alignmentCourse(problem, start, [0, NaN]), RangeError, "times[1] must be");
});

Deno.test("alignmentLaw() at the reference's starts: deviation from the linear flow", () => {
  const problem = mf.canonical({ d: 20, s2: 1, s1: 0.5 }), pair = mf.growthModes(problem).modes1[0];
  const { t, linear_mean, max_rel_asym_vs_linear } = golden.alignment[1];
  const both = Array.from({ length: 30 }, (_, i) => {
    const draws = portable(200 + i);
    const start = mf.startAdapters(problem, { start: "gauss", r: 4, alpha: 1e-4, draws });
    return [
      mf.misalignment(mf.linearStack(problem, start, t), pair),
      mf.alignmentLaw(problem, start, t),
    ];
  });
  close(summary(both.map(([linear]) => linear)).mean, linear_mean, 1e-9);
  const worst = Math.max(...both.map(([linear, law]) => Math.abs(law / linear - 1)));
  close(worst, max_rel_asym_vs_linear, 1e-6);
});

Deno.test("alignmentExponent() follows the second eigenvalue", () => {
  assertAlmostEquals(
    mf.alignmentExponent(mf.factorization({ m: 4, sigma: [2, 1.5], s: 3 })),
    0.5,
    1e-12,
  );
  assertAlmostEquals(mf.alignmentExponent(mf.problemQ({ delta: 0.5 })), 2, 1e-12);
  assertAlmostEquals(mf.alignmentExponent(mf.factorization({ m: 1, sigma: [2] })), 4, 1e-12);
  const wide = mf.aligned({ s2: [1.3], target: [0.4], m: 1, h: 1, n: 2 });
  assertAlmostEquals(mf.alignmentExponent(wide), 2, 1e-12);
});

Deno.test("alignmentPrefactor() is the law of the law over starts, for sizes that differ", () => {
  const problem = mf.aligned({ s2: [0.5, 1.3], target: [0, 0.8], m: 3, h: 9, n: 4 }), t = 9;
  const lambda = 1.3 * 0.8;
  for (const start of ["zeroB", "zeroA", "gauss"] as const) {
    const { mean, sd } = mf.alignmentPrefactor({ start, h: 9, n: 4, r: 3 });
    const found = summary(Array.from({ length: 400 }, (_, i) => {
      const draws = portable(10_000 + i);
      const adapters = mf.startAdapters(problem, { start, r: 3, alpha: 1e-3, draws });
      return Math.log(mf.alignmentLaw(problem, adapters, t)) + 2 * lambda * t;
    }));
    assertAlmostEquals(found.mean, mean, 4 * found.se, start);
    assertAlmostEquals(found.sd, sd, 0.15 * sd, start);
  }
  const both = mf.alignmentPrefactor({ start: "gauss", h: 9, n: 4, r: 3 });
  assertAlmostEquals(both.mean, digamma(11 / 2) - digamma(3 / 2) - Math.LN2, 1e-12);
  assertAlmostEquals(both.sd ** 2, trigamma(11 / 2) + trigamma(3 / 2), 1e-12);
  const at = (start: "zeroB" | "zeroA" | "gauss", h: number, n: number) =>
    mf.alignmentPrefactor({ start, h, n, r: 4 }).mean;
  assertEquals(at("zeroB", 50, 7), at("zeroA", 7, 50));
  assertGreater(at("zeroA", 100, 10) - at("zeroB", 100, 10), 2.4);
});

Deno.test("alignment refuses starts and times that do not fit", () => {
  const problem = mf.factorization({ m: 3 });
  const start = mf.startAdapters(mf.factorization({ m: 4 }), {
    ...{ start: "gauss", r: 2, alpha: 0.1 },
    draws: portable(1),
  });
  assertThrows(() => mf.alignmentLaw(problem, start, 1), TypeError, "current shapes are 4 x 2");
  const still = { b1: matrix(3, 1, [0, 1, 0]), a1: matrix(1, 3, [0, 0, 1]) };
  assertThrows(() => mf.alignmentLaw(problem, still, 1), RangeError, "z₁ is 0");
  assertThrows(() => mf.linearStack(problem, still, -1), RangeError, "t must be");
  assertThrows(() => mf.linearStack(problem, still, NaN), RangeError, "t must be");
  const size = { h: 3, n: 3, r: 1 };
  assertThrows(
    () => mf.alignmentPrefactor({ start: "spectral" as never, ...size }),
    RangeError,
    "one of zeroB, zeroA, gauss",
  );
  for (const name of ["h", "n", "r"]) {
    assertThrows(
      () => mf.alignmentPrefactor({ start: "zeroB", ...size, [name]: 0 }),
      RangeError,
      `${name} must be an integer`,
    );
  }
  for (const name of ["h", "n"]) {
    assertThrows(
      () => mf.alignmentPrefactor({ start: "zeroB", ...size, [name]: 1 }),
      RangeError,
      ">= 2",
    );
    assertGreater(mf.alignmentPrefactor({ start: "gauss", ...size, [name]: 2 }).sd, 0);
  }
});
