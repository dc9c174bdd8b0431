/**
 * Figures of lora-one: rows → figure. Lines are theory, symbols are simulation, bands spread over
 * seeds.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, where } from "../../experiment/mod.ts";
import {
  type Figure,
  type LegendEntry,
  type Mark,
  type Panel,
  type Point,
  sequential,
  simulation,
  style,
  theme,
  theory,
} from "../../figure/mod.ts";

const VERMILION = "#D55E00";

/** Colours of the two optimizers. */
const BARS = ["#999999", "#333333"];

/** `10^{n}` of a power of ten, for labels. */
function tenTo(x: number): string {
  return x === 1 ? "1" : `10^{${Math.round(Math.log10(x))}}`;
}

/** A row of F1. */
export interface AlignmentPoint extends Row {
  /** `α²`. */
  variance: number;
  /** Step. */
  at: number;
  /** `sin θ`. */
  sine: number;
  /** Risk. */
  risk: number;
}

/** F1: alignment and risk against steps, with the linear phase, the plateau and `t_nl`. */
export function alignmentFigure(
  { rows, linear, leading, plateau, ends }: {
    /** Simulated steps of all scales. */
    rows: AlignmentPoint[];
    /** The α-free linear prediction of `sin θ`. */
    linear: Point[];
    /** Its leading order. */
    leading: Point[];
    /** `sin` of the angle of col Δ with col G. */
    plateau: number;
    /** `t_nl` of the scales for which it is positive. */
    ends: (Row & { variance: number; t: number })[];
  },
): Figure {
  const variances = distinct(rows, "variance"), colors = sequential(variances.length, 0.9);
  const marks = (
    key: "sine" | "risk",
    every: number,
    seen: (row: AlignmentPoint) => boolean,
  ): Mark[] =>
    variances.flatMap((variance, i) => {
      const here = where(rows, "variance", variance);
      return [
        Plot.line(here, { x: "at", y: key, stroke: colors[i], strokeWidth: 0.5, clip: true }),
        simulation(here.filter((row) => row.at % every === 0 && seen(row)), {
          x: "at",
          y: key,
          stroke: colors[i],
          symbol: theme.symbols[i],
        }),
      ];
    });
  const line = (points: Point[], dash: string) =>
    theory(points, { x: "x", y: "y", stroke: VERMILION, strokeDasharray: dash, clip: true });
  const legend: LegendEntry[] = [
    ...variances.map((variance, i) => ({
      label: `/{α}² = ${tenTo(variance)}`,
      stroke: colors[i],
      symbol: theme.symbols[i],
    })),
    { label: "linear phase", stroke: VERMILION, dash: "" },
    { label: "leading order", stroke: VERMILION, dash: "1.2 1.8" },
    { label: "plateau", stroke: VERMILION, dash: "5 2" },
  ];
  const end: Point[] = [0, 1500].map((x) => ({ series: "plateau", x, y: plateau }));
  return {
    panels: [
      {
        title: "alignment",
        x: { label: "steps /{t}", domain: [0, 700] },
        y: { label: "sin /{θ}_{t}", domain: [0, 1] },
        marks: [
          ...ends.map(({ t, variance }) =>
            Plot.ruleX([t], {
              stroke: colors[variances.indexOf(variance)],
              strokeDasharray: "2 2",
            })
          ),
          ...marks("sine", 50, ({ at }) => at <= 700),
          line(linear, ""),
          line(leading, "1.2 1.8"),
          line(end, "5 2"),
        ],
      },
      {
        title: "risk",
        x: { label: "steps /{t}", domain: [0, 1500] },
        y: { label: "½‖/{AB} − /{Δ}‖²", type: "log", domain: [1e-13, 4] },
        marks: marks("risk", 100, ({ risk }) => risk < 4),
      },
    ],
    columns: 2,
    legend,
    rows: { simulation: rows, linear, leading, plateau: end, ends },
    size: "page",
    caption:
      "LoRA's gradient descent on the toy problem (d = k = 100, r* = 4, r = 8, N = 1600, η = 1/64). (a) Angle " +
      "of the top of A with col G: small starts follow one α-free curve, then turn to the angle of col Δ " +
      "(plateau); dashed verticals: end t_nl of the guaranteed phase. (b) Risk. Large starts never align.",
  };
}

/** A point of a trajectory of F3. */
export interface PortraitPoint extends Row {
  /** Draw. */
  draw: number;
  /** Start. */
  start: string;
  /** Step. */
  at: number;
  /** Coordinate of `a` along the truth. */
  along: number;
  /** Coordinate of `a` across it. */
  across: number;
  /** `b`. */
  b: number;
}

