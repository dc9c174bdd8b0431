/**
 * Data of a reader's own: rows with their classes.
 *
 * @module
 */
import { checkFinite, checkInteger, checkKeys, show } from "../../../../check.ts";
import type { Matrix } from "../../../../linalg/mod.ts";
import { type MatrixLike, matrixOf } from "../../shapes.ts";

/** Rows with their classes. */
export interface LabelledRows {
  /** One row for each example. */
  readonly x: Matrix;
  /** Its class, from 0 on. */
  readonly label: readonly number[];
  /** Number of classes, one more than the largest. */
  readonly classes: number;
}

/** Names of what a reader gives, for messages. */
export interface LabelledNames {
  /** Of the rows. */
  readonly x: string;
  /** Of the classes. */
  readonly label: string;
}

/**
 * Rows and classes that fit each other.
 *
 * @param what What needs them, for the message.
 * @param names How the reader calls them.
 * @param classes Number of classes where it is known: of test data, which need not have all of them.
 * @throws {TypeError} If there are not as many classes as rows.
 * @throws {RangeError} If an entry is not finite, a class is no whole number ≥ 0, or one has no example.
 *
 * @example
 * ```ts
 * import { labelledRows } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const names = { x: "features", label: "labels" };
 * assertEquals(labelledRows("train", names, [[1, 2], [3, 4]], [1, 0]).classes, 2);
 * assertThrows(() => labelledRows("train", names, [[1, 2], [3, 4]], [2, 0]), RangeError, "class 1");
 * ```
 */
export function labelledRows(
  what: string,
  names: LabelledNames,
  x: MatrixLike,
  label: ArrayLike<number>,
  classes?: number,
): LabelledRows {
  checkKeys(what, names, ["x", "label"], "names");
  const rows = matrixOf(what, names.x, x);
  rows.data.forEach((entry, i) => checkFinite(what, `${names.x}[${i}]`, entry));
  if (typeof label !== "object" || label === null || label.length !== rows.rows) {
    const found = typeof label === "object" && label !== null
      ? `there are ${label.length}`
      : `current value is ${show(label)}`;
    throw new TypeError(
      `Cannot ${what} as ${names.label} must be a list of ${rows.rows} classes, one for each row ` +
        `of ${names.x}: ${found}`,
    );
  }
  const list = Array.from(label);
  list.forEach((entry, i) =>
    checkInteger(
      what,
      `${names.label}[${i}]`,
      entry,
      0,
      classes === undefined ? undefined : classes - 1,
    )
  );
  if (classes !== undefined) return { x: rows, label: list, classes };
  const seen = new Set(list), count = Math.max(...seen) + 1;
  for (let k = 0; k < count; k++) {
    if (seen.has(k)) continue;
    throw new RangeError(
      `Cannot ${what} as ${names.label} must have an example of every class from 0 to ` +
        `${count - 1}: class ${k} has none`,
    );
  }
  return { x: rows, label: list, classes: count };
}
