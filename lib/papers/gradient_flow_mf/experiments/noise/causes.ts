/**
 * F12: three causes of a late error, side by side.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  geomspace,
  param,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  band,
  type Figure,
  formatNumber,
  type Mark,
  type Panel,
  type Row,
  scaleWords,
  simulation,
  style,
  theory,
} from "../../../../figure/mod.ts";
import { dot } from "../../../../linalg/mod.ts";
import { growthModes, modalVectors } from "../../bases.ts";
import type { Adapters, Problem } from "../../model.ts";
import { canonical, factorization } from "../../problems/mod.ts";
import { adaptersOf } from "../../run_start.ts";
import { type ProblemLike, problemOf } from "../../shapes.ts";
import { layerStart, startWords } from "../../starts.ts";
import { escapeTimeOf } from "../../theory/escape/escape.ts";
import { excessRankLoss } from "../../theory/excess/excess_rank.ts";
import { tiltedTarget, universalCurve } from "../../theory/tilted/tilted.ts";
import { tiltedProblem } from "../../problems/tilted.ts";
import { noiseCourse } from "../../theory/noise/noise.ts";
import { type CourseRow, runsOf, seedParameter, startParameter, startSeeds } from "../physics.ts";
import { worded } from "../worded.ts";

/** Why an error is late. */
export type Cause = "mixing" | "excess rank" | "outside";

/** A moment of a run beside the theory of its cause. */
export interface CauseRow extends CourseRow {
  /** Cause of the late error. */
  cause: Cause;
  /** Loss by theory; null at times for which it says nothing. */
  theory: number | null;
}

/** Several starts at one time. */
interface CauseMean extends Row {
  cause: Cause;
  alpha: number;
  at: number;
  loss: number;
  low: number;
  high: number;
  theory: number | null;
}

const PROBLEM = "a problem { w2, w1, target }";

/**
 * Parameters of {@linkcode causes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const causeParameters = {
  mixing: param.value<ProblemLike>(
    canonical({ d: 20, s1: 0.5 }),
    "problem whose second adapter mixes its noise into the first: two adapters, aligned",
    problemOf,
    PROBLEM,
  ),
  excess: param.value<ProblemLike>(
    factorization({ m: 20 }),
    "problem of excess rank: one adapter, aligned",
    problemOf,
    PROBLEM,
  ),
  outside: param.value<ProblemLike>(
    tiltedProblem({ m: 20, degrees: 30 }),
    "problem whose target is outside the bases of the frozen factor: one adapter, rank one",
    problemOf,
    "a problem { w2, target }",
  ),
  start: startParameter("zeroB", "start for mixing and for a target outside the bases"),
  excessStart: startParameter(
    "gauss",
    "start for excess rank, which leaves nothing if one factor is zero",
  ),
  alpha: param.numbers([1e-2, 1e-3, 1e-4], "scales α of the starts", { above: 0, below: 1 }),
  r: param.integer(4, "rank of the adapters in all three", { least: 1 }),
  copies: param.integer(5, "starts of each", { least: 1 }),
  horizon: param.number(200, "flow time of the runs", { above: 2 }),
  compareAt: param.number(40, "time at which the three are compared", { least: 2 }),
  points: param.integer(41, "times of the curves, in equal ratios from 2 on", { least: 2 }),
  seed: seedParameter(950),
};

type Parameters = Values<typeof causeParameters>;

/** Loss of a start at the times, by the theory of the cause. */
function theoryOf(
  cause: Cause,
  problem: Problem,
  start: Adapters,
  alpha: number,
  times: readonly number[],
): (number | null)[] {
  if (cause === "mixing") return [...noiseCourse(problem, start, times).losses];
  const modes = growthModes(problem);
  if (cause === "excess rank") {
    const plateau = excessRankLoss(problem, start);
    // Rows and columns of the signal fall from α² to α⁴ within log(1/α)/λ.
    const from = escapeTimeOf(problem, start) + 1.5 * Math.log(1 / alpha) / modes.rates1[0];
    return times.map((t) => t > from ? plateau : null);
  }
  const curve = universalCurve(tiltedTarget(problem)), [z] = modalVectors(modes, start);
  const shift = curve.shift(Math.sqrt(dot(z, z)));
  return times.map((t) => curve.loss(t + shift));
}

