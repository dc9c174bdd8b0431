/**
 * Fourth moments of one SGD step by conditional cumulants: given `(s, s*)` the neurons of an
 * orthonormal base are independent, so cumulants add.
 *
 * @module
 */
import { gaussHermite } from "../../gaussian/mod.ts";
import { type ActivationName, type InputLaw, type Model, SIGMA } from "./problem.ts";

const ROOT2 = Math.SQRT2;

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

const NODES: Record<ActivationName, { inner: number; outer: number }> = {
  // Powers up to 12 of a, s and s* occur: 8 nodes are exact to degree 15.
  h2: { inner: 8, outer: 8 },
  h3: { inner: 8, outer: 8 },
  erf: { inner: 40, outer: 32 },
  relu: { inner: 40, outer: 48 },
};

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

/** Gauss–Legendre nodes and weights on `[−1, 1]`, by Newton's iteration. */
export function gaussLegendre(n: number): { nodes: Float64Array; weights: Float64Array } {
  const nodes = new Float64Array(n), weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = Math.cos(Math.PI * (i + 0.75) / (n + 0.5)), slope = 1;
    for (let pass = 0; pass < 100; pass++) {
      let p = 1, q = 0;
      for (let j = 1; j <= n; j++) [p, q] = [((2 * j - 1) * x * p - (j - 1) * q) / j, p];
      slope = n * (x * p - q) / (x * x - 1);
      const move = p / slope;
      x -= move;
      if (Math.abs(move) < 1e-15) break;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

const legendre = gaussLegendre(40);

/** Nodes and weights of a law of base features that is not Gaussian, for smooth activations. */
const LAW_RULES: Readonly<Record<Exclude<InputLaw, "gaussian">, () => [number, number][]>> = {
  rademacher: () => [[-1, 0.5], [1, 0.5]],
  uniform: () => panels([-Math.sqrt(3), Math.sqrt(3)], () => 1 / Math.sqrt(12)),
  laplace: () =>
    panels([-60, -25, -10, -3, 0, 3, 10, 25, 60], (a) => Math.exp(-ROOT2 * Math.abs(a)) / ROOT2),
};

/** Gauss–Legendre on each piece of the line, times a density. */
function panels(ends: number[], density: (a: number) => number): [number, number][] {
  return ends.slice(1).flatMap((end, i) => {
    const half = (end - ends[i]) / 2, mid = (end + ends[i]) / 2;
    return Array.from(legendre.nodes, (node, j): [number, number] => {
      const a = mid + half * node;
      return [a, half * legendre.weights[j] * density(a)];
    });
  });
}

/** Calls `visit(a, weight)` on a rule for a base feature, cut at `cuts` when the activation has kinks. */
function eachBase(
  activation: ActivationName,
  cuts: number[],
  visit: (a: number, weight: number) => void,
  rule?: readonly [number, number][],
): void {
  if (rule !== undefined) {
    for (const [a, weight] of rule) visit(a, weight);
    return;
  }
  if (activation !== "relu") {
    const { nodes, weights } = gaussHermite(NODES[activation].inner);
    for (let i = 0; i < nodes.length; i++) visit(nodes[i], weights[i]);
    return;
  }
  const ends = [-9, ...cuts.filter((x) => Math.abs(x) < 9).sort((x, y) => x - y), 9];
  for (let piece = 1; piece < ends.length; piece++) {
    const half = (ends[piece] - ends[piece - 1]) / 2, mid = (ends[piece] + ends[piece - 1]) / 2;
    for (let i = 0; i < 40; i++) {
      const a = mid + half * legendre.nodes[i];
      visit(a, half * legendre.weights[i] * Math.exp(-a * a / 2) / Math.sqrt(2 * Math.PI));
    }
  }
}

/** What `conditionalMoments` averages: scaled value difference `X_i` and gate `Y_i` of a neuron. */
export type Terms = (
  group: { lambda: number; hatC: number; c: number },
  a: number,
  s: number,
  sStar: number,
) => readonly [x: number, y: number];

/** Terms of the student: `X = λ(σ̃(ẑ) − σ̃(z*))`, `Y = λĉσ̃′(ẑ)`. */
export function studentTerms({ activation, xi, r0 }: Model): Terms {
  const { f, df } = SIGMA[activation];
  return ({ lambda, hatC, c }, a, s, sStar) => {
    const z = (a + xi * hatC * s) / r0;
    return [lambda * (f(z) - f((a + xi * c * sStar) / r0)), lambda * hatC * df(z) / r0];
  };
}

/** Terms of the tangent model: `X = λ(σ̃(z*) − σ̃(a))`, `Y = λcσ̃′(a)`. */
export function tangentTerms({ activation, xi, r0 }: Model): Terms {
  const { f, df } = SIGMA[activation];
  return ({ lambda, c }, a, _s, sStar) => [
    lambda * (f((a + xi * c * sStar) / r0) - f(a / r0)),
    lambda * c * df(a / r0) / r0,
  ];
}

/**
 * `E[g(s, s*, E[XᵃYᵇ | s, s*])]` over `s ~ N(0, ν)`, `s* ~ N(0, 1)` of covariance `m`.
 *
 * Assumes: orthonormal base. Source: ours, lazy-vs-feature §5.4.
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
  const groups = neuronGroups(model), { xi, activation } = model;
  if (law !== "gaussian" && activation === "relu") {
    throw new RangeError(
      `Cannot average over the neurons as the activation must be smooth for the law ${law}: ` +
        "current value is relu",
    );
  }
  const rule = law === "gaussian" ? undefined : LAW_RULES[law]();
  const { nodes, weights } = gaussHermite(NODES[activation].outer);
  const mu = new Float64Array(25), kappa = new Float64Array(25), total = new Float64Array(25);
  const side = Math.sqrt(Math.max(0, nu - m * m));
  for (let i = 0; i < nodes.length; i++) {
    for (let j = 0; j < nodes.length; j++) {
      // Where the rule is not exact, corners that weigh nothing are skipped.
      if (nodes.length > 8 && weights[i] * weights[j] < 1e-18) continue;
      const sStar = nodes[i], s = m * sStar + side * nodes[j];
      total.fill(0);
      for (const group of groups) {
        mu.fill(0);
        eachBase(activation, [-xi * group.hatC * s, -xi * group.c * sStar, 0], (a, weight) => {
          const [x, y] = terms(group, a, s, sStar);
          let power = weight;
          for (let p = 0; p <= 4; p++, power *= x) {
            let term = power;
            for (let q = 0; p + q <= 4; q++, term *= y) mu[at(p, q)] += term;
          }
        }, rule);
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

/** Critical and best step, rate and kurtosis at the end of training. Source: ours, lazy-vs-feature §5.5. */
export function terminal(model: Model): { kurtosis: number; best: number; critical: number } {
  const { gate2, gate4 } = averages(model, 1);
  return { kurtosis: gate4 / gate2 ** 2, best: gate2 / gate4, critical: 2 * gate2 / gate4 };
}

/** Moments of gate `ψ₀` and label difference `Δ`; `floor` is the least loss. */
export type TangentConstants = Record<
  "P2" | "P4" | "P11" | "P31" | "D0" | "D2" | "floor",
  number
>;

/** Constants of the tangent model of rank one. Source: ours, lazy-vs-feature §5.6. */
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
