/**
 * How far single runs stray from the flow of the overlap: the noise of one step by conditional cumulants
 * of order eight, and the variance it builds up.
 *
 * @module
 */
import { checkPositive, checkSorted, checkWithin } from "../../../../check.ts";
import { gaussHermite } from "../../../../gaussian/mod.ts";
import { solveOde } from "../../../../ode/mod.ts";
import { type Model } from "../../model.ts";
import { OverlapFlow } from "./flow.ts";
import { chebyshev } from "../moments/interpolation.ts";
import { addCumulants, at, momentRoom, neuronGroups, toMoments } from "../moments/cumulants.ts";
import { pointMeans, type PointVisit } from "../moments/correlated.ts";
import { studentTerms } from "../moments/moments.ts";
import { nodesFor } from "../moments/quadrature.ts";

/** Orders of `X` and `Y` that occur: `E γ⁴`. */
const ORDER = 4;

/** `E γʲ` for `j = 1 … 4` given `(s, s*)`, `γ = ξ Σ X Σ Y`. */
function gradientMoments(model: Model): (s: number, sStar: number) => number[] {
  const groups = neuronGroups(model), terms = studentTerms(model), { xi } = model;
  // Exact to degree 47 at least: h₃ needs 20.
  const { nodes, weights } = gaussHermite(Math.max(24, nodesFor(model.activation).inner));
  const mu = momentRoom(),
    kappa = momentRoom(),
    total = momentRoom(),
    rule = { count: nodes.length, a: nodes };
  const xs = new Float64Array(nodes.length), ys = new Float64Array(nodes.length);
  return (s, sStar) => {
    total.fill(0);
    for (const group of groups) {
      mu.fill(0);
      terms(group, rule, s, sStar, xs, ys);
      for (let n = 0; n < nodes.length; n++) {
        const x = xs[n], y = ys[n];
        for (let a = 0, power = weights[n]; a <= ORDER; a++, power *= x) {
          for (let b = 0, term = power; b <= ORDER; b++, term *= y) mu[at(a, b)] += term;
        }
      }
      addCumulants(mu, kappa, group.count, total, 2 * ORDER);
    }
    toMoments(total, mu, 2 * ORDER);
    return [1, 2, 3, 4].map((j) => xi ** j * mu[at(j, j)]);
  };
}

function checkSmooth(what: string, model: Model): void {
  if (model.activation.kinks.length === 0) return;
  throw new RangeError(
    `Cannot ${what} as the activation must be without kinks: current value is ${model.activation.name}`,
  );
}

/**
 * Variance of the move of one step, `D(m) = Var[αγ(s* − ms) + ½α²mγ²]`, in units of `1/n²`.
 *
 * Exact for h₂ and h₃. Averages over drawn steps are no substitute: γ has heavy tails, and for S at
 * `m = 0.3` a mean over 4·10⁵ steps can lie a third too low.
 *
 * Assumes: a smooth activation.
 * Source: ours.
 *
 * @throws {RangeError} If the model is not of this kind, `α ≤ 0` or `m` is outside `[−1, 1]`.
 */
export function stepVariance(model: Model, alpha: number, m: number): number {
  const what = "average over a step";
  checkSmooth(what, model);
  checkPositive(what, "alpha", alpha);
  checkWithin(what, "m", m, -1, 1);
  const side = Math.sqrt(1 - m * m);
  if (model.gram !== undefined) {
    const move = ({ error, gate, s, sStar }: PointVisit) => {
      const gamma = model.xi * error * gate;
      return alpha * gamma * (sStar - m * s) + alpha * alpha / 2 * m * gamma * gamma;
    };
    const { mean: { first, second } } = pointMeans(model, { m, richer: 1.7 }, {
      first: move,
      second: (at) => move(at) ** 2,
    });
    return second - first * first;
  }
  const moments = gradientMoments(model);
  const { nodes, weights } = gaussHermite(Math.max(16, nodesFor(model.activation).outer));
  let mean = 0, square = 0;
  for (let i = 0; i < nodes.length; i++) {
    for (let j = 0; j < nodes.length; j++) {
      const s = nodes[i], sStar = m * s + side * nodes[j], weight = weights[i] * weights[j];
      // The move is uγ + vγ².
      const u = alpha * side * nodes[j], v = alpha * alpha * m / 2;
      const [g1, g2, g3, g4] = moments(s, sStar);
      mean += weight * (u * g1 + v * g2);
      square += weight * (u * u * g2 + 2 * u * v * g3 + v * v * g4);
    }
  }
  return square - mean * mean;
}

/** The law of the overlap of a single run around the flow. */
export interface Fluctuation {
  /** Flow. */
  readonly m: number;
  /** `√Σ`: limit of `√n` times the standard deviation of the overlap. */
  readonly spread: number;
}

/**
 * Flow and spread of the overlap from a uniform start: `√n (m_t − m) ⇒ N(0, Σ)`,
 * `dΣ/dτ = 2b′(m)Σ + D(m)`, `Σ(0) = 1`, with `b` the drift of the flow.
 *
 * Assumes: a smooth activation, `n → ∞` at fixed `τ = steps/n`.
 * Source: ours.
 *
 * @throws {RangeError} If the model is not of this kind, `α ≤ 0`, or the times are not positive and
 * increasing.
 * @example
 * ```ts
 * import { fluctuations, standard } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [{ m, spread }] = fluctuations(standard(), 0.2, [8]);
 * assertAlmostEquals(m, 0.5864, 1e-4);
 * assertAlmostEquals(spread, 1.3722, 1e-4);
 * ```
 */
export function fluctuations(
  model: Model,
  alpha: number,
  times: readonly number[],
): Fluctuation[] {
  const what = "solve for fluctuations";
  checkSmooth(what, model);
  checkPositive(what, "alpha", alpha);
  checkSorted(what, "times", times);
  if (times.length === 0) {
    throw new RangeError(`Cannot ${what} as times must have an entry: current value is []`);
  }
  checkPositive(what, "times[0]", times[0]);
  const flow = new OverlapFlow(model), noise = chebyshev((m) => stepVariance(model, alpha, m));
  const h = 1e-5;
  const { states } = solveOde(
    (_t, [m, sigma], dy) => {
      const slope = (flow.drift(alpha, m + h) - flow.drift(alpha, m - h)) / (2 * h);
      dy[0] = flow.drift(alpha, m);
      dy[1] = 2 * slope * sigma + noise(m);
    },
    0,
    times.at(-1)!,
    [0, 1],
    { times: [...times], rtol: 1e-8 },
  );
  return states.map(([m, sigma]) => ({ m, spread: Math.sqrt(sigma) }));
}
