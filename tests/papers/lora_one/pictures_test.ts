/** The figures of the notebook at a protocol of seconds: small sizes, few copies and steps. */
import type { Figure } from "lora-dynamics/figure/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
import { goldenPictures } from "../../figure/golden_pictures.ts";

const preset = "quick", small = { preset, d: 30, k: 20, N: 300, values: [1, 0.5] } as const;
const network = { hidden: 16, pretraining: 60, steps: 40, seeds: ["0", "1"] };

let trained: ReturnType<typeof lo.digits> | undefined;
/** The run that two figures show. */
const digits = () =>
  trained ??= lo.digits({
    ...{ preset, ...network, methods: ["LoRA", "LoRA-GA", "LoRA-One"], optimizers: ["GD", "Adam"] },
    rates: { GD: [0.05, 0.1], Adam: { "LoRA": [0.03, 0.06], "others": [0.02, 0.04] } },
  });

const pictures: Record<string, () => Promise<Figure>> = {
  F1: async () =>
    (await lo.alignmentCourses({
      ...small,
      r: 4,
      eta: 0.05,
      steps: 300,
      window: 200,
      variances: [1, 1e-2, 1e-6],
    }))
      .figure(),
  F2: async () =>
    (await lo.alignmentScale({
      preset,
      d: [20, 40],
      values: [1, 1],
      r: 4,
      steps: 300,
      eta: 0.06,
      copies: 2,
    })).figure(),
  F3: async () => (await lo.halfLearning({ preset, copies: 2, scales: 4 })).figure(),
  F4: async () =>
    (await lo.catapults({ ...small, r: 4, steps: 100, c: [1.5, 2.5, 3.5, 4.5] })).figure(),
  F5: async () => (await lo.portraits({ preset, draws: 4 })).figure(),
  F6: async () =>
    (await lo.oneStepRecovery({
      preset,
      sizes: [[20, 100, 2]],
      d: 10,
      rank: 2,
      copies: 12,
      lawDraws: 300,
    })).figure(),
  F7: async () =>
    (await lo.labelNoise({ preset, d: 40, k: 20, N: [800, 80], copies: 3, mapPoints: 6 })).figure(),
  F8: async () =>
    (await lo.alignmentTimes({ preset, d: [100, 1e4], copies: 4, ranks: [4, 6, 10], draws: 400 }))
      .figure(),
  F9: async () =>
    (await lo.conditionNumbers({ preset, d: 20, N: 200, rank: 2, r: 2, kappas: [1, 10] })).figure(),
  F10: async () => (await lo.basin({ preset, d: 12, rank: 2, points: 4, most: 200 })).figure(),
  F11: async () => (await lo.offsetStarts({ ...small, r: 4, steps: 40 })).figure(),
  F12: async () => (await lo.offsetSizes({ ...small, r: 4, steps: 60 })).figure(),
  F13: async () =>
    (await lo.activationDescents({ preset, d: 8, kappas: [1, 10], N: [0, 400], steps: 30 }))
      .figure(),
  F14: async () => (await lo.startFactors({ preset, d: 8, N: [0, 300], copies: 3 })).figure(),
  F15: async () => (await digits()).figure(),
  F16: async () => (await digits()).figure("rates"),
  F17: async () =>
    (await lo.digitsPaths({ preset, hidden: 16, pretraining: 60, steps: 40 })).figure(),
};

goldenPictures("lora-one", pictures);
