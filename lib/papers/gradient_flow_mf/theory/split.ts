/**
 * Two adapters that compete for one aligned target: who learns how much.
 *
 * @module
 */
import { checkPositive } from "../../../check.ts";
import { findRoot } from "../../../ode/mod.ts";

/** An aligned problem with two balanced adapters. */
export interface Competition {
  /** Singular value of `W₂` along the target: growth rate `s₂σ` of adapter 1. */
  readonly s2: number;
  /** Singular value of `W₁` along the target: growth rate `s₁σ` of adapter 2. */
  readonly s1: number;
  /** Singular value of the target. */
  readonly sigma?: number;
  /** Products of the factors at the start, `x_i(0) = ½‖z₁^{(i)}‖²`. */
  readonly x1: number;
  /** That of adapter 2. */
  readonly x2: number;
  /** Learning rate of adapter 2 over that of adapter 1. */
  readonly rho?: number;
}

/**
 * Final products of the two adapters, and the rate of the last approach.
 *
 * Law: `I = s₁ log x₁ + x₁ − (s₂ log x₂ + x₂)/ρ` is conserved; the end is its intersection with
 * `(s₂ + x₂)(s₁ + x₁) = s₁s₂ + σ`. Hence for `ρδ_w < 1`, `δ_w = s₁/s₂`: `x₂ ∝ α^{2(1−ρδ_w)}`, adapter 2
 * is frozen out as `α → 0`; at `ρδ_w > 1` adapter 1 is. The local rate is
 * `2[x₁(s₂ + x₂)² + ρx₂(s₁ + x₁)²]`.
 * Source: ours, gradient-flow-mf T10; ρ from §11.4.
 *
 * @throws {RangeError} If a parameter is not a finite number > 0.
 *
 * @example
 * ```ts
 * import { finalSplit } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { x1, x2 } = finalSplit({ s2: 1, s1: 0.5, x1: 1e-6, x2: 1e-6 });
 * assertAlmostEquals(x1, 0.9959689421, 1e-10);
 * assertAlmostEquals(x2, 0.002694613355, 1e-12);
 * ```
 */
export function finalSplit(
  { s2, s1, sigma = 1, x1, x2, rho = 1 }: Competition,
): { x1: number; x2: number; rate: number } {
  const what = "compute how two adapters share a target";
  for (const [name, value] of Object.entries({ s2, s1, sigma, x1, x2, rho })) {
    checkPositive(what, name, value);
  }
  const y = s1 * s2 + sigma;
  const invariant = (a: number, b: number) => s1 * Math.log(a) + a - (s2 * Math.log(b) + b) / rho;
  const wanted = invariant(x1, x2);
  // On the hyperbola x₁ falls from σ/s₂ to 0 as x₂ rises from 0 to σ/s₁; I falls with x₂. Either
  // product may be far below rounding of the other: both are taken by their logarithms.
  const other = (log2: number) => (sigma - s1 * Math.exp(log2)) / (s2 + Math.exp(log2));
  const top = Math.log(sigma / s1);
  const gap = (log2: number) => invariant(other(log2), Math.exp(log2)) - wanted;
  let low = top - 1;
  while (!(gap(low) > 0)) low -= 10;
  let high = top;
  for (let shrink = 1e-1; shrink > 1e-17 && !(gap(high) < 0); shrink /= 10) {
    high = top + Math.log1p(-shrink);
  }
  if (!(gap(high) < 0)) {
    // x₁ is the small one: solve for its logarithm instead.
    const mirrored = finalSplit({ s2: s1, s1: s2, sigma, x1: x2, x2: x1, rho: 1 / rho });
    return { x1: mirrored.x2, x2: mirrored.x1, rate: rho * mirrored.rate };
  }
  const b = Math.exp(findRoot(gap, low, high)), a = (y / (s2 + b)) - s1;
  return { x1: a, x2: b, rate: 2 * (a * (s2 + b) ** 2 + rho * b * (s1 + a) ** 2) };
}
