import { checkPositive } from "../../check.ts";
import { scaleSeries } from "../functions/hermite.ts";
import { type Activation, loopsOf } from "./activation.ts";
import { activation, type ActivationLike } from "./door.ts";
import { polynomialActivation } from "./polynomial.ts";

/**
 * The activation `z ↦ σ(factor·z)`: of a variable of variance `factor²` what `σ` is of a standard one.
 *
 * It keeps what is known of `σ` (a polynomial's series, closed forms, kinks), and does not travel.
 *
 * @param x Activation σ, or what makes one.
 * @param factor A finite number `> 0`.
 * @throws {RangeError} If `factor` is not.
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { pairMoments, scaled } from "lora-dynamics/gaussian/mod.ts";
 * // E erf(X) erf(Y) for variances 2 and 3 and covariance 1.
 * const { cross } = pairMoments("erf", scaled("erf", Math.sqrt(3)));
 * const exact = 2 / Math.PI * Math.asin(2 / Math.sqrt(5 * 7));
 * assertAlmostEquals(cross(2, 1 / Math.sqrt(3)), exact, 1e-15);
 * ```
 */
export function scaled(x: ActivationLike, factor: number): Activation {
  const a = activation(x);
  checkPositive("scale an activation", "factor", factor);
  if (factor === 1) return a;
  const name = `${a.name} of ${factor} z`;
  if (a.series) return polynomialActivation(scaleSeries(a.series, factor), name, undefined);
  const { f, df, d2f } = a, square = factor * factor;
  return {
    name,
    spec: undefined,
    odd: a.odd,
    kinks: a.kinks.map((b) => b / factor),
    series: undefined,
    closed: a.closed && { ...a.closed, inner: factor * a.closed.inner },
    ...loopsOf(
      (z) => f(factor * z),
      (z) => factor * df(factor * z),
      (z) => square * d2f(factor * z),
    ),
  };
}
