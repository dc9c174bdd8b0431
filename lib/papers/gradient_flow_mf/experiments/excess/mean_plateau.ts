/**
 * T8 in the mean: many draws of an all-random start, without a run.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  param,
  type Row,
  summary,
  type Values,
} from "../../../../experiment/mod.ts";
import { portable } from "../../../../random/mod.ts";
import { factorization, seedNumber } from "../../problems/mod.ts";
import { type ProblemLike, problemOf } from "../../shapes.ts";
import { startAdapters } from "../../starts.ts";
import { excessRankLoss, expectedExcessRankOf } from "../../theory/excess/excess_rank.ts";
import { REFERENCE, startParameter, startSeeds } from "../physics.ts";
import { worded } from "../worded.ts";

/** One draw. */
export interface MeanPlateauRow extends Row {
  /** Seed of the start. */
  seed: string;
  /** Its plateau. */
  plateau: number;
}

/**
 * Parameters of {@linkcode meanPlateau}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const meanPlateauParameters = {
  problem: param.value<ProblemLike>(
    factorization({ m: 13, n: 7, sigma: [1, 0.5] }),
    "a problem with one adapter and its target along singular directions of w2",
    (problem) => problemOf(problem),
    "a problem { w2, target }",
  ),
  start: startParameter("gauss", "start of the adapter"),
  alpha: param.number(1e-2, "its scale α", { above: 0 }),
  r: param.integer(5, "rank of the adapter", { least: 1 }),
  draws: param.integer(4000, "number of draws", { least: 2 }),
  seed: param.seed(
    REFERENCE,
    `seed of the starts; "${REFERENCE}" takes those from 90000 on, as in the golden numbers`,
  ),
};

/**
 * Plateaus of many draws of a start by T8: their mean has a closed form for the all-random start.
 *
 * Rows: one draw each.
 * Source: ours, T8.
 *
 * @example
 * ```ts
 * import { meanPlateau } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 *
 * console.log((await meanPlateau({ draws: 100 })).table());
 * ```
 */
export const meanPlateau: Experiment<typeof meanPlateauParameters, MeanPlateauRow[]> = experiment({
  name: "mean plateau",
  about: "That the mean of the plateau over all-random starts counts degrees of freedom.",
  parameters: meanPlateauParameters,
  quick: { draws: 1000 },
  run: ({ problem: like, start, alpha, r, draws, seed }) => {
    const problem = problemOf(like);
    return startSeeds(seed, 90000, draws).map((own) => {
      const stream = portable(seedNumber("draw a start", own));
      const adapters = startAdapters(problem, { start, r, alpha, draws: stream });
      return { seed: own, plateau: excessRankLoss(problem, adapters) };
    });
  },
  table: worded((rows, { problem, r, alpha }: Values<typeof meanPlateauParameters>) => {
    const { mean, se, n } = summary(rows.map(({ plateau }) => plateau));
    const expected = expectedExcessRankOf(problemOf(problem), { r, alpha });
    return [{ draws: n, "mean of T8": mean, "± se": se, "expected for all random": expected }];
  }),
});
