import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sequential, theme } from "../../lib/figure/mod.ts";
import { dark, turned } from "../../lib/site/dark.ts";

/** Relative luminance of WCAG 2. */
function luminance(bytes: readonly number[]): number {
  const [r, g, b] = bytes.map((byte) => {
    const c = byte / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
const contrast = (a: readonly number[], b: readonly number[]) => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};
const bytes = (hex: string) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const paper = turned([255, 255, 255]);

Deno.test("on dark paper text and all colours of figures can be told from it", () => {
  assert(contrast(turned([0, 0, 0]), paper) > 10);
  for (const colour of [...theme.palette, ...sequential(7)]) {
    // WCAG 2.1 asks for 3 : 1 of what is no text.
    assert(contrast(turned(bytes(colour)), paper) > 3, colour);
  }
});

Deno.test("a scale from dark to light stays one", () => {
  const scale = sequential(12, 1).map((colour) => luminance(turned(bytes(colour))));
  assertEquals(scale, [...scale].sort((a, b) => a - b));
});

Deno.test("greys change places, colours keep their hue", () => {
  const [r, g, b] = turned([0x00, 0x72, 0xb2]);
  assert(b > g && g > r);
  const greys = [0, 60, 120, 180, 255].map((grey) => turned([grey, grey, grey])[0]);
  assertEquals(greys, [...greys].sort((a, b) => b - a));
});

Deno.test("the paper of the pages is that of the figures", () => {
  const css = Deno.readTextFileSync(
    new URL("../../lib/site/assets/styles/base.css", import.meta.url),
  );
  const hex = paper.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  assertStringIncludes(css, `--paper: light-dark(#fff, #${hex})`);
});

Deno.test("all spellings of a colour are found, texts are left", () => {
  const svg = '<g fill="#fff" stroke="#FFFFFF"><path fill="white" stroke="rgb(255, 255, 255)"/>' +
    '<text fill="none">fill="#fff" is white</text></g>';
  const hex = "#" + paper.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const made = dark(svg.replace('fill="#fff" is', "fill=#fff is"));
  assertEquals(made.split(hex).length, 5);
  assertStringIncludes(made, 'fill="none">fill=#fff is white');
});
