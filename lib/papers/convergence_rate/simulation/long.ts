/**
 * Real data, full batch: long runs on all digits.
 *
 * @module
 */
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { stream } from "../../../random/mod.ts";
import type { RuleLike } from "../rules.ts";
import { SoftmaxLoss } from "../softmax.ts";
import { loraStart } from "../starts.ts";
import { descend, type Moment } from "./descend.ts";
import { Descent } from "./descent.ts";
import { frozenLayer, inkDigits } from "./digits.ts";
import { logSteps } from "./log_steps.ts";

/** A full-batch run on all 1797 digits. */
export interface LongCell {
  /** Name of the schedule. */
  schedule: string;
  /** Learning-rate rule. */
  rule: RuleLike;
  /** Rank of the adapter. */
  rank: number;
  /** Steps. */
  steps: number;
}

/** A full-batch run before a step. */
export interface LongRow extends Row {
  /** Steps done. */
  t: number;
  /** Loss. */
  loss: number;
  /** `‖V‖²`. */
  v2: number;
  /** `‖∇J‖²`. */
  gradient2: number;
  /** Smallest so far. */
  minGradient2: number;
  /** Learning rate. */
  eta: number;
  /** Steps so far in which the loss rose. */
  rises: number;
  /** Steps so far in which `‖V‖²` fell. */
  falls: number;
}

/** LoRA gradient descent on the mean loss of all digits. Source: ours. */
export const longRun: Task<LongCell, LongRow> = task(
  import.meta.url,
  "longRun",
  ({ rule, rank, steps }: LongCell, { seed }) => {
    const { all } = inkDigits(), rng = stream(seed, "digits", "weights");
    const loss = new SoftmaxLoss({ ...all, ...frozenLayer(rng) });
    const run = new Descent(loss, loraStart(loss, rank, rng)), wanted = new Set(logSteps(steps));
    const rows: LongRow[] = [];
    let lastLoss = Infinity, lastSize = 0, rises = 0, falls = 0;
    const visit = ({ t, eta, minGradient2 }: Moment) => {
      // A change in the last digits is no change.
      if (run.loss > lastLoss * (1 + 1e-14)) rises++;
      if (run.v2 < lastSize * (1 - 1e-14)) falls++;
      lastLoss = run.loss;
      lastSize = run.v2;
      if (!wanted.has(t)) return false;
      const { loss, v2, gradient2 } = run;
      rows.push({ t, loss, v2, gradient2, minGradient2, eta, rises, falls });
      return false;
    };
    descend(run, { steps, rule, visit });
    return rows;
  },
);
