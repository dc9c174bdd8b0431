/**
 * The lines that a notebook invites its reader to type, found in its text and run as a reader would:
 * each changes the experiment beside it, with the notebook's own definitions and nothing else.
 *
 * @module
 */
import { type AnyNode, type CallExpression, parse, type Program } from "acorn";
import { full } from "acorn-walk";
import { transform } from "sucrase";
import { cellNames } from "../../lib/cli/reproduce/cell_names.ts";
import { partialsOf, type ReadNotebook, readNotebook } from "../../lib/cli/reproduce/partial.ts";

/** A notebook with what a test needs of it. */
export interface TryNotebook {
  /** All cells. */
  readonly cells: readonly { readonly code: boolean; readonly source: string }[];
  /** What its code cells declare and use. */
  readonly read: ReadNotebook;
}

/** One line to try. */
export interface TryItem {
  /** The code as it is printed. */
  readonly code: string;
  /** Index of the cell that it changes; without `call`, of the one in which it stands. */
  readonly cell: number;
  /** The call of an experiment that it changes, with `…` where changes go; else it is an expression. */
  readonly call?: string;
  /** Whether the call stands in the head of a table, not in a code cell. */
  readonly alone?: boolean;
  /** Whether it belongs into the parameter cell, and the call is what a reader looks at then. */
  readonly inParameters?: boolean;
}

