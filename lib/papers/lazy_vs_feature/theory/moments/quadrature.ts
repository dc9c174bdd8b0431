/**
 * Quadrature rules for the features of one step.
 *
 * @module
 */
import { type Activation, gaussHermite, gaussianExpectation } from "../../../../gaussian/mod.ts";
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

const counted = new WeakMap<Activation, { readonly nodes: NodeCounts | undefined }>();

/**
 * Nodes for the moments of one step. For a polynomial of degree `D` powers up to `4D` of `a`, `s` and
 * `s*` occur and Gauss–Hermite rules are exact; for a smooth activation the fewest nodes are taken, equally spaced
 * or Gauss–Hermite, that integrate the fourth powers of `σ(z)` and `σ′(z)` to 1e-6 (inner) and 1e-5 (outer), which
 * leaves 1e-8 of the narrower variables that occur.
 *
 * @throws {RangeError} If 224 nodes are not enough, or there is a kink.
 */
export function nodesFor(activation: Activation): NodeCounts {
  const nodes = gentleNodes(activation);
  if (nodes !== undefined) return nodes;
  throw new RangeError(
    `Cannot average over the neurons as the activation must be gentle enough for ${
      COUNTS.at(-1)
    } nodes: current value is ${activation.name}`,
  );
}

/** The same; `undefined` where there are none, as for a kink or a steep activation. */
export function gentleNodes(activation: Activation): NodeCounts | undefined {
  let found = counted.get(activation);
  if (found === undefined) {
    const nodes = activation.kinks.length > 0 ? undefined : count(activation);
    counted.set(activation, found = { nodes });
  }
  return found.nodes;
}

function count(activation: Activation): NodeCounts | undefined {
  const { series, f, df } = activation;
  if (series) {
    const exact = Math.max(8, 2 * series.length);
    return { inner: exact, outer: exact, rule: gaussHermite };
  }
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
  return best;
}

/** Nodes and weights for a base feature. */
export interface BaseRule {
  /** Number of nodes. */
  readonly count: number;
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
