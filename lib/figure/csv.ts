/**
 * The plotted numbers as CSV (RFC 4180, LF line ends).
 *
 * @module
 */
import type { Row } from "../experiment/table/row.ts";
import { runs } from "./markup.ts";
import type { Figure } from "./types.ts";

/** Columns of rows, in the order in which they first appear. */
export function columnsOf(rows: readonly Row[]): string[] {
  const columns = new Set<string>();
  for (const row of rows) for (const key of Object.keys(row)) columns.add(key);
  return [...columns];
}

/**
 * A cell: numbers in the shortest form that reads back as the same double, `null`, NaN and columns that
 * a row lacks as an empty field, dates in ISO 8601, labels without their markup. A text that a spreadsheet would take for a
 * formula gets an apostrophe in front, which it hides.
 */
function cell(value: Row[string]): string {
  const given: unknown = value;
  if (given === null || given === undefined || Number.isNaN(given)) return "";
  const plain = typeof given === "string"
    ? plainLabel(given)
    : given instanceof Date && !Number.isNaN(Number(given))
    ? given.toISOString()
    : given;
  const own = Object.is(plain, -0) ? "-0" : String(plain);
  const text = typeof plain === "string" && /^[=+\-@\t\r]/.test(own) ? `'${own}` : own;
  return /[",\r\n]/.test(text) || text === "" ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A label without its markup: `m_0`, `10^4`. */
export function plainLabel(label: string): string {
  return runs(label).map(({ text, kind }) => kind === "/" ? text : kind + text).join("");
}

/** A column of a row's own that is called `table` gets another name. */
function withoutTable({ table, ...row }: Row): Row {
  return table === undefined ? row : { ...row, "table of the row": table };
}

/**
 * Rows of a figure as CSV. Several named tables become one, with their names in a first column
 * `table`.
 */
export function csv(rows: Figure["rows"]): string {
  const all: Row[] = Array.isArray(rows) ? rows : Object.entries(rows)
    .flatMap(([table, part]) => part.map((row) => ({ table, ...withoutTable(row) })));
  const columns = columnsOf(all);
  const lines = [
    columns.map(cell),
    ...all.map((row) => columns.map((key) => cell(Object.hasOwn(row, key) ? row[key] : null))),
  ];
  return lines.map((line) => line.join(",") + "\n").join("");
}
