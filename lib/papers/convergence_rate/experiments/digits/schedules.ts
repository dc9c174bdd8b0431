/**
 * F19, C32, C33: schedules on the digits, the certified rules among them.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  param,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  scaleWords,
} from "../../../../figure/mod.ts";
import { PAPER_CONSTANT, type RuleLike } from "../../rules.ts";
import { SoftmaxLoss } from "../../softmax.ts";
import { matrix } from "../../../../linalg/mod.ts";
import { inkDigits, TRAIN } from "../../simulation/digits.ts";
import { repeats, ruleNamesOf, rulesParameter, startParameter } from "../physics.ts";
import { digitsPanels } from "./courses.ts";
import { type DigitsPoint, digitsRuns, plusMinus, scoreOf } from "./scores.ts";

/** The schedules of the table: constants, the paper's experiments, and the certified rules. */
const SCHEDULES: readonly RuleLike[] = [
  ...[0.03, 0.1, 0.3, 1],
  ...[5, 20].map((alpha) => ({ name: "adapt" as const, alpha })),
  ...[5, 20].map((alpha) => ({ name: "adapt2" as const, alpha })),
  ...[0.1, 0.2].map((alpha) => ({ name: "norm" as const, alpha })),
  ...["paper", "simple"] as const,
];

/**
 * Parameters of {@linkcode digitsSchedules}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const scheduleParameters = {
  rules: rulesParameter(SCHEDULES, "schedules"),
  shown: param.integers([1, 2, 5, 7, 9, 10, 11], "which of them the figure shows, from 0", {
    least: 0,
  }),
  ranks: param.integers([4], "ranks of the adapter; the figure shows the first", {
    least: 1,
    most: 10,
  }),
  start: startParameter("lora"),
  batch: param.integer(64, "images a step", { least: 1, most: TRAIN }),
  epochs: param.integer(60, "passes over the training images", { least: 1 }),
  copies: param.integer(5, "runs of each, with weights and batches of their own", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof scheduleParameters>;

/** `L` of softmax regression on all training images, `½λ_max(FᵀF/N)`. */
export function digitsSmoothness(): number {
  const { train } = inkDigits();
  return new SoftmaxLoss({ ...train, weights: matrix(10, train.features.columns) }).smoothness;
}

function draw(rows: readonly DigitsPoint[], p: Parameters): Figure {
  const all = ruleNamesOf(p.rules),
    names = p.shown.map((i) => all[i]).filter((name) => name !== undefined);
  const own = where(rows, "rank", p.ranks[0]), steps = Math.max(...own.map(({ step }) => step));
  const drawings = digitsPanels(
    ["loss", "eta", "v2"],
    names,
    (name) => where(own, "schedule", name),
  );
  const L = digitsSmoothness();
  return figureOf(drawings, {
    columns: 3,
    aspect: 0.95,
    legend: legendOf(drawings[0].series),
    caption:
      `Schedules on the digits, rank ${p.ranks[0]}, batches of ${p.batch}, ${
        scaleWords(steps)
      } steps: mean over ` +
      `${p.copies} runs (thin lines and symbols, all simulation) ± one standard error (bands). L = ` +
      `${formatNumber(L)}, so that the certified α of adapt is 1/(4√2 L) = ` +
      `${formatNumber(1 / (PAPER_CONSTANT * L), 3)}; the rule paper has it.`,
  });
}

/**
 * Softmax regression with an adapter on the 8×8 digits under each schedule.
 *
 * Rows: every tenth step of every run, and the first.
 * Source: setting ours, a stand-in for the paper's experiments on larger networks; schedules the paper's.
 *
 * @example A schedule of one's own on the digits.
 * ```ts
 * import { digitsSchedules, scoreOf } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await digitsSchedules({ rules: ["0.3 / (1 + t / 50)"], shown: [0], epochs: 2, copies: 2 });
 * assert(scoreOf(rows).eta[1] < 0.3 / 1.8);
 * ```
 */
export const digitsSchedules: Experiment<typeof scheduleParameters, DigitsPoint[], Figure> =
  experiment({
    name: "schedules on the digits",
    about: "Learning-rate schedules on softmax regression of the digits with an adapter.",
    parameters: scheduleParameters,
    quick: { copies: 3 },
    check: ({ rules, shown, ranks }, refuse) => {
      if (repeats(ruleNamesOf(rules))) refuse("rules", "schedules of different names", rules);
      if (new Set(ranks).size < ranks.length) refuse("ranks", "different numbers", ranks);
      if (shown.some((i) => i >= rules.length)) {
        refuse("shown", `places from 0 to ${rules.length - 1} in the list of rules`, shown);
      }
    },
    run: ({ start, ...p }, { sweep }) => digitsRuns(sweep, { ...p, starts: [start] }),
    figure: draw,
    table: (rows, { rules, ranks }) =>
      ruleNamesOf(rules).flatMap((schedule) =>
        ranks.map((rank) => {
          const score = scoreOf(where(where(rows, "schedule", schedule), "rank", rank));
          const whole = score.failed === 0; // a mean over survivors would flatter
          return {
            schedule,
            ...(ranks.length > 1 ? { rank } : {}),
            "final loss": whole
              ? plusMinus(score.loss, 3)
              : `fails in ${score.failed} of ${score.copies}`,
            "loss at step 100": whole ? plusMinus(score.early, 3) : "–",
            "test accuracy": whole ? plusMinus(score.accuracy, 3) : "–",
            "‖V‖²": whole ? plusMinus(score.v2, 1) : "–",
            "η, first": score.eta[0].toFixed(4),
            "η, last": whole ? score.eta[1].toFixed(4) : "–",
            "first η / rule paper": Number(score.overCertified.toPrecision(3)),
          };
        })
      ),
  });
