/**
 * Pages from a text: notation, disagreements, licence, the guide.
 *
 * @module
 */
import { addDrawing, picture } from "./figures.ts";
import { Files } from "./files.ts";
import { type Html, markup } from "./html.ts";
import { linkFrom } from "./links.ts";
import { markdown, type Section } from "./markdown.ts";
import type { Page } from "./shell.ts";

/** A text that becomes a page. */
export interface Text {
  /** Folder of the page. */
  readonly folder: string;
  /** What the navigation calls it. */
  readonly name: string;
  readonly source: string;
  /** What a reader finds there, in a sentence; by default its first words. */
  readonly about?: string;
  /** Whether the navigation leaves it out. */
  readonly quiet?: boolean;
  /** Whether its tables need the whole width. */
  readonly wide?: boolean;
  /** The drawings that it shows, by the names of their files. */
  readonly drawings?: Readonly<Record<string, string>>;
}

/** A page with its sections for the search. */
export type TextPage = Page & { readonly sections: readonly Section[] };

/**
 * A text as a page; its drawings are put among the files of the site.
 *
 * @throws {Error} If it shows a drawing that is not given.
 */
export function textPage(
  { folder, name, source, about, wide, drawings = {} }: Text,
  files = new Files(),
): TextPage {
  const path = `${folder}/index.html`;
  const shown = source.replaceAll(/^<!--[^\n]*-->$/gm, ""); // marks for tasks that write the text
  const { body, sections } = markdown(shown, folder, {
    link: (target) => linkFrom(path, target),
    picture: (file, alt) => {
      if (Object.hasOwn(drawings, file)) {
        return picture(addDrawing(files, folder, file, drawings[file]), alt);
      }
      throw new Error(`Cannot show ${folder} as there is no drawing ${file}`);
    },
  });
  const title = sections.find(({ level }) => level === 1);
  return {
    path,
    title: title?.title ?? markup`${name}`,
    name: title?.name ?? name,
    description: about ?? sections[0]?.text.slice(0, 200) ?? name,
    body,
    contents: wide ? undefined : sections,
    wide,
    formulas: body.text.includes('class="katex'),
    sections,
  };
}

/** The first page of the guide: its topics. */
export function guidePage(topics: readonly TextPage[]): TextPage {
  const item = ({ path, title, description }: TextPage): Html =>
    markup`
      <tr>
        <td><a href="../${path}">${title}</a></td>
        <td>${description}</td>
      </tr>
    `;
  return {
    path: "guide/index.html",
    title: markup`Guide`,
    name: "Guide",
    description:
      "How to change experiments, run sweeps, check claims, and take figures into a paper.",
    sections: [],
    body: markup`
      <h1>Guide</h1>
      <div class="scroll"><table><tbody>${topics.map(item)}</tbody></table></div>
    `,
  };
}
