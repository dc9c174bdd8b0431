import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { jupyterDisplay } from "lora-dynamics/experiment/mod.ts";
import { show, slider, svg } from "lora-dynamics/figure/mod.ts";
import { lossFigure, pageFigure } from "./_fixtures.ts";

const frames = [{ label: "10²", figure: lossFigure() }, { label: "10³", figure: pageFigure() }];

Deno.test("a slider carries every picture and shows the one at its start", () => {
  const bundle = slider(frames, { name: "dimension", start: 1 })[jupyterDisplay]();
  assertEquals(Object.keys(bundle), ["text/html", "image/png", "text/plain"]);
  const images = [
    ...bundle["text/html"].matchAll(/<img([^>]*) data-label="([^"]*)"[^>]*base64,([^"]*)">/g),
  ];
  assertEquals(images.map(([, , label]) => label), ["10²", "10³"]);
  assertEquals(images.map(([, hidden]) => hidden), [' style="display:none"', ""]);
  images.forEach(([, , , data], i) => {
    const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
    assertEquals(
      new TextDecoder().decode(bytes),
      svg(frames[i].figure, { size: i ? "page" : "column" }),
    );
  });
  assertStringIncludes(bundle["text/html"], "<output>10³</output>");
  assertEquals(bundle["image/png"], show(pageFigure())[jupyterDisplay]()["image/png"]);
  assertStringIncludes(bundle["text/plain"], "dimension = 10², 10³; at 10³: Figure (3 panels");
});

Deno.test("a slider escapes what it is told", () => {
  const evil = `"><script>alert(1)</script>`;
  const shown = slider([{ label: evil, figure: lossFigure() }], { name: evil });
  const html = shown[jupyterDisplay]()["text/html"];
  const tags = [...html.matchAll(/<(\w+)/g)].map(([, tag]) => tag);
  assertEquals(tags, ["div", "input", "output", "br", "img"]);
});

Deno.test("a slider refuses no frames and a start outside of them", () => {
  assertThrows(() => slider([], { name: "d" }), RangeError, "frames must not be empty");
  for (const start of [-1, 2, 0.5, NaN]) {
    assertThrows(
      () => slider(frames, { name: "d", start }),
      RangeError,
      "start must be an integer",
    );
  }
});
