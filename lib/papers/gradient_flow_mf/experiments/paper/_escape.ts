/**
 * Runs through the escape that the bounds of the paper are confronted with, and their parameters.
 *
 * @module
 */
import {
  distinct,
  type ExperimentContext,
  param,
  type Parameter,
  type Refuse,
  type Task,
} from "../../../../experiment/mod.ts";
import { problemQ } from "../../problems/mod.ts";
import { plainProblem, type ProblemLike, problemOf } from "../../shapes.ts";
import {
  type EscapeCell,
  type EscapeRow,
  type EscapeStart,
  throughEscape,
} from "../../simulation/runs/escape_run.ts";
import { layerStart, type StartLike, type StartName } from "../../starts.ts";
import { paperSymbols } from "../../theory/paper/symbols.ts";
import { rankParameter, seedParameter, startsParameter } from "../physics.ts";

const MADE_BY = "problemQ(), paperProblem(), canonical({ s1 }), aligned(), or { w2, w1, target } " +
  "of your own, with a target of rank one";
const WANTED = "a problem for which Assumptions 2.1 and 2.2 hold, with a target of rank one";
const symbolsOf = (problem: ProblemLike) => paperSymbols(problemOf(problem));

/** Declares a problem that the statements of the paper are about. */
export function statedProblemParameter(value: ProblemLike): Parameter<ProblemLike> {
  return param.value<ProblemLike>(value, `the problem: ${MADE_BY}`, symbolsOf, WANTED);
}

/** Declares several. */
export function statedProblemsParameter(
  value: readonly ProblemLike[],
): Parameter<readonly ProblemLike[]> {
  return param.values<ProblemLike>(value, `the problems: ${MADE_BY}`, symbolsOf, WANTED);
}

/** Declares what runs of one problem at one scale are made of. */
export function oneScaleParameters(
  { starts, alpha, seed }: {
    readonly starts: readonly StartName[];
    readonly alpha: number;
    readonly seed: number;
  },
): {
  problem: Parameter<ProblemLike>;
  starts: Parameter<readonly StartLike[]>;
  alpha: Parameter<number>;
  r: Parameter<number | readonly [number, number]>;
  seed: Parameter<string>;
} {
  return {
    problem: statedProblemParameter(problemQ({ delta: 0.5 })),
    starts: startsParameter(starts),
    alpha: param.number(alpha, "scale α of the starts", { above: 0 }),
    r: rankParameter(3),
    seed: seedParameter(seed),
  };
}

/** Parameters of runs through the escape. */
export interface EscapeParameters {
  /** Problems. */
  readonly problems: readonly ProblemLike[];
  /** Starts. */
  readonly starts: readonly StartLike[];
  /** Scales. */
  readonly alpha: readonly number[];
  /** Rank of both adapters, or of each. */
  readonly r: number | readonly [number, number];
}

/** Declares what runs through the escape are made of. */
export function escapeParameters(problems: readonly ProblemLike[]): {
  problems: Parameter<readonly ProblemLike[]>;
  starts: Parameter<readonly StartLike[]>;
  alpha: Parameter<readonly number[]>;
  r: Parameter<number | readonly [number, number]>;
  copies: Parameter<number>;
} {
  return {
    problems: statedProblemsParameter(problems),
    starts: startsParameter(["zeroB"]),
    alpha: param.numbers([1e-3, 1e-4, 1e-5, 1e-6], "scales α of the starts", { above: 0 }),
    r: rankParameter(3),
    copies: param.integer(12, "starts at each scale", { least: 1 }),
  };
}

/** Refuses parameters under which two series would have one name. */
export function checkEscape(
  { problems, starts, alpha }: EscapeParameters,
  refuse: Refuse,
): void {
  const names = problems.map((problem) => problemOf(problem).name);
  if (new Set(names).size < names.length) refuse("problems", "of different names", names);
  const words = starts.map((start) => layerStart(start).name);
  if (new Set(words).size < words.length) refuse("starts", "of different names", words);
  if (new Set(alpha).size < alpha.length) refuse("alpha", "different numbers", alpha);
}

/** Which run it is. */
export interface BoundsRun {
  /** Name of the problem. */
  problem: string;
  /** `δ_w`. */
  deltaW: number;
  /** `σσ_{W₂}`. */
  lambda: number;
  /** Name of the start. */
  start: string;
  /** Its scale. */
  alpha: number;
  /** Its seed. */
  seed: string;
}

