/**
 * Figures for papers: one look for all of them, shown in a notebook and saved as SVG, PDF, PNG and
 * the numbers behind them.
 *
 * @module
 */
export { formatNumber, powerOfTen } from "./format.ts";
export { band, type EndLabelOptions, endLabels, heat, simulation, theory } from "./marks.ts";
export { save, type SaveOptions } from "./save.ts";
export { type Displayable, jupyterDisplay, show } from "./show.ts";
export { svg } from "./svg.ts";
export { type FigureSize, sequential, type Theme, theme } from "./theme.ts";
export type { Figure, InsetPanel, Legend, LegendEntry, LegendPlace, Panel } from "./types.ts";
