/**
 * Small dense linear algebra on row-major `Float64Array` matrices.
 *
 * @module
 */
export { semidefiniteRoot } from "./cholesky.ts";
