/**
 * F7: the modes of a target are learnt one after the other.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import {
  distinct,
  type Experiment,
  experiment,
  linspace,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  type Mark,
  type Panel,
  simulation,
  style,
  theory,
} from "../../../figure/mod.ts";
import { portable } from "../../../random/mod.ts";
import { growthModes } from "../bases.ts";
import { factorization, seedNumber } from "../problems.ts";
import { layerStart, startAdapters, startWords } from "../starts.ts";
import { alignmentExponent } from "../theory/alignment.ts";
import { modeHalfTimes } from "../theory/incremental.ts";
import { isotropicScale } from "../theory/_isotropic.ts";
import { type Decades, decades } from "./_decades.ts";
import { scaleWords } from "./_drawing.ts";
import { type HalfTimeRow, halfTimesOf } from "./_half_times.ts";
import {
  type CourseRow,
  problemAt,
  problemParameter,
  rankParameter,
  runsOf,
  seedParameter,
  startSeeds,
  startsParameter,
} from "./_physics.ts";
import { whereItHolds } from "./_where_it_holds.ts";

/** First seed of the starts under the seed `"reference"`. */
const FIRST = 400;

/** A moment of a run, with the stairs of T7. */
export interface StairRow extends CourseRow {
  /** Loss of the logistic steps at the half-times of T7, from the same start; null where T7 fails. */
  predicted: number | null;
}

/**
 * Parameters of {@linkcode incrementalLearning}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const incrementalParameters = {
  problem: problemParameter(factorization({ m: 20, sigma: [1, 0.5] })),
  starts: startsParameter(["zeroB", "gauss"]),
  alpha: param.numbers([1e-2, 1e-3, 1e-4, 1e-5], "scales α of the starts", { above: 0 }),
  shown: param.number(1e-5, "the scale, one of alpha, at which the loss is shown", { above: 0 }),
  r: rankParameter(4),
  horizon: param.number(36, "last time of the loss, in flow time (step size × steps)", {
    above: 0,
  }),
  points: param.integer(73, "number of times of the loss", { least: 2 }),
  copies: param.integer(20, "starts of each random kind, one seed each", { least: 1 }),
  seed: seedParameter(FIRST),
};

type Parameters = Values<typeof incrementalParameters>;

/** Rows of a run: half-times of the modes, and the course of the loss at one scale. */
export type IncrementalRows = {
  /** A mode of a run each. */
  readonly modes: readonly HalfTimeRow[];
  /** A moment of a run each. */
  readonly loss: readonly StairRow[];
};

/** Loss of modes that are learnt independently, each along its logistic curve. */
function stairs(
  { sigma, s, times, left }: { sigma: number[]; s: number; times: readonly number[]; left: number },
  t: number,
): number {
  const errors = times.map((half, j) => sigma[j] / (1 + Math.exp(2 * s * sigma[j] * (t - half))));
  return errors.reduce((sum, e) => sum + 0.5 * e * e, left);
}

/** Rows with the stairs of T7. */
function withStairs(rows: readonly CourseRow[], p: Parameters): StairRow[] {
  const runs = Map.groupBy(rows, ({ start, seed }) => `${start} ${seed}`);
  return [...runs.values()].flatMap((run): StairRow[] => {
    const [{ start, alpha, seed, copy }] = run, problem = problemAt(p.problem, copy);
    const startedBy = p.starts.find((each) => layerStart(each).name === start)!;
    const draws = portable(seedNumber("start a run", seed));
    const adapters = startAdapters(problem, { start: startedBy, alpha, r: p.r, draws });
    const times = whereItHolds(() => modeHalfTimes(problem, adapters))?.times;
    if (!times) return run.map((row) => ({ ...row, predicted: null }));
    const s = isotropicScale("draw the stairs", problem);
    const sigma = growthModes(problem).rates1.map((rate) => rate / s);
    const left = sigma.slice(times.length).reduce((sum, x) => sum + 0.5 * x * x, 0);
    return run.map((row) => ({ ...row, predicted: stairs({ sigma, s, times, left }, row.at) }));
  });
}

