/**
 * Convergence bounds of LoRA gradient descent with the paper's rule, with explicit constants.
 *
 * @module
 */
import { checkNonNegative } from "../../../check.ts";
import { checkSmoothness, PAPER_CONSTANT } from "../rules.ts";

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
function coefficients({ smoothness, gap, v2 }: BoundOptions): { a: number; b: number } {
  const cl = PAPER_CONSTANT * smoothness;
  return {
    a: Math.max(1, cl * (2 * v2 + Math.sqrt(2 * smoothness * gap))),
    b: 8 * cl * gap,
  };
}

/** The same after a look at what they are made of. */
function line(what: string, options: BoundOptions, steps: number): { a: number; b: number } {
  checkSmoothness(what, options.smoothness);
  checkNonNegative(what, "gap (J(V0) minus a finite lower bound of the loss)", options.gap);
  checkNonNegative(what, "v2", options.v2);
  if (!(steps >= 1 && steps < Infinity)) {
    throw new RangeError(
      `Cannot ${what} as steps must be a finite number >= 1: current value is ${steps}`,
    );
  }
  return coefficients(options);
}

/** `2T/(a + √(a² + 2bT))`, whatever `L` is. */
function sumFormula({ a, b }: { a: number; b: number }, steps: number): number {
  return 2 * steps / (a + Math.sqrt(a * a + 2 * b * steps));
}

/**
 * The right side of (sqrt) as a formula, without its condition `L ≥ 1/(6√2)`: below, it is no bound, which
 * `twoCycle` shows. {@linkcode boundSqrt} is the bound.
 *
 * Source: ours.
 */
export function sqrtFormula(options: BoundOptions, steps: number): number {
  return 4 * options.gap / sumFormula(coefficients(options), steps);
}

/**
 * `min_{t<T} ‖∇J‖² ≤ 4Δb/log(1 + bT/a)`: the rate `O(1/log T)` of the paper's Theorem 3.5.
 *
 * Source: the rate is the paper's (as reported); the constants are our reconstruction.
 *
 * @param steps `T ≥ 1`.
 * @throws {RangeError} If `T < 1`, `L < 1/(6√2)`, or the gap is not finite (a loss without a lower bound).
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
  return sumFormula(line("bound the step sum", options, steps), steps);
}

/**
 * `min_{t<T} ‖∇J‖² ≤ 4Δ/S_T ≤ 2Δ(a + √(a² + 2bT))/T = O(Δ^{3/2}√(L/T))`: the same algorithm under the
 * same assumptions as the paper's theorem.
 *
 * Source: ours.
 */
export function boundSqrt(options: BoundOptions, steps: number): number {
  return 4 * options.gap / sumFormula(line("bound the gradient", options, steps), steps);
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
 * @param time `S_T ≥ 0`.
 */
export function growthBound(options: BoundOptions, time: number): number {
  line("bound the adapters", options, 1);
  checkNonNegative("bound the adapters", "time", time);
  return 2 * options.v2 + 8 * options.gap * time;
}

/**
 * `min_{t<T} ‖∇J‖² ≤ 4Δ max{1, cL(C² + √(2LΔ))}/T` as long as `‖V_t‖² ≤ C²`: the `O(1/T)` for bounded adapters.
 *
 * Source: the rate is the paper's (Theorem 3.5, as reported); the constants are ours.
 *
 * @param most `C²`, a bound of `‖V_t‖²` over all steps.
 *
 * @example At the least `C` that is possible it is below (sqrt).
 * ```ts
 * import { boundBounded, boundSqrt } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const unit = { smoothness: 1, gap: 1, v2: 1 };
 * assert(boundBounded(unit, 1, 1e6) < boundSqrt(unit, 1e6));
 * ```
 */
export function boundBounded(options: BoundOptions, most: number, steps: number): number {
  const what = "bound the gradient";
  line(what, options, steps);
  checkNonNegative(what, "most", most);
  const { smoothness, gap } = options, size = most + Math.sqrt(2 * smoothness * gap);
  return 4 * gap * Math.max(1, PAPER_CONSTANT * smoothness * size) / steps;
}
