/**
 * Figures of gradient-flow-mf: rows → figure. Lines are theory, symbols are simulation, bands spread
 * over seeds.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, where } from "../../../experiment/mod.ts";
import {
  band,
  type Figure,
  type LegendEntry,
  type Mark,
  type Point,
  sequential,
  simulation,
  style,
  theme,
  theory,
} from "../../../figure/mod.ts";

/** A curve with its spread: a row of F1. */
export interface SpreadRow extends Row {
  /** Scale α. */
  alpha: number;
  /** Start. */
  scheme: string;
  /** Time. */
  at: number;
  /** Geometric mean over seeds. */
  mid: number;
  /** One standard deviation below, in the logarithm. */
  low: number;
  /** One above. */
  high: number;
}

const SCHEME_DASH: Record<string, string> = { gauss: "", zeroB: "1.2 1.8", spectral: "5 2" };
const SCHEME_LABEL: Record<string, string> = {
  gauss: "Gaussian",
  zeroB: "/{B} = 0",
  spectral: "spectral",
};

function spreadMarks(rows: SpreadRow[], scales: number[], symbols: boolean): Mark[] {
  const colors = sequential(scales.length);
  return scales.flatMap((alpha, i) =>
    distinct(where(rows, "alpha", alpha), "scheme").flatMap((scheme) => {
      const here = where(where(rows, "alpha", alpha), "scheme", scheme);
      return [
        band(here, { x: "at", y1: "low", y2: "high", fill: colors[i], clip: true }),
        Plot.line(here, {
          x: "at",
          y: "mid",
          stroke: colors[i],
          strokeWidth: 1,
          strokeDasharray: SCHEME_DASH[scheme],
          clip: true,
        }),
        ...(symbols
          ? [simulation(here.filter((row) => row.at <= 20 && row.at % 4 === 1 + i % 3), {
            x: "at",
            y: "mid",
            stroke: colors[i],
            symbol: theme.symbols[i],
          })]
          : []),
      ];
    })
  );
}

/** F1, the paper's main figure (layout from its caption; problem and parameters ours). */
export function mainFigure(
  { loss, gap, phase, plateaus, law, growth }: {
    /** Loss of every start and scale. */
    loss: SpreadRow[];
    /** `1 − cos` of the Gaussian starts. */
    gap: SpreadRow[];
    /** Right panel: loss, misalignment and norm at the smallest α. */
    phase: (Row & { at: number; loss: number; gap: number; norm: number })[];
    /** Predicted plateaus by α. */
    plateaus: (Row & { alpha: number; y: number })[];
    /** Predicted misalignment, whatever α. */
    law: Point[];
    /** Predicted `‖z₁‖e^{λt}`. */
    growth: Point[];
  },
): Figure {
  const scales = distinct(loss, "alpha"), colors = sequential(scales.length);
  const legend: LegendEntry[] = [
    ...scales.map((alpha, i) => ({
      label: `/{α} = 10^{${Math.round(Math.log10(alpha))}}`,
      stroke: colors[i],
      dash: "",
      symbol: theme.symbols[i],
    })),
    ...Object.keys(SCHEME_DASH).map((scheme) => ({
      label: SCHEME_LABEL[scheme],
      stroke: "#777",
      dash: SCHEME_DASH[scheme],
    })),
    { label: "theory", stroke: "#D55E00", dash: "" },
  ];
  const prediction = (rows: Row[], y: string, dash = "") =>
    theory(rows, { x: "x", y, stroke: "#D55E00", strokeDasharray: dash, clip: true });
  const marked = (key: "loss" | "gap" | "norm", i: number): Mark[] => [
    Plot.line(phase, { x: "at", y: key, stroke: style(i).stroke, strokeWidth: 0.8 }),
    simulation(phase.filter((_, j) => j % 4 === 0), {
      x: "at",
      y: key,
      stroke: style(i).stroke,
      symbol: style(i).symbol,
    }),
  ];
  return {
    panels: [
      {
        title: "loss",
        x: { label: "time /{t}", domain: [0, 100] },
        y: { label: "loss /{L}", type: "log", domain: [1e-29, 3] },
        marks: [
          ...spreadMarks(loss, scales, false),
          ...plateaus.map(({ y }) =>
            Plot.ruleY([y], { x1: 60, x2: 100, stroke: "#D55E00", strokeWidth: theme.lineWidth })
          ),
        ],
      },
      {
        title: "alignment",
        x: { label: "time /{t}", domain: [0, 20] },
        y: { label: "1 − cos(/{γ}_{1}, /{u}_{1})", type: "log", domain: [1e-15, 1.5] },
        marks: [...spreadMarks(gap, scales, true), prediction(law, "y")],
      },
      {
        title: "phase at /{α} = 10⁻⁵",
        x: { label: "time /{t}" },
        y: { label: "value", type: "log", domain: [1e-11, 5] },
        legend: {
          at: "bottom-left",
          entries: ["/{L}", "1 − cos", "‖/{Z}_{1}‖"].map((label, i) => ({
            label,
            stroke: style(i).stroke,
            symbol: style(i).symbol,
          })),
        },
        marks: [
          ...marked("loss", 0),
          ...marked("gap", 1),
          ...marked("norm", 2),
          prediction(growth, "y", "4 2"),
        ],
      },
    ],
    columns: 3,
    aspect: 1.15,
    legend,
    rows: { loss, alignment: gap, phase, plateaus, law, growth },
    size: "page",
    caption:
      "Two adapters on an aligned problem (d = 20, s₂ = 1, s₁ = ½, r = 4). (a) Loss from Gaussian, B = 0 " +
      "and spectral starts; geometric mean and ± one standard deviation over seeds; rules: predicted " +
      "plateaus. (b) Misalignment of the Gaussian starts, and its law, which does not depend on α. (c) The " +
      "alignment phase at α = 10⁻⁵ (geometric means) with ‖z₁‖e^{λt}. Layout after the paper's figure; " +
      "problem, parameters and theory are ours.",
  };
}

