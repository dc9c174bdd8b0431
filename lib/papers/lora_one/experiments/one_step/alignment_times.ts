/**
 * F8: alignment time of LoRA's start in any dimension, in law, and what a random start knows.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  geomspace,
  param,
  type Row,
  summary,
  type SweepRow,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  figureOf,
  formatNumber,
  powerOfTen,
  scaleWords,
} from "../../../../figure/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { REFERENCE } from "../../problems/draw.ts";
import { gaussianStartTangent } from "../../simulation/descent/reduced.ts";
import {
  type AlignmentCell,
  type AlignmentRow,
  alignmentRun,
} from "../../simulation/runs/reduced.ts";
import { alignmentTime } from "../../theory/linear.ts";
import { sampleTangent } from "../../theory/one_step.ts";
import { copiesOf, HERE, meansOf } from "../parts.ts";
import { numbersInWords } from "../physics.ts";

/**
 * TimeParameters of {@linkcode alignmentTimes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const timeParameters = {
  d: param.numbers([1e2, 1e3, 1e4, 1e5, 1e6], "input dimensions", { least: 4 }),
  r: param.integer(8, "rank of the adapter in (a)", { least: 1 }),
  values: param.numbers([1, 1, 1, 1], "singular values of Δ in (a)", { above: 0 }),
  initStd: param.number(1e-8, "standard deviation α of A₀", { above: 0 }),
  eta: param.number(1 / 64, "step size", { above: 0 }),
  level: param.number(0.5, "sin θ at which a run counts as aligned", { above: 0, below: 1 }),
  most: param.integer(20000, "most steps of a run", { least: 1 }),
  copies: param.integer(20, "runs of each dimension", { least: 1 }),
  ranks: param.integers([4, 5, 6, 8, 12, 16], "ranks of (b), at least r*", { least: 1 }),
  width: param.integer(200, "input dimension of (b)", { least: 4 }),
  draws: param.integer(4000, "draws of the law in (b); a quarter as many direct ones", {
    least: 100,
  }),
  seed: param.seed(REFERENCE),
};

/** Values of the parameters. */
export type TimeParameters = Values<typeof timeParameters>;

/** A draw of what a start knows. */
export interface StartRow extends Row {
  /** Rank. */
  r: number;
  /** Whether it is drawn by the Wishart law or from Gaussian `a`, `b`. */
  by: "law" | "direct";
  /** `tan θ₀ = ‖ba⁺‖`. */
  tangent: number;
}

/** Tables of {@linkcode alignmentTimes}. */
export type TimeTables = {
  /** Runs in law. */
  readonly runs: SweepRow<AlignmentCell, AlignmentRow, string>[];
  /** Draws of starts. */
  readonly starts: StartRow[];
};

/** Leading order of the mean time, over the law of the start's tangent. */
export function predictedTime(
  p: TimeParameters,
  d: number,
): { readonly mean: number; readonly se: number } {
  const rng = stream(p.seed, "time", d), rank = p.values.length;
  const tangent = p.level / Math.sqrt(1 - p.level ** 2), value = Math.min(...p.values);
  const options = { outside: Math.round(d) - rank, rank, dof: p.r };
  return summary(
    Array.from(
      { length: Math.round(p.draws / 4) },
      () =>
        alignmentTime({ startTangent: sampleTangent(rng, options), tangent, value, rate: p.eta }),
    ),
  );
}

const LEVELS = [["5 %", 0.05], ["median", 0.5], ["95 %", 0.95]] as const;

