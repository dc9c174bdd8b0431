/** What the moments of a pair are. */
import type { Activation } from "../activation/activation.ts";

/**
 * Second moments of `σ(λ)` and `σ⋆(λ⋆)` with `(λ, λ⋆) ~ N(0, [[r, q], [q, 1]])`.
 *
 * The population loss of a single-index model is `L(r, q) = ½ self(r) − cross(r, q) + ½ target`.
 * All functions want `r ≥ 0` and `|q| ≤ √r` (beyond it by rounding is read as equal) and throw a
 * RangeError otherwise, or where a moment does not exist or its quadrature has not settled; NaN
 * gives NaN.
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

/** Value and derivative in `r` of `E σ(λ)²`. */
export type SelfMoments = readonly [value: number, dr: number];

/** Value and derivatives in `r` and `q` of `E σ(λ) σ⋆(λ⋆)`. */
export type CrossMoments = readonly [value: number, dr: number, dq: number];

/** From here on derivatives in `r` are taken from `σ′` alone; below, division by `r` loses digits. */
export const USE_SLOPES = 1 / 64;

/** `√(r − q²)`, the part of `λ` across `λ⋆`; 0 where the difference is rounding. */
export function across(r: number, q: number): number {
  const square = r - q * q;
  return square > 4 * Number.EPSILON * r ? Math.sqrt(square) : 0;
}

/** Fails a moment with its name, its place and the activations. */
export function refuseMoment(
  moment: string,
  place: string,
  student: Activation,
  teacher: Activation,
  found: string,
): never {
  const names = student.name === teacher.name ? student.name : `${student.name}, ${teacher.name}`;
  throw new RangeError(
    `Cannot compute ${moment} at ${place} for the activation ${names} as the moment must exist and ` +
      `its quadrature must settle: ${found}`,
  );
}
