/**
 * Parameters and rows of the open laboratory.
 *
 * @module
 */
import { param, type Values } from "../../../../experiment/mod.ts";
import type { Observe, RunRow } from "../../simulation/runs/run.ts";
import { sgdParameters } from "../physics.ts";

/**
 * Parameters of the courses of one-pass SGD.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const courseParameters = {
  ...sgdParameters({ mu: [0.1, 0.3, 0.5, 0.7, 0.9] }),
  steps: param.value<number | null>(
    null,
    "steps of SGD; null for twice the flow's search and its decay, at each strength",
    (steps: number | null) => {
      if (steps !== null && !(Number.isSafeInteger(steps) && steps > 0)) throw new RangeError();
    },
    "a whole number >= 1, or null",
  ),
  most: param.integer(60_000, "most steps of a run where their number follows the flow", {
    least: 10,
  }),
  points: param.integer(60, "about how many steps of a run are looked at", { least: 2 }),
  direct: param.integer(0, "runs of SGD on whole inputs, at a cost of b·d a step", { least: 0 }),
  observe: param.value<Observe | null>(
    null,
    "your own columns: ({ at, u, m, s, r, h, loss }) => ({ name: number })",
    (observe: Observe | null) => {
      if (observe !== null && typeof observe !== "function") throw new TypeError("no function");
    },
    "a function of the moment that returns numbers by name, or null",
  ),
};

/**
 * Values of {@linkcode courseParameters}.
 *
 * @internal Public for its type only.
 */
export type CourseParameters = Values<typeof courseParameters>;

/** A copy at a kept step, with its strength and what made the steps. */
export interface CourseRow extends RunRow {
  /** Strength, or the coordinates of w₀. */
  mu: number | string;
  /** What made the steps. */
  sampler: string;
  /** Seed of its group of copies. */
  seed: string;
}
