/**
 * How the paper's figures are drawn: bands and marks are runs, lines theory, open squares numbers read off
 * the paper.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row, summary, where } from "../../../../experiment/mod.ts";
import {
  band,
  endLabels,
  type LegendEntry,
  type Panel,
  scaleWords,
  simulation,
  theme,
  theory,
} from "../../../../figure/mod.ts";
import { layerStart, type StartLike, startWords } from "../../starts.ts";
import type { PaperRow } from "./paper_runs.ts";
import type { PublishedPoint } from "./published.ts";
import { plotted, type PublishedDistance } from "./published_distances.ts";
import { TIME } from "../physics.ts";

/** What a panel shows. */
export type Quantity = PublishedPoint["quantity"];

/** Mean over starts at a time, and one standard deviation about it. */
export interface Mean extends Row {
  start: string;
  alpha: number;
  at: number;
  mean: number;
  low: number;
  high: number;
}

/** Colour, dashes and symbol of a kind of start; the square is for the paper. */
export interface Look {
  readonly stroke: string;
  readonly dash: string;
  readonly symbol: (typeof theme.symbols)[number];
}

const SYMBOLS = ["circle", "triangle", "diamond", "times", "plus", "asterisk"] as const;
const COLORS = [0, 4, 2, 6, 1, 3];
/** Symbols along a curve. */
const SYMBOLS_ALONG = 9;

/** The looks of kinds of starts, in their order. */
export function looksOf(starts: readonly StartLike[]): Map<string, Look> {
  return new Map(starts.map((start, i) => {
    const k = i % SYMBOLS.length;
    const look = { stroke: theme.palette[COLORS[k]], dash: theme.dashes[k], symbol: SYMBOLS[k] };
    return [layerStart(start).name, look];
  }));
}

/** The square that stands for a number of the paper. */
export const PUBLISHED_MARK = { symbol: "square2", stroke: "#000", r: 2.6 } as const;

/** Legend of starts, and of the paper's numbers where they are drawn. */
export function legendOf(
  starts: readonly StartLike[],
  looks: ReadonlyMap<string, Look>,
  { lines = true, published = true } = {},
): LegendEntry[] {
  return [
    ...starts.map((start) => {
      const { stroke, dash, symbol } = looks.get(layerStart(start).name)!;
      return { label: startWords(start), stroke, symbol, ...(lines ? { dash } : {}) };
    }),
    ...(published ? [{ label: "read off the paper", symbol: "square2" as const }] : []),
  ];
}

/** What theory says of a quantity, as it is plotted. */
function predicted(row: PaperRow, quantity: Quantity): number | null {
  const { predicted, predictedGap, predictedX1 } = row;
  const value = { loss: predicted, gap: predictedGap, norm: predictedX1 }[quantity];
  if (value === null) return null;
  return quantity === "norm" ? Math.sqrt(2 * value) : Math.log10(value);
}

/** Means of one quantity, of the runs or of theory. */
export function meansOf(
  rows: readonly PaperRow[],
  quantity: Quantity,
  of: "runs" | "theory",
): Mean[] {
  const groups = Map.groupBy(rows, ({ start, alpha, at }) => `${start} ${alpha} ${at}`);
  return [...groups.values()].flatMap((group) => {
    const [{ start, alpha, at }] = group;
    const all = group.map((row) =>
      of === "runs" ? plotted(row, quantity) : predicted(row, quantity)
    );
    const some = all.filter((x) => x !== null && x > -Infinity) as number[];
    if (some.length < group.length) return [];
    const { mean, sd } = summary(some);
    const [low, middle, high] = [mean - sd, mean, mean + sd]
      .map((x) => quantity === "norm" ? x : 10 ** x);
    return [{ start, alpha, at, mean: middle, low, high }];
  });
}

/** Means at about so many times in equal steps, shifted from series to series. */
function spaced(means: readonly Mean[], i: number, end: number): Mean[] {
  const wanted = Array.from({ length: SYMBOLS_ALONG }, (_, k) => (k + (i % 3) / 3) / SYMBOLS_ALONG);
  const near = wanted.map((share) =>
    means.reduce<Mean | undefined>(
      (best, mean) =>
        best && Math.abs(best.at - share * end) <= Math.abs(mean.at - share * end) ? best : mean,
      undefined,
    )
  );
  return [...new Set(near)].filter((mean) => mean !== undefined);
}

const LABELS: Readonly<Record<Quantity, string>> = {
  loss: "loss /{L}",
  gap: "misalignment 1 − cos",
  norm: "size ‖/{Z}_{1}‖",
};

/** One quantity against time. */
export interface CoursePanel {
  readonly title: string;
  readonly quantity: Quantity;
  readonly rows: readonly PaperRow[];
  readonly looks: ReadonlyMap<string, Look>;
  readonly points: readonly (PublishedPoint & { readonly at: number })[];
  /** Last time. */
  readonly end: number;
  /** Decades that the vertical axis has at most; without it the axis is linear and has all. */
  readonly decades?: number;
}

/** The panel with the numbers that it shows. */
export interface DrawnPanel {
  readonly panel: Panel;
  readonly tables: Readonly<Record<string, Row[]>>;
}

/** How far theory is above the runs, in decades, start by start. */
export function ratiosOf(rows: readonly PaperRow[], quantity: Quantity): Mean[] {
  const groups = Map.groupBy(rows, ({ start, alpha, at }) => `${start} ${alpha} ${at}`);
  return [...groups.values()].flatMap((group) => {
    const all = group.map((row) => [predicted(row, quantity), plotted(row, quantity)] as const)
      .filter(([line, run]) => line !== null && line > -24 && run > -24)
      .map(([line, run]) => quantity === "norm" ? Math.log10(line! / run) : line! - run);
    if (all.length < group.length) return [];
    const [{ start, alpha, at }] = group, { mean, sd } = summary(all);
    return [{ start, alpha, at, mean, low: mean - sd, high: mean + sd }];
  });
}

