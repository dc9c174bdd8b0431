/**
 * The high-dimensional flow of the overlap, and the best time it allows.
 *
 * @module
 */
import {
  checkInside,
  checkInteger,
  checkKeys,
  checkNonNegative,
  checkPositive,
  checkWithin,
} from "../../../../check.ts";
import type { Activation } from "../../../../gaussian/mod.ts";
import { inputLaw, type InputLawLike } from "../../input_laws.ts";
import type { Model } from "../../model.ts";
import type { StepScale } from "../../step_scales.ts";
import { chebyshev } from "../moments/interpolation.ts";
import { correlationSlope } from "../landscape/landscape.ts";
import { angleTable } from "../moments/angle_table.ts";
import { averages, byNeurons, type StepAverages } from "../moments/moments.ts";
import { type StepMeans, stepMeans } from "../neuron/step.ts";
import { bestPassage, type PassagePoint, passagePoints, passageTime } from "./passage.ts";
import { courseOf, solveFlow } from "./solve.ts";

/** Options of a flow. */
export interface FlowOptions {
  /** Variance of the label noise, of any law; 0 when not given. */
  readonly noise?: number;
  /** Law of the features of an orthonormal base; Gaussian when not given. */
  readonly law?: InputLawLike;
  /** Inputs of one step, whose gradients are averaged; 1 when not given. */
  readonly batch?: number;
  /** Heavy-ball momentum `β` in `(−1, 1)`; 0 when not given. */
  readonly momentum?: number;
}

/**
 * Drift of the overlap in `τ = steps/n`: `α(1−m²)Φ′ − (α²/2) m V`.
 *
 * With `b` inputs a step `V` is divided by `b`, since gradients of different inputs are orthogonal up to `n^{−1/2}`.
 * Momentum `β` makes a step `α/(1−β)`: a gradient ends up multiplied by `1 + β + β² + …` within a few steps, in which
 * the overlap does not move.
 *
 * Assumes: frozen `ĉ`, `n → ∞` at fixed `k`; the direction itself sees Gaussian inputs. For a Gram
 * matrix of many directions `V` is right to about a per cent, see {@linkcode averages}.
 * Source: ours (of the Saad–Solla type).
 *
 * @example With label noise, after a schedule; batches allow longer steps; momentum is a longer step.
 * ```ts
 * import { OverlapFlow, standard } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assert, assertAlmostEquals } from "@std/assert";
 *
 * const flow = new OverlapFlow(standard(), { noise: 0.25 });
 * assert(flow.course("0.2 / (1 + t / 60)", [200])[0] > flow.course(0.2, [200])[0]);
 * const [one, four] = [1, 4].map((batch) => new OverlapFlow(standard(), { batch }).best());
 * assertAlmostEquals(four.alpha / one.alpha, 4, 1e-6);
 * const heavy = new OverlapFlow(standard(), { momentum: 0.75 });
 * assertAlmostEquals(heavy.time(0.05), new OverlapFlow(standard()).time(0.2), 1e-9);
 * ```
 */
export class OverlapFlow {
  readonly #slope: (m: number) => number;
  readonly #square: (m: number) => number;
  readonly #points = new Map<number, PassagePoint[]>();
  readonly #atRest: boolean;
  /** What a step counts for, `1/(1 − β)`. */
  readonly #stride: number;
  /**
   * Measured error of the tables, relative to the largest value of each: 0 for a polynomial, the scatter of lattices
   * for a base of many correlated directions.
   */
  readonly error: number;

