/**
 * Parameters of the committee's courses, and what they stand for.
 *
 * @module
 */
import { stepSizes } from "../../../../chain/mod.ts";
import { linspace, param, type Values } from "../../../../experiment/mod.ts";
import type { CommitteeRow } from "../../simulation/committee/run.ts";
import { activationParameter, ruleParameter, stepParameter } from "../physics.ts";

/**
 * Parameters of the courses of a committee.
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

/**
 * Frozen rows of a committee in the frame of its teacher: `μ t_k` of the degraded units, `t_k` of the others.
 *
 * @example
 * ```ts
 * import { degradedRows } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(degradedRows({ width: 2, degraded: 1 }, 0.3), [[0.3, 0], [0, 1]]);
 * ```
 */
export function degradedRows(
  { width, degraded }: Pick<CommitteeParameters, "width" | "degraded">,
  mu: number,
): number[][] {
  return Array.from(
    { length: width },
    (_, k) => Array.from({ length: width }, (_, q) => q !== k ? 0 : k < degraded ? mu : 1),
  );
}

/** Steps at which a run is looked at: to the last time, in units of `1/(η(1 − μ)²)`. */
export function committeeLooks({ time, step, points }: CommitteeParameters, mu: number): number[] {
  const { u: eta } = stepSizes(step)(0);
  const last = Math.max(1, Math.round(time / (eta * (1 - mu) ** 2)));
  return [...new Set(linspace(0, last, points + 1).map(Math.round))];
}
