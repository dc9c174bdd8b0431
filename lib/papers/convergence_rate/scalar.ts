/**
 * Losses of one number through their slope, for balanced scalar adapters `a = b = u`, `x = u²`.
 *
 * @module
 */
import { checkInteger } from "../../check.ts";
import { checkSmoothness, PAPER_CONSTANT } from "./rules.ts";

/** A loss of one number through its slope, for balanced scalar adapters `a = b = u`, `x = u²`. */
export interface ScalarLoss {
  /** `f′(x)`. */
  readonly slope: (x: number) => number;
  /** `L ≥ |f″|`. */
  readonly smoothness: number;
}

/**
 * The power law `(1 + x)^{1−p}/(p − 1)`: `f′ = −(1 + x)^{−p}`, `L = p`.
 *
 * @param p Exponent `> 1`.
 * @throws {RangeError} If `p ≤ 1`: the loss would not be bounded below.
 */
export function powerLaw(p: number): ScalarLoss {
  if (!(p > 1 && p < Infinity)) {
    throw new RangeError(
      `Cannot make a power law as p must be a finite number > 1 (else it has no lower bound): ` +
        `current value is ${p}`,
    );
  }
  return { slope: (x) => -((1 + x) ** -p), smoothness: p };
}

/** The separable logistic loss `log(1 + e^{−x})`: `f′ = −1/(1 + eˣ)`, `L = ¼`. */
export const logistic: ScalarLoss = { slope: (x) => -1 / (1 + Math.exp(x)), smoothness: 0.25 };

/** A slope of constant adapter gradient on the diagonal `a = b`; see {@linkcode valley}. */
export interface Valley {
  /** `‖∇J‖` along the valley. */
  readonly epsilon: number;
  /** `L`. */
  readonly smoothness: number;
  /** `‖V₀‖ = (ε/L)^{1/3}`, where the slope becomes as steep as `L` allows. */
  readonly v0: number;
}

/** Limit of `ε²√(T/L)/Δ^{3/2}` in the worst case, `√(4√2/3)`. */
export const WORST_CASE_CONSTANT: number = Math.sqrt(PAPER_CONSTANT / 3);

/**
 * The worst-case family for `T` steps: `f′(x) = −ε/√(2x)` with `ε = √1.3732 T^{−¼}`, so that `‖∇J‖ = ε`
 * is constant on the diagonal and `Δ → 1`.
 *
 * Source: ours.
 *
 * @param steps `T ≥ 1`.
 * @param smoothness `L > 0`.
 * Assumes: `L ≥ 1/(6√2)`, as all statements about the rule; on `v ≥ v₀` the slope is `L`-smooth, to the left it is
 * extended as a line.
 *
 * @throws {RangeError} If an argument is out of range.
 */
export function valley(steps: number, smoothness: number = 1): Valley {
  checkInteger("make the worst case", "steps", steps, 1);
  checkSmoothness("make the worst case", smoothness);
  const epsilon = Math.sqrt(WORST_CASE_CONSTANT) * (smoothness / steps) ** 0.25;
  return { epsilon, smoothness, v0: Math.cbrt(epsilon / smoothness) };
}
