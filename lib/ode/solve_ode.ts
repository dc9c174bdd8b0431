/** Initial value problems of ordinary differential equations. */
import { Dop853 } from "./dop853.ts";
import { Dopri5 } from "./dopri5.ts";
import { drive } from "./drive.ts";
import { checkEvents, EventWatch } from "./events.ts";
import { Explicit } from "./explicit.ts";
import type { Integrator } from "./integrator.ts";
import { Midpoint } from "./midpoint.ts";
import { checkState, type OdeOptions, type Settings, settings } from "./options.ts";
import { Radau5 } from "./radau5.ts";
import { type OdeSolution, Recorder } from "./solution.ts";
import { writing } from "./_right_hand_side.ts";
import type { AnyRhs, ParametricRhs, Rhs } from "./stepper.ts";

/**
 * Solution of `dy/dt = f(t, y)`, `y(t0) = y0`, up to `t1 > t0`.
 *
 * - `dop853` and `dopri5`: explicit Runge–Kutta methods of Dormand and Prince with local
 *   extrapolation. For smooth, non-stiff right-hand sides.
 * - `radau5`: the Radau IIA method of order 5, stiffly accurate and L-stable, by a simplified Newton
 *   iteration. For stiff right-hand sides: when `dopri5` needs far more steps than the solution has
 *   features.
 * - `midpoint`: the implicit midpoint rule at a fixed `step`, its equations solved to rounding.
 *   Every quadratic invariant of the flow is one of the numerical solution, up to rounding.
 *
 * A step of an adaptive method is accepted when the root mean square of
 * `error_i / (atol_i + rtol max(|y_i|, |y_i new|))` is below 1. States between steps (`times`,
 * `events`, `at`) come from the continuous extension, of order 4 for `dopri5`, 7 for `dop853` (at
 * three evaluations in each step that needs it), 3 for `radau5` and `midpoint` (the latter at up to
 * two evaluations, and without the invariants).
 *
 * Assumes: the right-hand side varies on a scale that the steps can see: a short pulse in time may be
 * stepped over; bound `maxStep` by its length. An event's quantity is looked at in the quarters of a
 * step, and in ever finer parts of one where it changes its sign more than once: bound `maxStep` if it
 * may cross twice within a quarter.
 * Never throws and never loops because of what `f` returns: see {@linkcode OdeStatus}.
 * Source: Hairer, Nørsett, Wanner, Solving Ordinary Differential Equations I (HNW I), II.4–II.6;
 * Hairer, Wanner, Solving Ordinary Differential Equations II (HW II), IV.8; Hairer, Lubich, Wanner,
 * Geometric Numerical Integration, IV.2 (midpoint).
 *
 * @param f Writes the derivative into its third argument, or returns it (slower: an array each call).
 * @param t0 Start.
 * @param t1 End.
 * @param y0 Initial state; it is copied.
 * @throws {RangeError} If a number is out of range, for instance `t1 ≤ t0`.
 * @throws {TypeError} If the length of `atol` differs from that of `y0`, `jacobian` has the wrong
 * shape, `f` is not a function, or `step` is missing for `midpoint`.
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { solveOde } from "lora-dynamics/ode/mod.ts";
 * const { status, y } = solveOde((_t, y, dy) => { dy[0] = -y[0]; }, 0, 2, [1]);
 * assertEquals(status, "done");
 * assertAlmostEquals(y[0], Math.exp(-2), 1e-9);
 * ```
 * @example A stiff problem: the solution is pulled to cos t within 1e-6 time units.
 * ```ts
 * import { assert, assertAlmostEquals } from "@std/assert";
 * import { solveOde } from "lora-dynamics/ode/mod.ts";
 * const { y, stats } = solveOde((t, y, dy) => { dy[0] = 1e6 * (Math.cos(t) - y[0]); }, 0, 10, [0], {
 *   method: "radau5",
 *   rtol: 1e-6,
 * });
 * assertAlmostEquals(y[0], Math.cos(10), 1e-5);
 * assert(stats.evaluations < 600);
 * ```
 * @example The midpoint rule keeps the energy of an oscillator, its error is in the phase.
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { solveOde } from "lora-dynamics/ode/mod.ts";
 * const { y } = solveOde((_t, y, dy) => { dy[0] = y[1]; dy[1] = -y[0]; }, 0, 1000, [1, 0], {
 *   method: "midpoint",
 *   step: 0.1,
 * });
 * assertAlmostEquals(y[0] ** 2 + y[1] ** 2, 1, 1e-14);
 * ```
 */
export function solveOde(
  f: AnyRhs,
  t0: number,
  t1: number,
  y0: ArrayLike<number>,
  options: OdeOptions = {},
): OdeSolution {
  const what = "solve the differential equation";
  checkState(what, "y0", y0);
  const n = y0.length;
  const set = settings(what, t0, t1, n, options);
  const { times, land, events = [], dense = false } = options;
  const s = integrator(writing(what, f, t0, y0), n, set);
  checkEvents(what, events);
  const names = events.map(({ name }) => name);
  const out = new Recorder(t0, n, set.rtol, dense ? s.rows : 0, names);
  s.start(y0);
  out.t = drive(s, t0, t1, {
    times,
    land: land ?? false,
    watch: events.length > 0 ? new EventWatch(events, n) : undefined,
    dense,
    rows: new Float64Array(s.rows * n),
    between: new Float64Array(n),
  }, out);
  out.y = s.y.slice();
  out.status = s.status;
  out.stats = s.work;
  return out;
}

/** The method that the settings name, for a right-hand side that may have parameters. */
export function integrator(
  f: ParametricRhs,
  n: number,
  set: Settings,
  p?: Float64Array,
): Integrator {
  const plain: Rhs = p === undefined ? f : (t, y, dy) => f(t, y, dy, p);
  if (set.method === "radau5") return new Radau5(plain, n, set);
  if (set.method === "midpoint") return new Midpoint(plain, n, set);
  const stepper = set.method === "dopri5" ? new Dopri5(f, n, p) : new Dop853(f, n, p, set.systems);
  return new Explicit(stepper, plain, set);
}
