/**
 * Ordinary differential equations: explicit methods of order 5 and 8, an implicit one for stiff
 * systems and one that keeps quadratic invariants, all with dense output and events; states made of
 * named matrices; thousands of small systems at once; a bracketing root finder.
 *
 * @module
 */
export { type OdeEvent } from "./events.ts";
export { findRoot, type FindRootOptions } from "./find_root.ts";
export type { OdeEventHit, OdeSolution, OdeStats } from "./solution.ts";
export type { OdeStatus } from "./status.ts";
export type { Jacobian, OdeMethod, OdeOptions } from "./options.ts";
export { solveOde } from "./solve_ode.ts";
export type { AnyRhs, Rhs } from "./stepper.ts";
export { type Matrices, type MatrixRhs, type MatrixState, matrixState } from "./matrix_state.ts";
export type { BatchRhs } from "./_lanes.ts";
export { type BatchOptions, type BatchSolution, solveBatch } from "./solve_batch.ts";
export {
  type ManyEvent,
  type ManyOptions,
  type ManyRhs,
  type ManySolutions,
  solveMany,
} from "./solve_many.ts";
