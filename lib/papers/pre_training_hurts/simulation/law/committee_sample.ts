/**
 * Summary statistics of committees after a few steps, by the exact chain and by SGD on whole inputs.
 *
 * @module
 */
import { checkKeys } from "../../../../check.ts";
import {
  CommitteeChain,
  type CommitteeModel,
  DirectCommittee,
  type RuleChoice,
  type StepSizes,
} from "../../../../chain/mod.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { activation, type ActivationLike } from "../../../../gaussian/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { type AddedDegrees, withDegrees } from "./degrees.ts";

/** A sample of the law of a committee's summary statistics. */
export interface CommitteeLawCell {
  /** What makes the steps. */
  readonly sampler: "exact chain" | "whole inputs";
  /** Activation of student and teacher. */
  readonly student: ActivationLike;
  /** Frozen rows: `D_k` of rows `D_k t_k`, or rows of coordinates in a frame that begins with the teacher's. */
  readonly rows: CommitteeModel["frozen"];
  /** Rank of the adapter. */
  readonly rank: number;
  /** Input dimension. */
  readonly d: number;
  /** Samples per step. */
  readonly batch: number;
  /** Step size. */
  readonly step: StepSizes;
  /** Update rule; SGD when not given. */
  readonly rule?: RuleChoice;
  /** Independent copies. */
  readonly copies: number;
  /** Increasing steps at which the state is kept. */
  readonly looks: readonly number[];
  /** Degrees of freedom added to the chain's remainder; 0 when not given, which is exact. */
  readonly degrees?: AddedDegrees;
}

/**
 * Of many independent committees, what no sign of a row of the adapter changes: `U_kj²` (`u00^2, …`), `a_jl²`
 * (`a00^2, …`), and the student's overlaps `W Tᵀ` (`q00, …`) and Gram matrix `W Wᵀ` (`g00, …`); one row per
 * copy and step that is looked at, with `at` and `copy`.
 *
 * Scale: steps.
 *
 * @example
 * ```ts
 * import { committeeLawSample } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = await committeeLawSample({
 *   sampler: "exact chain", student: "relu", rows: [0.5, 1], rank: 1, d: 9, batch: 3, step: 0.5,
 *   copies: 3, looks: [1, 2],
 * });
 * assertEquals([rows].flat().length, 6);
 * ```
 */
export const committeeLawSample: Task<CommitteeLawCell, Row> = task(
  import.meta.url,
  "committeeLawSample",
  (cell: CommitteeLawCell, { seed }): Row[] => {
    checkKeys("sample a law", cell, [
      "sampler",
      "student",
      "rows",
      "rank",
      "d",
      "batch",
      "step",
      "rule",
      "copies",
      "looks",
      "degrees",
    ], "the cell");
    const { sampler, degrees = 0, looks, d, rows: frozen, rank, batch, step, rule } = cell;
    const rng = stream(seed, "committee law", sampler, degrees === null ? "none" : degrees);
    const sigma = activation(cell.student),
      scale = sigma.odd ? Math.sqrt(frozen.length) : frozen.length;
    const model: CommitteeModel = {
      ...{ activation: sigma, d, frozen, rank, batch, step, scale },
      ...(rule === undefined ? {} : { rule }),
    };
    return Array.from({ length: cell.copies }, (_, copy) => {
      const own = rng.stream(copy);
      const run = sampler === "exact chain"
        ? new CommitteeChain(model, degrees === 0 ? own : withDegrees(own, degrees))
        : new DirectCommittee(model, own);
      return looks.map((at) => {
        run.run(at - run.steps);
        return { at, copy, ...statisticsOf(run, frozen) };
      });
    }).flat();
  },
);

/** Rows of the adapter: entries of the frame first, then as many as say their Gram matrix outside it. */
function rowsOfAdapter(run: CommitteeChain | DirectCommittee, p: number): number[][] {
  if (run instanceof DirectCommittee) return run.v.map((row) => [...row]);
  const { rank: r } = run.model;
  return Array.from({ length: r }, (_, j) => [
    ...run.a.subarray(j * p, (j + 1) * p),
    ...run.h.subarray(j * r, (j + 1) * r),
  ]);
}

function statisticsOf(
  run: CommitteeChain | DirectCommittee,
  frozen: CommitteeModel["frozen"],
): Row {
  const K = frozen.length, first = frozen[0], p = typeof first === "number" ? K : first.length;
  const v = rowsOfAdapter(run, p), { u } = run, r = v.length, out: Row = {};
  const student = Array.from({ length: K }, (_, k) =>
    v[0].map((_, q) => {
      const row = frozen[k], own = typeof row === "number" ? (q === k ? row : 0) : row[q] ?? 0;
      return own + v.reduce((sum, vj, j) => sum + u[k * r + j] * vj[q], 0);
    }));
  for (let k = 0; k < K; k++) {
    for (let j = 0; j < r; j++) {
      out[`u${k}${j}^2`] = u[k * r + j] ** 2;
      out[`a${j}${k}^2`] = v[j][k] ** 2;
    }
    for (let l = 0; l < K; l++) out[`q${k}${l}`] = student[k][l];
    for (let l = k; l < K; l++) {
      out[`g${k}${l}`] = student[k].reduce((sum, x, q) => sum + x * student[l][q], 0);
    }
  }
  return out;
}
