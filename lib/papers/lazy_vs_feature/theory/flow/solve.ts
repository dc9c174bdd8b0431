/**
 * Flows at given times, by an integrator that says where one ends.
 *
 * @module
 */
import { checkPositive, checkSorted } from "../../../../check.ts";
import { solveOde } from "../../../../ode/mod.ts";
import { type StepScale, stepScale } from "../../step_scales.ts";

/** A step scale that depends on time alone; a rule that watches the run has no flow. */
export function courseOf(alpha: StepScale): (tau: number) => number {
  const { course, name } = stepScale(alpha);
  if (course) return course;
  throw new RangeError(
    `Cannot solve a flow as alpha must depend on time alone: current value is ${name}`,
  );
}

/** Size of an order parameter beyond which a flow has escaped; those of a teacher are of order 1. */
const ESCAPE = 1e3;
/** Steps of a flow whose rates take a millisecond: those of the figures take a few hundred. */
export const FEW = 1000;

/** A flow: its state at time 0, and what moves it. */
export interface FlowProblem {
  /** State at time 0. */
  readonly start: readonly number[];
  /** Writes the rates of the state into `rates`. */
  readonly rates: (t: number, state: Float64Array, rates: Float64Array) => void;
  /** Relative tolerance; 1e-8 when not given. */
  readonly rtol?: number;
  /** Absolute tolerance; 1e-12 when not given. */
  readonly atol?: number;
  /** Steps after which the flow is given up; a million when not given. */
  readonly maxSteps?: number;
}

/**
 * States of a flow from time 0 at increasing times.
 *
 * @throws {RangeError} If the times are not positive and increasing, or the flow does not reach the last one.
 */
export function solveFlow(
  what: string,
  times: readonly number[],
  { start, rates, ...options }: FlowProblem,
): readonly Float64Array[] {
  checkSorted(what, "times", times);
  if (times.length === 0) {
    throw new RangeError(`Cannot ${what} as times must have an entry: current value is []`);
  }
  checkPositive(what, "times[0]", times[0]);
  const { status, t, states } = solveOde(
    (t, y, dy) => {
      // An escaping flow would be followed in ever shorter steps.
      if (y.every((value) => Math.abs(value) < ESCAPE)) rates(t, y, dy);
      else dy.fill(NaN);
    },
    0,
    times.at(-1)!,
    [...start],
    { times: [...times], ...options },
  );
  if (status === "done") return states;
  throw new RangeError(
    `Cannot ${what} as alpha must be small enough for it to reach t = ${times.at(-1)}: ` +
      `it ends at t = ${t.toPrecision(3)} (${status})`,
  );
}
