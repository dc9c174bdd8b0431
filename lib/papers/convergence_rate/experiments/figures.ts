/**
 * Figures of convergence-rate that are no plain overlays: rows → figure.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, where } from "../../../experiment/mod.ts";
import {
  band,
  entries,
  type Figure,
  type Mark,
  type Panel,
  type Point,
  simulation,
  style,
  theory,
} from "../../../figure/mod.ts";

/** A course of a run in one panel; `se` is the standard error where it is a mean. */
export interface CoursePanel {
  /** Words beside the letter. */
  readonly title: string;
  /** Horizontal axis. */
  readonly x: NonNullable<Panel["x"]>;
  /** Vertical axis. */
  readonly y: NonNullable<Panel["y"]>;
  /** Simulated courses. */
  readonly runs: Point[];
  /** Reference lines, in grey. */
  readonly guides?: Point[];
}

/** Every n-th row, so that a course has about `count` symbols, staggered by series. */
function thinned(rows: Point[], i: number, count = 7): Point[] {
  const every = Math.max(1, Math.ceil(rows.length / count));
  return rows.filter((_, j) => j % every === i % every);
}

function courseMarks({ runs, guides = [] }: CoursePanel, names: string[]): Mark[] {
  const grey = distinct(guides, "series").map((name) =>
    theory(where(guides, "series", name), {
      x: "x",
      y: "y",
      stroke: "#777",
      strokeDasharray: "1 2",
      clip: true,
    })
  );
  return [
    ...grey,
    ...names.flatMap((name, i) => {
      const rows = where(runs, "series", name), { stroke, symbol } = style(i);
      const spread = rows.filter((row) => Number.isFinite(row.se)).map((row) => (
        { ...row, low: row.y - Number(row.se), high: row.y + Number(row.se) }
      ));
      return [
        band(spread, { x: "x", y1: "low", y2: "high", fill: stroke, clip: true }),
        Plot.line(rows, { x: "x", y: "y", stroke, strokeWidth: 0.9, clip: true }),
        simulation(thinned(rows, i), { x: "x", y: "y", stroke, symbol }),
      ];
    }),
  ];
}

/**
 * Courses of runs, panel by panel, with one legend: line and symbol are simulation, the band is ± one
 * standard error over seeds, grey dots are guides.
 */
export function courseFigure(
  panels: readonly CoursePanel[],
  { caption, columns, aspect }: { caption: string; columns?: number; aspect?: number },
): Figure {
  const names = distinct(panels.flatMap(({ runs }) => runs), "series");
  const rows: Record<string, Row[]> = {};
  panels.forEach(({ runs, guides }, i) => {
    const letter = String.fromCharCode(97 + i);
    rows[letter] = runs;
    if (guides?.length) rows[`${letter}, guides`] = guides;
  });
  return {
    panels: panels.map((panel) => {
      const { title, x, y } = panel;
      return { title, x, y, marks: courseMarks(panel, names) };
    }),
    columns: columns ?? Math.min(panels.length, 3),
    ...(aspect === undefined ? {} : { aspect }),
    legend: entries(names, String, "both").map(({ dash: _, ...entry }) => ({ ...entry, dash: "" })),
    rows,
    size: panels.length === 1 ? "column" : "page",
    caption,
  };
}

/** Counts of `values` in equal bins of `[low, high]`, as fractions of all. */
export function histogram(
  values: readonly number[],
  low: number,
  high: number,
  bins: number,
): number[] {
  const counts = Array<number>(bins).fill(0);
  for (const value of values) {
    const at = Math.floor((value - low) / (high - low) * bins);
    if (at >= 0 && at < bins) counts[at] += 1 / values.length;
  }
  return counts;
}

/** F2: decrease of certified steps, and where the paper's lemma needs a smoothness constant. */
export function stepFigure(
  { rules, sweep, line }: {
    /** Decrease ratios of each rule. */
    rules: { rule: string; values: number[] }[];
    /** Measured ratio against `L`. */
    sweep: Point[];
    /** Its theory. */
    line: Point[];
  },
): Figure {
  const low = -1.02, high = 0, bins = 51, width = (high - low) / bins;
  const bars = rules.flatMap(({ rule, values }) =>
    histogram(values, low, high, bins).flatMap((share, i) => [
      { series: rule, x: low + i * width, y: share },
      { series: rule, x: low + (i + 1) * width, y: share },
    ])
  );
  return {
    panels: [
      {
        title: "one certified step",
        x: { label: "(/{J}_{+} − /{J}) / (/{η}‖∇/{J}‖²)", domain: [-1.02, 0.05] },
        y: { label: "share of states", type: "log", domain: [1e-4, 1] },
        legend: {
          at: "above",
          entries: entries(rules.map(({ rule }) => rule), String),
        },
        marks: [
          Plot.ruleX([-0.5, -0.25], { stroke: "#777", strokeDasharray: "1 2" }),
          ...rules.map(({ rule }, i) =>
            Plot.line(where(bars, "series", rule), {
              x: "x",
              y: (row: Row) => Math.max(Number(row.y), 1e-9), // below the frame
              stroke: style(i).stroke,
              strokeDasharray: style(i).dash,
              strokeWidth: 1,
              clip: true,
            })
          ),
        ],
      },
      {
        title: "small smoothness constant",
        x: { label: "smoothness /{L}", type: "log" },
        y: { label: "(/{J}_{+} − /{J}) / (/{η}‖∇/{J}‖²)", domain: [-1, 1] },
        legend: {
          at: "above",
          entries: [
            { label: "−(1 − /{ηg}/2)", stroke: style(0).stroke, dash: "" },
            { label: "one step", stroke: style(0).stroke, symbol: "circle" },
          ],
        },
        marks: [
          Plot.ruleY([-0.25, 0], { stroke: "#777", strokeDasharray: "1 2" }),
          theory(line, { x: "x", y: "y", stroke: style(0).stroke }),
          simulation(sweep, { x: "x", y: "y", stroke: style(0).stroke, symbol: "circle" }),
        ],
      },
    ],
    columns: 2,
    rows: { "a, shares": bars, "b, theory": line, "b, simulation": sweep },
    size: "page",
    caption:
      "(a) Decrease of the loss in one step of each certified rule, from random states, as a multiple of " +
      "η‖∇J‖²; dotted: the certificates −½ (simple, cubic) and −¼ (paper, L ≥ 1/(6√2)). (b) The paper's rule " +
      "on a steep pseudo-Huber slope near V = 0: above −¼ for L < 1/(6√2) = 0.118, a rise for L < 0.088.",
  };
}
