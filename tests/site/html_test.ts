import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { anchor, attribute, Html, markup, words } from "../../lib/site/html.ts";

Deno.test("a template escapes texts and keeps markup, lists one after the other", () => {
  const bold = markup`<b>${'<i> & "x"'}</b>`;
  assertEquals(bold.text, "<b>&lt;i&gt; &amp; &quot;x&quot;</b>");
  assertEquals(markup`<p>${[bold, "a<b", undefined, 3]}</p>`.text, `<p>${bold}a&lt;b3</p>`);
});

Deno.test("white space at both ends of a template is layout, that of texts is kept", () => {
  const item = markup`
    <li> ${" a "} </li>
  `;
  assertEquals(item.text, "<li>  a  </li>");
  assertEquals(markup`${"\n"}`.text, "\n");
});

Deno.test("whatever a text is, no sign of it can leave its place", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const { text: made } = markup`<a title="${text}">${text}</a>`;
      const [, title, inner] = /^<a title="([^"<>]*)">([^<>]*)<\/a>$/s.exec(made) ?? [];
      assertEquals(title, inner);
    }),
    { seed: 7 },
  );
});

Deno.test("an attribute has its space, and is absent without a value", () => {
  assertEquals(attribute("href", 'a"b').text, ' href="a&quot;b"');
  assertEquals(attribute("href", undefined).text + attribute("href", null).text, "");
});

Deno.test("words of markup are its texts, names of places small words with dashes", () => {
  assertEquals(words(new Html("<p>a &lt; b<br>&#39;c&#39; (<i>d</i>).</p>")), "a < b 'c' ( d).");
  assertEquals(anchor("5. From τ to steps: figure F3"), "5-from-τ-to-steps-figure-f3");
  assertStringIncludes(anchor("x".repeat(100)), "x".repeat(60));
});
