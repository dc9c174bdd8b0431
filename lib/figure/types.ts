/**
 * What a figure is made of.
 *
 * @module
 */
import type { PlotOptions } from "./plot_types.ts";
import type { RunRecord } from "../experiment/experiment.ts";
import type { Row } from "../experiment/table/row.ts";
import type { FigureSize, FigureTemplate, theme } from "./theme.ts";

/** A symbol by the name that Plot has for it, or by a function that draws it. */
export type LegendSymbol =
  | (typeof theme.symbols)[number]
  | "cross"
  | "diamond2"
  | "hexagon"
  | "square"
  | "star"
  | "triangle2"
  | "wye"
  | { draw(context: unknown, size: number): void };

/** One line of a legend; what is not given is not drawn. */
export interface LegendEntry {
  /** Text of the entry; `_{…}`, `^{…}` and `/{…}` set subscripts, superscripts, slanted symbols. */
  label: string;
  /** Colour of the line or of the outline of the symbol, black by default. */
  stroke?: string;
  /** Dash pattern in points; given (even as `""`), the swatch has a line. */
  dash?: string;
  /** Symbol, as in `Plot.dot`. */
  symbol?: LegendSymbol;
  /** Inside of the symbol (white by default) or colour of the box. */
  fill?: string;
  /** Whether the swatch is a filled box, as for bands and bars. */
  box?: boolean;
}

/** Where a legend stands: over the frame, or in one of its corners as long as it leaves half of the height. */
export type LegendPlace = "above" | "top-left" | "top-right" | "bottom-left" | "bottom-right";

/** Legend of a panel. */
export interface Legend {
  /** Entries; without them they follow from the panel's colour and symbol scales. */
  entries?: LegendEntry[];
  /** Place, `"above"` by default. */
  at?: LegendPlace;
  /** Words before the entries; the label of the colour scale by default. */
  title?: string;
}

/**
 * One set of axes: Plot's options (scales, marks, …) with a title, a legend and insets. Facets and
 * the outer size are the figure's business.
 */
export type Panel =
  & Omit<
    PlotOptions,
    | "width"
    | "height"
    | "aspectRatio"
    | "title"
    | "subtitle"
    | "caption"
    | "figure"
    | "document"
    | "className"
    | "style"
    | "facet"
    | "fx"
    | "fy"
    | "projection"
  >
  & {
    /** Words beside the panel's letter. */
    title?: string;
    /** Legend of this panel, or its entries. */
    legend?: Legend | LegendEntry[];
    /** Small axes inside this panel's frame. */
    insets?: InsetPanel[];
  };

/** Small axes inside a panel. */
export type InsetPanel = Omit<Panel, "insets"> & {
  /** The place of the inset's own frame within the panel's: fractions from the top left corner. */
  box: { x: number; y: number; width: number; height: number };
};

/** A figure: panels in a grid, with the numbers that they show. */
export interface Figure {
  /** The panels, row by row. */
  panels: Panel | Panel[];
  /** Panels side by side at page width (by default up to three); at column width there is one. */
  columns?: number;
  /** The plotted numbers, one table or several named ones: they become the CSV file. */
  rows: Row[] | Record<string, Row[]>;
  /** The sentence under the figure: kept with the files, not drawn. */
  caption?: string;
  /** The size for which the figure was designed, `"column"` by default for one panel. */
  size?: FigureSize;
  /** The template for whose widths and height of text it is drawn: a name of `templates`, or one's own. */
  template?: string | FigureTemplate;
  /** Width in inches (2 to 20) at the figure's own size, in place of the template's; text stays as it is. */
  width?: number;
  /** Height of each frame as a multiple of its width, 0.72 by default (0.5 for one on a page). */
  aspect?: number;
  /** Height of each frame in points; wins over `aspect`. */
  height?: number;
  /** Legend shared by all panels, above them. */
  legend?: LegendEntry[];
  /** What determined the numbers: kept in the JSON file. */
  parameters?: Record<string, unknown>;
  /** Records of the runs behind the numbers, as experiments write them: kept in the JSON file. */
  run?: RunRecord | readonly RunRecord[];
}
