/**
 * Figure F8: loss of a committee against rescaled time, for ranks and strengths.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  param,
  type Values,
} from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { type CommitteeRow, committeeRun } from "../../simulation/committee/run.ts";
import { activationParameter, ruleParameter, runsOf, stepParameter } from "../physics.ts";
import { drawCommittee, drawHalving } from "./_figures.ts";
import { frozenRows, stepsOf } from "./_shape.ts";

/**
 * Parameters of {@linkcode committeeCourses}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const committeeParameters = {
  student: activationParameter("relu", "activation σ of student and teacher"),
  width: param.integer(4, "units K", { least: 1 }),
  degraded: param.integer(2, "units whose frozen rows are μ t_k; the others are the teacher's", {
    least: 1,
  }),
  mu: param.numbers([0.1, 0.5, 0.8], "strengths μ of pre-training of the degraded units", {
    least: 0,
    below: 1,
  }),
  ranks: param.integers([1, 2, 4], "ranks of the adapter", { least: 1 }),
  d: param.integer(100, "input dimension", { least: 4 }),
  batch: param.integer(100, "fresh inputs a step", { least: 1 }),
  step: stepParameter(1),
  rule: ruleParameter(),
  time: param.number(500, "last time, in units of steps · η · (1 − μ)²", { above: 0 }),
  points: param.integer(50, "about how many steps of a run are looked at, equally spaced", {
    least: 3,
  }),
  level: param.number(0.5, "share of the first loss whose time is measured", {
    above: 0,
    below: 1,
  }),
  copies: param.integer(3, "independent runs", { least: 1 }),
  seed: param.seed(),
};

/**
 * Values of {@linkcode committeeParameters}.
 *
 * @internal Public for its type only.
 */
export type CommitteeParameters = Values<typeof committeeParameters>;

/** A committee at a step, with its strength and rank. */
export interface CommitteeCourseRow extends CommitteeRow {
  /** Strength. */
  mu: number;
  /** Rank of the adapter. */
  r: number;
  /** Seed of its group of copies. */
  seed: string;
}

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
          ...{ student, rows: frozenRows(p, mu), rank: r, d, batch, step },
          ...{ looks: stepsOf(p, mu), ...(rule === "sgd" ? {} : { rule }) },
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
 * const { rows } = await committeeCourses({ preset: "quick", mu: [0.1], copies: 1 });
 * const last = (rank: number) => rows.filter(({ r }) => r === rank).at(-1)!.loss;
 * assert(last(1) > 100 * last(2));
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
  quick: { mu: [0.1, 0.5], ranks: [1, 2], time: 300, copies: 1 },
  check: ({ width, degraded }, refuse) => {
    if (degraded > width) refuse("degraded", `at most the width ${width}`, degraded);
  },
  run,
  figure: drawCommittee,
  figures: { halving: drawHalving },
});
