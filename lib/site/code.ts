/**
 * TypeScript in colours, by the parser that the editor of the live pages uses.
 *
 * @module
 */
import { classHighlighter, highlightCode } from "@lezer/highlight";
import { parser } from "@lezer/javascript";
import { Html, markup } from "./html.ts";

const typescript = parser.configure({ dialect: "ts" });

/** Kinds of words that have a colour of their own; the others need no element. */
const COLOURED = /tok-(?:keyword|string2?|number|bool|atom|comment|typeName|className)/;

/** A source as markup: the same text to the character, in pieces with a class each. */
export function coloured(source: string): Html {
  const pieces: Html[] = [];
  highlightCode(
    source,
    typescript.parse(source),
    classHighlighter,
    (text, names) => {
      const name = COLOURED.exec(names)?.[0];
      const shown = markup`${text}`;
      pieces.push(name === undefined ? shown : markup`<span class="${name}">${shown}</span>`);
    },
    () => pieces.push(markup`${"\n"}`),
  );
  return markup`${pieces}`;
}
