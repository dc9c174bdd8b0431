/**
 * SVG to PNG with the pinned fonts only.
 *
 * @module
 */
import { rasterize } from "../platform/mod.ts";
import { withFewClips } from "./few_clips.ts";
import { fontBytes } from "./fonts.ts";

/** Pixels per inch of saved files. */
export const printResolution = 300;

/**
 * A PNG of `inches` width at `dpi` pixels per inch, which it states in its header.
 *
 * @throws {Error} If the engine fails on the drawing.
 */
export function png(svg: string, inches: number, dpi: number): Uint8Array<ArrayBuffer> {
  const fonts = [fontBytes("regular"), fontBytes("bold"), fontBytes("italic")];
  const width = Math.round(inches * dpi);
  const image = rasterize(withFewClips(svg), { width, fonts, family: "DejaVu Sans" });
  return withResolution(image, dpi);
}

/** Inserts the chunk `pHYs` (pixels per metre) after the header, so that TeX knows the size. */
function withResolution(image: Uint8Array, dpi: number): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(21);
  const view = new DataView(chunk.buffer);
  const perMetre = Math.round(dpi / 0.0254);
  view.setUint32(0, 9);
  chunk.set(new TextEncoder().encode("pHYs"), 4);
  view.setUint32(8, perMetre);
  view.setUint32(12, perMetre);
  chunk[16] = 1;
  view.setUint32(17, crc32(chunk.subarray(4, 17)));
  const header = 8 + 25;
  const out = new Uint8Array(image.length + chunk.length);
  out.set(image.subarray(0, header));
  out.set(chunk, header);
  out.set(image.subarray(header), header + chunk.length);
  return out;
}

/** Checksum of a chunk: CRC-32 with the reflected polynomial 0xEDB88320. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
