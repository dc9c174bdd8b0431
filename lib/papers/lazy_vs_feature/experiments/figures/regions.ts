/**
 * The plane of dimension and perturbation, E2.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row } from "../../../../experiment/mod.ts";
import { type Figure, type Point, theory } from "../../../../figure/mod.ts";

/** A cell of the plane of dimension and perturbation. */
export interface RegionCell extends Row {
  /** `log₁₀ d`. */
  x: number;
  /** `log₁₀ κ`. */
  y: number;
  /** `log₁₀` of the predicted number of samples. */
  value: number;
}

/** E2: predicted samples to half an overlap, and the borders of the three regions. */
export function regionFigure(
  cells: readonly RegionCell[],
  { lazy, crossover }: { lazy: Point[]; crossover: Point[] },
  caption: string,
): Figure {
  const xs = distinct(cells, "x"), ys = distinct(cells, "y");
  const dx = (xs[1] - xs[0]) / 2, dy = (ys[1] - ys[0]) / 2;
  const power = (x: number) => Number.isInteger(x) ? `10^{${String(x).replace("-", "−")}}` : "";
  const place = [
    { x: xs[0] + 0.35 * (xs.at(-1)! - xs[0]), y: Math.log10(0.045), text: "lazy" },
    { x: xs[0] + 0.66 * (xs.at(-1)! - xs[0]), y: Math.log10(1.2), text: "fine-tuning" },
    { x: xs[0] + 0.19 * (xs.at(-1)! - xs[0]), y: Math.log10(16), text: "feature\nlearning" },
  ];
  const label = (row: Row) => String(row.text);
  return {
    panels: {
      x: { label: "dimension /{d}", domain: [xs[0] - dx, xs.at(-1)! + dx], tickFormat: power },
      y: {
        label: "perturbation per neuron /{κ}",
        domain: [ys[0] - dy, ys.at(-1)! + dy],
        tickFormat: power,
        ticks: [-1, 0, 1],
      },
      color: { type: "linear", scheme: "cividis", label: "log_{10} of samples", legend: true },
      marks: [
        Plot.rect(cells, {
          x1: (row: Row) => Number(row.x) - dx,
          x2: (row: Row) => Number(row.x) + dx,
          y1: (row: Row) => Number(row.y) - dy,
          y2: (row: Row) => Number(row.y) + dy,
          fill: "value",
          inset: -0.15,
          clip: true,
        }),
        theory(lazy, { x: "x", y: "y", stroke: "#fff", strokeDasharray: "4 2", clip: true }),
        theory(crossover, { x: "x", y: "y", stroke: "#fff", clip: true }),
        Plot.text(place, { x: "x", y: "y", text: label, fill: "#fff", fontWeight: "bold" }),
      ],
    },
    rows: { cells: [...cells], lazy, crossover },
    size: "column",
    aspect: 0.9,
    caption,
  };
}