/** Geometric means over the starts. */
function meansOf(rows: readonly CauseRow[]): CauseMean[] {
  const groups = Map.groupBy(rows, ({ cause, alpha, at }) => JSON.stringify([cause, alpha, at]));
  return [...groups.values()].map((group) => {
    const [{ cause, alpha, at }] = group;
    const logs = summary(group.map(({ loss }) => Math.log(loss)));
    const spread = group.length > 1 ? logs.sd : 0;
    const known = group.flatMap(({ theory }) => theory === null ? [] : [Math.log(theory)]);
    return {
      ...{ cause, alpha, at, loss: Math.exp(logs.mean) },
      ...{ low: Math.exp(logs.mean - spread), high: Math.exp(logs.mean + spread) },
      theory: known.length < group.length ? null : Math.exp(summary(known).mean),
    };
  });
}

const TITLES: Readonly<Record<Cause, string>> = {
  ...{ mixing: "adapter 2 mixes", "excess rank": "excess rank", outside: "outside the bases" },
};

function draw(rows: readonly CauseRow[], parameters: Parameters): Figure {
  const means = meansOf(rows), { start, excessStart, r, copies, horizon, compareAt } = parameters;
  const scales = distinct(means, "alpha"), names = distinct(means, "cause");
  const losses = means.map(({ loss }) => loss).filter((x) => x > 0);
  const y = {
    ...{ label: "loss /{L}", type: "log" as const },
    domain: [0.03 * Math.min(...losses), 3 * Math.max(...losses)],
  };
  const panels: Panel[] = names.map((cause) => ({
    title: TITLES[cause],
    x: { label: "flow time /{t}", type: "log" },
    y,
    marks: scales.flatMap((alpha, i): Mark[] => {
      const here = where(where(means, "cause", cause), "alpha", alpha);
      const { stroke, dash, symbol } = style(i);
      return [
        band(here, { x: "at", y1: "low", y2: "high", fill: stroke, clip: true }),
        theory(here.filter((row) => row.theory !== null), {
          ...{ x: "at", y: "theory", stroke, strokeDasharray: dash, clip: true },
        }),
        simulation(here.filter((_, k) => k % 2 === 0), { x: "at", y: "loss", stroke, symbol }),
      ];
    }),
  }));
  const stays = where(where(means, "cause", "outside"), "at", Math.max(...distinct(means, "at")))
    .some(({ loss, theory }) => theory !== null && loss > 2 * theory);
  const ends = where(means, "at", compareAt), last = `(${"abcd"[names.length]})`;
  panels.push({
    title: `at /{t} = ${formatNumber(compareAt)}`,
    x: { label: "scale of the start /{α}", type: "log" },
    y,
    marks: names.flatMap((cause, k): Mark[] => {
      const here = where(ends, "cause", cause);
      return [
        theory(here, { x: "alpha", y: "theory", stroke: "#000", strokeDasharray: style(k).dash }),
        simulation(here, { x: "alpha", y: "loss", stroke: "#000", symbol: style(k).symbol }),
      ];
    }),
  });
  const problemName = (like: ProblemLike) => problemOf(like).name;
  return {
    panels,
    columns: 2,
    legend: [
      ...scales.map((alpha, i) => ({ label: `/{α} = ${scaleWords(alpha)}`, ...style(i) })),
      ...names.map((cause, k) => ({
        ...{ label: `${last} ${TITLES[cause]}`, stroke: "#000", dash: style(k).dash },
        symbol: style(k).symbol,
      })),
    ],
    rows: { causes: means },
    size: "page",
    caption:
      `Three causes of a late error at r = ${r} (geometric mean of ${copies} starts ± 1 sd of ` +
      `the logarithm, to flow time ${
        formatNumber(horizon)
      }; lines: theory from the same starts). ` +
      `(a) ${problemName(parameters.mixing)}, start ${startWords(start)}: noise equations (T12). ` +
      `(b) ${problemName(parameters.excess)}, start ${startWords(excessStart)}: plateau (T8). ` +
      `(c) ${problemName(parameters.outside)}, start ${
        startWords(start)
      }: universal curve (T9), a ` +
      `slow transient that no scale shortens; T9 is the limit of small α.` +
      (layerStart(start).name === "zeroB" && r > 1 && stays
        ? " At B = 0 and r > 1 the runs end on a plateau ∝ α⁶ that it does not contain."
        : ""),
  };
}

