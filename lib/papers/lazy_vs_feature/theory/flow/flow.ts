/**
 * The high-dimensional flow of the overlap, and the best time it allows.
 *
 * @module
 */
import { checkKeys, checkNonNegative, checkPositive, checkWithin } from "../../../../check.ts";
import { inputLaw, type InputLawLike } from "../../input_laws.ts";
import type { Model } from "../../model.ts";
import type { StepScale } from "../../step_scales.ts";
import { chebyshev } from "../moments/interpolation.ts";
import { correlationSlope } from "../landscape/landscape.ts";
import { averages, type StepAverages } from "../moments/moments.ts";
import { bestPassage, type PassagePoint, passagePoints, passageTime } from "./passage.ts";
import { courseOf, solveFlow } from "./solve.ts";

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
    else this.#slope = tabulated(closed, model, SETTLED);
    const rough = activation.kinks.length > 0 || at(0).error > 0;
    const square = (m: number) => at(m).V + noise * at(m).gate2;
    this.#square = at(0).error > 0
      ? chebyshev(square, { count: 15 })
      : tabulated(square, model, rough ? KINKED : SETTLED);
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

  /**
   * Time from 0 to `target` at step scale `α`; infinite if the flow does not leave 0 that way or turns back.
   *
   * @throws {RangeError} If `α` is not a number `> 0`: along a schedule, see {@linkcode OverlapFlow.course}.
   */
  time(alpha: number, target = 0.5): number {
    checkPositive("time a flow", "alpha", alpha);
    return passageTime(this.#passage(target), alpha);
  }

  /** Best step scale and its time to `target`; `NaN` and infinite where no step arrives. */
  best(target = 0.5): { alpha: number; time: number } {
    return bestPassage(this.#passage(target));
  }
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
  { activation: { series, kinks, name }, kappa }: Model,
  accuracy: number,
): (m: number) => number {
  // Of degree 2D in s*, and so in m.
  if (series) return chebyshev(f, { count: 2 * series.length - 1 });
  const places = [-0.97, -0.35, 0.21, 0.88], values = places.map(f);
  const size = Math.max(...values.map(Math.abs));
  for (const count of [15, 30, 60]) {
    const table = kinks.length > 0 ? alongAngle(f, count) : chebyshev(f, { count });
    if (places.every((m, i) => Math.abs(table(m) - values[i]) <= accuracy * size)) return table;
  }
  throw new RangeError(
    "Cannot build a flow as activation and kappa must be gentle enough for a table of 60 nodes: " +
      `current values are ${name} and ${kappa}`,
  );
}

/** A table in the angle between the directions: kinks leave powers of `√(1 − |m|)`, which are smooth in it. */
function alongAngle(f: (m: number) => number, count: number): (m: number) => number {
  const table = chebyshev((angle) => f(Math.cos(angle)), { low: 0, high: Math.PI, count });
  return (m) => table(Math.acos(Math.min(1, Math.max(-1, m))));
}
