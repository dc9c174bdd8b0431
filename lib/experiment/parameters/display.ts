/**
 * Parameters as tables of a notebook: those of an experiment, and those of a run.
 *
 * @module
 */
import { escapeHtml, htmlTable, textTable } from "../table/html.ts";
import type { Declared } from "./resolve.ts";

/** A value on one line: JSON, functions as their text, long lists by their ends. */
function short(value: unknown): string {
  if (typeof value === "function") return String(value).replace(/\s+/g, " ").slice(0, 80);
  if (typeof value === "number") return String(value);
  if (Array.isArray(value) && value.length > 8) {
    const [first, second, last] = [value[0], value[1], value.at(-1)].map(short);
    return `[${first}, ${second}, … ${last}] (${value.length})`;
  }
  if (Array.isArray(value)) return `[${value.map(short).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const text = Object.entries(value).map(([key, entry]) => `${key}: ${short(entry)}`).join(", ");
    return text.length > 100 ? `{ ${text.slice(0, 97)}… }` : `{ ${text} }`;
  }
  return JSON.stringify(value) ?? String(value);
}

function bundle(title: string, sentence: string, header: string[], lines: string[][]) {
  return {
    "text/html": `<p><b>${escapeHtml(title)}</b>. ${escapeHtml(sentence)}</p>` +
      htmlTable(header, lines),
    "text/plain": `${title}. ${sentence}\n${textTable(header, lines)}`,
  };
}

/** What can be changed in an experiment: every parameter with its defaults and its sentence. */
export function parameterTable({ name, about, declared, quick, full }: {
  name: string;
  about: string;
  declared: Declared;
  quick: Readonly<Record<string, unknown>>;
  full: Readonly<Record<string, unknown>>;
}): Record<string, string> {
  const lines = Object.entries(declared).map(([key, { about, wanted }]) => [
    ...[key, short(full[key])],
    short(quick[key]) === short(full[key]) ? "the same" : short(quick[key]),
    ...[about, wanted],
  ]);
  return bundle(name, about, ["parameter", "full", "quick", "what it is", "values"], lines);
}

/** What was in force in a run, and where each value comes from. */
export function valueTable(
  record: {
    readonly experiment: string;
    readonly preset: string;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly origin: Readonly<Record<string, string>>;
    readonly seeds: readonly string[];
    readonly seconds: number;
  },
  rows: object,
): Record<string, string> {
  const count = (part: object) => (part as readonly unknown[]).length;
  const amount = Array.isArray(rows)
    ? `${rows.length} rows`
    : Object.entries(rows).map(([key, part]) => `${count(part)} rows of ${key}`).join(", ");
  const seeds = record.seeds.length === 0 ? "no seed" : `seeds ${short(record.seeds)}`;
  const lines = Object.entries(record.parameters).map(([key, value]) => [
    ...[key, short(value)],
    record.origin[key] === "call" ? "the call" : `preset ${record.preset}`,
  ]);
  return bundle(
    record.experiment,
    `${amount}, ${seeds}, ${record.seconds.toFixed(1)} s.`,
    ["parameter", "value", "from"],
    lines,
  );
}

/** A parameter cell: every value in force and where it comes from. */
export function cellTable(
  preset: string,
  lines: readonly {
    readonly name: string;
    readonly value: unknown;
    readonly from: string;
    readonly pair?: { readonly quick: unknown; readonly full: unknown };
  }[],
): Record<string, string> {
  const other = preset === "quick" ? "full" : "quick";
  return bundle(
    `Preset ${preset}`,
    "What is typed in this cell counts; the preset decides where it has two values.",
    ["parameter", "value", "from"],
    lines.map(({ name, value, from, pair }) => [
      ...[name, short(value)],
      from + (pair && from !== "LORA_DYNAMICS" ? ` (${other}: ${short(pair[other])})` : ""),
    ]),
  );
}
