/**
 * How far single runs stray from the flow of the overlap: the noise of one step by conditional cumulants
 * of order eight, and the variance it builds up.
 *
 * @module
 */
import { checkPositive, checkWithin } from "../../../../check.ts";
import { type Model } from "../../model.ts";
import { OverlapFlow } from "./flow.ts";
import { solveFlow } from "./solve.ts";
import { chebyshev } from "../moments/interpolation.ts";
import { addCumulants, at, momentRoom, neuronGroups, toMoments } from "../moments/cumulants.ts";
import { pointMeans, type PointVisit } from "../moments/correlated.ts";
import { studentTerms } from "../moments/moments.ts";
import { type NodeCounts, nodesFor } from "../moments/quadrature.ts";

/** Orders of `X` and `Y` that occur: `E γ⁴`. */
const ORDER = 4;

/** Nodes for eighth powers: a polynomial of degree `D` needs `4D − 2`, and `4D` over `(s, s*)`. */
function richNodes({ activation }: Model): NodeCounts {
  const { inner, outer, rule } = nodesFor(activation), times = activation.series ? 2 : 1;
  return { inner: Math.max(24, times * inner), outer: Math.max(16, times * outer), rule };
}

/** `E γʲ` for `j = 1 … 4` given `(s, s*)`, `γ = ξ Σ X Σ Y`. */
function gradientMoments(model: Model): (s: number, sStar: number) => number[] {
  const groups = neuronGroups(model), terms = studentTerms(model), { xi } = model;
  const { inner, rule: ruleOf } = richNodes(model), { nodes, weights } = ruleOf(inner);
  const mu = momentRoom(),
    kappa = momentRoom(),
    total = momentRoom(),
    rule = { count: nodes.length, a: Float64Array.from(nodes) };
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
 * Exact for polynomials on an orthonormal base. Averages over drawn steps are no substitute: γ has heavy tails, and for S at
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
    // Twice the nodes are exact for the eighth powers of a polynomial.
    const richer = model.activation.series ? 2 : 1.7;
    const { mean: { first, second } } = pointMeans(model, { m, richer }, {
      first: move,
      second: (at) => move(at) ** 2,
    });
    return second - first * first;
  }
  const moments = gradientMoments(model);
  const { outer, rule } = richNodes(model), { nodes, weights } = rule(outer);
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
  const flow = new OverlapFlow(model), { series } = model.activation;
  // Of degree 4D + 2 for a polynomial: m² E γ⁴.
  const count = series ? 4 * series.length - 1 : 15;
  const noise = chebyshev((m) => stepVariance(model, alpha, m), { count });
  const h = 1e-5;
  const states = solveFlow(what, times, {
    start: [0, 1],
    rates: (_t, [m, sigma], dy) => {
      const slope = (flow.drift(alpha, m + h) - flow.drift(alpha, m - h)) / (2 * h);
      dy[0] = flow.drift(alpha, m);
      dy[1] = 2 * slope * sigma + noise(m);
    },
    rtol: 1e-8,
  });
  return states.map(([m, sigma]) => ({ m, spread: Math.sqrt(sigma) }));
}
