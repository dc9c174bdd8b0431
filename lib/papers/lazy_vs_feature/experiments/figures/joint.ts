/**
 * Figures of unknown left factors: joint training (F10) and frozen random signs (F14).
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  type Mark,
  overlay,
  overlayLegend,
  type Panel,
  type Point,
  sequential,
  simulation,
  style,
  theory,
} from "../../../../figure/mod.ts";

/** One copy with random signs at one time. */
export interface SignedPoint extends Row {
  /** Number of the copy. */
  copy: number;
  /** Time. */
  tau: number;
  /** Overlap of the directions. */
  m: number;
  /** Overlap of the left factors. */
  q: number;
  /** That at the start. */
  q0: number;
}

/** Colours of the values of `|q₀|·k`, odd numbers. */
function shades(rows: readonly SignedPoint[], k: number): { size: number; color: string }[] {
  const sizes = [...new Set(rows.map(({ q0 }) => Math.round(Math.abs(q0) * k)))].toSorted((a, b) =>
    a - b
  );
  return sequential(sizes.length).map((color, i) => ({ size: sizes[i], color }));
}

/** Courses of single copies, coloured by `|q₀|`. */
function copyLines(
  rows: readonly SignedPoint[],
  k: number,
  { x, y, dashed = () => false }: {
    x: "tau" | "q";
    y: "m";
    dashed?: (row: SignedPoint) => boolean;
  },
): Mark[] {
  const colors = shades(rows, k);
  return distinct(rows, "copy").map((copy) => {
    const course = where(rows, "copy", copy), size = Math.round(Math.abs(course[0].q0) * k);
    return Plot.line(course, {
      x,
      y,
      stroke: colors.find((shade) => shade.size === size)!.color,
      strokeWidth: 0.7,
      strokeDasharray: dashed(course[0]) ? "3 2" : "",
      clip: true,
    });
  });
}

function shadeLegend(rows: readonly SignedPoint[], k: number): Panel["legend"] {
  return {
    at: "above",
    title: "|/{q}_{0}|",
    entries: shades(rows, k).map(({ size, color }) => (
      { label: `${size}/${k}`, stroke: color, dash: "" }
    )),
  };
}

/** F10: portraits of joint training, its success, and the small-perturbation portrait. */
export function portraitFigure(
  { k, slow, success, levels, small }: {
    /** Number of neurons. */
    k: number;
    /** Copies at equal rates. */
    slow: readonly SignedPoint[];
    /** Share with `mq > 0.9` against time, by ratio of the rates. */
    success: readonly Point[];
    /** Level curves of the conserved quantity. */
    levels: readonly Point[];
    /** Flow at `κ = 0.01` from several starts. */
    small: readonly Point[];
  },
): Figure {
  return {
    panels: [
      {
        title: "/{κ} = 1/√2",
        x: { label: "left factors /{q}", domain: [-1, 1] },
        y: { label: "directions /{m}", domain: [-1, 1] },
        legend: shadeLegend(slow, k),
        marks: copyLines(slow, k, { x: "q", y: "m" }),
      },
      {
        title: "success",
        x: { label: "time /{τ} = steps//{n}" },
        y: { label: "share with /{mq} > 0.9", domain: [0, 1] },
        legend: { at: "above", entries: overlayLegend([], [...success]) },
        marks: [
          ...distinct(success, "series").map((name, i) =>
            Plot.line(where(success, "series", name), {
              x: "x",
              y: "y",
              stroke: style(i).stroke,
              strokeWidth: 0.8,
            })
          ),
          ...overlay([], [...success]),
        ],
      },
      {
        title: "/{κ} = 0.01",
        x: { label: "left factors /{q}", domain: [0, 1] },
        y: { label: "directions /{m}", domain: [0, 1] },
        legend: {
          at: "above",
          entries: [
            { label: "conserved", stroke: "#999", dash: "" },
            { label: "flow", stroke: style(0).stroke, symbol: "circle" },
          ],
        },
        marks: [
          ...distinct(levels, "series").map((name) =>
            theory(where(levels, "series", name), {
              x: "x",
              y: "y",
              stroke: "#999",
              strokeWidth: 0.8,
              clip: true,
            })
          ),
          simulation(small, { x: "x", y: "y", stroke: style(0).stroke }),
        ],
      },
    ],
    columns: 3,
    aspect: 1,
    rows: { copies: [...slow], success: [...success], levels: [...levels], small: [...small] },
    size: "page",
    caption:
      "(a) Joint training from random signs, equal rates: every copy leaves (0, q₀) towards ±(1, 1) with the sign of q₀. " +
      "(b) Share of copies with mq > 0.9, for two ratios of the rates. (c) At κ = 0.01 the flow (symbols) moves along " +
      "the level curves of (1 − m²)/(1 − q²).",
  };
}

