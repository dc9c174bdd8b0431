/** Gaussian moments of a student and a teacher activation. */
import { type Activation, activation } from "./activation.ts";
import { erfMoments, polynomialMoments, reluMoments } from "./closed_moments.ts";
import { kinkedMoments } from "./kinked_moments.ts";
import { smoothMoments } from "./smooth_moments.ts";

/**
 * Second moments of `σ(λ)` and `σ⋆(λ⋆)` with `(λ, λ⋆) ~ N(0, [[r, q], [q, 1]])`.
 *
 * The population loss of a single-index model is `L(r, q) = ½ self(r) − cross(r, q) + ½ target`.
 * All functions accept `r ≥ 0` and clamp `r − q²` at 0; they check nothing.
 */
export interface PairMoments {
  /** `E σ(λ)²`. */
  self(r: number): number;
  /** Its derivative in `r`, `E[σ′(λ)² + σ(λ) σ″(λ)]`. */
  selfDr(r: number): number;
  /** `E σ(λ) σ⋆(λ⋆)`. */
  cross(r: number, q: number): number;
  /**
   * Its derivative in `r`, `½ E σ″(λ) σ⋆(λ⋆)`. With a kink at 0 it grows like `r^{−1/2}`; at
   * `r = 0` itself the point mass of `σ″` is left out.
   */
  crossDr(r: number, q: number): number;
  /** Its derivative in `q`, `E σ′(λ) σ⋆′(λ⋆)`. */
  crossDq(r: number, q: number): number;
  /** `E σ⋆(λ⋆)²`. */
  readonly target: number;
  /** How the moments are computed. */
  readonly kind: "closed form" | "quadrature";
}

/**
 * Moments of this pair: closed forms for two polynomials and for erf or ReLU with itself,
 * quadrature for every other pair.
 *
 * Law: `L(r, q) = ½ E σ(λ)² − E σ(λ) σ⋆(λ⋆) + ½ E σ⋆(λ⋆)²`.
 *
 * Assumes: Gaussian inputs. Closed forms have relative errors near 1e-14. Smooth pairs: a
 * trapezoidal rule in two dimensions, refined until it has settled (about 1e-14 for the usual
 * activations, tens of µs). Pairs with kinks: nested Gauss–Legendre panels split at
 * the kinks (about 1e-12, below a millisecond). The last `(r, q)` is remembered, so the three
 * functions of `cross` cost one evaluation together.
 * Source: pre-training-hurts, spec §3.1.
 *
 * @param student `σ`.
 * @param teacher `σ⋆`.
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { activation, pairMoments } from "lora-dynamics/gaussian/mod.ts";
 * const he2 = pairMoments(activation("He2"), activation("He2"));
 * assertEquals(he2.kind, "closed form");
 * assertAlmostEquals(he2.self(0.5), 3 * 0.5 ** 2 - 2 * 0.5 + 1, 1e-15);
 * assertAlmostEquals(he2.crossDq(0.5, 0.3), 2 * 2 * 0.3, 1e-15);
 * ```
 */
export function pairMoments(student: Activation, teacher: Activation): PairMoments {
  if (student.series && teacher.series) return polynomialMoments(student.series, teacher.series);
  if (student === teacher && student === activation("erf")) return erfMoments();
  if (student === teacher && student === activation("relu")) return reluMoments();
  if (student.smooth && teacher.smooth) return smoothMoments(student, teacher);
  return kinkedMoments(student, teacher);
}
