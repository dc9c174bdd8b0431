import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { jupyterDisplay } from "lora-dynamics/experiment/mod.ts";
import { legendOf, listed, scaleWords, sentence, spreadOf } from "../../lib/figure/drawing.ts";
import { figureOf } from "lora-dynamics/figure/mod.ts";

const place = { x: 1, y: 2 };

Deno.test("a scale is named as a power of ten where it is one and long", () => {
  assertEquals([1e-4, 0.01, 100, 1e7].map(scaleWords), ["10⁻⁴", "10⁻²", "10²", "10⁷"]);
  assertEquals([0.1, 1, 10, 500, 0.07].map(scaleWords), ["0.1", "1", "10", "500", "0.07"]);
});

Deno.test("lists and sentences in words", () => {
  assertEquals([[], [1], [1, 2], ["a", "b", "c"]].map((parts) => listed(parts)), [
    ...["", "1", "1 and 2", "a, b and c"],
  ]);
  assertEquals(sentence("all of it"), "All of it");
});

Deno.test("a spread is one standard deviation around the mean, of logarithms if asked for", () => {
  // The logarithms of 1, 10 and 100 have mean log 10 and deviation log 10.
  const [{ x, y, low, high }] = spreadOf(7, [0, 1, 10, 100, -3]);
  assertEquals(x, 7);
  [y, low, high].forEach((value, i) => assertAlmostEquals(value, [10, 1, 100][i], 1e-12));
  assertEquals(spreadOf(2, [1, 2, 3], false), [{ x: 2, y: 2, low: 1, high: 3 }]);
  assertEquals(spreadOf(2, [-1]), []);
});

Deno.test("a legend has an entry for each series, guides of one name a single one", () => {
  const guide = [place], line = [place], marks = [place], thin = [place];
  const entries = legendOf([
    { name: "both", line, marks },
    { name: "slope −1", guide },
    { name: "marks", marks },
    { name: "slope −1", guide },
    { name: "slope −1", line, guide },
    { name: "thin", thin, look: 0 },
  ]);
  assertEquals(entries.map(({ label }) => label), [
    ...["both", "slope −1", "marks", "slope −1", "thin"],
  ]);
  const has = entries.map(({ dash, symbol }) => [dash !== undefined, symbol !== undefined]);
  assertEquals(has, [[true, true], [true, false], [false, true], [true, false], [true, false]]);
  assertEquals(entries[1].dash, "1 2.4");
  assertEquals([entries[4].stroke, entries[4].dash], [entries[0].stroke, ""]);
});

Deno.test("the rows of a figure are named by panel and kind", () => {
  const spread = { ...place, low: 1, high: 3 },
    series = [{ name: "a", line: [place], bars: [spread] }];
  const drawing = { title: "", x: { label: "x" }, y: { label: "y" }, series };
  const one = figureOf([drawing], { caption: "c" }),
    two = figureOf([drawing, drawing], { caption: "c" });
  assertEquals([one.size, Object.keys(one.rows)], ["column", ["theory", "error bars"]]);
  assertEquals(Object.values(one.rows)[0], [{ series: "a", ...place }]);
  assertEquals([two.size, Object.keys(two.rows)], [
    ...["page", ["a, theory", "a, error bars", "b, theory", "b, error bars"]],
  ]);
  const wrong = { ...drawing, series: [{ name: "a", lines: [place] }] };
  assertThrows(() => figureOf([wrong], { caption: "c" }), TypeError, "a series of drawings[0]");
});

Deno.test("what figureOf() makes shows itself, and nothing is counted or copied of that", () => {
  const series = [{ name: "a", line: [place, { x: 2, y: 3 }] }];
  const figure = figureOf([{ title: "", x: {}, y: {}, series }], { caption: "" });
  const shown = (figure as unknown as { [jupyterDisplay](): object })[jupyterDisplay]();
  assertEquals(Object.keys(shown), ["image/svg+xml", "image/png", "text/plain"]);
  assertEquals(jupyterDisplay in { ...figure }, false);
});
