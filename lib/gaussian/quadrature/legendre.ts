/**
 * The Gauss–Legendre rule of one panel, and what its own nodes say about its error.
 *
 * @module
 */

/** Nodes of a panel. */
export const ORDER = 16;

/**
 * Gauss–Legendre nodes and weights on `[−1, 1]`, by Newton's iteration.
 *
 * Source: DLMF 18.9.1 (recurrence), 3.5.15 (weights).
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { gaussLegendre } from "lora-dynamics/gaussian/mod.ts";
 * const { nodes, weights } = gaussLegendre(3); // exact up to degree 5
 * const fourth = nodes.reduce((sum, x, i) => sum + weights[i] * x ** 4, 0);
 * assertAlmostEquals(fourth, 2 / 5, 1e-15);
 * ```
 */
export function gaussLegendre(n: number): { nodes: Float64Array; weights: Float64Array } {
  const nodes = new Float64Array(n), weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5)), slope = 1;
    for (let pass = 0; pass < 8; pass++) {
      let low = 0, high = 1;
      for (let k = 0; k < n; k++) {
        [low, high] = [high, ((2 * k + 1) * x * high - k * low) / (k + 1)];
      }
      slope = (n * (low - x * high)) / (1 - x * x);
      x -= high / slope;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

const RULE = gaussLegendre(ORDER);
/** Nodes on `[−1, 1]`. */
export const NODES: Float64Array = RULE.nodes;
/** Weights of the nodes, whose sum is 2. */
export const WEIGHTS: Float64Array = RULE.weights;

/** Rows `(2k+1)/2 · w_i P_k(x_i)`: the Legendre coefficients of the interpolant. */
const MIDDLE = [4, 5, 6, 7, 8, 9].map(row);
const LAST = [13, 14, 15].map(row);

function row(k: number): Float64Array {
  return NODES.map((x, i) => {
    let low = 0, high = 1;
    for (let j = 0; j < k; j++) {
      [low, high] = [high, ((2 * j + 1) * x * high - j * low) / (j + 1)];
    }
    return (k + 0.5) * WEIGHTS[i] * high;
  });
}

function largest(rows: readonly Float64Array[], values: Float64Array, from: number): number {
  let most = 0;
  for (const weights of rows) {
    let sum = 0;
    for (let i = 0; i < ORDER; i++) sum += weights[i] * values[from + i];
    most = Math.max(most, Math.abs(sum));
  }
  return most;
}

/**
 * Estimate of the rule's error on a panel of length 2, from its 16 values at `values[from…]`.
 *
 * The nodes give the Legendre coefficients up to degree 15, the rule is exact to degree 31: what the
 * coefficients lose from the middle to the end they are taken to lose twice more. The nodes are
 * unevenly spaced, so that no frequency can look smooth on them as it can on a regular grid.
 */
export function legendreError(values: Float64Array, from = 0): number {
  const middle = largest(MIDDLE, values, from), last = largest(LAST, values, from);
  if (last === 0) return 0;
  const loss = Math.min(1, last / middle);
  return last * loss * loss;
}
