/**
 * The high-dimensional flows of the order parameters, and the best time they allow.
 *
 * @module
 */
import { checkNonNegative, checkPositive, checkWithin } from "../../../check.ts";
import { type Activation, gaussLegendre } from "../../../gaussian/mod.ts";
import { solveOde } from "../../../ode/mod.ts";
import type { InputLaw, Model } from "../model.ts";
import { chebyshev } from "./interpolation.ts";
import { correlationSlope } from "./landscape.ts";
import { averages, type StepAverages, tangentConstants } from "./moments.ts";

/**
 * Drift of the overlap in `τ = steps/n`: `α(1−m²)Φ′ − (α²/2) m V`.
 *
 * Assumes: orthonormal base, `n → ∞` at fixed `k`.
 * Source: ours (of the Saad–Solla type).
 */
export class OverlapFlow {
  readonly #slope: (m: number) => number;
  readonly #square: (m: number) => number;

  /**
   * Tabulates `Φ′` and `V` of the model with label noise of variance `noise`, for base features of the
   * given law (the direction itself sees Gaussian inputs).
   *
   * @throws {RangeError} If the base is not orthonormal, `noise < 0`, or the activation has a kink under
   * another law or is too steep.
   */
  constructor(model: Model, noise = 0, law: InputLaw = "gaussian") {
    checkNonNegative("build a flow", "noise", noise);
    const { activation } = model, steps = new Map<number, StepAverages>();
    const at = (m: number) => steps.get(m) ?? steps.set(m, averages(model, m, 1, law)).get(m)!;
    const closed = (m: number) => correlationSlope(model, Math.min(1, Math.max(-1, m)));
    if (law !== "gaussian") {
      // There is no closed form, but (1 − m²)Φ′ is the mean gradient of a step.
      this.#slope = chebyshev((m) => (m * at(m).gammaS - at(m).gammaStar) / (1 - m * m));
    } else if (activation.closed) this.#slope = closed;
    else this.#slope = tabulated(closed, activation, SETTLED);
    const accuracy = activation.kinks.length > 0 ? KINKED : SETTLED;
    this.#square = tabulated((m) => at(m).V + noise * at(m).gate2, activation, accuracy);
  }

  /** `dm/dτ` at step scale `α`. */
  drift(alpha: number, m: number): number {
    return alpha * (1 - m * m) * this.#slope(m) - alpha * alpha / 2 * m * this.#square(m);
  }

  /**
   * Overlaps at increasing times from `m0`.
   *
   * @throws {RangeError} If `α ≤ 0` or a time is not `> 0` and increasing.
   */
  course(alpha: number, times: readonly number[], m0 = 0): number[] {
    checkPositive("solve a flow", "alpha", alpha);
    const end = times.at(-1) ?? 0;
    checkPositive("solve a flow", "the last time", end);
    const { states } = solveOde(
      (_t, y, dy) => {
        dy[0] = this.drift(alpha, y[0]);
      },
      0,
      end,
      [m0],
      { times: [...times] },
    );
    return states.map(([m]) => m);
  }

  /** Slope `Φ′(m)` of the correlation. */
  slope(m: number): number {
    return this.#slope(m);
  }

  /** Time from 0 to `target`; infinite if the drift changes sign on the way. */
  time(alpha: number, target = 0.5): number {
    checkPositive("time a flow", "alpha", alpha);
    checkWithin("time a flow", "target", target, 1e-9, 1);
    const ends = [0];
    for (let power = -7; power < 0; power += 0.5) ends.push(target * 10 ** power);
    ends.push(...[0.5, 0.75, 0.9, 0.97, 1].map((x) => x * target));
    let sum = 0;
    for (let i = 1; i < ends.length; i++) {
      const half = (ends[i] - ends[i - 1]) / 2, mid = (ends[i] + ends[i - 1]) / 2;
      for (let j = 0; j < LEGENDRE.nodes.length; j++) {
        const speed = this.drift(alpha, mid + half * LEGENDRE.nodes[j]);
        if (!(speed > 0)) return Infinity;
        sum += half * LEGENDRE.weights[j] / speed;
      }
    }
    return sum;
  }

  /** Best step scale and its time to `target`. */
  best(target = 0.5): { alpha: number; time: number } {
    let low = Math.log(1e-9), high = Math.log(1e3), best = low, least = Infinity;
    for (let pass = 0; pass < 7; pass++) {
      const width = (high - low) / 24;
      for (let i = 0; i <= 24; i++) {
        const x = low + i * width, time = this.time(Math.exp(x), target);
        if (time < least) [best, least] = [x, time];
      }
      [low, high] = [best - 2 * width, best + 2 * width];
    }
    return { alpha: Math.exp(best), time: least };
  }
}

const LEGENDRE = gaussLegendre(16);

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
  alpha: number,
  times: readonly number[],
): AdapterPoint[] {
  checkPositive("solve a flow", "alpha", alpha);
  const { states } = solveOde(
    (_t, [m, nu], dy) => {
      const { gammaStar, gammaS, V } = averages(model, m, nu);
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

/** Flow of the lazy, linearised adapter (A4), a closed linear system. Source: ours. */
export function lazyFlow(model: Model, alpha: number, times: readonly number[]): AdapterPoint[] {
  checkPositive("solve a flow", "alpha", alpha);
  const { P2, P4, P11, P31, D0, D2 } = tangentConstants(model), { xi } = model, x2 = xi * xi;
  const { states } = solveOde(
    (_t, [m, nu], dy) => {
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
