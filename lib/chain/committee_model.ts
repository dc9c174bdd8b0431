import { checkBoolean, checkInteger, checkKeys, checkPositive } from "../check.ts";
import type { Activation, ActivationLike } from "../gaussian/mod.ts";
import { activationOf, checkNumbers } from "./model.ts";
import type { ChainRule } from "./rule/rule.ts";
import { type RuleChoice, ruleOf } from "./rule/rules.ts";
import { type Schedule, scheduleOf, type StepSizes } from "./rule/schedule.ts";

/** One-pass SGD of a rank-`r` adapter on the first layer of a committee machine. */
export interface CommitteeModel {
  /** Activation σ of teacher and student, or what makes one. */
  readonly activation: ActivationLike;
  /** Input dimension, `d ≥ p + 2r`, and `r` more for each vector that the rule keeps. */
  readonly d: number;
  /**
   * Frozen rows of the student: `K` numbers `D_k` for rows `D_k t_k` along the teacher's, or `K` rows of
   * coordinates in a fixed orthonormal frame `t_1, …, t_K, e_{K+1}, …, e_p`, all of length `p ≥ K`.
   */
  readonly frozen: readonly number[] | readonly (readonly number[])[];
  /** Rank `r` of the adapter. */
  readonly rank: number;
  /** Fresh samples per step. */
  readonly batch: number;
  /** Step size of both factors, `[η_U, η_V]` when they differ; numbers, functions of `t` or expressions. */
  readonly step: StepSizes;
  /** Output divisor `S`; when not given `√K` for odd activations and `K` for others. */
  readonly scale?: number;
  /** Re-normalise the rows of `V` after every step (default) or leave them free. */
  readonly sphere?: boolean;
  /** Update rule: a name of `chainRules`, such a name with its parameters, or a reader's own rule. */
  readonly rule?: RuleChoice;
}

/** What a committee runs on beside its model. */
export interface CommitteeSetting {
  /** Activation σ. */
  readonly activation: Activation;
  /** Number of student rows and of teacher rows, `K`. */
  readonly K: number;
  /** Dimension of the frame, `p ≥ K`; its first directions are the teacher's rows. */
  readonly p: number;
  /** Frozen rows in the frame, `K × p`. */
  readonly rows: Float64Array;
  /** Output divisor `S`. */
  readonly scale: number;
  /** Whether rows of `V` have length 1. */
  readonly sphere: boolean;
  /** Update rule. */
  readonly rule: ChainRule;
  /** Step sizes at every step. */
  readonly schedule: Schedule;
}

const KEYS: readonly (keyof CommitteeModel)[] = [
  ...["activation", "d", "frozen", "rank", "batch"] as const,
  ...["step", "scale", "sphere", "rule"] as const,
];

/** Checks a committee at the public door and fills in its defaults. */
export function checkCommittee(what: string, model: CommitteeModel): CommitteeSetting {
  checkKeys(what, model, KEYS, "the model");
  const { d, frozen, rank, batch, step, sphere = true, rule: choice = "sgd" } = model;
  const activation = activationOf(what, "activation", model.activation);
  const { p, rows } = frozenRows(what, frozen);
  const K = frozen.length, rule = ruleOf(what, choice);
  checkInteger(what, "rank", rank, 1);
  checkInteger(what, "d", d, p + (2 + rule.memory) * rank);
  checkInteger(what, "batch", batch, 1);
  const schedule = scheduleOf(what, step, 1);
  if (model.scale === undefined && activation.odd === undefined) {
    throw new RangeError(
      `Cannot ${what} as scale must be given where it is not known whether the activation is odd: ` +
        `current activation is ${activation.name}`,
    );
  }
  const scale = model.scale ?? (activation.odd ? Math.sqrt(K) : K);
  checkPositive(what, "scale", scale);
  checkBoolean(what, "sphere", sphere);
  return { activation, K, p, rows, scale, sphere, rule, schedule };
}

/** Frozen rows in the frame: a diagonal, or rows of one length. */
function frozenRows(
  what: string,
  frozen: CommitteeModel["frozen"],
): { p: number; rows: Float64Array } {
  const K = frozen?.length, first = Array.isArray(frozen) ? frozen[0] : undefined;
  if (!Array.isArray(first)) {
    checkNumbers(what, "frozen", frozen as readonly number[]);
    const rows = new Float64Array(K * K);
    for (let k = 0; k < K; k++) rows[k * K + k] = frozen[k] as number;
    return { p: K, rows };
  }
  const all = frozen as readonly (readonly number[])[], p = first.length;
  all.forEach((row, k) => checkNumbers(what, `frozen[${k}]`, row));
  if (p < K || all.some((row) => row.length !== p)) {
    throw new TypeError(
      `Cannot ${what} as rows of frozen must have one length >= their number ${K}: ` +
        `current lengths are ${all.map((row) => row.length).join(", ")}`,
    );
  }
  return { p, rows: Float64Array.from(all.flat()) };
}
