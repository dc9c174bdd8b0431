/** The figures of the notebook at a protocol of a second: few copies, short times. */
import type { Figure } from "lora-dynamics/figure/mod.ts";
import * as lf from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import { goldenPictures } from "../../figure/golden_pictures.ts";

const preset = "quick", times = [5, 10, 20];

const pictures: Record<string, () => Promise<Figure>> = {
  F1: async () =>
    (await lf.frozenCourses({ preset, n: 200, copies: 12, times: [0, 20, 40, 60] })).figure(),
  F2: async () => (await lf.slopes({ preset, inputs: 2000 })).figure(),
  F3: async () => (await lf.conditions({ preset, draws: 1000, curves: 12 })).figure(),
  F4: async () => (await lf.startSlopes({ preset, draws: 1000 })).figure(),
  F5: async () => (await lf.separatedSlopes({ preset, k: [16, 32], draws: 100 })).figure(),
  F6: async () =>
    (await lf.exactness({ preset, copies: 200, laws: ["A1", "A2", "A4", "general u"] })).figure(),
  F7: async () =>
    (await lf.flowCourses({ preset, d: [100, 300], times, copies: [8], direct: 1 })).figure(),
  F8: async () => (await lf.millionCourses({ preset, d: [10_000] })).figure(),
  F9: async () => (await lf.spreads({ preset, n: [200], times, copies: 50 })).figure(),
  F10: async () =>
    (await lf.dimensionTimes({
      ...{ preset, d: [60, 240], k: 4, copies: 16, frozenD: [60], others: 8, scratchD: [16] },
      single: [{ activation: "h2", d: [20, 40] }],
    })).figure(),
  F11: async () => (await lf.planeTimes({ preset, d: [16, 32], copies: 32, others: 8 })).figure(),
  F12: async () =>
    (await lf.claim2Times({
      preset,
      d: [40, 80],
      scratchD: [12, 18],
      copies: 8,
      widths: [3, 5],
      draws: 8,
    })).figure(),
  F13: async () =>
    (await lf.kappaAxis({
      preset,
      kappas: [0.1, 1, 10, 30],
      d: 100,
      copies: 16,
      runKappas: [0.5, 1],
    })).figure(),
  F14: async () => (await lf.regions({ preset, points: 11 })).figure(),
  F15: async () =>
    (await lf.interpolation({ preset, d: 200, copies: 4, runs: 1, table: [12] })).figure(),
  F16: async () =>
    (await lf.lateRates({ preset, n: 300, copies: 4, tailN: 100, tailCopies: 4 })).figure(),
  F17: async () =>
    (await lf.stepRules({ preset, n: 200, copies: 4, times: [10, 20, 40, 60, 80] })).figure(),
  F18: async () => (await lf.zeroStarts({ preset, n: 200, copies: 4 })).figure(),
  F19: async () =>
    (await lf.lazyFloors({
      preset,
      k: 4,
      d: 6,
      kappas: [0.05, 0.3, 2],
      sampled: [0.3],
      samples: 500,
    })).figure(),
  F20: async () => (await lf.wrongSigns({ preset, n: 200, copies: 4, time: 30 })).figure(),
  F21: async () =>
    (await lf.accuracyCosts({
      preset,
      epsilon: [0.3, 0.1, 0.02],
      n: 100,
      copies: 3,
      endN: 300,
      endCopies: 4,
    })).figure(),
  F22: async () => (await lf.widthCosts({ preset, k: [25, 81], draws: 7 })).figure(),
  F23: async () =>
    (await lf.jointPortraits({ preset, n: 100, copies: 12, times: [0, 20, 40, 60, 80] })).figure(),
  F24: async () =>
    (await lf.jointLosses({
      preset,
      n: 100,
      copies: 6,
      lazyCopies: 3,
      times: [20, 50, 100, 200, 400],
    })).figure(),
  F25: async () =>
    (await lf.jointAgainstFrozen({ preset, n: 100, copies: 8, times: [0, 30, 60, 90] })).figure(),
  F26: async () =>
    (await lf.ownSize({
      ...{
        preset,
        k: 6,
        kappa: 0.4,
        base: { unitVectors: 60 },
        n: 54,
        alpha: 2,
        copies: 4,
        times: [0, 20, 40],
      },
    })).figure(),
  F27: async () => (await lf.factorCourses({ preset, n: 300, copies: 4, times })).figure(),
  F28: async () =>
    (await lf.adapterCourses({ preset, n: 300, copies: 4, times: [20, 60, 100, 140] })).figure(),
  F29: async () =>
    (await lf.activationCourses({ preset, n: 100, copies: 4, times: [5, 10, 20, 40] })).figure(),
  F30: async () =>
    (await lf.tiltedCourses({
      preset,
      k: 4,
      d: 100,
      copies: 4,
      parallel: [0, 0.5, 1],
      times: [5, 10, 20, 40],
    })).figure(),
  F31: async () =>
    (await lf.appendixF({ preset, points: 20, samples: 400, sampled: [0.1] })).figure(),
  F32: async () => (await lf.inputLawCourses({ preset, d: 60, copies: 4, chains: 8 })).figure(),
  F33: async () =>
    (await lf.dataCourses({ preset, copies: 12, times: [4, 12, 20, 40, 60] })).figure(),
};

goldenPictures("lazy-vs-feature", pictures);
