/**
 * Figures of the chains: courses with bands (F1), laws (F2), steps against dimension (F4, F5, F20).
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, geomspace, type Row, where } from "../../../../experiment/mod.ts";
import {
  band,
  type Figure,
  heat,
  type Mark,
  overlay,
  type Panel,
  type Point,
  simulation,
  style,
  theory,
} from "../../../../figure/mod.ts";

import type { HittingRow } from "../../simulation/mod.ts";

/** Copies of a chain in one dimension, with the flow. */
export interface BandPanel {
  /** Words beside the letter. */
  readonly title: string;
  /** The flow. */
  readonly flow: Point[];
  /** Means with `se`, `low` and `high`. */
  readonly means: Point[];
  /** Single direct runs. */
  readonly runs?: Point[];
}

/** F1: overlap against time in several dimensions; the band holds 80 % of the copies. */
export function bandFigure(panels: readonly BandPanel[], caption: string): Figure {
  const blue = style(0).stroke, rows: Record<string, Row[]> = {};
  panels.forEach(({ flow, means, runs = [] }, i) => {
    const letter = String.fromCharCode(97 + i);
    rows[`${letter}, flow`] = flow;
    rows[`${letter}, chains`] = means;
    if (runs.length > 0) rows[`${letter}, direct runs`] = runs;
  });
  return {
    panels: panels.map(({ title, flow, means, runs = [] }) => ({
      title,
      x: { label: "time /{τ} = steps//{n}" },
      y: { label: "overlap /{m}", domain: [-0.1, 1] },
      marks: [
        band(means, { x: "x", y1: "low", y2: "high", fill: blue, clip: true }),
        ...distinct(runs, "series").map((name) =>
          Plot.line(where(runs, "series", name), {
            x: "x",
            y: "y",
            stroke: "#D55E00",
            strokeWidth: 0.5,
            clip: true,
          })
        ),
        theory(flow, { x: "x", y: "y", stroke: "#000", strokeWidth: 1.4 }),
        simulation(means.filter((_, i) => i % 2 === 1), { x: "x", y: "y", stroke: blue }),
      ],
    })),
    columns: panels.length,
    legend: [
      { label: "flow", stroke: "#000", dash: "" },
      { label: "chains: mean, 80% of copies", stroke: blue, symbol: "circle" },
      { label: "direct SGD, single runs", stroke: "#D55E00", dash: "" },
    ],
    rows,
    size: "page",
    caption,
  };
}

/** Samples of one law. */
export interface LawPanel {
  /** Words beside the letter. */
  readonly title: string;
  /** Label of the axis. */
  readonly label: string;
  /** Samples of the chain, by number of steps. */
  readonly chain: Readonly<Record<string, readonly number[]>>;
  /** Samples of the direct runs. */
  readonly direct: Readonly<Record<string, readonly number[]>>;
}

/** Distribution function of a sample, at about `count` of its points. */
function distribution(sample: readonly number[], count: number): { x: number; y: number }[] {
  const sorted = sample.toSorted((a, b) => a - b),
    every = Math.max(1, Math.floor(sorted.length / count));
  return sorted.map((x, i) => ({ x, y: (i + 0.5) / sorted.length }))
    .filter((_, i) => i % every === (every >> 1));
}

/** F2: distribution functions of chains (lines) and of direct runs (symbols). */
export function lawFigure(panels: readonly LawPanel[], caption: string): Figure {
  const rows: Record<string, Row[]> = {};
  const drawn = panels.map(({ title, label, chain, direct }, at): Panel => {
    const names = Object.keys(chain);
    const lines = names.flatMap((series) =>
      distribution(chain[series], 200).map((point) => ({ series, ...point }))
    );
    const dots = names.flatMap((series) =>
      distribution(direct[series], 14).map((point) => ({ series, ...point }))
    );
    rows[`${String.fromCharCode(97 + at)}, chain`] = lines;
    rows[`${String.fromCharCode(97 + at)}, direct`] = dots;
    return {
      title,
      x: { label },
      y: { label: "share of copies below", domain: [0, 1] },
      marks: overlay(lines, dots),
    };
  });
  return {
    panels: drawn,
    columns: 3,
    legend: Object.keys(panels[0].chain).map((label, i) => (
      { label, stroke: style(i).stroke, dash: style(i).dash, symbol: style(i).symbol }
    )),
    rows,
    size: "page",
    caption,
  };
}

/** Median steps of a route against the dimension. */
export interface RoutePoint extends Point {
  /** Lower quartile. */
  low: number;
  /** Upper quartile. */
  high: number;
}

