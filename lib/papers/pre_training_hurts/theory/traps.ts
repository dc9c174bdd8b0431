/**
 * Strengths at which the search stands still, and the one at which it is fastest.
 *
 * @module
 */
import { searchTime } from "./growth.ts";
import type { SearchMatrix } from "./search_matrix.ts";

/**
 * Strengths at which τ diverges inside (0, 1): the roots of `A(μ)`, in increasing order.
 *
 * Below the largest root of an odd Hermite target `A < 0`: the adapter aligns with the wrong sign and
 * erases the pre-trained weight.
 *
 * Source: peaks of τ: code of nwemadji2026when; roots and meaning: ours
 *
 * @param matrix `A` as a function of μ, e.g. `(mu) => hermiteSearchMatrix(mu, 3).A`.
 *
 * @example
 * ```ts
 * import { criticalStrengths, hermiteSearchMatrix } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [muC] = criticalStrengths((mu) => hermiteSearchMatrix(mu, 3).A);
 * assertAlmostEquals(muC, 0.3207243473, 1e-9);
 * ```
 */
export function criticalStrengths(slope: (mu: number) => number): number[] {
  const roots: number[] = [];
  const points = 400, first = 0.02, last = 0.99;
  let left = first, atLeft = slope(left);
  for (let i = 1; i <= points; i++) {
    const right = first + (last - first) * i / points, atRight = slope(right);
    if (atLeft * atRight < 0) roots.push(bisect(slope, left, right));
    left = right;
    atLeft = atRight;
  }
  return roots;
}

function bisect(f: (x: number) => number, low: number, high: number): number {
  const sign = Math.sign(f(low));
  for (let i = 0; i < 200 && high - low > Number.EPSILON * high; i++) {
    const middle = (low + high) / 2;
    if (Math.sign(f(middle)) === sign) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Strength above the traps at which the search is fastest, and its τ, by golden-section search.
 *
 * Source: ours
 *
 * @param matrix Search matrix as a function of μ.
 *
 * @example
 * ```ts
 * import { fastestStrength, hermiteSearchMatrix } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { mu, tau } = fastestStrength((mu) => hermiteSearchMatrix(mu, 3));
 * assertAlmostEquals(mu, 0.7442, 1e-4);
 * assertAlmostEquals(tau, 2.7547, 1e-4);
 * ```
 */
export function fastestStrength(
  matrix: (mu: number) => SearchMatrix,
): { mu: number; tau: number } {
  const traps = criticalStrengths((mu) => matrix(mu).A);
  let low = (traps.at(-1) ?? 0.05) + 1e-6, high = 1 - 1e-6;
  const golden = (Math.sqrt(5) - 1) / 2;
  const time = (mu: number) => searchTime(matrix(mu));
  while (high - low > 1e-9) {
    const x = high - golden * (high - low), y = low + golden * (high - low);
    if (time(x) < time(y)) high = y;
    else low = x;
  }
  const mu = (low + high) / 2;
  return { mu, tau: time(mu) };
}
