import { assertAlmostEquals, assertThrows } from "@std/assert";
import { summary } from "lora-dynamics/experiment/mod.ts";
import { matrix } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close } from "../_helpers.ts";

const started = (delta: number, alpha: number, seed: number, start: mf.StartName = "zeroB") => {
  const problem = mf.problemQ({ delta }), draws = portable(seed);
  return { problem, start: mf.startAdapters(problem, { start, r: 3, alpha, draws }) };
};

Deno.test("alignmentExponents() are the golden ones, paper's and ours", () => {
  for (const [i, deltaW] of [0.5, 0.9].entries()) {
    const { misaligned, imbalance, norm } = mf.alignmentExponents(deltaW);
    const wanted = golden.statements.slopes[i] as Record<string, number>;
    const found = {
      "paper_main_(1+d)/(3+d)": misaligned.claim32,
      "paper_appendix_(3+d)/(5-d)": misaligned.theoremC1,
      "proof_E3_2(1-d)/(5-d)": misaligned.eq125,
      "ours": misaligned.sharp,
      "paper_main_-4(1-d)/(5-d)": imbalance.claim32,
      "paper_appendix_-2(1-d)/(5-d)": imbalance.theoremC1,
      "ours_-2(1-d)": imbalance.sharp,
      "ours_(3-d)/(5-d)": norm.sharp,
      "paper_C.1": norm.printed,
    };
    for (const [key, value] of Object.entries(found)) {
      assertAlmostEquals(value, wanted[key], 1e-12, key);
    }
    assertAlmostEquals(norm.square, norm.printed / 2, 0);
  }
});

Deno.test("alignmentTimes(): the mean T̂₁ of the reference's starts, at four scales and two ratios", () => {
  for (const { delta_w, alpha, That1_mean } of golden.statements.rows) {
    const early = Array.from({ length: 12 }, (_, i) => {
      const { problem, start } = started(delta_w, alpha, 800 + i);
      return mf.alignmentTimes(problem, start, { alpha }).early;
    });
    close(summary(early).mean, That1_mean, 1e-12);
  }
});

Deno.test("alignmentTimes(): T̃₁ is what (51) integrates to, printed and as derived", () => {
  const alpha = 1e-4, { problem, start } = started(0.6, alpha, 7);
  const { delay, delayPrinted, zMax, threshold } = mf.alignmentTimes(problem, start, { alpha });
  const lambda = 1.3 * 0.7, pace = (1 + 0.6) * lambda / 2, size = alpha ** 2 * zMax ** 2;
  // e^{pace·T̃₁} = 1 + threshold/(α²z²): the growth of a quantity from α²z² to that plus the threshold.
  close(Math.expm1(pace * delay) * size, threshold, 1e-10);
  close(Math.expm1(pace * delayPrinted) * size, (1 - 0.6 ** 2) * 0.7 ** 2 / 4, 1e-10);
  close(threshold, 0.4 * 0.7 / (4 * 1.3), 1e-12);
  const norms = [mf.stackOf(start.b1, start.a1), mf.stackOf(start.b2!, start.a2!)]
    .map(({ data }) => Math.hypot(...data));
  close(zMax, Math.max(...norms) / alpha, 1e-12);
});

Deno.test("alignmentTimes(): another bracket shifts T̂₁ by a constant; E is that of the start", () => {
  const alpha = 1e-5, { problem, start } = started(0.6, alpha, 7);
  const usual = mf.alignmentTimes(problem, start, { alpha });
  const other = mf.alignmentTimes(problem, start, { alpha, bracket: 3 * usual.bracket });
  assertAlmostEquals(usual.early - other.early, 2 * Math.log(3) / ((5 - 0.6) * 0.91), 1e-10);
  assertAlmostEquals(usual.bracket, 0.7 + 1.44 + 1.2 * 1.9 + 3.61 + Math.sqrt(3.1), 1e-10);
  // Adapters that have learnt a part: the bracket holds what is left.
  const b = matrix(12, 1), a = matrix(1, 7);
  [b.data[2], a.data[2]] = [0.1, 1];
  const b2 = matrix(9, 1), a2 = matrix(1, 12);
  const partly = mf.alignmentTimes(problem, { b1: b, a1: a, b2, a2 }, { alpha: 1e3 * 1.01 });
  assertAlmostEquals(usual.bracket - partly.bracket, 0.13, 1e-10);
});

Deno.test("alignmentTimes() refuses a start that is too large, and says by how much", () => {
  const { problem, start } = started(0.5, 0.1, 7);
  const text = "alpha must be so small that alpha z_max² times the bracket is < 1";
  assertThrows(() => mf.alignmentTimes(problem, start, { alpha: 0.1 }), RangeError, text);
  assertThrows(() => mf.alignmentTimes(problem, start, { alpha: 0 }), RangeError, "alpha must be");
  assertThrows(
    () => mf.alignmentTimes(problem, start, { alpha: 1, bracket: -1 }),
    RangeError,
    "bracket must be",
  );
  assertThrows(() => mf.alignmentExponents(1), RangeError, "deltaW must lie in (0, 1)");
});