/**
 * F12: why the loss of a small start is late, on the same axes: adapter 2 mixes its noise into adapter 1,
 * rank in excess of the target's, or a target outside the bases of the frozen factors. A smaller start helps
 * against the first two, and does not shorten the transient of the last one.
 *
 * Scale: gradient-flow time.
 *
 * @example A smaller start helps against the first two only.
 * ```ts
 * import { causes } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await causes({ preset: "quick", alpha: [1e-2, 1e-3], copies: 1, horizon: 40, points: 2 });
 * const end = (cause: string, alpha: number) =>
 *   rows.find((row) => row.cause === cause && row.alpha === alpha && row.at === 40)!.loss;
 * assert(end("mixing", 1e-3) < 1e-4 * end("mixing", 1e-2));
 * assert(end("excess rank", 1e-3) < 1e-3 * end("excess rank", 1e-2));
 * assert(end("outside", 1e-3) > 0.5 * end("outside", 1e-2));
 * ```
 */
export const causes: Experiment<typeof causeParameters, CauseRow[], Figure> = experiment({
  name: "causes of a late error",
  about: "Mixing by adapter 2, excess rank and a target outside the bases, on the same axes.",
  parameters: causeParameters,
  quick: { copies: 2, points: 21 },
  check: ({ compareAt, horizon }, refuse) => {
    if (compareAt > horizon) refuse("compareAt", `<= horizon = ${horizon}`, compareAt);
  },
  run: async (parameters, { sweep }) => {
    const { alpha, r, copies, horizon, points, seed, start, excessStart } = parameters;
    const seeds = startSeeds(seed, 950, copies), grid = geomspace(2, horizon, points);
    const times = [...new Set([...grid, parameters.compareAt])].toSorted((a, b) => a - b);
    const cases = [
      { cause: "mixing" as const, like: parameters.mixing, startedBy: start },
      { cause: "excess rank" as const, like: parameters.excess, startedBy: excessStart },
      { cause: "outside" as const, like: parameters.outside, startedBy: start },
    ];
    const all: CauseRow[] = [];
    for (const { cause, like, startedBy } of cases) {
      const problem = problemOf(like), courses = new Map<string, (number | null)[]>();
      const course = (scale: number, seed: string) => {
        const key = `${scale} ${seed}`, found = courses.get(key);
        if (found) return found;
        const adapters = adaptersOf(problem, { startedBy, alpha: scale, r, seed });
        const made = theoryOf(cause, problem, adapters, scale, times);
        courses.set(key, made);
        return made;
      };
      course(alpha[0], seeds[0]); // refuses a problem before any run
      const runs = await runsOf(sweep, {
        ...{ problem, starts: [startedBy], alpha, r, seeds, times, label: cause },
      });
      all.push(...runs.map((row) => (
        { ...row, cause, theory: course(row.alpha, row.seed)[times.indexOf(row.at)] }
      )));
    }
    return all;
  },
  figure: draw,
  table: worded((rows) => meansOf(rows), { theory: "theory" }),
});
