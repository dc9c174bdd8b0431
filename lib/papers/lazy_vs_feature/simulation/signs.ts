/**
 * Random signs of the paper's algorithm: only three sums of them matter.
 *
 * @module
 */
import { checkInteger } from "../../../check.ts";
import type { Stream } from "../../../random/mod.ts";

/** What the landscape keeps of the signs of `c` and `ĉ`. */
export interface SignSums {
  /** `(Σ c_i)(Σ ĉ_i)`. */
  readonly A: number;
  /** `⟨ĉ, c⟩`. */
  readonly q: number;
}

/**
 * A binomial number of successes in `n` trials, exactly, in `O(log n)` draws: the median of `n`
 * uniforms is a beta variable, and given it the others lie on known sides.
 *
 * Source: Relles, J. Amer. Statist. Assoc. 67 (1972) 612.
 */
function binomial(rng: Stream, n: number, p: number): number {
  let count = 0;
  while (n > 16) {
    const rank = 1 + Math.floor(n / 2), x = rng.gamma(rank), y = rng.gamma(n + 1 - rank);
    const middle = x / (x + y);
    if (middle <= p) {
      count += rank;
      n -= rank;
      p = (p - middle) / (1 - middle);
    } else {
      n = rank - 1;
      p /= middle;
    }
  }
  for (let i = 0; i < n; i++) count += Number(rng.uniform() < p);
  return count;
}

/**
 * `A` and `q` of independent uniform signs of length `k`, at a cost of order `log k`.
 *
 * Source: algorithm: dayi25a (A3 and Eq. 4).
 *
 * @throws {RangeError} If `k` is not an integer `≥ 1`.
 * @example
 * ```ts
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { drawSignSums } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { A, q } = drawSignSums(stream("7", "example"), 65_537);
 * assert(Math.abs(A) < 20 && Math.abs(q) < 0.02);
 * ```
 */
export function drawSignSums(rng: Stream, k: number): SignSums {
  checkInteger("draw signs", "k", k, 1);
  const plus = binomial(rng, k, 0.5);
  const same = binomial(rng, plus, 0.5), other = binomial(rng, k - plus, 0.5);
  // Of ĉ: + on `same` of the + entries of c, and on `other` of the − entries.
  const c = 2 * plus - k, hatC = 2 * (same + other) - k;
  return { A: c * hatC / k, q: (2 * same - plus - (2 * other - (k - plus))) / k };
}
