/**
 * How far single runs stray from the flow of the overlap: the noise of one step by conditional cumulants
 * of order eight, and the variance it builds up.
 *
 * @module
 */
import { checkPositive, checkWithin } from "../../../../check.ts";
import type { Activation } from "../../../../gaussian/mod.ts";
import type { Model } from "../../model.ts";
import { OverlapFlow } from "./flow.ts";
import { solveFlow } from "./solve.ts";
import { chebyshev } from "../moments/interpolation.ts";
import { addCumulants, at, momentRoom, neuronGroups, toMoments } from "../moments/cumulants.ts";
import { pointMeans, type PointVisit } from "../moments/correlated.ts";
import { angleTable } from "../moments/angle_table.ts";
import { nodesFor } from "../moments/quadrature.ts";
import { isSymmetric, reachOf } from "../neuron/neuron.ts";
import { type Bandwidth, planeMeans } from "../neuron/plane.ts";
import { type NeuronPowers, neuronPowers, POWER as ORDER } from "../neuron/powers.ts";

/** Writes `E γʲ` for `j = 1 … 4` given `(s, s*)`, `γ = ξ Σ X Σ Y`, from the powers of single neurons. */
function gradientMoments(
  model: Model,
  powers: NeuronPowers,
): (s: number, sStar: number, out: Float64Array) => void {
  const { xi, r0 } = model, groups = neuronGroups(model);
  const mu = momentRoom(), kappa = momentRoom(), total = momentRoom();
  return (s, sStar, out) => {
    total.fill(0);
    for (const { lambda, hatC, c, count } of groups) {
      powers(xi * hatC * s / r0, xi * c * sStar / r0, mu);
      const gate = lambda * hatC / r0;
      for (let a = 0, x = 1; a <= ORDER; a++, x *= lambda) {
        for (let b = 0, term = x; b <= ORDER; b++, term *= gate) mu[at(a, b)] *= term;
      }
      addCumulants(mu, kappa, count, total, 2 * ORDER);
    }
    toMoments(total, mu, 2 * ORDER);
    for (let j = 1; j <= ORDER; j++) out[j - 1] = xi ** j * mu[at(j, j)];
  };
}

const known = new WeakMap<Activation, Map<number, Powers>>();

/** Powers of the neurons of a model, and how fast functions of them change. */
interface Powers {
  readonly powers: NeuronPowers;
  readonly bandwidth: Bandwidth;
}

function powersOf({ activation, r0 }: Model): Powers {
  let own = known.get(activation);
  if (own === undefined) known.set(activation, own = new Map());
  let found = own.get(r0);
  if (found === undefined) {
    found = { powers: neuronPowers(activation, 1 / r0), bandwidth: { across: 4, along: 2 } };
    own.set(r0, found);
  }
  return found;
}

/** Mean and mean square of the move of one step on an orthonormal base. */
function moveMoments(model: Model, alpha: number, m: number): ArrayLike<number> {
  const { activation, xi, r0 } = model, { powers, bandwidth } = powersOf(model);
  const moments = gradientMoments(model, powers), g = new Float64Array(ORDER);
  const functions = (s: number, sStar: number, out: Float64Array) => {
    moments(s, sStar, g);
    // The move is uγ + vγ².
    const u = alpha * (sStar - m * s), v = alpha * alpha * m / 2;
    out[0] = u * g[0] + v * g[1];
    out[1] = u * u * g[1] + 2 * u * v * g[2] + v * v * g[3];
  };
  if (activation.series) {
    const { outer, rule } = nodesFor(activation);
    const { nodes, weights } = rule(Math.max(16, 2 * outer)), side = Math.sqrt(1 - m * m);
    const out = new Float64Array(2), sums = [0, 0];
    for (let i = 0; i < nodes.length; i++) {
      for (let j = 0; j < nodes.length; j++) {
        functions(nodes[i], m * nodes[i] + side * nodes[j], out);
        out.forEach((x, k) => sums[k] += weights[i] * weights[j] * x);
      }
    }
    return sums;
  }
  const lines = neuronGroups(model).map(({ hatC, c }) => (
    { along: xi * hatC / r0, across: xi * c / r0 }
  ));
  const cuts = activation.kinks.flatMap((b) => activation.kinks.map((other) => b - other));
  const reach = reachOf(activation) - 0.8;
  const plane = { m, nu: 1, lines, cuts, even: isSymmetric(activation), width: 1 / r0, reach };
  return planeMeans(2, functions, plane, bandwidth).means;
}

/**
 * Variance of the move of one step, `D(m) = Var[αγ(s* − ms) + ½α²mγ²]`, in units of `1/n²`.
 *
 * Exact for polynomials on an orthonormal base. Averages over drawn steps are no substitute: γ has heavy tails, and for S at
 * `m = 0.3` a mean over 4·10⁵ steps can lie a third too low.
 *
 Source: ours.
 *
 * @throws {RangeError} If the model is not of this kind, `α ≤ 0` or `m` is outside `[−1, 1]`.
 */
export function stepVariance(model: Model, alpha: number, m: number): number {
  const what = "average over a step";
  checkPositive(what, "alpha", alpha);
  checkWithin(what, "m", m, -1, 1);
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
  const [mean, square] = Array.from(moveMoments(model, alpha, m));
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
 * Assumes: `n → ∞` at fixed `τ = steps/n`.
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
  checkPositive(what, "alpha", alpha);
  const flow = new OverlapFlow(model), { series, name } = model.activation;
  const variance = (m: number) => stepVariance(model, alpha, m);
  // Of degree 4D + 2 for a polynomial: m² E γ⁴.
  const noise = series
    ? chebyshev(variance, { count: 4 * series.length - 1 })
    : model.gram
    ? chebyshev(variance, { count: 15 })
    : angleTable(variance, name).at;
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
