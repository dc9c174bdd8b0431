/** Options of the solvers, and their checks at the public doors. */
import {
  checkFinite,
  checkInteger,
  checkKeys,
  checkNonNegative,
  checkOneOf,
  checkPositive,
  checkSorted,
  show,
} from "../check.ts";
import type { OdeEvent } from "./events.ts";

/** Names of the methods, see {@linkcode OdeOptions}. */
export type OdeMethod = "dopri5" | "dop853" | "radau5" | "midpoint";

/** Writes `∂f_i/∂y_j` at `(t, y)` into `J[i n + j]`, which holds zeros before. */
export type Jacobian = (t: number, y: Float64Array, J: Float64Array) => void;

/** Options of {@linkcode solveOde}. */
export interface OdeOptions {
  /**
   * `"dop853"` (default) order 8, `"dopri5"` order 5: explicit, for non-stiff problems;
   * `"radau5"` order 5, implicit, for stiff ones; `"midpoint"` order 2 at a fixed `step`, implicit,
   * keeps quadratic invariants to rounding.
   */
  method?: OdeMethod;
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
  /** Step of `"midpoint"`, which needs it: the interval is divided into equal steps of at most this. */
  step?: number;
  /**
   * Jacobian for the implicit methods: a function, or the n×n row-major matrix itself when it is
   * constant. By default from finite differences, at n evaluations each. It is trusted: one that is
   * a little wrong costs passes, one that is far too large hides the slope.
   */
  jacobian?: Jacobian | Float64Array;
  /** Where the states are wanted, increasing, inside `[t0, t1]`; default: every accepted step. */
  times?: readonly number[];
  /**
   * Ends a step at each of `times` in place of interpolating there (default false): the states then
   * have the error of the method alone, at the cost of shorter steps. Not for `"midpoint"`.
   */
  land?: boolean;
  /** Quantities whose sign changes are located. */
  events?: readonly OdeEvent[];
  /** Keeps every step so that `at(t)` works (default false). */
  dense?: boolean;
  /**
   * How the step size of an explicit method follows the error: `"elementary"` (default), from the
   * last error alone, or `"PI"`, also from the one before, which calms the sequence of rejected
   * steps when stability and not accuracy limits the step.
   */
  controller?: "elementary" | "PI";
  /**
   * Number of systems of one form that the state holds side by side, component by component: entry
   * `i · systems + k` is component `i` of system `k` (default 1). A step then counts by the error of
   * the worst of them. For `"dop853"`.
   */
  systems?: number;
}

/** Validated and completed options. */
export interface Settings {
  readonly method: OdeMethod;
  readonly t0: number;
  readonly t1: number;
  readonly rtol: number;
  readonly atol: Float64Array;
  readonly maxSteps: number;
  readonly maxStep: number;
  /** 0 when the method chooses. */
  readonly firstStep: number;
  /** 0 unless the method is midpoint. */
  readonly step: number;
  readonly jacobian: Jacobian | undefined;
  readonly pi: boolean;
  readonly systems: number;
}

/** Checks an initial state. */
export function checkState(what: string, name: string, y0: ArrayLike<number>): void {
  if (!(y0?.length > 0)) {
    throw new TypeError(
      `Cannot ${what} as ${name} must have at least one component: current value is ${
        JSON.stringify(y0)
      }`,
    );
  }
  for (let i = 0; i < y0.length; i++) checkFinite(what, `${name}[${i}]`, y0[i]);
}

/** Names of the options. */
export const ODE_KEYS: readonly string[] = [
  ...["method", "rtol", "atol", "maxSteps", "firstStep", "maxStep", "step", "jacobian", "times"],
  ...["land", "events", "dense", "controller", "systems"],
];

/** Options that mean something to some methods only; elsewhere they would be ignored. */
const OF_METHODS: readonly (readonly [keyof OdeOptions, readonly OdeMethod[]])[] = [
  ["step", ["midpoint"]],
  ["jacobian", ["radau5", "midpoint"]],
  ["controller", ["dopri5", "dop853"]],
  ["systems", ["dop853"]],
  ["land", ["dopri5", "dop853", "radau5"]],
  ["firstStep", ["dopri5", "dop853", "radau5"]],
  ["maxStep", ["dopri5", "dop853", "radau5"]],
];