/** A panel with its numbers. */
interface Drawn {
  readonly panel: Panel;
  readonly points: Row[];
  readonly lines: Row[];
}

/** Symbols of the starts, where those of the modes would mislead. */
const START_SYMBOLS = ["diamond", "plus", "times", "asterisk"] as const;

/** Colour of a start and symbol of a mode. */
function look(start: number, mode: number) {
  const symbols = ["circle", "square2", "triangle", "diamond", "times", "plus"] as const;
  return { stroke: style(start).stroke, symbol: symbols[mode % 6], dash: style(mode).dash };
}

function lossPanel(rows: readonly StairRow[], p: Parameters): Drawn {
  const points: Decades[] = [], lines: Decades[] = [];
  const marks = p.starts.flatMap((start, i): Mark[] => {
    const here = where(rows, "start", layerStart(start).name), { stroke, dash } = style(i);
    const symbol = START_SYMBOLS[i % START_SYMBOLS.length];
    const found = decades(startWords(start), here, "at", (row) => row.loss);
    const law = decades(startWords(start), here, "at", (row) => row.predicted);
    points.push(...found);
    lines.push(...law);
    const some = found.filter((_, k) => k % 5 === (2 * i) % 5);
    const area = { x: "x", y1: "low", y2: "high", fill: stroke, fillOpacity: 0.14, clip: true };
    return [
      Plot.areaY(found, area),
      theory(law, { x: "x", y: "mid", stroke, strokeDasharray: dash, clip: true }),
      simulation(some, { x: "x", y: "mid", stroke, symbol }),
    ];
  });
  const panel: Panel = {
    title: `loss at /{α} = ${scaleWords(p.shown)}`,
    x: { label: "flow time /{t} = step size × steps", domain: [0, p.horizon] },
    y: { label: "loss /{L}", type: "log" },
    marks,
  };
  return { panel, points, lines };
}

/** Means of a quantity of each mode of each start against the scale. */
function byScale(
  rows: readonly HalfTimeRow[],
  p: Parameters,
  pick: (some: readonly HalfTimeRow[], mode: number, i: number) => { points: Row[]; lines: Row[] },
): { marks: Mark[]; points: Row[]; lines: Row[] } {
  const all = { marks: [] as Mark[], points: [] as Row[], lines: [] as Row[] };
  p.starts.forEach((start, i) => {
    const kind = where(rows, "start", layerStart(start).name);
    for (const mode of distinct(kind, "mode")) {
      const { stroke, symbol, dash } = look(i, mode - 1);
      const { points, lines } = pick(where(kind, "mode", mode), mode, i);
      all.points.push(...points);
      all.lines.push(...lines);
      all.marks.push(
        theory(lines, { x: "x", y: "y", stroke, strokeDasharray: dash, clip: true }),
        Plot.ruleX(points, { x: "x", y1: "low", y2: "high", stroke, strokeWidth: 0.8 }),
        simulation(points, { x: "x", y: "y", stroke, symbol }),
      );
    }
  });
  return all;
}

/** Numbers of a column at a scale. */
function at(
  rows: readonly HalfTimeRow[],
  alpha: number,
  key: "half" | "predicted" | "gap",
): number[] {
  return where(rows, "alpha", alpha).map((row) => row[key]).filter((x) => x !== null);
}

function timesPanel(rows: readonly HalfTimeRow[], p: Parameters): Drawn {
  const { marks, points, lines } = byScale(rows, p, (some, mode, i) => {
    const series = `mode ${mode}, ${startWords(p.starts[i])}`;
    const mean = (key: "half" | "predicted") =>
      p.alpha.flatMap((x) => {
        const all = at(some, x, key);
        if (all.length === 0) return [];
        const { mean: y, sd } = summary(all);
        return [{ series, x, y, low: y - sd, high: y + sd }];
      });
    return { points: mean("half"), lines: mean("predicted") };
  });
  const panel: Panel = {
    title: "half-times",
    x: { label: "scale /{α}", type: "log" },
    y: { label: "half-time /{T}_{½}, flow time" },
    marks,
  };
  return { panel, points, lines };
}