/** F14: the paper's algorithm with frozen signs, and joint against frozen from equal starts. */
export function frozenFigure(
  { k, frozen, wrongSide, pairs, own }: {
    /** Neurons of the first panel. */
    k: number;
    /** Copies with frozen signs, `|m|` with the sign that `h(0)` has. */
    frozen: readonly SignedPoint[];
    /** Whether a copy starts on the wrong side. */
    wrongSide: (row: SignedPoint) => boolean;
    /** Median and quartiles of `|m|` against time, joint and frozen. */
    pairs: readonly Point[];
    /** Runs at the paper's own size: joint and frozen. */
    own?: readonly Point[];
  },
): Figure {
  const names = distinct(pairs, "series");
  const panels: Panel[] = [
    {
      title: "frozen random signs",
      x: { label: "time /{τ} = steps//{n}" },
      y: { label: "/{m} · sgn /{h}(0)", domain: [-0.4, 1] },
      legend: shadeLegend(frozen, k),
      marks: [
        Plot.ruleY([0], { stroke: "#999", strokeWidth: 0.5 }),
        ...copyLines(frozen, k, { x: "tau", y: "m", dashed: wrongSide }),
      ],
    },
    {
      title: "equal starts",
      x: { label: "time /{τ} = steps//{n}" },
      y: { label: "overlap |/{m}|", domain: [0, 1] },
      legend: {
        at: "above",
        entries: names.map((label, i) => ({ label, stroke: style(i).stroke, dash: style(i).dash })),
      },
      marks: names.flatMap((name, i) => [
        Plot.areaY(where(pairs, "series", name), {
          x: "x",
          y1: "low",
          y2: "high",
          fill: style(i).stroke,
          fillOpacity: 0.15,
        }),
        theory(where(pairs, "series", name), {
          x: "x",
          y: "y",
          stroke: style(i).stroke,
          strokeDasharray: style(i).dash,
        }),
      ]),
    },
  ];
  if (own !== undefined) {
    panels.push({
      title: "ReLU, /{k} = 50",
      x: { label: "steps / 10^{5}" },
      y: { label: "overlap |/{m}|", domain: [0, 1] },
      legend: {
        at: "above",
        entries: [
          { label: "frozen", stroke: style(1).stroke, dash: style(1).dash },
          { label: "joint", stroke: style(0).stroke, dash: "" },
        ],
      },
      marks: distinct(own, "series").map((name) =>
        Plot.line(where(own, "series", name), {
          x: "x",
          y: "y",
          stroke: style(name.startsWith("joint") ? 0 : 1).stroke,
          strokeDasharray: style(name.startsWith("joint") ? 0 : 1).dash,
          strokeWidth: 0.7,
        })
      ),
    });
  }
  return {
    panels,
    columns: panels.length,
    rows: {
      frozen: [...frozen],
      pairs: [...pairs],
      ...(own === undefined ? {} : { own: [...own] }),
    },
    size: "page",
    caption:
      "(a) The paper's algorithm: one line is one draw of signs, k = 25, n = 1000; dashed: starts on the side that h(0) " +
      "points away from. (b) Joint training against frozen signs from equal starts, k = 9, n = 600: median and quartiles." +
      (own === undefined
        ? ""
        : " (c) Ten random instances at the size of the paper's Figure 2, d = 2000, ξ = 1, from equal starts."),
  };
}
