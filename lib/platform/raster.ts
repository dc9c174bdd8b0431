import { checkKeys } from "../check.ts";
import { encodePng } from "./_encode_png.ts";
import { Resvg } from "./_resvg.ts";
import { platform } from "./platform.ts";

/** What `rasterize` needs beside the drawing. */
export interface RasterOptions {
  /** Width of the picture in pixels. */
  readonly width: number;
  /** Pixels per metre, as the file states them; by default it states none. */
  readonly perMetre?: number;
  /** Contents of the font files; no other fonts are used. */
  readonly fonts: readonly Uint8Array[];
  /** Name of the family that stands in for every other one. */
  readonly family: string;
}

let engine: Resvg | undefined;

/**
 * A PNG of an SVG drawing by resvg, on a transparent ground.
 *
 * @throws {Error} If the text is no SVG, or the engine fails on it, as it does on some coordinates
 * that are far outside; the next picture is not affected.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { rasterize } from "lora-dynamics/platform/mod.ts";
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><rect width="2" height="1"/></svg>';
 * const png = rasterize(svg, { width: 20, fonts: [], family: "" });
 * assertEquals(new DataView(png.buffer).getUint32(20), 10); // its height
 * ```
 */
export function rasterize(
  svg: string,
  options: RasterOptions,
): Uint8Array<ArrayBuffer> {
  checkKeys("draw a picture as PNG", options, ["width", "perMetre", "fonts", "family"]);
  const { width, perMetre, fonts, family } = options;
  const settings = {
    fitTo: { mode: "width", value: width },
    font: { loadSystemFonts: false, defaultFontFamily: family, sansSerifFamily: family },
  };
  try {
    engine ??= new Resvg();
    const pixels = engine.pixels(svg, JSON.stringify(settings), fonts);
    return encodePng(pixels, platform.deflate, perMetre);
  } catch (error) {
    engine = undefined; // a panic leaves it half-way
    const reason = error instanceof WebAssembly.RuntimeError
      ? `its engine stopped (${error.message}); marks far outside of the frame are a usual reason`
      : (error as Error).message;
    throw new Error(`Cannot draw the picture as PNG: ${reason}`, { cause: error });
  }
}
