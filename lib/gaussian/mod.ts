/**
 * Gaussian analysis: Hermite polynomials, quadrature, activations, and the moments of a student and
 * a teacher activation under jointly normal inputs.
 *
 * @module
 */
export { type Activation, activation } from "./activation.ts";
export { type CustomActivation, customActivation } from "./custom.ts";
export { erf } from "./erf.ts";
export { type ExpectationOptions, gaussianExpectation, hermiteCoefficient } from "./expectation.ts";
export { gaussHermite, type QuadratureRule } from "./gauss_hermite.ts";
export { digamma, trigamma } from "./digamma.ts";
export { hermite, hermitePolynomial } from "./hermite.ts";
export { informationExponent } from "./information_exponent.ts";
export { type Integral, integrate, type IntegrateOptions } from "./integrate.ts";
export { type PairMoments, pairMoments } from "./pair_moments.ts";
export { hermiteSeries } from "./polynomial.ts";
