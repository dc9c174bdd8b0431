/**
 * How fast the error disappears near the end, block by block, and how long a run must be.
 *
 * @module
 */
import { checkKeys, checkPositive } from "../../../../check.ts";
import type { Problem } from "../../model.ts";
import { competitionMode } from "./competition.ts";

/** Rates at which the entries of the error fall; the parts of the loss fall twice as fast. */
export interface LocalRates {
  /** Rate `μ` of the signal `e = uᵀEv`. */
  readonly mu: number;
  /** Rates of `E_{i,v}` by column of the left basis `u`; `μ` at the target's own. */
  readonly rows: Float64Array;
  /** Rates of `E_{u,j}` by column of the right basis `v`; `μ` at the target's own. */
  readonly columns: Float64Array;
  /** Smallest rate `μ_⊥` in the row and the column of the signal, without its own entry. */
  readonly muPerp: number;
}

/**
 * Local rates once the adapters have learnt `x₁` and `x₂` along the target.
 *
 * Law: `μ = 2[x₁(s₂ + x₂)² + ρx₂(s₁ + x₁)²]`; entry `(i, v)` falls at `s₂ᵢ²x₁ + ρ(s₁ + x₁)²x₂`, entry
 * `(u, j)` at `(s₂ + x₂)²x₁ + ρs₁ⱼ²x₂`; `E_⊥⊥` stays. So the loss has three local stages: the signal, at
 * `2μ`; the rows and columns, at `2μ_⊥`; then the final error. For `x₂ → 0` and `ρ = 1`:
 * `2μ = 4σσ_{W₂}`.
 * Assumes: Assumptions 2.1 and 2.2, a rank-one target, adapters small outside the signal.
 * Source: ours (T13); sharp counterpart of the paper's Theorem 3.2, which proves
 * `(1 − δ_w)σσ_{W₂}/32`.
 *
 * @param options `rho`, the learning rate of adapter 2 over that of adapter 1.
 * @throws {RangeError} If an assumption fails, or a product is not a finite number > 0.
 *
 * @example
 * ```ts
 * import { localRates, problemQ } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { mu, rows } = localRates(problemQ({ delta: 0.5 }), 0.7 / 1.3, 1e-12);
 * assertAlmostEquals(mu, 4 * 1.3 * 0.7 / 2, 1e-9);
 * assertAlmostEquals(rows[8], 0.4 ** 2 * 0.7 / 1.3, 1e-9);
 * ```
 */
export function localRates(
  problem: Problem,
  x1: number,
  x2: number,
  options: { readonly rho?: number } = {},
): LocalRates {
  const what = "compute the local rates";
  checkKeys(what, options, ["rho"]);
  const { rho = 1 } = options;
  for (const [name, value] of Object.entries({ x1, x2, rho })) checkPositive(what, name, value);
  const { s2, s1, uOf, vOf, index } = competitionMode(what, problem);
  const { rows: m, columns: n } = problem.target, at1 = s1[index] + x1, at2 = s2[index] + x2;
  const rows = new Float64Array(m).fill(rho * at1 ** 2 * x2);
  const columns = new Float64Array(n).fill(at2 ** 2 * x1);
  uOf.forEach((i, k) => i >= 0 && (rows[i] += s2[k] ** 2 * x1));
  vOf.forEach((j, k) => j >= 0 && (columns[j] += rho * s1[k] ** 2 * x2));
  const mu = 2 * (x1 * at2 ** 2 + rho * x2 * at1 ** 2);
  rows[uOf[index]] = columns[vOf[index]] = mu;
  const others = [
    ...rows.filter((_, i) => i !== uOf[index]),
    ...columns.filter((_, j) => j !== vOf[index]),
  ];
  return { mu, rows, columns, muPerp: Math.min(...others) };
}

/**
 * How long a run must be to show its final error: `T_½ + log(L₂/L_∞)/μ_⊥`, when the second local stage
 * has fallen from `L₂` to `L_∞²/L₂`. Shorter runs show slopes of the second stage.
 *
 * Source: ours (T13).
 *
 * @param options `halfTime`, the rate `muPerp`, and the two levels of the loss, `stage2` and `final`.
 * @throws {RangeError} If one is not a finite number > 0.
 *
 * @example
 * ```ts
 * import { horizonFor } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const t = horizonFor({ halfTime: 9, muPerp: 0.1, stage2: 1e-8, final: 1e-16 });
 * assertAlmostEquals(t, 9 + 80 * Math.LN10, 1e-12);
 * ```
 */
export function horizonFor(
  options: {
    readonly halfTime: number;
    readonly muPerp: number;
    readonly stage2: number;
    readonly final: number;
  },
): number {
  const what = "recommend a horizon";
  checkKeys(what, options, ["halfTime", "muPerp", "stage2", "final"]);
  const { halfTime, muPerp, stage2, final } = options;
  for (const [name, value] of Object.entries({ halfTime, muPerp, stage2, final })) {
    checkPositive(what, name, value);
  }
  return halfTime + Math.max(0, Math.log(stage2 / final)) / muPerp;
}
