/**
 * The files that show a figure.
 *
 * @module
 */
import { platform } from "../platform/mod.ts";
import type { PdfWords } from "./pdf.ts";
import { printResolution, screenPng } from "./png.ts";
import { pngAside } from "./png_aside.ts";
import { inchesOf, svg } from "./svg.ts";
import { templateOf } from "./template.ts";
import { texFigure } from "./tex_labels.ts";
import type { FigureSize } from "./theme.ts";
import type { Figure } from "./types.ts";

/**
 * The files that show a figure at one size: SVG, PDF and PNG, and with `tex` the drawing without labels and
 * the LaTeX that sets them.
 */
export async function drawing(
  name: string,
  figure: Figure,
  size: FigureSize,
  words: PdfWords,
  tex: boolean,
): Promise<[string, string | Uint8Array][]> {
  // The PDF packages are slow to load and of no use to those who only look.
  const { pdf } = await import("./pdf.ts");
  const text = svg(figure, { size });
  const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(text)!.map(Number);
  const pixels = pngAside(text, inchesOf(figure, size), printResolution);
  pixels.catch(() => {}); // heard of below, unless the PDF fails before
  const page = await pdf(text, width, height, words);
  // While the worker draws for print: the cell shows the figure next.
  if (platform.notebook.broadcast && platform.notebook.distrustsSvg) {
    screenPng(text, inchesOf(figure, size));
  }
  const labelled = tex ? await texFiles(name, figure, size, words) : [];
  const picture = await pixels;
  return [
    [`${name}.svg`, text + "\n"],
    [`${name}.pdf`, page],
    [`${name}.png`, picture],
    ...labelled,
  ];
}

/** TeX's letters want more room than ours: exponents are wider, and fonts of captions larger. */
const ROOM = 1.2;

/** The drawing without labels and the LaTeX that sets them. */
async function texFiles(
  name: string,
  figure: Figure,
  size: FigureSize,
  words: PdfWords,
): Promise<[string, string | Uint8Array][]> {
  const { pdf } = await import("./pdf.ts");
  const template = templateOf(figure), fontSize = ROOM * template.fontSize;
  const { bare, tex } = texFigure(
    svg({ ...figure, template: { ...template, fontSize } }, { size }),
    `${name}-bare.pdf`,
  );
  const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(bare)!.map(Number);
  return [[`${name}-bare.pdf`, await pdf(bare, width, height, words)], [`${name}.tex`, tex]];
}
