/**
 * Tidy rows as a file: CSV, or Parquet for other languages and large tables.
 *
 * @module
 */
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Row } from "../experiment/mod.ts";
import { columnsOf, csv } from "../figure/csv.ts";

/** Ends of the names of files that can be written. */
export const TABLE_ENDINGS: readonly string[] = [".csv", ".parquet"];

/** Parquet with one column per key: numbers as DOUBLE, truth values as BOOLEAN, the rest as STRING. */
export function parquet(rows: readonly Row[]): Uint8Array {
  const columnData = columnsOf(rows).map((name) => {
    const data = rows.map((row) => Object.hasOwn(row, name) ? row[name] : null);
    const only = (kind: string) => data.every((value) => value === null || typeof value === kind);
    if (only("number")) return { name, data, type: "DOUBLE" as const };
    if (only("boolean")) return { name, data, type: "BOOLEAN" as const };
    const text = data.map((value) => value === null ? null : String(value));
    return { name, data: text, type: "STRING" as const };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** Writes rows to a file, whole or not at all; the ending of its name says in which form. */
export function writeTable(path: string, rows: readonly Row[]): void {
  const part = `${path}.${Deno.pid}.part`;
  if (path.endsWith(".parquet")) Deno.writeFileSync(part, parquet(rows));
  else Deno.writeTextFileSync(part, csv([...rows]));
  Deno.renameSync(part, path);
}