  /**
   * Tabulates `Φ′` and `V` of the model.
   *
   * @throws {RangeError} If `noise < 0`, `batch < 1`, `|momentum| ≥ 1`, the base is not orthonormal under another law, the activation
   * has a kink under it or is too steep for it, or a table of 192 nodes is not enough.
   */
  constructor(model: Model, options: FlowOptions = {}) {
    checkKeys("build a flow", options, ["noise", "law", "batch", "momentum"]);
    const { noise = 0, law = "gaussian", batch = 1, momentum = 0 } = options;
    checkNonNegative("build a flow", "noise", noise);
    checkInteger("build a flow", "batch", batch, 1);
    checkInside("build a flow", "momentum", momentum, -1, 1);
    this.#stride = 1 / (1 - momentum);
    const closed = (m: number) => correlationSlope(model, Math.min(1, Math.max(-1, m)));
    const { slope, square, error } = byNeurons(model, law)
      ? fromNeurons(model, noise)
      : fromAverages(model, noise, law);
    this.#slope = slope;
    this.#square = batch === 1 ? square : (m) => square(m) / batch;
    this.error = error;
    const largest = Math.max(...[-1, -0.5, 0.5, 1].map((m) => Math.abs(this.#slope(m))));
    const first = inputLaw(law) === undefined ? closed(0) : this.#slope(0);
    this.#atRest = Math.abs(first) <= 1e-14 * largest;
  }

  /** `dm/dτ` at step scale `α`. */
  drift(alpha: number, m: number): number {
    const step = alpha * this.#stride;
    return step * (1 - m * m) * this.slope(m) - step * step / 2 * m * this.#square(m);
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
    const states = solveFlow(what, times, {
      start: [m0],
      rates: (tau, y, dy) => {
        dy[0] = this.drift(scale(tau), y[0]);
      },
    });
    return states.map(([m]) => m);
  }

  /** Slope `Φ′(m)` of the correlation; exactly 0 at `m = 0` where it vanishes but for rounding. */
  slope(m: number): number {
    return m === 0 && this.#atRest ? 0 : this.#slope(m);
  }

  /** `V(m) = E γ²`, with the label noise, over the inputs of a step. */
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

  /**
   * Time from 0 to `target` at step scale `α`; infinite if the flow does not leave 0 that way or turns back.
   *
   * @throws {RangeError} If `α` is not a number `> 0`: along a schedule, see {@linkcode OverlapFlow.course}.
   */
  time(alpha: number, target = 0.5): number {
    checkPositive("time a flow", "alpha", alpha);
    return passageTime(this.#passage(target), alpha * this.#stride);
  }

  /** Best step scale and its time to `target`; `NaN` and infinite where no step arrives. */
  best(target = 0.5): { alpha: number; time: number } {
    const { alpha, time } = bestPassage(this.#passage(target));
    return { alpha: alpha / this.#stride, time };
  }
}

/** Slope and square of a flow, with the relative error of `V`. */
interface Tables {
  readonly slope: (m: number) => number;
  readonly square: (m: number) => number;
  readonly error: number;
}

const remembered = new WeakMap<Activation, Map<string, Map<number, StepMeans>>>();
/** Models of an activation whose averages are kept. */
const MOST_MODELS = 100;

/** Averages at the overlaps that were asked for: figures ask for one flow several times, with other noise too. */
function stepsOf({ activation, ...model }: Model): Map<number, StepMeans> {
  const { k, kappa, lambda, c, hatC, normalize } = model;
  const key = JSON.stringify([k, kappa, lambda, c, hatC, normalize]);
  let own = remembered.get(activation);
  if (own === undefined) remembered.set(activation, own = new Map());
  let steps = own.get(key);
  if (steps === undefined) {
    if (own.size >= MOST_MODELS) own.clear();
    own.set(key, steps = new Map());
  }
  return steps;
}

/** Tables from the averages of single neurons; the slope in closed form where there is one. */
function fromNeurons(model: Model, noise: number): Tables {
  const steps = stepsOf(model), { activation: { closed, name }, kappa } = model;
  const at = (m: number) => steps.get(m) ?? steps.set(m, stepMeans(model, m, 1)).get(m)!;
  const words = `${name} at kappa = ${kappa}`;
  const square = angleTable((m) => at(m).V + noise * at(m).gate2, words);
  const slope = closed ? undefined : angleTable((m) => at(m).slope, words);
  const errors = [
    square.error,
    slope?.error ?? 0,
    ...[...steps.values()].map(({ error }) => error),
  ];
  return {
    slope: slope?.at ?? ((m) => correlationSlope(model, Math.min(1, Math.max(-1, m)))),
    square: square.at,
    error: Math.max(...errors),
  };
}

/** Tables of a polynomial, of a correlated base, and of features that are not Gaussian. */
function fromAverages(model: Model, noise: number, law: InputLawLike): Tables {
  const { activation: { closed, series, name }, kappa } = model,
    steps = new Map<number, StepAverages>();
  const at = (m: number) => steps.get(m) ?? steps.set(m, averages(model, m, 1, law)).get(m)!;
  const exact = (m: number) => correlationSlope(model, Math.min(1, Math.max(-1, m)));
  // A polynomial of degree D leaves one of degree 2D in s*, and so in m.
  const tabulated = (f: (m: number) => number) =>
    series
      ? { at: chebyshev(f, { count: 2 * series.length - 1 }), error: 0 }
      : angleTable(f, `${name} at kappa = ${kappa}`);
  const square = (m: number) => at(m).V + noise * at(m).gate2;
  const scattered = at(0).error > 0;
  const V = scattered
    ? { at: chebyshev(square, { count: 15 }), error: at(0).error / at(0).V }
    : tabulated(square);
  if (inputLaw(law) !== undefined) {
    // There is no closed form, but (1 − m²)Φ′ is the mean gradient of a step.
    const slope = chebyshev((m) => (m * at(m).gammaS - at(m).gammaStar) / (1 - m * m));
    return { slope, square: V.at, error: V.error };
  }
  if (closed) return { slope: exact, square: V.at, error: V.error };
  const slope = tabulated(exact);
  return { slope: slope.at, square: V.at, error: Math.max(V.error, slope.error) };
}
