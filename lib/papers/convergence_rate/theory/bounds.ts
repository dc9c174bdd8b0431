/**
 * Convergence bounds of LoRA gradient descent with the paper's rule, with explicit constants.
 *
 * @module
 */
import { checkNonNegative, checkPositive } from "../../../check.ts";
import { LEAST_SMOOTHNESS, PAPER_CONSTANT } from "../rules.ts";

/** What the bounds depend on. */
export interface BoundOptions {
  /** `L ≥ 1/(6√2)`, below which the statements fail (our finding). */
  readonly smoothness: number;
  /** `Δ = J(V₀) − L*`, finite: the loss has a lower bound. */
  readonly gap: number;
  /** `‖V₀‖²`. */
  readonly v2: number;
}

/** `a` and `b` of `η_t ≥ 1/(a + b S_t)`. */
function line(what: string, { smoothness, gap, v2 }: BoundOptions, steps: number) {
  checkPositive(what, "smoothness", smoothness);
  if (smoothness < LEAST_SMOOTHNESS) {
    throw new RangeError(
      `Cannot ${what} as smoothness must be >= 1/(6√2) = ${LEAST_SMOOTHNESS}, below which the statement ` +
        `fails; an L-smooth loss is L'-smooth for any larger L': current value is ${smoothness}`,
    );
  }
  checkNonNegative(what, "gap (J(V0) minus a finite lower bound of the loss)", gap);
  checkNonNegative(what, "v2", v2);
  if (!(steps >= 1 && steps < Infinity)) {
    throw new RangeError(
      `Cannot ${what} as steps must be a finite number >= 1: current value is ${steps}`,
    );
  }
  const cl = PAPER_CONSTANT * smoothness;
  return {
    a: Math.max(1, cl * (2 * v2 + Math.sqrt(2 * smoothness * gap))),
    b: 8 * cl * gap,
  };
}

/**
 * `min_{t<T} ‖∇J‖² ≤ 4Δb/log(1 + bT/a)`: the rate `O(1/log T)` of the paper's Theorem 3.5.
 *
 * Source: the rate is the paper's (as reported); the constants are our reconstruction.
 *
 * @param steps `T ≥ 1`.
 * @throws {RangeError} If `T < 1`, `L ≤ 0`, or the gap is not finite (a loss without a lower bound).
 *
 * @example
 * ```ts
 * import { boundLog, boundSqrt } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const unit = { smoothness: 1, gap: 1, v2: 1 };
 * assertAlmostEquals(boundLog(unit, 1e6), 12.34194245, 1e-8);
 * assertAlmostEquals(boundSqrt(unit, 1e6), 0.01906598047, 1e-10);
 * ```
 */
export function boundLog(options: BoundOptions, steps: number): number {
  const { a, b } = line("bound the gradient", options, steps);
  return b === 0 ? 0 : 4 * options.gap * b / Math.log1p(b * steps / a);
}

/**
 * `S_T ≥ 2T/(a + √(a² + 2bT))`: accumulated optimisation time of the paper's rule.
 *
 * `Φ(S) = aS + ½bS²` grows by at least 1 in each step, so `Φ(S_T) ≥ T`.
 * Source: ours.
 */
export function stepSumLower(options: BoundOptions, steps: number): number {
  const { a, b } = line("bound the step sum", options, steps);
  return 2 * steps / (a + Math.sqrt(a * a + 2 * b * steps));
}

/**
 * `min_{t<T} ‖∇J‖² ≤ 4Δ/S_T ≤ 2Δ(a + √(a² + 2bT))/T = O(Δ^{3/2}√(L/T))`: the same algorithm under the
 * same assumptions as the paper's theorem.
 *
 * Source: ours.
 */
export function boundSqrt(options: BoundOptions, steps: number): number {
  return 4 * options.gap / stepSumLower(options, steps);
}

/**
 * `min_{t<T} ‖∇J‖²/max(‖V‖² + ‖G‖, 1/(4√2L)) ≤ 16√2 LΔ/T`, without a bound on `V`.
 *
 * Source: ours.
 */
export function boundNormalised(options: BoundOptions, steps: number): number {
  line("bound the normalised gradient", options, steps);
  return 16 * Math.SQRT2 * options.smoothness * options.gap / steps;
}

/** `min_{t<T} ‖∇L‖² ≤ 2LΔ/T` of full gradient descent with step `1/L`. Classical. */
export function boundDescent(options: BoundOptions, steps: number): number {
  line("bound gradient descent", options, steps);
  return 2 * options.smoothness * options.gap / steps;
}

/**
 * `‖V_T‖² ≤ 2‖V₀‖² + 8ΔS_T`: how far the adapters can get.
 *
 * Source: ours (reconstruction of the paper's `O(t)`).
 *
 * @param time `S_T`.
 */
export function growthBound({ gap, v2 }: BoundOptions, time: number): number {
  return 2 * v2 + 8 * gap * time;
}
