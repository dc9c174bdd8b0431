/**
 * Averages of one step over a base of any Gram matrix, point by point.
 *
 * @module
 */
import type { Model } from "../../model.ts";
import { pointsFor, thinRoot } from "./points.ts";

/** One input: base features, projections, error, gate `Σ ĉ_i λ_i σ̃′`. */
export interface PointVisit {
  /** `⟨û, x⟩`. */
  readonly s: number;
  /** `⟨u, x⟩`. */
  readonly sStar: number;
  /** `f̂ − f*`; of the tangent model `f − f*`. */
  readonly error: number;
  /** Gate of the student; of the tangent model that of the base. */
  readonly gate: number;
}

/**
 * Means of functions of one input at overlap `m` and squared length `ν` of the adapter, each with its
 * standard error: 0 for a product rule.
 *
 * @param model The model.
 * @param options Overlap, squared length, whether error and gate are those of the tangent model, and a factor on
 * the nodes for high powers.
 * @param functions What is averaged, by name.
 */
export function pointMeans<K extends string>(
  model: Model,
  { m, nu = 1, tangent = false, richer = 1 }: {
    m: number;
    nu?: number;
    tangent?: boolean;
    richer?: number;
  },
  functions: Readonly<Record<K, (at: PointVisit) => number>>,
): { mean: Record<K, number>; error: Record<K, number> } {
  const { k, lambda, c, hatC, xi, r0, activation } = model, { root, rank } = thinRoot(model);
  const points = pointsFor(model, rank, 2, richer), side = Math.sqrt(Math.max(0, nu - m * m));
  const z = new Float64Array(k), zStar = new Float64Array(k), value = new Float64Array(k);
  const slope = new Float64Array(k), valueStar = new Float64Array(k);
  const names = Object.keys(functions) as K[];
  const sums = Array.from({ length: points.groups }, () => names.map(() => 0));
  for (let group = 0; group < points.groups; group++) {
    points.visit(group, (g, weight) => {
      const sStar = g[rank], s = m * sStar + side * g[rank + 1];
      for (let i = 0; i < k; i++) {
        let a = 0;
        for (let j = 0; j < rank; j++) a += root[i * rank + j] * g[j];
        z[i] = (tangent ? a : a + xi * hatC[i] * s) / r0;
        zStar[i] = (a + xi * c[i] * sStar) / r0;
      }
      activation.fill(z, k, value, slope);
      activation.fillValues(zStar, k, valueStar);
      let error = 0, gate = 0;
      for (let i = 0; i < k; i++) {
        error += lambda[i] * (value[i] - valueStar[i]);
        gate += lambda[i] * hatC[i] * slope[i] / r0;
      }
      const at = { s, sStar, error, gate };
      names.forEach((name, i) => sums[group][i] += weight * functions[name](at));
    });
  }
  const mean = {} as Record<K, number>, error = {} as Record<K, number>, n = points.groups;
  names.forEach((name, i) => {
    mean[name] = sums.reduce((total, group) => total + group[i], 0) / n;
    const spread = sums.reduce((total, group) => total + (group[i] - mean[name]) ** 2, 0);
    error[name] = n > 1 ? Math.sqrt(spread / (n - 1) / n) : 0;
  });
  return { mean, error };
}
