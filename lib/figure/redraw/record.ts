/**
 * A figure as JSON: its panels with what their marks draw.
 *
 * @module
 */
import { otherSize, ownSize, panelsOf, svg } from "../svg.ts";
import type { FigureSize } from "../theme.ts";
import type { Figure, InsetPanel, Panel } from "../types.ts";
import { markOf, type MarkRecord, recordMark } from "./mark_record.ts";
import type { Mark } from "../plot_types.ts";
import { type Answers, fromJson, type Json, objectToJson } from "./words.ts";

/** A panel in JSON. */
interface PanelRecord {
  readonly options: Record<string, Json>;
  readonly marks: MarkRecord[];
  readonly insets: PanelRecord[];
}

/** What the JSON file says of the picture. */
export interface FigureRecord {
  readonly panels: PanelRecord[];
  /** Columns, aspect, height and legend, where given. */
  readonly options: Record<string, Json>;
}

/** Names of scales, which may have a format of ticks. */
const SCALES = ["x", "y", "color", "symbol", "r", "opacity"] as const;

/** A panel whose formats of ticks keep what they answer. */
function listening<P extends Panel | InsetPanel>(panel: P, answers: Answers): P {
  const heard: Record<string, unknown> = { ...panel };
  for (const key of SCALES) {
    const options = panel[key] as { tickFormat?: unknown } | undefined;
    const format = options?.tickFormat;
    if (typeof format !== "function") continue;
    const said = new Map<unknown, string>();
    const tickFormat = (value: unknown, ...rest: unknown[]): string => {
      const text = String(format(value, ...rest));
      said.set(value, text);
      return text;
    };
    answers.set(tickFormat, said);
    heard[key] = { ...options, tickFormat };
  }
  const insets = (panel as Panel).insets?.map((inset) => listening(inset, answers));
  return { ...heard, ...(insets ? { insets } : {}) } as P;
}

function recordPanel(
  panel: Panel | InsetPanel,
  rows: Figure["rows"],
  place: string,
  answers: Answers,
): PanelRecord {
  const { marks, insets, ...options } = panel as Panel;
  const flat = ([marks] as unknown[]).flat(Infinity).filter((mark) => mark != null) as Mark[];
  return {
    options: objectToJson(options, place, answers),
    marks: flat.map((mark, i) => recordMark(mark, rows, options, `${place}.marks[${i}]`)),
    insets: (insets ?? []).map((inset, i) =>
      recordPanel(inset, rows, `${place}.insets[${i}]`, answers)
    ),
  };
}

/**
 * The picture of a figure as JSON. Its numbers stay in the rows where they are found there.
 *
 * @throws {NoWord} If JSON cannot hold a part of it; the message names the part.
 */
export function recordFigure(figure: Figure): FigureRecord {
  const answers: Answers = new Map();
  const panels = panelsOf(figure).map((panel) => listening(panel, answers));
  if (answers.size > 0) {
    const size = ownSize(figure);
    svg({ ...figure, panels }, { size });
    try {
      svg({ ...figure, panels }, { size: otherSize(size) });
    } catch { /* a figure may be made for one size only */ }
  }
  const { columns, aspect, height, legend } = figure;
  return {
    panels: panels.map((panel, i) => recordPanel(panel, figure.rows, `panels[${i}]`, answers)),
    options: objectToJson({ columns, aspect, height, legend }, "figure"),
  };
}

function panelOf({ options, marks, insets }: PanelRecord, rows: Figure["rows"]): Panel {
  return {
    ...fromJson(options) as Panel,
    marks: marks.map((mark) => markOf(mark, rows)),
    ...(insets.length > 0
      ? { insets: insets.map((inset) => panelOf(inset, rows) as InsetPanel) }
      : {}),
  };
}

/** The figure of a record, with the rows of its CSV file. */
export function figureOfRecord(
  { panels, options }: FigureRecord,
  rows: Figure["rows"],
  size: FigureSize,
): Figure {
  const rest = fromJson(options) as Partial<Figure>;
  return { ...rest, panels: panels.map((panel) => panelOf(panel, rows)), rows, size };
}
