/**
 * Quadrature rules for the features of one step.
 *
 * @module
 */
import {
  type Activation,
  gaussHermite,
  gaussianExpectation,
  gaussLegendre,
} from "../../../../gaussian/mod.ts";
import { type InputLaw, lawRule } from "../../input_laws.ts";

/** Nodes and weights for a standard normal variable. */
export interface NormalRule {
  /** Nodes. */
  readonly nodes: ArrayLike<number>;
  /** Weights, which sum to 1. */
  readonly weights: ArrayLike<number>;
}

/** Numbers of nodes over a base feature and over each of `(s, s*)`, and the family of rules they belong to. */
export interface NodeCounts {
  /** Over a base feature. */
  readonly inner: number;
  /** Over each of `(s, s*)`. */
  readonly outer: number;
  /** The rule of some number of nodes. */
  readonly rule: (count: number) => NormalRule;
}

/** Sizes of rules that are tried. */
const COUNTS = [24, 32, 40, 56, 80, 112, 160, 224];
/** Relative errors of fourth powers of the activation and its slope that are accepted. */
const ACCEPTED = { inner: 1e-6, outer: 1e-5 };
/** Where equally spaced nodes end: what lies beyond weighs 1e-18. */
const FAR = 9;

/**
 * Equally spaced nodes: for a function without singularities near the real line they converge exponentially in
 * their number, where Gauss–Hermite does in its root; for one that grows like `exp z` they end too early.
 */
function equallySpaced(count: number): NormalRule {
  const step = 2 * FAR / (count - 1);
  const nodes = Array.from({ length: count }, (_, i) => i * step - FAR);
  const heights = nodes.map((z) => Math.exp(-z * z / 2));
  const sum = heights.reduce((total, x) => total + x, 0);
  return { nodes, weights: heights.map((x) => x / sum) };
}

const counted = new WeakMap<Activation, NodeCounts>();

/**
 * Nodes for the moments of one step. For a polynomial of degree `D` powers up to `4D` of `a`, `s` and
 * `s*` occur and Gauss–Hermite rules are exact; for a smooth activation the fewest nodes are taken, equally spaced
 * or Gauss–Hermite, that integrate the fourth powers of `σ(z)` and `σ′(z)` to 1e-6 (inner) and 1e-5 (outer), which
 * leaves 1e-8 of the narrower variables that occur. With kinks the inner rule is cut at them, and the outer one
 * limits the moments to about 1e-4.
 *
 * @throws {RangeError} If 224 nodes are not enough.
 */
export function nodesFor(activation: Activation): NodeCounts {
  let nodes = counted.get(activation);
  if (nodes === undefined) counted.set(activation, nodes = count(activation));
  return nodes;
}

function count(activation: Activation): NodeCounts {
  const { series, kinks, f, df } = activation;
  if (series) {
    const exact = Math.max(8, 2 * series.length);
    return { inner: exact, outer: exact, rule: gaussHermite };
  }
  if (kinks.length > 0) return { inner: 40, outer: 48, rule: gaussHermite };
  const powers = [(z: number) => f(z) ** 4, (z: number) => df(z) ** 4];
  const wanted = powers.map((g) => gaussianExpectation(g));
  const enough = (rule: NodeCounts["rule"], accepted: number) =>
    COUNTS.find((n) => {
      const { nodes, weights } = rule(n);
      return powers.every((g, i) => {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += weights[j] * g(nodes[j]);
        return Math.abs(sum - wanted[i]) <= accepted * wanted[i];
      });
    });
  const [best] = [equallySpaced, gaussHermite].flatMap((rule) => {
    const inner = enough(rule, ACCEPTED.inner), outer = enough(rule, ACCEPTED.outer);
    return inner === undefined || outer === undefined ? [] : [{ inner, outer, rule }];
  }).toSorted((x, y) => x.inner - y.inner);
  if (best) return best;
  throw new RangeError(
    `Cannot average over the neurons as the activation must be gentle enough for ${
      COUNTS.at(-1)
    } ` +
      `nodes: current value is ${activation.name}`,
  );
}

const ROOT_2PI = Math.sqrt(2 * Math.PI);
/** The pieces of the line between kinks are at most 9 long: 24 nodes are right to 1e-12. */
const kinked = gaussLegendre(24);

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
export function smoothRule(activation: Activation, law: InputLaw | undefined): BaseRule {
  const { inner, rule } = nodesFor(activation);
  const { nodes, weights } = law === undefined ? rule(inner) : lawRule(law);
  return { count: nodes.length, a: Float64Array.from(nodes), weight: Float64Array.from(weights) };
}

/** Ends of pieces that are there without kinks: a piece of a curved activation must be short. */
const FIXED = [-9, -6, -3, 3, 6, 9];
const OUTER = [-9, 9];

/** Rewrites the rule for `a ~ N(0, 1)` with kinks at these places. */
export function cutRule(
  rule: BaseRule,
  places: readonly number[],
  straight: boolean,
): void {
  const all = places.map((x) => Math.min(9, Math.max(-9, x)));
  all.push(...(straight ? OUTER : FIXED));
  const ends = all.sort((x, y) => x - y).filter((x, i) => x !== all[i - 1]);
  rule.count = 0;
  for (let piece = 1; piece < ends.length; piece++) {
    const half = (ends[piece] - ends[piece - 1]) / 2, mid = (ends[piece] + ends[piece - 1]) / 2;
    for (let i = 0; i < kinked.nodes.length; i++) {
      const a = mid + half * kinked.nodes[i];
      rule.a[rule.count] = a;
      rule.weight[rule.count++] = half * kinked.weights[i] * Math.exp(-a * a / 2) / ROOT_2PI;
    }
  }
}

/** A rule that `cutRule` can rewrite at up to `cuts` places. */
export function emptyRule(cuts: number): BaseRule {
  const size = (FIXED.length + cuts) * kinked.nodes.length;
  return { count: 0, a: new Float64Array(size), weight: new Float64Array(size) };
}
