import { checkInteger, checkPositive } from "../check.ts";
import type { Activation } from "../gaussian/mod.ts";
import { checkActivation, checkFrozen } from "./model.ts";

/** One-pass SGD of a rank-`r` adapter on the first layer of a committee machine. */
export interface CommitteeModel {
  /** Activation σ of teacher and student. */
  readonly activation: Activation;
  /** Input dimension, `d ≥ K + 2r`. */
  readonly d: number;
  /** Degradation `D` of the frozen rows: student rows start at `D_k t_k`; length `K`. */
  readonly frozen: readonly number[];
  /** Rank `r` of the adapter. */
  readonly rank: number;
  /** Fresh samples per step. */
  readonly batch: number;
  /** Step size of both factors. */
  readonly step: number;
  /** Output divisor `S`; when not given `√K` for odd activations and `K` for others. */
  readonly scale?: number;
}

/** Checks a committee at the public door and returns its output divisor `S`. */
export function checkCommittee(what: string, model: CommitteeModel): number {
  const { activation, d, frozen, rank, batch, step } = model;
  checkActivation(what, "activation", activation);
  checkFrozen(what, frozen);
  const K = frozen.length;
  checkInteger(what, "rank", rank, 1);
  checkInteger(what, "d", d, K + 2 * rank);
  checkInteger(what, "batch", batch, 1);
  checkPositive(what, "step", step);
  if (model.scale === undefined && activation.odd === undefined) {
    throw new RangeError(
      `Cannot ${what} as scale must be given where it is not known whether the activation is odd: ` +
        `current activation is ${activation.name}`,
    );
  }
  const scale = model.scale ?? (activation.odd ? Math.sqrt(K) : K);
  checkPositive(what, "scale", scale);
  return scale;
}
