import type { Row } from "../table/row.ts";
import type { Run, TaskContext } from "./task.ts";

function isScalar(value: unknown): value is Row[string] {
  return value === null || ["number", "string", "boolean"].includes(typeof value);
}

/** A copy of a row, so that a run may reuse its object; `TypeError` if it is no row of scalars. */
function copyRow(row: unknown): Row {
  if (typeof row !== "object" || row === null) {
    throw new TypeError(`Cannot use the result as it must be a row or rows: got ${String(row)}`);
  }
  const copy: Row = {};
  for (const [key, value] of Object.entries(row)) {
    if (!isScalar(value)) {
      throw new TypeError(
        `Cannot use the row as ${key} must be a number, string, boolean or null: current value is ${
          typeof value === "object" ? "an object" : String(value)
        }`,
      );
    }
    copy[key] = value;
  }
  return copy;
}

/** One cell computed and its rows checked: the same code in a worker and in process. */
export async function runCell<P, R extends Row>(
  run: Run<P, R>,
  cell: P,
  context: TaskContext,
): Promise<Row[]> {
  const result: unknown = await run(cell, context);
  return Array.isArray(result) ? result.map(copyRow) : [copyRow(result)];
}
