import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { summary } from "lora-dynamics/experiment/mod.ts";
import {
  assistedSearch,
  assistedShifts,
  batchRuleMeans,
  batchRules,
  criticalBatch,
  floorMeans,
  linearNoiseFloor,
  linearRelaxation,
  noiseFloors,
  noiseSetting,
  noiseShift,
  plateau,
  plateauMeans,
  plateaus,
  stepRatioMeans,
  stepRatios,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const quick = { preset: "quick" } as const;

Deno.test("assistedSearch() pairs copies with one start, and predicts from its own parameters", async () => {
  const mine = { ...quick, mu: [0.3], d: 1e5, batch: [400], copies: 50, step: 0.2, radius: 0.05 };
  const { rows, parameters } = await assistedSearch(mine),
    [shift] = assistedShifts(rows, parameters);
  const at = (samples: number) =>
    rows.filter((row) => row.samples === samples).map(({ exit }) => exit!);
  const pairs = at(400).map((exit, i) => exit - at(1e10)[i]), { mean, se } = summary(pairs);
  assertEquals([shift.shift, shift.se], [mean, se]);
  const setting = noiseSetting(0.3, "x", { d: 1e5, step: 0.2 });
  assertAlmostEquals(shift.theory!, noiseShift(setting, 400, 0.05).shift, 1e-4);
  assertAlmostEquals(shift.ofCritical!, 400 / criticalBatch(setting), 1e-12);
  // With the noise of the labels it helps more.
  const noisy = noiseSetting(0.3, "x", { d: 1e5, step: 0.2, labelNoise: 1 });
  const { rows: more, parameters: other } = await assistedSearch({ ...mine, noise: 1 });
  assertAlmostEquals(
    assistedShifts(more, other)[0].theory!,
    noiseShift(noisy, 400, 0.05).shift,
    1e-4,
  );
});

Deno.test("assistedSearch() refuses a quiet batch that is not the largest, and says where no theory is", async () => {
  await assertRejects(
    () => assistedSearch({ ...quick, batch: [100, 1000], quiet: 1000 }),
    RangeError,
    "quiet must be larger than every batch",
  );
  const free = await assistedSearch({ ...quick, sphere: false, batch: [1000], copies: 2 });
  assertStringIncludes(free.figure().caption ?? "", "No theory is drawn: it keeps ω on the sphere");
  assertEquals(assistedShifts(free.rows, free.parameters)[0].theory, null);
});

Deno.test("plateaus() plots the batch that was run, in units of its own theory", async () => {
  const mine = { ...quick, mu: [0.6], d: [2e4, 1e8], batch: [0.7, 8], copies: 3, noise: 0.2 };
  const { rows } = await plateaus(mine);
  for (const { d, samples, ofCritical, m, share, wanted } of rows) {
    const setting = noiseSetting(0.6, "x", { d, step: 0.1, labelNoise: 0.2 }),
      bc = criticalBatch(setting);
    assertEquals(samples, Math.max(2, Math.round(wanted * bc)));
    assertAlmostEquals(ofCritical, samples / bc, 1e-12);
    assertAlmostEquals(share, m / plateau(setting, samples), 1e-12);
  }
  const [first] = plateauMeans(rows),
    own = rows.filter(({ d, wanted }) => d === 2e4 && wanted === 0.7);
  assertAlmostEquals(first.share, summary(own.map(({ share }) => share)).mean, 1e-14);
});

Deno.test("plateaus() names the condition that its theory needs", async () => {
  await assertRejects(() => plateaus({ ...quick, mu: [[0.5, 0.2]] }), RangeError, "b_c is known");
  await assertRejects(() => plateaus({ ...quick, rule: "momentum" }), RangeError, "plain SGD");
  await assertRejects(
    () => plateaus({ ...quick, student: "He2", mu: [0.3], d: [1000], copies: 1 }),
    Error,
    "B must be < 0",
  );
});

Deno.test("plateaus() of another target are where theory has them", async () => {
  const mine = {
    ...quick,
    student: "erf",
    mu: [0.6],
    d: [1e6],
    batch: [4],
    copies: 4,
    step: 0.5,
    times: 15,
  };
  const [{ share }] = plateauMeans((await plateaus(mine)).rows);
  assertAlmostEquals(share, Math.sqrt(1 - 1 / 16), 0.05);
});

Deno.test("stepRatios() puts both steps where it says, and pairs copies", async () => {
  const mine = {
    ...quick,
    mu: [0.7],
    d: 1e5,
    copies: 12,
    raiseU: [5],
    raiseOmega: [20],
    raiseBoth: [3],
  };
  const { rows, parameters } = await stepRatios(mine), means = stepRatioMeans(rows, parameters);
  assertEquals(means.map(({ raised, factor }) => [raised, factor]), [["none", 1], ["u", 5], [
    "omega",
    20,
  ], ["both", 3]]);
  for (const { ratio, se, theory } of means) {
    assertLess(Math.abs(ratio - theory!), 4 * se + 0.01 * ratio);
  }
  assertLess(means[1].se, 0.01); // unpaired copies would have some 0.3
  const { caption } = (await stepRatios(mine)).figure();
  for (const words of ["η = 0.1 of both", "d = 10⁵", "b = d", "12 copies"]) {
    assertStringIncludes(caption ?? "", words);
  }
});

Deno.test("noiseFloors() starts at the optimum and measures floor and time beside theory", async () => {
  const mine = {
    ...quick,
    mu: [0.4],
    d: 1e4,
    batchPerD: [2],
    copies: 4,
    step: 0.2,
    noise: 0.3,
    averaged: 400,
    burnIn: 200,
  };
  const { rows, parameters } = await noiseFloors(mine), [row] = floorMeans(rows, parameters);
  const setting = { step: 0.2, labelNoise: 0.3, d: 1e4, batch: 2e4, mu: 0.4 },
    exact = linearNoiseFloor(setting);
  assertEquals([row.gapExact, row.riskExact], [exact.gap, exact.excessRisk]);
  assertAlmostEquals(row.gapLeading!, 0.2 * 0.3 / 8, 1e-12);
  assertAlmostEquals(row.riskLeading! / row.gapLeading!, 0.36 + 1e-4, 1e-12);
  assertAlmostEquals(row.gap / exact.gap, 1, 0.02);
  assertAlmostEquals(row.risk / exact.excessRisk, 1, 0.02);
  assertAlmostEquals(row.time / linearRelaxation(setting), 1, 0.02);
  assertAlmostEquals(
    row.productExact!,
    exact.excessRisk * linearRelaxation(setting) / (0.3 / 16),
    1e-12,
  );
});

Deno.test("noiseFloors() of another target is held against the leading order", async () => {
  const mine = {
    ...quick,
    student: "He2",
    mu: [0.7],
    d: 200,
    batchPerD: [10],
    copies: 6,
    step: 0.1,
    noise: 0.5,
  };
  const { rows, parameters } = await noiseFloors({ ...mine, relaxing: 200 }),
    [row] = floorMeans(rows, parameters);
  // κ = 1, κ_z = 3 and N₂ = 4: ηΔd/(4bN) and (κ(1 − μ)² d + κ_z) ηΔ/(4b).
  assertAlmostEquals(row.gapLeading!, 0.1 * 0.5 / (40 * 4), 1e-12);
  assertAlmostEquals(row.riskLeading!, (0.09 * 200 + 3) * 0.1 * 0.5 / (40 * 200), 1e-12);
  assertEquals([row.gapExact, row.productExact], [null, null]);
  assertAlmostEquals(row.gap / row.gapLeading!, 1, 0.1);
  assertAlmostEquals(row.risk / row.riskLeading!, 1, 0.1);
  assertAlmostEquals(row.product, 1 + 3 / (0.09 * 200), 0.1);
});

Deno.test("noiseFloors() draws no theory where there is none", async () => {
  const free = await noiseFloors({
    ...quick,
    noise: 0.1,
    sphere: false,
    copies: 1,
    averaged: 20,
    burnIn: 0,
    d: 1000,
  });
  assertStringIncludes(free.figure().caption ?? "", "No theory is drawn: it keeps ω on the sphere");
});

Deno.test("batchRules() counts samples by the rule, beside its theory", async () => {
  const mine = { ...quick, mu: [0.6], d: [1e7], copies: 24, step: 0.2, radius: 0.3 };
  const { rows, parameters } = await batchRules(mine);
  for (const { perD, se, theory, search } of batchRuleMeans(rows, parameters)) {
    assertLess(Math.abs(perD - theory), 4 * se + 0.3 * search);
  }
  assert(rows.every(({ perD }) => perD !== null));
});

Deno.test("batchRules() name what they need", async () => {
  await assertRejects(
    () => batchRules({ ...quick, student: "erf" }),
    RangeError,
    "linear target alone",
  );
  await assertRejects(() => batchRules({ ...quick, step: [0.1, 0.2] }), RangeError, "equal steps");
  await assertRejects(
    () => batchRules({ ...quick, start: "typical" }),
    RangeError,
    "random starts",
  );
});
