/**
 * Near a minimiser and near zero: linear rates from the Hessian, escape from the flat region, and where
 * the rule `norm` stalls.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive } from "../../../check.ts";
import { add, type Matrix, matrix, multiply, symmetricEigen } from "../../../linalg/mod.ts";
import { checkAdapters } from "../adapters.ts";
import type { Adapters } from "../model.ts";

/**
 * Hessian of `J(B, A) = ½‖BA − M‖²` in the coordinates `(B, A)`, both row-major.
 *
 * The form is `‖D_BA + BD_A‖² + 2⟨G, D_BD_A⟩` with `G = BA − M`.
 * Source: ours.
 *
 * @param adapters `B` and `A`.
 * @param target `M`, `m × n`.
 * @returns Symmetric, of size `(m + n) r`.
 * @throws {TypeError} If the shapes do not chain.
 */
export function hessian(adapters: Adapters, target: Matrix): Matrix {
  const r = checkAdapters("compute the Hessian", target, adapters), { b, a } = adapters;
  const m = target.rows, n = target.columns, size = (m + n) * r, out = matrix(size, size);
  const g = add(multiply(b, a), target, -1).data;
  const put = (i: number, j: number, value: number) => {
    out.data[i * size + j] += value;
    if (i !== j) out.data[j * size + i] += value;
  };
  const atB = (i: number, k: number) => i * r + k,
    atA = (k: number, j: number) => m * r + k * n + j;
  for (let k = 0; k < r; k++) {
    for (let l = 0; l <= k; l++) {
      let aa = 0, bb = 0;
      for (let j = 0; j < n; j++) aa += a.data[k * n + j] * a.data[l * n + j];
      for (let i = 0; i < m; i++) bb += b.data[i * r + k] * b.data[i * r + l];
      for (let i = 0; i < m; i++) put(atB(i, k), atB(i, l), aa);
      for (let j = 0; j < n; j++) put(atA(k, j), atA(l, j), bb);
    }
    for (let l = 0; l < r; l++) {
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          const residual = k === l ? g[i * n + j] : 0;
          put(atB(i, k), atA(l, j), b.data[i * r + l] * a.data[k * n + j] + residual);
        }
      }
    }
  }
  return out;
}

/**
 * Eigenvalues of the Hessian at a balanced rank-`r` minimiser of `½‖BA − M‖²`, largest first, with the
 * `r²` zeros of the orbit `(BQ, Q⁻¹A)`: `σ_i + σ_j` (`i, j ≤ r`), `σ_i ± σ_j` (`i ≤ r < j`), and `σ_i`
 * in the directions beyond `min(m, n)`.
 *
 * Assumes: `AAᵀ = BᵀB`, the `r` leading singular values of `M` learnt.
 * Source: ours.
 *
 * @param sigma All `min(m, n)` singular values of `M`, falling.
 * @param options `rows` m, `columns` n, rank `r` with `σ_r > 0`.
 *
 * @example
 * ```ts
 * import { balancedSpectrum } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(balancedSpectrum([2, 1], { rows: 2, columns: 2, r: 1 }), [4, 3, 1, 0]);
 * ```
 */
export function balancedSpectrum(
  sigma: readonly number[],
  sizes: { rows: number; columns: number; r: number },
): number[] {
  const what = "find the balanced spectrum", { rows: m, columns: n, r } = sizes, k = Math.min(m, n);
  checkKeys(what, sizes, ["rows", "columns", "r"], "sizes");
  checkInteger(what, "the number of singular values", sigma.length, k, k);
  checkInteger(what, "r", r, 1, k);
  checkPositive(what, `sigma[${r - 1}]`, sigma[r - 1]);
  const out: number[] = Array(r * r).fill(0);
  for (let i = 0; i < r; i++) {
    for (let j = 0; j < r; j++) out.push(sigma[i] + sigma[j]);
    for (let j = r; j < k; j++) out.push(sigma[i] + sigma[j], sigma[i] - sigma[j]);
    for (let j = k; j < Math.max(m, n); j++) out.push(sigma[i]);
  }
  return out.sort((x, y) => y - x);
}

/** Smallest eigenvalue of a Hessian above `1e-6` of the largest: `λ₊`, which sets the linear rate. */
export function leastCurvature(hessian: Matrix): number {
  const { values } = symmetricEigen(hessian);
  return values.filter((x) => x > 1e-6 * values[0]).at(-1)!;
}

/**
 * Growth factor per step of the top singular pair near `V = 0`: `1 + η₀σ₁(G₀)`, `η₀` the learning rate there.
 *
 * Source: ours.
 *
 * @param options Learning rate at `V = 0`, and the largest singular value of `G₀`.
 */
export function escapeGrowth({ eta, gamma }: { eta: number; gamma: number }): number {
  checkPositive("grow from zero", "eta", eta);
  checkPositive("grow from zero", "gamma", gamma);
  return 1 + eta * gamma;
}

/**
 * Where the rule `norm` with `α` stalls: `η = 2/λ_max`, `‖∇J‖ = (αλ_max/2)²`. Ours.
 *
 * With `λ_max < 2` its cap `η = 1` comes first and still contracts: the gradient goes to 0.
 */
export function normStall(alpha: number, curvature: number): { eta: number; gradient: number } {
  checkPositive("find where norm stalls", "alpha", alpha);
  checkPositive("find where norm stalls", "curvature", curvature);
  if (curvature < 2) return { eta: 1, gradient: 0 };
  return { eta: 2 / curvature, gradient: (alpha * curvature / 2) ** 2 };
}

/**
 * `‖∇J‖²` of `½κ(ab)²` from `a = b` after many steps of the paper's rule: `1/(4κT³)`.
 *
 * Its minimum `V = 0` has no curvature, and `V` stays bounded; near it the rule is capped, `η = 1`, so that
 * `x = u²` obeys `x₊ ≈ x − 2κx²`, `x ≈ 1/(2κt)`, `‖∇J‖² = 2κ²x³`.
 * Source: ours.
 *
 * @param curvature `κ > 0` of `½κ(ab)²`.
 * @param steps `T > 0`.
 */
export function flatGradient2(curvature: number, steps: number): number {
  checkPositive("follow a flat minimum", "curvature", curvature);
  checkPositive("follow a flat minimum", "steps", steps);
  return 1 / (4 * curvature * steps ** 3);
}
