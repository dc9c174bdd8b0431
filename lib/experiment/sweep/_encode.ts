/**
 * Rows as text that keeps every bit and tells when it was damaged.
 *
 * @module
 */
import { sha256 } from "../../platform/mod.ts";
import type { Row } from "../table/row.ts";

/** Numbers that JSON has no word for. */
const ODD: Record<string, number> = { NaN, Infinity, "-Infinity": -Infinity, "-0": -0 };

/** One row as a line of JSON; numbers without a word in JSON become `{"": "NaN"}` and the like. */
function encodeRow(row: Row): string {
  return JSON.stringify(row, (_key, value) => {
    if (typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))) {
      return value;
    }
    return { "": Object.is(value, -0) ? "-0" : String(value) };
  });
}

function decodeRow(line: string): Row {
  const row = JSON.parse(line) as Record<string, unknown>;
  for (const key in row) {
    const value = row[key];
    if (typeof value === "object" && value !== null) row[key] = ODD[(value as { "": string })[""]];
  }
  return row as Row;
}

/** What a file of results says about itself. */
export interface Header {
  /** Name of the cell, see `cellHash`. */
  readonly cell: string;
  /** SHA-256 of all that follows the first line. */
  readonly sha256: string;
  /** Number of rows. */
  readonly rows: number;
  /** Seconds that the computation took; what is stored beside the result, not part of it. */
  readonly seconds: number;
}

/** A file of results: a header, then one row a line. */
export function encodeResult(cell: string, rows: readonly Row[], seconds: number): string {
  const body = rows.map((row) => encodeRow(row) + "\n").join("");
  const header: Header = { cell, sha256: sha256(body), rows: rows.length, seconds };
  return `${JSON.stringify(header)}\n${body}`;
}

/** The rows of a file of results, or `undefined` when it is truncated, damaged or another cell's. */
export function decodeResult(
  cell: string,
  text: string,
): { rows: Row[]; seconds: number } | undefined {
  try {
    const end = text.indexOf("\n"), body = text.slice(end + 1);
    const header = JSON.parse(text.slice(0, end)) as Header;
    if (header.cell !== cell || header.sha256 !== sha256(body)) return undefined;
    const rows = body.split("\n").slice(0, -1).map(decodeRow);
    return rows.length === header.rows ? { rows, seconds: Number(header.seconds) } : undefined;
  } catch {
    return undefined;
  }
}
