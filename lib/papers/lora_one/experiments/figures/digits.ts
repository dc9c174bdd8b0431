/**
 * The figure of the digits, F10.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  type Mark,
  type Panel,
  type Point,
  style,
  theme,
} from "../../../../figure/mod.ts";

const VERMILION = "#D55E00";

/** Colours of the two optimizers. */
const BARS = ["#999999", "#333333"];

/** A bar of F10. */
export interface DigitsBar extends Row {
  /** Method. */
  method: string;
  /** Optimizer. */
  rule: string;
  /** Mean number of steps. */
  mean: number;
  /** Standard error. */
  se: number;
}

/** F10: training curves, learning rates, and steps to a loss of 0.3. */
export function digitsFigure(
  { curves, rates, bars }: {
    /** Loss against step at the best rate (Adam). */
    curves: Point[];
    /** Final loss against learning rate (Adam). */
    rates: Point[];
    /** Steps to 0.3 of every method and optimizer. */
    bars: DigitsBar[];
  },
): Figure {
  const methods = distinct(bars, "method"), rules = distinct(bars, "rule");
  const look = (i: number) =>
    i < theme.palette.length ? style(i) : { stroke: "#777777", symbol: "star" as const };
  const lines = (points: Point[], every: number): Mark[] =>
    methods.flatMap((name, i) => {
      const here = where(points, "series", name);
      const { stroke, symbol } = look(i);
      return [
        Plot.line(here, { x: "x", y: "y", stroke, strokeWidth: 0.7, clip: true }),
        Plot.dot(here.filter((row, j) => (j + i) % every === 0 && row.y < 20), {
          x: "x",
          y: "y",
          stroke,
          fill: "#fff",
          symbol,
          r: 2.1,
        }),
      ];
    });
  const place = (row: DigitsBar) =>
    methods.indexOf(row.method) + (rules.indexOf(row.rule) - 0.5) * 0.36;
  return {
    panels: [
      {
        title: "Adam, best rate",
        x: { label: "steps" },
        y: { label: "training loss", type: "log", domain: [5e-5, 20] },
        marks: lines(curves, 6),
      },
      {
        title: "Adam, all rates",
        x: { label: "learning rate", type: "log" },
        y: { label: "final training loss", type: "log", domain: [5e-5, 20] },
        marks: lines(rates, 1),
      },
      {
        title: "steps to loss 0.3",
        x: { label: "steps" },
        y: {
          label: "",
          domain: [methods.length - 0.4, -0.6],
          ticks: methods.map((_, i) => i),
          tickFormat: (i: number) => methods[i] ?? "",
        } as Panel["y"],
        legend: {
          at: "above",
          entries: rules.map((label, i) => (
            { label, fill: BARS[i], stroke: BARS[i], box: true }
          )),
        },
        marks: [
          ...rules.map((rule, i) =>
            Plot.rect(where(bars, "rule", rule), {
              y1: (row: DigitsBar) => place(row) - 0.16,
              y2: (row: DigitsBar) => place(row) + 0.16,
              x1: 0,
              x2: "mean",
              fill: BARS[i],
            })
          ),
          Plot.ruleY(bars, {
            y: place,
            x1: (row: DigitsBar) => row.mean - row.se,
            x2: (row: DigitsBar) => row.mean + row.se,
            stroke: VERMILION,
            strokeWidth: 1,
          }),
        ],
      },
    ],
    columns: 3,
    aspect: 1.15,
    legend: methods.map((label, i) => ({ label, stroke: look(i).stroke, symbol: look(i).symbol })),
    rows: { curves, rates, bars },
    size: "page",
    caption:
      "Fine-tuning on even digits of a network trained on odd ones (64–64–10 ReLU, r = 4, full batch, 150 steps, " +
      "one learning-rate grid for all; means over seeds, bars ± standard error). Simulation only: there is " +
      "no theory for this network.",
  };
}
