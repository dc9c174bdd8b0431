/**
 * F7, C11–C15, C38: losses that come as near to the bounds as we know how.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  geomspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Drawing, type Figure, figureOf, formatNumber } from "../../../../figure/mod.ts";
import { checkSmoothness } from "../../rules.ts";
import { valley, WORST_CASE_CONSTANT } from "../../scalar.ts";
import { worstCaseRun, type WorstFamily, type WorstRow } from "../../simulation/worst_case.ts";
import {
  boundLog,
  boundNormalised,
  boundSqrt,
  growthBound,
  stepSumLower,
} from "../../theory/bounds.ts";
import { NEAREST, valleySteps, worstCaseRatio } from "../../theory/rates.ts";

/** Ratios of the smaller to the larger side of the inequalities, for a worst case. */
export interface NearRow extends Row {
  /** Steps. */
  steps: number;
  /** `min ‖∇J‖²` over `4Δ/S_T`, valley. */
  gradient: number;
  /** Bound of `S_T` over it, valley. */
  stepSum: number;
  /** `min ‖∇J‖²` over (sqrt), valley. */
  sqrt: number;
  /** `‖V_T‖²` over its bound, valley. */
  growth: number;
  /** Normalised minimum over its bound, ramp. */
  normalised: number;
}

/** How near the worst cases come to each inequality. */
export function nearness(rows: readonly WorstRow[]): NearRow[] {
  return where(rows, "family", "valley").map((row): NearRow => {
    const ramp = where(where(rows, "family", "ramp"), "steps", row.steps)[0];
    return {
      steps: row.steps,
      gradient: row.minGradient2 * row.time / (4 * row.gap),
      stepSum: stepSumLower(row, row.steps) / row.time,
      sqrt: row.minGradient2 / boundSqrt(row, row.steps),
      growth: row.lastV2 / growthBound(row, row.time),
      normalised: ramp.minNormalised / boundNormalised(ramp, row.steps),
    };
  });
}

/**
 * Parameters of {@linkcode worstCases}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const worstParameters = {
  steps: param.integers(
    [1e2, 1e3, 1e4, 1e5, 1e6],
    "numbers of steps T, each with losses of its own",
    {
      least: 10,
    },
  ),
  smoothness: param.value<number>(
    1,
    "smoothness constant L",
    (L) => checkSmoothness("make the worst case", L),
    "a finite number >= 1/(6√2)",
  ),
};

type Parameters = Values<typeof worstParameters>;

const NAMES: Readonly<Record<keyof typeof NEAREST, string>> = {
  gradient: "4/{Δ}//{S}_{T}",
  stepSum: "/{S}_{T}",
  sqrt: "(sqrt)",
  growth: "‖/{V}_{T}‖²",
  normalised: "normalised (ramp)",
};

function draw(rows: readonly WorstRow[], p: Parameters): Figure {
  const valleys = where(rows, "family", "valley"), near = nearness(rows);
  const [low, high] = [Math.min(...p.steps), Math.max(...p.steps)];
  const of = (y: (row: WorstRow) => number) => valleys.map((row) => ({ x: row.steps, y: y(row) }));
  const x = { label: "steps /{T}", type: "log" } as const,
    wide = geomspace(low / 1.5, high * 1.5, 20);
  const worst: Drawing = {
    title: "smallest gradient of the valley",
    ...{ x, y: { label: "min ‖∇/{J}‖² / /{Δ}^{3/2}", type: "log" }, legend: "above" },
    series: [
      { name: "(log)", line: of((row) => boundLog(row, row.steps) / row.gap ** 1.5) },
      { name: "(sqrt)", line: of((row) => boundSqrt(row, row.steps) / row.gap ** 1.5) },
      {
        name: "1.373 √(/{L}//{T})",
        line: wide.map((T) => ({ x: T, y: WORST_CASE_CONSTANT * Math.sqrt(p.smoothness / T) })),
        marks: of((row) => row.minGradient2 / row.gap ** 1.5),
      },
    ],
  };
  const keys = Object.keys(NAMES) as (keyof typeof NAMES)[];
  const ratio: Drawing = {
    title: "how near the inequalities are",
    ...{
      x,
      y: { label: "smaller side / larger side", type: "log", domain: [0.004, 1.2] },
      legend: "bottom-left",
    },
    series: keys.map((key) => ({
      name: NAMES[key],
      line: wide.map((T) => ({ x: T, y: NEAREST[key] })),
      marks: near.map((row) => ({ x: row.steps, y: row[key] })),
    })),
  };
  return figureOf([worst, ratio], {
    columns: 2,
    aspect: 0.8,
    caption:
      `Worst cases of the paper's rule, L = ${
        formatNumber(p.smoothness)
      }: runs (symbols) on losses made for each ` +
      "T. (a) Smallest gradient of the valley, its limit, and the bounds with the Δ and ‖V₀‖² of each run. (b) How " +
      "near valley and ramp come to each inequality, and their limits (lines); 1 would be equality.",
  });
}

/**
 * The paper's rule on a valley of constant `‖∇J‖` and on a ramp of constant normalised gradient, made for each `T`.
 *
 * Rows: one a family and a `T`.
 * Source: ours.
 *
 * @example At another L the valley is as deep.
 * ```ts
 * import { worstCaseRatio, worstCases } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await worstCases({ steps: [1e5], smoothness: 4 });
 * assertAlmostEquals(worstCaseRatio(rows[0]), 1.373, 0.06);
 * ```
 */
export const worstCases: Experiment<typeof worstParameters, WorstRow[], Figure> = experiment({
  name: "worst cases of the paper's rule",
  about: "Losses that come as near to the bounds as we know how.",
  parameters: worstParameters,
  check: ({ steps }, refuse) => {
    if (new Set(steps).size < steps.length) refuse("steps", "different numbers", steps);
    if (Math.max(...steps) > 1e8) refuse("steps", "at most 1e8, which takes seconds", steps);
  },
  run: ({ steps, smoothness }) =>
    (["valley", "ramp"] as WorstFamily[]).flatMap((family) =>
      steps.map((T) => worstCaseRun(family, T, smoothness))
    ),
  figure: draw,
  table: (rows) =>
    where(rows, "family", "valley").map((row) => {
      const start = valley(row.steps, row.smoothness), { smoothness: L, v0, epsilon } = start;
      const capped = 4 * Math.SQRT2 * L * (v0 * v0 + epsilon / v0) < 1;
      return {
        ...{
          T: row.steps,
          "T by its formula": capped ? null : valleySteps(start, Math.sqrt(row.lastV2)),
        },
        "min ‖∇J‖² √(T/L) / Δ^1.5": worstCaseRatio(row),
        "(sqrt) / min ‖∇J‖²": boundSqrt(row, row.steps) / row.minGradient2,
        "T / steps of full gradient descent": row.steps / row.descentSteps,
      };
    }),
});
