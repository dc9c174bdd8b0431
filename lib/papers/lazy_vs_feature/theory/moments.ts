/**
 * Fourth moments of one SGD step by conditional cumulants: given `(s, s*)` the neurons of an
 * orthonormal base are independent, so cumulants add.
 *
 * @module
 */
import { gaussHermite } from "../../../gaussian/mod.ts";
import type { InputLaw, Model } from "../model.ts";
import { type BaseRule, cutRule, emptyRule, nodesFor, smoothRule } from "./quadrature.ts";

/** Joint moments `E Xᵃ Yᵇ`, `a + b ≤ 4`, at index `5a + b`. */
export type Moments = Float64Array;

const CHOOSE = [[1], [1, 1], [1, 2, 1], [1, 3, 3, 1], [1, 4, 6, 4, 1]];
const at = (a: number, b: number) => 5 * a + b;

/** `Σ` of the recursion between moments and cumulants without its first term `κ_ab`. */
function rest(kappa: Float64Array, mu: Float64Array, a: number, b: number): number {
  let sum = 0;
  if (a > 0) {
    for (let i = 0; i < a; i++) {
      for (let j = i === 0 ? 1 : 0; j <= b; j++) {
        sum += CHOOSE[a - 1][i] * CHOOSE[b][j] * kappa[at(a - i, b - j)] * mu[at(i, j)];
      }
    }
    return sum;
  }
  for (let j = 1; j < b; j++) sum += CHOOSE[b - 1][j] * kappa[at(0, b - j)] * mu[at(0, j)];
  return sum;
}

function addCumulants(mu: Moments, kappa: Float64Array, weight: number, total: Float64Array) {
  for (let a = 0; a <= 4; a++) {
    for (let b = a === 0 ? 1 : 0; a + b <= 4; b++) {
      kappa[at(a, b)] = mu[at(a, b)] - rest(kappa, mu, a, b);
      total[at(a, b)] += weight * kappa[at(a, b)];
    }
  }
}

function toMoments(kappa: Float64Array, mu: Moments): void {
  mu[0] = 1;
  for (let a = 0; a <= 4; a++) {
    for (let b = a === 0 ? 1 : 0; a + b <= 4; b++) {
      mu[at(a, b)] = kappa[at(a, b)] + rest(kappa, mu, a, b);
    }
  }
}

/** Neurons of equal weights. */
export interface NeuronGroup {
  /** Output weight. */
  lambda: number;
  /** Entry of the student's left factor. */
  hatC: number;
  /** Entry of the teacher's left factor. */
  c: number;
  /** Number of such neurons. */
  count: number;
}

/** Neurons that share `(λ, ĉ, c)`, with their number. */
export function neuronGroups({ k, lambda, hatC, c }: Model): NeuronGroup[] {
  const groups = new Map<string, NeuronGroup>();
  for (let i = 0; i < k; i++) {
    const key = `${lambda[i]} ${hatC[i]} ${c[i]}`, found = groups.get(key);
    if (found) found.count++;
    else groups.set(key, { lambda: lambda[i], hatC: hatC[i], c: c[i], count: 1 });
  }
  return [...groups.values()];
}

/** A neuron's weight and its entries of both left factors. */
export type Neuron = Omit<NeuronGroup, "count">;

/** Writes the terms of a neuron at every node of its base feature; `x` and `y` hold all of a rule. */
export type Terms = (
  neuron: Neuron,
  rule: { readonly count: number; readonly a: Float64Array },
  s: number,
  sStar: number,
  x: Float64Array,
  y: Float64Array,
) => void;

/** Terms of the student: `X = λ(σ̃(ẑ) − σ̃(z*))`, `Y = λĉσ̃′(ẑ)`. */
export function studentTerms({ activation, xi, r0 }: Model): Terms {
  let z = new Float64Array(0), other = z;
  return ({ lambda, hatC, c }, { count, a }, s, sStar, x, y) => {
    if (z.length < x.length) [z, other] = [new Float64Array(x.length), new Float64Array(x.length)];
    for (let i = 0; i < count; i++) z[i] = (a[i] + xi * hatC * s) / r0;
    activation.fill(z, count, x, y);
    for (let i = 0; i < count; i++) z[i] = (a[i] + xi * c * sStar) / r0;
    activation.fillValues(z, count, other);
    for (let i = 0; i < count; i++) {
      x[i] = lambda * (x[i] - other[i]);
      y[i] *= lambda * hatC / r0;
    }
  };
}

