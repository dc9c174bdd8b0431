/**
 * SVG and HTML as text: escaping, elements, and labels with subscripts, superscripts and slanted
 * symbols.
 *
 * @module
 */
import { textWidth } from "./fonts.ts";

// Code points that XML 1.0 forbids: control characters, lone surrogates, U+FFFE and U+FFFF.
// deno-lint-ignore no-control-regex
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that is safe inside an element or a quoted attribute of SVG and HTML. */
export function escape(text: string): string {
  return text.replace(forbidden, "\ufffd").replace(/[&<>"']/g, (sign) => entities[sign]);
}

/** Values of attributes: `null`, `undefined` and `""` leave the attribute out. */
export type Attributes = Record<string, string | number | null | undefined>;

/** Number with at most two decimals: a fortieth of the width of a hair on paper. */
export function round(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

/** One element; children are finished markup. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  let text = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === "") continue;
    text += ` ${key}="${typeof value === "number" ? round(value) : escape(value)}"`;
  }
  const inner = children.join("");
  return inner === "" ? `${text}/>` : `${text}>${inner}</${name}>`;
}

/** A stretch of a label in one style. */
export interface Run {
  text: string;
  kind: "" | "_" | "^" | "/";
}

/** Splits `τ_{ode} ∼ 10^{−3}` and `/{x}` into stretches of one style. */
export function runs(label: string): Run[] {
  const out: Run[] = [];
  let last = 0;
  for (const match of label.matchAll(/([_^/])\{([^{}]*)\}/g)) {
    if (match.index > last) out.push({ text: label.slice(last, match.index), kind: "" });
    out.push({ text: match[2], kind: match[1] as Run["kind"] });
    last = match.index + match[0].length;
  }
  if (last < label.length) out.push({ text: label.slice(last), kind: "" });
  return out;
}

const small = 0.7;
const shift: Record<Run["kind"], number> = { "": 0, "/": 0, "_": 0.25, "^": -0.4 };

const isScript = (run: Run | undefined): boolean => run?.kind === "_" || run?.kind === "^";

/** Width of one stretch. */
function runWidth({ text, kind }: Run, size: number, bold: boolean): number {
  const face = bold ? "bold" : kind === "/" ? "italic" : "regular";
  return textWidth(text, isScript({ text, kind }) ? size * small : size, face);
}

/**
 * How far to step before each stretch: a superscript goes back above the subscript before it (or
 * the other way round), and what follows starts after the longer of the two.
 */
function steps(parts: Run[], size: number, bold: boolean): number[] {
  const out = parts.map(() => 0);
  for (let i = 1; i < parts.length; i++) {
    const [first, second] = [parts[i - 1], parts[i]];
    if (!isScript(first) || !isScript(second) || first.kind === second.kind) continue;
    if (out[i - 1] < 0) continue;
    const [a, b] = [runWidth(first, size, bold), runWidth(second, size, bold)];
    out[i] = -a;
    if (i + 1 < parts.length) out[i + 1] = Math.max(0, a - b);
  }
  return out;
}

/** Width of a label in points. */
export function labelWidth(label: string, size: number, bold = false): number {
  const parts = runs(label);
  const back = steps(parts, size, bold);
  let [at, most] = [0, 0];
  parts.forEach((part, i) => {
    at += back[i] + runWidth(part, size, bold);
    most = Math.max(most, at);
  });
  return most;
}

/** A label in lines no wider than `width`, broken at spaces outside braces. */
export function wrapLabel(label: string, size: number, width: number): string[] {
  if (labelWidth(label, size) <= width) return [label];
  const lines: string[] = [];
  for (const word of label.split(/ (?![^{]*\})/)) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && labelWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** The inside of a `<text>` element for a label. */
export function labelMarkup(label: string, size: number, bold = false): string {
  const parts = runs(label);
  if (parts.every((part) => part.kind === "")) return escape(label);
  const back = steps(parts, size, bold);
  let level = 0;
  return parts.map(({ text, kind }, i) => {
    const wanted = shift[kind] * size;
    const dy = wanted - level;
    level = wanted;
    return element("tspan", {
      dx: back[i] === 0 ? null : back[i],
      dy: dy === 0 ? null : dy,
      "font-size": kind === "_" || kind === "^" ? size * small : null,
      "font-style": kind === "/" ? "italic" : null,
    }, escape(text));
  }).join("");
}

/** Where and how a text stands. */
export interface TextOptions {
  size: number;
  anchor?: "start" | "middle" | "end";
  bold?: boolean;
  rotate?: number;
  fill?: string;
}

/**
 * One `<text>` with its baseline at `(x, y)`. Where a label steps back, as for an index below an exponent,
 * its beginning is found here: programs differ in how wide they take such a text to be.
 */
export function textElement(x: number, y: number, label: string, options: TextOptions): string {
  const { size, anchor = "start", bold, rotate, fill } = options;
  const stepsBack = steps(runs(label), size, bold ?? false).some((step) => step !== 0);
  const share = { start: 0, middle: 0.5, end: 1 }[anchor];
  const from = stepsBack ? -share * labelWidth(label, size, bold) : 0;
  return element("text", {
    x: rotate ? from || null : x + from,
    y: rotate ? null : y,
    transform: rotate ? `translate(${round(x)},${round(y)}) rotate(${rotate})` : null,
    "font-size": size,
    "font-weight": bold ? "bold" : null,
    "text-anchor": anchor === "start" || stepsBack ? null : anchor,
    fill,
  }, labelMarkup(label, size, bold));
}