/** Medians of a route as points of a series; those that were not reached are left out. */
export function routePoints(
  rows: readonly HittingRow[],
  route: string,
  series: string,
): RoutePoint[] {
  return where(rows, "route", route).filter(({ steps }) => steps !== null).map((row) => (
    { series, x: Number(row.d), y: Number(row.steps), low: Number(row.low), high: Number(row.high) }
  ));
}

/** A law through the last of some points, in the colour of their series; none without points. */
export function lawThroughLast(points: readonly Point[], law: (x: number) => number): Point[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  return geomspace(first.x, last.x, 9).map((x) => (
    { series: last.series, x, y: last.y * law(x) / law(last.x) }
  ));
}

/** A panel of medians with quartiles, and guides in the colour of their series. */
export function routePanel(medians: readonly RoutePoint[], guides: readonly Point[]): Panel {
  // A line stays where no run has arrived.
  const names = distinct([...medians, ...guides], "series");
  return {
    title: "",
    x: { label: "dimension /{d}", type: "log" },
    y: { label: "steps to half an overlap", type: "log" },
    legend: {
      at: "above",
      entries: names.map((label, i) => (
        { label, stroke: style(i).stroke, dash: style(i).dash, symbol: style(i).symbol }
      )),
    },
    marks: names.flatMap((name, i): Mark[] => {
      const rows = where(medians, "series", name), { stroke, symbol, dash } = style(i);
      return [
        theory(where(guides, "series", name), {
          x: "x",
          y: "y",
          stroke,
          strokeDasharray: dash,
          clip: true,
        }),
        Plot.ruleX(rows, { x: "x", y1: "low", y2: "high", stroke, strokeWidth: 0.8 }),
        simulation(rows, { x: "x", y: "y", stroke, symbol }),
      ];
    }),
  };
}

/** F5: one teacher, two ways; and the Hermite tensors of the teacher, which see degree three first. */
export function planeFigure(
  { medians, guides, norms, slopes }: {
    /** Medians with quartiles. */
    medians: readonly RoutePoint[];
    /** Guides. */
    guides: readonly Point[];
    /** Norms of the Hermite tensors, by degree. */
    norms: readonly Point[];
    /** `Φ′` against `m`. */
    slopes: readonly Point[];
  },
  caption: string,
): Figure {
  const blue = style(0).stroke;
  return {
    panels: [
      { ...routePanel(medians, guides), title: "steps" },
      {
        title: "teacher",
        x: { label: "degree", type: "band" },
        y: { label: "norm of its Hermite tensor", domain: [0, 1] },
        marks: [
          Plot.barY(norms, { x: "x", y: "y", fill: blue, insetLeft: 3, insetRight: 3 }),
          Plot.ruleY([0]),
        ],
      },
      {
        title: "fine-tuning",
        x: { label: "overlap /{m}" },
        y: { label: "slope /{Φ}′(/{m})", domain: [0, Math.max(...slopes.map(({ y }) => y)) * 1.1] },
        marks: [theory(slopes, { x: "x", y: "y", stroke: blue })],
      },
    ],
    columns: 3,
    rows: { medians: [...medians], guides: [...guides], norms: [...norms], slopes: [...slopes] },
    size: "page",
    caption,
  };
}

/** Entries of a matrix as cells. */
function matrixPanel(title: string, values: readonly number[], k: number): Panel {
  const cells = values.map((value, at) => ({ i: Math.floor(at / k) + 1, j: at % k + 1, value }));
  return {
    title,
    x: { label: "neuron /{j}", type: "band" },
    y: { label: "neuron /{i}", type: "band" },
    color: { type: "linear", domain: [-1, 0, 1], range: ["#E69F00", "#ffffff", "#56B4E9"] },
    marks: [
      heat(cells, { x: "j", y: "i", fill: "value" }),
      Plot.text(cells, {
        x: "j",
        y: "i",
        text: ({ value }: { value: number }) => value.toFixed(2).replace("-", "−"),
      }),
    ],
  };
}

/** F20: the paper's Claim 2 in numbers: Gram matrices, and steps against dimension. */
export function claim2Figure(
  { base, teacher, medians, guides }: {
    /** Gram matrix of the base. */
    base: readonly number[];
    /** Gram matrix of the teacher. */
    teacher: readonly number[];
    /** Medians with quartiles. */
    medians: readonly RoutePoint[];
    /** Guides. */
    guides: readonly Point[];
  },
  caption: string,
): Figure {
  const k = Math.sqrt(base.length);
  return {
    panels: [
      matrixPanel("Gram matrix of the base", base, k),
      matrixPanel("of the teacher", teacher, k),
      { ...routePanel(medians, guides), title: "steps" },
    ],
    columns: 3,
    rows: {
      base: base.map((value, at) => ({ at, value })),
      teacher: teacher.map((value, at) => ({ at, value })),
      medians: [...medians],
      guides: [...guides],
    },
    size: "page",
    caption,
  };
}
