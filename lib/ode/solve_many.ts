/** Many small systems of the same form, each with its own step control. */
import { checkKeys } from "../check.ts";
import { writing } from "./_right_hand_side.ts";
import { drive, type Plan, type Sink } from "./drive.ts";
import { checkEvents, EventWatch, type OdeEvent } from "./events.ts";
import { checkRows } from "./_rows.ts";
import { checkFunction, ODE_KEYS, type OdeOptions, settings } from "./options.ts";
import type { OdeStatus } from "./status.ts";
import { integrator } from "./solve_ode.ts";

const KEYS = [
  "f",
  "t0",
  "t1",
  "y0s",
  "params",
  ...ODE_KEYS.filter((key) => !["dense", "systems"].includes(key)),
];

/** Right-hand side of a system with parameters `p`: writes the derivative into `dy`. */
export type ManyRhs = (t: number, y: Float64Array, dy: Float64Array, p: Float64Array) => void;

/** A quantity whose sign changes are looked for in every system. */
export interface ManyEvent extends Omit<OdeEvent, "g"> {
  /** The quantity; it must not write to `y` or `p`. */
  g: (t: number, y: Float64Array, p: Float64Array) => number;
}

/** The problem and the options of {@linkcode solveMany}. */
export interface ManyOptions extends Omit<OdeOptions, "dense" | "events" | "jacobian" | "systems"> {
  /** The right-hand side of every system; one that returns the derivative is taken, too. */
  f:
    | ManyRhs
    | ((t: number, y: Float64Array, dy: Float64Array, p: Float64Array) => ArrayLike<number>);
  /** Start. */
  t0?: number;
  /** End. */
  t1: number;
  /** Initial states, one row a system; a single row serves all. */
  y0s: ArrayLike<ArrayLike<number>>;
  /** Parameters, one row a system, all of the same length. */
  params?: ArrayLike<ArrayLike<number>>;
  /** Quantities whose first zero is wanted; a terminal one ends the system that it happens in. */
  events?: readonly ManyEvent[];
  /** Jacobian for the implicit methods, row-major, `J` holds zeros before. */
  jacobian?: (t: number, y: Float64Array, J: Float64Array, p: Float64Array) => void;
}

/** Solutions of many systems; system `k` of `n` components owns the entries from `k n`. */
export interface ManySolutions {
  /** Number of systems. */
  readonly count: number;
  /** How each system ended, see {@linkcode OdeStatus}. */
  readonly statuses: readonly OdeStatus[];
  /** Last time that each reached. */
  readonly t: Float64Array;
  /** States at `t`, `count × n` row-major. */
  readonly y: Float64Array;
  /** The wanted times; empty without `times`. */
  readonly times: Float64Array;
  /** States at `times`, `count × times × n` row-major; NaN at times not reached. */
  readonly states: Float64Array;
  /** First time of each event, `count × events` row-major; NaN if it did not happen. */
  readonly eventTimes: Float64Array;
  /** Calls of the right-hand side for each system. */
  readonly evaluations: Float64Array;
  /** Relative tolerance used: at least 100 machine epsilons, whatever was asked. */
  readonly rtol: number;
}

/**
 * Solutions of `dy/dt = f(t, y; p_k)` for every row `p_k` of parameters or initial state: phase
 * diagrams, ensembles, sweeps.
 *
 * The systems are solved one after the other in the same memory, each with its own steps and status:
 * a system that fails or is stiff does not touch the others. The result of each is that of
 * {@linkcode solveOde} with the same options, bit for bit, at a fraction of its overhead; the default
 * method is `dopri5`, the fastest for small systems at moderate tolerances.
 *
 * Assumes: as for `solveOde`.
 * Shapes: see {@linkcode ManySolutions}.
 * Source: as for `solveOde`.
 *
 * @throws {RangeError} If a number is out of range, as in `solveOde`.
 * @throws {TypeError} If rows differ in length or number.
 * @example Relaxation at four rates, and when each passes 1/2.
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { solveMany } from "lora-dynamics/ode/mod.ts";
 * const rates = [0.5, 1, 2, 4];
 * const { statuses, y, eventTimes } = solveMany({
 *   f: (_t, y, dy, p) => { dy[0] = -p[0] * y[0]; },
 *   t1: 3,
 *   y0s: [[1]],
 *   params: rates.map((rate) => [rate]),
 *   events: [{ name: "half", g: (_t, y) => y[0] - 0.5 }],
 * });
 * rates.forEach((rate, k) => {
 *   assertEquals(statuses[k], "done");
 *   assertAlmostEquals(y[k], Math.exp(-3 * rate), 1e-7);
 *   assertAlmostEquals(eventTimes[k], Math.LN2 / rate, 1e-7);
 * });
 * ```
 */
