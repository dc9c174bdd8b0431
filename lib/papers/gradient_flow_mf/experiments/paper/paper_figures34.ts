/**
 * FP2: the paper's Figs. 3 and 4: three imbalances of the frozen layers, targets along the largest and the
 * smallest singular pair.
 *
 * @module
 */
import { type Experiment, experiment, type ExperimentContext } from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { paperProblem } from "../../problems/mod.ts";
import { layerStart } from "../../starts.ts";
import { drawFigures34, figures34Table } from "./_figures34_draw.ts";
import {
  type Figures34Parameters,
  figures34Parameters,
  type SettingRow,
  settings,
} from "./_figures34_parameters.ts";
import { paperRuns } from "./paper_runs.ts";
import { worded } from "../worded.ts";

export { figures34Parameters, type FigureTimes, type SettingRow } from "./_figures34_parameters.ts";

async function run(
  parameters: Figures34Parameters,
  { sweep }: ExperimentContext,
): Promise<SettingRow[]> {
  const { preSeed, redraw, m, h, n, sigma, starts, alpha, r, eta, seed, copies } = parameters;
  const all = settings(parameters).map(async ({ along, c, times }) => {
    const problem = (copy: number) =>
      paperProblem({ seed: String(Number(preSeed) + copy), m, h, n, sigma, c, along });
    const rows = await paperRuns(sweep, {
      ...{ problem: redraw ? problem : problem(0), starts, alpha, r, eta, seed, copies, times },
    });
    return rows.map((row) => ({ ...row, c, along }) as SettingRow);
  });
  return (await Promise.all(all)).flat();
}

/**
 * FP2: loss and misalignment against the scale in the settings of the paper's Figs. 3 and 4, from both
 * one-sided starts, with the numbers of the published figures.
 *
 * The problem is always the paper's, since its settings are what the figures are of; `paperFigure1` and
 * `courses` take any.
 *
 * Scale: flow time, step size × steps. Source: the paper, Section H.1 and Figs. 3 and 4; lines ours.
 *
 * @example Another imbalance, at times of one's own.
 * ```ts
 * import { paperFigures34 } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows } = await paperFigures34({
 *   ...{ preset: "quick", c: [3], along: ["bottom"], times: { top: [[1]], bottom: [[2, 6]] } },
 *   ...{ h: 12, starts: ["zeroB"], alpha: [1e-2], copies: 2 },
 * });
 * assertEquals(rows.map(({ at }) => at), [2, 6, 2, 6]);
 * ```
 */
export const paperFigures34: Experiment<
  typeof figures34Parameters,
  SettingRow[],
  Figure,
  { alignment: Figure; ratio: Figure }
> = experiment({
  name: "Figs. 3 and 4 of the paper",
  about: "The paper's Figs. 3 and 4: final loss and alignment at three imbalances of the layers.",
  parameters: figures34Parameters,
  quick: { copies: 5 },
  check: ({ c, along, times, starts, alpha, m, n, h }, refuse) => {
    const differ = (list: readonly unknown[]) => new Set(list).size === list.length;
    for (const pair of along) {
      if (times[pair].length !== c.length) {
        refuse("times", `lists for ${c.length} values of c along ${pair}`, times[pair]);
      }
    }
    if (!differ(c)) refuse("c", "different numbers", c);
    if (!differ(along)) refuse("along", "different pairs", along);
    if (!differ(alpha)) refuse("alpha", "different numbers", alpha);
    const names = starts.map((start) => layerStart(start).name);
    if (!differ(names)) refuse("starts", "of different names", names);
    if (h < Math.min(m, n)) refuse("h", `>= ${Math.min(m, n)}, the rank of Y_pre`, h);
  },
  run,
  figure: (rows, parameters) => drawFigures34("loss", rows, parameters),
  figures: {
    alignment: (rows, parameters) => drawFigures34("gap", rows, parameters),
    ratio: (rows, parameters) => drawFigures34("ratio", rows, parameters),
  },
  table: worded(figures34Table),
});
