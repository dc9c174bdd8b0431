/**
 * Runs beside the noise equations: what the theory says of the very start of a run.
 *
 * @module
 */
import { type ExperimentContext, type Row, type Task, task } from "../../../../experiment/mod.ts";
import { growthModes } from "../../bases.ts";
import type { Problem } from "../../model.ts";
import { adaptersOf, type RunStart } from "../../run_start.ts";
import { type PlainProblem, plainProblem, type ProblemLike, problemOf } from "../../shapes.ts";
import { layerStart, type StartLike } from "../../starts.ts";
import { noiseCourse } from "../../theory/noise/noise.ts";
import { leadingFloor } from "../../theory/noise/noise_leading.ts";
import { type CourseRow, runsOf, type RunsOptions } from "../physics.ts";

/** What the theory says of a run at one time. */
export interface NoiseTheory {
  /** `½‖E_⊥⊥‖²` of the noise equations. */
  theory: number;
  /** Their misalignment. */
  theoryGap: number;
  /** The part of it that the conserved imbalance keeps. */
  keptGap: number;
  /** What adapter 2 has learnt. */
  theoryX2: number;
  /** Leading law of the final loss; null for starts that have none. */
  leading: number | null;
  /** That of the misalignment. */
  leadingGap: number | null;
}

/** The noise equations and their leading law for the start of a run. */
export function noiseTheory(
  problem: Problem,
  start: RunStart,
  at: number,
  rho = 1,
): NoiseTheory {
  const adapters = adaptersOf(problem, start);
  const course = noiseCourse(problem, adapters, [at], { rho });
  const { rest: [theory], gaps: [theoryGap], keptGaps: [keptGap], x2: [theoryX2] } = course;
  const known = ["zeroB", "zeroA", "gauss"].includes(layerStart(start.startedBy).name);
  const leading = known ? leadingFloor(problem, adapters, { rho }) : undefined;
  return {
    ...{ theory, theoryGap, theoryX2, keptGap },
    ...{ leading: leading?.loss ?? null, leadingGap: leading?.gap ?? null },
  };
}

/** Starts of a problem of which the theory is wanted. */
export interface NoiseTheoryCell {
  /** The problem. */
  readonly problem: PlainProblem;
  /** The start. */
  readonly startedBy: StartLike;
  /** Its scale. */
  readonly alpha: number;
  /** Rank of the adapters. */
  readonly r: number;
  /** The time of the run. */
  readonly at: number;
  /** Rate of adapter 2 over that of adapter 1. */
  readonly rho: number;
  /** Seeds of the starts. */
  readonly members: readonly string[];
}

/** {@linkcode noiseTheory} of each start, in a worker. */
export const noiseTheoryRun: Task<NoiseTheoryCell, Row & NoiseTheory & { member: string }> = task(
  import.meta.url,
  "noiseTheoryRun",
  ({ problem: plain, startedBy, alpha, r, at, rho, members }: NoiseTheoryCell) => {
    const problem = problemOf(plain);
    return members.map((member) => (
      { member, ...noiseTheory(problem, { startedBy, alpha, r, seed: member }, at, rho) }
    ));
  },
);

/** Runs of the flow, each beside the theory of its very start. */
export async function besideNoise(
  sweep: ExperimentContext["sweep"],
  options: RunsOptions & {
    readonly problem: ProblemLike;
    readonly r: number;
    readonly alpha: readonly number[];
    readonly seeds: readonly string[];
  },
  time: (scale: number) => number,
  rho = 1,
): Promise<(CourseRow & NoiseTheory)[]> {
  const { problem, starts, alpha, r, seeds } = options, plain = plainProblem(problem);
  const cells = starts.flatMap((startedBy) =>
    alpha.map((scale) => {
      const { random } = layerStart(startedBy), members = random ? seeds : seeds.slice(0, 1);
      return { problem: plain, startedBy, alpha: scale, r, at: time(scale), rho, members };
    })
  );
  const [runs, found] = await Promise.all([
    runsOf(sweep, options),
    sweep({ run: noiseTheoryRun, cells, held: seeds, name: "noise equations" }),
  ]);
  const known = new Map(
    cells.flatMap(({ startedBy, alpha, members }) =>
      members.map((seed) => `${layerStart(startedBy).name} ${alpha} ${seed}`)
    ).map((key, i) => [key, found[i]]),
  );
  return runs.map((run) => {
    const noise = known.get(`${run.start} ${run.alpha} ${run.seed}`)!;
    const { theory, theoryGap, theoryX2, keptGap, leading, leadingGap } = noise;
    return { ...run, theory, theoryGap, theoryX2, keptGap, leading, leadingGap };
  });
}

/** Time by which a start of scale α has escaped, `1.3 log(1/α)/λ`, with `λ` that of the problem. */
export function escapeBy(problem: Problem, alpha: number): number {
  return 1.3 * Math.log(1 / alpha) / growthModes(problem).rates1[0];
}
