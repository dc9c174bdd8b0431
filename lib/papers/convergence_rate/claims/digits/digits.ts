/**
 * C32–C35, C44: the digits.
 *
 * Expected numbers come from an independent implementation with other draws of weights and batches, on the same
 * split of the images.
 *
 * @module
 */
import {
  type Claim,
  comparison,
  type Summary,
  summary,
  where,
  withControl,
} from "../../../../experiment/mod.ts";
import { digitsLong } from "../../experiments/digits/long.ts";
import { digitsSchedules } from "../../experiments/digits/schedules.ts";
import { scheduleScore, scoreOf } from "../../experiments/digits/scores.ts";
import { digitsStarts, etaRange } from "../../experiments/digits/starts.ts";
import { bestOf, digitsTuned } from "../../experiments/digits/tuned.ts";
import { seeded } from "../seeded.ts";

const paper = "convergence-rate";

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

/** The seed of an experiment, if there is one. */
function at(preset: "quick" | "full", seed: string | undefined) {
  return { preset, ...seeded(seed) };
}

function c32(): Claim {
  return {
    id: "C32",
    paper,
    source: { whose: "ours", where: "on the paper's softmax regression, simplified" },
    statement:
      "Digits, nine schedules: final loss, loss at step 100, accuracy, ‖V‖² are the reference's; the constant rate 1, " +
      "at which the adaptive rules start, fails",
    falsifier:
      "A mean of final loss, loss at step 100, accuracy or ‖V‖² more than 5 standard errors of both and 3 % away from " +
      "the reference's, or a second copy that survives the constant rate 1",
    evidence: (preset) => ({
      seeds: preset === "full" ? 5 : 3,
      sizes: "8 x 8 digits, softmax regression, rank 4, batches of 64, 60 epochs, ten schedules",
      draws: "seed",
    }),
    // Control: the reference's row of the schedule before.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await digitsSchedules(at(preset, seed)), { put, result } = comparison();
      const names = Object.keys(TABLE);
      names.forEach((name, i) => {
        const score = scheduleScore(rows, name),
          wanted = TABLE[wrong && i > 0 ? names[i - 1] : name];
        const own: Record<string, Summary> = {
          loss: score.loss,
          "loss at 100": score.early,
          accuracy: score.accuracy,
          "‖V‖²": score.v2,
        };
        // Means of three to five copies: their own standard errors are known to a factor two, hence 5 and 3 %.
        for (const [key, [mean, se]] of Object.entries(wanted)) {
          put(
            `${name}: ${key}`,
            own[key].mean,
            mean,
            5 * Math.hypot(own[key].se, se) + 0.03 * mean,
          );
        }
      });
      const one = scheduleScore(rows, "const 1");
      put("const 1: copies that fail", one.failed, one.copies, 1); // 38 of 40 do
      return result("5 standard errors of both and 3 %; one copy of const 1 may survive");
    }),
  };
}

function c33(): Claim {
  return {
    id: "C33",
    paper,
    source: { whose: "paper", where: "observation of its experiments, as reported; on the digits" },
    statement:
      "adapt and adapt2 nearly coincide on the digits, as the paper reports of its own data",
    falsifier:
      "A ratio of the mean losses of adapt2 and adapt that is more than 1.5 % away from 1 at the end, or 3 % at " +
      "step 100",
    evidence: (preset) => ({
      seeds: preset === "full" ? 5 : 3,
      sizes: "8 x 8 digits, softmax regression, rank 4, batches of 64, 60 epochs, α = 5, 20",
      draws: "seed",
    }),
    // Control: adapt with the other α.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await digitsSchedules(at(preset, seed)), { put, result } = comparison();
      for (const alpha of [5, 20]) {
        const one = scheduleScore(rows, `adapt ${alpha}`);
        const two = scheduleScore(rows, wrong ? `adapt ${25 - alpha}` : `adapt2 ${alpha}`);
        // They differ by ‖G‖ against √loss, below 1, beside ‖V‖² of 50 and more at step 100.
        put(`loss ratio, α = ${alpha}`, two.loss.mean / one.loss.mean, 1, 0.015);
        put(`loss at 100 ratio, α = ${alpha}`, two.early.mean / one.early.mean, 1, 0.03);
      }
      return result("1.5 % and 3 %");
    }),
  };
}

