/**
 * The runs behind the paper's Figs. 1, 3 and 4, with what theory says of each.
 *
 * @module
 */
import { distinct, type ExperimentContext, where } from "../../../../experiment/mod.ts";
import { plainProblem } from "../../shapes.ts";
import { layerStart, type StartLike } from "../../starts.ts";
import { type NoiseRow, noiseRun, type Predicted, SILENT } from "./_noise_run.ts";
import {
  type CourseRow,
  parts,
  problemAt,
  runsOf,
  type RunsOptions,
  startSeeds,
  TOGETHER,
} from "../physics.ts";

export type { Predicted } from "./_noise_run.ts";

/** A moment of a run with what theory says of it. */
export interface PaperRow extends CourseRow, Predicted {
  /** The assumption of theory that fails; empty if none does. */
  why: string;
}

/** First seed of the starts of a kind under the seed `"reference"`. */
function firstSeed(start: StartLike): number {
  return layerStart(start).name === "spectralPaper" ? 3000 : 2000;
}

/** What the runs are made of. */
export interface PaperRunsOptions extends Pick<RunsOptions, "problem" | "starts" | "alpha" | "r"> {
  /** Flow times of the rows. */
  readonly times: readonly number[];
  /** Step size; 0 is the flow. */
  readonly eta: NonNullable<RunsOptions["eta"]>;
  /** Seed of the starts. */
  readonly seed: string;
  /** Number of starts of each kind. */
  readonly copies: number;
}

/**
 * Runs of all starts at all scales with the noise equations from the same starts.
 *
 * @param without Starts of which no lines are drawn: their rows have no theory, which saves its time.
 */
export async function paperRuns(
  sweep: ExperimentContext["sweep"],
  { seed, copies, ...options }: PaperRunsOptions,
  without: readonly StartLike[] = [],
): Promise<PaperRow[]> {
  const groups = [...Map.groupBy(options.starts, firstSeed)].map(async ([first, starts]) => {
    const given = { ...options, starts, seeds: startSeeds(seed, first, copies) };
    return await predictedRows(sweep, await runsOf(sweep, given), given, without);
  });
  const rows = (await Promise.all(groups)).flat();
  // In the order of the starts, as figures name them.
  return options.starts.flatMap((start) =>
    rows.filter((row) => row.start === layerStart(start).name)
  );
}

/** Columns of theory. */
const COLUMNS = [
  ...["predicted", "predictedGap", "predictedX1", "predictedX2", "predictedHalf"] as const,
  ...["predictedEscape", "why"] as const,
];

/** The rows with their predictions: a sweep for each problem. */
async function predictedRows(
  sweep: ExperimentContext["sweep"],
  rows: readonly CourseRow[],
  { problem, starts, r }: Pick<RunsOptions, "problem" | "starts" | "r">,
  without: readonly StartLike[],
): Promise<PaperRow[]> {
  const known = new Map<string, NoiseRow>();
  const name = (row: { start: string; alpha: number; seed: string }, time: number) =>
    `${row.start} ${row.alpha} ${row.seed} ${time}`;
  const same = Map.groupBy(rows, ({ copy }) => typeof problem === "function" ? copy : 0);
  await Promise.all([...same].map(async ([copy, some]) => {
    const plain = plainProblem(problemAt(problem, copy));
    const seeds = distinct(some, "seed");
    const cells = starts.filter((start) => !without.includes(start)).flatMap((startedBy) => {
      const { name: start } = layerStart(startedBy), own = where(some, "start", start);
      return distinct(own, "alpha").flatMap((alpha) => {
        const here = where(own, "alpha", alpha), times = distinct(here, "at");
        return parts(distinct(here, "seed"), TOGETHER).map((members) => (
          { problem: plain, start, startedBy, alpha, r, times, members }
        ));
      });
    });
    if (cells.length === 0) return;
    const found = await sweep({ run: noiseRun, cells, held: seeds, name: "noise equations" });
    for (const row of found) known.set(name({ ...row, seed: row.member }, row.time), row);
  }));
  return rows.map((row) => {
    const found = known.get(name(row, row.at)) ?? { ...SILENT, why: "" };
    return { ...row, ...Object.fromEntries(COLUMNS.map((key) => [key, found[key]])) } as PaperRow;
  });
}

/** What the lines are, or why there are none. */
export function linesInWords(rows: readonly PaperRow[]): string {
  const silent = rows.filter(({ why }) => why !== ""), [row] = silent;
  if (!row) return "Lines: noise equations from the same starts.";
  const which = silent.length === rows.length ? "theory" : row.start;
  return `No line of ${which}, as ${row.why}.`;
}
