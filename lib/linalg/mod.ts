/**
 * Dense linear algebra on row-major matrices over `Float64Array` (products and sums over `Float32Array`
 * too): products and low-rank gradient steps by compiled kernels, decompositions, angles between subspaces, norms, and an optional
 * native library for all of them.
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
export {
  adapterGradient,
  adapterStep,
  type LowRankGradient,
  lowRankGradient,
  lowRankStep,
} from "./low_rank.ts";
export { manyProducts, type ManyProductsOptions } from "./many.ts";
export { columns, type Floats, identity, type Matrix, matrix, transpose } from "./matrix.ts";
export { multiply, multiplyNT, multiplyTN } from "./multiply.ts";
export { frobeniusNorm, innerProduct, nuclearNorm, spectralBound, spectralNorm } from "./norms.ts";
export { cholesky, solve, solvePositive, solvePositiveRight } from "./solve.ts";
export { orthonormalBasis, polarFactor, principalAngles, projector } from "./subspace.ts";
export { add, addScaled, scale } from "./sums.ts";
export { dot, normalize } from "./vectors.ts";
export { type Shape, workspace } from "./workspace.ts";