function draw({ runs, starts }: TimeTables, p: TimeParameters): Figure {
  const equal = new Set(p.values).size === 1, rank = p.values.length;
  const [low, high] = [Math.min(...p.d), Math.max(...p.d)];
  const quantile = (by: StartRow["by"], r: number, q: number) => {
    const sorted = where(where(starts, "by", by), "r", r).map(({ tangent }) => tangent)
      .toSorted((a, b) => a - b);
    return { x: r, y: sorted[Math.floor(q * sorted.length)] };
  };
  const counts = p.d.map((d) =>
    [d, where(runs, "d", Math.round(d)).map(({ steps }) => steps ?? NaN)] as const
  );
  return figureOf([
    {
      title: `steps to sin /{θ} = ${formatNumber(p.level)}`,
      x: { label: "input dimension /{d}", type: "log" },
      y: { label: "steps" },
      legend: "top-left",
      series: [{
        name: "mean",
        ...(equal
          ? { line: geomspace(low, high, 9).map((x) => ({ x, y: predictedTime(p, x).mean })) }
          : {}),
        ...meansOf(counts),
      }],
    },
    {
      title: "what a start knows",
      x: { label: "rank /{r}" },
      y: { label: "tan /{θ}_{0} = ‖/{ba}⁺‖", type: "log" },
      legend: "top-right",
      series: LEVELS.map(([name, q]) => ({
        name,
        line: p.ranks.map((r) => quantile("law", r, q)),
        marks: p.ranks.map((r) => quantile("direct", r, q)),
      })),
    },
  ], {
    columns: 2,
    caption:
      `(a) Steps of LoRA's start to sin θ = ${formatNumber(p.level)} for d up to ${
        powerOfTen(high)
      } (r = ` +
      `${p.r}, singular values of Δ ${numbersInWords(p.values)}, α = ${
        scaleWords(p.initStd)
      }, η = ` +
      `${
        formatNumber(p.eta)
      }, Σ̂ = I): ${p.copies} runs in law at each d, bars ± one standard error` +
      (equal
        ? "; line: leading order, mean over the Wishart law of the start"
        : "; no line: the leading order is that of equal singular values") +
      `. (b) Quantiles of the start's tangent (d = ${p.width}, r* = ${rank}): Wishart law of r degrees of freedom ` +
      "(lines), Gaussian starts (symbols).",
  });
}

/**
 * F8: mean alignment time against `d`, exact in law at a cost that does not depend on it, and quantiles of `‖ba⁺‖`
 * against the rank.
 *
 * Source: ours, beyond the paper.
 */
export const alignmentTimes: Experiment<
  typeof timeParameters,
  TimeTables,
  Figure,
  Record<never, never>
> = experiment({
  name: "alignment time",
  about: "Alignment time of LoRA's start to any dimension, and what a random start knows.",
  parameters: timeParameters,
  quick: { draws: 1000 },
  check: ({ d, r, values, ranks, width }, refuse) => {
    const rank = values.length, least = r + rank;
    if (r < rank) refuse("r", `at least r* = ${rank}`, r);
    if (d.some((x) => !Number.isInteger(x) || x < least)) {
      refuse("d", `whole numbers >= r + r* = ${least}`, d);
    }
    if (ranks.some((x) => x < rank)) refuse("ranks", `at least r* = ${rank}`, ranks);
    if (width < 2 * rank) refuse("width", `at least 2r* = ${2 * rank}`, width);
  },
  run: async (p, { sweep }) => {
    const { d, r, values, initStd, eta, level, most, copies, seed } = p, rank = values.length;
    const runs = await sweep({
      run: alignmentRun,
      cells: d.map((each) => ({ d: each, r, values, initStd, eta, level, most })),
      seeds: copiesOf(seed, copies),
      ...HERE,
    });
    const starts = p.ranks.flatMap((rank_): StartRow[] => {
      const law = stream(seed, "start", rank_), direct = stream(seed, "direct start", rank_);
      const sizes = { outside: p.width - rank, rank, dof: rank_ };
      const rows = (by: StartRow["by"], count: number, one: () => number) =>
        Array.from({ length: count }, (): StartRow => ({ r: rank_, by, tangent: one() }));
      const options = { d: p.width, r: rank_, targetRank: rank };
      return [
        ...rows("law", p.draws, () => sampleTangent(law, sizes)),
        ...rows("direct", Math.round(p.draws / 4), () => gaussianStartTangent(direct, options)),
      ];
    });
    return { runs, starts };
  },
  figure: draw,
  table: ({ runs }, p) =>
    p.d.map((d) => {
      const { mean, se } = summary(where(runs, "d", d).map(({ steps }) => steps ?? NaN));
      return { d, "mean steps": mean, "± steps": p.copies > 1 ? se : null };
    }),
});
