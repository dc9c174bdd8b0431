/**
 * Pages from a text: notation, disagreements, licence, the guide.
 *
 * @module
 */
import { markup } from "./html.ts";
import { markdown, type Section } from "./markdown.ts";
import type { Page } from "./shell.ts";

/** A text that becomes a page. */
export interface Text {
  /** Folder of the page. */
  readonly folder: string;
  /** What the navigation calls it. */
  readonly name: string;
  readonly source: string;
  /** Whether the navigation leaves it out. */
  readonly quiet?: boolean;
  /** Whether its tables need the whole width. */
  readonly wide?: boolean;
  /** Where a link to another file of the project leads. */
  readonly link?: (target: string) => string;
}

/** A text as a page, with its sections for the search. */
export function textPage(
  { folder, name, source, wide, link }: Text,
): Page & { sections: Section[] } {
  const { body, sections } = markdown(source, folder, { link });
  const title = sections.find(({ level }) => level === 1);
  return {
    path: `${folder}/index.html`,
    title: title?.title ?? markup`${name}`,
    name: title?.name ?? name,
    description: sections[0]?.text.slice(0, 200) ?? name,
    body,
    contents: wide ? undefined : sections,
    wide,
    formulas: body.text.includes('class="katex'),
    sections,
  };
}