/** Refuses what the method would ignore. */
function checkMeaning(what: string, method: OdeMethod, options: OdeOptions): void {
  for (const [name, methods] of OF_METHODS) {
    const value = options[name];
    if (value === undefined || value === false || methods.includes(method)) continue;
    throw new TypeError(
      `Cannot ${what} as ${name} must be left out for "${method}", it belongs to ` +
        `${methods.join(", ")}: current value is ${show(value)}`,
    );
  }
}

/** Checks and completes everything else, for a system of `n` components. */
export function settings(
  what: string,
  t0: number,
  t1: number,
  n: number,
  options: OdeOptions,
): Settings {
  checkKeys(what, options, ODE_KEYS);
  const { method = "dop853", rtol = 1e-8, atol = 1e-12, maxSteps = 1_000_000 } = options;
  const { maxStep = Infinity, times, firstStep, step, systems = 1 } = options;
  checkFinite(what, "t0", t0);
  checkFinite(what, "t1", t1);
  if (!(t1 > t0)) {
    throw new RangeError(
      `Cannot ${what} as t1 must be greater than t0 = ${t0}: current value is ${t1}`,
    );
  }
  checkFinite(what, "t1 - t0", t1 - t0);
  checkOneOf(what, "method", method, ["dopri5", "dop853", "radau5", "midpoint"]);
  checkMeaning(what, method, options);
  checkOneOf(what, "controller", options.controller ?? "elementary", ["elementary", "PI"]);
  checkNonNegative(what, "rtol", rtol);
  if (typeof atol === "object" && atol?.length !== n) {
    throw new TypeError(
      `Cannot ${what} as atol must be a number or have the length ${n} of y0: ` +
        `current length is ${atol?.length}`,
    );
  }
  const tolerances = typeof atol === "object"
    ? Float64Array.from(atol)
    : new Float64Array(n).fill(atol);
  for (const a of typeof atol === "object" ? atol : [atol]) checkNonNegative(what, "atol", a);
  checkInteger(what, "maxSteps", maxSteps, 1);
  checkInteger(what, "systems", systems, 1);
  checkInteger(what, `the length ${n} of y0 / systems`, n / systems, 1);
  if (firstStep !== undefined) checkStep(what, "firstStep", firstStep, t1 - t0);
  if (maxStep !== Infinity) checkPositive(what, "maxStep", maxStep);
  if (step !== undefined || method === "midpoint") checkStep(what, "step", step, t1 - t0);
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
    t0,
    t1,
    rtol: Math.max(rtol, 100 * Number.EPSILON),
    atol: tolerances,
    maxSteps,
    maxStep,
    firstStep: firstStep ?? 0,
    step: step ?? 0,
    jacobian: options.jacobian && asFunction(what, options.jacobian, n),
    pi: options.controller === "PI",
    systems,
  };
}

/** A function, from a reader who may have passed anything. */
export function checkFunction(what: string, name: string, f: unknown): void {
  if (typeof f === "function") return;
  throw new TypeError(
    `Cannot ${what} as ${name} must be a function: current value is ${String(f)}`,
  );
}

function checkStep(what: string, name: string, step: number | undefined, interval: number): void {
  checkPositive(what, name, step!);
  if (step! > interval) {
    throw new RangeError(
      `Cannot ${what} as ${name} must not exceed t1 - t0 = ${interval}: current value is ${step}`,
    );
  }
}

/** The Jacobian as a function whose mistakes of shape are found. */
function asFunction(what: string, jacobian: Jacobian | Float64Array, n: number): Jacobian {
  const wanted = `Cannot ${what} as jacobian must`;
  if (typeof jacobian !== "function") {
    if (!(jacobian instanceof Float64Array) || jacobian.length !== n * n) {
      const found = jacobian instanceof Float64Array ? jacobian.length : String(jacobian);
      throw new TypeError(
        `${wanted} be a function or a Float64Array of ${n}×${n} = ${n * n} entries: ` +
          `current value is ${found}`,
      );
    }
    const matrix = jacobian.slice();
    return (_t, _y, J) => J.set(matrix);
  }
  return (t, y, J) => {
    const result: unknown = jacobian(t, y, J);
    if (typeof result === "object" && result !== null && result !== J) {
      throw new TypeError(
        `${wanted} write ${n}×${n} = ${n * n} entries, row by row, into its third argument and ` +
          `return nothing: it returned an object of length ${
            (result as { length?: number }).length
          }`,
      );
    }
  };
}