/** Largest distance from T7, with the order of what it neglects for each mode. */
function distancePanel(rows: readonly HalfTimeRow[], p: Parameters): Drawn {
  const { rates1 } = growthModes(problemAt(p.problem, 0));
  const { marks, points, lines } = byScale(rows, p, (some, mode, i) => {
    const series = `mode ${mode}, ${startWords(p.starts[i])}`;
    const most = p.alpha.flatMap((x) => {
      const gaps = where(some, "alpha", x).flatMap(({ half, predicted }) =>
        half === null || predicted === null ? [] : [Math.abs(half - predicted)]
      );
      const y = Math.max(...gaps);
      return gaps.length > 0 && y > 0 ? [{ series, x, y }] : [];
    });
    // Of the first mode: what the second one holds at its half-time, α^{2(1 − λ₂/λ₁)}.
    const next = rates1[mode] ?? 0, from = most.toSorted((a, b) => a.x - b.x)[1] ?? most[0];
    const shape = (x: number) =>
      next > 0 ? x ** (2 * (1 - next / rates1[mode - 1])) : x ** 2 * Math.abs(Math.log(x));
    const guide = from
      ? most.map(({ x }) => ({ series, x, y: from.y * shape(x) / shape(from.x) }))
      : [];
    return { points: most, lines: guide };
  });
  const panel: Panel = {
    title: "largest distance from T7",
    x: { label: "scale /{α}", type: "log" },
    y: { label: "|simulation − T7|, flow time", type: "log" },
    marks,
  };
  return { panel, points, lines };
}

/** Misalignment at the first half-time, with the exponent of T3'. */
function gapPanel(rows: readonly HalfTimeRow[], p: Parameters): Drawn {
  const exponent = alignmentExponent(problemAt(p.problem, 0));
  const { marks, points, lines } = byScale(where(rows, "mode", 1), p, (some, _, i) => {
    const series = startWords(p.starts[i]);
    const kept = some.filter(({ gap }) => gap !== null && gap > 1e-28);
    const found = decades(series, kept, "alpha", ({ gap }) => gap)
      .map(({ x, mid, low, high }) => ({ series, x, y: mid, low, high }));
    const from = found.toSorted((a, b) => a.x - b.x)[0];
    const guide = from
      ? found.map(({ x }) => ({ series, x, y: from.y * (x / from.x) ** exponent }))
      : [];
    return { points: found, lines: guide };
  });
  const panel: Panel = {
    title: "alignment at the first half-time",
    x: { label: "scale /{α}", type: "log" },
    y: { label: "1 − cos(/{γ}_{1}, /{U})", type: "log" },
    marks,
  };
  return { panel, points, lines };
}

