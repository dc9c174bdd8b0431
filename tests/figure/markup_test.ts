import { assert, assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { textWidth } from "../../lib/figure/fonts.ts";
import { element, escape, labelMarkup, labelWidth, wrapLabel } from "../../lib/figure/markup.ts";

Deno.test("escape() leaves nothing that could open a tag, close an attribute or break XML", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      // deno-lint-ignore no-control-regex
      assert(!/[<>"'\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(escape(text)));
    }),
    { seed: 7 },
  );
  assertEquals(escape(`</script>&"'`), "&lt;/script&gt;&amp;&quot;&#39;");
  assertEquals(escape("a\ud800b\u0000"), "a\ufffdb\ufffd");
});

Deno.test("element() leaves empty attributes out and rounds numbers", () => {
  assertEquals(element("g", { x: 1 / 3, y: null, z: "", w: -0 }), '<g x="0.33" w="0"/>');
});

Deno.test("textWidth() reads the advances of DejaVu Sans", () => {
  // 1303, 1401 and 2048 units: the digit zero, the letter C by the font's table hmtx.
  assertAlmostEquals(textWidth("0", 2048), 1303);
  assertAlmostEquals(textWidth("00", 2048), 2606);
  assertAlmostEquals(textWidth("0", 2048, "bold"), 1425);
  assertGreater(textWidth("W", 9), textWidth("i", 9));
});

Deno.test("labels set subscripts, superscripts and slanted symbols", () => {
  assertEquals(labelMarkup("plain < text", 9), "plain &lt; text");
  assertEquals(
    labelMarkup("/{m}_{k}", 10),
    '<tspan font-style="italic">m</tspan><tspan dy="2.5" font-size="7">k</tspan>',
  );
  assertAlmostEquals(labelWidth("x_{k}", 9), textWidth("x", 9) + textWidth("k", 6.3));
});

Deno.test("a superscript after a subscript stands above it", () => {
  const one = labelWidth("x_{aaaa}", 9);
  assertAlmostEquals(labelWidth("x_{aaaa}^{2}", 9), one);
  assertAlmostEquals(labelWidth("x^{2}_{aaaa}", 9), one);
  assertAlmostEquals(labelWidth("x_{aaaa}^{2}y", 9), one + labelWidth("y", 9));
});

Deno.test("wrapLabel() keeps lines short and formulas whole", () => {
  const lines = wrapLabel("squared norm of the gradient x_{a b}", 9, 80);
  assertGreater(lines.length, 1);
  assertEquals(lines.join(" "), "squared norm of the gradient x_{a b}");
  for (const line of lines) assert(labelWidth(line, 9) <= 80, line);
});
