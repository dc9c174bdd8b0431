/**
 * F1: loss and alignment of all starts at several scales, with everything that theory says of them.
 *
 * @module
 */
import { type Experiment, experiment, linspace } from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { growthModes, modalVector } from "../../bases.ts";
import { adaptersOf, startNamed } from "../../run_start.ts";
import { layerStart } from "../../starts.ts";
import { alignmentCourse } from "../../theory/escape/alignment.ts";
import { escapeTimeOf } from "../../theory/escape/escape.ts";
import { type PredictedRow, withPredictions } from "../laboratory/course_theory.ts";
import { mainFigurePanels } from "./_main_figures.ts";
import { phaseFigure } from "./_phase_figure.ts";
import {
  asCourse,
  FIRST,
  type MainParameters,
  mainParameters,
  type MainRow,
} from "./_main_parameters.ts";
import { problemAt, runsOf, startSeeds } from "../physics.ts";
import { whereItHolds } from "../where_it_holds.ts";

export { type MainParameters, mainParameters, type MainRow } from "./_main_parameters.ts";

/** Rows with T3 and what it is a limit of. */
function withAlignment(
  rows: readonly PredictedRow[],
  { problem, starts, r, phase }: MainParameters,
): MainRow[] {
  const runs = Map.groupBy(rows, ({ start, alpha, seed }) => JSON.stringify([start, alpha, seed]));
  return [...runs.values()].flatMap((run) => {
    const [{ start, alpha, seed, copy }] = run, of = problemAt(problem, copy);
    const adapters = adaptersOf(of, { startedBy: startNamed(starts, start), alpha, r, seed });
    const early = run.map(({ at }) => at).filter((t) => t <= phase);
    const course = whereItHolds(() => alignmentCourse(of, adapters, early));
    const escape = whereItHolds(() => escapeTimeOf(of, adapters));
    const { rates1: [lambda], modes1: [pair] } = growthModes(of);
    const size = Math.hypot(...modalVector(adapters.b1, adapters.a1, pair));
    return run.map((row, i) => ({
      ...row,
      ...{ law: course?.law[i] ?? null, linear: course?.linear[i] ?? null },
      ...{ printed: course?.printed[i] ?? null, escape },
      growth: escape !== null && row.at < escape ? size * Math.exp(lambda * row.at) : null,
    }));
  });
}

/**
 * F1: the loss of all starts at several scales with the noise equations, the alignment phase with T3, the
 * escape with T4, and how far theory and simulation are apart.
 *
 * Figures: the loss of each start, the alignment, and the distance of the loss from the noise equations;
 * `"phase"`: loss, alignment and size in the alignment phase, and how good its formulas are.
 * Rows: a moment of a run each, with its predictions from the same start.
 * Source: the layout is that of the paper's Fig. 1; problem, scales and theory are ours.
 *
 * @example What the paper's start leaves on another problem.
 * ```ts
 * import { mainFigure, problemQ } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await mainFigure({
 *   ...{ preset: "quick", problem: problemQ({ delta: 0.6 }), starts: ["zeroB"], r: 3 },
 *   ...{ alpha: [1e-4], shown: 1e-4, copies: 1, points: 4 },
 * });
 * const { loss, predicted } = rows.at(-1)!;
 * assertAlmostEquals(Math.log(loss / predicted!), 0, 1e-3);
 * ```
 */
export const mainFigure: Experiment<
  typeof mainParameters,
  MainRow[],
  Figure,
  { phase: Figure }
> = experiment({
  name: "loss and alignment of all starts",
  about: "How loss and alignment run from each start, by scale, and what theory says of them.",
  parameters: mainParameters,
  quick: { alpha: [1e-2, 1e-3, 1e-4, 1e-5], copies: 3 },
  check: ({ starts, alpha, shown, horizon, phase }, refuse) => {
    const names = starts.map((start) => layerStart(start).name);
    if (new Set(names).size < names.length) refuse("starts", "of different names", names);
    if (new Set(alpha).size < alpha.length) refuse("alpha", "different numbers", alpha);
    if (!alpha.includes(shown)) refuse("shown", `one of alpha, ${alpha.join(", ")}`, shown);
    if (!(phase < horizon)) refuse("phase", `below horizon = ${horizon}`, phase);
  },
  run: async (parameters, { sweep }) => {
    const { problem, starts, alpha, r, horizon, phase, points, copies, seed } = parameters;
    const times = [...linspace(0, phase, points), ...linspace(phase, horizon, points).slice(1)];
    const seeds = startSeeds(seed, FIRST, copies);
    const rows = await runsOf(sweep, { problem, starts, alpha, r, times, seeds });
    return withAlignment(withPredictions(rows, asCourse(parameters)), parameters);
  },
  figure: mainFigurePanels,
  figures: { phase: phaseFigure },
});
