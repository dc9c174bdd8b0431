/**
 * Figures of lazy-vs-feature on floors and bounds: F8, F19, F21, F22.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row } from "../../../../experiment/mod.ts";
import {
  endLabels,
  type Figure,
  overlay,
  overlayLegend,
  type Panel,
  type Point,
  style,
  theme,
  theory,
} from "../../../../figure/mod.ts";
import { type Guide, guideMarks } from "./guides.ts";
import type { ExampleCell, LandscapeCurve, PanelData } from "../bounds.ts";

const VERMILION = "#D55E00";

/** F8: floors of linearised training. */
export function floorFigure(data: { full: PanelData; rankOne: PanelData }): Figure {
  const guides: Guide[] = [
    { label: "∝ /{κ}", from: 0.055, to: 0.16, value: 0.09, power: 1 },
    { label: "∝ /{κ}²", from: 0.11, to: 0.33, value: 0.0055, power: 2, below: true },
  ];
  const x: Panel["x"] = {
    label: "perturbation per neuron /{κ}",
    type: "log",
    domain: [0.045, 2.2],
  };
  const y = { type: "log" as const, domain: [2e-3, 1.2] as [number, number] };
  const panel = (title: string, { lines, means }: PanelData): Panel => ({
    title,
    x,
    y: { label: "least error / error of the base", ...y },
    marks: [...guideMarks(guides), ...overlay(lines, means)],
  });
  return {
    panels: [
      panel("first-layer kernel", data.full),
      panel("tangent model of rank one", data.rankOne),
    ],
    columns: 2,
    legend: overlayLegend(data.full.lines, data.full.means),
    rows: {
      "a, theory": data.full.lines,
      "a, simulation": data.full.means,
      "b, theory": data.rankOne.lines,
      "b, simulation": data.rankOne.means,
    },
    size: "page",
    caption:
      "Least mean squared error of linearised training, as a fraction of that of the base (k = 6, alternating c). " +
      "Lines: exact projections; marks: regressions on features of drawn inputs in 8 dimensions, ± one standard " +
      "error. The floor is of order κ² for smooth activations, of order κ (up to a logarithm) for ReLU; it stays at κ = Θ(1).",
  };
}

/** F19: the landscape of random signs, and how often Condition 3 fails. */
export function landscapeFigure(
  curves: readonly LandscapeCurve[],
  failures: PanelData,
  { kappa, k }: { kappa: number; k: number },
): Figure {
  const rows = curves.flatMap(({ holds, points }, curve) =>
    points.map((point) => ({ curve, holds, ...point }))
  );
  const line = (curve: LandscapeCurve) =>
    theory(curve.points, {
      x: "m",
      y: "ratio",
      stroke: curve.holds ? style(0).stroke : VERMILION,
      strokeDasharray: curve.holds ? "" : theme.dashes[1],
      strokeWidth: curve.holds ? 0.6 : 1.1,
      strokeOpacity: curve.holds ? 0.6 : 1,
      clip: true,
    });
  const failing = curves.filter(({ holds }) => !holds);
  const names = distinct(failures.lines, "series");
  return {
    panels: [
      {
        title: `${curves.length} pairs of signs, /{κ} = ${+kappa.toFixed(3)}`,
        x: { label: "|/{m}|" },
        y: {
          label: "/{h}(/{m}) / /{h}(0)",
          type: "symlog",
          constant: 1,
          domain: [-30, 100],
          ticks: [-10, -1, 0, 1, 10, 100],
        },
        legend: {
          at: "above",
          entries: [
            { label: "Condition 3 holds", stroke: style(0).stroke, dash: "" },
            { label: "fails", stroke: VERMILION, dash: theme.dashes[1] },
          ],
        },
        marks: [
          Plot.ruleY([0.5], { stroke: "#777", strokeDasharray: "1 2" }),
          ...curves.filter(({ holds }) => holds).map(line),
          ...failing.map(line),
        ],
      },
      {
        title: "share of failures",
        x: { label: "perturbation per neuron /{κ}", type: "log", domain: [0.4, 4.2] },
        y: { label: "probability", type: "log", domain: [1e-4, 1] },
        legend: { at: "above", entries: overlayLegend(failures.lines, failures.means) },
        marks: overlay(failures.lines, failures.means),
      },
    ],
    columns: 2,
    rows: {
      "a, curves": rows as unknown as Row[],
      "b, theory": failures.lines,
      "b, simulation": failures.means,
    },
    size: "page",
    caption:
      `(a) The population gradient on the side that h(0) points to, h₃, k = ${k}, for random c and ĉ: Condition 3 ` +
      "asks for values above ½ (dotted). (b) Share of pairs of signs for which it fails (k = 257; h₂, erf, ReLU: never): " +
      `marks, draws ± one standard error; lines, ${
        names.length === 2 ? "the paper's bound e^{−2/(eκ²)} and the limit P(N₁N₂ < −2/κ²)" : ""
      }.`,
  };
}

