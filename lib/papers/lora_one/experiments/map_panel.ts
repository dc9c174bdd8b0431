/**
 * A map over two variables, in colours, with lines of theory.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, where } from "../../../experiment/mod.ts";
import { type Panel, type Point, theory } from "../../../figure/mod.ts";

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
export function mapPanel(
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
