/** The figures of the notebook at a protocol of seconds: few trials, copies and steps. */
import type { Figure } from "lora-dynamics/figure/mod.ts";
import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";
import { goldenPictures } from "../../figure/golden_pictures.ts";

const preset = "quick", digits = { preset, copies: 2 } as const;

const pictures: Record<string, () => Promise<Figure>> = {
  F1: async () => (await cr.descentLemmas({ preset, trials: 200, factored: 100 })).figure(),
  F2: async () => (await cr.certifiedSteps({ preset, trials: 150 })).figure(),
  F3: async () => (await cr.twoCycle({ preset, steps: 10_000 })).figure(),
  F4: async () => (await cr.kappaSharpness({ preset, starts: 6, tries: 150 })).figure(),
  F5: async () => (await cr.boundCourses({ preset, steps: 500 })).figure(),
  F6: async () => (await cr.boundRuns({ preset, copies: 4, steps: 200 })).figure(),
  F7: async () => (await cr.worstCases({ preset, steps: [100, 1000, 10_000] })).figure(),
  F8: async () => (await cr.powerLaws({ preset, p: [1.25, 2, 5], steps: 10_000 })).figure(),
  F9: async () => (await cr.logisticCourse({ preset, steps: 10_000 })).figure(),
  F10: async () =>
    (await cr.laboratoryExponents({ preset, p: [1.25, 3], end: 1e12, steps: [1000] })).figure(),
  F11: async () => (await cr.linearRates({ preset, flatSteps: 1000 })).figure(),
  F12: async () => (await cr.conservedSign({ preset, states: 200 })).figure(),
  F13: async () => (await cr.phaseDiagram({ preset, steps: 300 })).figure(),
  F14: async () => (await cr.topMode({ preset, scales: [0.1, 1, 10], steps: 300 })).figure(),
  F15: async () => (await cr.escapeTimes({ preset })).figure(),
  F16: async () => (await cr.normStalls({ preset, alphas: [0.03, 0.1], steps: 1000 })).figure(),
  F17: async () => (await cr.ratioGains({ preset })).figure(),
  F18: async () => (await cr.allowedCourses({ preset, steps: 200 })).figure(),
  F19: async () => (await cr.noisyDescent({ preset, steps: 3000, copies: 2 })).figure(),
  F20: async () =>
    (await cr.digitsSchedules({
      ...{ ...digits, epochs: 6, rules: [0.1, { name: "adapt", alpha: 20 }, "paper"] },
      shown: [0, 1, 2],
    })).figure(),
  F21: async () =>
    (await cr.digitsTuned({
      ...{
        ...digits,
        epochs: 5,
        const: [0.1, 0.4, 0.8],
        adapt: [10, 40, 80],
        norm: [0.1, 0.4, 0.8],
      },
    })).figure(),
  F22: async () => (await cr.digitsStarts({ ...digits, epochs: 3 })).figure(),
  F23: async () => (await cr.digitsLong({ ...digits, steps: 200 })).figure(),
};

goldenPictures("convergence-rate", pictures);
