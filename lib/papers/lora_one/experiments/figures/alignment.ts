/**
 * Figures of alignment: F1 and the phase portrait F3.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  type LegendEntry,
  type Mark,
  type Point,
  sequential,
  simulation,
  style,
  theme,
  theory,
} from "../../../../figure/mod.ts";

const VERMILION = "#D55E00";

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