function draw({ modes, loss }: IncrementalRows, p: Parameters): Figure {
  const drawn = [
    lossPanel(loss, p),
    timesPanel(modes, p),
    distancePanel(modes, p),
    gapPanel(modes, p),
  ];
  const { name = "own problem" } = problemAt(p.problem, 0), tables: Record<string, Row[]> = {};
  drawn.forEach(({ points, lines }, i) => {
    if (points.length > 0) tables[`${"abcd"[i]}, simulation`] = points;
    if (lines.length > 0) tables[`${"abcd"[i]}, theory`] = lines;
  });
  const numbers = distinct(modes, "mode"), exponent = alignmentExponent(problemAt(p.problem, 0));
  return {
    panels: drawn.map(({ panel }) => panel),
    columns: 2,
    legend: [
      ...p.starts.map((start, i) => ({
        label: startWords(start),
        ...{ stroke: style(i).stroke, symbol: START_SYMBOLS[i % START_SYMBOLS.length], dash: "" },
      })),
      ...(numbers.length > 1
        ? numbers.map((mode) => {
          const { symbol, dash } = look(0, mode - 1);
          return { label: `mode ${mode} (b, c)`, stroke: "#555", symbol, dash };
        })
        : []),
    ],
    rows: tables,
    size: "page",
    caption:
      `${name[0].toUpperCase()}${name.slice(1)}, r = ${[p.r].flat().join(" and ")}, ${p.copies} ` +
      "starts of each random kind, gradient flow. Symbols: simulation; lines: theory. " +
      "(a) Geometric mean of the loss, ± one standard deviation; line: logistic steps at the half-times of " +
      "T7. (b) Half-times of the modes, mean ± one standard deviation, and T7. (c) Largest distance of " +
      "the two over the starts; lines: the order of what T7 leaves out, through the second smallest scale. " +
      `(d) Misalignment at the first half-time; line: exponent ${
        formatNumber(exponent)
      } of T3', through ` +
      "the smallest scale.",
  };
}

/**
 * F7: half-times of all modes of a target with T7 from each start, and the staircase of the loss.
 *
 * Rows: `modes`, a mode of a run each; `loss`, a moment of a run at the scale `shown` each.
 * Source: ours; the phenomenon is known (Jin et al. 2023; Pesme and Flammarion 2023).
 *
 * @example A rank that is too small stops at the modes it has.
 * ```ts
 * import { deficientLoss, factorization, incrementalLearning } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = factorization({ m: 8, sigma: [2, 1, 0.5], s: 1.3 });
 * const { rows } = await incrementalLearning({
 *   ...{ problem, r: 2, starts: ["zeroB"], alpha: [1e-3], shown: 1e-3, copies: 1 },
 *   ...{ horizon: 30, points: 2 },
 * });
 * assertAlmostEquals(rows.loss[1].loss, deficientLoss(problem, 2), 1e-9);
 * ```
 */
export const incrementalLearning: Experiment<
  typeof incrementalParameters,
  IncrementalRows,
  Figure
> = experiment({
  name: "incremental learning",
  about: "Modes of a target are learnt one after the other, at times that follow from the start.",
  parameters: incrementalParameters,
  quick: { alpha: [1e-3, 1e-4, 1e-5], copies: 5 },
  check: ({ starts, alpha, shown }, refuse) => {
    const names = starts.map((start) => layerStart(start).name);
    if (new Set(names).size < names.length) refuse("starts", "of different names", names);
    if (new Set(alpha).size < alpha.length) refuse("alpha", "different numbers", alpha);
    if (!alpha.includes(shown)) refuse("shown", `one of alpha, ${alpha.join(", ")}`, shown);
  },
  run: async (p, { sweep }): Promise<IncrementalRows> => {
    const { problem, starts, alpha, r, copies, seed } = p, seeds = startSeeds(seed, FIRST, copies);
    const modes = await halfTimesOf(sweep, {
      ...{ problem, starts, alpha, r, seeds },
      predict: (of, start) => modeHalfTimes(of, start).times,
    });
    const times = linspace(0, p.horizon, p.points);
    const rows = await runsOf(sweep, { problem, starts, alpha: [p.shown], r, times, seeds });
    return { modes, loss: withStairs(rows, p) };
  },
  figure: draw,
  table: ({ modes }) =>
    [...Map.groupBy(modes, (row) => JSON.stringify([row.start, row.alpha, row.mode])).values()].map(
      (group) => {
        const [{ start, alpha, mode }] = group, half = at(group, alpha, "half");
        const law = at(group, alpha, "predicted");
        const mean = half.length > 0 ? summary(half).mean : null;
        return { start, alpha, mode, mean, T7: law.length > 0 ? summary(law).mean : null };
      },
    ),
});
