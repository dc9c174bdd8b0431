/**
 * The look that every figure shares: sizes, colours, dashes, symbols and line weights.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { checkInside, checkInteger } from "../check.ts";

/** Width of a figure in a journal: one text column or the whole page. */
export type FigureSize = "column" | "page";

/** What a template fixes: the sizes at which its figures are drawn, so that nothing is scaled. */
export interface FigureTemplate {
  /** Width of a column of text in inches: LaTeX's `\columnwidth`. */
  readonly column: number;
  /** Width of the whole text in inches: `\textwidth`; that of the column where there is only one. */
  readonly page: number;
  /** Height of a figure's labels in points (1/72 inch). */
  readonly fontSize: number;
  /** The file that fixes these numbers. */
  readonly source: string;
}

/** The type of `theme`. */
export interface Theme {
  /** Width in inches of each size. */
  readonly inches: Readonly<Record<FigureSize, number>>;
  /** Colours of categories: Okabe–Ito without yellow, neighbours at least 12 apart in lightness. */
  readonly palette: readonly string[];
  /** Dash patterns in points, in the order in which series take them; the first is a full line. */
  readonly dashes: readonly string[];
  /** Plot symbols in the order in which series take them. */
  readonly symbols: readonly (
    | "circle"
    | "square2"
    | "triangle"
    | "diamond"
    | "times"
    | "plus"
    | "asterisk"
  )[];
  /** Font family of all text; the files embed or pin DejaVu Sans. */
  readonly font: string;
  /** Text height in points. */
  readonly fontSize: number;
  /** Text height in points inside an inset. */
  readonly insetFontSize: number;
  /** Width in points of a curve. */
  readonly lineWidth: number;
  /** Radius in points of a simulation mark. */
  readonly markRadius: number;
  /** Width in points of axes and ticks. */
  readonly axisWidth: number;
}

/**
 * Sizes, colours and weights of all figures. Lengths are points (1/72 inch).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { theme } from "lora-dynamics/figure/mod.ts";
 *
 * assertEquals(theme.inches, { column: 3.25, page: 6.75 });
 * assertEquals(theme.palette[0], "#0072B2");
 * ```
 */
export const theme: Theme = {
  inches: { column: 3.25, page: 6.75 },
  palette: ["#0072B2", "#E69F00", "#009E73", "#56B4E9", "#D55E00", "#000000", "#CC79A7"],
  dashes: ["", "5 2", "1.2 1.8", "6 2 1.2 2", "9 2.5", "3 1.5 1 1.5 1 1.5", "2.5 2.5"],
  symbols: ["circle", "square2", "triangle", "diamond", "times", "plus", "asterisk"],
  font: "DejaVu Sans, Verdana, sans-serif",
  fontSize: 9,
  insetFontSize: 7.5,
  lineWidth: 1.2,
  markRadius: 2.1,
  axisWidth: 0.6,
};

let cividis: ((t: number) => string) | undefined;

/**
 * `count` colours from dark to light for an ordered quantity, taken from cividis without its
 * bright end, which a line on white paper would lose.
 *
 * @param count How many colours, `≥ 1`.
 * @param light Where on the scale to stop, in `(0, 1.0001)`; 1 is the bright end.
 * @throws {RangeError} If `count` is not an integer `≥ 1`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { sequential } from "lora-dynamics/figure/mod.ts";
 *
 * assertEquals(sequential(9).length, 9);
 * assertEquals(new Set(sequential(9)).size, 9);
 * ```
 */
export function sequential(count: number, light = 0.76): string[] {
  checkInteger("make colours", "count", count, 1);
  checkInside("make colours", "light", light, 0, 1.0001);
  cividis ??= Plot.scale({ color: { type: "linear", scheme: "cividis", domain: [0, 1] } })
    .apply as (t: number) => string;
  const step = count === 1 ? 0 : light / (count - 1);
  return Array.from({ length: count }, (_, i) => hex(cividis!(i * step)));
}

/** `rgb(r, g, b)` as `#rrggbb`; other notations pass unchanged. */
function hex(color: string): string {
  const parts = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(color);
  if (!parts) return color;
  return "#" + parts.slice(1).map((part) => Number(part).toString(16).padStart(2, "0")).join("");
}
