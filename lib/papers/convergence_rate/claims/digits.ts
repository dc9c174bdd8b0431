/**
 * Claims about the digits: C32–C35.
 *
 * Expected numbers come from an independent implementation
 * with other draws of weights and batches, on the same split of the images.
 *
 * @module
 */
import {
  agree,
  byPreset,
  type Claim,
  comparison,
  slope,
  type Summary,
  summary,
  where,
} from "../../../experiment/mod.ts";
import {
  type DigitsRows,
  digitsTable,
  longRuns,
  type Schedule,
  SCHEDULES,
  startSizes,
} from "../experiments/runs.ts";

const paper = "convergence-rate";

/** What a schedule scores over the seeds. */
export interface Score {
  /** Final loss on the training images. */
  readonly loss: Summary;
  /** Mean minibatch loss of the steps 91 to 110. */
  readonly early: Summary;
  /** Accuracy on the test images. */
  readonly accuracy: Summary;
  /** Final `‖V‖²`. */
  readonly v2: Summary;
  /** First learning rate that was recorded (step 10), and the last. */
  readonly eta: readonly [number, number];
  /** Seeds that failed: the loss exceeded 50, or ended above `log 10`. */
  readonly failed: number;
  /** Seeds. */
  readonly seeds: number;
}

/** Summary of the runs of one schedule; `NaN` where no run ended. */
export function scoreOf(rows: DigitsRows): Score {
  const seeds = [...new Set(rows.map((row) => row.seed))];
  const runs = seeds.map((seed) => where(rows, "seed", seed));
  const ended = runs.filter((run) => run.at(-1)!.trainLoss !== null);
  const over = (of: (run: DigitsRows) => number): Summary =>
    ended.length > 0 ? summary(ended.map(of)) : { n: 0, mean: NaN, sd: NaN, se: NaN };
  const last = (key: "trainLoss" | "accuracy" | "v2") => over((run) => Number(run.at(-1)![key]));
  return {
    loss: last("trainLoss"),
    early: over((run) =>
      summary(run.filter(({ step }) => step === 100 || step === 110).map((row) => row.loss)).mean
    ),
    accuracy: last("accuracy"),
    v2: last("v2"),
    eta: [over((run) => run[0].eta).mean, over((run) => run.at(-1)!.eta).mean],
    failed: runs.filter((run) => !(Number(run.at(-1)!.trainLoss ?? 99) < Math.LN10)).length,
    seeds: seeds.length,
  };
}

/** Score of a schedule in a table. */
export function scheduleScore(rows: DigitsRows, { rule, alpha }: Schedule): Score {
  return scoreOf(where(where(rows, "rule", rule), "alpha", alpha));
}

/** Reference table, five seeds: mean and standard error. */
const TABLE: Record<string, Record<string, [mean: number, se: number]>> = {
  "const 0.03": {
    loss: [0.6079, 0.01361],
    "loss at 100": [2.294, 0.01448],
    accuracy: [0.8178, 0.00881],
    "‖V‖²": [53.043, 0.4116],
  },
  "const 0.1": {
    loss: [0.293, 0.01549],
    "loss at 100": [2.065, 0.02082],
    accuracy: [0.9111, 0.003727],
    "‖V‖²": [117.35, 0.5807],
  },
  "const 0.3": {
    loss: [0.2095, 0.007163],
    "loss at 100": [0.8394, 0.02518],
    accuracy: [0.9161, 0.005583],
    "‖V‖²": [200.03, 0.7288],
  },
  "adapt 5": {
    loss: [0.3251, 0.016],
    "loss at 100": [0.7948, 0.02782],
    accuracy: [0.8994, 0.008802],
    "‖V‖²": [105.41, 0.333],
  },
  "adapt 20": {
    loss: [0.2187, 0.011],
    "loss at 100": [0.5406, 0.02432],
    accuracy: [0.9356, 0.004763],
    "‖V‖²": [162.8, 1.165],
  },
  "adapt2 5": {
    loss: [0.3255, 0.01608],
    "loss at 100": [0.8025, 0.02812],
    accuracy: [0.9011, 0.008079],
    "‖V‖²": [105.15, 0.2982],
  },
  "adapt2 20": {
    loss: [0.2188, 0.01103],
    "loss at 100": [0.5419, 0.02429],
    accuracy: [0.9356, 0.004763],
    "‖V‖²": [162.67, 1.165],
  },
  "norm 0.1": {
    loss: [0.2386, 0.01388],
    "loss at 100": [1.275, 0.02358],
    accuracy: [0.9206, 0.003579],
    "‖V‖²": [150.81, 0.9314],
  },
  "norm 0.2": {
    loss: [0.2069, 0.01024],
    "loss at 100": [0.7442, 0.02236],
    accuracy: [0.9172, 0.004681],
    "‖V‖²": [203.31, 1.641],
  },
};

