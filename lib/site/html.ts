/**
 * Pieces of a page: a template in which every text is escaped, so that a title, a caption or an output
 * can hold anything.
 *
 * @module
 */
import { escapeHtml } from "../experiment/table/html.ts";

/** Markup that may stand in a page as it is. */
export class Html {
  /** Takes markup that was made or cleaned here; anything else goes through `markup`. */
  constructor(readonly text: string) {}

  /** The markup. */
  toString(): string {
    return this.text;
  }
}

/** What may stand in a template: markup as it is, text escaped, a list one after the other. */
export type Piece = Html | string | number | undefined | readonly Piece[];

function piece(value: Piece): string {
  if (value === undefined) return "";
  if (value instanceof Html) return value.text;
  return typeof value === "object" ? value.map(piece).join("") : escapeHtml(String(value));
}

/**
 * Markup from a template; what is put in is escaped unless it is markup itself. White space at both ends
 * is layout of the source, and left out.
 */
export function markup(strings: TemplateStringsArray, ...values: Piece[]): Html {
  const last = strings.length - 1;
  const parts = strings.map((text, i) => {
    const begun = i === 0 ? text.trimStart() : text;
    return (i === last ? begun.trimEnd() : begun) + (i < values.length ? piece(values[i]) : "");
  });
  return new Html(parts.join(""));
}

/** An attribute with the space before it; nothing where there is no value. */
export function attribute(name: string, value: string | number | null | undefined): Html {
  return new Html(value == null ? "" : ` ${name}="${escapeHtml(String(value))}"`);
}

/** An attribute without a value, or nothing. */
export function flag(name: string, on: boolean): Html {
  return new Html(on ? ` ${name}` : "");
}

/** Nothing at all. */
export const NOTHING = new Html("");

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

/** The words of a piece of markup, for search and titles. */
export function words({ text }: Html): string {
  return text
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(
      /&(?:#(\d+)|(\w+));/g,
      (all, code, name) =>
        code === undefined ? ENTITIES[name] ?? all : String.fromCodePoint(Number(code)),
    )
    .replaceAll(/\s+/g, " ").replaceAll(/ (?=[.,;:)])/g, "").trim();
}

/** A name for a place in a page: words in small letters, joined by dashes. */
export function anchor(text: string): string {
  const name = text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-");
  return name.slice(0, 60).replaceAll(/^-|-$/g, "");
}
