/**
 * F2: when the adapters leave the saddle, start by start and in law.
 *
 * @module
 */
import { type Experiment, experiment, summary } from "../../../../experiment/mod.ts";
import { type Figure } from "../../../../figure/mod.ts";
import { aligned } from "../../problems/mod.ts";
import { layerStart } from "../../starts.ts";
import { escapeTimeOf } from "../../theory/escape/escape.ts";
import { type HalfTimeRow, halfTimesOf } from "./half_times.ts";
import { startSeeds } from "../physics.ts";
import { escapeFigure, found } from "./_escape_figure.ts";
import { escapeParameters, FIRST } from "./_escape_parameters.ts";
import { worded } from "../worded.ts";

export { escapeParameters } from "./_escape_parameters.ts";

/**
 * F2: half-times of a target from several starts, with T4 from each start and the law over starts.
 *
 * Rows: a run each, with the prediction from its own start.
 * Source: ours.
 *
 * @example The paper's Fig. 1 problem, where `δ_w = 0.907` and adapter 2 helps: T4 comes too late.
 * ```ts
 * import { escapeTimes, paperProblem } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await escapeTimes({
 *   ...{ problem: paperProblem(), starts: ["zeroA"], alpha: [1e-3], shown: 1e-3, copies: 3 },
 * });
 * assert(rows.every(({ half, predicted }) => half! < predicted!));
 * ```
 */
export const escapeTimes: Experiment<typeof escapeParameters, HalfTimeRow[], Figure> = experiment({
  name: "half-times",
  about:
    "When half of a target is learnt: T4 from each start, the law over starts, the order of its error.",
  parameters: escapeParameters,
  quick: { copies: 15 },
  check: ({ starts, alpha, shown }, refuse) => {
    const names = starts.map((start) => layerStart(start).name);
    if (new Set(names).size < names.length) refuse("starts", "of different names", names);
    if (new Set(alpha).size < alpha.length) refuse("alpha", "different numbers", alpha);
    if (!alpha.includes(shown)) refuse("shown", `one of alpha, ${alpha.join(", ")}`, shown);
  },
  run: async ({ problem, starts, alpha, r, copies, seed }, { sweep }) => {
    const rows = await halfTimesOf(sweep, {
      ...{ problem, starts, alpha, r, seeds: startSeeds(seed, FIRST, copies) },
      predict: (of, start) => [escapeTimeOf(of, start)],
    });
    return rows.filter(({ mode }) => mode === 1);
  },
  figure: escapeFigure,
  table: worded(
    (rows) =>
      [...Map.groupBy(rows, ({ start, alpha }) => JSON.stringify([start, alpha])).values()].map(
        (group) => {
          const times = found(group, "half"), [{ start, alpha }] = group;
          const { mean, sd } = times.length > 0 ? summary(times) : { mean: null, sd: null };
          const gaps = group.map(({ half, predicted }) =>
            half === null || predicted === null ? NaN : Math.abs(half - predicted)
          );
          const most = Math.max(...gaps);
          return {
            ...{ start, alpha, starts: group.length, mean, sd },
            "largest |simulation − theory|": Number.isFinite(most) ? most : null,
          };
        },
      ),
    { mean: "mean half-time", sd: "its sd" },
  ),
});

/**
 * {@linkcode escapeTimes} of the paper's spectral start on the scalar problem of its Theorem 4.1
 * (`σ_{ΔY} = 5`, `σ_{W₂} = 2.5`, `δ_w = 1/4`), beside a balanced one: a delay by one Gaussian number.
 */
export const spectralDelay: typeof escapeTimes = escapeTimes.with(
  "delay of the paper's spectral start",
  {
    ...{ problem: aligned({ s2: [2.5], s1: [0.625], target: [5] }), r: 1, copies: 400 },
    ...{ starts: ["spectralPaper", "spectral"], alpha: [1e-4, 1e-6], shown: 1e-6 },
  },
  { copies: 100 },
);