/** Terms of the tangent model: `X = λ(σ̃(z*) − σ̃(a))`, `Y = λcσ̃′(a)`. */
export function tangentTerms(model: Model): Terms {
  // The student at s = 0 is the base; what it lacks is X with the other sign.
  const terms = studentTerms(model);
  return ({ lambda, c }, rule, _s, sStar, x, y) => {
    terms({ lambda, c, hatC: c }, rule, 0, sStar, x, y);
    for (let i = 0; i < rule.count; i++) x[i] = -x[i];
  };
}

/** Adds `E XᵃYᵇ`, `a + b ≤ 4`, of a neuron; written out, for this is where the time goes. */
function addMoments(
  mu: Moments,
  { count, weight }: BaseRule,
  xs: Float64Array,
  ys: Float64Array,
): void {
  let m01 = 0, m02 = 0, m03 = 0, m04 = 0, m10 = 0, m11 = 0, m12 = 0;
  let m13 = 0, m20 = 0, m21 = 0, m22 = 0, m30 = 0, m31 = 0, m40 = 0;
  for (let node = 0; node < count; node++) {
    const x = xs[node], y = ys[node], w = weight[node];
    const wx = w * x, wy = w * y, x2 = x * x, y2 = y * y, wx2 = wx * x, wy2 = wy * y;
    m01 += wy;
    m02 += wy2;
    m03 += wy2 * y;
    m04 += wy2 * y2;
    m10 += wx;
    m11 += wx * y;
    m12 += wx * y2;
    m13 += wx * y2 * y;
    m20 += wx2;
    m21 += wx2 * y;
    m22 += wx2 * y2;
    m30 += wx2 * x;
    m31 += wx2 * x * y;
    m40 += wx2 * x2;
  }
  const all = [
    0,
    m01,
    m02,
    m03,
    m04,
    m10,
    m11,
    m12,
    m13,
    0,
    m20,
    m21,
    m22,
    0,
    0,
    m30,
    m31,
    0,
    0,
    0,
    m40,
  ];
  for (let i = 0; i < all.length; i++) mu[i] += all[i];
}

/**
 * `E[g(s, s*, E[XᵃYᵇ | s, s*])]` over `s ~ N(0, ν)`, `s* ~ N(0, 1)` of covariance `m`.
 *
 * Assumes: orthonormal base. Source: ours.
 *
 * @throws {RangeError} If the base is not orthonormal.
 */
export function stepMoments(
  model: Model,
  { m, nu = 1, law = "gaussian", terms = studentTerms(model) }: {
    m: number;
    nu?: number;
    law?: InputLaw;
    terms?: Terms;
  },
  g: (mu: Moments, s: number, sStar: number, weight: number) => void,
): void {
  if (model.gram !== undefined) {
    throw new RangeError(
      "Cannot average over the neurons as W must be orthonormal: the model gives a Gram matrix",
    );
  }
  const groups = neuronGroups(model), { xi, r0, activation } = model, { kinks } = activation;
  if (law !== "gaussian" && kinks.length > 0) {
    throw new RangeError(
      `Cannot average over the neurons as the activation must be smooth for the law ${law}: ` +
        `current value is ${activation.name}`,
    );
  }
  const places = new Array<number>(3 * kinks.length), straight = activation.closed !== undefined;
  const rule = kinks.length > 0 ? emptyRule(places.length) : smoothRule(activation, law);
  const { nodes, weights } = gaussHermite(nodesFor(activation).outer);
  const mu = new Float64Array(25), kappa = new Float64Array(25), total = new Float64Array(25);
  const x = new Float64Array(rule.a.length), y = new Float64Array(rule.a.length);
  const side = Math.sqrt(Math.max(0, nu - m * m));
  for (let i = 0; i < nodes.length; i++) {
    for (let j = 0; j < nodes.length; j++) {
      // Where the rule is not exact, corners that weigh nothing are skipped.
      if (nodes.length > 8 && weights[i] * weights[j] < 1e-17) continue;
      const sStar = nodes[i], s = m * sStar + side * nodes[j];
      total.fill(0);
      for (const group of groups) {
        mu.fill(0);
        if (kinks.length > 0) {
          // Where student, teacher or base meet a kink.
          kinks.forEach((b, i) => {
            places[3 * i] = r0 * b;
            places[3 * i + 1] = r0 * b - xi * group.hatC * s;
            places[3 * i + 2] = r0 * b - xi * group.c * sStar;
          });
          cutRule(rule, places, places.length, straight);
        }
        terms(group, rule, s, sStar, x, y);
        addMoments(mu, rule, x, y);
        mu[0] = 1;
        addCumulants(mu, kappa, group.count, total);
      }
      toMoments(total, mu);
      g(mu, s, sStar, weights[i] * weights[j]);
    }
  }
}

