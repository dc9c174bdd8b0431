/**
 * Formulas of the page of an executed notebook, set while it is made: the page then needs no script and
 * asks nobody. Reads the page from standard input and writes it to standard output.
 *
 * @module
 */
import { formula, formulaStyles } from "../../site/formula.ts";

/** Where the text of a cell begins. */
const TEXT = /data-mime-type="text\/markdown">/;
/** Where the next cell begins. */
const CELL = /<div class="jp-Cell\b/;

/** Code is shown as it is. */
const CODE = /^(?:pre|code|script|style)$/;
const FORMULA = /\$\$([^]+?)\$\$|\$((?:\\.|[^$\\])+?)\$/g;

const SIGNS: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};

/** Formulas of a piece without tags; one that is wrong stays as it was written. */
function set(text: string): string {
  return text.replaceAll(FORMULA, (whole, block, inline) => {
    const tex = (block ?? inline).replaceAll(
      /&(?:lt|gt|quot|#39|amp);/g,
      (sign: string) => SIGNS[sign],
    );
    try {
      return formula(tex, block !== undefined).text;
    } catch {
      return whole;
    }
  });
}

/** The text of a cell, tags and code untouched. */
function setOutsideTags(html: string): string {
  let code = 0;
  return html.split(/(<[^>]+>)/).map((piece, i) => {
    if (i % 2 === 0) return code > 0 ? piece : set(piece);
    const [, closing, name] = /^<(\/?)(\w+)/.exec(piece) ?? [];
    if (name && CODE.test(name)) code += closing ? -1 : 1;
    return piece;
  }).join("");
}

/** The page with all formulas of its texts set, and their styles. */
export function withFormulas(page: string): string {
  const [first, ...rest] = page.split(new RegExp(`(?<=${TEXT.source})`));
  const texts = rest.map((part) => {
    const end = CELL.exec(part)?.index ?? part.length;
    return setOutsideTags(part.slice(0, end)) + part.slice(end);
  });
  const style = `<style>${formulaStyles(() => true)}</style>`;
  return [first.replace("</head>", () => `${style}</head>`), ...texts].join("");
}

if (import.meta.main) {
  const page = await new Response(Deno.stdin.readable).text();
  await new Blob([withFormulas(page)]).stream().pipeTo(Deno.stdout.writable);
}