/** How far theory is above the runs of a quantity, against time. */
export function ratioPanel(
  { title, quantity, rows, looks, end }: Omit<CoursePanel, "points" | "decades">,
): DrawnPanel {
  const found = ratiosOf(rows.filter(({ at }) => at <= end * (1 + 1e-9)), quantity);
  const most = Math.max(0.2, 1.1 * Math.max(...found.map(({ mean }) => Math.abs(mean))));
  const marks = [...looks].flatMap(([start, { stroke, dash, symbol }], i) =>
    distinct(found, "alpha").flatMap((alpha) => {
      const own = where(where(found, "start", start), "alpha", alpha), at = { x: "at", y: "mean" };
      return [
        theory(own, { ...at, stroke, strokeDasharray: dash, strokeWidth: 0.6, clip: true }),
        simulation(spaced(own, i, end), { ...at, stroke, symbol }),
      ];
    })
  );
  return {
    panel: {
      title,
      x: { label: TIME, domain: [0, end] },
      y: { label: "log_{10}(theory / runs)", domain: [-most, most] },
      marks: [Plot.ruleY([0], { strokeWidth: 0.6 }), ...marks],
    },
    tables: { "theory over runs, decades": found },
  };
}

/** A logarithmic axis: from the largest value down to the smallest, but at most so many decades. */
export function axisOf(values: readonly number[], decades: number): [number, number] {
  const all = values.filter((y) => y > 0);
  const span = Math.min(decades, Math.log10(Math.max(...all) / Math.min(...all)));
  const air = 10 ** (0.04 * span + 0.1), most = Math.max(...all);
  return [most / 10 ** span / air, most * air];
}

/** One quantity against time, in every start and scale. */
export function coursePanel(
  { title, quantity, rows, looks, points, end, decades }: CoursePanel,
): DrawnPanel {
  const shown = rows.filter(({ at }) => at <= end * (1 + 1e-9));
  const runs = meansOf(shown, quantity, "runs"), lines = meansOf(shown, quantity, "theory");
  const x = "at", y = "mean", clip = true;
  const squares = points.filter((point) => point.quantity === quantity && point.at <= end * 1.001)
    .map((point) => ({ ...point, shown: quantity === "norm" ? point.value : 10 ** point.value }));
  const domain = decades === undefined
    ? undefined
    : axisOf([...runs.map(({ mean }) => mean), ...squares.map(({ shown }) => shown)], decades);
  const [least, most] = domain ?? [-Infinity, Infinity];
  const scales = distinct(rows, "alpha");
  const marks = [...looks].flatMap(([start, { stroke, dash, symbol }], i) =>
    scales.flatMap((alpha) => {
      const own = where(where(runs, "start", start), "alpha", alpha);
      const line = where(where(lines, "start", start), "alpha", alpha);
      const inside = own.filter(({ mean }) => mean >= least && mean <= most);
      return [
        band(own, { x, y1: "low", y2: "high", fill: stroke, fillOpacity: 0.13, clip }),
        line.length > 0
          ? theory(line, { x, y, stroke, strokeDasharray: dash, clip })
          : theory(own, { x, y, stroke, strokeWidth: 0.5, clip }),
        simulation(spaced(inside, i, end), { x, y, stroke, symbol }),
      ];
    })
  );
  const [first] = looks.keys(), named = where(runs, "start", first);
  const names = scales.length > 1
    ? [endLabels(named, {
      ...{ x: (row) => row.at, y: (row) => row.mean, z: (row) => row.alpha },
      text: (row) => `/{α} = ${scaleWords(row.alpha)}`,
    })]
    : [];
  return {
    panel: {
      title,
      x: { label: TIME, domain: [0, end] },
      y: {
        label: LABELS[quantity],
        ...(quantity === "norm" ? {} : { type: "log" as const }),
        ...(domain ? { domain } : {}),
      },
      marks: [...marks, simulation(squares, { x, y: "shown", ...PUBLISHED_MARK }), ...names],
    },
    tables: {
      simulation: runs,
      ...(lines.length > 0 ? { theory: lines } : {}),
      ...(squares.length > 0 ? { paper: squares } : {}),
    },
  };
}

/** Distances from the paper's numbers against time. */
export function distancePanel(
  title: string,
  distances: readonly PublishedDistance[],
  looks: ReadonlyMap<string, Look>,
): DrawnPanel {
  const marks = [...looks].map(([start, { stroke, symbol }]) =>
    simulation(where(distances, "start", start), { x: "at", y: "distance", stroke, symbol, r: 2.4 })
  );
  const ends = distances.map(({ at }) => at), sizes = distances.map((row) => row.distance);
  const [low, high] = [Math.min(0, ...sizes), Math.max(0, ...sizes)], air = 0.06 * (high - low);
  const zero = [Math.min(0, ...ends), Math.max(...ends)].map((at) => ({ at, distance: 0 }));
  const line = theory(zero, { x: "at", y: "distance", stroke: "#000", strokeWidth: 0.6 });
  return {
    panel: {
      title,
      x: { label: TIME },
      y: { label: "distance in decades", domain: [low - air, high + air] },
      marks: [line, ...marks],
    },
    tables: { distances: [...distances] },
  };
}

/** Panels' tables under the panels' letters. */
export function lettered(drawn: readonly DrawnPanel[]): Record<string, Row[]> {
  return Object.fromEntries(
    drawn.flatMap(({ tables }, i) =>
      Object.entries(tables).map(([name, rows]) => [
        `${String.fromCharCode(97 + i)}, ${name}`,
        rows,
      ])
    ),
  );
}
