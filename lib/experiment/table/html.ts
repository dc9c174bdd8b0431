/**
 * Small tables for notebook outputs, as HTML and as plain text.
 *
 * @module
 */

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that is safe inside HTML elements and attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** A table of text as an HTML table; every field is escaped. */
export function htmlTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: string, more = "") =>
    `<tr>${
      cells.map((cell) => `<${tag}${more} style="text-align:left">${escapeHtml(cell)}</${tag}>`)
        .join("")
    }</tr>`;
  const head = header.length > 0 ? `<thead>${line(header, "th", ' scope="col"')}</thead>` : "";
  return `<table>${head}<tbody>${rows.map((row) => line(row, "td")).join("")}</tbody></table>`;
}

/** The same table as lines of aligned columns. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = header.length > 0 ? [header, ...rows] : rows;
  const width = (column: number) =>
    Math.max(...lines.map((line) => [...(line[column] ?? "")].length));
  return lines.map((line) =>
    line.map((cell, i) => cell + " ".repeat(width(i) - [...cell].length)).join("  ").trimEnd()
  ).join("\n");
}
