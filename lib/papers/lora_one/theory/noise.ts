/**
 * Label noise: when the one-step gradient carries information on a rank-one shift, and how much.
 *
 * @module
 */
import { checkInteger, checkPositive } from "../../../check.ts";

/** A rank-one problem with label noise. */
export interface NoisySizes {
  /** Input dimension. */
  readonly d: number;
  /** Output dimension. */
  readonly k: number;
  /** Samples. */
  readonly N: number;
  /** Standard deviation `σ` of the label noise. */
  readonly sigma: number;
}

function check(what: string, { d, k, N, sigma }: NoisySizes): void {
  checkInteger(what, "d", d, 1);
  checkInteger(what, "k", k, 1);
  checkInteger(what, `N for d = ${d}`, N, d + 1);
  checkPositive(what, "sigma", sigma);
}

/** Signal over noise `ℓ = λ√(1 + (d+1)/N)/(σ√(k/N))` of the one-step gradient. */
function signal({ d, k, N, sigma }: NoisySizes, lambda: number): number {
  return lambda * Math.sqrt(1 + (d + 1) / N) / (sigma * Math.sqrt(k / N));
}

/** Leading order of the critical strength, `σ(dk)^¼/√N`: the unit of strengths. */
export function strengthUnit(sizes: NoisySizes): number {
  check("compute the unit of strengths", sizes);
  const { d, k, N, sigma } = sizes;
  return sigma * (d * k) ** 0.25 / Math.sqrt(N);
}

/**
 * Strength below which the leading singular vectors of the one-step gradient carry no signal:
 * `ℓ(λ_c) = (d/k)^¼`, `λ_c ≈ σ(dk)^¼/√N`.
 *
 * Assumes: large `d`, `k`, and `d ≪ N`. Source: ours by the spiked-matrix threshold.
 *
 * @example
 * ```ts
 * import { criticalStrength } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const sizes = { d: 400, k: 200, N: 8000, sigma: 1 };
 * assertAlmostEquals(criticalStrength(sizes), 0.18803, 5e-3);
 * ```
 */
export function criticalStrength(sizes: NoisySizes): number {
  check("compute the critical strength", sizes);
  return (sizes.d / sizes.k) ** 0.25 / signal(sizes, 1);
}

/** Overlaps of the leading singular vectors of the gradient with the truth. */
export interface Overlaps {
  /** `⟨û, u⟩²`. */
  readonly u2: number;
  /** `⟨v̂, v⟩²`. */
  readonly v2: number;
}

/**
 * Squared overlaps of the leading singular vectors of `G = λΣ̂uvᵀ + noise` with `u` and `v`.
 *
 * Law: with `c = d/k`: `u² = [1 − c(1 + ℓ²)/(ℓ²(ℓ² + c))]/(1 + (d−1)/N)`,
 * `v² = 1 − (c + ℓ²)/(ℓ²(ℓ² + 1))`; both 0 for `ℓ ≤ c^¼`.
 * Assumes: large `d`, `k`; the noise taken as isotropic, good for `d ≪ N`.
 * Source: spiked-matrix formulas applied by us.
 *
 * @param sizes Sizes and noise.
 * @param lambda Strength `λ > 0` of the shift.
 */
export function noisyOverlaps(sizes: NoisySizes, lambda: number): Overlaps {
  const what = "predict the overlaps";
  check(what, sizes);
  checkPositive(what, "lambda", lambda);
  const { d, k, N } = sizes, c = d / k, l2 = signal(sizes, lambda) ** 2;
  if (l2 * l2 <= c) return { u2: 0, v2: 0 };
  return {
    u2: (1 - c * (1 + l2) / (l2 * (l2 + c))) / (1 + (d - 1) / N),
    v2: 1 - (c + l2) / (l2 * (l2 + 1)),
  };
}

/**
 * Risk of the rank-one one-step start relative to that of no start, in the same approximation:
 * `‖γs ûv̂ᵀ − λuvᵀ‖²/λ²` with the leading singular value `s` of the gradient; above 1 the start hurts.
 *
 * Source: ours, from the same spiked-matrix formulas.
 *
 * @param gamma Factor of the start; default 1.
 */
export function noisyStartRisk(sizes: NoisySizes, lambda: number, gamma = 1): number {
  const what = "predict the risk of a noisy start";
  check(what, sizes);
  checkPositive(what, "lambda", lambda);
  checkPositive(what, "gamma", gamma);
  const { d, k, N, sigma } = sizes, c = d / k, l = signal(sizes, lambda), l2 = l * l;
  const unit = sigma * Math.sqrt(k / N);
  const { u2, v2 } = noisyOverlaps(sizes, lambda);
  // Leading singular value in units of the noise; the edge of the bulk below the threshold.
  const top = u2 > 0 ? Math.sqrt((1 + l2) * (c + l2)) / l : 1 + Math.sqrt(c);
  const size = gamma * top * unit / lambda;
  return 1 + size * size - 2 * size * Math.sqrt(u2 * v2);
}
