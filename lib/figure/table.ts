/**
 * Tables: small and escaped in a notebook, ready to paste into a paper.
 *
 * @module
 */
import type { Displayable } from "../experiment/notebook/display.ts";
import { checkInteger, checkKeys, show } from "../check.ts";
import { formatNumber } from "./format.ts";
import { latexNumber, latexText } from "./latex.ts";
import { escape, type Run, runs } from "./markup.ts";
import { displayable } from "./show.ts";

/** What a cell may hold; arrays and objects are shown as JSON. */
export type Cell = number | string | boolean | null | undefined | object;

/** One line of a table: column name → cell. Rows of sweeps and of claims are of this type. */
// deno-lint-ignore no-explicit-any -- interfaces without index signature must fit, too
export type TableRow = Record<string, any>;

/** A column: its key in the rows, or key and heading. */
export type Column = string | { key: string; heading: string };

/** Options of tables. */
export interface TableOptions {
  /** Columns in order; by default all keys in the order in which they appear. */
  columns?: readonly Column[];
  /** Sentence over the table. */
  caption?: string;
  /** Significant digits of numbers that are not integers, 4 by default. */
  digits?: number;
}

interface Grid {
  headings: string[];
  /** Raw cells, line by line. */
  cells: Cell[][];
  /** Whether a column holds numbers only. */
  numeric: boolean[];
}

function grid(rows: readonly TableRow[], options: TableOptions): Grid {
  const what = "make a table";
  checkKeys(what, options, ["columns", "caption", "digits"]);
  checkInteger(what, "digits", options.digits ?? 4, 1, 17);
  const keys = new Set<string>();
  for (const row of rows) for (const key of Object.keys(row)) keys.add(key);
  const columns = (options.columns ?? [...keys]).map((column) =>
    typeof column === "string" ? { key: column, heading: column } : column
  );
  for (const { key } of rows.length > 0 ? columns : []) {
    if (keys.has(key)) continue;
    const found = `current value is ${show(key)}`;
    throw new RangeError(
      `Cannot ${what} as columns must be among ${[...keys].join(", ")}: ${found}`,
    );
  }
  const cells = rows.map((row) => columns.map(({ key }) => row[key] as Cell));
  const numeric = columns.map((_, k) =>
    cells.every((line) => line[k] === null || line[k] === undefined || typeof line[k] === "number")
  );
  return { headings: columns.map(({ heading }) => heading), cells, numeric };
}

/** A cell as words. */
function words(cell: Cell, digits: number): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return formatNumber(cell, digits);
  if (typeof cell === "object") {
    return JSON.stringify(
      cell,
      (_, entry) => typeof entry === "number" ? Number(entry.toPrecision(digits)) : entry,
    );
  }
  return String(cell);
}

/**
 * A table that shows itself when it is the last expression of a cell: as HTML and as text.
 *
 * Headings and cells may hold `_{…}`, `^{…}` and `/{…}` as the labels of figures do; everything is
 * escaped. Numbers keep their value in the rows: only what is shown is rounded.
 *
 * @param rows Lines of the table.
 * @param options Columns, caption and digits.
 * @throws {RangeError} If `digits` is not an integer from 1 to 17, or no row has a column.
 * @throws {TypeError} If `rows` is no list.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { jupyterDisplay } from "lora-dynamics/experiment/mod.ts";
 * import { table } from "lora-dynamics/figure/mod.ts";
 *
 * const shown = table([{ mu: 0.5, exitTime: 45.5891 }], {
 *   columns: [{ key: "mu", heading: "μ" }, { key: "exitTime", heading: "τ_{exit}" }],
 * });
 * assertStringIncludes(shown[jupyterDisplay]()["text/html"], "τ<sub>exit</sub>");
 * ```
 */
export function table(rows: readonly TableRow[], options: TableOptions = {}): Displayable {
  if (!Array.isArray(rows)) {
    throw new TypeError(
      `Cannot show a table as rows must be a list, such as run.table() or run.rows: current value is ${
        show(rows)
      }`,
    );
  }
  const content = grid(rows, options);
  return displayable(() => ({
    "text/html": html(content, options),
    "text/plain": plain(content, options),
  }));
}

function html({ headings, cells, numeric }: Grid, options: TableOptions): string {
  const style = (k: number): string =>
    `style="text-align:${numeric[k] ? "right" : "left"};padding:2px 8px"`;
  const line = (tag: string, content: string[], more = ""): string =>
    `<tr>${content.map((text, k) => `<${tag}${more} ${style(k)}>${text}</${tag}>`).join("")}</tr>`;
  const caption = options.caption
    ? `<caption style="text-align:left">${htmlLabel(options.caption)}</caption>`
    : "";
  const body = cells.map((cell) =>
    line("td", cell.map((value) => htmlLabel(words(value, options.digits ?? 4))))
  );
  return `<table>${caption}<thead>${line("th", headings.map(htmlLabel), ' scope="col"')}</thead>` +
    `<tbody>${body.join("")}</tbody></table>`;
}

