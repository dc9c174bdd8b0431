/**
 * The usual figure of a comparison: panels in which a line is theory and a symbol is simulation.
 *
 * @module
 */
import { checkKeys, show } from "../check.ts";
import { shownByItself } from "../experiment/notebook/display.ts";
import type { Row } from "../experiment/table/row.ts";
import { overlay, overlayLegend, type Point } from "./series.ts";
import type { Figure, LegendEntry, LegendPlace, Panel } from "./types.ts";

/** Lines and symbols of one panel. */
export interface OverlayPanel {
  /** Words beside the letter. */
  readonly title: string;
  /** Horizontal axis. */
  readonly x: NonNullable<Panel["x"]>;
  /** Vertical axis. */
  readonly y: NonNullable<Panel["y"]>;
  /** Theory. */
  readonly lines?: Point[];
  /** Simulation. */
  readonly means?: Point[];
  /** Place of the legend, above the frame when not given; a single series needs none. */
  readonly at?: LegendPlace;
}

const PANEL = ["title", "x", "y", "lines", "means", "at"];

function seriesOf({ lines = [], means = [] }: OverlayPanel): LegendEntry[] {
  return overlayLegend(lines, means);
}

function panelOf(data: OverlayPanel, shared: boolean): Panel {
  const { title, x, y, lines = [], means = [], at = "above" } = data, entries = seriesOf(data);
  return {
    title,
    x,
    y,
    ...(shared || entries.length === 1 ? {} : { legend: { at, entries } }),
    marks: overlay(lines, means),
  };
}

/**
 * A figure of overlays: theory lines and simulated symbols, panel by panel. Panels whose series are the
 * same share one legend above the figure.
 *
 * @param panels Lines and symbols of each panel; a single one is laid out for a column.
 * @param options Caption, panels side by side (up to three by default), height over width of a frame.
 *
 * @example
 * ```ts
 * import { overlayFigure } from "lora-dynamics/figure/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const lines = [{ series: "ReLU", x: 0, y: 0 }, { series: "ReLU", x: 1, y: 1 }];
 * const panel = { title: "", x: { label: "x" }, y: { label: "y" }, lines };
 * const { size, rows } = overlayFigure([panel], { caption: "A line" });
 * assertEquals([size, Object.keys(rows)], ["column", ["a, theory"]]);
 * ```
 */
export function overlayFigure(
  panels: readonly OverlayPanel[],
  options: { caption: string; columns?: number; aspect?: number },
): Figure {
  const what = "draw an overlay";
  if (!Array.isArray(panels)) {
    const wanted = "panels must be a list of { title, x, y, lines, means }";
    throw new TypeError(`Cannot ${what} as ${wanted}: current value is ${show(panels)}`);
  }
  checkKeys(what, options, ["caption", "columns", "aspect"]);
  const { caption, columns, aspect } = options;
  panels.forEach((panel, i) => checkKeys(what, panel, PANEL, `panels[${i}]`));
  const rows: Record<string, Row[]> = {};
  panels.forEach(({ lines, means }, i) => {
    const letter = String.fromCharCode(97 + i);
    if (lines?.length) rows[`${letter}, theory`] = lines;
    if (means?.length) rows[`${letter}, simulation`] = means;
  });
  const [first, ...others] = panels.map((panel) => JSON.stringify(seriesOf(panel)));
  const shared = others.length > 0 && others.every((text) => text === first);
  return shownByItself({
    panels: panels.map((panel) => panelOf(panel, shared)),
    columns: columns ?? Math.min(panels.length, 3),
    ...(shared ? { legend: seriesOf(panels[0]) } : {}),
    ...(aspect === undefined ? {} : { aspect }),
    rows,
    size: panels.length === 1 ? "column" : "page",
    caption,
  });
}
