/**
 * The pinned fonts: their files and how wide a text set in them is.
 *
 * @module
 */
import { platform } from "../platform/mod.ts";

/** The faces of DejaVu Sans that figures use. */
export type Face = "regular" | "bold" | "italic";

const files: Record<Face, string> = {
  regular: "DejaVuSans.ttf",
  bold: "DejaVuSans-Bold.ttf",
  italic: "DejaVuSans-Oblique.ttf",
};

const specifier = (face: Face) => `dejavu-fonts-ttf/ttf/${files[face]}`;

const contents = new Map<Face, Uint8Array<ArrayBuffer>>();

/** The font file of a face, a TrueType font. */
export function fontBytes(face: Face): Uint8Array<ArrayBuffer> {
  let found = contents.get(face);
  if (!found) {
    found = platform.files.readPackage(specifier(face));
    contents.set(face, found);
  }
  return found;
}

/** What is needed of a font to measure text. */
interface Metrics {
  unitsPerEm: number;
  advance(codePoint: number): number | undefined;
}

const loaded = new Map<Face, Metrics>();

function metrics(face: Face): Metrics {
  let found = loaded.get(face);
  if (!found) {
    found = readMetrics(platform.files.readFontWidths(specifier(face)));
    loaded.set(face, found);
  }
  return found;
}

/** Reads the tables `head`, `hhea`, `hmtx` and `cmap` (format 12, which DejaVu has) of a TrueType font. */
function readMetrics(bytes: Uint8Array): Metrics {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = new Map(Array.from({ length: view.getUint16(4) }, (_, i) => {
    const entry = 12 + 16 * i;
    const tag = String.fromCharCode(...bytes.subarray(entry, entry + 4));
    return [tag, view.getUint32(entry + 8)];
  }));
  const table = (tag: string): number => tables.get(tag)!;
  const longMetrics = view.getUint16(table("hhea") + 34);
  const hmtx = table("hmtx");
  const glyph = readCmap(view, table("cmap"));
  return {
    unitsPerEm: view.getUint16(table("head") + 18),
    advance(codePoint) {
      const index = glyph(codePoint);
      if (index === 0) return undefined;
      return view.getUint16(hmtx + 4 * Math.min(index, longMetrics - 1));
    },
  };
}

/** The map from code point to glyph number; 0 for a character that the font lacks. */
function readCmap(view: DataView, cmap: number): (codePoint: number) => number {
  const subtables = Array.from({ length: view.getUint16(cmap + 2) }, (_, i) => {
    return cmap + view.getUint32(cmap + 8 + 8 * i);
  });
  const groups = subtables.find((at) => view.getUint16(at) === 12)!;
  const count = view.getUint32(groups + 12);
  return (codePoint) => {
    for (let i = 0; i < count; i++) {
      const group = groups + 16 + 12 * i;
      const start = view.getUint32(group);
      if (codePoint >= start && codePoint <= view.getUint32(group + 4)) {
        return view.getUint32(group + 8) + codePoint - start;
      }
    }
    return 0;
  };
}

const widths: Record<Face, Map<number, number>> = {
  regular: new Map(),
  bold: new Map(),
  italic: new Map(),
};
const missing = new Set<number>();

/** Advance of one character in em. */
function advance(codePoint: number, face: Face): number {
  let width = widths[face].get(codePoint);
  if (width === undefined) {
    const font = metrics(face);
    const units = font.advance(codePoint);
    if (units === undefined && !missing.has(codePoint) && codePoint > 31) {
      missing.add(codePoint);
      const code = codePoint.toString(16).toUpperCase().padStart(4, "0");
      console.warn(
        `DejaVu Sans has no glyph for U+${code} (${String.fromCodePoint(codePoint)}): ` +
          `figures show an empty box in its place`,
      );
    }
    width = (units ?? 0.6 * font.unitsPerEm) / font.unitsPerEm;
    widths[face].set(codePoint, width);
  }
  return width;
}

/** Width in points of a text of height `size`, without kerning. */
export function textWidth(text: string, size: number, face: Face = "regular"): number {
  let width = 0;
  for (const character of text) width += advance(character.codePointAt(0)!, face);
  return width * size;
}
