/**
 * Fourth moments of one SGD step by conditional cumulants: given `(s, s*)` the neurons of an
 * orthonormal base are independent, so cumulants add.
 *
 * @module
 */
import { checkNonNegative, checkWithin } from "../../../../check.ts";
import { inputLaw, type InputLawLike } from "../../input_laws.ts";
import type { Model } from "../../model.ts";
import { pointMeans } from "./correlated.ts";
import {
  addCumulants,
  at,
  momentRoom,
  type Moments,
  type NeuronGroup,
  neuronGroups,
  toMoments,
} from "./cumulants.ts";
import { gateMeans, stepMeans } from "../neuron/step.ts";
import { tangentMeans } from "../neuron/tangent.ts";
import { checkMatched } from "./matched.ts";
import { type BaseRule, nodesFor, smoothRule } from "./quadrature.ts";

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

/** Terms of the tangent model: `X = λ(σ̃(z*) − σ̃(a))`, `Y = λĉσ̃′(a)`. */
export function tangentTerms(model: Model): Terms {
  // The student at s = 0 is the base; what it lacks is X with the other sign.
  const terms = studentTerms(model);
  return (neuron, rule, _s, sStar, x, y) => {
    terms(neuron, rule, 0, sStar, x, y);
    for (let i = 0; i < rule.count; i++) x[i] = -x[i];
  };
}

/** Writes `E XᵃYᵇ`, `a + b ≤ 4`, of a neuron; one by one, for this is where the time goes. */
function neuronMoments(
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
  mu.set([1, m01, m02, m03, m04], at(0, 0));
  mu.set([m10, m11, m12, m13], at(1, 0));
  mu.set([m20, m21, m22], at(2, 0));
  mu.set([m30, m31], at(3, 0));
  mu[at(4, 0)] = m40;
}

/**
 * `E[g(s, s*, E[XᵃYᵇ | s, s*])]` over `s ~ N(0, ν)`, `s* ~ N(0, 1)` of covariance `m`, by product rules: exact for
 * polynomials, right to about 1e-7 for gentle activations.
 *
 * Assumes: orthonormal base. Source: ours.
 *
 * @throws {RangeError} If the base is not orthonormal, or the activation has a kink or is too steep.
 */
