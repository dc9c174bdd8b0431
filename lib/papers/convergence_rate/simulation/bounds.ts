/**
 * Runs of the paper's rule on random bounded losses: what the convergence bounds have to hold for.
 *
 * @module
 */
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { stream } from "../../../random/mod.ts";
import { rescaled } from "../losses.ts";
import { normals } from "../adapters.ts";
import { loraStart } from "../starts.ts";
import { descend, Descent, type Moment } from "./descent.ts";
import { type Kind, randomLoss, randomShape } from "./fuzz.ts";

/** A random problem and the length of its run. */
export interface BoundCell {
  /** Kind of loss, one with a lower bound. */
  kind: Exclude<Kind, "indef">;
  /** Number of the problem. */
  copy: number;
  /** Steps. */
  steps: number;
}

/** What a run of the paper's rule measured. */
export interface BoundRow extends Row {
  /** `L`. */
  smoothness: number;
  /** `J(V₀) − L*`. */
  gap: number;
  /** `‖V₀‖²`. */
  v2: number;
  /** `S_T`. */
  time: number;
  /** `min_{t<T} ‖∇J‖²`. */
  minGradient2: number;
  /** Smallest `‖∇J‖²/max(‖V‖² + ‖G‖, 1/(4√2L))`. */
  minNormalised: number;
  /** Steps in which the loss fell by less than `η/4·‖∇J‖²`. */
  shortfalls: number;
  /** Largest `‖G‖²/(2L(J − L*))`. */
  fullRatio: number;
  /** Largest `(‖V_t‖² − 2‖V₀‖²)/(8ΔS_t)`. */
  growthRatio: number;
}

/**
 * The paper's rule from random starts with both factors, on losses scaled to `L ≥ 1`.
 *
 * Source: ours.
 */
export const boundRun: Task<BoundCell, BoundRow> = task(
  import.meta.url,
  "boundRun",
  ({ kind, copy, steps }: BoundCell, { seed }) => {
    const rng = stream(seed, "bounds", kind, copy),
      raw = randomLoss(kind, randomShape(kind, rng), rng);
    const loss = rescaled(raw, { factor: Math.max(1, 1 / raw.smoothness) });
    const r = 1 + rng.integer(Math.min(4, loss.rows, loss.columns));
    const start = { ...loraStart(loss, r, rng), b: normals([loss.rows, r], rng, copy % 2) };
    const run = new Descent(loss, start);
    let shortfalls = 0, fullRatio = 0, growthRatio = 0, last = Infinity, due = 0, gap = 0, v20 = 0;
    const visit = (now: Moment) => {
      if (now.t === 0) {
        gap = run.loss - loss.low;
        v20 = run.v2;
      } else {
        growthRatio = Math.max(growthRatio, (run.v2 - 2 * v20) / (8 * gap * now.time));
      }
      if (run.loss > last - due + 1e-13 * (last + gap)) shortfalls++;
      last = run.loss;
      due = now.eta * run.gradient2 / 4;
      const above = 2 * loss.smoothness * (run.loss - loss.low);
      if (above > 1e-12 * gap) fullRatio = Math.max(fullRatio, run.g2 / above);
    };
    const { time, minGradient2, minNormalised } = descend(run, { steps, visit });
    const { smoothness } = loss;
    return {
      ...{ smoothness, gap, v2: v20, time, minGradient2, minNormalised },
      ...{ shortfalls, fullRatio, growthRatio },
    };
  },
);
