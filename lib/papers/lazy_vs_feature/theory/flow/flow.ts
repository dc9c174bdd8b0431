/**
 * The high-dimensional flows of the order parameters, and the best time they allow.
 *
 * @module
 */
import { checkKeys, checkNonNegative, checkSorted, checkWithin } from "../../../../check.ts";
import type { Activation } from "../../../../gaussian/mod.ts";
import { solveOde } from "../../../../ode/mod.ts";
import { inputLaw, type InputLawLike } from "../../input_laws.ts";
import type { Model } from "../../model.ts";
import { type StepScale, stepScale } from "../../step_scales.ts";
import { chebyshev } from "../moments/interpolation.ts";
import { correlationSlope } from "../landscape/landscape.ts";
import { averages, type StepAverages, tangentConstants } from "../moments/moments.ts";
import { bestPassage, type PassagePoint, passagePoints, passageTime } from "./passage.ts";

/** A step scale that depends on time alone; a rule that watches the run has no flow. */
function courseOf(alpha: StepScale): (tau: number) => number {
  const { course, name } = stepScale(alpha);
  if (course) return course;
  throw new RangeError(
    `Cannot solve a flow as alpha must depend on time alone: current value is ${name}`,
  );
}

/** Options of a flow. */
export interface FlowOptions {
  /** Variance of the label noise, of any law; 0 when not given. */
  readonly noise?: number;
  /** Law of the features of an orthonormal base; Gaussian when not given. */
  readonly law?: InputLawLike;
}

/**
 * Drift of the overlap in `τ = steps/n`: `α(1−m²)Φ′ − (α²/2) m V`.
 *
 * Assumes: frozen `ĉ`, `n → ∞` at fixed `k`; the direction itself sees Gaussian inputs. For a Gram
 * matrix of many directions `V` is right to about a per cent, see {@linkcode averages}.
 * Source: ours (of the Saad–Solla type).
 *
 * @example With label noise, and after a schedule.
 * ```ts
 * import { OverlapFlow, standard } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const flow = new OverlapFlow(standard(), { noise: 0.25 });
 * assert(flow.course("0.2 / (1 + t / 60)", [200])[0] > flow.course(0.2, [200])[0]);
 * ```
 */
export class OverlapFlow {
  readonly #slope: (m: number) => number;
  readonly #square: (m: number) => number;
  readonly #points = new Map<number, PassagePoint[]>();
  readonly #atRest: boolean;

