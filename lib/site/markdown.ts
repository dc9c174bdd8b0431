/**
 * Markdown with formulas, as it stands in the notebooks and in the documentation of the library.
 *
 * @module
 */
import MarkdownIt from "markdown-it";
import { coloured } from "./code.ts";
import { formula } from "./formula.ts";
import { anchor, attribute, Html, markup, words } from "./html.ts";

/** A heading with what stands under it. */
export interface Section {
  /** 1 for the title, 2 for a section, … */
  readonly level: number;
  /** Name of the place, unique in a page. */
  readonly id: string;
  /** The heading, formulas included. */
  readonly title: Html;
  /** The heading as words. */
  readonly name: string;
  /** What stands under it up to the next heading, as words. */
  text: string;
}

/** A text as markup. */
export interface Rendered {
  /** The markup. */
  readonly body: Html;
  /** Its words before the first heading. */
  readonly lead: string;
  /** Its headings. */
  readonly sections: Section[];
}

/** How a text is read. */
export interface MarkdownOptions {
  /** Whether dollar signs enclose formulas; by default they do. */
  readonly formulas?: boolean;
  /** Names of places that are taken in the page; those of the headings are added. */
  readonly taken?: Set<string>;
  /** By how much headings move down: 1 makes a title a section. */
  readonly lower?: number;
  /** Where a relative link leads, or that it leads nowhere; by default it stays. */
  readonly link?: (target: string) => string | undefined;
  /** A drawing by its file and what it shows; by default a text holds none. */
  readonly picture?: (file: string, alt: string) => Html;
}

/** Code, fenced or between backticks within a paragraph. */
const VERBATIM =
  /(?<fence>```+)[^]*?\k<fence>|(?<!`)(?<tick>``?)(?!`)(?:(?!\n\n)[^])*?[^`]\k<tick>(?!`)/;
const FORMULA = new RegExp(
  `(?<verbatim>${VERBATIM.source})|${
    /\$\$(?<block>[^]+?)\$\$|\$(?<inline>(?:\\.|[^$\\])+?)\$/.source
  }`,
  "g",
);
const OPEN = "\uE000", CLOSE = "\uE001";
const PLACES = /\uE000(\d+)\uE001/g;
const JOINED = /([(\[“"]?)\uE000(\d+)\uE001((?:&quot;|[)\].,;:?!”’'-])?)/g;

/** How a formula reads in words: what its MathML shows. */
function spoken({ text }: Html): string {
  const math = /<math[^]*?<\/math>/.exec(text)?.[0] ?? "";
  return words(
    new Html(math.replace(/<annotation[^]*?<\/annotation>/, "").replaceAll("<msqrt>", "√")),
  ).replaceAll(" ", "");
}

const reader = new MarkdownIt({
  html: false, // markup in a notebook's text is shown, never obeyed
  highlight: (code, language) => /^ts\b/.test(language) ? coloured(code).text : "",
});

/**
 * Renders a text. Formulas leave it before Markdown is read, as JupyterLab does it (in a table `\|`
 * would lose its backslash), and come back afterwards.
 *
 * @param source The text.
 * @param where What the text is, for the message.
 * @throws {Error} If a formula is wrong.
 */
export function markdown(
  source: string,
  where: string,
  { formulas = true, taken = new Set(), lower = 0, link, picture }: MarkdownOptions = {},
): Rendered {
  const found: Html[] = [];
  const clean = source.replaceAll(/[\uE000\uE001]/g, "");
  const text = !formulas ? clean : clean.replaceAll(
    FORMULA,
    (all: string, ...rest: unknown[]) => {
      const { verbatim, block, inline } = rest.at(-1) as Record<string, string | undefined>;
      if (verbatim !== undefined) return all;
      try {
        found.push(formula(block ?? inline!, block !== undefined));
      } catch (error) {
        throw new Error(`Cannot show ${where} as a formula is wrong: ${(error as Error).message}`);
      }
      return `${OPEN}${found.length - 1}${CLOSE}`;
    },
  );
  const back = (text: string) =>
    text.replaceAll(JOINED, (_, before, i, after) => joined(before, found[i], after));
  const wording = (text: string) =>
    words(new Html(text.replaceAll(PLACES, (_, i) => spoken(found[i]))));

  const sections: Section[] = [];
  const body = pictured(tidied(linked(reader.render(text), link)), picture);
  const pieces = body.split(/(?=<h[1-6]>)/);
  const parts = pieces.map((part) => {
    const heading = /^<h([1-6])>([^]*?)<\/h\1>/.exec(part);
    if (!heading) return part;
    const [all, digit, inner] = heading, name = wording(inner);
    const level = Math.min(6, Number(digit) + lower), id = unique(anchor(name), taken);
    const title = new Html(back(inner));
    sections.push({ level, id, title, name, text: wording(part.slice(all.length)) });
    const mark = markup`<a class="anchor" href="#${id}" aria-label="Link to ${name}">#</a>`;
    return `<h${level} id="${id}">${inner}${mark}</h${level}>${part.slice(all.length)}`;
  });
  const lead = pieces[0]?.startsWith("<h") ? "" : wording(pieces[0] ?? "");
  return { body: new Html(back(parts.join(""))), lead, sections };
}

/** A formula with the signs around it, which no line break may part from it unless it is long. */
function joined(before: string, shown: Html, after: string): string {
  const whole = before + shown.text + after;
  const long = shown.text.split('class="katex-base"').length > 2 && spoken(shown).length > 18;
  return before + after === "" || long ? whole : `<span class="whole">${whole}</span>`;
}

/** A name that nothing else in the page has. */
export function unique(name: string, taken: Set<string>): string {
  let id = name || "section";
  for (let i = 2; taken.has(id); i++) id = `${name}-${i}`;
  taken.add(id);
  return id;
}

/** Tables may be wider than a phone; a head without words is none. */
function tidied(text: string): string {
  return text
    .replaceAll(/<thead>\s*<tr>(?:\s*<th[^>]*><\/th>)+\s*<\/tr>\s*<\/thead>/g, "")
    .replaceAll(/ style="text-align:(\w+)"/g, ' class="$1"')
    .replaceAll("<table>", '<div class="scroll"><table>')
    .replaceAll("</table>", "</table></div>");
}

/** Drawings that stand alone in a paragraph. */
function pictured(text: string, picture: MarkdownOptions["picture"]): string {
  if (picture === undefined) return text;
  return text.replaceAll(
    /<p><img src="([^"]+)" alt="([^"]*)"><\/p>/g,
    (_, file, alt) => `<div class="picture">${picture(file, words(new Html(alt))).text}</div>`,
  );
}

function linked(text: string, link: MarkdownOptions["link"]): string {
  if (link === undefined) return text;
  return text.replaceAll(
    /<a href="([^"]+)"/g,
    (all, target) => /^(?:[a-z]+:|#)/.test(target) ? all : `<a${attribute("href", link(target))}`,
  );
}
