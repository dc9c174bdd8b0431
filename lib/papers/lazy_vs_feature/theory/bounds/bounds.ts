/**
 * Numbers to set bounds against: how often Condition 3 fails, and the loss of Example 1.
 *
 * @module
 */
import { checkFinite, checkPositive } from "../../../../check.ts";
import { erf, gaussianExpectation } from "../../../../gaussian/mod.ts";

/**
 * `P(N₁N₂ < −t)` for independent standard normals.
 *
 * Source: classical, `(1/π) ∫_t^∞ K₀`; here as `E Φ(−t/|N|)`.
 *
 * @throws {RangeError} If `t ≤ 0`.
 */
export function normalProductTail(t: number): number {
  checkPositive("evaluate a tail", "t", t);
  const below = (z: number) => z === 0 ? 0 : (1 - erf(t / (Math.abs(z) * Math.SQRT2))) / 2;
  return gaussianExpectation(below, { breakpoints: [0], rtol: 1e-10 });
}

/** Probabilities that Condition 3 fails, over the signs `c` and `ĉ`. */
export interface ConditionFailure {
  /** The paper's bound, `e^{−2/(eκ²)}`. */
  readonly bound: number;
  /** Limit for h₃ as `k → ∞`: `P(N₁N₂ < −2/κ²)`. */
  readonly limit: number;
}

/**
 * How often Condition 3 fails for an orthonormal base.
 *
 * Source: bound: dayi25a, Claim 1 and Lemma 6; limit: ours.
 *
 * @throws {RangeError} If `κ ≤ 0`.
 * @example
 * ```ts
 * import { conditionFailure } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { bound, limit } = conditionFailure(1);
 * assertAlmostEquals(bound, 0.479, 1e-3);
 * assertAlmostEquals(limit, 0.0309, 1e-4);
 * ```
 */
export function conditionFailure(kappa: number): ConditionFailure {
  checkPositive("bound the failures of Condition 3", "kappa", kappa);
  const t = 2 / kappa ** 2;
  return { bound: Math.exp(-t / Math.E), limit: normalProductTail(t) };
}

/** Quadratic form `Σ_i ((e_i + c_i u)·x)²` in the plane: entries `[xx, xy, yy]`. */
function quadraticForm(c: readonly number[], u: readonly number[]): [number, number, number] {
  const square = c[0] ** 2 + c[1] ** 2;
  return [
    1 + 2 * c[0] * u[0] + square * u[0] ** 2,
    c[0] * u[1] + c[1] * u[0] + square * u[0] * u[1],
    1 + 2 * c[1] * u[1] + square * u[1] ** 2,
  ];
}

/** The paper's Example 1, in which `u` lies in the span of the two base neurons `e_1, e_2`. */
export interface ExampleOne {
  /** Left factor of the teacher. */
  readonly c: readonly [number, number];
  /** Angles of the two directions whose perturbations `c uᵀ` and `−c u′ᵀ` give one and the same teacher. */
  readonly angles: readonly [number, number];
}

const R2 = Math.SQRT2, R3 = Math.sqrt(3);

/** Source: dayi25a, Appendix F.1. */
export const EXAMPLE_ONE: ExampleOne = {
  c: [-(1 + R2) * (2 + R3), (1 + R2) * (R2 + R3)],
  angles: [Math.PI / 4, Math.atan(R2)],
};

/**
 * Population loss `½ E(f* − f̂)²` of Example 1 at direction `(cos θ, sin θ)` and left factor `scale·c`.
 *
 * It vanishes at `(angles[0], 1)`, at `(angles[1], −1)`, and at the same with both signs turned.
 *
 * Assumes: `σ(z) = z²`, `λ = (1, 1)`, `w_i = e_i` in the plane; nothing is normalised.
 * Source: setting: dayi25a, Appendix F.1.
 *
 * @throws {RangeError} If an argument is not finite.
 * @example
 * ```ts
 * import { EXAMPLE_ONE, exampleOneLoss } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(exampleOneLoss(EXAMPLE_ONE.angles[1], -1), 0, 1e-20);
 * ```
 */
export function exampleOneLoss(angle: number, scale: number): number {
  checkFinite("evaluate Example 1", "angle", angle);
  checkFinite("evaluate Example 1", "scale", scale);
  const { c, angles } = EXAMPLE_ONE, at = (theta: number) => [Math.cos(theta), Math.sin(theta)];
  const student = quadraticForm(c.map((x) => scale * x), at(angle));
  const [a, b, e] = quadraticForm(c, at(angles[0])).map((x, i) => student[i] - x);
  // E (xᵀDx)² = 2|D|² + (tr D)².
  return a * a + 2 * b * b + e * e + (a + e) ** 2 / 2;
}
