/**
 * TypeScript in colours, by the parser that the editor of the live pages uses.
 *
 * @module
 */
import { classHighlighter, highlightCode } from "@lezer/highlight";
import { parser } from "@lezer/javascript";
import { Html, markup } from "./html.ts";

const typescript = parser.configure({ dialect: "ts" });

/** A source as markup: the same text to the character, in pieces with a class each. */
export function coloured(source: string): Html {
  const pieces: Html[] = [];
  highlightCode(
    source,
    typescript.parse(source),
    classHighlighter,
    (text, name) =>
      pieces.push(
        name ? markup`<span class="${name}">${text}</span>` : markup`${text}`,
      ),
    () => pieces.push(markup`${"\n"}`),
  );
  return markup`${pieces}`;
}
