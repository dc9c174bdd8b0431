/**
 * Quadrature rules for the features of one step.
 *
 * @module
 */
import { gaussHermite } from "../../../gaussian/mod.ts";
import type { ActivationName, InputLaw } from "../model.ts";

const ROOT2 = Math.SQRT2;

/** Numbers of nodes: over a base feature, and over each of `(s, s*)`. */
export const NODES: Record<ActivationName, { inner: number; outer: number }> = {
  // Powers up to 12 of a, s and s* occur: 8 nodes are exact to degree 15.
  h2: { inner: 8, outer: 8 },
  h3: { inner: 8, outer: 8 },
  erf: { inner: 40, outer: 32 },
  relu: { inner: 40, outer: 48 },
};

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

const legendre = gaussLegendre(40), ROOT_2PI = Math.sqrt(2 * Math.PI);
/** The pieces of the line between kinks are at most 9 long: 24 nodes are right to 1e-12. */
const kinked = gaussLegendre(24);

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

/** Nodes and weights for a base feature; the first `count` are used. */
export interface BaseRule {
  /** Number of nodes. */
  count: number;
  /** Nodes. */
  readonly a: Float64Array;
  /** Weights. */
  readonly weight: Float64Array;
}

/** The rule of a law for a smooth activation. */
export function smoothRule(activation: ActivationName, law: InputLaw): BaseRule {
  if (law === "gaussian") {
    const { nodes, weights } = gaussHermite(NODES[activation].inner);
    return { count: nodes.length, a: nodes, weight: weights };
  }
  const rule = LAW_RULES[law]();
  const column = (i: 0 | 1) => Float64Array.from(rule, (pair) => pair[i]);
  return { count: rule.length, a: column(0), weight: column(1) };
}

/** Rewrites the rule for `a ~ N(0, 1)` with kinks at 0 and at two other places. */
export function cutRule(rule: BaseRule, first: number, second: number): void {
  const ends = [-9, first, second, 0, 9].map((x) => Math.min(9, Math.max(-9, x)));
  ends.sort((x, y) => x - y);
  rule.count = 0;
  for (let piece = 1; piece < ends.length; piece++) {
    const half = (ends[piece] - ends[piece - 1]) / 2, mid = (ends[piece] + ends[piece - 1]) / 2;
    if (half === 0) continue;
    for (let i = 0; i < kinked.nodes.length; i++) {
      const a = mid + half * kinked.nodes[i];
      rule.a[rule.count] = a;
      rule.weight[rule.count++] = half * kinked.weights[i] * Math.exp(-a * a / 2) / ROOT_2PI;
    }
  }
}

/** A rule that `cutRule` can rewrite. */
export function emptyRule(): BaseRule {
  const size = 4 * kinked.nodes.length;
  return { count: 0, a: new Float64Array(size), weight: new Float64Array(size) };
}
