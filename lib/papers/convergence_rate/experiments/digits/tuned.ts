/**
 * F20, C44: tuned schedules, with the best α bracketed.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Drawing, type Figure, figureOf, legendOf } from "../../../../figure/mod.ts";
import { TRAIN } from "../../simulation/digits.ts";
import { startParameter } from "../physics.ts";
import { digitsRuns, plusMinus, scoreOf } from "./scores.ts";

/** A schedule at one `α`. */
export interface TunedRow extends Row {
  /** Name of the rule. */
  rule: string;
  /** `α`. */
  alpha: number;
  /** Mean final loss on the training images; null where a copy failed. */
  loss: number | null;
  /** Its standard error; null where a copy failed. */
  se: number | null;
  /** Mean minibatch loss of the steps 91 to 110; null where a copy failed. */
  early: number | null;
  /** Its standard error. */
  earlySe: number | null;
  /** Copies that failed. */
  failed: number;
}

const GRIDS = { const: "constants", adapt: "α of adapt", norm: "α of norm" } as const;

/**
 * Parameters of {@linkcode digitsTuned}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const tunedParameters = {
  // Beyond a factor 1.4 or 2 above the best most runs fail: steps of √2 there, or the grid decides which rule is ahead.
  const: param.numbers([0.05, 0.1, 0.2, 0.28, 0.4, 0.57, 0.8, 1.1, 1.6], "constants, rising", {
    above: 0,
  }),
  adapt: param.numbers([5, 10, 20, 28, 40, 57, 80, 160], "α of adapt, rising", { above: 0 }),
  norm: param.numbers([0.05, 0.1, 0.2, 0.28, 0.4, 0.57, 0.8, 1.6, 6.4], "α of norm, rising", {
    above: 0,
  }),
  rank: param.integer(4, "rank of the adapter", { least: 1, most: 10 }),
  start: startParameter("lora"),
  batch: param.integer(64, "images a step", { least: 1, most: TRAIN }),
  epochs: param.integer(30, "passes over the training images", { least: 1 }),
  copies: param.integer(5, "runs of each", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof tunedParameters>;

/** The best `α` of a rule by a loss, and whether worse ones on both sides bracket it. */
export function bestOf(
  rows: readonly TunedRow[],
  rule: string,
  key: "loss" | "early",
): { alpha: number; value: number; bracketed: boolean } {
  const own = where(rows, "rule", rule).toSorted((a, b) => a.alpha - b.alpha);
  const value = (row: TunedRow) => row[key] ?? Infinity;
  const at = own.reduce((best, row, i) => (value(row) < value(own[best]) ? i : best), 0);
  return { alpha: own[at].alpha, value: value(own[at]), bracketed: at > 0 && at < own.length - 1 };
}

function draw(rows: readonly TunedRow[], p: Parameters): Figure {
  const rules = Object.keys(GRIDS) as (keyof typeof GRIDS)[];
  const panel = (title: string, key: "loss" | "early"): Drawing => ({
    title,
    x: { label: "/{α} over the best /{α}", type: "log" },
    y: { label: "cross-entropy", type: "log" },
    series: rules.map((rule) => {
      const best = bestOf(rows, rule, key).alpha;
      const marks = where(rows, "rule", rule).flatMap((row) => {
        const y = row[key], se = key === "loss" ? row.se : row.earlySe;
        return y === null ? [] : [{ x: row.alpha / best, y, low: y - se!, high: y + se! }];
      });
      return { name: rule, marks, thin: marks, bars: marks };
    }),
  });
  const drawings = [panel("final training loss", "loss"), panel("loss at step 100", "early")];
  const failed = rows.filter((row) => row.failed > 0);
  return figureOf(drawings, {
    columns: 2,
    legend: legendOf(drawings[0].series),
    caption:
      `Schedules on the digits over α, rank ${p.rank}, ${p.epochs} epochs in batches of ${p.batch}: mean of ${p.copies} ` +
      "runs (symbols and thin lines), bars one standard error, each rule over the α that is best for it in that " +
      "panel." +
      (failed.length > 0
        ? ` Left out, as runs fail: ${
          failed.map(({ rule, alpha }) => `${rule} ${alpha}`).join(", ")
        }.`
        : ""),
  });
}

/**
 * Each schedule over a range of its α: a comparison is fair when every α is tuned, and a tuned one is believed when
 * worse ones lie on both sides.
 *
 * Rows: one a rule and an α.
 * Source: setting ours, schedules the paper's.
 */
export const digitsTuned: Experiment<typeof tunedParameters, TunedRow[], Figure> = experiment({
  name: "tuned schedules on the digits",
  about: "Each schedule over a range of its α.",
  parameters: tunedParameters,
  quick: { copies: 2 },
  run: async (p, { sweep }) => {
    const { rank, start, batch, epochs, copies, seed } = p;
    const all = (Object.keys(GRIDS) as (keyof typeof GRIDS)[])
      .flatMap((name) => p[name].map((alpha) => ({ name, alpha })));
    const rows = await digitsRuns(sweep, {
      ...{ rules: all, ranks: [rank], starts: [start], batch, epochs, copies, seed },
    });
    return all.map(({ name, alpha }): TunedRow => {
      const score = scoreOf(where(rows, "schedule", `${name} ${alpha}`)),
        whole = score.failed === 0;
      return {
        ...{
          rule: name,
          alpha,
          loss: whole ? score.loss.mean : null,
          se: whole ? score.loss.se : null,
        },
        ...{ early: whole ? score.early.mean : null, earlySe: whole ? score.early.se : null },
        failed: score.failed,
      };
    });
  },
  figure: draw,
  table: (rows) =>
    (Object.keys(GRIDS) as (keyof typeof GRIDS)[]).map((rule) => {
      const [last, early] = [bestOf(rows, rule, "loss"), bestOf(rows, rule, "early")];
      const at = (alpha: number) => where(where(rows, "rule", rule), "alpha", alpha)[0];
      return {
        rule,
        "best α, final loss": last.alpha,
        "final loss": plusMinus({ mean: last.value, se: at(last.alpha).se ?? NaN }, 3),
        "bracketed": last.bracketed ? "yes" : "no",
        "best α, step 100": early.alpha,
        "loss at step 100": plusMinus({ mean: early.value, se: at(early.alpha).earlySe ?? NaN }, 3),
        "bracketed, step 100": early.bracketed ? "yes" : "no",
      };
    }),
});
