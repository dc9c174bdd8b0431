/**
 * One certificate for α-scaling, rsLoRA and LoRA+: all are plain LoRA in other coordinates.
 *
 * @module
 */
import { checkKeys, checkNonNegative, checkPositive } from "../../../check.ts";
import { type Matrix, spectralBound } from "../../../linalg/mod.ts";
import { SIMPLE_CONSTANT } from "../rules.ts";
import type { Adapters } from "../model.ts";

function times({ rows, columns, data }: Matrix, factor: number): Matrix {
  return { rows, columns, data: data.map((x) => factor * x) };
}

/**
 * `W = W₀ + sBA` with step `η` is plain LoRA in `√s V` with step `sη`.
 *
 * Source: ours; `s = α/r` is LoRA, `α/√r` rsLoRA.
 *
 * @param adapters Factors in the scaled problem.
 * @param scale `s > 0`.
 * @returns The factors of the equivalent plain problem.
 */
export function plainAdapters({ b, a }: Adapters, scale: number): Adapters {
  checkPositive("transport an adapter", "scale", scale);
  return { b: times(b, Math.sqrt(scale)), a: times(a, Math.sqrt(scale)) };
}

/**
 * LoRA+ with `η_B = ρη_A` is plain LoRA of scale `√ρ` in `(B/√ρ, A)` with step `η_A`; certified step
 * `η_A = κ⋆/(L(ρ‖A‖² + ‖B‖²) + √ρ γ)` with descent `≥ ½η_A(ρ‖∇_B‖² + ‖∇_A‖²)`.
 *
 * Source: ours. At `ρ = 1` it is the rule `simple`.
 *
 * @param state Factors, full gradient `G`, `L`.
 * @param ratio `ρ > 0`.
 *
 * @example
 * ```ts
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { loraPlusStep, SIMPLE_CONSTANT } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const one = matrix(1, 1, [1]), state = { b: one, a: one, full: one, smoothness: 1 };
 * assertAlmostEquals(loraPlusStep(state, 4), SIMPLE_CONSTANT / (4 + 1 + 2));
 * ```
 */
export function loraPlusStep(
  state: Adapters & { full: Matrix; smoothness: number },
  ratio: number,
): number {
  checkKeys("certify LoRA+", state, ["b", "a", "full", "smoothness"], "the state");
  const { b, a, full, smoothness } = state;
  checkPositive("certify LoRA+", "ratio", ratio);
  const square = ({ data }: Matrix) => data.reduce((sum, x) => sum + x * x, 0);
  const curvature = smoothness * (ratio * square(a) + square(b));
  return SIMPLE_CONSTANT / (curvature + Math.sqrt(ratio) * spectralBound(full));
}

/** `‖V‖² ≤ 2(J_λ(V₀) − L*)/λ`: weight decay `λ` bounds the adapters. Ours. */
export function decayBound(gap: number, decay: number): number {
  checkNonNegative("bound the adapters", "gap", gap);
  checkPositive("bound the adapters", "decay", decay);
  return 2 * gap / decay;
}

/** `‖V_∞‖² = 2 log(1/λ − 1)` of the balanced scalar logistic loss under weight decay. Ours. */
export function logisticDecayLimit(decay: number): number {
  checkPositive("find the limit", "decay", decay);
  checkPositive("find the limit", "1 - 2 decay", 1 - 2 * decay);
  return 2 * Math.log(1 / decay - 1);
}