/** Values of parameters, for runs of a second. */
export interface Tiny {
  /** Of every experiment that has such parameters. */
  readonly all: Readonly<Record<string, unknown>>;
  /** Of single experiments, by their callees. */
  readonly of?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Names of the parameters of an experiment, by its callee such as `mf.courses`. */
export type Experiments = (callee: string) => readonly string[] | undefined;

/** Reads a notebook. */
export async function openNotebook(name: string): Promise<TryNotebook> {
  const path = `notebooks/${name}.ipynb`;
  const text = await Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
  const { cells } = JSON.parse(text) as { cells: { cell_type: string; source: string[] }[] };
  return {
    read: readNotebook(path, text),
    cells: cells.map(({ cell_type, source }) => (
      { code: cell_type === "code", source: [source].flat().join("") }
    )),
  };
}

function programOf(source: string): { code: string; program: Program } {
  const { code } = transform(source, {
    ...{ transforms: ["typescript"], disableESTransforms: true, keepUnusedImports: true },
  });
  const options = { ecmaVersion: "latest", sourceType: "module" } as const;
  return { code, program: parse(code, { ...options, allowAwaitOutsideFunction: true }) };
}

/** The names that a text sets, if it is the inside of an object and no mere name. */
function keysOf(code: string): string[] | undefined {
  if (/^\w+$/.test(code)) return undefined;
  try {
    const [statement] = programOf(`({${code}})`).program.body;
    if (statement.type !== "ExpressionStatement") return undefined;
    if (statement.expression.type !== "ObjectExpression") return undefined;
    return statement.expression.properties.flatMap((property) =>
      property.type === "Property" && property.key.type === "Identifier" ? [property.key.name] : []
    );
  } catch {
    return undefined;
  }
}

/** The first call in a cell whose callee a test accepts. */
function callIn(
  source: string,
  accepts: (callee: string) => boolean,
): { code: string; callee: string; node: CallExpression } | undefined {
  const { code, program } = programOf(source), found: CallExpression[] = [];
  full(program, (node) => {
    const call = node as AnyNode;
    if (call.type === "CallExpression") found.push(call);
  });
  const calleeOf = ({ callee }: CallExpression) => code.slice(callee.start, callee.end);
  const node = found.sort((a, b) => a.start - b.start).find((call) => accepts(calleeOf(call)));
  return node && { code, callee: calleeOf(node), node };
}

/** The call of an experiment in a cell, open at its end. */
function openCall(source: string, experiments: Experiments): string | undefined {
  const found = callIn(source, (callee) => experiments(callee) !== undefined);
  if (!found) return undefined;
  const { code, callee, node: { arguments: [first] } } = found;
  return `${callee}({ ${first ? `...${code.slice(first.start, first.end)}, ` : ""}… })`;
}

const spansOf = (text: string) =>
  [...text.matchAll(/(`+)(.+?)\1(?!`)/gs)].map(([, , code]) => code.replace(/\s+/g, " ").trim());

/** The tables in a text: rows of cells, the head first. */
function tablesOf(text: string): string[][][] {
  return text.split(/\n\n+/).filter((block) => block.trimStart().startsWith("|")).map((block) =>
    block.trim().split("\n").filter((_, i) => i !== 1)
      .map((line) => line.trim().slice(1, -1).split(/(?<!\\)\|/).map((entry) => entry.trim()))
  );
}

/**
 * All lines to try: the code spans of a paragraph from "Try it" on, which change the experiment above;
 * and, in the section of this name, those of its paragraphs, which change the experiment below, and of
 * the second column of its tables, whose head is the call.
 *
 * @throws {Error} If a row of a table is not one line of code.
 */
export function tryItems({ cells }: TryNotebook, experiments: Experiments): TryItem[] {
  const items: TryItem[] = [];
  const parameterCell = cells.find(({ code, source }) => code && callIn(source, isParameters));
  const place = (code: string, from: number, by: 1 | -1): TryItem => {
    const keys = keysOf(code);
    if (keys === undefined) {
      const call = openCall(code, experiments);
      return { code, cell: from, ...(call ? { call, alone: true } : {}) };
    }
    for (let at = from + by; cells[at]; at += by) {
      const call = cells[at].code ? openCall(cells[at].source, experiments) : undefined;
      if (!call) continue;
      const known = experiments(call.split("(")[0])!;
      const inParameters = !keys.every((key) => known.includes(key)) &&
        keys.every((key) => namesIn(parameterCell).includes(key));
      return { code, cell: at, call, inParameters };
    }
    throw new Error(`no experiment beside the line to try: ${code}`);
  };
  let section = false;
  for (const [cell, { code, source }] of cells.entries()) {
    if (code) continue;
    if (/^## /m.test(source)) section = /^## .*Try it/m.test(source);
    for (const text of source.split(/\n\n+/).filter((part) => !/^\s*(\||#)/.test(part))) {
      const at = section ? 0 : text.search(/\*\*Try\s+it/);
      if (at < 0) continue;
      items.push(...spansOf(text.slice(at)).map((span) => place(span, cell, section ? 1 : -1)));
    }
    for (const [head, ...rows] of section ? tablesOf(source) : []) {
      const call = spansOf(head[1]).find((span) => span.includes("…"))!;
      for (const row of rows) {
        const [line, ...more] = spansOf(row[1]);
        if (more.length > 0 || keysOf(line ?? "…") === undefined) {
          throw new Error(`not one line of code to try: ${row.join(" | ")}`);
        }
        items.push({ code: line, cell, call, alone: true });
      }
    }
  }
  return items;
}

const isParameters = (callee: string) => callee === "parameters";

/** Names in the parameter cell. */
function namesIn(cell: { source: string } | undefined): string[] {
  const found = cell && callIn(cell.source, isParameters);
  if (!found) return [];
  const { code, node: { arguments: [first] } } = found;
  return keysOf(code.slice(first.start + 1, first.end - 1)) ?? [];
}

/** A source with parts of it replaced. */
function edited(source: string, edits: readonly [start: number, end: number, text: string][]) {
  return edits.toSorted((a, b) => b[0] - a[0]).reduce(
    (text, [start, end, instead]) => text.slice(0, start) + instead + text.slice(end),
    source,
  );
}

/** A cell as statements of a function: what it imports is loaded. */
function statements(source: string): string {
  const { code, program } = programOf(source);
  return edited(
    code,
    program.body.filter((node) => node.type === "ImportDeclaration").map((node) => {
      const from = `await load(${JSON.stringify(node.source.value)})`;
      const names = node.specifiers.map((one) => {
        if (one.type === "ImportNamespaceSpecifier") return `${one.local.name} = ${from}`;
        const name = one.type === "ImportSpecifier" && one.imported.type === "Identifier"
          ? one.imported.name
          : "default";
        return `{ ${name}: ${one.local.name} } = ${from}`;
      });
      return [node.start, node.end, names.length > 0 ? `const ${names.join(", ")};` : ""];
    }),
  );
}

/** A parameter cell with further entries, which hold. */
function withParameters(source: string, changes: string): string {
  const found = callIn(source, isParameters);
  if (!found) return source;
  const { code, node: { arguments: [{ start, end }] } } = found;
  return edited(code, [[start, end, `{ ...${code.slice(start, end)}, ${changes} }`]]);
}

const AsyncFunction = (async () => {}).constructor as new (
  ...text: string[]
) => (...values: unknown[]) => Promise<unknown>;

/** Drawing into files and checking claims are no part of what a line needs. */
const load = async (from: string) => ({
  ...await import(from),
  ...{ save: () => {}, check: () => {} },
});

/**
 * Runs the cell that a line changes, with the cells that it needs, and gives what the experiment makes;
 * of an expression its value.
 *
 * @param tiny Values that replace those of the notebook, not those of the line: in every experiment that
 * has such parameters, or under the name of one.
 * @throws {Error} What the line throws.
 */
export async function tryIt(
  { cells, read }: TryNotebook,
  { code, cell, call = "…", alone = false, inParameters = false }: TryItem,
  experiments: Experiments,
  tiny: Tiny,
): Promise<unknown> {
  const before = cells.slice(0, cell).filter((one) => one.code), [callee] = call.split("(");
  const known = experiments(callee) ?? [];
  const small = Object.fromEntries(
    Object.entries({ ...tiny.all, ...tiny.of?.[callee] }).filter(([key]) => known.includes(key)),
  );
  const isChange = keysOf(code) !== undefined && !inParameters;
  const changes = call === "…" ? code : `...tiny, ${isChange ? code : ""}`;
  const line = `kept(${call.replace("…", () => changes)})`;
  let target = `await ${line};`;
  if (call !== "…" && !alone) {
    const found = callIn(cells[cell].source, (one) => one === callee)!;
    target = edited(found.code, [[found.node.start, found.node.end, line]]);
  }
  const part = { ...read.cells[before.length], ...cellNames(target), saves: ["T"] };
  const needed = partialsOf([{ ...read, cells: [...read.cells.slice(0, before.length), part] }], [
    "T",
  ])
    .get(read.name)!.cells.slice(0, -1).map((number) => before[number - 1].source)
    .map((source) => inParameters ? withParameters(source, code) : source);
  let made: unknown;
  const kept = (found: unknown) => made = found;
  const text = [...needed, target].map(statements).join("\n");
  await new AsyncFunction("load", "tiny", "kept", text)(load, small, kept);
  return await made;
}
