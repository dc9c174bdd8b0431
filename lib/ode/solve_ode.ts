/** Initial value problems of non-stiff ordinary differential equations. */
import {
  checkFinite,
  checkInteger,
  checkNonNegative,
  checkOneOf,
  checkPositive,
  checkSorted,
} from "../check.ts";
import { Dop853 } from "./dop853.ts";
import { Dopri5 } from "./dopri5.ts";
import { EventWatch, type OdeEvent } from "./events.ts";
import { initialStep } from "./initial_step.ts";
import { type OdeSolution, Recorder } from "./solution.ts";
import { interpolate, type Rhs, type Stepper } from "./stepper.ts";

const SAFETY = 0.9;
const SHRINK = 0.2;
const GROW = 10;
/** Share of the previous error in the PI controller (HNW II, IV.2, and their code DOPRI5). */
const BETA = 0.04;

/** Options of {@linkcode solveOde}. */
export interface OdeOptions {
  /** Order 5(4) or order 8(5,3) (default `"dop853"`). */
  method?: "dopri5" | "dop853";
  /** Relative tolerance of a step (default 1e-8); values below 100 machine epsilons are raised to it. */
  rtol?: number;
  /** Absolute tolerance of a step, one for all components or one each (default 1e-12). */
  atol?: number | Float64Array;
  /** Largest number of steps tried (default 1,000,000). */
  maxSteps?: number;
  /** Size of the first step; chosen from the problem when absent. */
  firstStep?: number;
  /** Largest step (default: no limit). */
  maxStep?: number;
  /** Where the states are wanted, increasing, inside `[t0, t1]`; default: every accepted step. */
  times?: readonly number[];
  /** Quantities whose sign changes are located. */
  events?: readonly OdeEvent[];
  /** Keeps every step so that `at(t)` works (default false). */
  dense?: boolean;
  /**
   * How the step size follows the error: `"elementary"` (default), from the last error alone, or
   * `"PI"`, also from the one before, which calms the sequence of rejected steps when stability and
   * not accuracy limits the step.
   */
  controller?: "elementary" | "PI";
}

/**
 * Solution of `dy/dt = f(t, y)`, `y(t0) = y0`, up to `t1 > t0`.
 *
 * Explicit Runge–Kutta methods of Dormand and Prince with local extrapolation; a step is accepted
 * when the root mean square of `error_i / (atol_i + rtol max(|y_i|, |y_i new|))` is below 1. States
 * between steps (`times`, `events`, `at`) come from the continuous extension, of order 4 for
 * `dopri5` and 7 for `dop853`; the latter costs three evaluations in each step that needs it.
 *
 * Assumes: a smooth, non-stiff right-hand side. An event is found when its quantity has opposite
 * signs at the two ends of a step: bound `maxStep` if it may cross twice within one.
 * Never throws and never loops because of what `f` returns: see {@linkcode OdeStatus}.
 * Source: Hairer, Nørsett, Wanner, Solving Ordinary Differential Equations I (HNW I), II.4–II.6.
 *
 * @param f Writes the derivative into its third argument.
 * @param t0 Start.
 * @param t1 End.
 * @param y0 Initial state; it is copied.
 * @throws {RangeError} If a number is out of range, for instance `t1 ≤ t0`.
 * @throws {TypeError} If the length of `atol` differs from that of `y0`, or `f` is not a function.
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { solveOde } from "lora-dynamics/ode/mod.ts";
 * const { status, y } = solveOde((_t, y, dy) => { dy[0] = -y[0]; }, 0, 2, [1]);
 * assertEquals(status, "done");
 * assertAlmostEquals(y[0], Math.exp(-2), 1e-9);
 * ```
 */
