import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertStringIncludes,
} from "@std/assert";
import { svg, theory } from "lora-dynamics/figure/mod.ts";
import { drawLegend, flowLegend, stackLegend } from "../../lib/figure/legend.ts";
import { labelWidth } from "../../lib/figure/markup.ts";

const size = 9, line = 1.35 * size;
const lines = ["a", "bb", "cccc"].map((label) => ({ label, dash: "" }));
const symbols = lines.map(({ label }) => ({ label, symbol: "circle" as const }));
/** Width of an entry: a swatch of 17 points for a line and 6 for a symbol, 4 between it and the words. */
const wide = (label: string, swatch = 17) => swatch + 4 + labelWidth(label, size);
const places = (layout: ReturnType<typeof flowLegend>) => layout.items.map(({ x, y }) => [x, y]);

Deno.test("a legend that fits stands on one line, its entries eleven points apart", () => {
  const [a, b, c] = lines.map(({ label }) => wide(label)), total = a + 11 + b + 11 + c;
  const layout = flowLegend(lines, undefined, total + 1e-9, size);
  assertEquals(places(layout), [[0, 0], [a + 11, 0], [a + 11 + b + 11, 0]]);
  assertAlmostEquals(layout.width, total, 1e-9);
  assertAlmostEquals(layout.height, line, 1e-12);
  assertEquals(flowLegend([], undefined, 400, size), {
    width: 0,
    height: line,
    swatch: 6,
    items: [],
  });
  assertEquals([layout.swatch, flowLegend(symbols, undefined, 400, size).swatch], [17, 6]);
});

Deno.test("one that does not fit stands in columns of one width, as many as there is room for", () => {
  const total = 22 + lines.reduce((sum, { label }) => sum + wide(label), 0);
  const cell = wide("cccc"), two = flowLegend(lines, undefined, total - 1e-9, size);
  assertEquals(places(two), [[0, 0], [cell + 11, 0], [0, line]]);
  assertAlmostEquals(two.height, 2 * line, 1e-12);
  assertAlmostEquals(two.width, cell + 11 + wide("bb"), 1e-9);
  const narrow = flowLegend(lines, undefined, 2 * cell + 11 - 1e-9, size);
  assertEquals(places(narrow), [[0, 0], [0, line], [0, 2 * line]]);
  assertAlmostEquals(narrow.width, cell, 1e-12);
});

Deno.test("a title stands in front, or on a line of its own where it leaves room for one column only", () => {
  const head = labelWidth("ranks", size) + 11, cell = wide("cccc");
  const total = head + 22 + lines.reduce((sum, { label }) => sum + wide(label), 0);
  const one = flowLegend(lines, "ranks", total + 1e-9, size);
  assertEquals(places(one).slice(0, 2), [[0, 0], [head, 0]]);
  assertAlmostEquals(one.width, total, 1e-9);
  const beside = flowLegend(lines, "ranks", head + 2 * cell + 11 + 1e-9, size);
  assertEquals(places(beside), [[0, 0], [head, 0], [head + cell + 11, 0], [head, line]]);
  const above = flowLegend(lines, "ranks", head + 2 * cell + 11 - 1e-9, size);
  assertEquals(places(above), [[0, 0], [0, line], [cell + 11, line], [0, 2 * line]]);
  assertAlmostEquals(above.height, 3 * line, 1e-12);
});

Deno.test("a legend in a corner is a stack as wide as its widest line", () => {
  const stack = stackLegend(lines, "a longer title", size);
  assertEquals(places(stack), [[0, 0], [0, line], [0, 2 * line], [0, 3 * line]]);
  assertAlmostEquals(stack.width, labelWidth("a longer title", size), 1e-12);
  assertAlmostEquals(stackLegend(lines, undefined, size).width, wide("cccc"), 1e-12);
  assertAlmostEquals(stack.height, 4 * line, 1e-12);
});

Deno.test("words that are wider than the paper are folded: a title, and an entry behind its swatch", () => {
  const words = "one two three four five six seven eight",
    width = labelWidth("one two three", size) + 1;
  const title = flowLegend(lines, words, width, size),
    texts = title.items.map(({ entry }) => entry);
  assertEquals(texts.slice(0, 3), ["one two three", "four five six", "seven eight"]);
  assertEquals(places(title)[3], [0, 3 * line]);
  const long = flowLegend([{ label: words, dash: "" }, lines[0]], undefined, 21 + width, size);
  assertEquals(places(long), [[0, 0], [21, line], [21, 2 * line], [0, 3 * line]]);
  assertEquals(long.items[1].entry, "four five six");
  const widest = Math.max(
    ...["one two three", "four five six"].map((text) => labelWidth(text, size)),
  );
  assertAlmostEquals(long.width, 21 + widest, 1e-9);
  const headed = flowLegend([{ label: words, dash: "" }], "t", 21 + width, size, 21 + width);
  assertEquals(places(headed), [[0, 0], [0, line], [21, 2 * line], [21, 3 * line]]);
  for (const layout of [title, long]) {
    assertGreaterOrEqual(21 + width, layout.width);
    assertAlmostEquals(layout.height, layout.items.at(-1)!.y + line, 1e-9);
  }
  // With room beside the frame nothing is folded.
  const once = flowLegend(
    [{ label: words, dash: "" }],
    undefined,
    width,
    size,
    21 + labelWidth(words, size),
  );
  assertEquals(places(once), [[0, 0]]);
});

Deno.test("a legend that is wider than its corner stands above the frame, on the paper", () => {
  const rows = [{ x: 0, y: 0 }, { x: 1, y: 1 }], label = "what was run ".repeat(8).trim();
  const panel = (label: string) => ({
    legend: { at: "top-left" as const, entries: [{ label, dash: "" }] },
    marks: [theory(rows, { x: "x", y: "y" })],
  });
  const heightOf = (label: string) =>
    Number(/height="([\d.]+)in"/.exec(svg({ panels: panel(label), rows }))![1]);
  assertGreater(heightOf(label), heightOf("short") + 2 * line / 72);
});

Deno.test("the swatch of a band with a line is pale, that of a band alone is not", () => {
  const box = (more: object) =>
    drawLegend(flowLegend([{ label: "a", box: true, ...more }], undefined, 90, size), 0, 0, size);
  assertStringIncludes(box({ dash: "" }), 'fill-opacity="0.25"');
  assertEquals(box({}).includes("fill-opacity"), false);
});
