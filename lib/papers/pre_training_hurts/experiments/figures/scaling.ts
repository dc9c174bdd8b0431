/**
 * Figures of the dependence on dimension, noise and step sizes: rows → figure.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct } from "../../../../experiment/mod.ts";
import {
  entries,
  errorBars,
  type Figure,
  overlay,
  overlayLegend,
  type Panel,
  type Point,
  simulation,
  style,
  theory,
} from "../../../../figure/mod.ts";

/** E2: exit steps against ln d up to d = 10⁹. */
export function dimensionFigure(lines: Point[], means: Point[]): Figure {
  return {
    panels: {
      x: { label: "dimension /{d}", type: "log", domain: [500, 2e9] },
      y: { label: "exit time (SGD steps)" },
      legend: overlayLegend(lines, means),
      marks: overlay(lines, means),
    },
    rows: { theory: lines, chain: means },
    size: "column",
    caption:
      "Linear target, batch b = d, η = 0.1: mean exit step of the exact chain (marks, ± standard " +
      "error) and lines of the predicted slope 1/(2 ln(1 + ηλ₊)) per ln d through the point at d = 10⁹.",
  };
}

/** E3: noise-assisted search and the critical batch. */
export function noiseFigure(
  shift: { lines: Point[]; means: Point[] },
  fractions: Point[],
): Figure {
  const names = distinct(fractions, "series");
  return {
    panels: [
      {
        title: "SGD noise shortens the search",
        x: { label: "batch /{b}", type: "log" },
        y: { label: "shift of the exit step" },
        legend: { at: "above", entries: overlayLegend(shift.lines, shift.means) },
        marks: [Plot.ruleY([0], { stroke: "#777" }), ...overlay(shift.lines, shift.means)],
      },
      {
        title: "… until it stops it",
        x: { label: "/{b}//{b}_{c}", type: "log" },
        y: { label: "fraction of runs that arrive", domain: [-0.04, 1.04] },
        legend: {
          at: "above",
          entries: entries(names, (name) => name, "both"),
        },
        marks: [
          Plot.ruleX([1], { stroke: "#777", strokeDasharray: "2 2" }),
          ...names.flatMap((name, i) => {
            const rows = fractions.filter((row) => row.series === name);
            const { stroke, dash, symbol } = style(i);
            return [
              Plot.line(rows, { x: "x", y: "y", stroke, strokeDasharray: dash, strokeWidth: 0.8 }),
              simulation(rows, { x: "x", y: "y", stroke, symbol }),
            ];
          }),
        ],
      },
    ],
    columns: 2,
    rows: { "shift, theory": shift.lines, "shift, chain": shift.means, fractions },
    size: "page",
    caption:
      "Linear target, μ = 0.5, η = 0.1. (a) Shift of the mean exit step relative to b = 10⁶ (d = 10⁶) and " +
      "the prediction (8), which is not valid near b_c. (b) Fraction of runs that reach |m| = 0.03 within " +
      "1500 steps against b/b_c of (9); guides join the marks.",
  };
}

/** E4: what raising the step of either factor does. */
export function stepRatioFigure(lines: Point[], means: Point[]): Figure {
  return {
    panels: {
      x: { label: "step of one factor / step of the other", type: "log" },
      y: { label: "exit time / that of equal steps", type: "log" },
      legend: { at: "bottom-left", entries: overlayLegend(lines, means) },
      marks: overlay(lines, means),
    },
    rows: { theory: lines, chain: means },
    size: "column",
    caption:
      "Linear target, μ = 0.9, d = b = 10⁶: raising the step of the random direction ω removes the " +
      "slow-down of strong pre-training, raising that of the zero-initialised factor u does nothing.",
  };
}

/** E9: from scratch, LoRA, full fine-tuning, against the dimension, one panel per k. */
export function comparisonFigure(
  rows: { k: number; series: string; d: number; time: number }[],
): Figure {
  const names = distinct(rows, "series");
  return {
    panels: distinct(rows, "k").map((k): Panel => ({
      title: k === 1 ? "linear, /{k} = 1" : `He_{${k}}`,
      x: { label: "dimension /{d}", type: "log" },
      y: { label: "search time", type: "log", domain: [0.3, 2e9] },
      marks: names.map((name, i) =>
        theory(rows.filter((row) => row.k === k && row.series === name), {
          x: "d",
          y: "time",
          stroke: style(i).stroke,
          strokeDasharray: style(i).dash,
          clip: true,
        })
      ),
    })),
    columns: 4,
    aspect: 1.15,
    legend: names.map((label, i) => ({ label, stroke: style(i).stroke, dash: style(i).dash })),
    rows,
    size: "page",
    caption:
      "Search times of the flows. For k ≤ 2 LoRA on a pre-trained model searches longer than training " +
      "from scratch; for k ≥ 3 it wins at large d. With LoRA only the constant depends on the target.",
  };
}

/** E10: label-noise floor. */
export function floorFigure(
  gap: { lines: Point[]; means: Point[] },
  excess: { lines: Point[]; means: Point[] },
): Figure {
  const panel = (
    title: string,
    y: Panel["y"],
    data: { lines: Point[]; means: Point[] },
  ): Panel => ({
    title,
    x: { label: "pre-training strength /{μ}", domain: [0, 1] },
    y,
    marks: overlay(data.lines, data.means),
  });
  return {
    panels: [
      panel("overlap: independent of /{μ}", { label: "1 − |/{m}|", domain: [0, 0.015] }, gap),
      panel("excess risk: falls with /{μ}", { label: "excess risk", type: "log" }, excess),
    ],
    columns: 2,
    legend: overlayLegend(gap.lines, gap.means),
    rows: {
      "gap, theory": gap.lines,
      "gap, chain": gap.means,
      "excess, theory": excess.lines,
      "excess, chain": excess.means,
    },
    size: "page",
    caption:
      "Linear target with label noise (Δ = 0.5, d = 10⁵, η = 0.1): stationary overlap gap and excess " +
      "risk, exact chain (marks) and prediction (lines). LoRA is slower by (1 − μ)⁻² but its floor is lower " +
      "by (1 − μ)².",
  };
}

/** E11: samples per dimension with an adaptive and a constant batch. */
export function samplesFigure(means: Point[]): Figure {
  const names = distinct(means, "series");
  return {
    panels: {
      x: { label: "dimension /{d}", type: "log", domain: [5e4, 2e9] },
      y: { label: "samples / /{d}", type: "log", domain: [0.2, 20] },
      legend: entries(names, (name) => name, "both"),
      marks: names.flatMap((name, i) => {
        const rows = means.filter((row) => row.series === name);
        const { stroke, dash, symbol } = style(i);
        return [
          Plot.line(rows, { x: "x", y: "y", stroke, strokeDasharray: dash, strokeWidth: 0.8 }),
          errorBars(rows, "x", "y", stroke),
          simulation(rows, { x: "x", y: "y", stroke, symbol }),
        ];
      }),
    },
    rows: means,
    size: "column",
    caption:
      "Linear target, μ = 0.5: samples until |m| = 0.5. The adaptive batch needs O(d) samples, the " +
      "constant one O(d ln d). Guides join the marks.",
  };
}