const tags: Record<Run["kind"], string> = { "": "", "_": "sub", "^": "sup", "/": "i" };

function htmlLabel(label: string): string {
  return runs(label).map(({ text, kind }) =>
    kind ? `<${tags[kind]}>${escape(text)}</${tags[kind]}>` : escape(text)
  ).join("");
}

function plain({ headings, cells, numeric }: Grid, options: TableOptions): string {
  const lines = [
    headings,
    ...cells.map((line) => line.map((cell) => words(cell, options.digits ?? 4))),
  ]
    .map((line) => line.map((text) => text.replace(/\s+/g, " ")));
  const widths = headings.map((_, k) => Math.max(...lines.map((line) => [...line[k]].length)));
  const pad = (text: string, k: number): string => {
    const space = " ".repeat(widths[k] - [...text].length);
    return numeric[k] ? space + text : text + space;
  };
  const body = lines.map((line) => line.map(pad).join("  ").trimEnd());
  return [...options.caption ? [options.caption] : [], ...body].join("\n");
}

/**
 * The table for a paper: `tabular` with the rules of the package booktabs.
 *
 * @param rows Lines of the table.
 * @param options Columns, caption (then a `table` environment) and digits.
 * @throws {RangeError} If `digits` is not an integer from 1 to 17, or no row has a column.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { toLatex } from "lora-dynamics/figure/mod.ts";
 *
 * const text = toLatex([{ "loss_{test}": 1.5e-7, rule: "adam & co" }]);
 * assertStringIncludes(text, "loss$_{\\text{test}}$ & rule \\\\");
 * assertStringIncludes(text, "$1.5\\times 10^{-7}$ & adam \\& co \\\\");
 * ```
 */
export function toLatex(rows: readonly TableRow[], options: TableOptions = {}): string {
  const { headings, cells, numeric } = grid(rows, options);
  const digits = options.digits ?? 4;
  // After \\\\ and \\midrule LaTeX takes a bracket for an option, and a star for a form of the command.
  const line = ([first = "", ...rest]: string[]): string =>
    `  ${[/^[[*]/.test(first) ? `{}${first}` : first, ...rest].join(" & ")} \\\\`;
  const body = [
    `\\begin{tabular}{${numeric.map((number) => number ? "r" : "l").join("")}}`,
    "  \\toprule",
    line(headings.map(latexText)),
    "  \\midrule",
    ...cells.map((cell) =>
      line(
        cell.map((value) =>
          typeof value === "number" ? latexNumber(value, digits) : latexText(words(value, digits))
        ),
      )
    ),
    "  \\bottomrule",
    "\\end{tabular}",
  ];
  if (!options.caption) return body.join("\n") + "\n";
  return [
    "\\begin{table}",
    "\\centering",
    `\\caption{${latexText(options.caption)}}`,
    ...body,
    "\\end{table}",
  ].join("\n") + "\n";
}

/**
 * The table in Markdown (pipes), for issues, reviews and read-me files.
 *
 * @param rows Lines of the table.
 * @param options Columns, caption (a paragraph before) and digits.
 * @throws {RangeError} If `digits` is not an integer from 1 to 17, or no row has a column.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { toMarkdown } from "lora-dynamics/figure/mod.ts";
 *
 * assertEquals(toMarkdown([{ mu: 0.5, rule: "a|b" }]), "| mu | rule |\n| --: | :-- |\n| 0.5 | a\\|b |\n");
 * ```
 */
export function toMarkdown(rows: readonly TableRow[], options: TableOptions = {}): string {
  const { headings, cells, numeric } = grid(rows, options);
  const clean = (text: string): string =>
    text.replace(/[\\|<>&*`~[\]]/g, (sign) => "<>&".includes(sign) ? escape(sign) : `\\${sign}`)
      .replace(/\s+/g, " ");
  const line = (content: string[]): string => `| ${content.join(" | ")} |\n`;
  const caption = options.caption ? `${clean(options.caption)}\n\n` : "";
  return caption + line(headings.map(clean)) +
    line(numeric.map((number) => number ? "--:" : ":--")) +
    cells.map((cell) => line(cell.map((value) => clean(words(value, options.digits ?? 4))))).join(
      "",
    );
}
