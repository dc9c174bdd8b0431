/**
 * A mark as JSON: its look and the values that it draws, instead of the functions that gave them.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { Mark } from "../plot_types.ts";
import type { Figure } from "../types.ts";
import { type Columns, findRows, rowsAt, type Source, tablesOf } from "./columns.ts";
import { readBack } from "./csv_rows.ts";
import { type MarkClass, markClasses, nameOf, sweepName } from "./named.ts";
import { fromJson, type Json, NoWord, objectToJson, toJson } from "./words.ts";

/** Values of a channel: a column of the CSV file, one value, or a list. */
type ChannelRecord = { column: string } | { value: Json } | { values: Json[] };

/** A mark in JSON. */
export interface MarkRecord {
  /** Its class in Plot. */
  readonly mark: string;
  /** Its look. */
  readonly look: Record<string, Json>;
  /** Number of things drawn; `null` for a mark without data, such as a frame. */
  readonly count: number | null;
  /** Rows of the CSV file that it shows. */
  readonly source?: Source;
  /** What is drawn: values, scale, label, filter of each channel. */
  readonly channels: Record<string, ChannelRecord & { readonly rest: Record<string, Json> }>;
}

/** A channel as a mark has it after its transform. */
interface Channel {
  readonly value: ArrayLike<unknown>;
  readonly [key: string]: unknown;
}

interface State {
  readonly data: ArrayLike<unknown> | null | undefined;
  readonly facets: readonly ArrayLike<number>[] | undefined;
  readonly channels: Record<string, Channel>;
}

/** A mark with its parts in sight. */
interface Open {
  readonly data: unknown;
  readonly channels: Record<string, { readonly value?: unknown }>;
  readonly initializer?: (...args: unknown[]) => Partial<State>;
  initialize(facets: undefined, channels: undefined, options: object): State;
}

/** Parts of a mark that are written in another way. */
const APART = [
  "data",
  "channels",
  "transform",
  "initializer",
  "z",
  "sweep",
  "splitLines",
  "clipLine",
];

/** The class of a mark, by its name. */
function className(mark: object, place: string): string {
  for (const [name, Class] of markClasses()) {
    if (Class.prototype === Object.getPrototypeOf(mark)) return name;
  }
  throw new NoWord(`${place} is no mark that Plot hands out`);
}

/** Data, channels and order after all that does not depend on the size of the frame. */
function settled(mark: Open, options: object, place: string): State {
  const state = mark.initialize(undefined, undefined, options);
  if (!mark.initializer || nameOf(mark.initializer)) return state;
  let update: Partial<State> | undefined;
  try {
    update = mark.initializer(state.data, state.facets, state.channels);
  } catch { /* it asked for scales */ }
  if (update && !update.channels) return { ...state, ...update };
  throw new NoWord(`places in ${place} depend on the size of the frame`);
}

/**
 * A mark as JSON.
 *
 * @param rows Rows of the figure.
 * @param options Options of its panel.
 * @throws {NoWord} If JSON cannot hold it.
 */
export function recordMark(
  mark: Mark,
  rows: Figure["rows"],
  options: object,
  place: string,
): MarkRecord {
  if (typeof mark !== "object") throw new NoWord(`${place} is a ${typeof mark}`);
  const open = mark as unknown as Open, kind = className(mark, place);
  const { data, facets, channels } = settled(open, options, place);
  const order = facets?.[0];
  const pick = (values: ArrayLike<unknown>) =>
    order ? Array.from(order, (i) => values[i]) : Array.from(values);
  const drawn = Object.fromEntries(
    Object.entries(channels).map(([name, { value }]) => [name, pick(value)]),
  );
  const columns = columnsOf(open, drawn);
  const byName: Columns = Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [column, drawn[name]]),
  );
  const source = order && data ? findRows(tablesOf(rows), pick(data), byName) : undefined;
  const { z, sweep } = mark as unknown as { z?: unknown; sweep?: Parameters<typeof sweepName>[0] };
  const bends = sweep && sweepName(sweep);
  if (sweep && !bends) throw new NoWord(`${place}.sweep is a function`);
  const own = Object.entries(mark).filter(([key]) => !APART.includes(key));
  return {
    mark: kind,
    look: {
      ...objectToJson(Object.fromEntries(own), place),
      ...(open.initializer && nameOf(open.initializer)
        ? { initializer: toJson(open.initializer, place) }
        : {}),
      ...(bends ? { sweep: { "": bends } } : {}),
      // Of a grouping, Plot asks only whether it was wanted.
      ...(z === undefined ? {} : { z: z === null ? null : "z" }),
    },
    count: order ? order.length : null,
    ...(source ? { source } : {}),
    channels: Object.fromEntries(
      Object.entries(channels).map(([name, channel]) => {
        const values = source && columns[name] !== undefined
          ? { column: columns[name] }
          : recordValues(drawn[name], `${place}.${name}`);
        const { value: _value, ...rest } = channel;
        return [name, { ...values, rest: objectToJson(rest, `${place}.${name}`) }];
      }),
    ),
  };
}

/**
 * Channels that are columns of rows and hold values that a CSV file keeps; a column without a number is none
 * of its table when it is read.
 */
function columnsOf(mark: Open, drawn: Record<string, unknown[]>): Record<string, string> {
  const found = Object.entries(mark.channels).filter(([name, { value }]) =>
    typeof value === "string" && readBack(value) === value &&
    drawn[name]?.every((x) => readBack(x) !== undefined) &&
    drawn[name].some((x) => !Number.isNaN(x))
  );
  return Object.fromEntries(found.map(([name, { value }]) => [name, value as string]));
}

function recordValues(values: readonly unknown[], place: string): ChannelRecord {
  const [first] = values;
  if (values.length > 2 && values.every((x) => Object.is(x, first))) {
    return { value: toJson(first, place) };
  }
  return { values: values.map((x) => toJson(x, place)) };
}

/**
 * The mark of a record.
 *
 * @param rows Rows of the CSV file.
 * @throws {RangeError} If a row or a column is not there.
 */
export function markOf(record: MarkRecord, rows: Figure["rows"]): Mark {
  const Class = markClasses().get(record.mark) as MarkClass;
  const look = fromJson(record.look) as Record<string, unknown>;
  const source = record.source ? rowsAt(rows, record.source) : [];
  const count = record.count ?? 0;
  const channels = Object.entries(record.channels).map(([name, channel]) => {
    const value = "column" in channel
      ? columnOf(source, channel.column)
      : "value" in channel
      ? new Array(count).fill(fromJson(channel.value))
      : fromJson(channel.values);
    return [name, { ...fromJson(channel.rest) as object, value }];
  });
  const data = record.count === null ? null : Array.from({ length: count }, (_, i) => i);
  const text = record.mark === "Text" ? linesOf(look) : {};
  return Object.assign(Object.create(Class.prototype), text, look, {
    data,
    channels: Object.fromEntries(channels),
  });
}

function columnOf(rows: readonly Record<string, unknown>[], column: string): unknown[] {
  return rows.map((row) => {
    if (Object.hasOwn(row, column)) return row[column] ?? NaN;
    throw new RangeError(
      `its table must have the column ${JSON.stringify(column)}: ` +
        `current columns are ${Object.keys(row).join(", ")}`,
    );
  });
}

/** How a text is cut into lines, which follows from its look. */
function linesOf({ monospace, lineWidth, textOverflow }: Record<string, unknown>): object {
  const { splitLines, clipLine } = Plot.text(
    [],
    { monospace, lineWidth, textOverflow } as Plot.TextOptions,
  ) as unknown as Record<string, unknown>;
  return { splitLines, clipLine };
}
