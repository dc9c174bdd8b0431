/**
 * One step of the paper's rule on a straight slope of small curvature.
 *
 * @module
 */
import type { Row } from "../../../experiment/table/row.ts";
import { rateRule } from "../rules.ts";

/** One step of the paper's rule as printed on a pseudo-Huber slope near `V = 0`. */
export interface SlopeRow extends Row {
  /** `L`. */
  smoothness: number;
  /** `(J₊ − J)/(η‖∇J‖²)`. */
  decrease: number;
  /** Learning rate. */
  eta: number;
  /** `f′` at the start. */
  slope: number;
}

/**
 * One step of the paper's rule, as printed, on `f(x) = gℓ√(1 + ((x + 10ℓ)/ℓ)²)`, `ℓ = g/L`, from `a = b`,
 * `‖V‖² = 10⁻³`: a slope that is nearly straight on the scale of `V`.
 *
 * Source: ours.
 *
 * @param L Smoothness of `f`.
 * @param g Slope at infinity.
 */
export function slopeStep(L: number, g: number): SlopeRow {
  const width = g / L, u = Math.sqrt(1e-3 / 2);
  const slopeAt = (x: number) => {
    const z = (x + 10 * width) / width;
    return g * z / Math.sqrt(1 + z * z);
  };
  const x = u * u, slope = slopeAt(x);
  const sizes = { smoothness: L, loss: 0, v2: 2 * x, vop: 0, g: slope, gamma: slope, gradient: 0 };
  const eta = rateRule("printed").rate(sizes, 0), after = (u - eta * slope * u) ** 2;
  // The difference of two values near 10³ g²/L, by ∫f′: Simpson on a nearly straight slope.
  const rise = (after - x) * (slope + 4 * slopeAt((x + after) / 2) + slopeAt(after)) / 6;
  return { smoothness: L, decrease: rise / (eta * slope * slope * 2 * x), eta, slope };
}
