/**
 * The open laboratory: any problem from any starts, under any change of the flow.
 *
 * @module
 */
import { type Experiment, experiment } from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { layerStart } from "../../starts.ts";
import { courseFigure, partsFigure } from "./_course_figures.ts";
import { courseParameters, FIRST, timesOf } from "./course_parameters.ts";
import { courseTable, type PredictedRow, withPredictions } from "./course_theory.ts";
import { problemAt, runsOf, startSeeds } from "../physics.ts";
import { worded } from "../worded.ts";

export { type CourseParameters, courseParameters } from "./course_parameters.ts";
export type { PredictedRow } from "./course_theory.ts";

/**
 * Loss with its parts, alignment and sizes against time: any problem, any starts, any change of the flow.
 *
 * Where the assumptions of the noise equations hold each row has their prediction beside it
 * (`predicted`), from the same start, and the figure draws it; where they do not the caption says which
 * one fails and by how much. A step size that is too large ends a run: its rows say so in `status`.
 *
 * Rows: a moment of a run each, with the columns of `observe` behind.
 * Source: ours; the problem and the start are the paper's Problem 2 and Section 2.
 *
 * @example A question in one line: what if the second layer's adapter learns twice as slowly?
 * ```ts
 * import { courses } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const quick = { preset: "quick", starts: ["zeroB"], alpha: [0.01], copies: 1 } as const;
 * const usual = await courses(quick);
 * const slower = await courses({ ...quick, rates: { b2: 0.5, a2: 0.5 } });
 * assert(slower.rows.at(-1)!.x2! < 0.5 * usual.rows.at(-1)!.x2!);
 * ```
 */
export const courses: Experiment<
  typeof courseParameters,
  PredictedRow[],
  Figure,
  { parts: Figure }
> = experiment({
  name: "courses of the flow",
  about:
    "How loss, alignment and sizes of the adapters run, for a problem, starts and changes of yours.",
  parameters: courseParameters,
  quick: { horizon: 60, points: 31, copies: 2 },
  check: ({ problem, starts, alpha, r, eta, rule }, refuse) => {
    const { w2, w1, target } = problemAt(problem, 0), [r1, r2 = r1] = [r].flat();
    const most = Math.min(w2.columns, target.columns), most2 = Math.min(w2.rows, w2.columns);
    if (r1 > most || w1 && r2 > most2) {
      const rank = w1 && most2 !== most ? `${most} in layer 1, ${most2} in layer 2` : most;
      refuse("r", `at most the smallest size of its layer, ${rank}`, r);
    }
    const names = starts.map((start) => layerStart(start).name);
    if (new Set(names).size < names.length) refuse("starts", "of different names", names);
    if (new Set(alpha).size < alpha.length) refuse("alpha", "different numbers", alpha);
    if (eta === 0 && rule !== "gd") {
      refuse("eta", '> 0 for a rule other than "gd", which is no flow', eta);
    }
  },
  run: async (parameters, { sweep }) => {
    const { problem, starts, alpha, r, copies, seed, perFactor } = parameters;
    const { eta, rule, rates, decay, hook, observe } = parameters;
    const rows = await runsOf(sweep, {
      ...{ problem, starts, alpha, r, eta, rule, rates, decay, times: timesOf(parameters) },
      seeds: startSeeds(seed, FIRST, copies),
      ...(hook ? { hook } : {}),
      ...(observe ? { observe } : {}),
      ...(perFactor ? { perFactor } : {}),
    });
    return withPredictions(rows, parameters);
  },
  figure: courseFigure,
  figures: { parts: partsFigure },
  table: worded(courseTable),
});
