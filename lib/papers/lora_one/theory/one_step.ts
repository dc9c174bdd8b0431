/**
 * What one step of the full gradient recovers: exact laws for Gaussian inputs.
 *
 * @module
 */
import { checkFinite, checkInteger, checkKeys } from "../../../check.ts";
import { matrix, spectralBound } from "../../../linalg/mod.ts";
import { bartlett, type WishartDraws } from "../../../random/mod.ts";

/** Sizes of a data set: inputs `d`, samples `N > d`. */
export interface Sizes {
  /** Input dimension. */
  readonly d: number;
  /** Number of samples. */
  readonly N: number;
}

function checkSizes(what: string, sizes: Sizes): void {
  checkKeys(what, sizes, ["d", "N"], "sizes");
  const { d, N } = sizes;
  checkInteger(what, "d", d, 1);
  checkInteger(what, `N for d = ${d}`, N, d + 1);
}

/**
 * `E‖γG − Δ‖²_F/‖Δ‖²_F = (1 − γ)² + γ²(d + 1)/N`, exactly, for Gaussian inputs.
 *
 * Source: ours, from `E Σ̂² = (1 + (d + 1)/N) I`.
 *
 * @throws {RangeError} If not `N > d ≥ 1`.
 *
 * @example
 * ```ts
 * import { oneStepError } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(oneStepError({ d: 100, N: 1600 }), 0.063125);
 * ```
 */
export function oneStepError(sizes: Sizes, gamma = 1): number {
  checkSizes("compute the one-step error", sizes);
  checkFinite("compute the one-step error", "gamma", gamma);
  return (1 - gamma) ** 2 + gamma * gamma * (sizes.d + 1) / sizes.N;
}

/** The γ that minimises {@linkcode oneStepError}: `1/(1 + (d + 1)/N)`; its error is `1 − γ*`. */
export function bestShrinkage(sizes: Sizes): number {
  checkSizes("compute the best shrinkage", sizes);
  return 1 / (1 + (sizes.d + 1) / sizes.N);
}

/**
 * A draw of `‖R‖_op` for `R` with `outside × rank` rows `N(0, W₂⁻¹)`, `W₂ ~ Wishart_rank(I, dof)`:
 * `√λ_max(W₂⁻¹W₁)` with `W₁ ~ Wishart_rank(I, outside)`, at cost `O(rank³)`.
 *
 * With `dof = N` it is `tan θ_max(col G, col Δ)` after one step; with `dof = r` it is `‖ba⁺‖` of a
 * random LoRA start: a start of rank `r` knows the subspace as a sample of `r` points would.
 * Source: ours; the second reading is ours too.
 *
 * @param rng Stream.
 * @param options `outside = d − r*`, `rank = r*`, `dof`.
 * @throws {RangeError} If `outside` or `dof` is smaller than `rank`.
 *
 * @example
 * ```ts
 * import { sampleTangent } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const tangent = sampleTangent(stream("7", "angle"), { outside: 1e8, rank: 2, dof: 1e12 });
 * assertAlmostEquals(tangent, 1e-2, 1e-4);
 * ```
 */
export function sampleTangent(
  rng: WishartDraws,
  sizes: { outside: number; rank: number; dof: number },
): number {
  const what = "sample an angle", { outside, rank, dof } = sizes;
  checkKeys(what, sizes, ["outside", "rank", "dof"], "sizes");
  checkInteger(what, "rank", rank, 1);
  checkInteger(what, `outside = d - r* for rank ${rank}`, outside, rank);
  checkInteger(what, `dof for rank ${rank}`, dof, rank);
  const below = bartlett(rng, dof, rank), above = bartlett(rng, outside, rank);
  // T₂⁻¹T₁ by forward substitution, column by column.
  for (let j = 0; j < rank; j++) {
    for (let i = 0; i < rank; i++) {
      let sum = above[i * rank + j];
      for (let l = 0; l < i; l++) sum -= below[i * rank + l] * above[l * rank + j];
      above[i * rank + j] = sum / below[i * rank + i];
    }
  }
  return spectralBound(matrix(rank, rank, above));
}

/** `sin` of an angle given by its tangent. */
export function sineOfTangent(tangent: number): number {
  return tangent / Math.hypot(1, tangent);
}
