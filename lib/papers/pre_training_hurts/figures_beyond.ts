/**
 * Figures of the dependence on dimension, noise, step sizes, rank and real data: rows → figure.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { Row } from "../../experiment/mod.ts";
import {
  type Figure,
  heat,
  type LegendEntry,
  type Panel,
  simulation,
  theme,
  theory,
} from "../../figure/mod.ts";
import { activationLabel, errorBars } from "./figures_search.ts";

/** Colour, dash and symbol of the i-th category. */
const styles = (i: number) => ({
  stroke: theme.palette[i % theme.palette.length],
  dash: theme.dashes[i % theme.dashes.length],
  symbol: theme.symbols[i % theme.symbols.length],
});

function distinct<R, K extends keyof R>(rows: readonly R[], key: K): R[K][] {
  return [...new Set(rows.map((row) => row[key]))];
}

/** A labelled value at a position: the shape of most rows below. */
export interface Point extends Row {
  /** Series it belongs to. */
  series: string;
  /** Position. */
  x: number;
  /** Value; `se` holds its standard error where it is a mean. */
  y: number;
}

/** Marks of several series: theory lines, means with error bars. */
function overlay(lines: Point[], means: Point[]): Plot.Markish[] {
  const names = distinct([...lines, ...means], "series");
  return names.flatMap((name, i) => {
    const { stroke, dash, symbol } = styles(i);
    const points = means.filter((row) => row.series === name);
    const bars = points.filter((row) => Number.isFinite(row.se));
    return [
      theory(lines.filter((row) => row.series === name), {
        x: "x",
        y: "y",
        stroke,
        strokeDasharray: dash,
        clip: true,
      }),
      errorBars(bars, "x", "y", stroke),
      simulation(points, { x: "x", y: "y", stroke, symbol }),
    ];
  });
}

function entries(lines: Point[], means: Point[]): LegendEntry[] {
  return distinct([...lines, ...means], "series").map((label, i) => {
    const { stroke, dash, symbol } = styles(i);
    return {
      label,
      stroke,
      ...(lines.some((row) => row.series === label) ? { dash } : {}),
      ...(means.some((row) => row.series === label) ? { symbol } : {}),
    };
  });
}

/** E2: exit steps against ln d up to d = 10⁹. */
export function dimensionFigure(lines: Point[], means: Point[]): Figure {
  return {
    panels: {
      x: { label: "dimension /{d}", type: "log", domain: [500, 2e9] },
      y: { label: "exit time (SGD steps)" },
      legend: entries(lines, means),
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
        legend: { at: "above", entries: entries(shift.lines, shift.means) },
        marks: [Plot.ruleY([0], { stroke: "#777" }), ...overlay(shift.lines, shift.means)],
      },
      {
        title: "… until it stops it",
        x: { label: "/{b}//{b}_{c}", type: "log" },
        y: { label: "fraction of runs that arrive", domain: [-0.04, 1.04] },
        legend: {
          at: "above",
          entries: names.map((label, i) => ({ label, ...styles(i) })),
        },
        marks: [
          Plot.ruleX([1], { stroke: "#777", strokeDasharray: "2 2" }),
          ...names.flatMap((name, i) => {
            const rows = fractions.filter((row) => row.series === name);
            const { stroke, dash, symbol } = styles(i);
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
      legend: { at: "bottom-left", entries: entries(lines, means) },
      marks: overlay(lines, means),
    },
    rows: { theory: lines, chain: means },
    size: "column",
    caption:
      "Linear target, μ = 0.9, d = b = 10⁶: raising the step of the random direction ω removes the " +
      "slow-down of strong pre-training, raising that of the zero-initialised factor u does nothing.",
  };
}

/** E5: where training ends with and without the flip. */
export function curriculumFigure(
  points: { series: string; x: number; y: number }[],
  muC: number,
): Figure {
  const names = distinct(points, "series");
  return {
    panels: {
      x: { label: "pre-training strength /{μ}", domain: [0, 0.7] },
      y: { label: "final /{s} = /{w}·/{ω}_{⋆}", domain: [-0.25, 1.2] },
      legend: { at: "bottom-right", entries: names.map((label, i) => ({ label, ...mark(i) })) },
      marks: [
        Plot.ruleY([0, 1], { stroke: "#bbb" }),
        Plot.ruleX([muC / 2, muC], { stroke: "#777", strokeDasharray: "2 2" }),
        Plot.text([{ x: muC / 2, t: "/{μ}_{c}/2" }, { x: muC, t: "/{μ}_{c}" }], {
          x: "x",
          y: 1.13,
          text: "t",
          dx: 3,
          textAnchor: "start",
        }),
        ...names.map((name, i) =>
          simulation(points.filter((row) => row.series === name), {
            x: "x",
            y: "y",
            stroke: styles(i).stroke,
            symbol: styles(i).symbol,
            dx: i === 0 ? -2.5 : 2.5,
          })
        ),
      ],
    },
    rows: points,
    size: "column",
    caption:
      "He₃, every copy at the end of training: direct training succeeds above μ_c, the flip " +
      "curriculum above μ_c/2. Marks of the two kinds are drawn side by side.",
  };
}

const mark = (i: number) => ({ stroke: styles(i).stroke, symbol: styles(i).symbol });

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
      legend: names.map((name, i) => ({
        label: activationLabel(name),
        stroke: styles(i).stroke,
        dash: styles(i).dash,
      })),
      marks: names.map((name, i) =>
        theory(lines.filter((row) => row.series === name), {
          x: "x",
          y: "y",
          stroke: styles(i).stroke,
          strokeDasharray: styles(i).dash,
          clip: true,
        })
      ),
    },
    rows: lines,
    size: "column",
    caption:
      "Search time for a unit-norm pre-trained weight at an angle to the target: distance, not " +
      "alignment, drives LoRA.",
  };
}

