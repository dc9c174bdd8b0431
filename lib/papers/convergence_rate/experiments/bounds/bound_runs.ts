/**
 * F6, C9: random problems against every inequality that the convergence theorems are made of.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  grid,
  param,
  type Row,
  type Values,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf, legendOf, scaleWords } from "../../../../figure/mod.ts";
import { BOUNDED_KINDS, lossFamily } from "../../families.ts";
import { type BoundRow, boundRun } from "../../simulation/bounds.ts";
import {
  boundBounded,
  boundLog,
  boundNormalised,
  boundSqrt,
  stepSumLower,
} from "../../theory/bounds.ts";
import { familiesParameter, repeats, shareAbove } from "../physics.ts";

/** A run with its problem. */
export interface BoundTrial extends BoundRow {
  /** Name of the family. */
  kind: string;
  /** Number of the problem. */
  copy: number;
  /** Steps. */
  steps: number;
}

/** The inequalities, smaller side over larger one, as the theorems chain them. */
export const INEQUALITIES: Readonly<Record<string, (row: BoundTrial) => number>> = {
  "‖G‖² ≤ 2L(J − L*)": (row) => row.fullRatio,
  "‖V_t‖² ≤ 2‖V₀‖² + 8ΔS_t": (row) => row.growthRatio,
  "S_T ≥ 2T/(a + √(a² + 2bT))": (row) => stepSumLower(row, row.steps) / row.time,
  "min ‖∇J‖² ≤ 4Δ/S_T": (row) => row.minGradient2 * row.time / (4 * row.gap),
  "min ‖∇J‖² ≤ (sqrt)": (row) => row.minGradient2 / boundSqrt(row, row.steps),
  "(sqrt) ≤ (log)": (row) => boundSqrt(row, row.steps) / boundLog(row, row.steps),
  "min ‖∇J‖² ≤ O(1/T), bounded V": (row) =>
    row.minGradient2 / boundBounded(row, row.mostV2, row.steps),
  "normalised O(1/T)": (row) => row.minNormalised / boundNormalised(row, row.steps),
};

/** What the runs say of an inequality. */
export interface InequalityRow extends Row {
  /** The inequality. */
  inequality: string;
  /** Runs. */
  runs: number;
  /** Runs that violate it, beyond rounding. */
  violations: number;
  /** Largest ratio of its sides; null for the descent, which is counted step by step. */
  nearest: number | null;
}

/** What the runs say of every inequality; the first is the descent of each step. */
export function inequalities(rows: readonly BoundTrial[]): InequalityRow[] {
  const shortfalls = rows.filter((row) => row.shortfalls > 0).length;
  return [
    {
      inequality: "descent in every step",
      runs: rows.length,
      violations: shortfalls,
      nearest: null,
    },
    ...Object.entries(INEQUALITIES).map(([inequality, ratio]) => {
      const all = rows.map(ratio);
      return {
        ...{ inequality, runs: rows.length },
        violations: all.filter((x) => !(x <= 1 + 1e-12)).length,
        nearest: Math.max(...all),
      };
    }),
  ];
}

/**
 * Parameters of {@linkcode boundRuns}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const boundRunParameters = {
  losses: familiesParameter(BOUNDED_KINDS),
  copies: param.integer(20, "random problems of each family", { least: 1 }),
  steps: param.integer(3000, "steps of the paper's rule", { least: 1 }),
  seed: param.seed(),
};

type Parameters = Values<typeof boundRunParameters>;

function draw(rows: readonly BoundTrial[], p: Parameters): Figure {
  const least = 1e-6;
  const shown: [string, string][] = [
    ["‖G‖² ≤ 2L(J − L*)", "‖/{G}‖²"],
    ["‖V_t‖² ≤ 2‖V₀‖² + 8ΔS_t", "‖/{V}_{t}‖²"],
    ["S_T ≥ 2T/(a + √(a² + 2bT))", "/{S}_{T}"],
    ["min ‖∇J‖² ≤ 4Δ/S_T", "4/{Δ}//{S}_{T}"],
    ["min ‖∇J‖² ≤ (sqrt)", "(sqrt)"],
    ["normalised O(1/T)", "normalised"],
  ];
  const series = [
    ...shown.map(([key, name]) => {
      const thin = shareAbove(rows.map(INEQUALITIES[key])).filter(({ x }) => x > least);
      const every = Math.max(1, Math.ceil(thin.length / 6));
      return {
        name,
        thin,
        marks: thin.filter((_, i) => i % every === every - 1 || i === thin.length - 1),
      };
    }),
    { name: "violated beyond", guide: [0, 1.05].map((y) => ({ x: 1, y })) },
  ];
  return figureOf([{
    title: "",
    x: { label: "smaller side / larger side", type: "log", domain: [least, 3] },
    y: { label: "share of problems above", domain: [0, 1.05] },
    series,
  }], {
    size: "page",
    aspect: 0.42,
    legend: legendOf(series),
    caption:
      `Every inequality behind the theorems on ${rows.length} random problems, ${p.steps} steps of the paper's rule: ` +
      "share of problems whose ratio of the two sides lies above a value (thin lines with symbols: simulation; " +
      `ratios down to ${scaleWords(least)} are shown).`,
  });
}

/**
 * The paper's rule on random bounded losses, from random starts with both factors.
 *
 * Rows: one a problem.
 * Source: the chain the paper's (as reported) and ours.
 *
 * @example
 * ```ts
 * import { boundRuns, inequalities } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await boundRuns({ losses: ["cosine"], copies: 6, steps: 200 });
 * assert(inequalities(rows).every(({ violations }) => violations === 0));
 * ```
 */
export const boundRuns: Experiment<typeof boundRunParameters, BoundTrial[], Figure> = experiment({
  name: "random problems against the bounds",
  about: "Every inequality behind the convergence theorems on random problems.",
  parameters: boundRunParameters,
  quick: { copies: 8, steps: 1000 },
  check: ({ losses }, refuse) => {
    if (repeats(losses.map((each) => lossFamily(each).name))) {
      refuse("losses", "families of different names", losses);
    }
    if (losses.includes("indef")) {
      refuse("losses", "families with a lower bound, which indef has not", losses);
    }
  },
  run: async ({ losses, copies, steps }, { sweep }) => {
    const copy = Array.from({ length: copies }, (_, i) => i);
    const cells = grid({ at: losses.map((_, i) => i), copy }).map(({ at, copy }) => (
      { kind: lossFamily(losses[at]).name, family: losses[at], copy, steps }
    ));
    const rows = await sweep({ run: boundRun, cells, workers: 0 }); // milliseconds each
    return rows.map(({ family: _, seed: __, ...row }) => row as unknown as BoundTrial);
  },
  figure: draw,
  table: (rows) => inequalities(rows),
});
