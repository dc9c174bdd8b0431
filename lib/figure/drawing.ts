/**
 * Panels of several series: a line is theory, a symbol simulation, a band ± one standard deviation, a pale
 * dotted line a guide for the eye.
 *
 * @module
 */
import { checkKeys } from "../check.ts";
import * as Plot from "@observablehq/plot";
import { shownByItself } from "../experiment/notebook/display.ts";
import type { Row } from "../experiment/table/row.ts";
import { summary } from "../experiment/table/statistics.ts";
import { formatNumber, powerOfTen } from "./format.ts";
import { band, simulation, theory } from "./marks.ts";
import { style } from "./series.ts";
import type { Figure, LegendEntry, LegendPlace, Panel } from "./types.ts";

/** A place in a panel. */
export interface Place {
  /** Across. */
  readonly x: number;
  /** Up. */
  readonly y: number;
}

/** A place with a spread. */
export interface Spread extends Place {
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/** What is drawn of one series. */
export interface Series {
  /** Words of the legend. */
  readonly name: string;
  /** Number of its look; its place in the list where missing. */
  readonly look?: number;
  /** Theory. */
  readonly line?: readonly Place[];
  /** Simulation. */
  readonly marks?: readonly Place[];
  /** Simulation as a thin line, where symbols would be too many. */
  readonly thin?: readonly Place[];
  /** Spread over starts. */
  readonly band?: readonly Spread[];
  /** Error bars. */
  readonly bars?: readonly Spread[];
  /** A guide for the eye. */
  readonly guide?: readonly Place[];
}

const SERIES = ["name", "look", "line", "marks", "thin", "band", "bars", "guide"];

/** A panel before it is drawn. */
export interface Drawing {
  /** Words beside the letter. */
  readonly title: string;
  /** Horizontal axis. */
  readonly x: NonNullable<Panel["x"]>;
  /** Vertical axis. */
  readonly y: NonNullable<Panel["y"]>;
  /** What is drawn. */
  readonly series: readonly Series[];
  /** Place of the legend; none where missing. */
  readonly legend?: LegendPlace;
}

/** Look of a guide. */
const GUIDE = { stroke: "#8a8a8a", dash: "1 2.4" };

/** Legend of series; guides of one name are one entry. */
export function legendOf(series: readonly Series[]): LegendEntry[] {
  const guides = series.map(({ name, line, thin, marks }) => line || thin || marks ? "" : name);
  return series.flatMap((each, i) => {
    const again = guides[i] !== "" && guides.indexOf(guides[i]) < i;
    return again ? [] : [entryOf(each, i)];
  });
}

function entryOf({ name, line, thin, marks, guide, look }: Series, i: number): LegendEntry {
  if (!line && !thin && !marks && guide) return { label: name, ...GUIDE };
  const { stroke, dash, symbol } = style(look ?? i);
  return {
    ...{ label: name, stroke },
    ...(line ? { dash } : thin ? { dash: "" } : {}),
    ...(marks ? { symbol } : {}),
  };
}

/** A panel with marks. */
export function panelOf({ title, x, y, series, legend }: Drawing): Panel {
  const marks = series.flatMap(({ line, marks = [], thin, band: spread, bars, guide, look }, i) => {
    const { stroke, dash, symbol } = style(look ?? i), clip = true;
    const at = { x: "x", y: "y" } as const;
    return [
      ...(spread
        ? [band([...spread], {
          ...{ x: "x", y1: "low", y2: "high", fill: stroke, fillOpacity: 0.16, clip },
        })]
        : []),
      ...(guide
        ? [theory([...guide], { ...at, stroke: GUIDE.stroke, strokeDasharray: GUIDE.dash, clip })]
        : []),
      ...(thin ? [theory([...thin], { ...at, stroke, strokeWidth: 0.6, clip })] : []),
      ...(line ? [theory([...line], { ...at, stroke, strokeDasharray: dash, clip })] : []),
      ...(bars?.some(({ low }) => low !== undefined)
        ? [
          Plot.ruleX([...bars], { ...{ x: "x", y1: "low", y2: "high" }, stroke, strokeWidth: 0.8 }),
        ]
        : []),
      ...(marks.length > 0 ? [simulation([...marks], { ...at, stroke, symbol })] : []),
    ];
  });
  return {
    ...{ title, x, y, marks },
    ...(legend ? { legend: { at: legend, entries: legendOf(series) } } : {}),
  };
}

/**
 * A figure of panels with the numbers that they show: a single one is laid out for a column, several for a
 * page.
 *
 * @example Theory as a line, simulation as marks with error bars.
 * ```ts
 * import { figureOf } from "lora-dynamics/figure/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const line = [{ x: 0, y: 0 }, { x: 1, y: 1 }], marks = [{ x: 0.5, y: 0.52 }];
 * const bars = marks.map(({ x, y }) => ({ x, y, low: y - 0.05, high: y + 0.05 }));
 * const series = [{ name: "ReLU", line, marks, bars }];
 * const drawing = { title: "", x: { label: "x" }, y: { label: "y" }, series };
 * const { size, rows } = figureOf([drawing], { caption: "A line and a mark." });
 * assertEquals([size, Object.keys(rows)], ["column", ["theory", "simulation", "error bars"]]);
 * ```
 */
export function figureOf(
  drawings: readonly Drawing[],
  rest: Pick<Figure, "caption" | "columns" | "size" | "aspect" | "legend">,
): Figure {
  const what = "draw a figure";
  checkKeys(what, rest, ["caption", "columns", "size", "aspect", "legend"]);
  drawings.forEach((drawing, i) => {
    checkKeys(what, drawing, ["title", "x", "y", "series", "legend"], `drawings[${i}]`);
    for (const each of drawing.series) checkKeys(what, each, SERIES, `a series of drawings[${i}]`);
  });
  const rows: Record<string, Row[]> = {};
  drawings.forEach(({ series }, i) => {
    const letter = String.fromCharCode(97 + i), panel = drawings.length > 1 ? `${letter}, ` : "";
    const table = (key: "line" | "marks" | "thin" | "band" | "bars" | "guide", words: string) => {
      const all = series.flatMap((each) =>
        (each[key] ?? []).map((place) => ({ series: each.name, ...place }))
      );
      if (all.length > 0) rows[`${panel}${words}`] = all;
    };
    table("line", "theory");
    table("marks", "simulation");
    table("thin", "simulation, every time");
    table("band", "spread");
    table("bars", "error bars");
    table("guide", "guide");
  });
  const one = drawings.length === 1;
  return shownByItself({
    panels: one ? panelOf(drawings[0]) : drawings.map(panelOf),
    ...{ rows, size: one ? "column" : "page", ...rest },
  });
}

/**
 * Mean and spread of values, of their logarithms if asked for; values that are not > 0 then do not count.
 *
 * @example
 * ```ts
 * import { spreadOf } from "lora-dynamics/figure/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const [{ y, low, high }] = spreadOf(7, [1, 100]);
 * assertAlmostEquals(y, 10, 1e-12);
 * assertAlmostEquals(low * high, 100, 1e-10);
 * assertEquals(spreadOf(7, [0]), []);
 * ```
 */
export function spreadOf(x: number, values: readonly number[], log = true): Spread[] {
  const counted = log ? values.filter((y) => y > 0).map(Math.log) : [...values];
  if (counted.length === 0) return [];
  const { mean, sd } = summary(counted), back = log ? Math.exp : (y: number) => y;
  return [{ x, y: back(mean), low: back(mean - sd), high: back(mean + sd) }];
}

/** A scale in words: a power of ten as one, where it is not short as it stands. */
export function scaleWords(x: number): string {
  const power = Math.log10(x), whole = Math.abs(power - Math.round(power)) < 1e-12;
  return whole && Math.abs(power) > 1.5 ? powerOfTen(x) : formatNumber(x);
}

/** Words as the beginning of a sentence. */
export function sentence(words: string): string {
  return `${words[0].toUpperCase()}${words.slice(1)}`;
}

/** A list in words: `1, 2 and 3`. */
export function listed(parts: readonly (string | number)[]): string {
  const words = parts.map(String);
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
