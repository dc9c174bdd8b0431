/**
 * Values as text, in the manner of Deno's console.
 *
 * @module
 */

/** Longest line of an object, most entries of a list, deepest level. */
const WIDTH = 76, MOST = 100, DEEPEST = 4;

const key = (name: string) => /^[\p{L}_$][\p{L}\d_$]*$/u.test(name) ? name : JSON.stringify(name);

/** Class of an object as it is written before its entries; plain objects and arrays have none. */
function label(value: object): string {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null) return "[Object: null prototype] ";
  const name = prototype.constructor?.name ?? "Object";
  return name === "Object" || name === "Array" ? "" : `${name} `;
}

/** Entries of a list, the last of which may say how many more there are. */
function cut<T>(values: Iterable<T>, length: number, each: (value: T) => string): string[] {
  const shown: string[] = [];
  for (const value of values) {
    if (shown.length === MOST) break;
    shown.push(each(value));
  }
  const more = length - shown.length;
  return more > 0 ? [...shown, `... ${more} more item${more > 1 ? "s" : ""}`] : shown;
}

/** Many short entries in columns, numbers to the right. */
function inColumns(entries: readonly string[], numbers: boolean): string[] {
  const widths = entries.map((entry) => entry.length + 2), widest = Math.max(...widths);
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (entries.length <= 6 || widest * 3 >= WIDTH + 4 && total / widest <= 5) return [...entries];
  const bias = Math.sqrt(widest - total / entries.length);
  const columns = Math.min(
    Math.round(Math.sqrt(2.5 * Math.max(bias, 1) * entries.length) / Math.max(bias, 1)),
    Math.floor((WIDTH + 4) / widest),
    12,
    15,
  );
  if (columns <= 1) return [...entries];
  const rows: string[] = [];
  for (let i = 0; i < entries.length; i += columns) {
    const row = entries.slice(i, i + columns);
    rows.push(
      row.map((entry, j) => {
        const below = entries.filter((_, k) => k % columns === j);
        const width = Math.max(...below.map((text) => text.length));
        const comma = i + j < entries.length - 1 ? "," : "";
        if (numbers) return `${entry.padStart(width)}${comma}`;
        return j < row.length - 1 ? `${entry}${comma}`.padEnd(width + 1) : `${entry}${comma}`;
      }).join(" "),
    );
  }
  return rows.map((row) => row.replace(/,$/, ""));
}

function joined(open: string, entries: string[], close: string, depth: number): string {
  if (entries.length === 0) return open + close;
  const line = `${open} ${entries.join(", ")} ${close}`;
  if (line.length <= WIDTH - 2 * depth && !line.includes("\n")) return line;
  const pad = "  ".repeat(depth + 1);
  return `${open}\n${pad}${entries.join(`,\n${pad}`)}\n${pad.slice(2)}${close}`;
}

function list(
  open: string,
  values: readonly unknown[],
  length: number,
  depth: number,
  seen: object[],
) {
  const entries = cut(values, length, (value) => inspect(value, depth + 1, seen));
  const numbers = values.length > 0 &&
    values.every((value) => /^(number|bigint)$/.test(typeof value));
  const plain = entries.every((entry) => entry.length <= 16 && !entry.includes("\n"));
  return joined(
    open,
    plain && entries.length > 6 ? inColumns(entries, numbers) : entries,
    "]",
    depth,
  );
}

function objectText(value: object, depth: number, seen: object[]): string {
  if (seen.includes(value)) return "[Circular]";
  if (value instanceof Error) return value.stack ?? String(value);
  if (value instanceof Date) return Number.isNaN(+value) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp || value instanceof URL) return String(value);
  const name = label(value), inside = [...seen, value];
  if (depth > DEEPEST) return `[${name.trim() || (Array.isArray(value) ? "Array" : "Object")}]`;
  const one = (item: unknown) => inspect(item, depth + 1, inside);
  if (Array.isArray(value)) return list(`${name}[`, value, value.length, depth, inside);
  if (ArrayBuffer.isView(value) && "length" in value) {
    const array = value as unknown as ArrayLike<number>;
    const shown = Array.from({ length: Math.min(MOST, array.length) }, (_, i) => array[i]);
    return list(`${name.trim()}(${array.length}) [`, shown, array.length, depth, inside);
  }
  if (value instanceof Map) {
    const entries = cut(value, value.size, ([k, v]) => `${one(k)} => ${one(v)}`);
    return joined(`Map(${value.size}) {`, entries, "}", depth);
  }
  if (value instanceof Set) {
    return joined(`Set(${value.size}) {`, cut(value, value.size, one), "}", depth);
  }
  if (value instanceof Promise) return "Promise { <pending> }";
  const entries = Object.entries(Object.getOwnPropertyDescriptors(value))
    .filter(([, { enumerable }]) => enumerable)
    .map(([k, { get, value }]) => `${key(k)}: ${get ? "[Getter]" : one(value)}`);
  return joined(`${name}{`, entries, "}", depth);
}

/** A value as text; at depth 0 a text is itself, further inside it is quoted. */
export function inspect(value: unknown, depth = 0, seen: object[] = []): string {
  switch (typeof value) {
    case "string":
      return depth === 0 ? value : JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "function": {
      const name = value.name || "(anonymous)";
      return /^class\b/.test(String(value)) ? `[class ${name}]` : `[Function: ${name}]`;
    }
    case "object":
      return value === null ? "null" : objectText(value, depth, seen);
    default:
      return String(value);
  }
}

/** What `console.log` writes: the first text may say where the others go. */
export function logged(values: readonly unknown[]): string {
  const [first, ...others] = values;
  if (typeof first !== "string") return values.map((value) => inspect(value)).join(" ");
  const text = first.replace(/%[sdifoOjc%]/g, (mark) => {
    if (mark === "%%") return "%";
    if (others.length === 0) return mark;
    const value = others.shift();
    if (mark === "%c") return "";
    if (mark === "%d" || mark === "%f") return String(Number(value));
    if (mark === "%i") return String(Math.trunc(Number(value)));
    return mark === "%j" ? JSON.stringify(value) : inspect(value, Number(mark !== "%s"));
  });
  return [text, ...others.map((value) => inspect(value))].join(" ");
}
