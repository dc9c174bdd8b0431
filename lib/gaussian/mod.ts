/**
 * Gaussian analysis: activations from names, expressions and functions, Hermite polynomials,
 * quadrature, and the moments of a student and a teacher activation under jointly normal inputs.
 *
 * @example How hard an activation of one's own is to search for, and how much of it a ReLU can express at
 * correlation 1/2: the kernel is the arc-cosine one (Cho and Saul, 2009).
 * ```ts
 * import { informationExponent, pairMoments } from "lora-dynamics/gaussian/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * assertEquals(informationExponent("z^3 - 3z"), 3);
 * assertEquals(informationExponent("tanh(2z)"), 1);
 * const { cross } = pairMoments("relu", "relu"), rho = 0.5;
 * const kernel = (Math.sqrt(1 - rho ** 2) + rho * (Math.PI - Math.acos(rho))) / (2 * Math.PI);
 * assertAlmostEquals(cross(1, rho), kernel, 1e-14);
 * ```
 *
 * @module
 */
export type { Activation, ClosedForm } from "./activation/activation.ts";
export { activation, type ActivationLike } from "./activation/door.ts";
export { scaled } from "./activation/scaled.ts";
export type { ActivationDefinition } from "./activation/from_function.ts";
export { formula, type FormulaOfTwo, formulaOfTwo } from "./expression/formula.ts";
export { digamma, trigamma } from "./functions/digamma.ts";
export { erf } from "./functions/erf.ts";
export { hermite, hermitePolynomial } from "./functions/hermite.ts";
export { informationExponent } from "./moments/information_exponent.ts";
export type { PairMoments } from "./moments/moments.ts";
export { pairMoments } from "./moments/pair_moments.ts";
export { panelsOf } from "./moments/reach.ts";
export {
  type ExpectationOptions,
  gaussianExpectation,
  gaussianQuadrature,
  hermiteCoefficient,
} from "./quadrature/expectation.ts";
export { gaussHermite, type QuadratureRule } from "./quadrature/gauss_hermite.ts";
export { type Integral, integrate, type IntegrateOptions } from "./quadrature/integrate.ts";
export { gaussLegendre } from "./quadrature/legendre.ts";
export {
  type Estimate,
  type Integrands,
  integratePanels,
  type PanelSums,
} from "./quadrature/panels.ts";
