/**
 * Population correlation, loss and gradient in closed form, for any Gram matrix and any `ĉ`.
 *
 * @module
 */
import { checkWithin } from "../../../../check.ts";
import type { Model } from "../../model.ts";
import { kernelOf } from "./kernel.ts";

/** Entry `B_ij` of the Gram matrix of the base. */
export function gramEntry({ gram, k }: Model, i: number, j: number): number {
  return gram === undefined ? Number(i === j) : gram[i * k + j];
}

/** `Σ_ij λ_i λ_j g(Â_i, A_j, C_ij)` with left factors `x`, `y` and overlap `m` of the directions. */
function pairSum(
  model: Model,
  [x, y]: readonly [readonly number[], readonly number[]],
  m: number,
  g: (A: number, B: number, C: number, i: number, j: number) => number,
): number {
  const { k, lambda, xi, r0 } = model, xi2 = xi * xi, r2 = r0 * r0;
  let sum = 0;
  for (let i = 0; i < k; i++) {
    const A = (gramEntry(model, i, i) + xi2 * x[i] * x[i]) / r2;
    for (let j = 0; j < k; j++) {
      const B = (gramEntry(model, j, j) + xi2 * y[j] * y[j]) / r2;
      const C = (gramEntry(model, i, j) + xi2 * x[i] * y[j] * m) / r2;
      sum += lambda[i] * lambda[j] * g(A, B, C, i, j);
    }
  }
  return sum;
}

/**
 * Correlation `Φ(m) = E f̂ f*` of student and teacher.
 *
 * Source: ours; `m`: overlap of the directions.
 *
 * @throws {RangeError} If `m` is outside `[−1, 1]`.
 */
export function correlation(model: Model, m: number): number {
  checkWithin("evaluate the landscape", "m", m, -1, 1);
  return pairSum(model, [model.hatC, model.c], m, kernelOf(model.activation).value);
}

/**
 * Slope `Φ′(m)`; the paper's `h(m) = 2Φ′(m)`.
 *
 * Source: ours; equals Prop. 4 of dayi25a.
 *
 * @throws {RangeError} If `m` is outside `[−1, 1]`.
 * @example
 * ```ts
 * import { correlationSlope, standard } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(correlationSlope(standard(), 0.5), 2 / 3, 1e-12);
 * ```
 */
export function correlationSlope(model: Model, m: number): number {
  checkWithin("evaluate the landscape", "m", m, -1, 1);
  const { hatC, c, xi, r0 } = model, { slopeC } = kernelOf(model.activation);
  return (xi / r0) ** 2 *
    pairSum(model, [hatC, c], m, (A, B, C, i, j) => hatC[i] * c[j] * slopeC(A, B, C));
}

/** Population loss `½ E(f̂ − f*)²` at overlap `m`. */
export function populationLoss(model: Model, m: number): number {
  const { value } = kernelOf(model.activation), { hatC, c } = model;
  const own = (x: readonly number[]) => pairSum(model, [x, x], 1, value);
  return (own(hatC) + own(c)) / 2 - correlation(model, m);
}

/**
 * Gradient `∂L/∂ĉ` of the population loss, for an adapter of overlap `m` and squared length `ν`; 0 at `ν = 0`.
 *
 * Source: ours.
 */
export function factorGradient(model: Model, m: number, nu = 1): number[] {
  // An adapter of length √ν with ĉ is one of length 1 with √ν ĉ.
  const { k, lambda, xi, r0, c } = model, xi2 = xi * xi, r2 = r0 * r0, length = Math.sqrt(nu);
  const hatC = model.hatC.map((x) => x * length), overlap = length > 0 ? m / length : 0;
  const { slopeA, slopeC } = kernelOf(model.activation);
  const A = (x: readonly number[], i: number) => (gramEntry(model, i, i) + xi2 * x[i] ** 2) / r2;
  return Array.from({ length: k }, (_, i) => {
    const Ai = A(hatC, i);
    let sum = 0;
    for (let j = 0; j < k; j++) {
      const weight = lambda[i] * lambda[j], b = gramEntry(model, i, j);
      const Aj = A(hatC, j), own = (b + xi2 * hatC[i] * hatC[j]) / r2;
      // On the diagonal E σ(Z)² depends on one variance: d/dA K(A, A, A).
      sum += i === j
        ? weight * hatC[i] * (2 * slopeA(Ai, Ai, Ai) + slopeC(Ai, Ai, Ai))
        : weight * (2 * hatC[i] * slopeA(Ai, Aj, own) + hatC[j] * slopeC(Ai, Aj, own));
      const cross = (b + xi2 * hatC[i] * c[j] * overlap) / r2, Bj = A(c, j);
      sum -= weight *
        (2 * hatC[i] * slopeA(Ai, Bj, cross) + c[j] * overlap * slopeC(Ai, Bj, cross));
    }
    return length * xi2 / r2 * sum;
  });
}
