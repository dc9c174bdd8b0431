/**
 * The plotted numbers as CSV (RFC 4180, LF line ends).
 *
 * @module
 */
import type { Row } from "../experiment/table/row.ts";
import type { Figure } from "./types.ts";

/** Columns of rows, in the order in which they first appear. */
export function columnsOf(rows: readonly Row[]): string[] {
  const columns = new Set<string>();
  for (const row of rows) for (const key of Object.keys(row)) columns.add(key);
  return [...columns];
}

/**
 * A cell: numbers in the shortest form that reads back as the same double, `null` and columns that
 * a row lacks as an empty field.
 */
function cell(value: Row[string]): string {
  if (value === null) return "";
  const text = Object.is(value, -0) ? "-0" : String(value);
  return /[",\r\n]/.test(text) || text === "" ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Rows of a figure as CSV. Several named tables become one, with their names in a first column
 * `table`.
 */
export function csv(rows: Figure["rows"]): string {
  const all: Row[] = Array.isArray(rows) ? rows : Object.entries(rows)
    .flatMap(([table, part]) => part.map((row) => ({ table, ...row })));
  const columns = columnsOf(all);
  const lines = [
    columns.map(cell),
    ...all.map((row) => columns.map((key) => cell(Object.hasOwn(row, key) ? row[key] : null))),
  ];
  return lines.map((line) => line.join(",") + "\n").join("");
}
