/**
 * Figures of the search phase: rows → figure. Lines are theory, marks are simulation.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { Row } from "../../experiment/mod.ts";
import {
  band,
  endLabels,
  type Figure,
  type LegendEntry,
  type Mark,
  type Panel,
  sequential,
  simulation,
  theme,
  theory,
} from "../../figure/mod.ts";

/** Names of activations as figures print them. */
const LABEL: Record<string, string> = {
  x: "linear",
  relu: "ReLU",
  erf: "erf",
  sigmoid: "sigmoid",
};

/** `He3` as He₃ with an upright subscript; other names as in `LABEL`. */
export function activationLabel(name: string): string {
  return LABEL[name] ?? name.replace(/He(\d+)/, "He_{$1}").replace("^2", "²");
}

/** Colour, dash and symbol of the i-th category. */
function style(i: number) {
  return {
    stroke: theme.palette[i % theme.palette.length],
    dash: theme.dashes[i % theme.dashes.length],
    symbol: theme.symbols[i % theme.symbols.length],
  };
}

/** The rows with `row[key] === value`. */
function where<R>(rows: readonly R[], key: keyof R, value: unknown): R[] {
  return rows.filter((row) => row[key] === value);
}

/** Distinct values of a column, in order of appearance. */
function distinct<R, K extends keyof R>(rows: readonly R[], key: K): R[K][] {
  return [...new Set(rows.map((row) => row[key]))];
}

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
        entries: names.map((activation, i) => ({ label: activationLabel(activation), ...line(i) })),
      },
      marks: names.map((activation, i) =>
        theory(where(here, "activation", activation), {
          x: "mu",
          y: "tau",
          stroke: style(i).stroke,
          strokeDasharray: style(i).dash,
          clip: true,
        })
      ),
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

function line(i: number): { stroke: string; dash: string } {
  return { stroke: style(i).stroke, dash: style(i).dash };
}

function trapPanel(rows: TrapRow[]): Panel {
  const mus = distinct(rows, "mu");
  return {
    title: "He_{3} around its trap",
    x: { label: "/{t}/ln /{d}", type: "log", domain: [1, 2e4] },
    y: { label: "overlap /{m}", domain: [0, 1] },
    legend: { at: "above", entries: mus.map((mu, i) => ({ label: `/{μ} = ${mu}`, ...line(i) })) },
    marks: mus.map((mu, i) =>
      theory(where(rows, "mu", mu), {
        x: "time",
        y: "m",
        stroke: style(i).stroke,
        strokeDasharray: style(i).dash,
        clip: true,
      })
    ),
  };
}

/** A point of a trajectory, simulated or computed. */
export interface PathRow extends Row {
  /** Pre-training strength. */
  mu: number;
  /** Steps. */
  at: number;
  /** `|m|`. */
  m: number;
  /** `s = w·ω⋆`. */
  s: number;
  /** Population loss. */
  loss: number;
}

/**
 * F2: loss, overlap and `s` against steps; the band is the spread of the copies, marks their mean,
 * lines the flow.
 */
export function dynamicsFigure(name: string, simulated: PathRow[], flow: PathRow[]): Figure {
  const mus = distinct(flow, "mu");
  const colors = sequential(mus.length);
  const means = averageCopies(simulated);
  const panel = (key: "loss" | "m" | "s", label: string, log: boolean): Panel => ({
    title: key === "loss" ? activationLabel(name) : undefined,
    x: { label: "SGD steps", type: "log" },
    y: log
      ? { label, type: "log", domain: [1e-8, 10] }
      : { label, domain: [key === "s" ? -0.05 : 0, 1.05] },
    marks: mus.flatMap((mu, i) => [
      band(where(means, "mu", mu), {
        x: "at",
        y1: `${key} low`,
        y2: `${key} high`,
        fill: colors[i],
        clip: true,
      }),
      theory(where(flow, "mu", mu), { x: "at", y: key, stroke: colors[i], clip: true }),
      simulation(where(means, "mu", mu).filter((_, j) => j % 3 === i % 3), {
        x: "at",
        y: `${key} mean`,
        stroke: colors[i],
        symbol: style(i).symbol,
        r: 1.8,
      }),
    ]),
  });
  return {
    panels: [
      panel("loss", "loss ½E(/{ŷ} − /{y})²", true),
      panel("m", "overlap |/{m}|", false),
      panel("s", "/{s} = /{μ} + /{um}", false),
    ],
    columns: 3,
    aspect: 0.9,
    legend: mus.map((mu, i) => ({
      label: `/{μ} = ${mu}`,
      stroke: colors[i],
      dash: "",
      symbol: style(i).symbol,
    })),
    rows: { simulation: simulated, flow },
    size: "page",
    caption:
      `One-pass SGD of the adapter, ${activationLabel(name).replace(/_\{(\d+)\}/, "$1")} target: ` +
      "exact chain (marks: mean, band: range of the copies) and summary-statistics flow (lines).",
  };
}

