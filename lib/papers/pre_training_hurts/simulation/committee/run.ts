/**
 * Committee machine: loss of a rank-`r` adapter against steps, by the exact chain.
 *
 * @module
 */
import { checkKeys } from "../../../../check.ts";
import {
  CommitteeChain,
  type CommitteeModel,
  type RuleChoice,
  type StepSizes,
} from "../../../../chain/mod.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { activation, type ActivationLike, pairMoments } from "../../../../gaussian/mod.ts";
import { type Stream, stream } from "../../../../random/mod.ts";
import { committeeLoss, type CommitteeOverlaps, committeeScale } from "../../committee.ts";
import { sampledLoss } from "./sampled_loss.ts";

/** A committee. */
export interface CommitteeCell {
  /** Activation of student and teacher. */
  readonly student: ActivationLike;
  /** Frozen rows in a frame that begins with the teacher's. */
  readonly rows: readonly (readonly number[])[];
  /** Rank of the adapter. */
  readonly rank: number;
  /** Input dimension. */
  readonly d: number;
  /** Samples per step. */
  readonly batch: number;
  /** Step size of both factors, or `[η_U, η_V]`. */
  readonly step: StepSizes;
  /** Update rule; SGD when not given. */
  readonly rule?: RuleChoice;
  /** Increasing steps at which the copies are looked at. */
  readonly looks: readonly number[];
  /** Independent copies. */
  readonly copies: number;
}

/** A committee at one step. */
export interface CommitteeRow extends Row {
  /** Number of the copy. */
  copy: number;
  /** Steps made. */
  at: number;
  /** Population loss `½ E(ŷ − y)²`. */
  loss: number;
  /** `"running"`, or the step at which the copy has diverged. */
  status: string;
}

/** A committee without what is looked at. */
export type CommitteeShape = Omit<CommitteeCell, "looks" | "copies">;

function chainOf(
  { student, rows, rank, d, batch, step, rule }: CommitteeShape,
  rng: Stream,
): CommitteeChain {
  const model: CommitteeModel = {
    ...{ activation: activation(student), frozen: rows, rank, d, batch, step },
    scale: committeeScale(student, rows.length),
    ...(rule === undefined ? {} : { rule }),
  };
  return new CommitteeChain(model, rng);
}

/** Stream of a copy; committees that differ in strength only share their random numbers. */
function rngOf({ rank }: CommitteeShape, seed: string, copy: number): Stream {
  return stream(seed, "committee", rank, copy);
}

/** A square array as its rows. */
function rowsOf(list: Float64Array, width: number): number[][] {
  return Array.from(
    { length: list.length / width },
    (_, k) => [...list.subarray(k * width, (k + 1) * width)],
  );
}

/** What the loss of a chain depends on. */
export function overlapsOfChain(chain: CommitteeChain, K: number, p: number): CommitteeOverlaps {
  return {
    teacher: rowsOf(chain.overlaps(), p).map((row) => row.slice(0, K)),
    gram: rowsOf(chain.gram(), K),
  };
}

/** Factors of an adapter: `U`, and the rows of `V` in the frame and in as many directions outside it. */
export interface CommitteeStart {
  /** `U`, a row for each unit. */
  readonly u: readonly (readonly number[])[];
  /** Rows of `V`: coordinates in the frame, then those outside it. */
  readonly v: readonly (readonly number[])[];
}

/** Where a copy of {@linkcode committeeRun} starts. */
export function committeeStart(cell: CommitteeShape, seed: string, copy: number): CommitteeStart {
  const chain = chainOf(cell, rngOf(cell, seed, copy)), p = cell.rows[0].length, { rank } = cell;
  const [inside, outside] = [rowsOf(chain.a, p), rowsOf(chain.h, rank)];
  return { u: rowsOf(chain.u, rank), v: inside.map((row, j) => [...row, ...outside[j]]) };
}

/**
 * Loss of a committee under one-pass SGD, by the exact chain: one row per copy and step that is looked at.
 *
 * The loss is that of the population where the activation's moments have closed forms (polynomials, erf, ReLU), else
 * the mean over fixed test inputs. Scale: steps. Source: model: code of nwemadji2026when; chain: ours.
 *
 * @example
 * ```ts
 * import { committeeRun } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertLess } from "@std/assert";
 *
 * const rows = [[0.1, 0, 0], [0, 0.1, 0], [0, 0, 1]];
 * const [start, end] = [await committeeRun({
 *   student: "relu", rows, rank: 2, d: 100, batch: 50, step: 1, looks: [0, 400], copies: 1,
 * })].flat();
 * assertLess(end.loss, start.loss);
 * ```
 */
export const committeeRun: Task<CommitteeCell, CommitteeRow> = task(
  import.meta.url,
  "committeeRun",
  (cell: CommitteeCell, { seed }): CommitteeRow[] => {
    checkKeys("run a committee", cell, [
      "student",
      "rows",
      "rank",
      "d",
      "batch",
      "step",
      "rule",
      "looks",
      "copies",
    ], "the cell");
    const { student, rows, looks } = cell, K = rows.length, p = rows[0].length;
    const closed = pairMoments(student, student).kind === "closed form";
    const lossOf = closed
      ? (chain: CommitteeChain) => committeeLoss(student, overlapsOfChain(chain, K, p))
      : sampledLoss(student, rows, stream(seed, "committee test"));
    return Array.from({ length: cell.copies }, (_, copy) => {
      const chain = chainOf(cell, rngOf(cell, seed, copy));
      return looks.map((at) => {
        chain.run(at - chain.steps);
        return { copy, at, loss: lossOf(chain), status: chain.status };
      });
    }).flat();
  },
);
