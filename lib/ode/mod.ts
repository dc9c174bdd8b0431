/**
 * Non-stiff ordinary differential equations: Dormand–Prince methods of order 5 and 8 with dense
 * output, events and error control; a bracketing root finder.
 *
 * @module
 */
export { type OdeEvent } from "./events.ts";
export { findRoot, type FindRootOptions } from "./find_root.ts";
export type { OdeEventHit, OdeSolution, OdeStats, OdeStatus } from "./solution.ts";
export { type OdeOptions, solveOde } from "./solve_ode.ts";
export type { Rhs } from "./stepper.ts";
