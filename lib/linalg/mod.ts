/**
 * Dense linear algebra on row-major matrices over `Float64Array` (products and sums over `Float32Array`
 * too): products and low-rank gradient steps by compiled kernels, decompositions, angles between subspaces, norms, and an optional
 * native library for all of them.
 *
 * @example The best adapter of rank 2 for a given update leaves the singular values beyond it
 * (Eckart and Young, 1936).
 * ```ts
 * import { frobeniusNorm, matrix, multiplyNT, svd } from "lora-dynamics/linalg/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const update = matrix(30, 20, stream("7", "update").fillNormal(new Float64Array(600)));
 * const all = svd(update).values, { u, values, v } = svd(update, 2);
 * const b = matrix(30, 2, u.data.map((entry, i) => entry * values[i % 2]));
 * const best = multiplyNT(b, v);
 * const rest = matrix(30, 20, update.data.map((entry, i) => entry - best.data[i]));
 * assertAlmostEquals(frobeniusNorm(rest), Math.hypot(...all.subarray(2)), 1e-12);
 * ```
 *
 * @module
 */
export { backend, type BackendName, useBackend } from "./backend.ts";
export { semidefiniteRoot } from "./cholesky.ts";
export {
  type Qr,
  qr,
  type Svd,
  svd,
  type SymmetricEigen,
  symmetricEigen,
} from "./decompositions.ts";
export { adapterStep, lowRankStep } from "./factor_step.ts";
export { adapterGradient, type LowRankGradient, lowRankGradient } from "./low_rank.ts";
export { manyProducts, type ManyProductsOptions } from "./many.ts";
export { columns, type Floats, identity, type Matrix, matrix, transpose } from "./matrix.ts";
export { multiply, multiplyNT, multiplyTN } from "./multiply.ts";
export { frobeniusNorm, innerProduct, nuclearNorm, spectralBound, spectralNorm } from "./norms.ts";
export { cholesky, solve, solvePositive, solvePositiveRight } from "./solve.ts";
export { orthonormalBasis, polarFactor, principalAngles, projector } from "./subspace.ts";
export { add, addScaled, scale } from "./sums.ts";
export { dot, normalize } from "./vectors.ts";
export { addWeighted, type WeightedOptions } from "./weighted.ts";
export { type Shape, workspace } from "./workspace.ts";
