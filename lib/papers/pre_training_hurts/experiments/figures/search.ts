/**
 * Figures of the search phase from theory alone: rows → figure.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, where } from "../../../../experiment/mod.ts";
import {
  curves,
  endLabels,
  entries,
  type Figure,
  heat,
  type Panel,
  type Point,
  style,
  theory,
} from "../../../../figure/mod.ts";
import { activationLabel } from "./labels.ts";

/** A row of F1. */
export interface SearchTimeRow extends Row {
  /** Panel: `"a"`, `"b"` or `"c"`. */
  panel: string;
  /** Activation. */
  activation: string;
  /** Pre-training strength. */
  mu: number;
  /** Search time. */
  tau: number;
}

/** A row of panel (d) of F1. */
export interface TrapRow extends Row {
  /** Pre-training strength. */
  mu: number;
  /** Time divided by `ln d`. */
  time: number;
  /** Overlap. */
  m: number;
}

/** F1: τ(μ) for sigmoidal, even and odd targets, and `m(t)` of He₃ on both sides of its trap. */
export function searchTimeFigure(rows: SearchTimeRow[], paths: TrapRow[]): Figure {
  const titles: Record<string, string> = {
    a: "/{k} = 1",
    b: "even Hermite",
    c: "odd Hermite",
  };
  const panels = distinct(rows, "panel").map((name): Panel => {
    const here = where(rows, "panel", name);
    const names = distinct(here, "activation");
    return {
      title: titles[name],
      x: { label: "pre-training strength /{μ}", domain: [0, 1] },
      y: { label: "search time /{τ}", type: "log", domain: [0.9, 1e5], clamp: true },
      legend: {
        at: "above",
        entries: entries(names, (activation) => activationLabel(activation)),
      },
      marks: curves(here, "activation", "mu", "tau"),
    };
  });
  return {
    panels: [...panels, trapPanel(paths)],
    columns: 2,
    aspect: 0.6,
    rows: { tau: rows, paths },
    size: "page",
    caption:
      "Search time τ(μ) of LoRA, from the integrals (3). It diverges as (1 − μ)⁻² at strong pre-training " +
      "for every target; odd Hermite targets have an interior trap, below which the adapter erases the " +
      "pre-trained weight. (d) Overlap m(t) for He₃ below and just above its trap μ_c = 0.3207.",
  };
}

function trapPanel(rows: TrapRow[]): Panel {
  const mus = distinct(rows, "mu");
  return {
    title: "He_{3} around its trap",
    x: { label: "/{t}/ln /{d}", type: "log", domain: [1, 2e4] },
    y: { label: "overlap /{m}", domain: [0, 1] },
    legend: { at: "above", entries: entries(mus, (mu) => `/{μ} = ${mu}`) },
    marks: curves(rows, "mu", "time", "m"),
  };
}

/** F4: effective potential `V(g)` of the linear model. */
export function potentialFigure(rows: { mu: number; g: number; V: number }[]): Figure {
  return {
    panels: {
      x: { label: "/{g} = artanh /{m}" },
      y: { label: "effective potential /{V}(/{g})" },
      marks: [
        ...curves(rows, "mu", "g", "V"),
        endLabels(rows, {
          x: (r) => r.g,
          y: (r) => r.V,
          z: (r) => r.mu,
          text: (r) => `/{μ} = ${r.mu}`,
        }),
      ],
    },
    rows,
    size: "column",
    caption:
      "Linear target: the search is a descent in V(g) = −(1 − μ)² ln cosh g, which flattens as μ → 1.",
  };
}

/** F5: the bias that a change of norm of the pre-trained weight creates in an even Hermite unit. */
export function biasFigure(rows: { k: number; r: number; bias: number }[]): Figure {
  const ks = distinct(rows, "k");
  return {
    panels: {
      x: { label: "/{r} = |/{w}_{0}|²", domain: [0, 1] },
      y: { label: "|/{σ}_{0}|/√(/{k}!)", type: "log", domain: [1e-6, 3] },
      legend: {
        at: "bottom-left",
        entries: entries(ks, (k) => `/{k} = ${k}`),
      },
      marks: ks.map((k, i) =>
        theory(where(rows, "k", k).filter((row) => row.bias > 0), {
          x: "r",
          y: "bias",
          stroke: style(i).stroke,
          strokeDasharray: style(i).dash,
          clip: true,
        })
      ),
    },
    rows,
    size: "column",
    caption:
      "Mean E He_k(√r z) of an even Hermite unit, normalised by √k!: zero only at r = 1. Weaker " +
      "pre-training creates lower Hermite modes.",
  };
}

/** E6: search time of a unit-norm weight against its angle to the target. */
export function angleFigure(lines: Point[]): Figure {
  const names = distinct(lines, "series");
  return {
    panels: {
      x: {
        label: "angle of /{w}_{0} to /{ω}_{⋆} (degrees)",
        domain: [0, 90],
        ticks: [0, 30, 60, 90],
      },
      y: { label: "search time /{τ}", type: "log", domain: [0.8, 1000] },
      legend: entries(names, (name) => activationLabel(name)),
      marks: curves(lines, "series", "x", "y"),
    },
    rows: lines,
    size: "column",
    caption:
      "Search time for a unit-norm pre-trained weight at an angle to the target: distance, not " +
      "alignment, drives LoRA.",
  };
}

/** E12: where search is fast, and in which basin it ends, for `σ = He₁ + a He₃`. */
export function phaseFigure(
  rows: { mu: number; a: number; tau: number; basin: string }[],
): Figure {
  const cells = rows.map((row) => ({ ...row, log: Math.min(4, Math.log10(row.tau)) }));
  const wrong = cells.filter((row) => row.basin === "wrong");
  const axis = (values: number[]) => {
    const all = [...new Set(values)].sort((p, q) => p - q);
    return {
      ticks: all.filter((_, i) => i % Math.ceil(all.length / 4) === 0),
      tickFormat: (value: number) => value.toFixed(2),
    };
  };
  return {
    panels: {
      x: { label: "pre-training strength /{μ}", ...axis(rows.map((row) => row.mu)) },
      y: {
        label: "/{a} in /{σ} = He_{1} + /{a} He_{3}",
        reverse: true,
        ...axis(rows.map((row) => row.a)),
      },
      color: { type: "linear", scheme: "cividis", label: "log_{10} /{τ}", legend: true },
      marks: [
        heat(cells, { x: "mu", y: "a", fill: "log" }),
        Plot.text(wrong, { x: "mu", y: "a", text: () => "×", fill: "#fff", fontSize: 5 }),
      ],
    },
    rows,
    size: "column",
    caption:
      "Search time for σ = He₁ + a He₃; crosses: A < 0, the adapter aligns with the wrong sign.",
  };
}
