/**
 * Markup that a cell has put out, reduced to what shows something: no script, no handler, no style
 * of its own, nothing from elsewhere.
 *
 * @module
 */
import { parseHTML } from "linkedom";
import { attribute, flag, Html, markup, NOTHING, type Piece } from "./html.ts";

const TABLE = ["table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"];
const BLOCKS = ["div", "p", "pre", "ul", "ol", "li", "dl", "dt", "dd", "details", "summary", "hr"];
const WORDS = ["a", "b", "strong", "i", "em", "code", "sub", "sup", "span", "small", "br", "label"];
const CONTROLS = ["output", "progress", "meter"];
const KNOWN = new Set([...TABLE, ...BLOCKS, ...WORDS, ...CONTROLS]);
const EMPTY = new Set(["br", "hr"]);
const SILENT = new Set(["script", "style", "template", "iframe", "object", "embed", "noscript"]);

/** Attributes that may stay, by element; `*` is any. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  "*": ["aria-label", "title"],
  td: ["colspan", "rowspan"],
  th: ["colspan", "rowspan", "scope"],
  progress: ["value", "max"],
  meter: ["value", "min", "max"],
  details: ["open"],
  div: ["data-slider"],
};

interface Node {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly childNodes: Iterable<Node>;
}
interface Element extends Node {
  getAttribute(name: string): string | null;
}

/** A picture inside an output, by its address. */
export type Picture = (source: string, alt: string) => Piece;

/**
 * The markup of an output as it may stand in a page. Elements that are not known give way to what is in
 * them.
 *
 * @param source What the cell has put out.
 * @param picture What becomes of a picture that the markup holds in itself.
 */
export function cleaned(source: string, picture: Picture): Html {
  const parsed: unknown = parseHTML(`<!doctype html><html><body>${source}</body></html>`);
  const { body } = (parsed as { document: { body: Node } }).document;
  const visit = (node: Node): Piece => {
    if (node.nodeType === 3) return node.textContent ?? "";
    if (node.nodeType !== 1) return NOTHING;
    const element = node as Element, name = node.nodeName.toLowerCase();
    if (SILENT.has(name)) return NOTHING;
    if (name === "img") return image(element, picture);
    if (name === "input") return range(element);
    const inner = [...node.childNodes].map(visit);
    if (!KNOWN.has(name)) return inner;
    if (EMPTY.has(name)) return new Html(`<${name}>`);
    const whole = markup`${open(name, element)}${inner}${new Html(`</${name}>`)}`;
    return name === "table" ? markup`<div class="scroll">${whole}</div>` : whole;
  };
  return markup`${[...body.childNodes].map(visit)}`;
}

function open(name: string, element: Element): Html {
  const align = /text-align:\s*(left|right|center)/.exec(element.getAttribute("style") ?? "")?.[1];
  const target = element.getAttribute("href") ?? "";
  return markup`${new Html(`<${name}`)}${
    attributes(element, [...ATTRIBUTES["*"], ...ATTRIBUTES[name] ?? []])
  }${attribute("class", align)}${
    attribute("href", name === "a" && /^(?:https?:|#)/i.test(target) ? target : undefined)
  }>`;
}

function attributes(element: Element, names: readonly string[]): Html[] {
  return names.map((name) => attribute(name, element.getAttribute(name)));
}

/** A picture of a slider keeps its label, and whether another one is shown first. */
function image(element: Element, picture: Picture): Piece {
  const source = element.getAttribute("src") ?? "";
  if (!/^data:image\//i.test(source)) return NOTHING;
  const label = element.getAttribute("data-label");
  const shown = picture(source, element.getAttribute("alt") ?? "");
  if (label === null) return shown;
  const hidden = /display:\s*none/.test(element.getAttribute("style") ?? "");
  return markup`<span data-label="${label}"${flag("hidden", hidden)}>${shown}</span>`;
}

function range(element: Element): Html {
  if (element.getAttribute("type") !== "range") return NOTHING;
  const kept = attributes(element, ["min", "max", "step", "value", "aria-label"]);
  return markup`<input type="range"${kept}>`;
}
