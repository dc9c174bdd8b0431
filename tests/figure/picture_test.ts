import { assert, assertEquals, assertGreater, assertLessOrEqual, assertThrows } from "@std/assert";
import { svg, theme } from "lora-dynamics/figure/mod.ts";
import { lossFigure, pageFigure } from "./_fixtures.ts";
import { compare } from "./golden_pictures.ts";
import { decode, differing, encode, MOST, pictureOf, pictureOfSvg } from "./picture.ts";

const figure = lossFigure(), drawing = svg(figure), plain = pictureOfSvg(drawing, "column");

/** The drawing with one text moved to the right. */
function moved(text: string, points: number): string {
  const found = new RegExp(`<text x="([^"]*)"([^>]*>)${text}</text>`);
  assert(found.test(drawing), text);
  return drawing.replace(
    found,
    (_, x, rest) => `<text x="${Number(x) + points}"${rest}${text}</text>`,
  );
}

Deno.test("a label that has moved by 3 points is seen, be it a tick label of one digit", () => {
  for (const text of ["steps", "0.5", "0.9"]) {
    const other = pictureOfSvg(moved(text, 3), "column");
    assertGreater(differing(plain, other), MOST, text);
  }
});

Deno.test("a curve of another colour is seen, and lines of another width", () => {
  for (const [before, after] of [[theme.palette[2], theme.palette[1]], ["1.2", "0.6"]]) {
    const changed = drawing.replaceAll(`"${before}"`, `"${after}"`);
    assert(changed !== drawing, before);
    assertGreater(differing(plain, pictureOfSvg(changed, "column")), MOST, before);
  }
});

Deno.test("what only changes the smoothing of edges is not seen: an eighth of a pixel", () => {
  const eighth = 72 / 60 / 8;
  const shifted = drawing.replace(/<g /, `<g transform="translate(${eighth},${eighth})" `);
  const other = pictureOfSvg(shifted, "column");
  assert(other.data.some((value, i) => Math.abs(value - plain.data[i]) > 10));
  assertLessOrEqual(differing(plain, other), MOST);
});

Deno.test("a picture that was written is read as the same, and is small", () => {
  for (const picture of [plain, pictureOf(pageFigure())]) {
    const file = encode(picture), back = decode(file);
    assertEquals([back.width, back.height], [picture.width, picture.height]);
    assertEquals(differing(back, picture), 0);
    assertEquals(decode(encode(back)).data, back.data);
    assertLessOrEqual(file.length, 20_000);
  }
  assertGreater(differing(plain, { ...plain, height: plain.height - 1 }), MOST);
});

Deno.test("a picture that differs is kept beside the others, and the message says where", () => {
  const error = assertThrows(
    () => compare("no-paper", "F0", plain),
    Error,
    "has no golden picture",
  );
  const [, path] = /the new picture is (\S+?)\. /.exec(error.message)!;
  assertEquals(decode(Deno.readFileSync(path)).width, plain.width);
  assert(error.message.includes("RENEW_PICTURES=1"));
  Deno.removeSync(path);
});
