/** The figures of the notebook at a protocol of seconds: few strengths, copies and steps. */
import type { Figure } from "lora-dynamics/figure/mod.ts";
import * as hurts from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { goldenPictures } from "../../figure/golden_pictures.ts";

const preset = "quick", small = { preset, d: 100, batch: 50, copies: 2 } as const;

/** Courses of one target at two strengths. */
const course = (name: string, mu: number[], more = {}) => async () =>
  (await hurts.coursesOf[name]({ ...small, mu, most: 2500, points: 25, ...more })).figure();
/** Exits of one target at two strengths and three dimensions. */
const dimension = (name: string, more: object) => async () =>
  (await hurts.dimensionExitsOf[name]({ preset, copies: 8, ...more })).figure();

let committee: ReturnType<typeof hurts.committeeCourses> | undefined;
/** The run that two figures show. */
const units = () =>
  committee ??= hurts.committeeCourses({
    ...{ preset, d: 20, batch: 20, mu: [0.1, 0.5], ranks: [1, 2], time: 60, points: 12 },
  });

const pictures: Record<string, () => Promise<Figure>> = {
  X1: async () => (await hurts.exactness({ preset, copies: 300, looks: [1, 5] })).figure(),
  X2: async () =>
    (await hurts.committeeExactness({ preset, copies: 300, looks: [3, 12] })).figure(),
  F1: async () => (await hurts.searchTimes({ preset, points: 40 })).figure(),
  F1d: async () =>
    (await hurts.trapCourses({ preset, mu: [0.2, 0.4], d: [100, 1e6], copies: 1, points: 24 }))
      .figure(),
  F1c: async () => (await hurts.twoTermTimes({ preset, points: 30 })).figure(),
  F3: async () =>
    (await hurts.exitTimes({
      ...{ ...small, copies: 8, activations: ["x", "erf"], mu: [0.3, 0.6, 0.8], curve: 9 },
    })).figure(),
  F3b: async () => (await hurts.publishedTimes({ preset, starts: 12, groups: 50 })).figure(),
  "F2-x": course("x", [0.3, 0.7]),
  "F2-relu": course("relu", [0.5, 0.8]),
  "F2-erf": course("erf", [0.3, 0.7]),
  "F2-sigmoid": course("sigmoid", [0.3, 0.7]),
  "F2-He3": course("He3", [0.2, 0.7]),
  E13: async () =>
    (await hurts.optimumStability({
      ...{ ...small, mu: [0.2, 0.4, 0.6], sizes: [1, 4], steps: 80, copies: 4 },
    })).figure(),
  E14: async () =>
    (await hurts.spectralControl({ ...small, mu: [0.2, 0.5], maxSteps: 3000 })).figure(),
  E5: async () =>
    (await hurts.trapEnds({ ...small, mu: [0.5, 0.6], batch: 300, rest: 20 })).figure(),
  F6: async () =>
    (await hurts.curriculumCourses({ preset, d: 50, copies: 2, first: 40, second: 10 })).figure(),
  F6b: async () =>
    (await hurts.squaredLabelRates({ ...small, batch: 20_000, w0: [0.3, 0.6, 0.9], copies: 4 }))
      .figure(),
  E6: async () => (await hurts.searchRates({ ...small, batch: 4000, copies: 4 })).figure(),
  F7: async () => (await hurts.misalignedCourses({ ...small, steps: 300, points: 20 })).figure(),
  E2: dimension("x", { mu: [0.2, 0.8], d: [1e3, 1e5, 1e7] }),
  "E2-He2": dimension("He2", { mu: [0.5, 0.8], d: [1e3, 1e5] }),
  "E2-He3": dimension("He3", { mu: [0.5], d: [100, 400], copies: 4 }),
  E9: async () =>
    (await hurts.baselines({ preset, students: ["x", "He2"], runs: [200], copies: 2 })).figure(),
  "E3-mode": async () =>
    (await hurts.modeGrowth({ preset, d: 1e6, copies: 200, looks: [1, 6, 20, 40] })).figure(),
  E3: async () =>
    (await hurts.assistedSearch({ preset, d: 1e6, copies: 100, batch: [100, 1000, 10_000] }))
      .figure(),
  E3b: async () =>
    (await hurts.plateaus({ preset, d: [1e7, 1e9], copies: 4, batch: [0.5, 1, 2, 10], times: 5 }))
      .figure(),
  E11: async () => (await hurts.batchRules({ preset, d: [1e5, 1e7], copies: 20 })).figure(),
  E10: async () =>
    (await hurts.noiseFloors({
      ...{ preset, mu: [0.2, 0.7], d: 1e4, batchPerD: [1, 4], copies: 2 },
      ...{ noise: 0.5, burnIn: 100, averaged: 200 },
    })).figure(),
  E4: async () =>
    (await hurts.stepRatios({
      preset,
      raiseU: [4],
      raiseOmega: [10, 50],
      raiseBoth: [4],
      copies: 20,
    }))
      .figure(),
  F8: async () => (await units()).figure(),
  E7: async () => (await units()).figure("halving"),
  E8: async () =>
    (await hurts.digitsSearchTimes({
      ...{ preset, hidden: 12, fullSteps: 500, mu: [0, 0.5, 0.8], copies: 3, train: 300 },
      maxSteps: 4000,
    })).figure(),
  E12: async () =>
    (await hurts.searchMap({ preset, d: 100, batch: 50, columns: 10, rows: 7, runs: [2, 2] }))
      .figure(),
  E12b: async () =>
    (await hurts.stepSizeMap({ preset, d: 100, batch: 50, columns: 10, rows: 7, runs: [2, 2] }))
      .figure(),
  F5b: async () =>
    (await hurts.seriesTimes({ student: "relu", mu: 0.5, orders: [2, 8, 24] })).figure(),
  F5: async () => (await hurts.hermiteBiases({ degrees: [2, 4, 8], points: 40 })).figure(),
  F4: async () => (await hurts.effectivePotentials({ mu: [0, 0.7], points: 41 })).figure(),
};

goldenPictures("pre-training-hurts", pictures);
