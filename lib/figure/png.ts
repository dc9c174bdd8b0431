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

/** Pixels per inch on screen: sharp enough, yet of about the size in which it is to be read. */
const screenResolution = 144;

let latest:
  | { readonly svg: string; readonly inches: number; readonly bytes: Uint8Array }
  | undefined;

/** A PNG for the screen; the latest is remembered, as `save` draws what `show` asks for next. */
export function screenPng(svg: string, inches: number): Uint8Array {
  if (latest?.svg !== svg || latest.inches !== inches) {
    latest = { svg, inches, bytes: png(svg, inches, screenResolution) };
  }
  return latest.bytes;
}

/**
 * A PNG of `inches` width at `dpi` pixels per inch, which it states in its header.
 *
 * @throws {Error} If the engine fails on the drawing.
 */
export function png(svg: string, inches: number, dpi: number): Uint8Array<ArrayBuffer> {
  const fonts = [fontBytes("regular"), fontBytes("bold"), fontBytes("italic")];
  const width = Math.round(inches * dpi);
  const perMetre = Math.round(dpi / 0.0254);
  return rasterize(withFewClips(svg), { width, perMetre, fonts, family: "DejaVu Sans" });
}
