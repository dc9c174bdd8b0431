/**
 * Rows and panels of Theorem 4.1: growth against time for every problem, and what is reached at T₁.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  type LegendEntry,
  type Panel,
  powerOfTen,
  simulation,
  style,
  theme,
  theory,
} from "../../../../figure/mod.ts";

/** What Theorem 4.1 says about a run, and where the run agrees. */
export interface SpectralPhasesRow extends Row {
  /** Name of the problem. */
  problem: string;
  /** `δ_w`. */
  deltaW: number;
  /** `σσ_{W₂}`. */
  lambda: number;
  /** Name of the start. */
  start: string;
  /** Its scale. */
  alpha: number;
  /** Its seed. */
  seed: string;
  /** `T₁` of Theorem F.1. */
  t1: number;
  /** `T₁` of the main text. */
  t1Main: number;
  /** `d/dt log z₁` at 0. */
  growthStart: number;
  /** Time from which on the first line of part 1 holds in the run. */
  holdsFrom: number;
  /** The same by theory (ours), for `B = 0`. */
  from: number;
  /** Time until which it holds, at most `T₁`. */
  holdsUntil: number;
  /** The same by theory (ours), at most `T₁`. */
  until: number;
  /** Time from which on the second line of part 1 holds in the run. */
  ratioHoldsFrom: number;
  /** The same by theory (ours), for `B = 0`. */
  ratioFrom: number;
  /** Time until which it holds, at most `T₁`. */
  ratioHoldsUntil: number;
  /** `z₁(T₁)` over the `(1 − δ_w)σ/(8σ_{W₂})` that the proof takes it to have reached. */
  overThreshold: number;
  /** The same by theory (ours), for `B = 0` and `x₂ → 0`. */
  reached: number;
  /** Part 2: largest `ℓ(t)` over its bound, from `T₁` on. */
  overBound: number;
}

/** A moment of a run. */
export interface SpectralCourseRow extends Row {
  /** Name of the problem. */
  problem: string;
  /** Name of the start. */
  start: string;
  /** Its scale. */
  alpha: number;
  /** Its seed. */
  seed: string;
  /** Flow time over `T₁`. */
  at: number;
  /** `d/dt log z₁`, in units of `σσ_{W₂}`. */
  growth: number;
  /** The same by our growth law for `B = 0` and `x₂ → 0`. */
  predicted: number;
  /** `ℓ(t)` over the bound of part 2; null before `T₁`. */
  overBound: number | null;
}

/** Symbols along a curve. */
const SYMBOLS = 14;