/** The (κ, t) phase diagram: which regime a budget sees. */
export function regimeFigure(
  cells: (Row & { kappa: number; t: number; regime: string })[],
  boundaries: Point[],
): Figure {
  const regimes = ["saddle", "decay", "plateau", "erosion"];
  const colors = sequential(regimes.length, 1);
  const step = (key: "kappa" | "t") => {
    const values = distinct(cells, key).toSorted((a, b) => a - b);
    return Math.sqrt(values[1] / values[0]);
  };
  const [fx, fy] = [step("kappa"), step("t")];
  return {
    panels: {
      x: { label: "/{κ} = /{α}²/{m}", type: "log" },
      y: { label: "time /{t}", type: "log" },
      legend: {
        at: "above",
        entries: regimes.map((label, i) => ({
          label,
          fill: colors[i],
          stroke: colors[i],
          box: true,
        })),
      },
      marks: [
        Plot.rect(cells, {
          x1: (row: Row) => Number(row.kappa) / fx,
          x2: (row: Row) => Number(row.kappa) * fx,
          y1: (row: Row) => Number(row.t) / fy,
          y2: (row: Row) => Number(row.t) * fy,
          fill: (row: Row) => colors[regimes.indexOf(String(row.regime))],
          inset: -0.15,
          clip: true,
        }),
        ...distinct(boundaries, "series").map((name, i) =>
          theory(where(boundaries, "series", name), {
            x: "x",
            y: "y",
            stroke: i === 1 ? "#000" : "#D55E00",
            strokeDasharray: theme.dashes[i],
            clip: true,
          })
        ),
      ],
    },
    rows: { regimes: cells, boundaries },
    size: "column",
    caption:
      "Regimes of problem MF (r = 4, σ = 1, m = n = 10⁶, Gaussian start) read off simulations in law: " +
      "before the half-time, on the way down, on the plateau, and where the plateau has lost half its " +
      "loss to slow erosion. Lines: T½, T½ + ½ log(2/((r − 1)κ)), and (√2 − 1)/(2κ).",
  };
}

/** Map of the share of adapter 2 over `δ_w` and α. */
export function shareFigure(
  rows: (Row & { delta: number; alpha: number; share: number })[],
): Figure {
  const deltas = distinct(rows, "delta"), scales = distinct(rows, "alpha");
  const half = (deltas[1] - deltas[0]) / 2, factor = Math.sqrt(scales[1] / scales[0]);
  return {
    panels: {
      x: { label: "growth-rate ratio /{δ}_{w}", domain: [deltas[0] - half, deltas.at(-1)! + half] },
      y: { label: "scale /{α}", type: "log" },
      color: {
        type: "linear",
        scheme: "cividis",
        domain: [0, 1],
        label: "share of adapter 2",
        legend: true,
      },
      marks: [
        Plot.rect(rows, {
          x1: (row: Row) => Number(row.delta) - half,
          x2: (row: Row) => Number(row.delta) + half,
          y1: (row: Row) => Number(row.alpha) / factor,
          y2: (row: Row) => Number(row.alpha) * factor,
          fill: "share",
          inset: -0.15,
        }),
        Plot.ruleX([1], { stroke: "#fff", strokeDasharray: "3 2" }),
      ],
    },
    rows,
    size: "column",
    caption:
      "Share of the target that adapter 2 ends with, from the conserved quantity (equal starts). It " +
      "vanishes with α for δ_w < 1, but only as a power that goes to zero at δ_w = 1.",
  };
}
