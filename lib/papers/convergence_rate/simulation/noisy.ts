/**
 * LoRA gradient descent with a noisy full gradient and a rule that is damped in time.
 *
 * @module
 */
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { stream } from "../../../random/mod.ts";
import { quadratic } from "../losses.ts";
import { lowRank } from "../problems.ts";
import { rateRule, type RuleLike } from "../rules.ts";
import { startFactors, type StartLike } from "../starts.ts";
import { descend } from "./descend.ts";
import { Descent } from "./descent.ts";

/** A noisy run. */
export interface NoisyCell {
  /** `m` and `n`. */
  shape: readonly [number, number];
  /** Singular values of the target. */
  sigma: readonly number[];
  /** Rank. */
  r: number;
  /** Start. */
  start: StartLike;
  /** Scale of the start. */
  scale: number;
  /** Rule that is damped; it sees the noisy gradient. */
  rule: RuleLike;
  /** Exponent of the damping `(1 + t/hold)^{−power}`. */
  power: number;
  /** Steps before the damping counts. */
  hold: number;
  /** Deviation of the noise of each entry of `G`. */
  noise: number;
  /** Steps. */
  steps: number;
  /** Bins a decade. */
  density: number;
}

/** Averages over a bin of steps. */
export interface NoisyRow extends Row {
  /** Middle of the bin, geometric. */
  t: number;
  /** Mean of `‖∇J‖²` without noise. */
  gradient2: number;
  /** Mean learning rate. */
  eta: number;
  /** `‖V‖²` at its end. */
  v2: number;
  /** Steps so far in which the loss rose. */
  rises: number;
}

/**
 * `½‖BA − M‖²` with independent normal noise on `G`: rule and step see `G` with it, the rows the gradient without.
 *
 * Source: ours.
 */
export const noisyRun: Task<NoisyCell, NoisyRow> = task(
  import.meta.url,
  "noisyRun",
  (cell: NoisyCell, { seed }) => {
    const { shape, sigma, r, power, hold, noise, steps, density } = cell;
    const loss = quadratic(lowRank(shape, sigma)), draws = stream(seed, "noise");
    const place = { loss, r, rng: stream(seed, "start") };
    const run = new Descent(loss, startFactors(cell.start, place, cell.scale));
    const { rate } = rateRule(cell.rule), rows: NoisyRow[] = [], ratio = 10 ** (1 / density);
    let from = 10, edge = 10 * ratio, sum = 0, etas = 0, count = 0, rises = 0, last = Infinity;
    let clean = NaN;
    descend(run, {
      steps,
      rule: (sizes, t) => rate(sizes, t) * (1 + t / hold) ** -power,
      noise: (full, t) => {
        clean = run.gradient2; // as measured, before the noise comes
        if (run.loss > last) rises++;
        last = run.loss;
        if (noise > 0 && t < steps) {
          for (let i = 0; i < full.data.length; i++) full.data[i] += noise * draws.normal();
        }
      },
      visit: ({ t, eta }) => {
        if (t >= edge || t === steps) {
          const middle = Math.sqrt(from * t);
          if (count > 0) {
            rows.push({
              ...{ t: middle, gradient2: sum / count, eta: etas / count, v2: run.v2, rises },
            });
          }
          sum = etas = count = 0;
          from = t;
          while (edge <= t) edge *= ratio;
        }
        if (t < 10) return;
        sum += clean;
        etas += eta;
        count++;
      },
    });
    return rows;
  },
);