/** The panels of Theorem 4.1 with legend and rows, without a caption. */
export function spectralPanels(
  runs: readonly SpectralPhasesRow[],
  courses: readonly SpectralCourseRow[],
): Pick<Figure, "panels" | "columns" | "rows" | "legend"> {
  const scales = distinct(runs, "alpha"), problems = distinct(runs, "problem");
  const of = (alpha: number) => style(scales.indexOf(alpha));
  const x = { label: "flow time over /{T}_{1}" };
  const curves = problems.flatMap((problem) =>
    scales.flatMap((alpha) => {
      const here = where(where(courses, "problem", problem), "alpha", alpha);
      return distinct(here, "seed").map((seed) => ({
        ...{ problem, alpha },
        rows: where(here, "seed", seed),
      }));
    })
  );
  const some = <R>(rows: readonly R[]) => {
    const every = Math.max(1, Math.round(rows.length / SYMBOLS));
    return rows.filter((_, i) => i % every === 0);
  };
  const growth = problems.map((problem): Panel => {
    const { deltaW } = where(runs, "problem", problem)[0];
    return {
      title: `/{δ}_{w} = ${formatNumber(deltaW, 3)}`,
      x: { ...x, domain: [0, 1.3] },
      y: { label: "growth of /{z}_{1} / /{σσ}_{W2}", domain: [0, 2.3] },
      marks: [
        Plot.ruleY([(3 + deltaW) / 2], { stroke: "#000", strokeDasharray: theme.dashes[2] }),
        Plot.ruleX([1], { stroke: "#999", strokeWidth: 0.5 }),
        ...curves.filter((curve) => curve.problem === problem).flatMap(({ alpha, rows }) => {
          const { stroke, dash, symbol } = of(alpha), shown = rows.filter(({ at }) => at <= 1.3);
          return [
            theory(shown, {
              ...{ x: "at", y: "predicted", stroke, strokeDasharray: dash, clip: true },
            }),
            simulation(some(shown), { x: "at", y: "growth", stroke, symbol }),
          ];
        }),
      ],
    };
  });
  const delta = { label: "/{δ}_{w}" };
  const kept: Panel = {
    title: "where part 1 holds",
    x: delta,
    y: { label: "flow time over /{T}_{1}", domain: [0, 1.05] },
    marks: scales.flatMap((alpha) => {
      const { stroke, dash, symbol } = of(alpha), mine = where(runs, "alpha", alpha);
      const ends = [["holdsFrom", "from"], ["holdsUntil", "until"]] as const;
      return ends.flatMap(([run, law]) => [
        theory(mine, {
          ...{ x: "deltaW", y: (row: SpectralPhasesRow) => row[law] / row.t1 },
          ...{ stroke, strokeDasharray: dash },
        }),
        simulation(mine, {
          ...{ x: "deltaW", y: (row: SpectralPhasesRow) => row[run] / row.t1, stroke, symbol },
        }),
      ]);
    }),
  };
  const reached: Panel = {
    title: "reached at /{T}_{1}",
    x: delta,
    y: { label: "/{z}_{1}(/{T}_{1}) / threshold", type: "log" },
    marks: [
      Plot.ruleY([1], { stroke: "#000", strokeDasharray: theme.dashes[2] }),
      ...scales.flatMap((alpha) => {
        const { stroke, dash, symbol } = of(alpha), mine = where(runs, "alpha", alpha);
        return [
          theory(mine, { x: "deltaW", y: "reached", stroke, strokeDasharray: dash }),
          simulation(mine, { x: "deltaW", y: "overThreshold", stroke, symbol }),
        ];
      }),
    ],
  };
  // One scale, as a symbol tells apart either scales or problems.
  const shown = scales[Math.floor(scales.length / 2)], first = scales.length;
  const local: Panel = {
    title: `part 2, /{α} = ${powerOfTen(shown)}`,
    x: { ...x, nice: true },
    y: { label: "/{ℓ} / bound", type: "log", domain: [1e-6, 3] },
    marks: [
      Plot.ruleY([1], { stroke: "#000", strokeDasharray: theme.dashes[2] }),
      ...curves.filter(({ alpha }) => alpha === shown).flatMap(({ problem, rows }) => {
        const { stroke, symbol } = style(first + problems.indexOf(problem));
        const after = rows.filter(({ overBound }) => overBound !== null && overBound > 1e-6);
        return [
          theory(after, { x: "at", y: "overBound", stroke, strokeWidth: 0.6 }),
          simulation(some(after), { x: "at", y: "overBound", stroke, symbol }),
        ];
      }),
    ],
  };
  const letter = String.fromCharCode(97 + growth.length + 2);
  const legend: LegendEntry[] = [
    ...scales.map((alpha) => {
      const { stroke, dash, symbol } = of(alpha);
      return { label: `/{α} = ${powerOfTen(alpha)}`, stroke, dash, symbol };
    }),
    { label: "bound of the theorem", stroke: "#000", dash: theme.dashes[2] },
    ...problems.map((problem, i) => ({
      label: `(${letter}) /{δ}_{w} = ${formatNumber(where(runs, "problem", problem)[0].deltaW, 3)}`,
      ...{ stroke: style(first + i).stroke, symbol: style(first + i).symbol },
    })),
  ];
  return {
    panels: [...growth, kept, reached, local],
    columns: 3,
    rows: { runs: [...runs], courses: [...courses] },
    legend,
  };
}
