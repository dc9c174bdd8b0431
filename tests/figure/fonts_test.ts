import { assertAlmostEquals, assertEquals } from "@std/assert";
import { textWidth } from "../../lib/figure/fonts.ts";

Deno.test("advances are those that fontkit 2.0.4 reads of DejaVu 2.37, on and off the first plane", () => {
  const characters = [" ", "i", "0", "W", "τ", "−", "⁻", "₁", "𝔸", "ﬁ", "𝟘", "\ufffd", "☃"];
  for (
    const [face, ...units] of [
      ["regular", 651, 569, 1303, 2025, 1233, 1716, 1081, 821, 1517, 1290, 1303, 2100, 1836],
      ["bold", 713, 702, 1425, 2259, 1307, 1716, 1081, 897, 1557, 1518, 1425, 2280, 1836],
      ["italic", 651, 569, 1303, 2025, 1233, 1716, 1081, 821, 1517, 1323, 1303, 2100, 1836],
    ] as ["regular" | "bold" | "italic", ...number[]][]
  ) {
    const found = characters.map((character) => textWidth(character, 2048, face));
    assertEquals(found, units, face);
    // An em is 2048 units, and a text is as wide as its characters.
    assertAlmostEquals(
      textWidth(characters.join(""), 9, face),
      units.reduce((a, b) => a + b) * 9 / 2048,
      1e-12,
    );
  }
});

Deno.test("a character without a glyph is told of once and is 0.6 em wide, a control character in silence", () => {
  const warn = console.warn, told: string[] = [];
  console.warn = (text: string) => told.push(text);
  try {
    for (const face of ["regular", "regular", "bold"] as const) {
      assertAlmostEquals(textWidth("\u{4e2d}", 10, face), 6);
    }
    textWidth("\u0007\u001f", 10);
    assertEquals(told, [
      "DejaVu Sans has no glyph for U+4E2D (中): figures show an empty box in its place",
    ]);
  } finally {
    console.warn = warn;
  }
});
