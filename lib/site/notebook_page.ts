/**
 * The page of a notebook: its text, its code folded, what the code has put out.
 *
 * @module
 */
import { coloured } from "./code.ts";
import type { CodeCell, Executed } from "./executed.ts";
import { flag, Html, markup, NOTHING } from "./html.ts";
import { markdown, type Section } from "./markdown.ts";
import { type Gathered, outputsOf } from "./outputs.ts";
import type { Page } from "./shell.ts";

/** A notebook as a page, with what other pages say of it. */
export interface NotebookPage extends Page {
  readonly slug: string;
  /** The claim of the notebook in one sentence. */
  readonly sentence: Html;
  /** Its sections, with their words. */
  readonly sections: readonly Section[];
  readonly gathered: Gathered;
}

/** What the page offers beside reading. */
export interface Editions {
  /** Whether cells can be run in the page. */
  readonly live: boolean;
  /** Whether the notebook opens in JupyterLite. */
  readonly lite: boolean;
}

/** Code of at most so many lines is open from the start. */
const SHORT = 15;

function codeCell(
  { number, source, outputs }: CodeCell,
  gathered: Gathered,
  taken: Set<string>,
): Html {
  const lines = source.split("\n").length;
  return markup`
    <section class="cell" id="cell-${number}" data-cell="${number}">
      <details class="code" ${flag("open", lines <= SHORT)}>
        <summary>Cell ${number}<span class="lines">, ${lines} ${
    lines === 1 ? "line" : "lines"
  }</span></summary>
        <pre><code>${coloured(source)}</code></pre>
      </details>
      <div class="outputs">${outputsOf(outputs, number, gathered, taken)}</div>
    </section>
  `;
}

function actions(slug: string, { live, lite }: Editions): Html {
  const run = live
    ? markup`<button type="button" id="run-live" hidden>Run and edit in the browser</button>`
    : NOTHING;
  const open = lite
    ? markup`<a href="../lite/notebooks/index.html?path=${slug}.ipynb">Open in JupyterLite</a>`
    : NOTHING;
  return markup`
    <p class="actions">
      ${run} ${open}
      <a href="${slug}.ipynb" download>Notebook with results (.ipynb)</a>
      <a href="../ledger/index.html#${slug}">Its claims</a>
      <a href="../gallery/index.html#${slug}">Its figures</a>
      <button type="button" id="fold" class="needs-script">Fold all code</button>
    </p>
    ${live ? markup`<section id="explorer" class="needs-script"></section>` : NOTHING}
  `;
}

/** The paragraph that says the claim in one sentence. */
const SENTENCE = /<p><strong>In one sentence:<\/strong>\s*([^]*?)<\/p>/;

/** Builds the page of an executed notebook. */
export function notebookPage(
  { slug, cells }: Executed,
  gathered: Gathered,
  editions: Editions,
): NotebookPage {
  const taken = new Set(
    cells.flatMap((cell) => cell.kind === "code" ? [`cell-${cell.number}`] : []),
  );
  const sections: Section[] = [];
  let sentence = NOTHING;
  const parts = cells.map((cell) => {
    if (cell.kind === "code") return codeCell(cell, gathered, taken);
    const where = `${slug}, cell ${cell.place} of all`;
    const rendered = markdown(cell.source, where, { taken });
    const [, image] = /<img src="([^"]*)"/.exec(rendered.body.text) ?? [];
    if (image !== undefined && !image.startsWith("data:image/")) {
      const wanted = "a picture of a text must be drawn by a cell, as the page has no other files";
      throw new Error(`Cannot show ${where} as ${wanted}: current value is ${image}`);
    }
    // Words before a heading belong to the section that has begun earlier.
    if (sections.length > 0) sections.at(-1)!.text += ` ${rendered.lead}`;
    sections.push(...rendered.sections);
    const found = SENTENCE.exec(rendered.body.text);
    if (found && sentence === NOTHING) sentence = new Html(found[1]);
    return markup`<div class="text">${rendered.body}</div>`;
  });
  const title = sections.find(({ level }) => level === 1);
  const [first, ...rest] = parts;
  const head = actions(slug, editions);
  const opening = new Html(first.text.replace("</h1>", `</h1>\n${head}`));
  const begins = first.text.includes("</h1>") ? opening : markup`${head}${first}`;
  return {
    path: `${slug}/index.html`,
    slug,
    title: title?.title ?? markup`${slug}`,
    name: title?.name ?? slug,
    description: sections[0]?.text.slice(0, 200) ?? slug,
    sentence,
    sections,
    gathered,
    contents: sections,
    formulas: true,
    body: markup`<article data-notebook="${slug}">${begins}${rest}</article>`,
  };
}
