/**
 * A constant step on `½(ab − y)²`: an exact identity, and the boundary of divergence.
 *
 * @module
 */
import { checkFinite, checkKeys, checkPositive } from "../../../check.ts";

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

const STATE = ["a", "b", "y", "eta"];

/**
 * `F = η(a² + b²) − η²yR`, `R = ab − y`. One step of gradient descent obeys exactly
 * `F₊ − 4 = (F − 4)(1 + η²R ab)`; for `|ηy| < 2` the sign of `F − 4` never changes, and decides:
 * bounded below, divergent (but for a null set) above.
 *
 * Source: ours.
 *
 * @example
 * ```ts
 * import { scalarInvariant } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(scalarInvariant({ a: 2, b: 0, y: 1, eta: 0.5 }), 2.25);
 * ```
 */
export function scalarInvariant(state: ScalarState): number {
  checkKeys("compute the invariant", state, STATE, "the state");
  const { a, b, y, eta } = state;
  return eta * (a * a + b * b) - eta * eta * y * (a * b - y);
}

/** The factor `1 + η²R ab` by which `F − 4` changes in one step. */
export function invariantFactor(state: ScalarState): number {
  checkKeys("compute the factor of the invariant", state, STATE, "the state");
  const { a, b, y, eta } = state;
  return 1 + eta * eta * (a * b - y) * a * b;
}

/**
 * Smallest step at which gradient descent on `½(ab − y)²` diverges from `(a₀, b₀)`:
 * `8/(a₀² + b₀² + √((a₀² − b₀²)² + 4(a₀b₀ − 2y)²))`, where `F = 4` ({@linkcode scalarInvariant}).
 *
 * From LoRA's start `b₀ = 0` it is `8/(a₀² + √(a₀⁴ + 16y²))`, for large `a₀` `ηa₀² → 4`. It never
 * exceeds `2/|y|`, so that the sign of `F − 4` is conserved up to it.
 *
 * Assumes: `η|y| < 2`. On `½L(ab − y)²` it is `L` times smaller.
 * Source: ours.
 *
 * @throws {RangeError} If an argument is not finite, or all are 0.
 *
 * @example
 * ```ts
 * import { divergenceStep } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(divergenceStep(2, 1), 2 * (Math.SQRT2 - 1), 1e-15);
 * assertAlmostEquals(divergenceStep(3, 9, 3), 2 / 9, 1e-15); // on the diagonal, at the minimum
 * ```
 */
export function divergenceStep(a0: number, y: number, b0: number = 0): number {
  const what = "find the divergence step";
  for (const [name, value] of Object.entries({ a0, y, b0 })) checkFinite(what, name, value);
  checkPositive(what, "|a0| + |y| + |b0|", Math.abs(a0) + Math.abs(y) + Math.abs(b0));
  const p = a0 * a0 + b0 * b0, difference = a0 * a0 - b0 * b0, twice = 2 * (a0 * b0 - 2 * y);
  return 8 / (p + Math.sqrt(difference * difference + twice * twice));
}

/**
 * Step `2/a₀²` above which the first step from `b₀ = 0` raises `½(ab − y)²`.
 *
 * Assumes: `a₀² ≥ 4|y|`. From a smaller start a later step raises the loss at a smaller `η` already.
 * Source: ours; that no later step is the first to raise it is measured.
 *
 * @throws {RangeError} If `a₀² < 4|y|`, or `a₀` is 0.
 *
 * @example
 * ```ts
 * import { monotoneStep } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(monotoneStep(4, -1), 0.125);
 * assertThrows(() => monotoneStep(1, 1), RangeError, "a0^2 must be >= 4|y| = 4");
 * ```
 */
export function monotoneStep(a0: number, y: number): number {
  const what = "find the monotone step";
  checkPositive(what, "|a0|", Math.abs(a0));
  checkFinite(what, "y", y);
  if (a0 * a0 >= 4 * Math.abs(y)) return 2 / (a0 * a0);
  throw new RangeError(
    `Cannot ${what} as a0^2 must be >= 4|y| = ${4 * Math.abs(y)}: current value is ${a0 * a0}`,
  );
}
