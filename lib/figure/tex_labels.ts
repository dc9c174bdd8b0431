/**
 * Labels that LaTeX sets: the drawing without its text, and a `picture` that puts each label where it was.
 *
 * @module
 */
import { parseHTML } from "linkedom";
import { latexRuns } from "./latex.ts";
import type { Run } from "./markup.ts";
import type { DomNode } from "./serialize.ts";

/** What the groups around a text say of it. */
interface Surroundings {
  readonly x: number;
  readonly y: number;
  readonly anchor: string;
  readonly fill: string;
  readonly size: number;
  readonly bold: boolean;
}

/** A line of text with its place in points from the top left corner. */
interface Label extends Surroundings {
  readonly turn: number;
  readonly parts: Run[];
}

function attribute(node: DomNode, key: string): string | undefined {
  return node.getAttribute?.(key) ?? undefined;
}

function number(node: DomNode, key: string): number {
  return Number(attribute(node, key) ?? 0);
}

/** What holds inside of a group or text, given what holds around it. */
function inside(node: DomNode, around: Surroundings): Surroundings {
  const moved = /translate\(([^,]+),([^)]+)\)/.exec(attribute(node, "transform") ?? "");
  const weight = attribute(node, "font-weight");
  return {
    x: around.x + Number(moved?.[1] ?? 0),
    y: around.y + Number(moved?.[2] ?? 0),
    anchor: attribute(node, "text-anchor") ?? around.anchor,
    fill: attribute(node, "fill") ?? around.fill,
    size: Number(attribute(node, "font-size") ?? around.size),
    bold: weight === undefined ? around.bold : weight === "bold",
  };
}

const isTspan = (node: DomNode): boolean => node.nodeName.toLowerCase() === "tspan";

/** Stretches of a line, as `labelMarkup` has written them. */
function partsOf(line: DomNode): Run[] {
  let level = 0;
  return [...line.childNodes].map((node) => {
    const text = node.textContent ?? "";
    if (!isTspan(node)) return { text, kind: "" };
    level += number(node, "dy");
    if (attribute(node, "font-style") === "italic") return { text, kind: "/" };
    if (attribute(node, "font-size") === undefined) return { text, kind: "" };
    return { text, kind: level > 0 ? "_" : "^" };
  });
}

/** Labels of a drawing. */
function labelsOf(node: DomNode, around: Surroundings): Label[] {
  const name = node.nodeName.toLowerCase();
  if (name === "defs" || name === "clippath") return [];
  const here = inside(node, around);
  if (name !== "text") return [...node.childNodes].flatMap((child) => labelsOf(child, here));
  const turn = -Number(/rotate\(([^)]+)\)/.exec(attribute(node, "transform") ?? "")?.[1] ?? 0);
  const lines = [...node.childNodes].filter((child) => isTspan(child) && attribute(child, "y"));
  return (lines.length > 0 ? lines : [node]).map((line) => ({
    ...here,
    x: here.x + number(line, "x"),
    y: here.y + number(line, "y"),
    turn,
    parts: partsOf(line),
  })).filter(({ parts }) => parts.some(({ text }) => text.trim() !== ""));
}

const SIDES: Readonly<Record<string, string>> = { start: "l", middle: "c", end: "r" };

/** A length in points as TeX reads it. */
const points = (value: number): string => String(Number(value.toFixed(2)));

/** A colour in the notation of the package color. */
function colored(fill: string, text: string): string {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(fill)?.[1];
  if (digits === undefined || /^0+$/.test(digits)) return text;
  const step = digits.length / 3, most = 16 ** step - 1;
  const parts = [0, 1, 2].map((i) => parseInt(digits.slice(i * step, (i + 1) * step), 16) / most);
  return `\\textcolor[rgb]{${parts.map(points).join(",")}}{${text}}`;
}

/** The drawing without text, and the LaTeX that sets it over the PDF of that name. */
export interface TexFigure {
  /** SVG without labels. */
  readonly bare: string;
  /** LaTeX, for `\input`. */
  readonly tex: string;
}

/**
 * Takes the labels of a drawing apart from it.
 *
 * Baselines, sides and turns are those of the drawing; height and font are the document's: `\figurelabels`
 * (`\footnotesize`) for labels, `\figurenotes` (`\scriptsize`) for what is smaller, as in insets.
 *
 * @param svg A figure, as `svg` draws it.
 * @param file Name of the PDF without labels.
 */
export function texFigure(svg: string, file: string): TexFigure {
  const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(svg)!.map(Number);
  const { document } = parseHTML(svg) as unknown as { document: { firstElementChild: DomNode } };
  const size = Number(/ font-size="([\d.]+)"/.exec(svg)![1]);
  const around = { x: 0, y: 0, anchor: "start", fill: "#000", size, bold: false };
  const puts = labelsOf(document.firstElementChild, around).map((label) => {
    const words = latexRuns(label.parts), font = label.size < 0.95 * size ? "notes" : "labels";
    const text = `\\figure${font} ${label.bold ? `\\textbf{${words}}` : words}`;
    const box = `\\smash{\\makebox[0pt][${SIDES[label.anchor]}]{${colored(label.fill, text)}}}`;
    const turned = label.turn === 0 ? box : `\\rotatebox{${points(label.turn)}}{${box}}`;
    return `  \\put(${points(label.x)},${points(height - label.y)}){${turned}}`;
  });
  const colors = puts.some((line) => line.includes("\\textcolor"));
  const tex = [
    `% Needs the packages amsmath, graphicx${colors ? ", color" : ""}; ${file} in \\graphicspath.`,
    "\\providecommand{\\figurelabels}{\\footnotesize}%",
    "\\providecommand{\\figurenotes}{\\scriptsize}%",
    "\\begingroup\\setlength{\\unitlength}{1bp}%",
    `\\begin{picture}(${points(width)},${points(height)})`,
    `  \\put(0,0){\\includegraphics{${file}}}`,
    ...puts,
    "\\end{picture}%",
    "\\endgroup",
  ];
  return {
    bare: svg.replaceAll(/<text\b[^>]*?(?:\/>|>.*?<\/text>)/gs, ""),
    tex: `${tex.join("\n")}\n`,
  };
}
