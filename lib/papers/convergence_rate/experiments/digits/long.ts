/**
 * F22, C34: long full-batch runs on the digits.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  param,
  slope,
  type Summary,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  scaleWords,
  spreadOf,
} from "../../../../figure/mod.ts";
import { type LongRow, longRun } from "../../simulation/long.ts";
import { repeats, ruleNamesOf, rulesParameter } from "../physics.ts";

/** A run before a step. */
export interface LongPoint extends LongRow {
  /** Name of the rule. */
  schedule: string;
  /** Number of the copy. */
  copy: number;
}

/**
 * Parameters of {@linkcode digitsLong}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const longParameters = {
  rules: rulesParameter([{ name: "adapt", alpha: 20 }], "rules that run once for each copy"),
  once: rulesParameter(["simple"], "further rules that run once, if any", 0),
  rank: param.integer(4, "rank of the adapter", { least: 1, most: 10 }),
  steps: param.integer(10_000, "full-batch steps", { least: 100 }),
  copies: param.integer(5, "runs with frozen weights and starts of their own", { least: 1 }),
  seed: param.seed(),
};

type Parameters = Values<typeof longParameters>;

/** Exponents of a quantity over the last decade, one a copy. */
export function longExponents(
  rows: readonly LongPoint[],
  schedule: string,
  key: "v2" | "minGradient2" | "loss",
): number[] {
  const own = where(rows, "schedule", schedule);
  return distinct(own, "copy").map((copy) => {
    const run = where(own, "copy", copy), late = run.filter(({ t }) => t >= run.at(-1)!.t / 10);
    return slope(late.map(({ t }) => Math.log(t)), late.map((row) => Math.log(row[key])));
  });
}

function spreadWords({ mean, sd, n }: Summary): string {
  return n > 1 ? `${formatNumber(mean, 3)} ± ${formatNumber(sd, 2)}` : formatNumber(mean, 3);
}

function draw(rows: readonly LongPoint[], p: Parameters): Figure {
  const names = ruleNamesOf([...p.rules, ...p.once]), [lead] = names;
  const panel = (
    title: string,
    label: string,
    key: "v2" | "minGradient2" | "gradient2",
  ): Drawing => {
    const ends = where(rows, "schedule", lead).filter(({ t }) => t === p.steps);
    const exponent = key === "gradient2" ? NaN : summary(longExponents(rows, lead, key)).mean;
    const level = summary(ends.map((row) => Math.log(row[key]))).mean + Math.log(2);
    return {
      title,
      x: { label: "steps /{t}", type: "log" },
      y: { label, type: "log" },
      series: [
        ...names.map((name, look) => {
          const own = where(rows, "schedule", name).filter(({ t }) => t > 0);
          const points = distinct(own, "t").flatMap((t) =>
            spreadOf(t, where(own, "t", t).map((row) => row[key]))
          ).map((point) =>
            Number.isFinite(point.low) ? point : { ...point, low: point.y, high: point.y }
          );
          return {
            name,
            look,
            thin: points,
            band: points,
            marks: points.filter((_, i) => i % 8 === 3 * look),
          };
        }),
        ...(key === "gradient2" ? [] : [{
          name: "fitted exponent",
          guide: [p.steps / 10, p.steps].map((x) => (
            { x, y: Math.exp(level) * (x / p.steps) ** exponent }
          )),
        }]),
      ],
    };
  };
  const drawings = [
    panel("adapter", "‖/{V}‖²", "v2"),
    panel("smallest so far", "min ‖∇/{J}‖²", "minGradient2"),
    panel("running", "‖∇/{J}‖²", "gradient2"),
  ];
  const words = (key: "v2" | "minGradient2") =>
    spreadWords(summary(longExponents(rows, lead, key)));
  return figureOf(drawings, {
    columns: 3,
    aspect: 0.95,
    legend: legendOf(drawings[0].series),
    caption:
      `Full-batch runs on all digits, rank ${p.rank}, ${
        scaleWords(p.steps)
      } steps: ${p.copies} runs of ` +
      `${ruleNamesOf(p.rules).join(", ")}${
        p.once.length > 0 ? `, one of ${ruleNamesOf(p.once).join(", ")}` : ""
      } (thin lines with symbols: mean; band: one standard deviation between runs). Dotted: exponents of ${lead} over the last decade, mean ± standard deviation ${
        words("v2")
      } of ‖V‖² ` +
      `and ${words("minGradient2")} of the smallest gradient, drawn at twice the height.`,
  });
}

/**
 * LoRA gradient descent on the mean loss of all digits.
 *
 * Rows: logarithmically spaced steps of each run.
 * Source: ours, after the paper's long run.
 */
export const digitsLong: Experiment<typeof longParameters, LongPoint[], Figure> = experiment({
  name: "long runs on the digits",
  about: "Size and gradients over long full-batch runs on the digits.",
  parameters: longParameters,
  quick: { steps: 1000, copies: 3 },
  check: ({ rules, once }, refuse) => {
    if (repeats(ruleNamesOf([...rules, ...once]))) {
      refuse("rules", "rules of different names", rules);
    }
  },
  run: async ({ rules, once, rank, steps, copies, seed }, { sweep }) => {
    const seeds = Array.from({ length: copies }, (_, i) => `${seed}/${i + 1}`);
    const cells = (list: typeof rules) =>
      list.map((rule, i) => ({ schedule: ruleNamesOf(list)[i], rule, rank, steps }));
    const rows = [
      ...await sweep({ run: longRun, cells: cells(rules), seeds }),
      ...(once.length === 0
        ? []
        : await sweep({ run: longRun, cells: cells(once), seeds: seeds.slice(0, 1) })),
    ];
    return rows.map((
      { schedule, seed, t, loss, v2, gradient2, minGradient2, eta, rises, falls },
    ) => (
      {
        schedule,
        copy: seeds.indexOf(seed),
        t,
        loss,
        v2,
        gradient2,
        minGradient2,
        eta,
        rises,
        falls,
      }
    ));
  },
  figure: draw,
  table: (rows, { rules, once }) =>
    ruleNamesOf([...rules, ...once]).map((rule) => {
      const last = where(rows, "schedule", rule).filter(({ t }, _, all) => t === all.at(-1)!.t);
      const mean = (of: (row: LongPoint) => number) => summary(last.map(of)).mean;
      return {
        ...{ rule, runs: last.length, "rises of the loss": mean((row) => row.rises) },
        ...{ "falls of ‖V‖²": mean((row) => row.falls), loss: mean((row) => row.loss) },
        "exponent of ‖V‖²": spreadWords(summary(longExponents(rows, rule, "v2"))),
        "of min ‖∇J‖²": spreadWords(summary(longExponents(rows, rule, "minGradient2"))),
      };
    }),
});
