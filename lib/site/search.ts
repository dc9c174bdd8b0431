/**
 * What the search looks through: a script that a page loads when somebody begins to search, so that it
 * works without a server.
 *
 * @module
 */
import type { Section } from "./markdown.ts";
import type { NotebookPage } from "./notebook_page.ts";
import type { Page } from "./shell.ts";

/** A place that can be found: where, under which title, in which page, its words. */
type Entry = readonly [address: string, title: string, page: string, text: string];

function sectionsOf(page: Page & { readonly sections: readonly Section[] }): Entry[] {
  return page.sections.map(({ id, name, text }) => [`${page.path}#${id}`, name, page.name, text]);
}

function claimsOf({ path, name, gathered }: NotebookPage): Entry[] {
  return gathered.claims.map((
    { row },
  ) => [`${path}#${row.id}`, `Claim ${row.id}`, name, row.statement]);
}

function figuresOf({ path, name, gathered }: NotebookPage): Entry[] {
  return gathered.figures.saved.flatMap(({ id, caption, cell }) =>
    cell === undefined ? [] : [[`${path}#${id}`, `Figure ${id}`, name, caption] as const]
  );
}

/** The script with all places. */
export function searchScript(
  notebooks: readonly NotebookPage[],
  others: readonly (Page & { readonly sections: readonly Section[] })[],
): string {
  const entries = [
    ...notebooks.flatMap((page) => [...sectionsOf(page), ...claimsOf(page), ...figuresOf(page)]),
    ...others.flatMap(sectionsOf),
  ];
  return `globalThis.SEARCH = ${JSON.stringify(entries)};\n`;
}
