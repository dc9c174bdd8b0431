/**
 * F21, C35: what a large start does to an adaptive rate.
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
import { type Figure, figureOf, legendOf } from "../../../../figure/mod.ts";
import { TRAIN } from "../../simulation/digits.ts";
import { adapterStart, type StartLike, startNames } from "../../starts.ts";
import { repeats, ruleNamesOf, rulesParameter } from "../physics.ts";
import { digitsPanels } from "./courses.ts";
import { type DigitsPoint, digitsRuns, plusMinus, scoreOf } from "./scores.ts";

/**
 * Parameters of {@linkcode digitsStarts}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const startsParameters = {
  starts: param.values<StartLike>(
    ["small", "large"],
    `starts of the adapter: ${startNames.join(", ")}, or your own`,
    adapterStart,
    `one of ${startNames.join(", ")}, factors { b, a }, or { name, factors }`,
  ),
  rules: rulesParameter([{ name: "adapt", alpha: 20 }, 0.1]),
  rank: param.integer(4, "rank of the adapter", { least: 1, most: 10 }),
  batch: param.integer(64, "images a step", { least: 1, most: TRAIN }),
  epochs: param.integer(10, "passes over the training images", { least: 1 }),
  copies: param.integer(8, "runs of each, paired: weights and batches are those of the copy", {
    least: 2,
  }),
  seed: param.seed(),
};

type Parameters = Values<typeof startsParameters>;

/** Range of the learning rate over a run: largest over smallest, mean over the copies. */
export function etaRange(rows: readonly DigitsPoint[]): number {
  const runs = [...Map.groupBy(rows, ({ copy }) => copy).values()];
  const ranges = runs.map((run) => {
    const etas = run.map(({ eta }) => eta);
    return Math.max(...etas) / Math.min(...etas);
  });
  return ranges.reduce((sum, x) => sum + x, 0) / ranges.length;
}

function draw(rows: readonly DigitsPoint[], p: Parameters): Figure {
  const starts = p.starts.map((start) => adapterStart(start)), rules = ruleNamesOf(p.rules);
  const names = starts.flatMap(({ name }) => rules.map((rule) => `${name}, ${rule}`));
  const drawings = digitsPanels(["eta", "loss"], names, (name) => {
    const [start, rule] = name.split(", ");
    return where(where(rows, "start", start), "schedule", rule);
  });
  return figureOf(drawings, {
    columns: 2,
    legend: legendOf(drawings[0].series),
    caption:
      `Rules ${rules.join(" and ")} on the digits, rank ${p.rank}, ${p.epochs} epochs, from ` +
      `${
        starts.map(({ name, words }) => `${name}: ${words ?? name}`).join("; ")
      }; B₀A₀ is taken off W₀. Mean over ` +
      `${p.copies} runs (thin lines and symbols) ± one standard error (bands).`,
  });
}

/**
 * The same rules from small and from large starts.
 *
 * Rows: as {@linkcode digitsRuns} gives them.
 * Source: setting ours, after the paper's experiment on a language model.
 */
export const digitsStarts: Experiment<typeof startsParameters, DigitsPoint[], Figure> = experiment({
  name: "starts on the digits",
  about: "What a large start does to an adaptive rate.",
  parameters: startsParameters,
  quick: { copies: 4 },
  check: ({ starts, rules }, refuse) => {
    if (repeats(ruleNamesOf(rules))) refuse("rules", "rules of different names", rules);
    if (repeats(starts.map((start) => adapterStart(start).name))) {
      refuse("starts", "starts of different names", starts);
    }
  },
  run: ({ rank, ...p }, { sweep }) => digitsRuns(sweep, { ...p, ranks: [rank] }),
  figure: draw,
  table: (rows, { starts, rules }) =>
    starts.flatMap((start) =>
      ruleNamesOf(rules).map((rule) => {
        const { name } = adapterStart(start);
        const own = where(where(rows, "start", name), "schedule", rule), score = scoreOf(own);
        return {
          ...{ start: name, rule, "final loss": plusMinus(score.loss, 3) },
          ...{
            "η, first": score.eta[0],
            "η, last": score.eta[1],
            "largest η / smallest": etaRange(own),
          },
        };
      })
    ),
});
