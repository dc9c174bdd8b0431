/**
 * Reading tidy rows: the values of a column, and the rows that share one.
 *
 * @module
 */

import { show } from "../../check.ts";

function checkRows(rows: unknown): void {
  if (Array.isArray(rows)) return;
  const found = rows instanceof Promise ? "a promise, which wants await" : show(rows);
  throw new TypeError(`Cannot read the rows as they must be a list: current value is ${found}`);
}

/**
 * Distinct values of a column, in order of appearance.
 *
 * @throws {RangeError} If no row has the column; the message lists those of the first row.
 * @throws {TypeError} If there is no list of rows.
 *
 * @example
 * ```ts
 * import { distinct } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(distinct([{ mu: 0.5 }, { mu: 0.1 }, { mu: 0.5 }], "mu"), [0.5, 0.1]);
 * ```
 */
export function distinct<R, K extends keyof R>(
  rows: readonly R[],
  key: K,
): R[K][] {
  checkRows(rows);
  const found = [...new Set(rows.map((row) => valueOf(row, key)))];
  if (found.length === 1 && found[0] === undefined) checkColumn(rows, key);
  return found;
}

/** A column that no row has is a slip of the pen, never an empty answer. */
function checkColumn<R>(rows: readonly R[], key: keyof R): void {
  if (rows.length === 0 || rows.some((row) => Object.hasOwn(row as object, key))) return;
  throw new RangeError(
    `Cannot read the rows as the column must be one of ${
      Object.keys(rows[0] as object).join(", ")
    }: ` +
      `current value is ${show(key)}`,
  );
}

/** A column of a row; what a row inherits, such as `toString`, is none. */
function valueOf<R, K extends keyof R>(row: R, key: K): R[K] {
  return (Object.hasOwn(row as object, key) ? row[key] : undefined) as R[K];
}

/**
 * The rows with `row[key] === value`; NaN finds NaN.
 *
 * @throws {RangeError} If no row has the column; the message lists those of the first row.
 * @throws {TypeError} If there is no list of rows.
 *
 * @example
 * ```ts
 * import { where } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(where([{ mu: 0.5, t: 1 }, { mu: 0.1, t: 2 }], "mu", 0.1), [{ mu: 0.1, t: 2 }]);
 * ```
 */
export function where<R>(
  rows: readonly R[],
  key: keyof R,
  value: unknown,
): R[] {
  checkRows(rows);
  const wanted: readonly unknown[] = [value]; // whose includes() equates NaN with NaN, 0 with -0
  const found = rows.filter((row) => wanted.includes(valueOf(row, key)));
  if (found.length === 0) checkColumn(rows, key);
  return found;
}
