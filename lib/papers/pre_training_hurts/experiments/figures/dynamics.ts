/**
 * Figures of the dynamics: rows → figure. Lines are theory, marks are simulation.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, where } from "../../../../experiment/mod.ts";
import {
  curves,
  entries,
  errorBars,
  type Figure,
  type LegendEntry,
  type Panel,
  simulation,
  style,
  theme,
  theory,
} from "../../../../figure/mod.ts";
import { activationLabel } from "./labels.ts";

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
    legend: entries(names, (student) => activationLabel(student), "both"),
    rows: { flow, chain, windowFlow, published },
    size: "page",
    caption:
      "Exit time of one-pass SGD against pre-training strength (d = 1000, b = 500, η = 0.2). " +
      "(a) Flow from m₀ = 0.53/√d and exact chain (mean ± standard error). (b) The authors' rule and " +
      "published run times; flow from the one fitted value m₀ = 0.04.",
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
          entries: entries(names, (name) => activationLabel(name)),
        },
        marks: curves(tau, "activation", "mu", "tau"),
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
      legend: { at: "bottom-right", entries: entries(names, (name) => name, "symbol") },
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
            stroke: style(i).stroke,
            symbol: style(i).symbol,
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
  simulated: (MisalignedRow & { copy: number })[],
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
