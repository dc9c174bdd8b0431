/**
 * The model on one screen: gradient descent on the factors of an adapter, in the paper's symbols. Slow and
 * plain; everything fast is tested equal to it.
 *
 * @module
 */
import {
  add,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
} from "../../linalg/mod.ts";
import type { Loss } from "./losses.ts";

/** The two factors of an adapter, `X = BA`, on top of frozen weights that the loss `L(X)` has absorbed. */
export interface Adapters {
  /** `B`, `m × r`. */
  readonly b: Matrix;
  /** `A`, `r × n`. */
  readonly a: Matrix;
}

/** `J(V) = L(BA)` and its gradient: with `G = ∇L(BA)` it is `∇_B J = GAᵀ`, `∇_A J = BᵀG`. */
export function objective(
  loss: Loss,
  { b, a }: Adapters,
): { readonly value: number; readonly full: Matrix; readonly gradient: Adapters } {
  const full = matrix(loss.rows, loss.columns), value = loss.evaluate(multiply(b, a), full);
  return { value, full, gradient: { b: multiplyNT(full, a), a: multiplyTN(b, full) } };
}

/** `‖V‖² = ‖A‖² + ‖B‖²` of the stack `V = [B; Aᵀ]`. */
export function stackSize({ b, a }: Adapters): number {
  return frobeniusNorm(b) ** 2 + frobeniusNorm(a) ** 2;
}

/**
 * One step: both factors move from their old values, `V ← V − η ∇J(V)`.
 *
 * Source: the paper, its algorithm (as reported).
 *
 * @example From `a = 2`, `b = 0` towards `ab = 1`.
 * ```ts
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { loraStep, quadratic } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const start = { b: matrix(1, 1, [0]), a: matrix(1, 1, [2]) };
 * const { b, a } = loraStep(quadratic(matrix(1, 1, [1])), start, 0.1);
 * assertEquals([b.data[0], a.data[0]], [0.2, 2]);
 * ```
 */
export function loraStep(loss: Loss, { b, a }: Adapters, eta: number): Adapters {
  const { gradient } = objective(loss, { b, a });
  return { b: add(b, gradient.b, -eta), a: add(a, gradient.a, -eta) };
}