function c34(): Claim {
  return {
    id: "C34",
    paper,
    source: { whose: "paper", where: "observation of its long run, as reported; on the digits" },
    statement:
      "Full batch, adapt 20: the loss never rises, ‖V‖² never falls and keeps growing, with the reference's exponent " +
      "between the ends of the last decade in the mean over copies",
    falsifier:
      "A step at which the loss rises or ‖V‖² falls, or a mean exponent of ‖V‖² off the reference's single run by " +
      "more than 4 standard deviations of both",
    evidence: (preset) => ({
      seeds: preset === "full" ? 5 : 3,
      sizes: `8 x 8 digits, softmax regression, rank 4, full batch, ${
        preset === "full" ? 10_000 : 1000
      } steps`,
      draws: "seed",
    }),
    // Control: an exponent a half larger.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await digitsLong(at(preset, seed)), { put, result } = comparison();
      const own = where(rows, "schedule", "adapt 20"), end = own.at(-1)!.t;
      const runs = [...Map.groupBy(own, ({ copy }) => copy).values()];
      const growth = runs.map((run) =>
        Math.log10(where(run, "t", end)[0].v2 / where(run, "t", end / 10)[0].v2)
      );
      const { mean, sd, n } = summary(growth);
      put("rises", Math.max(...own.map((row) => row.rises)), 0, 0);
      put("falls", Math.max(...own.map((row) => row.falls)), 0, 0);
      // The reference is one draw: 65.388, 148.651 and 295.694 at 10², 10³ and 10⁴ steps.
      const reference = Math.log10(preset === "full" ? 295.694 / 148.651 : 148.651 / 65.388);
      // Three to five copies know their standard deviation to a factor two; 24 of them have 0.011 at 10³ steps.
      const spread = Math.max(sd, 0.01) * Math.sqrt(1 + 1 / n);
      put("exponent", mean, reference * (wrong ? 1.5 : 1), 4 * spread);
      return result("exact; 4 standard deviations of a single run and of the mean");
    }),
  };
}

function c35(): Claim {
  return {
    id: "C35",
    paper,
    source: {
      whose: "paper",
      where: "observation on a language model, as reported; on the digits",
    },
    statement:
      "A large start makes adapt 20 nearly constant: its η starts near 20/‖V₀‖² = 0.1 and varies by less than 1.3, from " +
      "a small start by more than 3 from η = 1; const 0.1 is then as good",
    falsifier:
      "A first η off 1 (small) or off 20/189 by 4 standard errors (large), a range of η outside, a loss of the small " +
      "start off the reference's, or a paired difference of the losses of the large one above a tenth of the small one's",
    evidence: (preset) => ({
      seeds: preset === "full" ? 8 : 4,
      sizes: "8 x 8 digits, softmax regression, rank 4, batches of 64, 10 epochs",
      draws: "seed",
    }),
    // Control: the starts exchanged.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await digitsStarts(at(preset, seed)), { put, result } = comparison();
      const of = (start: string, rule: string) => {
        const named = wrong ? { small: "large", large: "small" }[start]! : start;
        return where(where(rows, "start", named), "schedule", rule);
      };
      const score = (start: string, rule: string) => scoreOf(of(start, rule));
      put("small: first η", score("small", "adapt 20").eta[0], 1, 0);
      // E‖V₀‖² = 0.64·4·74 = 189.4, of relative deviation √(2/296); ‖G‖ is about 0.5 beside it.
      const copies = score("large", "adapt 20").copies;
      put(
        "large: first η",
        score("large", "adapt 20").eta[0],
        20 / 189.9,
        20 / 189.9 * 4 * 0.083 / Math.sqrt(copies),
      );
      put("large: range of η", etaRange(of("large", "adapt 20")), 1.15, 0.15);
      put("small: range of η", etaRange(of("small", "adapt 20")), 4.5, 1.5);
      const loss = (start: string, rule: string) => score(start, rule).loss;
      const near = (start: string, rule: string, mean: number, se: number) =>
        put(
          `${start}: ${rule}`,
          loss(start, rule).mean,
          mean,
          5 * Math.hypot(loss(start, rule).se, se) + 0.03 * mean,
        );
      near("small", "adapt 20", 0.377, 0.023);
      near("small", "const 0.1", 1.039, 0.024);
      const gap = (start: string) =>
        Math.abs(loss(start, "adapt 20").mean - loss(start, "const 0.1").mean);
      put("gap of the losses, large over small", gap("large") / gap("small"), 0, 0.1);
      return result("η as the start makes it; 5 standard errors of both and 3 %; a tenth");
    }),
  };
}

function c44(): Claim {
  return {
    id: "C44",
    paper,
    source: { whose: "ours", where: "on the comparison of schedules" },
    statement:
      "Tuned on the same range, constants, adapt and norm have their best α inside it, and are within a factor 1.5 of each " +
      "other in final loss and in loss at step 100",
    falsifier:
      "A best α at an end of its range, or a tuned loss more than 1.5 times the smallest of the three",
    evidence: (preset) => ({
      seeds: preset === "full" ? 5 : 2,
      sizes: "8 x 8 digits, rank 4, batches of 64, 30 epochs, 20 schedules",
      draws: "seed",
    }),
    // Control: constants up to 0.1 only, as without tuning.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await digitsTuned({
        ...at(preset, seed),
        ...(wrong ? { const: [0.03, 0.05, 0.1] } : {}),
      });
      const { put, result } = comparison();
      for (const key of ["loss", "early"] as const) {
        const best = ["const", "adapt", "norm"].map((rule) => ({
          rule,
          ...bestOf(rows, rule, key),
        }));
        const least = Math.min(...best.map(({ value }) => value));
        for (const { rule, value, bracketed } of best) {
          put(`${rule}, ${key}: inside`, bracketed ? 1 : 0, 1, 0);
          put(`${rule}, ${key}: over the best`, value / least, 1, 0.5); // untuned constants are 4 times above
        }
      }
      return result("inside the range; a factor 1.5");
    }),
  };
}

/** The claims of this file. */
export const digitsClaims: readonly Claim[] = [c32(), c33(), c34(), c35(), c44()];
