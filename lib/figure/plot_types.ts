/**
 * The types of Plot that stand in the signatures of this room, under names that its documentation
 * can show without documenting Plot.
 *
 * @module
 */
import type * as Plot from "@observablehq/plot";

/**
 * Rows, columns or any other data that Plot takes.
 *
 * @internal
 */
export type MarkData = Plot.Data;

/**
 * Options of `Plot.line`.
 *
 * @internal
 */
export type LineOptions = Plot.LineOptions;

/**
 * Options of `Plot.dot`.
 *
 * @internal
 */
export type DotOptions = Plot.DotOptions;

/**
 * Options of `Plot.areaY`.
 *
 * @internal
 */
export type AreaOptions = Plot.AreaYOptions;

/**
 * Options of `Plot.cell`.
 *
 * @internal
 */
export type CellOptions = Plot.CellOptions;

/**
 * A mark of Plot.
 *
 * @internal
 */
export type Mark = Plot.RenderableMark;

/**
 * Options of `Plot.plot`.
 *
 * @internal
 */
export type PlotOptions = Plot.PlotOptions;