export function solveOde(
  f: Rhs,
  t0: number,
  t1: number,
  y0: ArrayLike<number>,
  options: OdeOptions = {},
): OdeSolution {
  const { times, events = [], dense = false } = options;
  const set = check(f, t0, t1, y0, options);
  const { rtol, atol, maxStep, maxSteps } = set;
  const pi = options.controller === "PI";
  const n = y0.length;
  const s: Stepper = set.method === "dopri5" ? new Dopri5(f, n) : new Dop853(f, n);
  s.y.set(y0);
  const rows = new Float64Array(s.rows * n);
  const between = new Float64Array(n);
  const out = new Recorder(t0, s.y.slice(), rtol, s.rows, dense);
  const watch = events.length > 0 ? new EventWatch(events, t0, out.y) : undefined;

  let t = t0;
  let evaluations = 1;
  let accepted = 0;
  let rejected = 0;
  let nextTime = 0;
  f(t, s.y, s.slope);
  if (!times) out.push(t, s.y);
  else if (times[0] === t0) out.push(times[nextTime++], s.y);

  let h = options.firstStep ?? 0;
  if (!allFinite(s.slope)) {
    out.status = "nonFinite: the right-hand side is NaN or infinite just after t";
  } else if (h === 0) {
    h = initialStep(s, f, t, t1 - t0, maxStep, rtol, atol);
    evaluations++;
  }
  const exponent = -1 / (s.errorOrder + 1);
  let errorBefore = 1e-4;
  // Rounding of t sets the least step; near t = 0 it says nothing.
  const smallest = Number.EPSILON ** 2 * (t1 - t0);

  while (out.status === "done" && t < t1) {
    const least = Math.max(10 * Number.EPSILON * Math.abs(t), smallest);
    h = Math.max(Math.min(h, maxStep), least);
    let again = false;
    let finite = true;
    let end = t;
    let following = h;
    // Try until the step is accepted.
    while (true) {
      end = Math.min(t + h, t1);
      if (h < least || !(end > t)) {
        out.status = finite
          ? "stepTooSmall: the solution is singular here, or raise atol or loosen rtol"
          : "nonFinite: the right-hand side is NaN or infinite just after t";
        break;
      }
      if (accepted + rejected >= maxSteps) {
        out.status = "maxSteps: raise maxSteps or loosen rtol and atol";
        break;
      }
      h = end - t;
      s.step(t, h);
      evaluations += s.stages;
      const error = s.errorNorm(h, rtol, atol);
      if (error < 1) {
        accepted++;
        let factor = GROW;
        if (error > 0) {
          factor = pi
            ? SAFETY * Math.pow(error, exponent + 0.75 * BETA) * Math.pow(errorBefore, BETA)
            : SAFETY * Math.pow(error, exponent);
          factor = Math.min(GROW, Math.max(factor, SHRINK));
        }
        errorBefore = Math.max(error, 1e-4);
        // The size that follows a rejection must not grow at once.
        following = h * (again ? Math.min(1, factor) : factor);
        break;
      }
      rejected++;
      again = true;
      finite = error < Infinity;
      h *= finite ? Math.max(SHRINK, SAFETY * Math.pow(error, exponent)) : SHRINK;
    }
    if (out.status !== "done") break;
    const fired = watch !== undefined && watch.look(end, s.next);
    const wanted = times !== undefined && nextTime < times.length && times[nextTime] <= end;
    if (dense || fired || wanted) evaluations += s.interpolant(t, h, rows);
    let last = end;
    if (fired) {
      for (const { name, t: when, y, end: terminal } of watch!.locate(s, t, h, rows)) {
        out.events.push({ name, t: when, y });
        if (!terminal) continue;
        out.status = "event";
        last = when;
        out.y = y.slice();
      }
    }
    if (dense) out.pushStep(t, h, s.y, rows);
    if (times) {
      for (; nextTime < times.length && times[nextTime] <= last; nextTime++) {
        const at = times[nextTime];
        if (at === end) out.push(at, s.next);
        else {
          interpolate((at - t) / h, s.y, rows, between);
          out.push(at, between);
        }
      }
    } else {
      out.push(last, out.status === "event" ? out.y : s.next);
    }
    s.advance();
    watch?.advance();
    t = last;
    h = following;
  }
  out.t = t;
  if (out.status !== "event") out.y = s.y.slice();
  out.stats = { evaluations, accepted, rejected };
  return out;
}

function allFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** Validated and completed options. */
function check(f: Rhs, t0: number, t1: number, y0: ArrayLike<number>, options: OdeOptions) {
  const what = "solve the differential equation";
  const { method = "dop853", rtol = 1e-8, atol = 1e-12, maxSteps = 1_000_000 } = options;
  const { maxStep = Infinity, times, firstStep } = options;
  if (typeof f !== "function") {
    throw new TypeError(`Cannot ${what} as f must be a function: current value is ${String(f)}`);
  }
  checkFinite(what, "t0", t0);
  checkFinite(what, "t1", t1);
  if (!(t1 > t0)) {
    throw new RangeError(
      `Cannot ${what} as t1 must be greater than t0 = ${t0}: current value is ${t1}`,
    );
  }
  if (!(y0?.length > 0)) {
    throw new TypeError(
      `Cannot ${what} as y0 must have at least one component: current value is ${
        JSON.stringify(y0)
      }`,
    );
  }
  for (let i = 0; i < y0.length; i++) checkFinite(what, `y0[${i}]`, y0[i]);
  checkOneOf(what, "method", method, ["dopri5", "dop853"]);
  checkOneOf(what, "controller", options.controller ?? "elementary", ["elementary", "PI"]);
  checkNonNegative(what, "rtol", rtol);
  if (typeof atol === "object" && atol.length !== y0.length) {
    throw new TypeError(
      `Cannot ${what} as atol must be a number or have the length ${y0.length} of y0: ` +
        `current length is ${atol.length}`,
    );
  }
  const tolerances = typeof atol === "object"
    ? Float64Array.from(atol)
    : new Float64Array(y0.length).fill(atol);
  for (const a of tolerances) checkNonNegative(what, "atol", a);
  checkInteger(what, "maxSteps", maxSteps, 1);
  if (firstStep !== undefined) {
    checkPositive(what, "firstStep", firstStep);
    if (firstStep > t1 - t0) {
      throw new RangeError(
        `Cannot ${what} as firstStep must not exceed t1 - t0 = ${t1 - t0}: ` +
          `current value is ${firstStep}`,
      );
    }
  }
  if (maxStep !== Infinity) checkPositive(what, "maxStep", maxStep);
  if (times) {
    checkSorted(what, "times", times);
    for (const time of [times[0], times[times.length - 1]]) {
      if (time === undefined || (time >= t0 && time <= t1)) continue;
      throw new RangeError(
        `Cannot ${what} as times must lie in [${t0}, ${t1}]: current value is ${time}`,
      );
    }
  }
  return {
    method,
    rtol: Math.max(rtol, 100 * Number.EPSILON),
    atol: tolerances,
    maxSteps,
    maxStep,
  };
}
