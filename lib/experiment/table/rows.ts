/**
 * Reading tidy rows: the values of a column, and the rows that share one.
 *
 * @module
 */

/**
 * Distinct values of a column, in order of appearance.
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
  return [...new Set(rows.map((row) => valueOf(row, key)))];
}

/** A column of a row; what a row inherits, such as `toString`, is none. */
function valueOf<R, K extends keyof R>(row: R, key: K): R[K] {
  return (Object.hasOwn(row as object, key) ? row[key] : undefined) as R[K];
}

/**
 * The rows with `row[key] === value`; NaN finds NaN.
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
  const wanted: readonly unknown[] = [value]; // whose includes() equates NaN with NaN, 0 with -0
  return rows.filter((row) => wanted.includes(valueOf(row, key)));
}
