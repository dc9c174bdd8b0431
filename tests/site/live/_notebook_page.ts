/**
 * The least page that the live edition works on.
 *
 * @module
 */
import { inRoot } from "../../../lib/cli/paths.ts";
import { POLICY } from "../../../lib/site/shell.ts";

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Code cells of a notebook of the project. */
export function codeCells(slug: string): string[] {
  const { cells } = JSON.parse(Deno.readTextFileSync(inRoot("notebooks", `${slug}.ipynb`))) as {
    cells: { cell_type: string; source: string[] }[];
  };
  return cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => source.join(""));
}

/** Writes a page with these cells to `out/<slug>/index.html`. */
export function writePage(out: string, slug: string, cells: readonly string[]): void {
  const sections = cells.map((code, i) =>
    `<section class="cell" id="cell-${i + 1}" data-cell="${i + 1}">` +
    `<details class="code" open><summary>Code</summary><pre><code>${escape(code)}</code></pre>` +
    `</details><div class="outputs"><pre>published ${i + 1}</pre></div></section>`
  );
  Deno.mkdirSync(`${out}/${slug}`, { recursive: true });
  Deno.writeTextFileSync(
    `${out}/${slug}/index.html`,
    `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${slug}</title>
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
<button id="run-live" hidden>Run and edit in the browser</button>
<article data-notebook="${slug}">${sections.join("\n")}</article>
<script type="module" src="../live/live.js"></script></html>`,
  );
}
