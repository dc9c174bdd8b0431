/**
 * What linearised training cannot reach: least errors of the tangent model of rank one and of the whole
 * first-layer neural tangent kernel.
 *
 * @module
 */
import {
  gaussHermite,
  gaussianExpectation,
  gaussLegendre,
  panelsOf,
} from "../../../../gaussian/mod.ts";
import type { Model } from "../../model.ts";
import { kernelOf } from "../landscape/kernel.ts";
import { gramEntry } from "../landscape/landscape.ts";
import { pointsFor, thinRoot } from "../moments/points.ts";
import { reachOf } from "../neuron/neuron.ts";
import { endsUpTo, panelNodes } from "../neuron/sums.ts";
import { explained } from "./projection.ts";

/** Least mean squared errors of linearised models, as fractions of `E Δ²`, `Δ = f* − f`. */
export interface TangentFloor {
  /** `E Δ²`, what the untrained base misses. */
  readonly square: number;
  /** Least error of the tangent model of rank one, features `ψ₀(a) x_j` across `span W`, `ψ₀` with the student's `ĉ`. */
  readonly rankOne: number;
  /** Least error of the first-layer kernel, features `σ̃′(a_i) x_j`: the sum of the next three. */
  readonly full: number;
  /** Part of degree 2 and more in `⟨u, x⟩`, out of reach of both models. */
  readonly lost: number;
  /** What the kernel misses of degree 1. */
  readonly degree1: number;
  /** What the kernel misses of degree 0. */
  readonly degree0: number;
}

/** A function of one base feature, at the nodes of a rule. */
type Values = readonly number[];

const LEGENDRE = gaussLegendre(40);

/** A rule for `E g(a)`, `a ~ N(0, 1)`, that resolves kinks smoothed over `width`, between ends of panels. */
function baseRule(
  width: number,
  kinks: readonly number[],
  panels: readonly number[],
): { nodes: Values; mean: (...factors: Values[]) => number } {
  const nodes: number[] = [], weights: number[] = [], inner = Math.min(width, 1);
  // Around 0 whether there is a kink or not.
  const places = kinks.length > 0 ? kinks : [0];
  const around = places.flatMap((b) => [-5, -1, 0, 1, 5].map((x) => b + x * inner));
  const inside = [...around, ...panels].filter((x) => Math.abs(x) < 9);
  const ends = [...new Set([-9, ...inside, 9])].sort((x, y) => x - y);
  for (let i = 1; i < ends.length; i++) {
    const half = (ends[i] - ends[i - 1]) / 2, mid = (ends[i] + ends[i - 1]) / 2;
    for (let j = 0; j < 40; j++) {
      const a = mid + half * LEGENDRE.nodes[j];
      nodes.push(a);
      weights.push(half * LEGENDRE.weights[j] * Math.exp(-a * a / 2) / Math.sqrt(2 * Math.PI));
    }
  }
  const mean = (...factors: Values[]) => {
    let sum = 0;
    for (let i = 0; i < nodes.length; i++) {
      let term = weights[i];
      for (const factor of factors) term *= factor[i];
      sum += term;
    }
    return sum;
  };
  return { nodes, mean };
}

/** Means of `g_i(a_i)`, their sum with weights `w`, and `E (Σ w_i g_i(a_i))²`, for independent `a_i`. */
function weightedSum(
  w: Values,
  g: readonly Values[],
  mean: (...factors: Values[]) => number,
): { means: Values; total: number; square: number } {
  const means = g.map((values) => mean(values));
  const total = means.reduce((sum, x, i) => sum + w[i] * x, 0);
  const spread = (i: number) => w[i] ** 2 * (mean(g[i], g[i]) - means[i] ** 2);
  return { means, total, square: g.reduce((sum, _, i) => sum + spread(i), total ** 2) };
}

/** Degrees 0 and 1 in `s` of `σ̃(a + βs) − σ̃(a)` at the nodes. */
function lowDegrees(model: Model, beta: number, nodes: Values): { zero: Values; one: Values } {
  const { activation, r0 } = model, reach = reachOf(activation), width = beta / r0;
  const ends = endsUpTo(activation, 9 / r0 + reach * width);
  const { z, weight } = panelNodes(ends, 0, width), count = z.length;
  const f = new Float64Array(count), df = new Float64Array(count);
  activation.fill(z, count, f, df);
  const smooth = (values: Float64Array, place: number) => {
    let sum = 0;
    for (let n = 0; n < count; n++) {
      const s = (z[n] - place) / width;
      if (Math.abs(s) < reach) sum += weight[n] * values[n] * Math.exp(-0.5 * s * s);
    }
    return sum / (width * Math.sqrt(2 * Math.PI));
  };
  const places = nodes.map((a) => a / r0);
  return {
    zero: places.map((place) => smooth(f, place) - activation.f(place)),
    // E s g(s) = E g′(s).
    one: places.map((place) => smooth(df, place) * width),
  };
}

