/** Gauss–Hermite rule for the standard normal weight. */
import { checkInteger } from "../../check.ts";

/** Nodes and weights of a quadrature rule. */
export interface QuadratureRule {
  /** Nodes in increasing order. */
  readonly nodes: Float64Array;
  /** Weights, in the order of the nodes. */
  readonly weights: Float64Array;
}

/** Number of roots of `He_n` below `x`: sign changes in the Sturm sequence of the Jacobi matrix. */
function rootsBelow(n: number, x: number): number {
  let count = 0;
  let pivot = -x;
  for (let j = 0; j < n; j++) {
    if (pivot < 0) count++;
    if (pivot === 0) pivot = 1e-300;
    pivot = -x - (j + 1) / pivot;
  }
  return count;
}

/**
 * Gauss–Hermite rule of `n` nodes for the standard normal weight:
 * `Σ w_i f(x_i) = E f(z)` exactly for polynomials of degree `≤ 2n − 1`.
 *
 * Roots of `He_n` are isolated by Sturm counts and polished by Newton on the orthonormal
 * recurrence, `w_i = 1/(n h_{n−1}(x_i)²)` with `h_k = He_k/√k!`.
 *
 * Scale: weights sum to 1.
 * Source: Golub & Welsch, Math. Comp. 23 (1969) 221, for the Jacobi matrix; DLMF 18.9.1.
 *
 * @param n Number of nodes, an integer from 1 to 256.
 * @throws {RangeError} If `n` is not such an integer.
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { gaussHermite } from "lora-dynamics/gaussian/mod.ts";
 * const { nodes, weights } = gaussHermite(3); // exact up to degree 5
 * const fourth = nodes.reduce((sum, x, i) => sum + weights[i] * x ** 4, 0);
 * assertAlmostEquals(fourth, 3, 1e-14);
 * ```
 */
export function gaussHermite(n: number): QuadratureRule {
  checkInteger("build a Gauss-Hermite rule", "n", n, 1, 256);
  let rule = known.get(n);
  if (rule === undefined) known.set(n, rule = build(n));
  // Copies, so that no caller can change the rule of another.
  return { nodes: rule.nodes.slice(), weights: rule.weights.slice() };
}

const known = new Map<number, QuadratureRule>();

function build(n: number): QuadratureRule {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  const edge = 2 * Math.sqrt(n) + 1;
  for (let i = Math.floor(n / 2); i < n; i++) {
    let x = 0;
    if (2 * i + 1 !== n) {
      let low = 0;
      let high = edge;
      while (high - low > 1e-6) {
        x = 0.5 * (low + high);
        if (rootsBelow(n, x) > i) high = x;
        else low = x;
      }
      x = 0.5 * (low + high);
    }
    let below = NaN;
    for (let pass = 0; pass < 4; pass++) {
      let value = 1;
      below = 0;
      for (let k = 0; k < n; k++) {
        const next = (x * value - Math.sqrt(k) * below) / Math.sqrt(k + 1);
        below = value;
        value = next;
      }
      // h_n′ = √n h_{n−1}; the last pass only refreshes h_{n−1}.
      if (pass < 3) x -= value / (Math.sqrt(n) * below);
    }
    const weight = 1 / (n * below * below);
    nodes[i] = x;
    weights[i] = weight;
    nodes[n - 1 - i] = 0 - x; // not −0
    weights[n - 1 - i] = weight;
  }
  return { nodes, weights };
}