/** F3: the three-dimensional portrait in two readable planes. */
export function portraitFigure(points: PortraitPoint[]): Figure {
  const starts = distinct(points, "start"), draws = distinct(points, "draw");
  const paths = (x: "along" | "at", y: "b" | "across"): Mark[] =>
    starts.flatMap((start, i) =>
      draws.flatMap((draw) => {
        const here = where(where(points, "start", start), "draw", draw);
        const { stroke } = style(i), last = here[here.length - 1];
        return [
          Plot.line(here, { x, y, stroke, strokeWidth: 0.8, clip: true }),
          Plot.dot([here[0]], { x, y, fill: stroke, stroke, r: 2.4 }),
          ...(x === "along"
            ? [Plot.dot([last], { x, y, fill: stroke, symbol: "star", r: 4 })]
            : []),
        ];
      })
    );
  const branch: Point[] = [1, -1].flatMap((sign) =>
    Array.from({ length: 60 }, (_, i) => {
      const tau = sign * 0.6 * 1.045 ** i;
      return { series: sign > 0 ? "b > 0" : "b < 0", x: Math.sqrt(5) / tau, y: tau };
    })
  );
  return {
    panels: [
      {
        title: "along the truth",
        x: { label: "/{a} along the truth", domain: [-3.6, 3.6] },
        y: { label: "/{b}", domain: [-3.2, 3.2] },
        marks: [
          ...distinct(branch, "series").map((name) =>
            theory(where(branch, "series", name), { x: "x", y: "y", stroke: VERMILION, clip: true })
          ),
          ...paths("along", "b"),
        ],
      },
      {
        title: "across the truth",
        x: { label: "steps /{t}", domain: [0, 60] },
        y: { label: "/{a} across the truth" },
        marks: [
          Plot.ruleY([0], { stroke: VERMILION, strokeWidth: theme.lineWidth }),
          ...paths("at", "across"),
        ],
      },
    ],
    columns: 2,
    aspect: 0.8,
    legend: [
      ...starts.map((label, i) => ({
        label,
        stroke: style(i).stroke,
        dash: "",
        symbol: "circle" as const,
        fill: style(i).stroke,
      })),
      { label: "minimisers", stroke: VERMILION, dash: "" },
    ],
    rows: { trajectories: points, minimisers: branch },
    size: "page",
    caption:
      "Phase portrait of d = 2, k = r = 1 with truth (2, 1): three draws of N = 4 inputs. (a) The state in the " +
      "plane of b and of a along the truth, where the minimisers are the two hyperbolas; dot: start, star: end. (b) The third coordinate, which must vanish. The spectral start is close to the curve in (a); what it has to " +
      "unlearn is the sampling error in (b).",
  };
}

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
function mapPanel(
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

/** F9: overlaps and risk against the strength, and the phase diagram in `(N, λ)`. */
export function noiseFigure(
  { overlaps, found, risk, foundRisk, map, critical }: {
    /** Theory of both overlaps. */
    overlaps: Point[];
    /** Simulated overlaps. */
    found: Point[];
    /** Theory of the relative risk of the start. */
    risk: Point[];
    /** Simulated relative risk. */
    foundRisk: Point[];
    /** `⟨û, u⟩²` over `N` and `λ`. */
    map: MapCell[];
    /** `λ_c(N)`. */
    critical: Point[];
  },
): Figure {
  const overlay = (lines: Point[], means: Point[]): Mark[] =>
    distinct(lines, "series").flatMap((name, i) => [
      theory(where(lines, "series", name), {
        x: "x",
        y: "y",
        stroke: style(i).stroke,
        strokeDasharray: style(i).dash,
        clip: true,
      }),
      simulation(where(means, "series", name), {
        x: "x",
        y: "y",
        stroke: style(i).stroke,
        symbol: style(i).symbol,
      }),
    ]);
  return {
    panels: [
      {
        title: "overlaps",
        x: { label: "/{λ}//{λ}_{c}" },
        y: { label: "squared overlap", domain: [0, 1] },
        legend: {
          at: "bottom-right",
          entries: distinct(overlaps, "series").map((label, i) => ({ label, ...style(i) })),
        },
        marks: overlay(overlaps, found),
      },
      {
        title: "risk of the start",
        x: { label: "/{λ}//{λ}_{c}" },
        y: { label: "risk / risk of no start", type: "log" },
        marks: [
          Plot.ruleY([1], { stroke: "#777", strokeDasharray: "2 2" }),
          ...overlay(risk, foundRisk),
        ],
      },
      mapPanel(map, {
        title: "phase diagram",
        x: "samples /{N}",
        y: "strength /{λ}",
        color: {
          type: "linear",
          scheme: "cividis",
          domain: [0, 1],
          label: "⟨û, u⟩²",
          legend: true,
        },
        lines: critical,
        log: { x: true, y: true },
      }),
    ],
    columns: 3,
    aspect: 1,
    rows: { overlaps, simulation: found, risk, "simulated risk": foundRisk, map, critical },
    size: "page",
    caption:
      "Label noise (d = 400, k = 200, σ = 1; (a), (b): N = 8000, draws exact in law). (a) Squared overlaps of " +
      "the leading singular vectors of the one-step gradient with the truth. (b) Risk of the rank-one start " +
      "over that of no start: above 1 the start hurts. (c) Theory: ⟨û, u⟩² over N and λ, with λ_c.",
  };
}

/** E1: steps of preconditioned descent over `N/d` and `η`, for two condition numbers. */
export function basinFigure(
  maps: readonly { title: string; cells: MapCell[] }[],
  edge: readonly Point[],
): Figure {
  return {
    panels: maps.map(({ title, cells }) =>
      mapPanel(cells, {
        title,
        x: "/{N}//{d}",
        y: "step size /{η}",
        color: {
          type: "log",
          scheme: "cividis",
          domain: [5, 400],
          label: "steps to 10⁻⁶",
          legend: true,
        },
        lines: edge,
        log: { x: true, y: false },
      })
    ),
    columns: 2,
    rows: {
      ...Object.fromEntries(maps.map(({ title, cells }) => [title, cells])),
      edge: [...edge],
    },
    size: "page",
    caption:
      "Preconditioned descent from the spectral start (d = 40, r = r* = 4, λ = 0): steps to a relative error " +
      "of 10⁻⁶; white: not within 400 steps; line: edge η = 2/μ_max of local stability. Both condition numbers have the same basin: N of a few d " +
      "is enough, not ε ≲ κ⁻³.",
  };
}

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