/** `E Δ²` from the Gaussian kernels. */
function missed(model: Model): number {
  const { k, lambda, c, xi, r0, activation } = model;
  const { value } = kernelOf(activation), r2 = r0 * r0;
  const base = c.map((_, i) => gramEntry(model, i, i) / r2);
  const variance = c.map((x, i) => base[i] + (xi * x) ** 2 / r2);
  let sum = 0;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const shared = gramEntry(model, i, j) / r2, both = shared + xi * xi * c[i] * c[j] / r2;
      sum += lambda[i] * lambda[j] * (value(variance[i], variance[j], both) -
        2 * value(variance[i], base[j], shared) + value(base[i], base[j], shared));
    }
  }
  return sum;
}

/**
 * Least errors of linearised training.
 *
 * `Δ = Σ_p Δ_p(a) h_p(s*)`: a linearised model is of degree ≤ 1 in `s*`, so all higher degrees are lost;
 * degree 1 is projected on `span{σ̃′(a_i)}`, degree 0 on `span{σ̃′(a_i) a_j}`, both exactly.
 *
 * Assumes: infinitely many samples. A correlated base is averaged point by point (see `pointsFor`).
 * Source: ours.
 *
 * @throws {RangeError} If an entry of `c` is 0.
 * @example
 * ```ts
 * import { standard, tangentFloor } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // S misses E Δ² = 7/9 before training; its linearisation of rank one never passes below 1/3.
 * const { square, rankOne } = tangentFloor(standard());
 * assertAlmostEquals(square * rankOne, 1 / 3, 1e-9);
 * ```
 */
export function tangentFloor(model: Model): TangentFloor {
  const { k, lambda, c, hatC, xi, r0, activation, kappa } = model;
  if (c.includes(0)) {
    throw new RangeError(
      `Cannot project on tangent features as every entry of c must not be 0: current value is ${
        c.join(", ")
      }`,
    );
  }
  if (model.gram !== undefined) return correlatedFloor(model);
  const scaled = (places: readonly number[]) => places.map((z) => r0 * z);
  const panels = activation.series ? [] : scaled(panelsOf(activation, 9 / r0, "E σ"));
  const { nodes, mean } = baseRule(kappa, scaled(activation.kinks), panels);
  const gate = nodes.map((a) => activation.df(a / r0) / r0);
  const sizes = [...new Set(c.map(Math.abs))];
  const parts = sizes.map((size) => lowDegrees(model, xi * size, nodes));
  const part = (x: number) => parts[sizes.indexOf(Math.abs(x))];
  const zero = c.map((x) => part(x).zero);
  const one = c.map((x) => part(x).one.map((y) => Math.sign(x) * y));
  const ofZero = weightedSum(lambda, zero, mean), ofOne = weightedSum(lambda, one, mean);

  // Averages E[σ̃′ᵐ aⁿ]: the base features are independent, so every Gram entry is a product of them.
  const powers = [0, 1, 2].map((m) =>
    [0, 1, 2].map((n) => mean(...Array<Values>(m).fill(gate), ...Array<Values>(n).fill(nodes)))
  );
  const [, slope, slope2] = powers.map(([first]) => first);
  const along = one.map((values, i) =>
    lambda[i] * (mean(values, gate) - ofOne.means[i] * slope) + slope * ofOne.total
  );
  const first = explained(square(k, (i, j) => i === j ? slope2 : slope * slope), along);

  const pair = (at: number) => [Math.floor(at / k), at % k];
  const gram = (x: number, y: number) => {
    const [i, j] = pair(x),
      [p, q] = pair(y),
      count = (l: number, a: number, b: number) => Number(l === a) + Number(l === b);
    return [...new Set([i, j, p, q])].reduce(
      (product, l) => product * powers[count(l, i, p)][count(l, j, q)],
      1,
    );
  };
  const target = Array.from({ length: k * k }, (_, at) => {
    const [i, j] = pair(at);
    if (i !== j) return lambda[j] * slope * mean(zero[j], nodes);
    return lambda[i] * (mean(zero[i], gate, nodes) - powers[1][1] * ofZero.means[i]) +
      powers[1][1] * ofZero.total;
  });
  const second = explained(square(k * k, gram), target);

  // ψ₀ = Σ λ_i ĉ_i σ̃′(a_i); rank one explains the part of degree 1 along it.
  const weights = lambda.map((x, i) => x * hatC[i]);
  const psi = weightedSum(weights, weights.map(() => gate), mean);
  const third = weights.reduce((sum, x, i) => sum + x * along[i], 0) ** 2 / psi.square;
  const total = missed(model);
  return floorOf({ total, rankOne: third, first, second, zero: ofZero.square, one: ofOne.square });
}

/** A square matrix by rows. */
function square(size: number, entry: (i: number, j: number) => number): Float64Array {
  return Float64Array.from(
    { length: size * size },
    (_, at) => entry(Math.floor(at / size), at % size),
  );
}

/** Floors from `E Δ²`, the parts that are explained, and the squares of the degrees 0 and 1. */
function floorOf(
  { total, rankOne, first, second, zero, one }: Record<
    "total" | "rankOne" | "first" | "second" | "zero" | "one",
    number
  >,
): TangentFloor {
  return {
    square: total,
    rankOne: (total - rankOne) / total,
    full: (total - first - second) / total,
    lost: (total - zero - one) / total,
    degree1: (one - first) / total,
    degree0: (zero - second) / total,
  };
}

