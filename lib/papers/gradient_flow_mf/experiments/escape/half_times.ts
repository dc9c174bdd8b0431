/**
 * Half-times from several starts at several scales.
 *
 * @module
 */
import type { ExperimentContext } from "../../../../experiment/mod.ts";
import { dot } from "../../../../linalg/mod.ts";
import { growthModes, modalVector } from "../../bases.ts";
import type { Adapters, Problem } from "../../model.ts";
import { adaptersOf } from "../../run_start.ts";
import { plainProblem } from "../../shapes.ts";
import { halfTimeRun, type ModeRow } from "../../simulation/runs/half_time_run.ts";
import { layerStart, type StartLike } from "../../starts.ts";
import { problemAt, type ProblemParameter } from "../physics.ts";
import { whereItHolds } from "../where_it_holds.ts";

/** A half-time of a run. */
export interface HalfTimeRow extends ModeRow {
  /** Name of the start. */
  start: string;
  /** Scale. */
  alpha: number;
  /** Seed of the start. */
  seed: string;
  /** Number of the copy. */
  copy: number;
  /** Squared modal vector `‖c_j‖²` of the mode in the start. */
  power: number;
  /** Half-time by theory, from the same start; null where it does not apply. */
  predicted: number | null;
}

/** What is run. */
export interface HalfTimesOptions {
  /** The problem. */
  readonly problem: ProblemParameter;
  /** Starts. */
  readonly starts: readonly StartLike[];
  /** Scales. */
  readonly alpha: readonly number[];
  /** Rank of both adapters, or of each. */
  readonly r: number | readonly [number, number];
  /** Seeds of the random starts, one a copy. */
  readonly seeds: readonly string[];
  /** Half-times by theory, in the order of the modes. */
  readonly predict: (problem: Problem, start: Adapters) => readonly number[];
}

/** Growth times after `log(1/α)` of them that a run may take: so late is one start in 10¹⁰. */
const PATIENCE = 26;

/** Half-times of all modes that the rank allows, from every start at every scale, one run per seed. */
export async function halfTimesOf(
  sweep: ExperimentContext["sweep"],
  { problem, starts, alpha, r, seeds, predict }: HalfTimesOptions,
): Promise<HalfTimeRow[]> {
  const [rank] = [r].flat(), varies = typeof problem === "function";
  const follow = async (of: Problem, startedBy: StartLike, some: readonly string[]) => {
    const { rates1, modes1 } = growthModes(of), modes = Math.min(rank, rates1.length);
    const { name: start } = layerStart(startedBy), plain = plainProblem(of);
    const cells = alpha.map((scale) => ({
      ...{ problem: plain, start, startedBy, alpha: scale, r, modes },
      horizon: (Math.max(0, Math.log(1 / scale)) + PATIENCE) / rates1[modes - 1],
    }));
    const rows = await sweep({
      run: halfTimeRun,
      cells,
      seeds: some,
      name: `half-times, ${start}`,
    });
    return rows.map(({ alpha, seed, mode, half, gap }) => {
      const adapters = adaptersOf(of, { startedBy, alpha, r, seed });
      const predicted = whereItHolds(() => predict(of, adapters))?.[mode - 1] ?? null;
      const c = modalVector(adapters.b1, adapters.a1, modes1[mode - 1]), power = dot(c, c);
      const place = { start, alpha, seed, copy: seeds.indexOf(seed) };
      return { ...place, mode, half, gap, power, predicted };
    });
  };
  const all = starts.flatMap((start) => {
    const some = layerStart(start).random || varies ? seeds : seeds.slice(0, 1);
    return varies
      ? seeds.map((seed, copy) => follow(problemAt(problem, copy), start, [seed]))
      : [follow(problemAt(problem, 0), start, some)];
  });
  return (await Promise.all(all)).flat();
}
