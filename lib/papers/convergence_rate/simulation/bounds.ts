/**
 * Runs of the paper's rule on random bounded losses: what the convergence bounds have to hold for.
 *
 * @module
 */
import { checkFinite } from "../../../check.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { stream } from "../../../random/mod.ts";
import { normals } from "../adapters.ts";
import { type FamilyLike, lossFamily } from "../families.ts";
import { rescaled } from "../losses.ts";
import { loraStart } from "../starts.ts";
import { randomShape } from "./_arena.ts";
import { descend, type Moment } from "./descend.ts";
import { Descent } from "./descent.ts";

/** A random problem and the length of its run. */
export interface BoundCell {
  /** Name of the family. */
  kind: string;
  /** Losses with a lower bound. */
  family: FamilyLike;
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
  /** Largest `‖V_t‖²`. */
  mostV2: number;
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
  /** Largest `‖V_t‖²/(2‖V₀‖² + 8ΔS_t)`, `t > 0`. */
  growthRatio: number;
}

/**
 * The paper's rule from random starts with both factors (every second one with `B₀ = 0`), on losses scaled to
 * `L ≥ 1`.
 *
 * Source: ours.
 */
export const boundRun: Task<BoundCell, BoundRow> = task(
  import.meta.url,
  "boundRun",
  ({ kind, family, copy, steps }: BoundCell, { seed }) => {
    const rng = stream(seed, "bounds", kind, copy);
    const raw = lossFamily(family).make(randomShape(rng), rng);
    checkFinite("compare a run with its bounds", `low of ${raw.name}`, raw.low);
    const loss = rescaled(raw, { factor: Math.max(1, 1 / raw.smoothness) });
    const r = 1 + rng.integer(Math.min(4, loss.rows, loss.columns));
    const start = { ...loraStart(loss, r, rng), b: normals([loss.rows, r], rng, copy % 2) };
    const run = new Descent(loss, start);
    let shortfalls = 0, fullRatio = 0, growthRatio = 0, last = Infinity, due = 0, gap = 0, v20 = 0;
    let mostV2 = 0;
    const visit = (now: Moment) => {
      if (now.t === 0) {
        gap = run.loss - loss.low;
        v20 = run.v2;
      } else growthRatio = Math.max(growthRatio, run.v2 / (2 * v20 + 8 * gap * now.time));
      mostV2 = Math.max(mostV2, run.v2);
      if (run.loss > last - due + 1e-13 * (last + gap)) shortfalls++;
      last = run.loss;
      due = now.eta * run.gradient2 / 4;
      const above = 2 * loss.smoothness * (run.loss - loss.low);
      if (above > 1e-12 * gap) fullRatio = Math.max(fullRatio, run.g2 / above);
    };
    const { time, minGradient2, minNormalised } = descend(run, { steps, visit });
    const { smoothness } = loss;
    return {
      ...{ smoothness, gap, v2: v20, mostV2, time, minGradient2, minNormalised },
      ...{ shortfalls, fullRatio, growthRatio },
    };
  },
);
