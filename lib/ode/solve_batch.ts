/**
 * Many small systems of one form side by side: one call of the right-hand side serves all.
 *
 * @module
 */
import { checkKeys } from "../check.ts";
import { type BatchRhs, Lanes, Room } from "./_lanes.ts";
import { checkRows } from "./_rows.ts";
import { GROW, SAFETY, SHRINK } from "./explicit.ts";
import { initialStep } from "./initial_step.ts";
import { allFinite, leastStep } from "./integrator.ts";
import { checkFunction, type OdeOptions, type Settings, settings } from "./options.ts";
import { type OdeStatus, STATUS } from "./status.ts";

/** Systems that advance side by side: their numbers stay in the processor's nearest memory. */
const LANES = 64;

/** The problem and the options of {@linkcode solveBatch}. */
export interface BatchOptions
  extends Pick<OdeOptions, "rtol" | "atol" | "maxSteps" | "firstStep" | "maxStep"> {
  /** The right-hand side of `count` systems; component `i` of system `k` is entry `i · count + k`. */
  f: BatchRhs;
  /** Start. */
  t0?: number;
  /** End. */
  t1: number;
  /** Initial states, one row a system; a single row serves all. */
  y0s: ArrayLike<ArrayLike<number>>;
  /** Parameters, one row a system, all of the same length. */
  params?: ArrayLike<ArrayLike<number>>;
}

/** Ends of many systems; system `k` of `n` components owns the entries from `k n`. */
export interface BatchSolution {
  /** Number of systems. */
  readonly count: number;
  /** How each system ended, see {@linkcode OdeStatus}. */
  readonly statuses: readonly OdeStatus[];
  /** Last time that each reached. */
  readonly t: Float64Array;
  /** States at `t`, `count × n` row-major. */
  readonly y: Float64Array;
  /** Evaluations of the right-hand side that each system took. */
  readonly evaluations: Float64Array;
  /** Relative tolerance used: at least 100 machine epsilons, whatever was asked. */
  readonly rtol: number;
}

const KEYS = [
  ...["f", "t0", "t1", "y0s", "params", "rtol", "atol", "maxSteps", "firstStep", "maxStep"],
];

/**
 * Ends of the solutions of `dy/dt = f(t, y; p_k)` for every row `p_k` of parameters or initial state:
 * {@linkcode solveMany} where only the last states are wanted, for a right-hand side that is written
 * for all systems at once.
 *
 * Each system has its own time, step size and status, and gives the bits that `solveMany` with `dopri5`
 * gives if `f` does the same arithmetic for each; one that diverges ends with its status and leaves the
 * others alone. Up to 64 systems advance side by side, and one that ends makes room for the next; at the
 * end of the batch, and for the first slopes, `f` is called for fewer systems, so it must take any `count`.
 *
 * Assumes: as for `solveOde` with `dopri5`; `f` writes all entries of `dy` and nothing else.
 * Shapes: `t` has `count` entries, one time for each system; `y`, `dy`, `p` have rows of `count` entries, one
 * row for each component or parameter.
 * Source: Dormand & Prince 1980; the arrangement is ours.
 *
 * @throws {RangeError} If a number is out of range, as in `solveOde`.
 * @throws {TypeError} If rows differ in length or number, or an option is not known.
 * @example Relaxation at four rates.
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { solveBatch } from "lora-dynamics/ode/mod.ts";
 * const rates = [0.5, 1, 2, 4];
 * const { y } = solveBatch({
 *   f: (_t, y, dy, count, p) => {
 *     for (let k = 0; k < count; k++) dy[k] = -p[k] * y[k];
 *   },
 *   t1: 3,
 *   y0s: [[1]],
 *   params: rates.map((rate) => [rate]),
 * });
 * rates.forEach((rate, k) => assertAlmostEquals(y[k], Math.exp(-3 * rate), 1e-7));
 * ```
 */
export function solveBatch(options: BatchOptions): BatchSolution {
  const what = "solve the differential equations";
  checkKeys(what, options, KEYS);
  const { f, t0 = 0, t1, y0s, params, rtol, atol, maxSteps, firstStep, maxStep } = options;
  checkFunction(what, "f", f);
  const { count, n, parameters } = checkRows(what, y0s, params);
  const own = { rtol, atol, maxSteps, firstStep, maxStep };
  const given = Object.fromEntries(Object.entries(own).filter(([, x]) => x !== undefined));
  const set = settings(what, t0, t1, n, { ...given, method: "dopri5" });
  const batch = new Batch({ f, count, n, parameters, set, y0s, params });
  batch.solve();
  const { statuses, t, y, evaluations } = batch;
  return { count, statuses, t, y, evaluations, rtol: set.rtol };
}

interface Problem {
  readonly f: BatchRhs;
  readonly count: number;
  readonly n: number;
  readonly parameters: number;
  readonly set: Settings;
  readonly y0s: ArrayLike<ArrayLike<number>>;
  readonly params: ArrayLike<ArrayLike<number>> | undefined;
}

/** Where the system of a lane stands between two tries of a step. */
class Place {
  system = -1;
  t = NaN;
  again = false;
  finite = true;
  tries = 0;
  /** Size of the next step, before the end of the interval shortens it. */
  wish = NaN;
  end = NaN;

  begin(system: number, t: number, wish: number): void {
    this.system = system;
    this.t = t;
    this.wish = wish;
    this.again = false;
    this.finite = true;
    this.tries = 0;
  }
}

