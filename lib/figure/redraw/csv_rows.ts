/**
 * The CSV file of a figure read back.
 *
 * @module
 */
import type { Row } from "../../experiment/table/row.ts";
import { plainLabel } from "../csv.ts";
import type { Figure } from "../types.ts";

type Value = Row[string];

/** A field, and whether it stood in quotation marks. */
interface Field {
  readonly text: string;
  readonly quoted: boolean;
}

/** Lines of fields; a line break within quotation marks belongs to its field. */
function fieldsOf(text: string): Field[][] {
  const lines: Field[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex, found = pattern.exec(text);
    if (!found) throw new SyntaxError(`a quotation mark is not closed at character ${at}`);
    const quoted = found[1] !== undefined;
    lines.at(-1)!.push({ text: quoted ? found[1].replaceAll('""', '"') : found[2], quoted });
    if (found[3] !== ",") lines.push([]);
    else if (pattern.lastIndex === text.length) lines.at(-1)!.push({ text: "", quoted: false });
  }
  return lines.filter((line) => line.length > 0);
}

/** Whether a text is how a number is written. */
function isNumber(text: string): boolean {
  return text === "-0" || (text !== "NaN" && String(Number(text)) === text);
}

function valueOf({ text, quoted }: Field): Value {
  if (quoted) return text.replace(/^'(?=[=+\-@\t\r])/, "");
  if (text === "") return null;
  if (isNumber(text)) return Number(text);
  if (text === "true" || text === "false") return text === "true";
  return text.replace(/^'(?=[=+\-@\t\r])/, "");
}

/**
 * What a value of a row is after it was written and read; `undefined` where it cannot be told from another.
 */
export function readBack(value: unknown): Value | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || plainLabel(value) !== value) return undefined;
  if (isNumber(value) || ["", "true", "false"].includes(value)) return undefined;
  return /^'?[=+\-@\t\r]/.test(value) ? undefined : value;
}

/**
 * Rows of a figure from the text of its CSV file; labels stay without their markup, and what was NaN is
 * `null`.
 *
 * @param tables Names of the tables, if the figure has several.
 * @throws {SyntaxError} If the text is no CSV.
 */
export function rowsOf(text: string, tables: readonly string[] | undefined): Figure["rows"] {
  const [head, ...lines] = fieldsOf(text);
  const names = (head ?? []).map((field) => String(valueOf(field)));
  const rows = lines.map((line) => {
    if (line.length !== names.length) {
      throw new SyntaxError(`a line has ${line.length} fields and the first line ${names.length}`);
    }
    return Object.fromEntries(line.map((field, i) => [names[i], valueOf(field)])) as Row;
  });
  if (!tables) return rows;
  const plain = new Map(tables.map((name) => [plainLabel(name), name]));
  const parts: Record<string, Row[]> = Object.fromEntries(tables.map((name) => [name, []]));
  for (const { table, ...row } of rows) {
    const name = plain.get(String(table));
    if (name === undefined) {
      throw new SyntaxError(`there is no table ${JSON.stringify(table)}: ${tables.join(", ")}`);
    }
    parts[name].push(row);
  }
  return Object.fromEntries(tables.map((name) => [name, withOwnColumns(parts[name])]));
}

/** Rows without the columns of other tables. */
function withOwnColumns(rows: readonly Row[]): Row[] {
  const own = Object.keys(rows[0] ?? {}).filter((key) => rows.some((row) => row[key] !== null));
  return rows.map((row) =>
    Object.fromEntries(
      own.map((key) => [key === "table of the row" ? "table" : key, row[key]]),
    ) as Row
  );
}
