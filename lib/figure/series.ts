/**
 * Several series in one panel: the look of each, their lines and marks, their legend.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { Row } from "../experiment/table/row.ts";
import { distinct, where } from "../experiment/table/rows.ts";
import { simulation, theory } from "./marks.ts";
import type { Mark } from "./plot_types.ts";
import { theme } from "./theme.ts";
import type { LegendEntry } from "./types.ts";

/** Colour, dash pattern and symbol of a series. */
export interface SeriesStyle {
  /** Colour. */
  stroke: string;
  /** Dash pattern in points, `""` for a full line. */
  dash: string;
  /** Symbol of its marks. */
  symbol: (typeof theme.symbols)[number];
}

/** A labelled value at a position: the row that `overlay` draws. */
export interface Point extends Row {
  /** Series it belongs to. */
  series: string;
  /** Position. */
  x: number;
  /** Value; a column `se` holds its standard error where it is a mean. */
  y: number;
}

/**
 * Look of the i-th series of a figure, told apart by colour, dash and symbol alike.
 *
 * @param i Number of the series from 0; after the seventh the looks repeat.
 *
 * @example
 * ```ts
 * import { style } from "lora-dynamics/figure/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(style(0), { stroke: "#0072B2", dash: "", symbol: "circle" });
 * ```
 */
export function style(i: number): SeriesStyle {
  return {
    stroke: theme.palette[i % theme.palette.length],
    dash: theme.dashes[i % theme.dashes.length],
    symbol: theme.symbols[i % theme.symbols.length],
  };
}

/**
 * One theory line per value of a column, in the look of its series.
 *
 * @param rows Rows of all series.
 * @param key Column that names the series.
 * @param x Column of the positions.
 * @param y Column of the values.
 *
 * @example
 * ```ts
 * import { curves } from "lora-dynamics/figure/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = [{ mu: 0.1, t: 0, m: 0 }, { mu: 0.1, t: 1, m: 1 }, { mu: 0.5, t: 0, m: 0 }];
 * assertEquals(curves(rows, "mu", "t", "m").length, 2);
 * ```
 */
export function curves<R>(
  rows: readonly R[],
  key: keyof R & string,
  x: keyof R & string,
  y: keyof R & string,
): Mark[] {
  return distinct(rows, key).map((value, i) =>
    theory(where(rows, key, value), {
      x,
      y,
      stroke: style(i).stroke,
      strokeDasharray: style(i).dash,
      clip: true,
    })
  );
}

/**
 * Legend entries of the values of a column: of lines, of symbols, or of both.
 *
 * @param values Values in the order of their series.
 * @param label Text of a value; `_{…}`, `^{…}`, `/{…}` set subscripts, superscripts, symbols.
 * @param kind What is drawn of each series.
 *
 * @example
 * ```ts
 * import { entries } from "lora-dynamics/figure/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(entries([0.1], (mu) => `/{μ} = ${mu}`), [
 *   { label: "/{μ} = 0.1", stroke: "#0072B2", dash: "" },
 * ]);
 * ```
 */
export function entries<V>(
  values: readonly V[],
  label: (value: V) => string,
  kind: "line" | "symbol" | "both" = "line",
): LegendEntry[] {
  return values.map((value, i) => {
    const { stroke, dash, symbol } = style(i);
    return {
      label: label(value),
      stroke,
      ...(kind === "symbol" ? {} : { dash }),
      ...(kind === "line" ? {} : { symbol }),
    };
  });
}

/**
 * Vertical bars of ± one standard error from the column `se`.
 *
 * @param rows Rows with a column `se`.
 * @param x Column of the positions.
 * @param y Column of the means.
 * @param stroke Colour.
 *
 * @example
 * ```ts
 * import { errorBars } from "lora-dynamics/figure/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const mark = errorBars([{ d: 10, mean: 2, se: 0.1 }], "d", "mean", "#000000");
 * assertEquals(typeof mark.plot, "function");
 * ```
 */
export function errorBars(rows: Row[], x: string, y: string, stroke: string): Mark {
  return Plot.ruleX(rows, {
    x,
    y1: (row: Row) => Number(row[y]) - Number(row.se),
    y2: (row: Row) => Number(row[y]) + Number(row.se),
    stroke,
    strokeWidth: 0.8,
  });
}

/**
 * Theory lines and simulated means with error bars of several series; a series has one look.
 *
 * @param lines Points of the theory.
 * @param means Points of the simulation; a finite `se` gives them bars.
 *
 * @example
 * ```ts
 * import { overlay } from "lora-dynamics/figure/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const lines = [{ series: "ReLU", x: 0, y: 0 }, { series: "ReLU", x: 1, y: 1 }];
 * assertEquals(overlay(lines, [{ series: "ReLU", x: 0.5, y: 0.51, se: 0.02 }]).length, 3);
 * ```
 */
export function overlay(lines: Point[], means: Point[]): Mark[] {
  return distinct([...lines, ...means], "series").flatMap((name, i) => {
    const { stroke, dash, symbol } = style(i);
    const points = where(means, "series", name);
    return [
      theory(where(lines, "series", name), {
        x: "x",
        y: "y",
        stroke,
        strokeDasharray: dash,
        clip: true,
      }),
      errorBars(points.filter((row) => Number.isFinite(row.se)), "x", "y", stroke),
      simulation(points, { x: "x", y: "y", stroke, symbol }),
    ];
  });
}

/**
 * Legend of an overlay: a series has the swatch of what is drawn of it.
 *
 * @param lines Points of the theory, as given to `overlay`.
 * @param means Points of the simulation, as given to `overlay`.
 *
 * @example
 * ```ts
 * import { overlayLegend } from "lora-dynamics/figure/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const [entry] = overlayLegend([], [{ series: "ReLU", x: 0.5, y: 0.51 }]);
 * assertEquals(entry, { label: "ReLU", stroke: "#0072B2", symbol: "circle" });
 * ```
 */
export function overlayLegend(lines: Point[], means: Point[]): LegendEntry[] {
  const drawn = (rows: Point[], name: string) => rows.some((row) => row.series === name);
  return distinct([...lines, ...means], "series").map((label, i) => {
    const { stroke, dash, symbol } = style(i);
    return {
      label,
      stroke,
      ...(drawn(lines, label) ? { dash } : {}),
      ...(drawn(means, label) ? { symbol } : {}),
    };
  });
}
