/** The figures of the notebook at a protocol of seconds: few scales, starts and times. */
import type { Figure } from "lora-dynamics/figure/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { goldenPictures } from "../../figure/golden_pictures.ts";

const preset = "quick", alpha = [1e-2, 1e-3], copies = 2;

/** A run that several figures show. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}

const figure1 = once(() =>
  mf.paperFigure1({
    ...{ preset, problem: mf.paperProblem({ h: 20 }), copies, horizon: 1.5, points: 7 },
    ...{ earlyPoints: 6, alpha: [1e-3, 1e-4] }, // later the spectral floor is rounding
  })
);
const main = once(() =>
  mf.mainFigure({
    ...{ preset, problem: mf.canonical({ d: 6, s1: 0.5 }), copies, points: 21 },
    ...{ alpha: [1e-2, 1e-3, 1e-4], shown: 1e-4, starts: ["zeroB", "zeroA", "gauss"] },
  })
);
const figures34 = once(() =>
  mf.paperFigures34({
    ...{ preset, h: 20, copies, alpha: [1e-3, 1e-4], c: [2] },
    times: { top: [[2, 4]], bottom: [[8]] },
  })
);
const digits = { preset, copies: 2, images: 60, hidden: [12], pretrainSteps: 20 } as const;

const pictures: Record<string, () => Promise<Figure>> = {
  FP1: async () => (await figure1()).figure(),
  FP1b: async () => (await figure1()).figure("agreement"),
  FP3a: async () => (await mf.linearParts({ preset, starts: ["gauss", "zeroB"] })).figure(),
  F1b: async () => (await main()).figure("phase"),
  FP3: async () => (await mf.alignmentBounds({ preset, copies, alpha: [1e-3, 1e-4] })).figure(),
  F2: async () => (await mf.escapeTimes({ preset, alpha, shown: 1e-3, copies: 12 })).figure(),
  F6: async () => (await mf.competition({ preset, alpha, copies })).figure(),
  E3: async () => {
    const map = await mf.competitionMap({
      ...{ preset, ratios: [0.2, 0.4, 0.6, 0.8, 1], rates: [0.5, 1, 2, 4] },
      ...{ runRatios: [0.5, 0.9], runRates: [1, 4], alpha: 1e-3 },
    });
    return map.figure();
  },
  FP4: async () => (await mf.localPhase({ preset, alpha: 1e-2, span: 60, points: 20 })).figure(),
  F3: async () =>
    (await mf.finalErrors({
      preset,
      alpha,
      copies,
      problems: [0.3, 0.9].map((delta) => mf.problemQ({ delta })),
    })).figure(),
  F1: async () => (await main()).figure(),
  E4: async () => (await mf.slowedAdapter({ preset, alpha, rates: [0.25, 0.5, 1] })).figure(),
  F2b: async () =>
    (await mf.spectralDelay({ preset, alpha: [1e-3, 1e-4], shown: 1e-4, copies: 12 })).figure(),
  FP6: async () => (await mf.spectralPhases({ preset, alpha: [1e-2, 1e-4], points: 20 })).figure(),
  FP7: async () => (await mf.weightsOnly({ preset, horizon: 16, points: 9 })).figure(),
  FP2: async () => (await figures34()).figure(),
  FP2b: async () => (await figures34()).figure("alignment"),
  F3b: async () => (await mf.excessRank({ preset, alpha, copies })).figure(),
  F4: async () => (await mf.slowTail({ preset, alpha: [0.05, 0.025] })).figure(),
  F7: async () => (await mf.incrementalLearning({ preset, alpha, shown: 1e-3, copies })).figure(),
  F5: async () => (await mf.tilted({ preset, angles: [8, 30], curves: [15, 60] })).figure(),
  E2: async () => (await mf.preconditioning({ preset, points: 61 })).figure(),
  F12: async () => (await mf.causes({ preset, alpha, copies, horizon: 40, points: 21 })).figure(),
  F9: async () => (await mf.reduction({ preset, draws: 40 })).figure(),
  F9c: async () => (await mf.sameFlow({ preset, problem: mf.paperProblem({ h: 20 }) })).figure(),
  F9b: async () => (await mf.dimension({ preset, m: [1e4, 1e7], draws: 3 })).figure(),
  E1: async () =>
    (await mf.regimes({
      preset,
      kappa: [1e-8, 1e-6, 1e-4, 1e-2, 1],
      times: [1, 10, 30, 1e2, 1e3, 1e5],
    })).figure(),
  E5: async () => (await mf.truncation({ preset, horizon: 200, points: 21 })).figure(),
  E6: async () => (await mf.momentum({ preset, alpha: 1e-4, points: 200 })).figure(),
  FP5: async () => (await mf.lastLayer({ ...digits, steps: [20, 40] })).figure(),
  FP8: async () => (await mf.lastLayerCourse({ ...digits, steps: [0, 10, 35, 100, 200] })).figure(),
  F10: async () =>
    (await mf.linearDigits({ preset, copies, components: 9, times: [2, 10, 40], r: 3 })).figure(),
  F10b: async () =>
    (await mf.rankTwoDigits({ preset, copies, components: 9, times: [10, 40], r: 3 })).figure(),
  F11: async () => (await mf.networkDigits({ ...digits, steps: [10, 20, 40] })).figure(),
  F11b: async () => (await mf.networkRace({ ...digits, steps: [20, 40] })).figure(),
  F8: async () =>
    (await mf.integrators({ preset, steps: [0.2, 0.1], horizon: 1, differences: [0.1, 0.01] }))
      .figure(),
  F8b: async () => (await mf.closedForm({ preset, times: [1, 3, 5, 7, 9, 11] })).figure(),
};

goldenPictures("gradient-flow-mf", pictures);
