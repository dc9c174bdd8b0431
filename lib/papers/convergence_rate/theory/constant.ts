/**
 * A constant step on `½(ab − y)²`: an exact identity, and the boundary of divergence.
 *
 * @module
 */
import { checkFinite, checkPositive } from "../../../check.ts";

/** A state of the scalar model. */
export interface ScalarState {
  /** `a`. */
  readonly a: number;
  /** `b`. */
  readonly b: number;
  /** Target. */
  readonly y: number;
  /** Step. */
  readonly eta: number;
}

/**
 * `F = η(a² + b²) − η²yR`, `R = ab − y`. One step of gradient descent obeys exactly
 * `F₊ − 4 = (F − 4)(1 + η²R ab)`; for `|ηy| < 2` the sign of `F − 4` never changes, and decides:
 * bounded below, divergent (but for a null set) above.
 *
 * Source: ours, convergence-rate §5.12.
 *
 * @example
 * ```ts
 * import { scalarInvariant } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(scalarInvariant({ a: 2, b: 0, y: 1, eta: 0.5 }), 2.25);
 * ```
 */
export function scalarInvariant({ a, b, y, eta }: ScalarState): number {
  return eta * (a * a + b * b) - eta * eta * y * (a * b - y);
}

/** The factor `1 + η²R ab` by which `F − 4` changes in one step. */
export function invariantFactor({ a, b, y, eta }: ScalarState): number {
  return 1 + eta * eta * (a * b - y) * a * b;
}

/**
 * Smallest step at which gradient descent from LoRA's start `b₀ = 0` diverges:
 * `8/(a₀² + √(a₀⁴ + 16y²))`.
 *
 * Assumes: `η|y| < 2`. For large `a₀` it is `ηa₀² → 4`.
 * Source: ours, convergence-rate §5.12.
 *
 * @throws {RangeError} If an argument is not finite, or both are 0.
 *
 * @example
 * ```ts
 * import { divergenceStep } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(divergenceStep(2, 1), 2 * (Math.SQRT2 - 1), 1e-15);
 * ```
 */
export function divergenceStep(a0: number, y: number): number {
  checkFinite("find the divergence step", "a0", a0);
  checkFinite("find the divergence step", "y", y);
  checkPositive("find the divergence step", "|a0| + |y|", Math.abs(a0) + Math.abs(y));
  return 8 / (a0 * a0 + Math.sqrt(a0 ** 4 + 16 * y * y));
}

/** Step above which the loss rises in the second step, from `b₀ = 0`: `2/a₀²`. Ours, §5.12. */
export function monotoneStep(a0: number): number {
  checkPositive("find the monotone step", "|a0|", Math.abs(a0));
  return 2 / (a0 * a0);
}
