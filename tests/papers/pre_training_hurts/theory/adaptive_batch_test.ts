import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import {
  adaptiveBatch,
  adaptiveSamples,
  constantBatch,
  constantSamples,
  criticalBatch,
  geometricSamples,
  growthRate,
  meanSearchSteps,
  modeNoise,
  noiseDamping,
  noiseSetting,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";

function assertClose(x: number, y: number, rel: number, where: string): void {
  assertAlmostEquals(x, y, rel * Math.abs(y), where);
}

const at = (mu: number, d: number, step: number | [number, number] = 0.1) =>
  noiseSetting(mu, "x", { d, step });

Deno.test("adaptiveBatch() keeps the damping at a quarter of the growth, for unequal steps as well", () => {
  for (const step of [0.1, [0.1, 0.3]] as (number | [number, number])[]) {
    const setting = at(0.4, 1e7, step), { least, factor } = adaptiveBatch(setting);
    const { step: ofU, ratio = 1, noise, d, matrix } = setting, u = 0.03;
    const damping = (ratio * ofU) ** 2 * u * u * noise * d / (2 * factor * u * u);
    assertClose(damping, ofU * growthRate(matrix, ratio) / 4, 1e-13, "second batch");
    assertClose(least, 4 * criticalBatch(setting), 1e-13, "first batch");
    // While u is noise: A²/(16|B|) instead of a quarter of the growth.
    assertLess(noiseDamping(setting, least), growthRate(matrix, ratio) / 4);
  }
});

Deno.test("constantBatch() is the adaptive one where u = A R/|B|", () => {
  const setting = at(0.4, 1e7), { factor } = adaptiveBatch(setting);
  assertEquals(constantBatch(setting, 0.3), Math.ceil(factor * (0.6 * 0.3) ** 2));
});

/** Samples/d of the linear mode under the rule, step by step, over starts in one factor of growth. */
function summed(mu: number, step: number, radius: number): number {
  const A = 1 - mu,
    S0 = A * A,
    rate = (Math.sqrt(1 + 4 * A * A) - 1) / 2,
    factor = 2 * step * S0 / rate;
  let total = 0;
  for (let i = 0; i < 200; i++) {
    let u = 1e-6 * 1.03 ** (i / 200) * radius, m = u / (rate / A), samples = 0;
    for (; m < radius;) {
      samples += factor * u * u;
      [u, m] = [u + step * (A * m - u), m + step * (A * u - rate / 4 * m)];
    }
    total += samples / 200;
  }
  return total;
}

Deno.test("geometricSamples() is the sum along the linear mode, to the order of the step", () => {
  for (const [mu, step] of [[0.3, 0.02], [0.6, 0.05]]) {
    // 1.03 need not be the factor of growth: what is left of the phase is of the order g.
    assertClose(geometricSamples(at(mu, 1e12, step), 0.01), summed(mu, step, 0.01), 0.03, `${mu}`);
  }
  assertClose(
    geometricSamples(at(0.3, 1e9), 0.02),
    4 * geometricSamples(at(0.3, 1e5), 0.01),
    1e-12,
    "R",
  );
});

Deno.test("adaptiveSamples() is a constant and a search that vanishes as ln d/sqrt(d)", () => {
  const [low, high] = [1e6, 1e10].map((d) => adaptiveSamples(0.6, at(0.6, d), 0.5));
  assertClose(low.constant, high.constant, 1e-9, "constant");
  assertLess(high.search * 100 / low.search, 1.2);
  assertLess(0.8, high.search * 100 / low.search);
  // A small overlap is the geometric sum, a large one more: the growth bends, the samples go on.
  const setting = at(0.6, 1e12);
  assertClose(
    adaptiveSamples(0.6, setting, 0.02).constant,
    geometricSamples(setting, 0.02),
    0.01,
    "small",
  );
  assertLess(1.05 * geometricSamples(setting, 0.5), high.constant);
});

Deno.test("the search of adaptiveSamples() is its steps at 4 b_c less what the sum has already", () => {
  const setting = at(0.5, 1e8),
    { least, factor } = adaptiveBatch(setting),
    rate = growthRate(setting.matrix);
  const crossing = Math.sqrt(least / factor) * 0.5 / rate;
  const growth = Math.log1p(0.1 * growthRate(setting.matrix, 1, rate / 4));
  const wanted = (meanSearchSteps(setting, least, crossing) - 1 / (2 * growth)) * least / 1e8;
  assertClose(adaptiveSamples(0.5, setting, 0.5).search, wanted, 1e-12, "search");
});

Deno.test("constantSamples() grows by b/(2 d ln(1 + eta lambda)) per ln d, less what noise saves", () => {
  const radius = 0.4, per = 0.02, mu = 0.4;
  const samples = (d: number) => constantSamples(mu, at(mu, d), { batch: per * d, radius });
  const growth = Math.log1p(0.1 * growthRate(at(mu, 1e6).matrix));
  assertClose(samples(1e9) - samples(1e7), per * Math.log(100) / (2 * growth), 1e-3, "slope");
  // With ten times the batch the noise saves less and costs less at the end.
  const more = constantSamples(mu, at(mu, 1e8), { batch: 0.2e8, radius }) / 0.2;
  const saved = Math.log1p(modeNoise(at(mu, 1e8), 2e6) * 1e8) -
    Math.log1p(modeNoise(at(mu, 1e8), 2e7) * 1e8);
  assertLess(Math.abs(more - samples(1e8) / 0.02 - saved / (2 * growth)), 20);
});

Deno.test("samples name overlaps and settings that make no sense", () => {
  const setting = at(0.5, 1e6), he2 = noiseSetting(0.4, "He2", { d: 1e5, step: 0.2 });
  for (const bad of [NaN, 0, 1, -1]) {
    assertThrows(() => constantBatch(setting, bad), RangeError, "radius must lie in (0, 1)");
    assertThrows(() => geometricSamples(setting, bad), RangeError, "radius must lie in (0, 1)");
    assertThrows(() => adaptiveSamples(0.5, setting, bad), RangeError, "radius");
  }
  assertThrows(() => adaptiveBatch(he2), RangeError, "B must be < 0");
  assertThrows(() => constantBatch(he2, 0.5), RangeError, "B must be < 0");
});