/** Moments of one step at overlap `m` (and squared length `ν` of the adapter). */
export interface StepAverages {
  /** `E γ²`. */
  V: number;
  /** `E γ s`. */
  gammaS: number;
  /** `E γ s*`. */
  gammaStar: number;
  /** `½ E e²`. */
  loss: number;
  /** `ξ² E ψ̂²`. */
  gate2: number;
  /** `ξ⁴ E ψ̂⁴`. */
  gate4: number;
}

/**
 * Averages of one step, over Gaussian base features or those of another law.
 *
 * @example
 * ```ts
 * import { averages, standard } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(averages(standard(), 0).V, 56 / 9, 1e-9);
 * ```
 */
export function averages(
  model: Model,
  m: number,
  nu = 1,
  law: InputLaw = "gaussian",
): StepAverages {
  const { xi } = model, out = { V: 0, gammaS: 0, gammaStar: 0, loss: 0, gate2: 0, gate4: 0 };
  stepMoments(model, { m, nu, law }, (mu, s, sStar, weight) => {
    out.V += weight * xi * xi * mu[at(2, 2)];
    out.gammaS += weight * xi * s * mu[at(1, 1)];
    out.gammaStar += weight * xi * sStar * mu[at(1, 1)];
    out.loss += weight * mu[at(2, 0)] / 2;
    out.gate2 += weight * xi * xi * mu[at(0, 2)];
    out.gate4 += weight * xi ** 4 * mu[at(0, 4)];
  });
  return out;
}

/** Critical and best step, rate and kurtosis at the end of training. Source: ours. */
export function terminal(model: Model): { kurtosis: number; best: number; critical: number } {
  const { gate2, gate4 } = averages(model, 1);
  return { kurtosis: gate4 / gate2 ** 2, best: gate2 / gate4, critical: 2 * gate2 / gate4 };
}

/** Moments of gate `ψ₀` and label difference `Δ`; `floor` is the least loss. */
export type TangentConstants = Record<
  "P2" | "P4" | "P11" | "P31" | "D0" | "D2" | "floor",
  number
>;

/** Constants of the tangent model of rank one. Source: ours. */
export function tangentConstants(model: Model): TangentConstants {
  const out = { P2: 0, P4: 0, P11: 0, P31: 0, D0: 0, D2: 0 };
  stepMoments(model, { m: 1, terms: tangentTerms(model) }, (mu, _s, sStar, weight) => {
    out.P2 += weight * mu[at(0, 2)];
    out.P4 += weight * mu[at(0, 4)];
    out.P11 += weight * sStar * mu[at(1, 1)];
    out.P31 += weight * sStar * mu[at(1, 3)];
    out.D0 += weight * mu[at(2, 0)];
    out.D2 += weight * mu[at(2, 2)];
  });
  return { ...out, floor: (out.D0 - out.P11 ** 2 / out.P2) / 2 };
}
