/**
 * Figures for papers: one look for all of them, shown in a notebook and saved as SVG, PDF, PNG and
 * the numbers behind them.
 *
 * @example Theory as a line, simulation as marks, the caption, and the files for a paper: SVG, PDF, PNG, the
 * numbers as CSV, and what is known of them as JSON.
 * ```ts
 * import { type Figure, save, simulation, theory } from "lora-dynamics/figure/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = [1, 2, 4, 8].map((t) => ({ t, law: Math.exp(-t), run: Math.exp(-t) * (1 + 0.02 / t) }));
 * const figure: Figure = {
 *   panels: {
 *     marks: [theory(rows, { x: "t", y: "law" }), simulation(rows, { x: "t", y: "run" })],
 *     x: { label: "time" },
 *     y: { label: "loss", type: "log" },
 *   },
 *   rows,
 *   caption: "Loss of a run (marks) and its law (line).",
 * };
 * const out = await Deno.makeTempDir();
 * const paths = await save("loss", figure, { slug: "example", out });
 * assertEquals(paths.map((path) => path.split(".").at(-1)), ["svg", "pdf", "png", "csv", "json"]);
 * await Deno.remove(out, { recursive: true });
 * ```
 *
 * @module
 */
export {
  type Drawing,
  figureOf,
  legendOf,
  listed,
  type Place,
  scaleWords,
  sentence,
  type Series,
  type Spread,
  spreadOf,
} from "./drawing.ts";
export { formatNumber, powerOfTen } from "./format.ts";
export type { Displayable, jupyterDisplay } from "../experiment/notebook/display.ts";
export type { Row } from "../experiment/table/row.ts";
export { band, type EndLabelOptions, endLabels, heat, simulation, theory } from "./marks.ts";
export { overlayFigure, type OverlayPanel } from "./overlay_figure.ts";
export type {
  AreaOptions,
  CellOptions,
  DotOptions,
  LineOptions,
  Mark,
  MarkData,
  PlotOptions,
} from "./plot_types.ts";
export { redraw } from "./redraw/redraw.ts";
export { save, type SaveOptions } from "./save.ts";
export {
  curves,
  entries,
  errorBars,
  overlay,
  overlayLegend,
  type Point,
  type SeriesStyle,
  style,
} from "./series.ts";
export { show } from "./show.ts";
export { type Frame, slider } from "./slider.ts";
export { svg } from "./svg.ts";
export { type Fit, templates } from "./template.ts";
export { type FigureSize, type FigureTemplate, sequential, type Theme, theme } from "./theme.ts";
export {
  type Cell,
  type Column,
  table,
  type TableOptions,
  type TableRow,
  toLatex,
  toMarkdown,
} from "./table.ts";
export type {
  Figure,
  InsetPanel,
  Legend,
  LegendEntry,
  LegendPlace,
  LegendSymbol,
  Panel,
} from "./types.ts";