/** F22: Example 1, and the second layer. */
export function appendixFigure(
  map: readonly ExampleCell[],
  minima: readonly { angle: number; scale: number }[],
  layer: PanelData,
): Figure {
  const names = distinct(layer.lines, "series");
  const xs = distinct(map, "x"), ys = distinct(map, "y");
  const dx = (xs[1] - xs[0]) / 2, dy = (ys[1] - ys[0]) / 2;
  const points = minima.map(({ angle, scale }) => ({ x: angle * 180 / Math.PI, y: scale }));
  const low = 10, high = Math.max(...map.map(({ value }) => value));
  return {
    panels: [
      {
        title: "Example 1",
        x: { label: "angle of /{û} in degrees", domain: [xs[0] - dx, xs.at(-1)! + dx] },
        y: { label: "scale of /{ĉ}", domain: [ys[0] - dy, ys.at(-1)! + dy] },
        color: {
          type: "log",
          scheme: "cividis",
          domain: [low, high],
          clamp: true,
          label: "loss",
          legend: true,
        },
        marks: [
          Plot.rect([...map], {
            x1: (row: Row) => Number(row.x) - dx,
            x2: (row: Row) => Number(row.x) + dx,
            y1: (row: Row) => Number(row.y) - dy,
            y2: (row: Row) => Number(row.y) + dy,
            fill: (row: Row) => Math.max(low, Number(row.value)),
            inset: -0.15,
            clip: true,
          }),
          Plot.dot(points, {
            x: "x",
            y: "y",
            r: 3.5,
            fill: "#fff",
            stroke: "#000",
            strokeWidth: 0.8,
            symbol: "star",
          }),
        ],
      },
      {
        title: "second layer",
        x: { label: "1 − /{m}", type: "log", domain: [8e-5, 0.4] },
        y: { label: "mean squared error", type: "log" },
        marks: [
          ...overlay(layer.lines, layer.means),
          endLabels(layer.lines, {
            x: ({ x }) => x,
            y: ({ y }) => y,
            z: ({ series }) => series,
            fill: ({ series }) => style(names.indexOf(series)).stroke,
          }),
        ],
      },
    ],
    columns: 2,
    aspect: 0.85,
    rows: {
      "a, loss": [...map],
      "a, minima": points,
      "b, candidate": layer.lines,
      "b, regression": layer.means,
    },
    size: "page",
    caption:
      "(a) Population loss of Example 1, where u lies in the span of W: two global minima (stars), at (u, c) and at " +
      "(u′, −c), with ⟨u, u′⟩ = 0.986. (b) Error of a linear second layer on the 2k features of a direction at overlap " +
      "m (κ = 1). Lines: the candidate of Theorem 36, exact; marks: best read-out by regression on drawn inputs, k = 8.",
  };
}

/** F21: what the bounds of the paper say, and what happens. */
export function boundFigure(
  accuracy: PanelData,
  width: { half: readonly Point[]; one: readonly Point[] },
): Figure {
  const label = "best time /{τ} = steps//{n}";
  const k = (title: string, lines: readonly Point[]): Panel => ({
    title,
    x: { label: "neurons /{k}", type: "log", domain: [14, 1300], ticks: [17, 65, 257, 1025] },
    y: { label, type: "log", domain: [3, 1e7] },
    legend: { at: "above", entries: overlayLegend([...lines], []) },
    marks: [
      ...guideMarks([
        { label: "∝ /{k}³", from: 50, to: 500, value: 8e3, power: 3, below: true },
        { label: "∝ /{k}⁴", from: 23, to: 108, value: 1.2e4, power: 4 },
      ]),
      ...overlay([...lines], []),
      Plot.dot([...lines], {
        x: "x",
        y: "y",
        r: 1.6,
        fill: (row: Point) => style(distinct(lines, "series").indexOf(row.series)).stroke,
      }),
    ],
  });
  return {
    panels: [
      {
        title: "accuracy",
        x: { label: "accuracy 1//{ε}, 1 − /{m}² = /{ε}", type: "log", domain: [3, 240] },
        y: { label, type: "log", domain: [5, 1e5] },
        legend: { at: "above", entries: overlayLegend(accuracy.lines, accuracy.means) },
        marks: [
          ...guideMarks([
            { label: "∝ /{ε}^{−4}", from: 5, to: 25, value: 250, power: 4 },
            { label: "∝ /{ε}^{−1}", from: 12, to: 120, value: 70, power: 1, below: true },
          ]),
          ...overlay(accuracy.lines, accuracy.means),
        ],
      },
      k("/{ξ} = √/{k}/2", width.half),
      k("/{ξ} = 1", width.one),
    ],
    columns: 3,
    aspect: 1,
    rows: {
      "a, theory": accuracy.lines,
      "a, simulation": accuracy.means,
      "b, theory": [...width.half],
      "c, theory": [...width.one],
    },
    size: "page",
    caption:
      "Time at the best step size, in units of n samples. Lines: flow of the overlap. (a) To accuracy ε, h₃, k = 9, " +
      "κ = 1/√2, with q = 1/3 and with ĉ = c; marks: median first passage of chains at the same step; the paper's bound " +
      "has ε⁻⁴. (b), (c) To |m| = 0.9 with frozen random signs of typical sums (one instance for every k, marked); the " +
      "paper's bounds have k³ (μ₁ ≠ 0: k²) to k⁴, dotted.",
  };
}
