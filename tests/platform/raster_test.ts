import { crc32 } from "node:zlib";
import * as Plot from "@observablehq/plot";
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Mark, Panel } from "lora-dynamics/figure/mod.ts";
import { show, theory } from "lora-dynamics/figure/mod.ts";
import { rasterize } from "lora-dynamics/platform/mod.ts";
import { decodePng } from "./_png.ts";

const options = { width: 8, fonts: [], family: "" };
const svg = (inside: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2">${inside}</svg>`;

Deno.test("rasterize() draws what the text says, on a transparent ground", () => {
  const { width, height, pixels } = decodePng(
    rasterize(svg('<rect x="1" width="1" height="2" fill="#0072b2"/>'), options),
  );
  assertEquals([width, height], [8, 4]);
  const row = [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0x72, 0xb2, 255], [0, 0x72, 0xb2, 255]];
  assertEquals(Array.from(pixels.subarray(0, 32)), [...row, ...Array(4).fill([0, 0, 0, 0])].flat());
});

Deno.test("rasterize() uses the fonts that it is given and no others", () => {
  const ink = (fonts: Uint8Array[]) => {
    const text = svg('<text x="0" y="2" font-size="2" font-family="Courier">M</text>');
    const given = { width: 40, fonts, family: "DejaVu Sans" };
    return decodePng(rasterize(text, given)).pixels.filter((value) => value > 0).length;
  };
  const root = import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf");
  assert(ink([Deno.readFileSync(new URL(root))]) > 50);
  assertEquals(ink([]), 0);
});

Deno.test("rasterize() says that a text is no SVG", () => {
  const what = "Cannot draw the picture as PNG: SVG data parsing failed cause";
  assertThrows(() => rasterize("no", options), Error, `${what} unknown token at 1:1`);
  assertThrows(
    () => rasterize("<a/>", options),
    Error,
    `${what} the document does not have a root`,
  );
});

/** The PNG of a figure as a notebook gets it, or the message of the error. */
function look(marks: Mark[], x?: Panel["x"]): string {
  const rows = [{ x: 0, y: 0.5 }, { x: 1, y: 0.6 }];
  const panel = { marks, y: { domain: [0, 1] as [number, number] }, ...(x ? { x } : {}) };
  const shown = show({ panels: panel, rows }) as unknown as Record<symbol, () => unknown>;
  try {
    return (shown[Symbol.for("Jupyter.display")]() as Record<string, string>)["image/png"];
  } catch (error) {
    return (error as Error).message;
  }
}

Deno.test("marks far outside of the frame end no picture; the next figure is as before", () => {
  const near = theory([{ x: 0, y: 0.5 }, { x: 1, y: 0.6 }], { x: "x", y: "y" });
  const expected = look([near]);
  const x = { domain: [0, 1] as [number, number] };
  const beside = [
    Plot.ruleX([50], { opacity: 0.5 }),
    Plot.text([[50, 0.5]], { text: ["a"], opacity: 0.5 }),
    Plot.rect([0], { x1: 50, x2: 51, y1: 0, y2: 1, opacity: 0.5 }),
  ];
  const results = beside.map((mark) => look([mark as Mark], x));
  for (const far of [2e6, 1e9]) {
    const rows = [{ x: 0, y: 0.5 }, { x: 1, y: far }];
    const marks = [
      theory(rows, { x: "x", y: "y" }),
      Plot.areaY(rows, { x: "x", y: "y" }),
      Plot.rectY(rows, { x: "x", y: "y", interval: 1 }),
    ];
    results.push(...marks.map((mark) => look([mark as Mark])));
  }
  for (const text of results) assert(text.startsWith("iVBOR"), text);
  assertEquals(look([near]), expected);
});

Deno.test("rasterize() gives translucent colours as they are, and chunks with their checksums", () => {
  const png = rasterize(
    svg('<rect width="4" height="2" fill="#0072b2" fill-opacity="0.5"/>'),
    { ...options, perMetre: 5669 },
  );
  // Colours are kept times the opacity while drawn: half of a step of 255/128 is lost.
  const [red, green, blue, opacity] = decodePng(png).pixels;
  assert(Math.abs(opacity - 128) <= 1 && red === 0, `${red} ${opacity}`);
  assert(Math.abs(green - 0x72) <= 1 && Math.abs(blue - 0xb2) <= 1, `${green} ${blue}`);
  const view = new DataView(png.buffer, png.byteOffset), names: string[] = [];
  for (let at = 8; at < png.length;) {
    const length = view.getUint32(at), end = at + 8 + length;
    names.push(new TextDecoder().decode(png.subarray(at + 4, at + 8)));
    assertEquals(view.getUint32(end), crc32(png.subarray(at + 4, end)));
    at = end + 4;
  }
  assertEquals(names, ["IHDR", "pHYs", "IDAT", "IEND"]);
});
