/**
 * T8: the plateau of the excess rank, start by start, against the scale and against the rank.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  legendOf,
  listed,
  scaleWords,
  type Series,
  spreadOf,
} from "../../../../figure/mod.ts";
import { frobeniusNorm, matrix, multiply, svd } from "../../../../linalg/mod.ts";
import { portable } from "../../../../random/mod.ts";
import { growthModes } from "../../bases.ts";
import { factorization, seedNumber } from "../../problems/mod.ts";
import { flowRun } from "../../simulation/runs/run.ts";
import { plainProblem, type ProblemLike, problemOf } from "../../shapes.ts";
import { layerStart, startAdapters, type StartLike, startWords } from "../../starts.ts";
import {
  excessRankLoss,
  expectedExcessRankOf,
  outsideLoss,
} from "../../theory/excess/excess_rank.ts";
import { REFERENCE, startSeeds, startsParameter } from "../physics.ts";
import { rangeWords } from "../range.ts";
import { worded } from "../worded.ts";

/** Loss of one start on its plateau. */
export interface ExcessRankRow extends Row {
  /** Number of the problem in the list. */
  target: number;
  /** Rank of the target. */
  k: number;
  /** Name of the start. */
  start: string;
  /** Its scale. */
  alpha: number;
  /** Rank of the adapter. */
  r: number;
  /** Seed of the start. */
  seed: string;
  /** Time of the measurement. */
  at: number;
  /** Loss then. */
  loss: number;
  /** Plateau that theory gives this start. */
  predicted: number;
  /** What the start has outside the target, damped or not. */
  outside: number;
  /** Mean plateau of all-random starts. */
  expected: number;
}

/**
 * Parameters of {@linkcode excessRank}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const excessRankParameters = {
  problems: param.values<ProblemLike>(
    [factorization({ m: 20 }), factorization({ m: 20, sigma: [1, 0.5] })],
    "problems with one adapter whose target is along singular directions of w2",
    (problem) => problemOf(problem),
    "a problem { w2, target }",
  ),
  starts: startsParameter(["gauss", "zeroB"]),
  alpha: param.numbers([1e-2, 1e-3, 1e-4, 1e-5], "scales α, at the rank r", { above: 0 }),
  r: param.integer(4, "rank of the adapter in the sweep over scales", { least: 1 }),
  ranks: param.integers([1, 2, 3, 4, 6, 8], "ranks of the adapter, at the scale alphaOfRanks", {
    least: 1,
  }),
  alphaOfRanks: param.number(1e-3, "scale α in the sweep over ranks", { above: 0 }),
  folds: param.number(
    2,
    "the loss is taken after folds · log(1/α)/μ + wait/μ, μ the slowest rate of escape or decay",
    {
      least: 1,
    },
  ),
  wait: param.number(15.3, "see folds", { least: 0 }),
  copies: param.integer(20, "starts of each kind", { least: 1 }),
  first: param.integer(100, `first seed of the starts under the seed "${REFERENCE}"`, { least: 0 }),
  seed: param.seed(REFERENCE, `seed of the starts; "${REFERENCE}" draws them from first on`),
};

type Parameters = Values<typeof excessRankParameters>;

/** The largest rank that the layer of a problem carries. */
function mostOf(like: ProblemLike): number {
  const { w2, target } = problemOf(like);
  return Math.min(w2.columns, target.columns);
}

/**
 * What is learnt of a problem, and when its loss is taken: after the slowest escape, and after the slowest
 * entry of the error beside the target, which falls at `s_i²σ_j/s_j`.
 */
function facts(like: ProblemLike, { folds, wait }: Pick<Parameters, "folds" | "wait">) {
  const problem = problemOf(like), { rates1: rates, modes1 } = growthModes(problem);
  const values = [...svd(problem.w2).values],
    least = Math.min(...values.filter((x) => x > 1e-9 * values[0]));
  const beside = modes1.map(([p], j) => {
    const image = multiply(problem.w2, matrix(p.length, 1, p)), s = frobeniusNorm(image);
    return least ** 2 * rates[j] / s ** 2;
  });
  const slowest = Math.min(...rates, ...beside), k = rates.length;
  return { problem, k, time: (alpha: number) => (folds * Math.log(1 / alpha) + wait) / slowest };
}

/** Every problem at every scale with the rank r, and at one scale with every rank. */
function cellsOf(parameters: Parameters) {
  const { problems, alpha, r, ranks, alphaOfRanks } = parameters;
  return problems.flatMap((like, target) => {
    const { k, time } = facts(like, parameters), problem = plainProblem(like);
    const fits = ranks.filter((rank) => rank >= k && rank <= mostOf(like));
    const places = [
      ...alpha.map((scale) => ({ r, alpha: scale })),
      ...fits.map((rank) => ({ r: rank, alpha: alphaOfRanks }))
        .filter(({ r: rank }) => rank !== r || !alpha.includes(alphaOfRanks)),
    ];
    return places.map((place) => (
      { target, k, problem, ...place, times: [time(place.alpha)] }
    ));
  });
}