/** Mean and range of loss, m, s over the copies, floor 1e-12 for the logarithmic axis. */
function averageCopies(rows: PathRow[]): Row[] {
  const groups = new Map<string, PathRow[]>();
  for (const row of rows) {
    if (row.at === 0) continue;
    const key = `${row.mu} ${row.at}`;
    groups.set(key, [...groups.get(key) ?? [], row]);
  }
  return [...groups.values()].map((group) => {
    const out: Row = { mu: group[0].mu, at: group[0].at };
    for (const key of ["loss", "m", "s"] as const) {
      const values = group.map((row) => Math.max(row[key], key === "loss" ? 1e-12 : -Infinity));
      out[`${key} mean`] = values.reduce((sum, v) => sum + v, 0) / values.length;
      out[`${key} low`] = Math.min(...values);
      out[`${key} high`] = Math.max(...values);
    }
    return out;
  });
}

/** An exit time against μ. */
export interface ExitPoint extends Row {
  /** Activation. */
  student: string;
  /** Pre-training strength. */
  mu: number;
  /** Steps; standard error in `se` where it is a mean of runs. */
  steps: number;
}

/**
 * F3: exit steps against μ, (a) at `|m| = 0.5`: flow and exact chain; (b) by the authors' window:
 * flow from the fitted `m₀ = 0.04` and the published run times.
 */
export function exitTimeFigure(
  { flow, chain, windowFlow, published }: {
    flow: ExitPoint[];
    chain: (ExitPoint & { se: number })[];
    windowFlow: ExitPoint[];
    published: ExitPoint[];
  },
): Figure {
  const names = distinct(flow, "student");
  const panel = (title: string, lines: ExitPoint[], marks: ExitPoint[], bars: boolean): Panel => ({
    title,
    x: { label: "pre-training strength /{μ}", domain: [0, 1] },
    y: { label: "exit time (SGD steps)", type: "log", domain: [5, 1e5] },
    marks: names.flatMap((student, i) => {
      const points = where(marks, "student", student);
      return [
        theory(where(lines, "student", student), {
          x: "mu",
          y: "steps",
          stroke: style(i).stroke,
          strokeDasharray: style(i).dash,
          clip: true,
        }),
        ...(bars ? [errorBars(points, "mu", "steps", style(i).stroke)] : []),
        simulation(points, {
          x: "mu",
          y: "steps",
          stroke: style(i).stroke,
          symbol: style(i).symbol,
        }),
      ];
    }),
  });
  return {
    panels: [
      panel("exit at |/{m}| = 0.5: exact chain", flow, chain, true),
      panel("authors' window: published runs", windowFlow, published, false),
    ],
    columns: 2,
    legend: names.map((student, i) => ({ label: activationLabel(student), ...style(i) })),
    rows: { flow, chain, windowFlow, published },
    size: "page",
    caption:
      "Exit time of one-pass SGD against pre-training strength (d = 1000, b = 500, η = 0.2). " +
      "(a) Flow from m₀ = 0.53/√d and exact chain (mean ± standard error). (b) The authors' rule and " +
      "published run times; flow from the one fitted value m₀ = 0.04.",
  };
}

/** Vertical bars of ± one standard error from the column `se`. */
export function errorBars(rows: Row[], x: string, y: string, stroke: string): Mark {
  return Plot.ruleX(rows, {
    x,
    y1: (row: Row) => Number(row[y]) - Number(row.se),
    y2: (row: Row) => Number(row[y]) + Number(row.se),
    stroke,
    strokeWidth: 0.8,
  });
}

