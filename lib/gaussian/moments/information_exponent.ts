/** The information exponent. */
import { activation, type ActivationLike } from "../activation/door.ts";
import { panelsOf } from "./reach.ts";
import { factorial } from "../functions/hermite.ts";
import { gaussianExpectation, hermiteCoefficient } from "../quadrature/expectation.ts";

/**
 * Information exponent `k⋆`: the smallest `j ≥ 1` with `E He_j(z) σ(z) ≠ 0`.
 *
 * Exact for polynomials; otherwise a coefficient counts when its share `c_j²/j!` of `E σ²` exceeds
 * 1e-20.
 *
 * Source: Ben Arous, Gheissari, Jagannath, JMLR 22 (2021).
 *
 * @param x Activation that is not constant, or what makes one.
 * @throws {RangeError} If no coefficient of degree 1 to 30 is found.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { informationExponent } from "lora-dynamics/gaussian/mod.ts";
 * assertEquals(informationExponent("He4"), 4);
 * assertEquals(informationExponent("tanh(z)^2"), 2);
 * ```
 */
export function informationExponent(x: ActivationLike): number {
  const a = activation(x);
  if (a.series) {
    const k = a.series.findIndex((c, j) => j > 0 && c !== 0);
    if (k > 0) return k;
  } else {
    const breakpoints = panelsOf(a, 10, "Hermite coefficients");
    const size = Math.sqrt(gaussianExpectation((z) => a.f(z) ** 2, { breakpoints }));
    for (let j = 1; j <= 30; j++) {
      const c = hermiteCoefficient(a.f, j, { breakpoints });
      if (Math.abs(c) > 1e-10 * size * Math.sqrt(factorial(j))) return j;
    }
  }
  throw new RangeError(
    `Cannot compute the information exponent as the activation must have a Hermite coefficient ` +
      `of degree 1 to 30 other than 0: current value is ${a.name}`,
  );
}