/** The plateau of a start from its seed, and what it is made of. */
function predicted(
  like: ProblemLike,
  start: StartLike,
  { r, alpha, seed }: { r: number; alpha: number; seed: string },
): Pick<ExcessRankRow, "predicted" | "outside"> {
  const problem = problemOf(like), draws = portable(seedNumber("draw a start", seed));
  const adapters = startAdapters(problem, { start, r, alpha, draws });
  return {
    predicted: excessRankLoss(problem, adapters),
    outside: outsideLoss(problem, adapters),
  };
}

/** Relative distance of a run from its own prediction; 0 where both are nothing. */
function relative({ loss, predicted }: ExcessRankRow): number {
  return predicted === 0 ? 0 : Math.abs(loss / predicted - 1);
}

function mean(rows: readonly ExcessRankRow[], key: "loss" | "predicted"): number {
  return summary(rows.map((row) => row[key])).mean;
}

/** Words that tell the problems of a run apart. */
function namesOf({ problems }: Parameters, rows: readonly ExcessRankRow[]): string[] {
  const ranks = problems.map((_, i) => where(rows, "target", i)[0].k);
  if (new Set(ranks).size === problems.length) return ranks.map((k) => `target of rank ${k}`);
  return problems.map(({ name = "own problem" }) => name);
}

/** Values of a column in rising order, with their rows. */
function steps(rows: readonly ExcessRankRow[], key: "alpha" | "r") {
  return distinct(rows, key).toSorted((a, b) => a - b)
    .map((x) => ({ x, here: where(rows, key, x) }));
}

/** Mean plateau and runs against the scale. */
function againstScale(rows: readonly ExcessRankRow[]): Omit<Series, "name"> {
  const all = steps(rows, "alpha");
  const places = all.flatMap(({ x, here }) => spreadOf(x, here.map(({ loss }) => loss)));
  const line = all.map(({ x, here }) => ({ x, y: here[0].expected }));
  return { line, marks: places, band: places };
}

/** The start that is furthest from its own prediction, and the order of what theory leaves out. */
function deviation(rows: readonly ExcessRankRow[]): Omit<Series, "name"> {
  const marks = steps(rows, "alpha").map(({ x, here }) => (
    { x, y: Math.max(...here.map(relative)) }
  ));
  const order = ({ x }: { x: number }) => x * x * where(rows, "alpha", x)[0].at;
  const middle = marks[Math.floor(marks.length / 2)];
  const guide = marks.map((at) => ({ x: at.x, y: middle.y * order(at) / order(middle) }));
  return { marks, guide };
}

/** Mean loss in units of what one excess rank leaves: runs, their own T8, and the mean over all starts. */
function againstRank(rows: readonly ExcessRankRow[]): Omit<Series, "name"> {
  const all = steps(rows.filter(({ r, k }) => r > k), "r").map(({ x, here }) => {
    const [{ k, expected }] = here, unit = expected / (x - k);
    const { mean: y, se } = summary(here.map(({ loss }) => loss / unit));
    return { x: x - k, y, low: y - se, high: y + se, own: mean(here, "predicted") / unit };
  });
  const from = { x: 0, y: 0 };
  return {
    line: [from, ...all.map(({ x }) => ({ x, y: x }))],
    thin: [from, ...all.map(({ x, own: y }) => ({ x, y }))],
    ...{ marks: all, bars: all },
  };
}

