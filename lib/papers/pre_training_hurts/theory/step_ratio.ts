/**
 * Steps of the search from its linear dynamics, with a step size of its own for each factor.
 *
 * @module
 */
import { checkFinite, checkPositive, show } from "../../../check.ts";
import { growthRate } from "./growth.ts";
import type { SearchMatrix } from "./search_matrix.ts";

/** The linear dynamics of the search, per unit of `η_u`. */
export interface LinearSearch {
  /** Entries of the search phase at μ. */
  readonly matrix: SearchMatrix;
  /** Step size `η_u`, before it is divided by `N_k`. */
  readonly step: number;
  /** `ζ = η_ω/η_u`; 1 when not given. */
  readonly ratio?: number;
}

/**
 * Logarithm of `m₀/m(0)` on the unstable mode: how much of an overlap is lost because `u` starts near 0.
 *
 * Law: the matrix `[[B, A], [ζA, 0]]` has the right eigenvector `(λ, ζA)` and the left one `(λ, A)`; a start
 * `(0, m₀)` has the part `ζA²/(λ² + ζA²)` of `m₀` on the mode that grows.
 *
 * Source: ours.
 */
export function modeLoss({ matrix, ratio = 1 }: Omit<LinearSearch, "step">): number {
  const rate = growthRate(matrix, ratio), part = ratio * matrix.A ** 2;
  return Math.log1p(rate * rate / part);
}

/**
 * Steps in which the overlap grows from `m₀` to `radius`, as long as the dynamics is linear:
 * `[ln(R/m₀) + ln((λ² + ζA²)/(ζA²))]/ln(1 + η_u λ)`.
 *
 * Assumes: `R ≪ 1`, `u₀ = 0`, no noise, and the decaying mode gone.
 * Scale: steps. Source: ours.
 *
 * @param search Its dynamics.
 * @param span Overlaps `m₀` at the start and `radius` at the end, both > 0.
 * @throws {RangeError} If an overlap, a step or a ratio is not > 0, or `A = 0`: then nothing grows.
 *
 * @example Against the linear recursion, step by step.
 * ```ts
 * import { searchSteps } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const A = 0.1, B = -1, [ofU, ofOmega] = [0.1, 2];
 * let u = 0, m = 1e-9, steps = 0;
 * for (; m < 1e-3; steps++) [u, m] = [u + ofU * (B * u + A * m), m + ofOmega * A * u];
 * const found = searchSteps({ matrix: { A, B }, step: ofU, ratio: 20 }, { m0: 1e-9, radius: m });
 * assertAlmostEquals(found, steps, 1e-9 * steps);
 * ```
 */
export function searchSteps(
  search: LinearSearch,
  { m0, radius }: { readonly m0: number; readonly radius: number },
): number {
  const what = "compute the steps of the search";
  for (const [name, value] of Object.entries({ m0, radius, step: search.step })) {
    checkPositive(what, name, value);
  }
  checkFinite(what, "A", search.matrix.A);
  if (search.matrix.A === 0) {
    throw new RangeError(`Cannot ${what} as A must not vanish: current value is ${show(0)}`);
  }
  const growth = Math.log1p(search.step * growthRate(search.matrix, search.ratio));
  return (Math.log(radius / m0) + modeLoss(search)) / growth;
}
