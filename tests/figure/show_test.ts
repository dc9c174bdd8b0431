import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type Displayable,
  experiment,
  jupyterDisplay,
  param,
} from "lora-dynamics/experiment/mod.ts";
import { overlayFigure, show, svg } from "lora-dynamics/figure/mod.ts";
import { decodePng } from "../platform/_png.ts";
import { lossFigure, pageFigure } from "./_fixtures.ts";

Deno.test("show() hands the notebook SVG, PNG and words", () => {
  const bundle = show(lossFigure())[jupyterDisplay]();
  assertEquals(Object.keys(bundle), ["image/svg+xml", "image/png", "text/plain"]);
  assertEquals(bundle["image/svg+xml"], svg(lossFigure()));
  const png = Uint8Array.from(atob(bundle["image/png"]), (c) => c.charCodeAt(0));
  const view = new DataView(png.buffer);
  assertEquals(view.getUint32(0), 0x89504e47);
  assertEquals(view.getUint32(16), 468); // 3.25 inches at 144 pixels
  assertEquals(bundle["text/plain"], "Figure (1 panel, column): Loss against steps.");
});

Deno.test("show() says what a figure is when it is given something else", () => {
  for (const other of [undefined, [{ x: 1 }], { rows: [], figure: lossFigure }]) {
    assertThrows(() => show(other as never), TypeError, "{ panels, … }, such as run.figure()");
  }
});

Deno.test("show() takes another size", () => {
  const bundle = show(pageFigure(), { size: "column" })[jupyterDisplay]();
  assertStringIncludes(bundle["image/svg+xml"], 'width="3.25in"');
  assertEquals(bundle["text/plain"], "Figure (3 panels, column): curves; risk");
});

Deno.test("the PNG shows the figure: white paper, black frame, colours of the palette", () => {
  const png = show(lossFigure())[jupyterDisplay]()["image/png"];
  const { pixels } = decodePng(Uint8Array.from(atob(png), (c) => c.charCodeAt(0)));
  let [white, blue] = [0, 0];
  for (let i = 0; i < pixels.length; i += 4) {
    if (pixels[i] === 255 && pixels[i + 1] === 255 && pixels[i + 2] === 255) white++;
    if (pixels[i] === 0 && pixels[i + 1] === 0x72 && pixels[i + 2] === 0xb2) blue++;
  }
  assert(white > 0.6 * pixels.length / 4);
  assert(blue > 50);
});

Deno.test("the figure of an experiment, or of an overlay, shows itself as show() does", async () => {
  const lines = [{ series: "s", x: 0, y: 0 }, { series: "s", x: 1, y: 1 }];
  const panel = { title: "", x: { label: "x" }, y: { label: "y" }, lines };
  const drawn = () => overlayFigure([panel], { caption: "A line" });
  const tries = experiment({
    ...{ name: "tries", about: "nothing", parameters: { k: param.number(1, "a number") } },
    ...{ run: () => lines, figure: drawn },
  });
  for (const figure of [drawn(), (await tries({ k: 2 })).figure()]) {
    const own = (figure as unknown as Displayable)[jupyterDisplay]();
    assertEquals(own, show(figure)[jupyterDisplay]());
    assertEquals(Object.keys(figure).includes("panels"), true);
    assertEquals(Object.getOwnPropertySymbols({ ...figure }), []);
  }
});
