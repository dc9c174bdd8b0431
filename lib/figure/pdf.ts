/**
 * SVG to PDF: vectors stay vectors, text stays text, fonts are embedded as subsets.
 *
 * @module
 */
import { create } from "fontkit";
import PDFDocument from "pdfkit";
import toPdf from "svg-to-pdfkit";
import { type Face, fontBytes } from "./fonts.ts";

/** What is used of pdfkit, which ships no types. */
interface PdfDocument {
  registerFont(name: string, font: object): void;
  on(event: "data", listener: (chunk: Uint8Array) => void): void;
  on(event: "end", listener: () => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  struct(type: string, options: { alt?: string }, children?: unknown): StructureElement;
  addStructure(element: StructureElement): void;
  markStructureContent(tag: string): unknown;
  link(x: number, y: number, width: number, height: number, url: string, options: object): void;
  endMarkedContent(): void;
  end(): void;
}

/** A part of the document as programs see it that read aloud. */
interface StructureElement {
  end(): void;
}

/** What the file says of itself. */
export interface PdfWords {
  /** Title. */
  readonly title: string;
  /** What is read aloud in place of the drawing. */
  readonly alt?: string;
  /** Where it comes from: commit and command. */
  readonly source?: string;
  /** Address of the cell that made it. */
  readonly link?: string;
}

/** The fonts as pdfkit takes them: to read their tables takes longer than to write most figures. */
const fonts = new Map<Face, object>();

/** A font without the glyphs of earlier documents, which remember the characters they stood for. */
function font(face: Face): object {
  const read: object = fonts.get(face) ?? create(fontBytes(face));
  fonts.set(face, read);
  return Object.assign(Object.create(read), { _glyphs: {} });
}

/** The date in every file: the same figure gives the same bytes on every day. */
const date = new Date(Date.UTC(2000, 0, 1));

/**
 * The same drawing with its rectangular clips as nested viewports: these become plain clipping in
 * PDF, whereas `clip-path` becomes a soft mask, which printers turn into pixels.
 */
function clipByViewport(svg: string): string {
  const viewports = new Map<string, string>();
  for (const [, id, rect] of svg.matchAll(/<clipPath id="([^"]*)"><rect ([^>]*)\/><\/clipPath>/g)) {
    const [x, y, width, height] = ["x", "y", "width", "height"]
      .map((name) => new RegExp(`\\b${name}="([^"]*)"`).exec(rect)?.[1] ?? "0");
    const box = `x="${x}" y="${y}" width="${width}" height="${height}"`;
    viewports.set(id, `<svg ${box} viewBox="${x} ${y} ${width} ${height}" overflow="hidden">`);
  }
  const ends: string[] = [];
  return svg.replace(/<g\b([^>]*?)(\/?)>|<\/g>/g, (tag, attributes: string, empty: string) => {
    if (tag === "</g>") return `</g>${ends.pop()}`;
    if (empty) return tag;
    const id = / clip-path="url\(#([^)]*)\)"/.exec(attributes);
    const viewport = id && viewports.get(id[1]);
    ends.push(viewport ? "</svg>" : "");
    return viewport ? `${viewport}<g${attributes.replace(id[0], "")}>` : tag;
  });
}

/**
 * A PDF page of the size of the drawing (in points): version 1.7, tagged as one figure with its
 * alternative text, and as a link to the cell that made it, where that is known.
 */
export function pdf(
  svg: string,
  width: number,
  height: number,
  { title, alt, source, link }: PdfWords,
): Promise<Uint8Array<ArrayBuffer>> {
  const name = "lora-dynamics";
  const document: PdfDocument = new PDFDocument({
    size: [width, height],
    margin: 0,
    font: null, // the standard ones are not embedded, and the browser's build has none
    ...{ pdfVersion: "1.7", tagged: true, lang: "en", displayTitle: true },
    info: {
      ...{ Title: title, Author: name, Producer: name, Creator: name, CreationDate: date },
      ...(alt ? { Subject: alt } : {}),
      ...(source || link ? { Keywords: [source, link].filter(Boolean).join("; ") } : {}),
    },
  });
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    document.on("data", (chunk) => chunks.push(chunk));
    document.on("end", () => resolve(concat(chunks)));
    document.on("error", reject);
    for (const face of ["regular", "bold", "italic"] as const) {
      document.registerFont(face, font(face));
    }
    const warnings: string[] = [];
    const sized = svg.replace(
      /width="[\d.]+in" height="[\d.]+in"/,
      `width="${width}pt" height="${height}pt"`,
    );
    const drawing = document.markStructureContent("Figure");
    document.addStructure(document.struct("Figure", { alt: alt ?? title }, [drawing]));
    toPdf(document, clipByViewport(sized), 0, 0, {
      width,
      height,
      fontCallback: (_family: string, bold: boolean, italic: boolean) =>
        bold ? "bold" : italic ? "italic" : "regular",
      warningCallback: (warning: string) => warnings.push(warning),
    });
    document.endMarkedContent();
    if (link) addLink(document, link, width, height);
    if (warnings.length > 0) {
      reject(new TypeError(`Cannot write ${title} as PDF: ${warnings.join("; ")}`));
    }
    document.end();
  });
}

/** Makes the whole page lead to an address, without a frame: nothing of it is seen or printed. */
function addLink(document: PdfDocument, link: string, width: number, height: number): void {
  const structParent = document.struct("Link", {});
  document.addStructure(structParent);
  const Contents = new String("The notebook cell that made this figure");
  document.link(0, 0, width, height, link, { structParent, Contents });
  structParent.end();
}

function concat(chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