/** A batch at work. */
class Batch {
  readonly statuses: OdeStatus[];
  readonly t: Float64Array;
  readonly y: Float64Array;
  readonly evaluations: Float64Array;
  readonly #problem: Problem;
  /** The one system that begins: its state, slope, parameters and time, and room for its first step. */
  readonly #own: Record<"y" | "slope" | "next" | "nextSlope" | "p" | "at", Float64Array> & {
    readonly errorOrder: number;
  };
  #waiting = 0;

  constructor(problem: Problem) {
    const { count, n, parameters, set } = this.#problem = problem;
    this.statuses = new Array(count).fill("done");
    this.t = new Float64Array(count).fill(set.t0);
    this.y = new Float64Array(count * n);
    this.evaluations = new Float64Array(count);
    const room = (length: number) => new Float64Array(length);
    this.#own = {
      ...{ y: room(n), slope: room(n), next: room(n), nextSlope: room(n) },
      ...{ p: room(parameters), at: room(1), errorOrder: 4 },
    };
  }

  solve(): void {
    const { f, count, n, parameters, set: { atol } } = this.#problem,
      first = Math.min(count, LANES);
    const room = new Room(first, n, parameters);
    let lanes = new Lanes(f, room, first, atol, parameters);
    let places = Array.from({ length: first }, () => new Place());
    places.forEach((place, k) => this.#next(place, lanes, k));
    if (lanes.count > first) lanes.take(first, lanes, 0);
    while (true) {
      const left = this.#walk(places, lanes);
      if (left.length === 0) break;
      const from = lanes, many = left.length;
      lanes = new Lanes(f, room, many, atol, parameters);
      left.forEach((old, k) => lanes.take(k, from, old));
      if (lanes.count > many) lanes.take(many, lanes, 0);
      places = left.map((old) => places[old]);
    }
    room.leave();
  }

  /** Puts the next system that can make a step into a lane; none is left when `place` stays empty. */
  #next(place: Place, lanes: Lanes, k: number): void {
    while (this.#waiting < this.#problem.count) {
      if (!this.#start(place, this.#waiting++) || !this.#prepare(place)) continue;
      const { y, slope, p } = this.#own;
      lanes.load(k, place.t, y, slope, p);
      lanes.h[k] = place.end - place.t;
      return;
    }
    place.system = -1;
  }

  /** A system at its start; false where it has no slope. */
  #start(place: Place, system: number): boolean {
    const { f, n, y0s, params, set } = this.#problem, own = this.#own, { y, slope, p, at } = own;
    const { t0, t1, firstStep, maxStep, rtol, atol } = set;
    const y0 = y0s[y0s.length === 1 ? 0 : system];
    for (let i = 0; i < n; i++) y[i] = this.y[system * n + i] = y0[i];
    if (params) { for (let i = 0; i < p.length; i++) p[i] = params[system][i]; }
    at[0] = t0;
    f(at, y, slope, 1, p);
    this.evaluations[system] = 1;
    if (!allFinite(slope)) {
      this.statuses[system] = STATUS.nonFinite;
      return false;
    }
    let wish = firstStep;
    if (!(wish > 0)) {
      wish = initialStep(own, this.#single, t0, t1 - t0, maxStep, rtol, atol);
      this.evaluations[system]++;
    }
    place.begin(system, t0, wish);
    return true;
  }

  readonly #single = (t: number, y: Float64Array, dy: Float64Array): void => {
    const { at, p } = this.#own;
    at[0] = t;
    this.#problem.f(at, y, dy, 1, p);
  };

  /** Sets the end of the next try; false, with the status, where there is none. */
  #prepare(place: Place): boolean {
    const { set } = this.#problem, { t1, maxStep, maxSteps } = set, { t } = place;
    const least = leastStep(t, set);
    if (!place.again) place.wish = Math.max(Math.min(place.wish, maxStep), least);
    place.end = Math.min(t + place.wish, t1);
    if (place.wish < least || !(place.end > t)) {
      this.statuses[place.system] = place.finite ? STATUS.stepTooSmall : STATUS.nonFinite;
      return false;
    }
    if (place.tries >= maxSteps) {
      this.statuses[place.system] = STATUS.maxSteps;
      return false;
    }
    return true;
  }

  /** Takes the try of lane `k`, or shortens the next one. */
  #judge(place: Place, lanes: Lanes, k: number): void {
    const error = lanes.error[k], h = lanes.h[k], growth = SAFETY * lanes.root[k];
    place.tries++;
    this.evaluations[place.system] += 6;
    if (error < 1) {
      const factor = Math.min(GROW, Math.max(growth, SHRINK));
      // The size that follows a rejection must not grow at once.
      place.wish = h * (place.again ? Math.min(1, factor) : factor);
      place.again = false;
      place.finite = true;
      lanes.t[k] = place.t = place.end;
      return;
    }
    place.again = true;
    place.finite = error < Infinity;
    place.wish = h * (place.finite ? Math.max(SHRINK, growth) : SHRINK);
  }

  /**
   * Advances systems in lanes, new ones in the place of those that end, until half of the lanes are empty;
   * the numbers of the lanes that are not.
   */
  #walk(places: readonly Place[], lanes: Lanes): number[] {
    const { n, set } = this.#problem, { rtol, t1 } = set, { count } = lanes, some = places.length;
    let active = places.filter(({ system }) => system >= 0).length;
    while (2 * active > some) {
      lanes.step(rtol);
      lanes.advance();
      for (let k = 0; k < some; k++) {
        const place = places[k], { system } = place;
        if (system < 0) continue;
        this.#judge(place, lanes, k);
        if (place.t < t1 && this.#prepare(place)) {
          lanes.h[k] = place.end - place.t;
          continue;
        }
        this.t[system] = place.t;
        for (let i = 0; i < n; i++) this.y[system * n + i] = lanes.y[i * count + k];
        this.#next(place, lanes, k);
        if (place.system < 0) active--;
      }
    }
    return Array.from(places.keys()).filter((k) => places[k].system >= 0);
  }
}
