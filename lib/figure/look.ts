/**
 * A look at what the marks of a panel hold before anything is drawn: what cannot be drawn is said.
 *
 * @module
 */
import type { MarkView } from "./scales.ts";
import { MOST_DOTS } from "./thin.ts";

/** A mark with its rows. */
interface Marked extends MarkView {
  readonly data?: unknown;
  readonly mixBlendMode?: unknown;
}

/** What the values of an axis are. */
export interface AxisLook {
  /** Finite values. */
  readonly values: readonly number[];
  /** How many of them a logarithmic axis cannot show. */
  readonly notPositive: number;
}

/** Rows of a mark as a list. */
function rowsOf(data: unknown): readonly unknown[] {
  if (data === null || data === undefined) return [];
  const list = data as Iterable<unknown> & ArrayLike<unknown>;
  return typeof list === "object" && (Symbol.iterator in list || "length" in list)
    ? Array.from(list)
    : [];
}

/** Values of a channel; nothing where only Plot can tell. */
function channelValues(value: unknown, rows: readonly unknown[]): readonly unknown[] {
  if (typeof value === "string") {
    return rows.map((row) => (row as Record<string, unknown> | null)?.[value]);
  }
  if (typeof value === "function") return rows.map((row, i) => value(row, i));
  if (typeof value === "object" && value !== null && Symbol.iterator in value) {
    return [...value as Iterable<unknown>];
  }
  return [];
}

/** Names of the channels along an axis. */
const ALONG = { x: ["x", "x1", "x2"], y: ["y", "y1", "y2"] } as const;

/** Values of all marks along an axis. */
export function axisLook(marks: readonly MarkView[], axis: "x" | "y"): AxisLook {
  const values: number[] = [];
  let notPositive = 0;
  for (const mark of marks as readonly Marked[]) {
    const rows = rowsOf(mark.data);
    for (const name of ALONG[axis]) {
      for (const value of channelValues(mark.channels?.[name]?.value, rows)) {
        if (typeof value !== "number" || !Number.isFinite(value)) continue;
        values.push(value);
        if (!(value > 0)) notPositive++;
      }
    }
  }
  return { values, notPositive };
}

/** Whether there is no value to draw, though marks have rows or want some. */
export function isEmpty(marks: readonly MarkView[]): boolean {
  const drawn = marks as readonly Marked[];
  if (drawn.length === 0) return true;
  return drawn.every((mark) => {
    if (mark.data === null || mark.data === undefined) return false; // a frame, a raster of a function
    const rows = rowsOf(mark.data);
    const places = [...ALONG.x, ...ALONG.y].filter((name) => mark.channels?.[name] !== undefined);
    if (places.length === 0) return rows.length === 0;
    return places.some((name) => {
      const { value } = mark.channels![name]!;
      const own = channelValues(value, rows);
      const unknown = own.length === 0 && rows.length > 0;
      return !unknown && !own.some((x) => x !== null && x !== undefined && !Number.isNaN(x));
    });
  });
}

/** Whether a mark has so many opaque dots that those on the same spot are drawn once. */
export function isCrowded(marks: readonly MarkView[]): boolean {
  return (marks as readonly Marked[]).some((mark) => {
    const { ariaLabel, data } = mark, drawn = mark as unknown as Record<string, unknown>;
    const clear = ["opacity", "fillOpacity", "strokeOpacity"].every((key) =>
      Number(drawn[key] ?? 1) === 1
    );
    return ariaLabel === "dot" && clear && rowsOf(data).length > MOST_DOTS;
  });
}

/** Channels whose strings are words, not columns. */
const WORDS = new Set(["ariaLabel", "ariaDescription", "href", "target", "title", "tip"]);

/** Refuses a channel that names a column in which no row has a value: Plot would draw nothing, without a word. */
function checkColumns(mark: Marked, kind: string): void {
  const rows = rowsOf(mark.data).filter((row) => typeof row === "object" && row !== null);
  if (rows.length === 0) return;
  for (const [channel, view] of Object.entries(mark.channels ?? {})) {
    const column = view?.value;
    if (WORDS.has(channel) || typeof column !== "string") continue;
    // What is undefined in every row comes from a misspelt column of other rows.
    if (rows.some((row) => (row as Record<string, unknown>)[column] !== undefined)) continue;
    const known = Object.keys(rows[0] as object).join(", ");
    const found = column in (rows[0] as object) ? ", undefined in all" : "";
    throw new TypeError(
      `Cannot draw a figure as ${channel} of the mark "${kind}" must be a column of its rows (${known}): ` +
        `current value is ${JSON.stringify(column)}${found}`,
    );
  }
}

/** Refuses marks that SVG, PDF and PNG cannot show alike, and those whose columns are not there. */
export function checkMarks(marks: readonly MarkView[]): void {
  for (const mark of marks as readonly Marked[]) {
    const kind = mark.ariaLabel ?? "mark";
    checkColumns(mark, kind);
    if (kind === "raster" || kind === "image") {
      throw new TypeError(
        `Cannot draw a figure as its marks must be shapes and text, which print at any size: current mark ` +
          `is ${kind}; heat() draws a map of cells`,
      );
    }
    if (mark.mixBlendMode !== undefined && mark.mixBlendMode !== null) {
      throw new TypeError(
        `Cannot draw a figure as mixBlendMode must be left out, which PDF and PNG show differently: ` +
          `current value is ${JSON.stringify(mark.mixBlendMode)} of a ${kind}`,
      );
    }
  }
}