export function solveMany(options: ManyOptions): ManySolutions {
  const what = "solve the differential equations";
  const { f, t0 = 0, t1, y0s, params, events = [], times, jacobian } = options;
  checkKeys(what, options, KEYS);
  if (jacobian !== undefined) checkFunction(what, "jacobian", jacobian);
  const { count, n, parameters } = checkRows(what, y0s, params);
  const p = new Float64Array(parameters);
  const { f: _f, t0: _t0, t1: _t1, y0s: _y0s, params: _params, events: _events, ...own } = options;
  const set = settings(what, t0, t1, n, {
    ...own,
    method: options.method ?? "dopri5",
    ...(jacobian ? { jacobian: (t, y, J) => jacobian(t, y, J, p) } : {}),
  } as OdeOptions);
  if (params?.length) p.set(params[0]);
  const s = integrator(writing(what, f, t0, y0s[0], p), n, set, p);
  checkEvents(what, events);
  const watch = events.length === 0 ? undefined : new EventWatch(
    events.map((event) => ({ ...event, g: (t, y) => event.g(t, y, p) })),
    n,
  );
  const plan: Plan = {
    times: times ?? [],
    land: options.land ?? false,
    watch,
    dense: false,
    rows: new Float64Array(s.rows * n),
    between: new Float64Array(n),
  };
  const statuses: OdeStatus[] = new Array(count).fill("done");
  const t = new Float64Array(count);
  const y = new Float64Array(count * n);
  const evaluations = new Float64Array(count);
  const sink = new ManySink(count, n, times?.length ?? 0, events.length);
  for (let k = 0; k < count; k++) {
    if (params) { for (let i = 0; i < p.length; i++) p[i] = params[k][i]; }
    sink.system = k;
    sink.reached = 0;
    s.start(y0s[y0s.length === 1 ? 0 : k]);
    t[k] = drive(s, t0, t1, plan, sink);
    for (let i = 0; i < n; i++) y[k * n + i] = s.y[i];
    statuses[k] = s.status;
    evaluations[k] = s.work.evaluations;
  }
  const { states, eventTimes } = sink;
  const wanted = Float64Array.from(times ?? []);
  return { count, statuses, t, y, times: wanted, states, eventTimes, evaluations, rtol: set.rtol };
}

/** Writes the output of one system after the other into flat arrays. */
class ManySink implements Sink {
  /** The present system, and how many of the times it has reached. */
  system = 0;
  reached = 0;
  readonly states: Float64Array;
  readonly eventTimes: Float64Array;
  readonly #n: number;
  readonly #times: number;
  readonly #events: number;

  constructor(count: number, n: number, times: number, events: number) {
    this.#n = n;
    this.#times = times;
    this.#events = events;
    this.states = new Float64Array(count * times * n).fill(NaN);
    this.eventTimes = new Float64Array(count * events).fill(NaN);
  }

  push(_t: number, y: Float64Array): void {
    const start = (this.system * this.#times + this.reached++) * this.#n;
    for (let i = 0; i < y.length; i++) this.states[start + i] = y[i];
  }

  pushStep(): void {}

  hit(event: number, t: number): void {
    const at = this.system * this.#events + event;
    if (Number.isNaN(this.eventTimes[at])) this.eventTimes[at] = t;
  }
}
