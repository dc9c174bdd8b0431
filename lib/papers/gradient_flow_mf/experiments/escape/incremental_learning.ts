/**
 * F7: the modes of a target are learnt one after the other.
 *
 * @module
 */
import { type Experiment, experiment, linspace, summary } from "../../../../experiment/mod.ts";
import { type Figure } from "../../../../figure/mod.ts";
import { growthModes } from "../../bases.ts";
import { adaptersOf, startNamed } from "../../run_start.ts";
import { layerStart } from "../../starts.ts";
import { modeHalfTimes } from "../../theory/escape/incremental.ts";
import { isotropicScale } from "../../theory/escape/isotropic.ts";
import { halfTimesOf } from "./half_times.ts";
import { type CourseRow, problemAt, runsOf, startSeeds } from "../physics.ts";
import { whereItHolds } from "../where_it_holds.ts";
import { at, incrementalFigure } from "./_incremental_figure.ts";
import {
  FIRST,
  type IncrementalParameters,
  incrementalParameters,
  type IncrementalRows,
  type StairRow,
} from "./_incremental_parameters.ts";
import { worded } from "../worded.ts";

export {
  incrementalParameters,
  type IncrementalRows,
  type StairRow,
} from "./_incremental_parameters.ts";

/** Loss of modes that are learnt independently, each along its logistic curve. */
function stairs(
  { sigma, s, times, left }: { sigma: number[]; s: number; times: readonly number[]; left: number },
  t: number,
): number {
  const errors = times.map((half, j) => sigma[j] / (1 + Math.exp(2 * s * sigma[j] * (t - half))));
  return errors.reduce((sum, e) => sum + 0.5 * e * e, left);
}

/** Rows with the stairs of T7. */
function withStairs(rows: readonly CourseRow[], p: IncrementalParameters): StairRow[] {
  const runs = Map.groupBy(rows, ({ start, seed }) => `${start} ${seed}`);
  return [...runs.values()].flatMap((run): StairRow[] => {
    const [{ start, alpha, seed, copy }] = run, problem = problemAt(p.problem, copy);
    const startedBy = startNamed(p.starts, start);
    const adapters = adaptersOf(problem, { startedBy, alpha, r: p.r, seed });
    const times = whereItHolds(() => modeHalfTimes(problem, adapters))?.times;
    if (!times) return run.map((row) => ({ ...row, predicted: null }));
    const s = isotropicScale("draw the stairs", problem);
    const sigma = growthModes(problem).rates1.map((rate) => rate / s);
    const left = sigma.slice(times.length).reduce((sum, x) => sum + 0.5 * x * x, 0);
    return run.map((row) => ({ ...row, predicted: stairs({ sigma, s, times, left }, row.at) }));
  });
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
  quick: { alpha: [1e-3, 1e-4, 1e-5], copies: 3 },
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
  figure: incrementalFigure,
  table: worded(
    ({ modes }) =>
      [...Map.groupBy(modes, (row) => JSON.stringify([row.start, row.alpha, row.mode])).values()]
        .map(
          (group) => {
            const [{ start, alpha, mode }] = group, half = at(group, alpha, "half");
            const law = at(group, alpha, "predicted");
            const mean = half.length > 0 ? summary(half).mean : null;
            return { start, alpha, mode, mean, T7: law.length > 0 ? summary(law).mean : null };
          },
        ),
    { mean: "mean half-time", T7: "theory (T7)" },
  ),
});