/** The same for any Gram matrix: every average over the base features point by point. */
function correlatedFloor(model: Model): TangentFloor {
  const { k, lambda, c, hatC, xi, r0, activation } = model, { root, rank } = thinRoot(model);
  const { nodes, weights } = gaussHermite(60), points = pointsFor(model, rank, 0);
  const width = k + k * k, size = 1 + k, gramOne = new Float64Array(size * size);
  const gramZero = new Float64Array(k * k * k * k), alongZero = new Float64Array(k * k);
  const feature = new Float64Array(width), a = new Float64Array(k);
  let zeroSquare = 0, oneSquare = 0;
  for (let group = 0; group < points.groups; group++) {
    points.visit(group, (g, pointWeight) => {
      const weight = pointWeight / points.groups;
      let zero = 0, one = 0;
      for (let i = 0; i < k; i++) {
        a[i] = 0;
        for (let j = 0; j < rank; j++) a[i] += root[i * rank + j] * g[j];
      }
      for (let i = 0; i < k; i++) {
        const base = activation.f(a[i] / r0), beta = xi * c[i];
        feature[i] = activation.df(a[i] / r0) / r0;
        nodes.forEach((s, n) => {
          const value = lambda[i] * weights[n] * (activation.f((a[i] + beta * s) / r0) - base);
          zero += value;
          one += value * s;
        });
      }
      zeroSquare += weight * zero * zero;
      oneSquare += weight * one * one;
      for (let i = 0; i < k; i++) {
        for (let j = 0; j < k; j++) feature[k + i * k + j] = feature[i] * a[j];
      }
      // Degree 1: the features of k neurons and, last, the target.
      for (let i = 0; i <= k; i++) {
        const left = i < k ? feature[i] : one;
        for (let j = 0; j <= k; j++) {
          gramOne[i * size + j] += weight * left * (j < k ? feature[j] : one);
        }
      }
      for (let i = 0; i < k * k; i++) {
        alongZero[i] += weight * feature[k + i] * zero;
        for (let j = 0; j < k * k; j++) {
          gramZero[i * k * k + j] += weight * feature[k + i] * feature[k + j];
        }
      }
    });
  }
  const gram = square(k, (i, j) => gramOne[i * size + j]);
  const along = Float64Array.from({ length: k }, (_, i) => gramOne[i * size + k]);
  const psi = lambda.map((x, i) => x * hatC[i]);
  let psiSquare = 0, psiAlong = 0;
  for (let i = 0; i < k; i++) {
    psiAlong += psi[i] * along[i];
    for (let j = 0; j < k; j++) psiSquare += psi[i] * psi[j] * gram[i * k + j];
  }
  return floorOf({
    ...{ total: missed(model), rankOne: psiAlong ** 2 / psiSquare },
    ...{ first: explained(gram, along), second: explained(gramZero, alongZero) },
    ...{ zero: zeroSquare, one: oneSquare },
  });
}

/**
 * Coefficient of `κ²` in the part `lost` as `κ → 0`:
 * `½ (Λ₂ E σ″² + ((Σλ)² − Λ₂)(E σ″)²) / (Λ₂ Var σ′ + (Σ λ_i sgn c_i)² (E σ′)²)`.
 *
 * Assumes: orthonormal base, quantised `c`; infinite with a kink, which makes the floor of order κ.
 * Source: ours.
 *
 * @throws {RangeError} If the base, `c` or the inputs are not so.
 * @example
 * ```ts
 * import { standard, tangentLimit } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(tangentLimit(standard("h3")), 1, 1e-6);
 * ```
 */
export function tangentLimit({ activation, lambda, c, k, gram, normalize }: Model): number {
  const what = "find the limit of small perturbations";
  if (gram !== undefined || !normalize) {
    throw new RangeError(
      `Cannot ${what} as W must be orthonormal and inputs normalised: ` +
        (normalize ? "the model gives a Gram matrix" : "normalize is false"),
    );
  }
  if (c.some((x) => Math.abs(k * x * x - 1) > 1e-9)) {
    throw new RangeError(`Cannot ${what} as c must be ±1/√k: current value is ${c.join(", ")}`);
  }
  if (activation.kinks.length > 0) return Infinity;
  const { slopeC } = kernelOf(activation), { d2f } = activation;
  const curvature = gaussianExpectation((z) => d2f(z) ** 2), bend = gaussianExpectation(d2f) ** 2;
  const sum = (g: (x: number, i: number) => number) => lambda.reduce((t, x, i) => t + g(x, i), 0);
  const squares = sum((x) => x * x), total = sum((x) => x);
  const signed = sum((x, i) => x * Math.sign(c[i])), mean2 = slopeC(1, 1, 0);
  return (squares * curvature + (total ** 2 - squares) * bend) / 2 /
    (squares * (slopeC(1, 1, 1) - mean2) + signed ** 2 * mean2);
}