/** A point of F8 and E7. */
export interface CommitteePoint extends Row {
  /** Activation. */
  student: string;
  /** Rank of the adapter. */
  rank: number;
  /** Pre-training strength. */
  mu: number;
  /** Steps. */
  at: number;
  /** Test loss. */
  loss: number;
}

/** F8: committee, test loss against steps; rows are activations, columns ranks. */
export function committeeFigure(rows: (CommitteePoint & { seed: string })[]): Figure {
  const mus = distinct(rows, "mu"), ranks = distinct(rows, "rank");
  const panels = distinct(rows, "student").flatMap((student) =>
    ranks.map((rank): Panel => ({
      title: `${activationLabel(student)}, rank ${rank}`,
      x: { label: "SGD steps", type: "log" },
      y: { label: "test loss", type: "log", domain: [1e-10, 0.3] },
      marks: mus.flatMap((mu, i) => {
        const here = rows.filter((row) =>
          row.student === student && row.rank === rank && row.mu === mu && row.at > 0
        );
        return distinct(here, "seed").map((seed) =>
          Plot.line(here.filter((row) => row.seed === seed), {
            x: "at",
            y: (row: CommitteePoint) => Math.max(row.loss, 1e-16),
            stroke: styles(i).stroke,
            strokeDasharray: styles(i).dash,
            strokeWidth: 1,
            clip: true,
          })
        );
      }),
    }))
  );
  return {
    panels,
    columns: ranks.length,
    aspect: 0.8,
    legend: mus.map((mu, i) => ({
      label: `/{μ} = ${mu}`,
      stroke: styles(i).stroke,
      dash: styles(i).dash,
    })),
    rows,
    size: "page",
    caption:
      "Committee of four units, two of them degraded: test loss of a rank-r adapter, one line per " +
      "seed (exact chain). Rank 1 stays on a plateau, rank 2 and 4 learn, strong pre-training is slowest.",
  };
}

/** E7: test loss at the end against the rank. */
export function committeeEndFigure(rows: CommitteePoint[]): Figure {
  const mus = distinct(rows, "mu");
  return {
    panels: {
      x: { label: "rank of the adapter", domain: [0.6, 4.4], ticks: [1, 2, 4] },
      y: { label: "final test loss", type: "log" },
      legend: mus.map((mu, i) => ({ label: `/{μ} = ${mu}`, ...mark(i) })),
      marks: mus.map((mu, i) =>
        simulation(rows.filter((row) => row.mu === mu), {
          x: "rank",
          y: (row: CommitteePoint) => Math.max(row.loss, 1e-16),
          stroke: styles(i).stroke,
          symbol: styles(i).symbol,
          dx: 5 * (i - 1),
        })
      ),
    },
    rows,
    size: "column",
    caption: "Committee, ReLU: final test loss, one mark per seed.",
  };
}

/** E8: digits, search steps against 1 − μ. */
export function digitsFigure(
  runs: { mu: number; seed: string; exit: number | null }[],
  medians: { mu: number; exit: number }[],
  exponent: number,
): Figure {
  const mean = (value: (row: { mu: number; exit: number }) => number) =>
    medians.reduce((sum, row) => sum + value(row), 0) / medians.length;
  const offset = mean((row) => Math.log(row.exit)) - exponent * mean((row) => Math.log(1 - row.mu));
  const line = [0.08, 1.1].map((x) => ({ x, y: Math.exp(offset) * x ** exponent }));
  return {
    panels: {
      x: { label: "1 − /{μ}", type: "log", domain: [0.08, 1.15] },
      y: { label: "search time (SGD steps)", type: "log" },
      legend: {
        at: "bottom-left",
        entries: [
          { label: "seeds", stroke: "#777", symbol: "circle" },
          { label: "median", stroke: theme.palette[4], symbol: "square2" },
          {
            label: `fit, slope ${exponent.toFixed(2).replace("-", "−")}`,
            stroke: theme.palette[4],
            dash: "5 2",
          },
        ],
      },
      marks: [
        theory(line, {
          x: "x",
          y: "y",
          stroke: theme.palette[4],
          strokeDasharray: "5 2",
          clip: true,
        }),
        simulation(runs.filter((row) => row.exit !== null), {
          x: (row: { mu: number }) => 1 - row.mu,
          y: "exit",
          stroke: "#777",
          r: 1.6,
        }),
        simulation(medians, {
          x: (row: { mu: number }) => 1 - row.mu,
          y: "exit",
          stroke: theme.palette[4],
          symbol: "square2",
          r: 2.6,
        }),
      ],
    },
    rows: { runs, medians },
    size: "column",
    caption:
      "8 × 8 digits, 64–32–10 tanh network: steps until a rank-one adapter finds the direction of the " +
      "pre-training. The dashed line is a least-squares fit through the medians, not a theory.",
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
          stroke: styles(i).stroke,
          strokeDasharray: styles(i).dash,
          clip: true,
        })
      ),
    })),
    columns: 4,
    aspect: 1.15,
    legend: names.map((label, i) => ({ label, stroke: styles(i).stroke, dash: styles(i).dash })),
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
    legend: entries(gap.lines, gap.means),
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
      legend: names.map((label, i) => ({ label, ...styles(i) })),
      marks: names.flatMap((name, i) => {
        const rows = means.filter((row) => row.series === name);
        const { stroke, dash, symbol } = styles(i);
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