  /**
   * Tabulates `Φ′` and `V` of the model.
   *
   * @throws {RangeError} If `noise < 0`, the base is not orthonormal under another law, the activation
   * has a kink under it, or it is too steep.
   */
  constructor(model: Model, options: FlowOptions = {}) {
    checkKeys("build a flow", options, ["noise", "law"]);
    const { noise = 0, law = "gaussian" } = options;
    checkNonNegative("build a flow", "noise", noise);
    const { activation } = model, steps = new Map<number, StepAverages>();
    const at = (m: number) => steps.get(m) ?? steps.set(m, averages(model, m, 1, law)).get(m)!;
    const closed = (m: number) => correlationSlope(model, Math.min(1, Math.max(-1, m)));
    if (inputLaw(law) !== undefined) {
      // There is no closed form, but (1 − m²)Φ′ is the mean gradient of a step.
      this.#slope = chebyshev((m) => (m * at(m).gammaS - at(m).gammaStar) / (1 - m * m));
    } else if (activation.closed) this.#slope = closed;
    else this.#slope = tabulated(closed, activation, SETTLED);
    const rough = activation.kinks.length > 0 || at(0).error > 0;
    const square = (m: number) => at(m).V + noise * at(m).gate2;
    this.#square = at(0).error > 0
      ? chebyshev(square, { count: 15 })
      : tabulated(square, activation, rough ? KINKED : SETTLED);
    const largest = Math.max(...[-1, -0.5, 0.5, 1].map((m) => Math.abs(this.#slope(m))));
    const first = inputLaw(law) === undefined ? closed(0) : this.#slope(0);
    this.#atRest = Math.abs(first) <= 1e-14 * largest;
  }

  /** `dm/dτ` at step scale `α`. */
  drift(alpha: number, m: number): number {
    return alpha * (1 - m * m) * this.slope(m) - alpha * alpha / 2 * m * this.#square(m);
  }

  /**
   * Overlaps at increasing times from `m0`.
   *
   * @param alpha Step scale, or how it changes with time.
   * @throws {RangeError} If `α` is not `> 0` or watches the run, `|m0| > 1`, or the times are not
   * positive and increasing.
   */
  course(alpha: StepScale, times: readonly number[], m0 = 0): number[] {
    const what = "solve a flow", scale = courseOf(alpha);
    checkWithin(what, "m0", m0, -1, 1);
    checkTimes(what, times);
    const { states } = solveOde(
      (tau, y, dy) => {
        dy[0] = this.drift(scale(tau), y[0]);
      },
      0,
      times.at(-1)!,
      [m0],
      { times: [...times] },
    );
    return states.map(([m]) => m);
  }

  /** Slope `Φ′(m)` of the correlation; exactly 0 at `m = 0` where it vanishes but for rounding. */
  slope(m: number): number {
    return m === 0 && this.#atRest ? 0 : this.#slope(m);
  }

  /** `V(m) = E γ²`, with the label noise. */
  square(m: number): number {
    return this.#square(m);
  }

  /** Nodes of the passage from 0 to a target, which may be negative. */
  #passage(target: number): PassagePoint[] {
    const what = "time a flow", size = Math.abs(target), side = Math.sign(target);
    checkWithin(what, "|target|", size, 1e-9, 1);
    let points = this.#points.get(target);
    if (points === undefined) {
      const pull = (m: number) => (1 - m * m) * this.slope(side * m) * side;
      points = passagePoints(pull, (m) => m / 2 * this.#square(side * m), size);
      this.#points.set(target, points);
    }
    return points;
  }

  /** Time from 0 to `target` at step scale `α`; infinite if the flow does not leave 0 that way or turns back. */
  time(alpha: number, target = 0.5): number {
    const { constant } = stepScale(alpha);
    return passageTime(this.#passage(target), constant!);
  }

  /** Best step scale and its time to `target`; `NaN` and infinite where no step arrives. */
  best(target = 0.5): { alpha: number; time: number } {
    return bestPassage(this.#passage(target));
  }
}

/** Fails unless times are positive and increasing. */
function checkTimes(what: string, times: readonly number[]): void {
  checkSorted(what, "times", times);
  if (times.length > 0 && times[0] > 0) return;
  throw new RangeError(
    `Cannot ${what} as times must be positive and at least one: current value is ${
      JSON.stringify(times)
    }`,
  );
}

/** Relative accuracy of tables, and what the moments of a kinked activation allow. */
const SETTLED = 1e-7;
const KINKED = 1e-3;

/**
 * A table on Chebyshev nodes: exact for a polynomial activation, otherwise refined until it is right
 * between its nodes.
 *
 * @throws {RangeError} If 60 nodes are not enough.
 */
function tabulated(
  f: (m: number) => number,
  { series, name }: Activation,
  accuracy: number,
): (m: number) => number {
  // V is of degree 4D at most.
  if (series) return chebyshev(f, { count: Math.max(15, 4 * series.length - 3) });
  const places = [-0.97, -0.35, 0.21, 0.88], values = places.map(f);
  const size = Math.max(...values.map(Math.abs));
  for (const count of [15, 30, 60]) {
    const table = chebyshev(f, { count });
    if (places.every((m, i) => Math.abs(table(m) - values[i]) <= accuracy * size)) return table;
  }
  throw new RangeError(
    `Cannot build a flow as the activation must be gentle enough for a table of 60 nodes: ` +
      `current value is ${name}`,
  );
}

/** A zero-initialised adapter at one time. */
export interface AdapterPoint {
  /** Overlap `⟨û, u⟩`. */
  readonly m: number;
  /** Squared length `|û|²`. */
  readonly nu: number;
  /** Population loss. */
  readonly loss: number;
}

/** Flow of the zero-initialised adapter (A3). Source: ours. */
export function adapterFlow(
  model: Model,
  alpha: StepScale,
  times: readonly number[],
): AdapterPoint[] {
  const scale = courseOf(alpha);
  checkTimes("solve a flow", times);
  const { states } = solveOde(
    (t, [m, nu], dy) => {
      const { gammaStar, gammaS, V } = averages(model, m, nu), alpha = scale(t);
      dy[0] = -alpha * gammaStar;
      dy[1] = -2 * alpha * gammaS + alpha * alpha * V;
    },
    0,
    times.at(-1)!,
    [0, 0],
    { times: [...times], rtol: 1e-9, atol: 1e-13 },
  );
  return states.map(([m, nu]) => ({ m, nu, loss: averages(model, m, nu).loss }));
}

/** Flow of the lazy, linearised adapter (A4) at the student's `ĉ`, a closed linear system. Source: ours. */
export function lazyFlow(
  model: Model,
  alpha: StepScale,
  times: readonly number[],
): AdapterPoint[] {
  const scale = courseOf(alpha);
  checkTimes("solve a flow", times);
  const { P2, P4, P11, P31, D0, D2 } = tangentConstants(model), { xi } = model, x2 = xi * xi;
  const { states } = solveOde(
    (t, [m, nu], dy) => {
      const alpha = scale(t);
      dy[0] = -alpha * (x2 * P2 * m - xi * P11);
      dy[1] = -2 * alpha * (x2 * P2 * nu - xi * P11 * m) +
        alpha * alpha * x2 * (x2 * P4 * nu - 2 * xi * P31 * m + D2);
    },
    0,
    times.at(-1)!,
    [0, 0],
    { times: [...times] },
  );
  return states.map(([m, nu]) => (
    { m, nu, loss: (x2 * P2 * nu - 2 * xi * P11 * m + D0) / 2 }
  ));
}
