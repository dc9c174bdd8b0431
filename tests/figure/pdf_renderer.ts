/**
 * PDF pages as pixels by PDFium, which shares nothing with what draws our PNG, and how far two pictures are
 * apart.
 */
import { PDFiumLibrary, type PDFiumLibrary as Library } from "@hyzyla/pdfium";
import { decodePng, type Pixels } from "../platform/_png.ts";

let library: Promise<Library> | undefined;

/** The first page of a PDF at `scale` pixels per point. */
export async function renderPdf(file: Uint8Array, scale: number): Promise<Pixels> {
  library ??= PDFiumLibrary.init();
  const document = await (await library).loadDocument(file);
  try {
    const { width, height, data } = await document.getPage(0).render({ scale, render: "bitmap" });
    return { width, height, pixels: data };
  } finally {
    document.destroy();
  }
}

/** Side of the squares over which colours are averaged: edges are drawn a little differently. */
const SQUARE = 4;
/** Difference of a mean colour that is seen, as a share of the whole range. */
const SEEN = 0.2;

/** Share of the area in which a PNG, on white, and a rendered page differ visibly. */
export function difference(png: Uint8Array, page: Pixels): number {
  const own = decodePng(png);
  if (own.width !== page.width || Math.abs(own.height - page.height) > 1) return 1;
  const columns = Math.floor(own.width / SQUARE);
  const rows = Math.floor(Math.min(own.height, page.height) / SQUARE);
  const mean = ({ width, pixels }: Pixels, column: number, row: number, channel: number) => {
    let sum = 0;
    for (let y = row * SQUARE; y < (row + 1) * SQUARE; y++) {
      for (let x = column * SQUARE; x < (column + 1) * SQUARE; x++) {
        const at = 4 * (y * width + x), opacity = pixels[at + 3] / 255;
        sum += 255 + opacity * (pixels[at + channel] - 255);
      }
    }
    return sum / (255 * SQUARE ** 2);
  };
  let differ = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const apart = [0, 1, 2].map((k) =>
        Math.abs(mean(own, column, row, k) - mean(page, column, row, k))
      );
      if (Math.max(...apart) > SEEN) differ++;
    }
  }
  return differ / (rows * columns);
}
