/**
 * Moments and cumulants of two variables: cumulants of independent neurons add.
 *
 * @module
 */
import type { Model } from "../../model.ts";

/** Joint moments `E Xᵃ Yᵇ`, `a, b ≤ 4`, at index `5a + b`. */
export type Moments = Float64Array;

const CHOOSE = [[1], [1, 1], [1, 2, 1], [1, 3, 3, 1], [1, 4, 6, 4, 1]];

/** Index of `E Xᵃ Yᵇ`. */
export const at = (a: number, b: number): number => 5 * a + b;

/** Room for all moments. */
export const momentRoom = (): Moments => new Float64Array(25);

/** `E Xᵃ Yᵇ − κ_ab`: the terms of the recursion between moments and cumulants of lower order. */
function rest(kappa: Float64Array, mu: Moments, a: number, b: number): number {
  let sum = 0;
  if (a === 0) {
    for (let j = 1; j < b; j++) sum += CHOOSE[b - 1][j] * kappa[at(0, b - j)] * mu[at(0, j)];
    return sum;
  }
  for (let i = 0; i < a; i++) {
    for (let j = i === 0 ? 1 : 0; j <= b; j++) {
      sum += CHOOSE[a - 1][i] * CHOOSE[b][j] * kappa[at(a - i, b - j)] * mu[at(i, j)];
    }
  }
  return sum;
}

/** Adds `weight` times the cumulants of moments to a total; `order` bounds `a + b`. */
export function addCumulants(
  mu: Moments,
  kappa: Float64Array,
  weight: number,
  total: Float64Array,
  order = 4,
): void {
  for (let a = 0; a <= 4; a++) {
    for (let b = a === 0 ? 1 : 0; b <= 4 && a + b <= order; b++) {
      kappa[at(a, b)] = mu[at(a, b)] - rest(kappa, mu, a, b);
      total[at(a, b)] += weight * kappa[at(a, b)];
    }
  }
}

/** Moments from cumulants. */
export function toMoments(kappa: Float64Array, mu: Moments, order = 4): void {
  mu[0] = 1;
  for (let a = 0; a <= 4; a++) {
    for (let b = a === 0 ? 1 : 0; b <= 4 && a + b <= order; b++) {
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