function draw(rows: readonly ExcessRankRow[], parameters: Parameters): Figure {
  const { starts, alpha, r, ranks, alphaOfRanks, copies, problems } = parameters;
  const names = namesOf(parameters, rows), left = rows.filter(({ predicted }) => predicted > 0);
  const series = (some: readonly ExcessRankRow[], of: typeof deviation) =>
    names.map((name, i) => ({ name, look: i, ...of(where(some, "target", i)) }))
      .filter(({ marks = [] }) => marks.length > 0);
  const scales = left.filter((row) => row.r === r && alpha.includes(row.alpha));
  const atRanks = left.filter((row) => row.alpha === alphaOfRanks && ranks.includes(row.r));
  const x = { label: "scale /{α}", type: "log" } as const;
  const nothing = rows.filter(({ predicted, r, k }) => predicted === 0 && r > k);
  const without = starts.filter((start) =>
    nothing.some((row) => row.start === layerStart(start).name)
  );
  const most = Math.max(0, ...nothing.map(({ loss }) => loss));
  const drawings: Drawing[] = [
    {
      title: `plateau, /{r} = ${r}`,
      ...{ x, y: { label: "loss /{L}", type: "log" }, series: series(scales, againstScale) },
    },
    {
      title: "start by start",
      ...{ x, y: { label: "|/{L} ÷ theory − 1|", type: "log" } },
      series: series(scales, deviation),
    },
    {
      title: `plateau, /{α} = ${scaleWords(alphaOfRanks)}`,
      x: { label: "excess rank /{r} − /{k}" },
      y: { label: "mean loss, in units of one rank" },
      series: series(atRanks, againstRank),
    },
  ];
  return figureOf(drawings.filter(({ series }) => series.length > 0), {
    columns: 3,
    legend: legendOf(series(scales, againstScale)),
    caption:
      `Plateau of the excess rank, ${
        listed([...new Set(problems.map(({ name = "own problem" }) => name))])
      }. (a) Lines: mean of T8 over starts; symbols: ${copies} starts, geometric mean, band ± one ` +
      "standard deviation. (b) The start that is furthest from its own T8; dotted: α² times the time " +
      "of the measurement. (c) Mean loss ± standard error over what one excess rank leaves on average; " +
      "thin lines: T8 of the same starts." +
      rangeWords(
        scales.map(({ target, start, alpha, loss, predicted }) => ({
          ...{ series: `${target} ${start}`, alpha, run: loss, theory: predicted },
        })),
        "T8 is the lowest order in α",
      ) +
      (without.length > 0
        ? ` From ${listed(without.map(startWords))} T8 is zero, and no run is above ${
          scaleWords(Number(most.toPrecision(1)))
        } when it is measured.`
        : ""),
  });
}

/**
 * The plateau of the excess rank: loss after the escape of all modes against scale and rank, with T8 of the
 * same start beside each run.
 *
 * Rows: one run each.
 * Source: ours, T8; not a start of the paper.
 *
 * @example A frozen factor of one's own.
 * ```ts
 * import { aligned, excessRank } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await excessRank({
 *   ...{ preset: "quick", problems: [aligned({ s2: [2, 1.5, 1, 0.8], target: [0, 0.5], n: 5 })] },
 *   ...{ starts: ["gauss"], alpha: [1e-3], ranks: [2], r: 3, copies: 1 },
 * });
 * for (const { loss, predicted } of rows) assertAlmostEquals(loss / predicted, 1, 0.02);
 * ```
 */
export const excessRank: Experiment<typeof excessRankParameters, ExcessRankRow[], Figure> =
  experiment({
    name: "plateau of the excess rank",
    about: "What an all-random start leaves behind where there is one adapter, start by start.",
    parameters: excessRankParameters,
    quick: { alpha: [1e-2, 1e-3, 1e-4], ranks: [2, 4, 8], copies: 4 },
    check: ({ problems, r, ranks, alpha }, refuse) => {
      const most = Math.max(...problems.map((like) => growthModes(problemOf(like)).rates1.length));
      if (r < most) refuse("r", `>= ${most}, the largest rank of the targets`, r);
      const room = Math.min(...problems.map(mostOf));
      if (r > room) refuse("r", `<= ${room}, the smallest size of a layer`, r);
      if (Math.max(...ranks) < most) refuse("ranks", `up to ${most} at least`, ranks);
      if (new Set(alpha).size < alpha.length) refuse("alpha", "different numbers", alpha);
    },
    run: async (parameters, { sweep }) => {
      const { starts, copies, first, seed } = parameters, cells = cellsOf(parameters);
      const seeds = startSeeds(seed, first, copies);
      const both = [true, false].map(async (random) => {
        const some = starts.filter((start) => layerStart(start).random === random);
        const all = cells.flatMap((cell) => some.map((startedBy) => ({ ...cell, startedBy })));
        const own = random ? seeds : seeds.slice(0, 1);
        if (all.length === 0) return [];
        const runs = await sweep({
          run: flowRun,
          cells: all.map(({ target: _, k: __, ...cell }) => (
            { ...cell, start: layerStart(cell.startedBy).name }
          )),
          seeds: own,
        });
        return runs.map(({ seed, at, loss }, i): ExcessRankRow => {
          const { target, k, startedBy, alpha, r, problem } = all[Math.floor(i / own.length)];
          return {
            ...{ target, k, start: layerStart(startedBy).name, alpha, r, seed, at, loss },
            ...predicted(problem, startedBy, { r, alpha, seed }),
            expected: expectedExcessRankOf(problemOf(problem), { r, alpha }),
          };
        });
      });
      return (await Promise.all(both)).flat();
    },
    figure: draw,
    table: worded((rows) =>
      [
        ...Map.groupBy(rows, ({ target, start, alpha, r }) => [target, start, alpha, r].join())
          .values(),
      ].map((here) => {
        const [{ k, start, alpha, r, expected }] = here, deviations = here.map(relative);
        return {
          ...{ "rank of target": k, start, alpha, r, "mean loss": mean(here, "loss") },
          ...{ "mean of T8": mean(here, "predicted"), "expected for all random": expected },
          "largest |L/T8 − 1|": Math.max(...deviations),
        };
      })
    ),
  });
