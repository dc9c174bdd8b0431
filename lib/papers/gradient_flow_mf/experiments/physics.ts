/**
 * Parameters that most experiments of the paper share, and the runs that follow from them.
 *
 * @module
 */
import { checkInteger, checkNonNegative } from "../../../check.ts";
import {
  type ExperimentContext,
  param,
  type Parameter,
  type Row,
} from "../../../experiment/mod.ts";
import { formatNumber } from "../../../figure/mod.ts";
import type { UpdateRuleLike } from "../../../nn/mod.ts";
import { stream } from "../../../random/mod.ts";
import { type FlowOptions } from "../simulation/flow/flow.ts";
import { flowRun, type Observe, type RunRow } from "../simulation/runs/run.ts";
import { runsTogether } from "../simulation/runs/runs.ts";
import type { Problem } from "../model.ts";
import { plainProblem, type ProblemLike, problemOf } from "../shapes.ts";
import { layerStart, type StartLike, startNames } from "../starts.ts";

/** Words of the axis of time. */
export const TIME = "flow time /{t} = step size × steps";

/** The seed under which the numbers of the reference implementation are reproduced. */
export const REFERENCE = "reference";

/**
 * Seeds of `count` starts, whole numbers as text: from `first` on under the seed `"reference"`, from 77 on
 * under `"from 77"`, else from a place that the seed draws.
 */
export function startSeeds(seed: string, first: number, count: number): string[] {
  const named = /^from (\d{1,9})$/.exec(seed);
  const from = named
    ? Number(named[1])
    : seed === REFERENCE
    ? first
    : stream(seed, "starts", first).integer(2 ** 31);
  return Array.from({ length: count }, (_, i) => String(from + i));
}

/** Declares the seed of an experiment whose starts have the seeds from `first` on. */
export function seedParameter(first: number): Parameter<string> {
  return param.seed(
    REFERENCE,
    `seed of the starts; "${REFERENCE}" takes the portable ones from ${first} on, as the golden ` +
      'numbers do, "from 77" those from 77 on, any other text fresh ones',
  );
}

/** A problem, or one for each copy of the starts. */
export type ProblemParameter = ProblemLike | ((copy: number) => ProblemLike);

/** Declares the problem of an experiment. */
export function problemParameter(value: ProblemLike): Parameter<ProblemParameter> {
  return param.value<ProblemParameter>(
    value,
    "the frozen layers and the target: paperProblem(), problemQ(), canonical(), aligned(), " +
      "factorization(), { w2, w1, target } of your own, or a function of the number of the copy",
    (problem) => problemOf(typeof problem === "function" ? problem(0) : problem),
    "a problem { w2, w1, target }, or a function of the copy that returns one",
  );
}

/** What a start may be, in words. */
const A_START = `${startNames.join(", ")}, or { name, random, factors }`;

/** Declares the starts of an experiment. */
export function startsParameter(
  value: readonly StartLike[],
  about: string = `starts of the adapters: ${startNames.join(", ")}, or your own`,
  entries = 1,
): Parameter<readonly StartLike[]> {
  return param.values<StartLike>(value, about, layerStart, A_START, entries);
}

/** Declares the one start of an experiment. */
export function startParameter(
  value: StartLike,
  about = "start of the adapters",
): Parameter<StartLike> {
  return param.value<StartLike>(value, about, layerStart, A_START);
}

/** Declares the rank of the adapters. */
export function rankParameter(value: number): Parameter<number | readonly [number, number]> {
  const door = (r: number | readonly [number, number]) =>
    [r].flat().forEach((rank, i, all) => {
      checkInteger("set the rank", all.length === 2 ? `r[${i}]` : "r", rank, 1);
      if (all.length > 2) throw new TypeError("there are at most two adapters");
    });
  const about = "rank r of both adapters, or [r1, r2]";
  return param.value(value, about, door, "a whole number >= 1, or a pair of them");
}

/** Declares the step size; 0 stands for the flow. */
export function stepParameter(value = 0): Parameter<number | ((step: number) => number)> {
  const door = (eta: number | ((step: number) => number)) =>
    checkNonNegative("set the step size", "eta", typeof eta === "function" ? eta(0) : eta);
  return param.value(
    value,
    "step size of gradient descent, or a function of the step, which counts from 0; 0 is the flow",
    door,
    "a number >= 0, or a function of the step that returns one",
  );
}

/** The problem of a copy. */
export function problemAt(problem: ProblemParameter, copy: number): Problem {
  return problemOf(typeof problem === "function" ? problem(copy) : problem);
}