function c32(): Claim {
  return {
    id: "C32",
    paper,
    source: { whose: "ours", where: "on the paper's softmax regression, simplified" },
    statement:
      "Digits, seven schedules: final loss, loss at step 100, accuracy, ‖V‖²; the constant rate at which " +
      "the adaptive rules start fails",
    falsifier:
      "A mean of final loss, loss at step 100, accuracy or ‖V‖² more than 4 standard errors of " +
      "both away from the reference's, or a second seed that survives the constant rate 1",
    evidence: (preset) => ({
      seeds: byPreset(preset, 3, 5),
      sizes: "8 x 8 digits, softmax regression, rank 4, batches of 64, 60 epochs, ten schedules",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const rows = await digitsTable(preset, seed), { put, result } = comparison();
      for (const schedule of SCHEDULES) {
        const name = `${schedule.rule} ${schedule.alpha}`, score = scheduleScore(rows, schedule);
        const wanted = TABLE[name];
        if (!wanted) {
          // 38 of 40 seeds fail; the reference's five all do.
          put(`${name}: seeds that fail`, score.failed, score.seeds, 1);
          continue;
        }
        const own: Record<string, Summary> = {
          loss: score.loss,
          "loss at 100": score.early,
          accuracy: score.accuracy,
          "‖V‖²": score.v2,
        };
        for (const [key, [mean, se]] of Object.entries(wanted)) {
          put(`${name}: ${key}`, own[key].mean, mean, 4 * Math.hypot(own[key].se, se));
        }
      }
      return result("4 standard errors of both; one seed of const 1 may survive");
    },
  };
}

function c33(): Claim {
  return {
    id: "C33",
    paper,
    source: { whose: "ours", where: "on the paper's observation, simplified" },
    statement:
      "adapt and adapt2 nearly coincide on the digits, as the paper reports of its own data",
    falsifier:
      "A ratio of the mean losses of adapt2 and adapt, at the end or at step 100, that is more " +
      "than 1.5 % away from 1",
    evidence: (preset) => ({
      seeds: byPreset(preset, 3, 5),
      sizes: "8 x 8 digits, softmax regression, rank 4, batches of 64, 60 epochs, α = 5, 20",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const rows = await digitsTable(preset, seed), { put, result } = comparison();
      for (const alpha of [5, 20]) {
        const one = scheduleScore(rows, { rule: "adapt", alpha });
        const two = scheduleScore(rows, { rule: "adapt2", alpha });
        put(`loss ratio, α = ${alpha}`, two.loss.mean / one.loss.mean, 1, 0.015);
        put(`loss at 100 ratio, α = ${alpha}`, two.early.mean / one.early.mean, 1, 0.015);
      }
      return result("1.5 %");
    },
  };
}

function c34(): Claim {
  return {
    id: "C34",
    paper,
    source: { whose: "ours", where: "on the paper's observation, simplified" },
    statement:
      "Full batch, adapt 20: the loss never rises, ‖V‖² never falls and keeps growing (the paper reports " +
      "growth for all t on its data)",
    falsifier:
      "A step at which the loss rises or ‖V‖² falls, or an exponent of ‖V‖² outside 0.299 ± " +
      "0.02 (quick preset: 0.2 to 0.5)",
    evidence: (preset) => ({
      seeds: 1,
      sizes: `8 x 8 digits, softmax regression, rank 4, full batch, ${
        byPreset(preset, 1000, 10_000)
      } steps`,
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const rows = where(await longRuns(preset, seed), "rule", "adapt"), last = rows.at(-1)!;
      const late = rows.filter(({ t }) => t >= last.t / 10);
      const exponent = slope(late.map(({ t }) => Math.log(t)), late.map(({ v2 }) => Math.log(v2)));
      // The reference has 0.299 at 10⁴ steps for its draw of weights; earlier the exponent is larger.
      const full = preset === "full";
      return agree({ rises: last.rises, falls: last.falls, exponent }, {
        rises: 0,
        falls: 0,
        exponent: full ? 0.299 : 0.35,
      }, {
        bounds: { rises: 0, falls: 0, exponent: full ? 0.02 : 0.15 },
        text: full ? "exact; 0.02" : "exact; growth of an exponent from 0.2 to 0.5",
      });
    },
  };
}

function c35(): Claim {
  return {
    id: "C35",
    paper,
    source: { whose: "ours", where: "on the paper's observation of a language model, simplified" },
    statement:
      "A large start removes the advantage of adapt 20 over const 0.1 (10 epochs; the paper reports this of " +
      "a language model), a small one shows it; η then starts at 1 and at 0.1",
    falsifier:
      "A difference of adapt and const from the large start above 2 standard errors, a loss " +
      "more than 4 away from the reference's, or an η off by 0.01 (0.02)",
    evidence: (preset) => ({
      seeds: byPreset(preset, 3, 5),
      sizes: "8 x 8 digits, softmax regression, rank 4, batches of 64, 10 epochs",
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const rows = await startSizes(preset, seed), { put, result } = comparison();
      const score = (start: string, schedule: Schedule) =>
        scheduleScore(where(rows, "start", start), schedule);
      const adapt = { rule: "adapt", alpha: 20 } as const,
        constant = { rule: "const", alpha: 0.1 } as const;
      const [small, smallConst] = [score("small", adapt), score("small", constant)];
      const [large, largeConst] = [score("large", adapt), score("large", constant)];
      const both = (a: Score, b: Score) => Math.hypot(a.loss.se, b.loss.se);
      const difference = large.loss.mean - largeConst.loss.mean;
      put("large: adapt − const", difference, 0, 2 * both(large, largeConst));
      put("small: adapt", small.loss.mean, 0.377, 4 * Math.hypot(small.loss.se, 0.023));
      put("small: const", smallConst.loss.mean, 1.039, 4 * Math.hypot(smallConst.loss.se, 0.024));
      put("large: adapt", large.loss.mean, 0.670, 4 * Math.hypot(large.loss.se, 0.018));
      put("large: const", largeConst.loss.mean, 0.663, 4 * Math.hypot(largeConst.loss.se, 0.012));
      put("small: last η", small.eta[1], 0.222, 0.02);
      put("large: first η", large.eta[0], 0.1012, 0.01);
      put("large: last η", large.eta[1], 0.0933, 0.01);
      return result("2 standard errors of the difference; 4 of the reference; η ± 0.01 (0.02)");
    },
  };
}

/** The claims of this file. */
export const digitsClaims: readonly Claim[] = [c32(), c33(), c34(), c35()];
