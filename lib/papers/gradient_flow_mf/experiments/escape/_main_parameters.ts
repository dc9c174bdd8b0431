/**
 * The parameters and rows of F1.
 *
 * @module
 */
import { param, type Values } from "../../../../experiment/mod.ts";
import { canonical } from "../../problems/mod.ts";
import { type CourseParameters, courseParameters } from "../laboratory/course_parameters.ts";
import type { PredictedRow } from "../laboratory/course_theory.ts";
import { problemParameter, rankParameter, seedParameter, startsParameter } from "../physics.ts";

/** First seed of the starts under the seed `"reference"`. */
export const FIRST = 200;

/** A moment of a run with what theory says of it. */
export interface MainRow extends PredictedRow {
  /** Misalignment by T3; null after the end of the phase panels, or where nothing of the start grows. */
  law: number | null;
  /** Misalignment of the linearised flow. */
  linear: number | null;
  /** Misalignment by the paper's Eq. (10) as printed. */
  printed: number | null;
  /** `‖z₁‖e^{λt}`, the size of adapter 1 by the linearised flow; null from the escape on. */
  growth: number | null;
  /** Half-time by T4; null where it does not apply. */
  escape: number | null;
}

/**
 * Parameters of `mainFigure`.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const mainParameters = {
  problem: problemParameter(canonical({ d: 20, s2: 1, s1: 0.5 })),
  starts: startsParameter(["zeroB", "zeroA", "gauss", "spectral"]),
  alpha: param.numbers([1e-1, 1e-2, 1e-3, 1e-4, 1e-5], "scales α of the starts", { above: 0 }),
  shown: param.number(1e-5, "the scale, one of alpha, in the panels of alignment and phase", {
    above: 0,
  }),
  r: rankParameter(4),
  horizon: param.number(100, "last time, in flow time (step size × steps)", { above: 0 }),
  phase: param.number(16, "last time of the panels of alignment and phase", { above: 0 }),
  points: param.integer(41, "number of times up to the one, and from there to the other", {
    least: 2,
  }),
  copies: param.integer(30, "starts of each random kind, one seed each", { least: 1 }),
  seed: seedParameter(FIRST),
};

/** Their values. */
export type MainParameters = Values<typeof mainParameters>;

/** The parameters as those of the open laboratory, where nothing changes the flow. */
export function asCourse(parameters: MainParameters): CourseParameters {
  const usual = Object.entries(courseParameters).map(([name, { value }]) => [name, value]);
  return { ...Object.fromEntries(usual), ...parameters } as CourseParameters;
}
