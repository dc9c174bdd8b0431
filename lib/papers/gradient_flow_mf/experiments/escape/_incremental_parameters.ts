/**
 * The parameters and rows of F7.
 *
 * @module
 */
import { param, type Values } from "../../../../experiment/mod.ts";
import { factorization } from "../../problems/mod.ts";
import type { HalfTimeRow } from "./half_times.ts";
import {
  type CourseRow,
  problemParameter,
  rankParameter,
  seedParameter,
  startsParameter,
} from "../physics.ts";

/** First seed of the starts under the seed `"reference"`. */
export const FIRST = 400;

/** A moment of a run, with the stairs of T7. */
export interface StairRow extends CourseRow {
  /** Loss of the logistic steps at the half-times of T7, from the same start; null where T7 fails. */
  predicted: number | null;
}

/**
 * Parameters of `incrementalLearning`.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const incrementalParameters = {
  problem: problemParameter(factorization({ m: 20, sigma: [1, 0.5] })),
  starts: startsParameter(["zeroB", "gauss"]),
  alpha: param.numbers([1e-2, 1e-3, 1e-4, 1e-5], "scales α of the starts", { above: 0 }),
  shown: param.number(1e-5, "the scale, one of alpha, at which the loss is shown", { above: 0 }),
  r: rankParameter(4),
  horizon: param.number(36, "last time of the loss, in flow time (step size × steps)", {
    above: 0,
  }),
  points: param.integer(73, "number of times of the loss", { least: 2 }),
  copies: param.integer(20, "starts of each random kind, one seed each", { least: 1 }),
  seed: seedParameter(FIRST),
};

/** Their values. */
export type IncrementalParameters = Values<typeof incrementalParameters>;

/** Rows of a run: half-times of the modes, and the course of the loss at one scale. */
export type IncrementalRows = {
  /** A mode of a run each. */
  readonly modes: readonly HalfTimeRow[];
  /** A moment of a run each. */
  readonly loss: readonly StairRow[];
};
