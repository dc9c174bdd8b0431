/**
 * Learning `c` afterwards: a linear second layer on `2k` features of the found direction.
 *
 * @module
 */
import { checkWithin } from "../../../../check.ts";
import type { Model } from "../../model.ts";
import { kernelOf } from "../landscape/kernel.ts";
import { gramEntry, populationLoss } from "../landscape/landscape.ts";
import { explained } from "./projection.ts";

/** Mean squared errors `E(f* − ·)²` of second layers on features at overlap `m`. */
export interface SecondLayer {
  /** The paper's candidate: the feature of the right sign for every neuron, weights `λ`. */
  readonly candidate: number;
  /** The best linear read-out of all `2k` features. */
  readonly best: number;
  /** `E f*²`. */
  readonly square: number;
}

/**
 * Errors of second layers on the features `σ(⟨w_i ± κû, x⟩/r₀)` when `⟨û, u⟩ = m`.
 *
 * Sums and differences of the two features of a neuron are uncorrelated with each other, so the read-out
 * is two regressions of size `k`. As `|m| → 1`, `candidate/(1−|m|) → 2Φ′(1)` with `ĉ = c`.
 *
 * Assumes: quantised `c`; `ĉ` plays no part.
 * Source: features and candidate: dayi25a, Theorem 36; exact errors: ours.
 *
 * @throws {RangeError} If `m` is outside `[−1, 1]` or `c` is not quantised.
 * @example
 * ```ts
 * import { fineTuning, secondLayer } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { candidate } = secondLayer(fineTuning({ activation: "h3", k: 8, kappa: 1 }), 0.9);
 * assertAlmostEquals(candidate, 0.2175, 1e-12);
 * ```
 */
export function secondLayer(model: Model, m: number): SecondLayer {
  const what = "fit a second layer", { k, c, lambda, kappa, r0, activation } = model;
  checkWithin(what, "m", m, -1, 1);
  if (c.some((x) => Math.abs(k * x * x - 1) > 1e-9)) {
    throw new RangeError(`Cannot ${what} as c must be ±1/√k: current value is ${c.join(", ")}`);
  }
  const { value } = kernelOf(activation), k2 = kappa * kappa, r2 = r0 * r0;
  const variance = Array.from({ length: k }, (_, i) => (gramEntry(model, i, i) + k2) / r2);
  const sums = new Float64Array(k * k), differences = new Float64Array(k * k);
  const alongSums = new Float64Array(k), alongDifferences = new Float64Array(k);
  let square = 0;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const b = gramEntry(model, i, j);
      const at = (shift: number) => value(variance[i], variance[j], (b + k2 * shift) / r2);
      const same = at(1), opposite = at(-1), sign = Math.sign(c[j]);
      sums[i * k + j] = 2 * (same + opposite);
      differences[i * k + j] = 2 * (same - opposite);
      const up = at(m), down = at(-m);
      alongSums[i] += lambda[j] * (up + down);
      alongDifferences[i] += lambda[j] * sign * (up - down);
      square += lambda[i] * lambda[j] * (Math.sign(c[i]) === sign ? same : opposite);
    }
  }
  const best = square - explained(sums, alongSums, 1e-12) -
    explained(differences, alongDifferences, 1e-12);
  // The right signs are those of c, or of −c for m < 0.
  return { candidate: 2 * populationLoss({ ...model, hatC: c }, Math.abs(m)), best, square };
}