/** A moment of a run with the columns that were observed. */
export type Moment = EscapeRow & Record<string, number | string>;

/** A run through the escape as plain values: what is observed stands in its task. */
export interface ObservedCell extends Omit<EscapeCell, "stops" | "atStart" | "observe"> {
  /** `σσ_{W₂}`. */
  readonly lambda: number;
}

/** The moments of a run: with these columns, stops from the start and the growth rate, and a first row. */
export function observedEscape(
  { lambda, ...cell }: ObservedCell,
  seed: string,
  { observe, stops = () => ({}), atStart = () => ({}) }: {
    readonly observe: EscapeCell["observe"];
    readonly stops?: (start: EscapeStart, lambda: number) => Readonly<Record<string, number>>;
    readonly atStart?: EscapeCell["atStart"];
  },
): EscapeRow[] {
  const whole = { ...cell, observe, atStart, stops: (start: EscapeStart) => stops(start, lambda) };
  return throughEscape(whole, seed);
}

/**
 * Runs of every start at every scale on every problem, observed at their start, at stops, at the escape
 * `T₁` of Theorem C.2, and at times after it.
 *
 * @param options Seeds of the starts, the task that observes them ({@linkcode observedEscape}), and times
 * after the escape from the growth rate; `more` is what that task wants beside.
 */
export async function escapeRuns<M extends object = object>(
  sweep: ExperimentContext["sweep"],
  { problems, starts, alpha, r }: EscapeParameters,
  { seeds, run, after = () => [], more }: {
    readonly seeds: readonly string[];
    readonly run: Task<ObservedCell & M, EscapeRow>;
    readonly after?: (lambda: number) => readonly number[];
    readonly more?: M;
  },
): Promise<{ readonly run: BoundsRun; readonly moments: Moment[] }[]> {
  const found = await Promise.all(problems.map(async (like) => {
    const problem = problemOf(like), { deltaW, lambda, sigma, sigmaW2 } = paperSymbols(problem);
    const follow = (random: boolean, copies: readonly string[]) => {
      const some = starts.filter((start) => layerStart(start).random === random);
      if (some.length === 0) return [];
      const cells = some.flatMap((startedBy) =>
        alpha.map((scale) => ({
          ...{ problem: plainProblem(like), start: layerStart(startedBy).name, startedBy },
          ...{ alpha: scale, r, threshold: (1 - deltaW) * sigma / (4 * sigmaW2) },
          horizon: (4 * Math.log1p(1 / scale) + 40) / lambda,
          ...{ lambda, after: after(lambda), ...more as M },
        }))
      );
      const name = `escape, ${problem.name}`;
      return sweep({ run, cells, seeds: copies, name });
    };
    const both = [follow(true, seeds), follow(false, seeds.slice(0, 1))];
    const rows = (await Promise.all(both)).flat();
    const groups = Map.groupBy(
      rows,
      ({ start, alpha, seed }) => JSON.stringify([start, alpha, seed]),
    );
    return [...groups.values()].map((moments) => {
      const [{ start, alpha, seed }] = moments;
      return {
        run: {
          ...{ problem: problem.name ?? "own problem", deltaW, lambda, seed: String(seed) },
          ...{ start: String(start), alpha: Number(alpha) },
        },
        moments: moments as unknown as Moment[],
      };
    });
  }));
  return found.flat();
}

/** The moment of a name. */
export function momentOf(moments: readonly Moment[], name: string): Moment | undefined {
  return moments.find(({ moment }) => moment === name);
}

/** Rows by problem, start and scale, in their order. */
export function bySeries<R extends BoundsRun>(
  rows: readonly R[],
): { problem: string; start: string; alpha: number; rows: R[] }[] {
  return distinct(rows, "problem").flatMap((problem) =>
    distinct(rows, "start").flatMap((start) =>
      distinct(rows, "alpha").map((alpha) => ({
        ...{ problem, start, alpha },
        rows: rows.filter((row) =>
          row.problem === problem && row.start === start && row.alpha === alpha
        ),
      }))
    )
  ).filter((group) => group.rows.length > 0);
}
