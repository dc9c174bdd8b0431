import { show } from "../../check.ts";
import type { Row } from "../table/row.ts";
import { isPlain } from "./cell.ts";
import { checkColumns, isScalar } from "./columns.ts";
import type { Place } from "./plan.ts";
import { completeContext, type Run } from "./task.ts";

/** What a lane is told of a cell. */
export type CellToRun = Pick<Place, "cell" | "seed" | "columns">;

/** A copy of a row, so that a run may reuse its object; `TypeError` if it is no row of scalars. */
function copyRow(row: unknown): Row {
  if (!isPlain(row) || Object.keys(row).length === 0) {
    throw new TypeError(
      `Cannot use the result as it must be a row or rows, plain objects with at least one column: ` +
        `current value is ${kindOf(row)}`,
    );
  }
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => {
      if (isScalar(value)) return [key, value];
      throw new TypeError(
        `Cannot use the row as ${key} must be a number, string, boolean or null: current value is ${
          typeof value === "object" ? "an object" : String(value)
        }`,
      );
    }),
  );
}

/** A value, or the class of an object whose text would say nothing. */
function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null || isPlain(value)) return show(value);
  return `an object of the class ${value.constructor?.name}`;
}

/** One cell computed and its rows checked: the same code in a worker and in process. */
export async function runCell<R extends Row>(
  run: Run<never, R>,
  { cell, seed, columns }: CellToRun,
  signal?: AbortSignal,
): Promise<Row[]> {
  const result: unknown = await run(cell as never, completeContext({ seed, signal }));
  const rows = Array.isArray(result) ? result.map(copyRow) : [copyRow(result)];
  checkColumns(columns, rows);
  return rows;
}
