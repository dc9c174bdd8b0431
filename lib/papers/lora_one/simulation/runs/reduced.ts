/**
 * Runs in law at any dimension, as tasks.
 *
 * @module
 */
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import { stream } from "../../../../random/mod.ts";
import { ReducedDescent, sampleReducedStart } from "../descent/reduced.ts";

/** A random LoRA run in law. */
export interface AlignmentCell {
  /** Input dimension. */
  d: number;
  /** Rank of the adapter. */
  r: number;
  /** Singular values of the target. */
  values: readonly number[];
  /** Standard deviation of `A₀`. */
  initStd: number;
  /** Step size. */
  eta: number;
  /** `sin θ` at which the run is aligned. */
  level: number;
  /** Most steps. */
  most: number;
}

/** When it was aligned. */
export interface AlignmentRow extends Row {
  /** First step with `sin θ` below the level; null when there is none. */
  steps: number | null;
}

/** Steps until `sin θ` is below a level of one random start, exact in law. */
export const alignmentRun: Task<AlignmentCell, AlignmentRow> = task(
  import.meta.url,
  "alignmentRun",
  ({ d, r, values, initStd, eta, level, most }: AlignmentCell, { seed }) => {
    const sizes = { d, r, targetRank: values.length, initStd };
    const run = new ReducedDescent(
      values,
      sampleReducedStart(stream(seed, "alignment", d), sizes),
      eta,
    );
    const steps = run.firstBelow((state) => state.sine(), level, most);
    return { steps: Number.isFinite(steps) ? steps : null };
  },
);

/** A run until the top mode is half learnt. */
export interface EscapeCell {
  /** Input dimension. */
  d: number;
  /** Rank of the adapter. */
  r: number;
  /** Condition number of a rank-two target. */
  kappa: number;
  /** Standard deviation of `A₀`. */
  initStd: number;
  /** Step size. */
  eta: number;
}

/** Its angle then. */
export interface EscapeRow extends Row {
  /** First step at which half of the top mode is learnt. */
  steps: number;
  /** `tan θ` at that step. */
  tangent: number;
}

/** Steps after which a run that has not learnt half of its top mode is given up. */
const PATIENCE = 20_000;

/** The angle at the time when the top mode of a rank-two target is half learnt. */
export const escapeRun: Task<EscapeCell, EscapeRow> = task(
  import.meta.url,
  "escapeRun",
  ({ d, r, kappa, initStd, eta }: EscapeCell, { seed }) => {
    // One direction of the start for all scales: the slope is that of single trajectories.
    const start = sampleReducedStart(stream(seed, "escape"), { d, r, targetRank: 2, initStd });
    const run = new ReducedDescent([1, 1 / kappa], start, eta);
    const steps = run.firstBelow((state) => 1 - state.learnt(), 0.5, PATIENCE);
    if (Number.isNaN(steps)) {
      throw new RangeError(
        "Cannot take an angle at half-learning as eta must be such that half of the top mode is learnt " +
          `in ${PATIENCE} steps: current value is ${eta}`,
      );
    }
    const sine = run.sine();
    return { steps, tangent: sine / Math.sqrt(1 - sine * sine) };
  },
);