/** F4: effective potential `V(g)` of the linear model. */
export function potentialFigure(rows: { mu: number; g: number; V: number }[]): Figure {
  const mus = distinct(rows, "mu");
  return {
    panels: {
      x: { label: "/{g} = artanh /{m}" },
      y: { label: "effective potential /{V}(/{g})" },
      marks: [
        ...mus.map((mu, i) =>
          theory(where(rows, "mu", mu), {
            x: "g",
            y: "V",
            stroke: style(i).stroke,
            strokeDasharray: style(i).dash,
          })
        ),
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
        entries: ks.map((k, i) => ({ label: `/{k} = ${k}`, ...line(i) })),
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

/** A point of the curriculum run. */
export interface CurriculumPathRow extends Row {
  /** Steps. */
  at: number;
  /** Number of the copy. */
  copy: number;
  /** 1 before the flip, 2 after. */
  stage: number;
  /** `|m|`. */
  m: number;
  /** `s`. */
  s: number;
}

/** F6: (a) τ(μ) with squared teachers; (b) the sign-flip curriculum on He₃. */
export function squaredTeacherFigure(
  tau: { activation: string; mu: number; tau: number }[],
  path: CurriculumPathRow[],
): Figure {
  const names = distinct(tau, "activation");
  const copies = distinct(path, "copy");
  const flip = Math.min(...path.filter((row) => row.stage === 2).map((row) => row.at));
  return {
    panels: [
      {
        title: "teacher /{σ}_{⋆} = /{σ}²",
        x: { label: "pre-training strength /{μ}", domain: [0, 1] },
        y: { label: "search time /{τ}", type: "log" },
        legend: {
          at: "above",
          entries: names.map((name, i) => ({ label: activationLabel(name), ...line(i) })),
        },
        marks: names.map((name, i) =>
          theory(where(tau, "activation", name), {
            x: "mu",
            y: "tau",
            stroke: style(i).stroke,
            strokeDasharray: style(i).dash,
          })
        ),
      },
      {
        title: "He_{3}: flip, then train",
        x: { label: "SGD steps" },
        y: { label: "overlaps", domain: [-0.02, 1.05] },
        legend: {
          at: "above",
          entries: [
            { label: "|/{m}|", stroke: theme.palette[0], dash: theme.dashes[1] },
            { label: "/{s} = /{w}·/{ω}_{⋆}", stroke: theme.palette[4], dash: "" },
          ],
        },
        marks: [
          Plot.ruleX([flip], { stroke: "#777", strokeDasharray: "2 2" }),
          ...copies.flatMap((copy) => [
            theory(where(path, "copy", copy), {
              x: "at",
              y: "m",
              stroke: theme.palette[0],
              strokeDasharray: theme.dashes[1],
              strokeOpacity: 0.7,
            }),
            theory(where(path, "copy", copy), {
              x: "at",
              y: "s",
              stroke: theme.palette[4],
              strokeOpacity: 0.7,
            }),
          ]),
        ],
      },
    ],
    columns: 2,
    rows: { tau, path },
    size: "page",
    caption:
      "(a) Search time for a squared teacher: no interior divergence for odd targets. (b) Exact chain on " +
      "He₃ at μ = 0.325: stage 1 without label information shrinks w; after the flip (dashed) s jumps to " +
      "about 2μ and training converges.",
  };
}

/** A point of F7. */
export interface MisalignedRow extends Row {
  /** Steps. */
  at: number;
  /** `|m|`. */
  m: number;
  /** `n` with the sign that makes `m` positive. */
  n: number;
}

/** F7: overlaps of a misaligned pre-trained weight; chain (marks) and flow (lines). */
export function misalignedFigure(
  simulated: (MisalignedRow & { student: string; copy: number })[],
  flow: (MisalignedRow & { student: string })[],
): Figure {
  const names = distinct(flow, "student");
  return {
    panels: names.map((student): Panel => ({
      title: activationLabel(student),
      x: { label: "SGD steps" },
      y: { label: "overlaps", domain: [-0.9, 0.9] },
      marks: [
        Plot.ruleY([Math.SQRT1_2, -Math.SQRT1_2], { stroke: "#777", strokeDasharray: "2 2" }),
        ...(["m", "n"] as const).flatMap((key, i) => [
          theory(where(flow, "student", student), { x: "at", y: key, stroke: style(i).stroke }),
          simulation(where(simulated, "student", student), {
            x: "at",
            y: key,
            stroke: style(i).stroke,
            symbol: style(i).symbol,
            r: 1.6,
          }),
        ]),
      ],
    })),
    columns: 3,
    aspect: 0.9,
    legend: [
      { label: "/{m} = /{ω}·/{ω}_{⋆}", ...style(0), dash: "" },
      { label: "/{n} = /{ω}·/{ξ}", ...style(1), dash: "" },
      { label: "±1/√2", stroke: "#777", dash: "2 2" },
    ] satisfies LegendEntry[],
    rows: { simulation: simulated, flow },
    size: "page",
    caption:
      "Misaligned pre-training w₀ = μω⋆ + (1 − μ)ξ: the adapter aligns with the missing direction " +
      "ω⋆ − w₀, so m → 1/√2 and n → −1/√2 for every activation. Flow (lines) from the chain's mean start.",
  };
}
