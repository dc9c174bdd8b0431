/**
 * Ordinary differential equations: explicit methods of order 5 and 8, an implicit one for stiff
 * systems and one that keeps quadratic invariants, all with dense output and events; states made of
 * named matrices; thousands of small systems at once; a bracketing root finder.
 *
 * @example Gradient flow of `½ (σ − b a)²` from small factors: a plateau, then a logistic rise of `b a`. The
 * time at which half is learnt is an event.
 * ```ts
 * import { solveOde } from "lora-dynamics/ode/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const sigma = 3, small = 1e-4;
 * const flow = (_t: number, [a, b]: Float64Array, d: Float64Array) => {
 *   const residual = sigma - a * b;
 *   d[0] = b * residual;
 *   d[1] = a * residual;
 * };
 * const half = { name: "half", g: (_t: number, [a, b]: Float64Array) => a * b - sigma / 2, terminal: true };
 * const { status, events } = solveOde(flow, 0, 100, [small, small], { events: [half], rtol: 1e-10 });
 * assertEquals(status, "event");
 * assertAlmostEquals(events[0].t, Math.log(sigma / small ** 2 - 1) / (2 * sigma), 1e-7);
 * ```
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
