/**
 * Figure F8: loss of a committee against rescaled time, for ranks and strengths.
 *
 * @module
 */
import { type Experiment, experiment, type ExperimentContext } from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { committeeRun } from "../../simulation/committee/run.ts";
import { runsOf } from "../physics.ts";
import { drawCommittee, drawHalving } from "./_figures.ts";
import {
  type CommitteeCourseRow,
  committeeLooks,
  type CommitteeParameters,
  committeeParameters,
  degradedRows,
} from "./parameters.ts";

async function run(
  p: CommitteeParameters,
  { sweep }: ExperimentContext,
): Promise<CommitteeCourseRow[]> {
  const { student, d, batch, step, rule, copies, seed } = p;
  return await runsOf(sweep, {
    run: committeeRun,
    cells: p.ranks.flatMap((r) =>
      p.mu.map((mu) => ({
        columns: { mu, r },
        setting: {
          ...{ student, rows: degradedRows(p, mu), rank: r, d, batch, step },
          ...{ looks: committeeLooks(p, mu), ...(rule === "sgd" ? {} : { rule }) },
        },
      }))
    ),
    ...{ copies, seed, together: 1, label: "committee" },
  }) as CommitteeCourseRow[];
}

/**
 * Loss of a committee under one-pass SGD of an adapter of rank `r`, against steps times `η(1 − μ)²`: any activation,
 * width, number of degraded units, strengths, ranks, rule and step; the exact chain, and the flow from its start.
 *
 * Scale: steps. Source: ours; model and protocol: code of nwemadji2026when.
 *
 * @example A rank of one leaves what one row cannot repair.
 * ```ts
 * import { committeeCourses } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await committeeCourses({ preset: "quick", mu: [0.5], copies: 2 });
 * const best = (rank: number) => Math.min(...rows.filter(({ r }) => r === rank).map(({ loss }) => loss));
 * assert(best(1) > 20 * best(2));
 * ```
 */
export const committeeCourses: Experiment<
  typeof committeeParameters,
  CommitteeCourseRow[],
  Figure,
  { halving: Figure }
> = experiment({
  name: "committee of two layers",
  about:
    "What does a committee lose to an adapter of too small a rank, and to strong pre-training?",
  parameters: committeeParameters,
  quick: { mu: [0.1, 0.5], ranks: [1, 2], time: 300, copies: 2 },
  check: ({ width, degraded }, refuse) => {
    if (degraded > width) refuse("degraded", `at most the width ${width}`, degraded);
  },
  run,
  figure: drawCommittee,
  figures: { halving: drawHalving },
});
