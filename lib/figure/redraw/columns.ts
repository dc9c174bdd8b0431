/**
 * Which rows of a figure a mark shows: its numbers then stand in the CSV file, once.
 *
 * @module
 */
import type { Row } from "../../experiment/table/row.ts";
import type { Figure } from "../types.ts";
import { readBack } from "./csv_rows.ts";

/** Rows of a table: from, up to and with, and so on. */
export interface Source {
  /** Name of the table, if the figure has several. */
  readonly table?: string;
  /** First and last row of each run of rows. */
  readonly rows: readonly (readonly [first: number, last: number])[];
}

/** A table of a figure. */
interface Table {
  readonly name: string | undefined;
  readonly rows: readonly Row[];
}

/** The tables of a figure. */
export function tablesOf(rows: Figure["rows"]): Table[] {
  if (Array.isArray(rows)) return [{ name: undefined, rows }];
  return Object.entries(rows).map(([name, part]) => ({ name, rows: part }));
}

/** Values of some columns; a mark draws them. */
export type Columns = Readonly<Record<string, ArrayLike<unknown>>>;

/**
 * Rows that hold the values of all columns in their order, if there are such rows.
 *
 * @param data What the mark was made of: rows of the figure itself are found at once.
 */
export function findRows(
  tables: readonly Table[],
  data: ArrayLike<unknown>,
  columns: Columns,
): Source | undefined {
  const names = Object.keys(columns), count = data.length;
  if (names.length === 0 || count === 0) return undefined;
  const fits = (row: Row, i: number) =>
    names.every((name) =>
      Object.hasOwn(row, name) && Object.is(readBack(row[name]), columns[name][i])
    );
  for (const { name, rows } of tables) {
    const places = rows.includes(data[0] as Row)
      ? ownPlaces(rows, data, fits)
      : laterPlaces(rows, count, fits);
    if (places) return { ...(name === undefined ? {} : { table: name }), rows: runsOf(places) };
  }
  return undefined;
}

type Fits = (row: Row, i: number) => boolean;

/** Places of rows that are the data themselves. */
function ownPlaces(
  rows: readonly Row[],
  data: ArrayLike<unknown>,
  fits: Fits,
): number[] | undefined {
  const at = new Map(rows.map((row, k) => [row as unknown, k]));
  const places = Array.from(data, (row) => at.get(row) ?? -1);
  return places.every((k, i) => k >= 0 && fits(rows[k], i)) ? places : undefined;
}

/** Places of rows with equal values, each after the one before. */
function laterPlaces(rows: readonly Row[], count: number, fits: Fits): number[] | undefined {
  const places: number[] = [];
  for (let k = 0; k < rows.length && places.length < count; k++) {
    if (fits(rows[k], places.length)) places.push(k);
  }
  return places.length === count ? places : undefined;
}

function runsOf(places: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const place of places) {
    const last = runs.at(-1);
    if (last && last[1] + 1 === place) last[1] = place;
    else runs.push([place, place]);
  }
  return runs;
}

/**
 * The rows of a source.
 *
 * @throws {RangeError} If they are not there.
 */
export function rowsAt(figure: Figure["rows"], { table, rows }: Source): Row[] {
  const found = tablesOf(figure).find(({ name }) => name === table)?.rows ?? [];
  return rows.flatMap(([first, last]) => {
    if (!(last < found.length)) {
      throw new RangeError(
        `its table${
          table === undefined ? "" : ` ${table}`
        } must have the rows ${first} to ${last} that a mark shows: ` +
          `current number of rows is ${found.length}`,
      );
    }
    return found.slice(first, last + 1);
  });
}
