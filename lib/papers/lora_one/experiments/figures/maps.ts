/**
 * Maps over two variables: label noise (F9) and the basin of preconditioned descent (E1).
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  overlay,
  type Panel,
  type Point,
  style,
  theory,
} from "../../../../figure/mod.ts";

const VERMILION = "#D55E00";

/** A map over two positive variables. */
export interface MapCell extends Row {
  /** Position. */
  x: number;
  /** Position. */
  y: number;
  /** Value that is coloured; null is left white. */
  value: number | null;
}

/** Heat map panel over a regular grid in the given scales, with theory lines. */
function mapPanel(
  cells: readonly MapCell[],
  { title, x, y, color, lines = [], log }: {
    title: string;
    x: string;
    y: string;
    color: NonNullable<Panel["color"]>;
    lines?: readonly Point[];
    log: { x: boolean; y: boolean };
  },
): Panel {
  const edge = (key: "x" | "y", isLog: boolean) => {
    const values = distinct(cells, key).toSorted((a, b) => a - b);
    const [a, b] = values;
    return (row: Row, side: 1 | -1) =>
      isLog ? Number(row[key]) * Math.sqrt(b / a) ** side : Number(row[key]) + side * (b - a) / 2;
  };
  const [ex, ey] = [edge("x", log.x), edge("y", log.y)];
  const span = (side: (row: Row, side: 1 | -1) => number): [number, number] => [
    Math.min(...cells.map((row) => side(row, -1))),
    Math.max(...cells.map((row) => side(row, 1))),
  ];
  return {
    title,
    x: { label: x, type: log.x ? "log" : "linear", domain: span(ex) },
    y: { label: y, type: log.y ? "log" : "linear", domain: span(ey) },
    color,
    marks: [
      Plot.rect(cells.filter(({ value }) => value !== null), {
        x1: (row: Row) => ex(row, -1),
        x2: (row: Row) => ex(row, 1),
        y1: (row: Row) => ey(row, -1),
        y2: (row: Row) => ey(row, 1),
        fill: "value",
        inset: -0.15,
        clip: true,
      }),
      ...distinct(lines, "series").map((name) =>
        theory(where(lines, "series", name), {
          x: "x",
          y: "y",
          stroke: color.type === "log" ? VERMILION : "#fff",
          strokeWidth: 1.5,
          clip: true,
        })
      ),
    ],
  };
}

/** F9: overlaps and risk against the strength, and the phase diagram in `(N, λ)`. */
export function noiseFigure(
  { overlaps, found, risk, foundRisk, map, critical }: {
    /** Theory of both overlaps. */
    overlaps: Point[];
    /** Simulated overlaps. */
    found: Point[];
    /** Theory of the relative risk of the start. */
    risk: Point[];
    /** Simulated relative risk. */
    foundRisk: Point[];
    /** `⟨û, u⟩²` over `N` and `λ`. */
    map: MapCell[];
    /** `λ_c(N)`. */
    critical: Point[];
  },
): Figure {
  return {
    panels: [
      {
        title: "overlaps",
        x: { label: "/{λ}//{λ}_{c}" },
        y: { label: "squared overlap", domain: [0, 1] },
        legend: {
          at: "bottom-right",
          entries: distinct(overlaps, "series").map((label, i) => ({ label, ...style(i) })),
        },
        marks: overlay(overlaps, found),
      },
      {
        title: "risk of the start",
        x: { label: "/{λ}//{λ}_{c}" },
        y: { label: "risk / risk of no start", type: "log" },
        marks: [
          Plot.ruleY([1], { stroke: "#777", strokeDasharray: "2 2" }),
          ...overlay(risk, foundRisk),
        ],
      },
      mapPanel(map, {
        title: "phase diagram",
        x: "samples /{N}",
        y: "strength /{λ}",
        color: {
          type: "linear",
          scheme: "cividis",
          domain: [0, 1],
          label: "⟨û, u⟩²",
          legend: true,
        },
        lines: critical,
        log: { x: true, y: true },
      }),
    ],
    columns: 3,
    aspect: 1,
    rows: { overlaps, simulation: found, risk, "simulated risk": foundRisk, map, critical },
    size: "page",
    caption:
      "Label noise (d = 400, k = 200, σ = 1; (a), (b): N = 8000, draws exact in law; λ_c = σ(dk)^¼/√N, its leading order). (a) Squared overlaps of " +
      "the leading singular vectors of the one-step gradient with the truth. (b) Risk of the rank-one start " +
      "over that of no start: above 1 the start hurts. (c) Theory: ⟨û, u⟩² over N and λ, with λ_c.",
  };
}

/** E1: steps of preconditioned descent over `N/d` and `η`, for two condition numbers. */
export function basinFigure(
  maps: readonly { title: string; cells: MapCell[] }[],
  edge: readonly Point[],
): Figure {
  return {
    panels: maps.map(({ title, cells }) =>
      mapPanel(cells, {
        title,
        x: "/{N}//{d}",
        y: "step size /{η}",
        color: {
          type: "log",
          scheme: "cividis",
          domain: [5, 400],
          label: "steps to 10⁻⁶",
          legend: true,
        },
        lines: edge,
        log: { x: true, y: false },
      })
    ),
    columns: 2,
    rows: {
      ...Object.fromEntries(maps.map(({ title, cells }) => [title, cells])),
      edge: [...edge],
    },
    size: "page",
    caption:
      "Preconditioned descent from the spectral start (d = 40, r = r* = 4, λ = 0): steps to a relative error " +
      "of 10⁻⁶; white: not within 400 steps; line: edge η = 2/μ_max of local stability (median of draws). Both condition numbers have the same basin: N of a few d " +
      "is enough, not ε ≲ κ⁻³.",
  };
}
