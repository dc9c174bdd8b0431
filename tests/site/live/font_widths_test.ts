import { assert, assertEquals } from "@std/assert";
import { platform } from "../../../lib/platform/mod.ts";
import { widthsOf } from "../../../lib/site/live/font_widths.ts";

/** Contents of the tables of a font. */
function tables(font: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(font.buffer, font.byteOffset);
  return new Map(Array.from({ length: view.getUint16(4) }, (_, i) => {
    const at = 12 + 16 * i, from = view.getUint32(at + 8);
    const name = String.fromCharCode(...font.subarray(at, at + 4));
    return [name, font.subarray(from, from + view.getUint32(at + 12))];
  }));
}

Deno.test("a font cut down to its widths keeps these tables whole, and no others", () => {
  for (const face of ["DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique"]) {
    const whole = platform.files.readPackage(`dejavu-fonts-ttf/ttf/${face}.ttf`);
    const cut = widthsOf(whole), kept = tables(cut);
    assert(cut.length < whole.length / 7);
    assertEquals([...kept.keys()].sort(), ["cmap", "head", "hhea", "hmtx"]);
    for (const [name, bytes] of kept) assertEquals(bytes, tables(whole).get(name));
  }
});