/** What runs are made of. */
export interface RunsOptions extends FlowOptions {
  /** The problem. */
  readonly problem: ProblemParameter;
  /** Starts. */
  readonly starts: readonly StartLike[];
  /** Scales. */
  readonly alpha: readonly number[];
  /** Rank of both adapters, or of each. */
  readonly r: number | readonly [number, number];
  /** Times of the rows, in flow time, perhaps by scale. */
  readonly times: readonly number[] | ((alpha: number) => readonly number[]);
  /** Seeds of the random starts, one a copy. */
  readonly seeds: readonly string[];
  /** Words for the bar of progress. */
  readonly label?: string;
  /** See `RunCell`. */
  readonly eta?: number | ((step: number) => number);
  /** See `RunCell`. */
  readonly rule?: UpdateRuleLike;
  /** See `RunCell`. */
  readonly rtol?: number;
  /** Further columns. */
  readonly observe?: Observe;
  /** See `startAdapters`. */
  readonly perFactor?: boolean;
}

/** A moment of one of several runs. */
export interface CourseRow extends RunRow {
  /** Name of the start. */
  start: string;
  /** Scale. */
  alpha: number;
  /** Seed of the start. */
  seed: string;
  /** Number of the copy. */
  copy: number;
}

/** Columns of cells that no row needs; no own column has one of these names. */
const OF_CELLS = [
  ...["problem", "startedBy", "times", "r", "perFactor", "eta", "rule", "rtol", "observe"],
  ...["rates", "decay", "hook", "member"],
];

/** Runs that one cell advances together. */
export const TOGETHER = 16;

/** Whether nothing but the step size makes runs differ from the flow. */
function isPlain({ rule, rates, decay, hook, rtol }: Partial<RunsOptions>): boolean {
  return [rule, rates, decay, hook, rtol].every((change) => change === undefined);
}

/** Parts of a list. */
export function parts<T>(list: readonly T[], size: number): T[][] {
  return Array.from(
    { length: Math.ceil(list.length / size) },
    (_, i) => list.slice(i * size, (i + 1) * size),
  );
}

/** A change of the flow as a cell has it: what changes nothing is left out, so that equal runs are one. */
function changesOf({ eta, rule, rates, decay, ...rest }: Omit<RunsOptions, "problem">) {
  const given = {
    ...rest,
    ...(eta ? { eta } : {}),
    ...(rule && rule !== "gd" ? { rule } : {}),
    ...(rates && Object.keys(rates).length > 0 ? { rates } : {}),
    ...(decay ? { decay } : {}),
  };
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== null),
  ) as typeof given;
}

/** How many of several runs diverged, as a sentence; nothing if none did. */
export function divergedWords(rows: readonly CourseRow[]): string {
  const statusOf = new Map(
    rows.map((row) => [`${row.start} ${row.alpha} ${row.seed}`, row.status]),
  );
  const bad = [...statusOf.values()].filter((status) => status !== "done");
  if (bad.length === 0) return "";
  return ` ${bad.length} of ${statusOf.size} runs ${bad[0]}; their curves end there.`;
}

/**
 * Runs of every start at every scale, one per seed; a start that draws nothing runs once, unless the
 * problem changes from copy to copy.
 */
export async function runsOf(
  sweep: ExperimentContext["sweep"],
  { problem, ...options }: RunsOptions,
): Promise<CourseRow[]> {
  const { starts, alpha, times, seeds, label, ...rest } = changesOf(options);
  const follow = async (of: ProblemLike, random: boolean | null, copies: readonly string[]) => {
    const some = starts.filter((start) =>
      (random ?? layerStart(start).random) === layerStart(start).random
    );
    if (some.length === 0 || copies.length === 0) return [];
    const plain = plainProblem(of);
    const cells = some.flatMap((startedBy) =>
      alpha.map((scale) => ({
        ...{ problem: plain, start: layerStart(startedBy).name, startedBy, alpha: scale, ...rest },
        times: typeof times === "function" ? times(scale) : times,
      }))
    );
    const named = label ? { name: label } : {};
    const courseRow = (row: Row, seed: string) => {
      const kept = Object.entries(row).filter(([key]) => !OF_CELLS.includes(key));
      return { ...Object.fromEntries(kept), seed, copy: seeds.indexOf(seed) } as CourseRow;
    };
    if (isPlain(rest) && copies.length > 1) {
      const together = cells.flatMap((cell) =>
        parts(copies, TOGETHER).map((members) => ({ ...cell, members }))
      );
      const rows = await sweep({ run: runsTogether, cells: together, held: copies, ...named });
      return rows.map((row) => courseRow(row, row.member));
    }
    const rows = await sweep({ run: flowRun, cells, seeds: copies, ...named });
    return rows.map((row) => courseRow(row, row.seed));
  };
  if (typeof problem !== "function") {
    const both = [follow(problem, true, seeds), follow(problem, false, seeds.slice(0, 1))];
    return (await Promise.all(both)).flat();
  }
  const all = seeds.map((seed, copy) => follow(problem(copy), null, [seed]));
  return (await Promise.all(all)).flat();
}

/** `W₂ = sI` in words. */
export function identityWords(s: number): string {
  return `W₂ = ${s === 1 ? "" : `${formatNumber(s)} `}I`;
}