export function stepMoments(
  model: Model,
  { m, nu = 1, law = "gaussian", terms = studentTerms(model) }: {
    m: number;
    nu?: number;
    law?: InputLawLike;
    terms?: Terms;
  },
  g: (mu: Moments, s: number, sStar: number, weight: number) => void,
): void {
  if (model.gram !== undefined) {
    throw new RangeError(
      "Cannot average over the neurons as W must be orthonormal: the model gives a Gram matrix",
    );
  }
  const groups = neuronGroups(model), { activation } = model, other = inputLaw(law);
  if (activation.kinks.length > 0) {
    throw new RangeError(
      `Cannot average over the neurons as the activation must be smooth for ${
        other === undefined ? "a product rule" : `the law ${other.name}`
      }: current value is ${activation.name}`,
    );
  }
  const rule = smoothRule(activation, other);
  const { outer, rule: ruleOf } = nodesFor(activation), { nodes, weights } = ruleOf(outer);
  const mu = momentRoom(), kappa = momentRoom(), total = momentRoom();
  const x = new Float64Array(rule.a.length), y = new Float64Array(rule.a.length);
  const side = Math.sqrt(Math.max(0, nu - m * m));
  for (let i = 0; i < nodes.length; i++) {
    for (let j = 0; j < nodes.length; j++) {
      // Where the rule is not exact, corners that weigh nothing are skipped.
      if (nodes.length > 8 && weights[i] * weights[j] < 1e-17) continue;
      const sStar = nodes[i], s = m * sStar + side * nodes[j];
      total.fill(0);
      for (const group of groups) {
        terms(group, rule, s, sStar, x, y);
        neuronMoments(mu, rule, x, y);
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
  /**
   * Error of `V`: 0 for a polynomial; measured for any other activation on an orthonormal base; a standard error
   * where a base of many correlated directions is averaged by lattices.
   */
  error: number;
}

/** Whether averages are those of single neurons, closed or tabulated, put together: no product rule is exact. */
export function byNeurons({ gram, activation }: Model, law: InputLawLike = "gaussian"): boolean {
  return gram === undefined && activation.series === undefined && inputLaw(law) === undefined;
}

/**
 * Averages of one step: by cumulants for an orthonormal base, whose features may have another law, and
 * point by point for any Gram matrix. On an orthonormal base polynomials are exact, and any other activation, steep
 * or kinked, is right to about 1e-9.
 *
 * Source: ours.
 *
 * @throws {RangeError} If `ν < 0`, `m² > ν`, or whatever the rules of the activation refuse.
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
  law: InputLawLike = "gaussian",
): StepAverages {
  const what = "average over a step";
  checkNonNegative(what, "nu", nu);
  // Squares of an overlap and a length that come from one another may differ by rounding.
  const most = Math.sqrt(nu) * (1 + 1e-12);
  checkWithin(what, "m", m, -most, most);
  return stepAverages(model, m, nu, law);
}

/** The same where a solver tries states: an overlap a little above the length counts as the length. */
export function stepAverages(
  model: Model,
  m: number,
  nu = 1,
  law: InputLawLike = "gaussian",
): StepAverages {
  const { xi } = model, x2 = xi * xi;
  if (model.gram !== undefined && inputLaw(law) === undefined) {
    const { mean, error } = pointMeans(model, { m, nu }, {
      V: ({ error, gate }) => x2 * (error * gate) ** 2,
      gammaS: ({ error, gate, s }) => xi * error * gate * s,
      gammaStar: ({ error, gate, sStar }) => xi * error * gate * sStar,
      loss: ({ error }) => error * error / 2,
      gate2: ({ gate }) => x2 * gate * gate,
      gate4: ({ gate }) => (x2 * gate * gate) ** 2,
    });
    return { ...mean, error: error.V };
  }
  if (byNeurons(model, law)) {
    const { V, gammaS, gammaStar, loss, error } = stepMeans(model, m, nu);
    return { V, gammaS, gammaStar, loss, ...gateMeans(model, nu), error: error * V };
  }
  const out = { V: 0, gammaS: 0, gammaStar: 0, loss: 0, gate2: 0, gate4: 0, error: 0 };
  stepMoments(model, { m, nu, law }, (mu, s, sStar, weight) => {
    out.V += weight * x2 * mu[at(2, 2)];
    out.gammaS += weight * xi * s * mu[at(1, 1)];
    out.gammaStar += weight * xi * sStar * mu[at(1, 1)];
    out.loss += weight * mu[at(2, 0)] / 2;
    out.gate2 += weight * x2 * mu[at(0, 2)];
    out.gate4 += weight * x2 * x2 * mu[at(0, 4)];
  });
  return out;
}

/**
 * Critical and best step, rate and kurtosis of the gate at the end of training.
 *
 * Assumes: `ĉ = c`, so that there is no noise at `m = 1`. Source: ours.
 *
 * @throws {RangeError} If `ĉ ≠ ±c`.
 */
export function terminal(model: Model): { kurtosis: number; best: number; critical: number } {
  checkMatched("find the terminal rate", model);
  const { gate2, gate4 } = averages(model, 1);
  return { kurtosis: gate4 / gate2 ** 2, best: gate2 / gate4, critical: 2 * gate2 / gate4 };
}

/** Moments of gate `ψ₀` and label difference `Δ`; `floor` is the least loss. */
export type TangentConstants = Record<
  "P2" | "P4" | "P11" | "P31" | "D0" | "D2" | "floor",
  number
>;

/** Constants of the tangent model of rank one at the student's `ĉ`. Source: ours. */
export function tangentConstants(model: Model): TangentConstants {
  let out = { P2: 0, P4: 0, P11: 0, P31: 0, D0: 0, D2: 0 };
  if (model.gram !== undefined) {
    // The error of the tangent model at its start is −Δ.
    out = pointMeans(model, { m: 1, tangent: true }, {
      P2: ({ gate }) => gate ** 2,
      P4: ({ gate }) => gate ** 4,
      P11: ({ gate, error, sStar }) => -gate * error * sStar,
      P31: ({ gate, error, sStar }) => -(gate ** 3) * error * sStar,
      D0: ({ error }) => error ** 2,
      D2: ({ gate, error }) => (gate * error) ** 2,
    }).mean;
  } else if (byNeurons(model)) out = tangentMeans(model);
  else {
    stepMoments(model, { m: 1, terms: tangentTerms(model) }, (mu, _s, sStar, weight) => {
      out.P2 += weight * mu[at(0, 2)];
      out.P4 += weight * mu[at(0, 4)];
      out.P11 += weight * sStar * mu[at(1, 1)];
      out.P31 += weight * sStar * mu[at(1, 3)];
      out.D0 += weight * mu[at(2, 0)];
      out.D2 += weight * mu[at(2, 2)];
    });
  }
  return { ...out, floor: (out.D0 - out.P11 ** 2 / out.P2) / 2 };
}
