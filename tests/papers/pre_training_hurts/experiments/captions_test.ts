/** Captions say the numbers of the run that they stand under, at values that no default has. */
import { assert } from "@std/assert";
import type { Figure } from "lora-dynamics/figure/mod.ts";
import * as hurts from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const preset = "quick", sgd = { preset, d: 73, batch: 37, step: 0.13, copies: 3 } as const;
const large = { preset, d: 73_000, copies: 5, step: 0.13, mu: [0.81] } as const;
/** Nothing of the paper's is left. */
const other = {
  noise: 0.217,
  noiseLaw: "signs",
  criterion: "huber",
  inputs: { name: "mixture" },
  rule: { name: "momentum", beta: 0.83 },
  sphere: false,
} as const;
const OTHER = ["Δ = 0.217 (signs)", "huber", "inputs: mixture", "momentum 0.83", "ω free"];
const SGD = ["d = 73", "b = 37", "η = 0.13"];

const CASES: [run: () => Promise<{ figure(): Figure }>, words: string[]][] = [
  [
    () => hurts.exactness({ preset, d: 5, batch: 3, step: 1.7, looks: [1, 2], copies: 30 }),
    ["d = 5", "b = 3", "η = 1.7", "30 runs", "after 1 and 2 steps"],
  ],
  [
    () =>
      hurts.committeeExactness({ preset, rows: [0.4, 0.3], d: 7, batch: 3, step: 3.1, copies: 20 }),
    ["[0.4,0.3]", "d = 7", "b = 3", "η = 3.1", "20 runs"],
  ],
  [() => hurts.searchTimes({ preset, ratio: 3, points: 3 }), ["ζ = 3"]],
  [
    () => hurts.trapCourses({ preset, d: [73], load: 2.5, step: 0.13, copies: 3, points: 6 }),
    ["d/b = 2.5", "η = 0.13/18", "t = steps × 0.13", "3 runs", "0.53/√d"],
  ],
  [
    () =>
      hurts.trapCourses({ preset, d: [73], noise: 0.217, points: 4, teacher: "He2", copies: 1 }),
    ["label noise Δ = 0.217", "He3 student of a He2 teacher", "one run"],
  ],
  [
    () => hurts.exitTimes({ ...sgd, activations: ["x"], mu: [0.31], radius: 0.43, copies: 9 }),
    [...SGD, "|m| = 0.43", "9 runs"],
  ],
  [
    () => hurts.exitTimes({ ...sgd, ...other, activations: ["x"], mu: [0.31], copies: 9 }),
    [...OTHER, "square loss"],
  ],
  [
    () =>
      hurts.exitTimes({
        ...sgd,
        activations: ["x"],
        mu: [0.31],
        copies: 1,
        sampler: "whole inputs",
      }),
    [...SGD, "SGD on whole inputs"],
  ],
  [() => hurts.courses({ ...sgd, mu: [0.31], steps: 30 }), [...SGD, "2 other runs"]],
  [() => hurts.courses({ ...sgd, ...other, mu: [0.31], steps: 30 }), [...OTHER, "square loss"]],
  [
    () => hurts.optimumStability({ ...sgd, mu: [0.31, 0.6], sizes: [1], steps: 24, offset: 2e-6 }),
    [...SGD, "h = 2×10⁻⁶", "3 runs"],
  ],
  [
    () => hurts.spectralControl({ ...sgd, mu: [0.31], maxSteps: 900, level: 0.02 }),
    [...SGD, "0.02", "3 runs"],
  ],
  [
    () => hurts.trapEnds({ ...sgd, mu: [0.55], rest: 7, patience: 3, until: 0.83 }),
    [...SGD, "|m| = 0.83", "3 exit times", "7 steps", "3 copies"],
  ],
  [
    () => hurts.curriculumCourses({ preset, d: 53, copies: 1, first: 3, second: 1, mu: 0.37 }),
    ["d = 53", "μ = 0.37", "t = 3", "one run"],
  ],
  [
    () => hurts.searchRates({ ...sgd, pairs: [{ student: "x" }], w0: [0.31] }),
    [...SGD, "3 runs"],
  ],
  [() => hurts.misalignedCourses({ ...sgd, steps: 20, noise: 0.217 }), [...SGD, "Δ = 0.217"]],
  [
    () => hurts.dimensionExits({ ...large, d: [130, 370], mu: [0.31], radius: 0.43 }),
    ["|m| = 0.43", "η = 0.13", "5 copies", "d = 130 to 370"],
  ],
  [
    () =>
      hurts.baselines({ preset, students: ["x"], runs: [73], copies: 3, loss: 0.003, step: 0.13 }),
    ["0.003 of", "3 runs", "d = 73", "η = 0.13"],
  ],
  [
    () => hurts.modeGrowth({ ...large, batch: [370], looks: [1, 5] }),
    ["η = 0.13", "d = 73000", "5 copies"],
  ],
  [
    () => hurts.assistedSearch({ ...large, batch: [1300], radius: 0.043, quiet: 1e9 }),
    ["|m| = 0.043", "b = 10⁹", "η = 0.13", "d = 73000", "5 pairs"],
  ],
  [
    () => hurts.plateaus({ ...large, d: [730_000], batch: [2, 10], times: 2 }),
    ["η = 0.13", "d = 7.3×10⁵", "5 copies", "2 relaxation times"],
  ],
  [
    () => hurts.batchRules({ ...large, d: [73_000], radius: 0.43 }),
    ["|m| = 0.43", "η = 0.13", "5 copies"],
  ],
  [
    () => hurts.noiseFloors({ ...large, noise: 0.37, batchPerD: [1], burnIn: 3, averaged: 17 }),
    ["η = 0.13", "Δ = 0.37", "5 copies", "17 steps"],
  ],
  [
    () =>
      hurts.stepRatios({ ...large, radius: 0.043, raiseU: [3], raiseOmega: [7], raiseBoth: [3] }),
    ["|m| = 0.043", "η = 0.13", "d = 73000", "5 copies"],
  ],
  [
    () =>
      hurts.committeeCourses({
        ...{ preset, width: 3, degraded: 1, d: 17, batch: 13, step: 0.7, mu: [0.31], ranks: [1] },
        ...{ time: 3, points: 4 },
      }),
    ["3 ReLU units", "which 1", "d = 17", "b = 13", "η = 0.7"],
  ],
  [
    () =>
      hurts.searchMap({
        ...{ preset, d: 73, batch: 37, step: 0.13 },
        columns: 3,
        rows: 2,
        runs: [1, 1],
        length: 130,
      }),
    [...SGD, "130 steps", "d/b = 1.973"],
  ],
  [() => hurts.seriesTimes({ student: "relu", mu: 0.41, orders: [2, 8] }), ["ReLU", "μ = 0.41"]],
  [() => hurts.hermiteBiases({ degrees: [2, 8], points: 5 }), ["k = 2 and 8"]],
  [() => hurts.effectivePotentials({ mu: [0.41], points: 5 }), ["μ = 0.41"]],
];

for (const [run, words] of CASES) {
  const name = /hurts\.(\w+)/.exec(run.toString())![1];
  Deno.test(`the caption of ${name} says ${words.join(", ")}`, async () => {
    const { caption = "" } = (await run()).figure();
    for (const word of words) assert(caption.includes(word), `"${word}" is not in: ${caption}`);
  });
}

Deno.test("a spectral start beside the ray is on the sphere, whatever its rounding", async () => {
  const { rows } = await hurts.misalignedCourses({
    ...sgd,
    start: "spectral",
    copies: 1,
    steps: 2,
  });
  for (const { at, m, n } of rows) if (at === 0) assert(Math.abs(Math.hypot(m, n) - 1) < 1e-15);
});
