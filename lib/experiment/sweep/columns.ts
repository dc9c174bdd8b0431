/**
 * Parameters as columns: how the rows of a cell become rows of a table.
 *
 * @module
 */
import type { Row } from "../table/row.ts";

/** Whether a value can stand in a table. */
export function isScalar(value: unknown): value is Row[string] {
  return value === null || ["number", "string", "boolean"].includes(typeof value);
}

/**
 * Fails for a row that has a column of the name of a parameter with another value: one of the two
 * would be lost.
 *
 * @param columns The parameters of the cell as columns: objects and arrays as canonical JSON.
 */
export function checkColumns(columns: Row, rows: readonly Row[]): void {
  for (const key of Object.keys(columns)) {
    const clash = rows.find((row) => Object.hasOwn(row, key) && !Object.is(row[key], columns[key]));
    if (clash === undefined) continue;
    throw new TypeError(
      `Cannot name the column ${key} of the result as the cell has a parameter of this name with ` +
        `another value: ${columns[key]} in the cell, ${clash[key]} in the row`,
    );
  }
}

/** The rows of a cell with its parameters, but the hidden ones, as their first columns. */
export function joinColumns(
  columns: Row,
  rows: readonly Row[],
  hidden: ReadonlySet<string>,
): Row[] {
  checkColumns(columns, rows);
  const shown = Object.fromEntries(Object.entries(columns).filter(([key]) => !hidden.has(key)));
  return rows.map((row) => ({ ...shown, ...row }));
}
