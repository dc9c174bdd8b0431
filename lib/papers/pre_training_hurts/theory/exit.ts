/**
 * When the search ends: the unstable mode from its start to a threshold.
 *
 * @module
 */
import { checkFinite, checkInside, checkKeys, checkPositive } from "../../../check.ts";
import { growthPerStep, growthRate } from "./growth.ts";
import type { SearchMatrix } from "./search_matrix.ts";

/** Start and end of a search. */
export interface SearchSpan {
  /** Overlap at the start, in size. */
  readonly m0: number;
  /** Scalar factor at the start, with the sign of `u₀m₀`; 0 when not given. */
  readonly u0?: number;
  /** Overlap `R` at the end. */
  readonly radius: number;
}

/**
 * Exit time of the authors' code, `τ ln(R/ε)` with `ε = m₀`: all of the start is taken to grow.
 *
 * Scale: gradient-flow time. Source: code of nwemadji2026when (there with R = 1, ε = 10⁻³).
 *
 * @throws {RangeError} If `m0` or `radius` is not in (0, 1].
 *
 * @example
 * ```ts
 * import { codeExit, searchMatrix } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const time = codeExit(searchMatrix(0.5, "x"), { m0: 1e-3, radius: 1 });
 * assertAlmostEquals(time, (2 + 2 * Math.SQRT2) * Math.log(1000), 1e-10);
 * ```
 */
export function codeExit(matrix: SearchMatrix, span: SearchSpan): number {
  checkSpan("compute the exit time", span);
  const { m0, radius } = span;
  return Math.log(radius / m0) / growthRate(matrix);
}

/**
 * Steps of the linear search until `|m| = R`, counting only what the start has in the unstable mode:
 * `m(t) ≃ ζA(λu₀ + Am₀)/(λ² + ζA²)·(1 + η_uλ)^t`, so that
 * `t = [ln(R/m₀) + ln((λ² + ζA²)/(ζA² + ζAλu₀/m₀))]/ln(1 + η_uλ)`.
 *
 * Law: with `ζ = η_ω/η_u` the matrix `[[B, A], [ζA, 0]]` has the left eigenvector `(λ, A)` and the right one
 * `(λ, ζA)`; a gradient step multiplies the mode by `1 + η_uλ`.
 *
 * Assumes: `m` small all the way. Its saturation is left out: for the linear target at μ → 1 the way to `R = ½`
 * takes `ln(1/√(1 − R²)) = 0.14` of τ longer. No noise.
 * Scale: steps. Source: ours.
 *
 * @param step Step size η, or `[η_u, η_ω]`, over `N_k` as `A` and `B` are.
 * @returns `NaN` where the start has nothing in the mode, or moves through 0 first.
 * @throws {RangeError} If an overlap or a step is out of its range.
 *
 * @example The projection: where `λ ≫ A` most of the time is spent on growing `u`.
 * ```ts
 * import { codeExit, exitSteps, searchMatrix } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const matrix = searchMatrix(0.1, "He2"), span = { m0: 0.01, radius: 0.1 }, step = 1e-6;
 * const added = step * exitSteps(matrix, step, span) - codeExit(matrix, span);
 * const lambda = 1 / 1.898050792700652;
 * assertAlmostEquals(added * lambda, Math.log(1 + (lambda / matrix.A) ** 2), 1e-5);
 * ```
 */
export function exitSteps(
  matrix: SearchMatrix,
  step: number | readonly [ofU: number, ofOmega: number],
  span: SearchSpan,
): number {
  const what = "compute the exit steps", { m0, u0 = 0, radius } = span;
  checkSpan(what, span);
  checkFinite(what, "u0", u0);
  const [etaU, etaOmega] = typeof step === "number" ? [step, step] : step;
  checkPositive(what, "step", etaU);
  checkPositive(what, "step", etaOmega);
  const ratio = etaOmega / etaU, lambda = growthRate(matrix, ratio), { A } = matrix;
  const square = ratio * A * A,
    share = (square + ratio * A * lambda * u0 / m0) /
      (lambda * lambda + square);
  if (!(share > 0)) return NaN;
  return Math.log(radius / (m0 * share)) / Math.log1p(growthPerStep(matrix, etaU, etaOmega));
}

function checkSpan(what: string, span: SearchSpan): void {
  checkKeys(what, span, ["m0", "u0", "radius"], "the span");
  const { m0, radius } = span;
  checkInside(what, "m0", m0, 0, 1);
  checkPositive(what, "radius", radius);
  if (radius < m0) {
    throw new RangeError(
      `Cannot ${what} as radius must be at least m0 = ${m0}: current value is ${radius}`,
    );
  }
}
