/**
 * The paper's own algorithm: a frozen random `ĉ`. For an orthonormal base and `λ = 1/√k` the whole
 * landscape depends on two numbers, `A = (Σc)(Σĉ)` and `q = ⟨ĉ, c⟩`.
 *
 * @module
 */
import { checkInteger, checkPositive, checkWithin } from "../../../../check.ts";
import type { ActivationLike } from "../../../../gaussian/mod.ts";
import { condition3 } from "./condition3.ts";
import { kernelOf } from "./kernel.ts";

/** What the landscape of a frozen `ĉ` depends on. */
export interface FrozenLandscape {
  /** Activation, or what makes one. */
  readonly activation: ActivationLike;
  /** Number of neurons. */
  readonly k: number;
  /** Perturbation per neuron. */
  readonly kappa: number;
  /** `(Σ c_i)(Σ ĉ_i)`. */
  readonly A: number;
  /** `⟨ĉ, c⟩`. */
  readonly q: number;
}

/**
 * `Φ′(m)` of a frozen `ĉ` from two numbers.
 *
 * Assumes: orthonormal base, quantised `c` and `ĉ`, `λ = 1/√k`.
 * Source: ours; a resummation of dayi25a, Prop. 4.
 *
 * @throws {RangeError} If `m` or `q` is outside `[−1, 1]`, `k < 1`, `κ ≤ 0`, or `|A| > k`.
 */
export function frozenSlope({ activation, k, kappa, A, q }: FrozenLandscape, m: number): number {
  const what = "evaluate the landscape";
  checkWithin(what, "m", m, -1, 1);
  checkWithin(what, "q", q, -1, 1);
  checkInteger(what, "k", k, 1);
  checkPositive(what, "kappa", kappa);
  // Sums of k signs over √k are at most √k.
  checkWithin(what, "A", A, -k * (1 + 1e-12), k * (1 + 1e-12));
  const k2 = kappa * kappa, r2 = 1 + k2, x = k2 * m / r2;
  const { slopeC } = kernelOf(activation), slope = (rho: number) => slopeC(1, 1, rho);
  const off = (k * k + k * A) / 2 * slope(x) - (k * k - k * A) / 2 * slope(-x);
  const same = k * (1 + q) / 2 * (slope((1 + k2 * m) / r2) - slope(x));
  const other = k * (1 - q) / 2 * (slope((1 - k2 * m) / r2) - slope(-x));
  return k2 / (r2 * k) * (off + same - other);
}

/**
 * The paper's Condition 3: on the side of `m` that `h(0)` points to, `h·sgn h(0) ≥ |h(0)|/2`; on 41
 * points.
 */
export function conditionHolds(landscape: FrozenLandscape): boolean {
  const start = frozenSlope(landscape, 0), side = start < 0 ? -1 : 1;
  const grid = Array.from({ length: 41 }, (_, i) => frozenSlope(landscape, side * i / 40));
  return condition3(start, grid);
}

/** For h₃: Condition 3 fails where `sgn(q) A < −(2κ² + |q|/2)/κ⁴`. Source: ours. */
export function cubicFails({ kappa, A, q }: Omit<FrozenLandscape, "activation" | "k">): boolean {
  checkPositive("tell whether Condition 3 fails", "kappa", kappa);
  return Math.sign(q) * A < -(2 * kappa ** 2 + Math.abs(q) / 2) / kappa ** 4;
}
