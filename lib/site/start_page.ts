/**
 * The first page: what this is, what each paper claims, what to try first.
 *
 * @module
 */
import { Html, markup, NOTHING } from "./html.ts";
import { downloads, picture, type Saved } from "./figures.ts";
import type { NotebookPage } from "./notebook_page.ts";
import type { Page } from "./shell.ts";

/** The figure that stands for a notebook; the first one where none is named. */
const PICTURES: Readonly<Record<string, string>> = {
  "pre-training-hurts": "F3",
  "gradient-flow-mf": "F3",
  "lazy-vs-feature": "F10",
  "lora-one": "F9",
  "convergence-rate": "F7",
};

/** The order in which the papers are read: the one of the README. */
export const ORDER: readonly string[] = Object.keys(PICTURES);

/** Pages in this order, others behind. */
export function inOrder<T extends { readonly slug: string }>(pages: readonly T[]): T[] {
  const place = ({ slug }: T) => ORDER.includes(slug) ? ORDER.indexOf(slug) : ORDER.length;
  return [...pages].sort((a, b) => place(a) - place(b) || a.slug.localeCompare(b.slug));
}

function shown({ saved }: { saved: readonly Saved[] }, slug: string): Saved | undefined {
  return saved.find(({ id }) => id === PICTURES[slug]) ?? saved[0];
}

function card({ slug, title, sentence, gathered }: NotebookPage): Html {
  const figure = shown(gathered.figures, slug);
  const place = figure?.cell === undefined ? "" : `#${figure.id}`;
  const drawn = figure === undefined ? NOTHING : markup`
    <figure>
      <div class="picture"><a href="${slug}/index.html${place}">${
    picture(
      figure,
      figure.caption,
      `${slug}/`,
    )
  }</a></div>
      <figcaption>
        <details><summary>Figure ${figure.id}</summary>${figure.caption} ${
    downloads(
      figure,
      `${slug}/`,
    )
  }</details>
      </figcaption>
    </figure>
  `;
  const agree = gathered.claims.filter(({ row }) => row.pass).length;
  return markup`
    <section class="card" id="${slug}">
      <h3><a href="${slug}/index.html">${title}</a></h3>
      <p>${begun(sentence)}</p>
      ${drawn}
      <p class="count">
        <a href="ledger/index.html#${slug}">${agree} of ${gathered.claims.length} claims agree</a> ·
        <a href="gallery/index.html#${slug}">${gathered.figures.saved.length} figures</a>
      </p>
    </section>
  `;
}

/** A sentence that stood behind a colon begins with a capital letter now. */
function begun({ text }: Html): Html {
  return new Html(text.replace(/^\p{L}/u, (letter) => letter.toUpperCase()));
}

/** A section by what its heading says. */
function section(page: NotebookPage, pattern: RegExp): string | undefined {
  const found = page.sections.find(({ name }) => pattern.test(name));
  return found && `${page.slug}/index.html#${found.id}`;
}

function first(pages: readonly NotebookPage[], live: boolean): Html {
  const tries = pages.flatMap((page) => {
    const place = section(page, /try it yourself|laboratory: one|^\d+\. your own/i);
    return place === undefined ? [] : [markup`<li><a href="${place}">${page.title}</a></li>`];
  });
  const run = live
    ? markup`
      <li>
        <b>Run a notebook here.</b> Open one and press “Run and edit in the browser”: the same cells on
        the same library, no installation. What you type stays in your browser.
      </li>
    `
    : NOTHING;
  return markup`
    <ul class="tries">
      ${run}<li>
        <b>Change one line.</b> Each notebook ends with cells that ask a question and mark what to
        change:
        <ul>${tries}</ul>
      </li>
      <li>
        <b>Look for a number.</b> Every claim, with what would refute it, what was measured and what was
        expected, is in
        <a href="ledger/index.html">the ledger</a>.
      </li>
      <li>
        <b>Take a figure.</b> All of them, as SVG, PDF, PNG and the numbers as CSV, are in
        <a href="gallery/index.html">the gallery</a>.
      </li>
      <li>
        <b>Use the library alone.</b> Exact chains of one-pass SGD, flows with events, Gaussian moments
        of any activation: <a href="api/index.html">its documentation</a>.
      </li>
    </ul>
  `;
}

/** The first page of a site. */
export function startPage(pages: readonly NotebookPage[], { live }: { live: boolean }): Page {
  const claims = pages.flatMap(({ gathered }) => gathered.claims);
  const figures = pages.reduce((sum, { gathered }) => sum + gathered.figures.saved.length, 0);
  const count = ["No", "One", "Two", "Three", "Four", "Five", "Six"][pages.length] ?? pages.length;
  const what =
    `${count} paper${pages.length === 1 ? "" : "s"} on the theory of LoRA fine-tuning, ` +
    "each as a notebook: theory as lines, simulation as marks, every claim checked by a run.";
  return {
    path: "index.html",
    title: markup`lora-dynamics`,
    name: "lora-dynamics: theory of LoRA fine-tuning, computed",
    description: what,
    formulas: true,
    wide: true,
    body: markup`
      <h1>lora-dynamics</h1>
      <p class="what">
        ${what} ${claims.length} claims have been checked and ${figures} figures drawn by the runs that
        you see here; formulas of the papers, of their public code and of our own are told apart
        everywhere.
      </p>
      <h2 id="papers">What each notebook shows</h2>
      <div class="cards">${pages.map(card)}</div>
      <h2 id="try">First things to try</h2>
      ${first(pages, live)}
    `,
  };
}
