/**
 * The instances that the reference values belong to: portable draws at fixed sizes.
 *
 * @module
 */
import { identity, multiplyNT } from "../../../linalg/mod.ts";
import { portable } from "../../../random/mod.ts";
import {
  type Adapter,
  composed,
  covarianceOf,
  type LinearProblem,
  linearProblem,
  loraStart,
  orth,
  portableNormal,
  spectrum,
} from "./linear.ts";

/** The authors' toy problem, `Δ = UVᵀ`, `d = k = 100`, `N = 1600`, `r* = 4`. */
export function toyProblem(): LinearProblem {
  const u = orth(portableNormal(1, 100, 4)), v = orth(portableNormal(2, 100, 4));
  return linearProblem(covarianceOf(portableNormal(3, 1600, 100)), multiplyNT(u, v));
}

/** Its start at scale `initStd`: `A₀ = α·pnormal(4, 100, 8)`. */
export function toyStart(initStd: number): Adapter {
  return loraStart(portable(4), { d: 100, k: 100, r: 8, initStd });
}

/** `U = orth(pnormal(11))`, `X = pnormal(12)`, `V = I`, `d = 100`, `N = 1600`, condition number κ. */
export function conditionedProblem(kappa: number): LinearProblem {
  const u = orth(portableNormal(11, 100, 4));
  const target = composed(u, spectrum(kappa, 4), identity(4));
  return linearProblem(covarianceOf(portableNormal(12, 1600, 100)), target);
}

/** Singular values (4, 3, 2, 1)/4, `d = k = 100`, `N = 1600`, with its Gaussian weight `W`. */
export function offsetProblem(): LinearProblem {
  const u = orth(portableNormal(21, 100, 4)), v = orth(portableNormal(22, 100, 4));
  const target = composed(u, [1, 0.75, 0.5, 0.25], v);
  const covariance = covarianceOf(portableNormal(23, 1600, 100));
  return linearProblem(covariance, target, { weight: portableNormal(24, 100, 100) });
}
