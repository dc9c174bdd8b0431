/** What the driver needs of a method: steps that have already met the tolerance. */
import type { OdeStatus } from "./status.ts";

/** Work counted while the solve runs. */
export interface Work {
  evaluations: number;
  accepted: number;
  rejected: number;
  jacobians: number;
  decompositions: number;
}

/** A method with its step control, for one system size and one interval. */
export interface Integrator {
  /** Number of rows in the nested interpolation polynomial. */
  readonly rows: number;
  /** State at the start of the step. */
  readonly y: Float64Array;
  /** State at its end. */
  readonly next: Float64Array;
  /** `"done"` while all is well. */
  status: OdeStatus;
  readonly work: Work;
  /** Begins at `y0`, forgetting everything before. */
  start(y0: ArrayLike<number>): void;
  /** Takes one step from `t`, not beyond `until`, and returns its end; sets `status` if there is none. */
  step(t: number, until: number): number;
  /** Writes the state at a share of the step just taken, good enough for a sign. */
  within(share: number, h: number, out: Float64Array): void;
  /** Writes the interpolation rows of the step just taken. */
  interpolant(t: number, h: number, rows: Float64Array): void;
  /** Makes the end of the step the start of the next. */
  advance(): void;
}

/** Nothing done yet. */
export function noWork(): Work {
  const work = {} as Work;
  clearWork(work);
  return work;
}

/** Sets all counts to zero. */
export function clearWork(work: Work): void {
  work.evaluations = 0;
  work.accepted = 0;
  work.rejected = 0;
  work.jacobians = 0;
  work.decompositions = 0;
}

/** The step below which rounding of `t` takes over; near `t = 0` that says nothing. */
export function leastStep(t: number, { t0, t1 }: { t0: number; t1: number }): number {
  return Math.max(10 * Number.EPSILON * Math.abs(t), Number.EPSILON ** 2 * (t1 - t0));
}

/** True unless a value is NaN or infinite. */
export function allFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
