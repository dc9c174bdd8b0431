import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { inRoot, NOTEBOOKS } from "../../lib/cli/paths.ts";
import { notebooksIn } from "../../lib/cli/files.ts";
import { parseHTML } from "linkedom";
import { formula } from "../../lib/site/formula.ts";
import { markdown } from "../../lib/site/markdown.ts";

const body = (source: string) => markdown(source, "a test").body.text;

Deno.test("formulas are those of KaTeX, inline and displayed, and Markdown does not touch them", () => {
  const tex = String.raw`a_1*b_2*\lVert x\rVert`;
  assertStringIncludes(body(`So $${tex}$ it is.`), formula(tex, false).text);
  assertStringIncludes(body(`So\n$$${tex}$$`), formula(tex, true).text);
  assertStringIncludes(
    body(String.raw`| a | b |
|---|---|
| $\|x\|$ | c |`),
    `<td>${formula(String.raw`\|x\|`, false)}</td>`,
  );
});

Deno.test("an operator's name as an index is one child of its MathML, as browsers want it", () => {
  const index = (tex: string) => /<msub>.*?<\/msub>/.exec(formula(tex, false).text)![0];
  const max = "<mrow><mi>max</mi><mo>\u2061</mo></mrow>";
  assertEquals(index(String.raw`\lambda_{\max}`), `<msub><mi>λ</mi>${max}</msub>`);
  assertEquals(index("x_1"), "<msub><mi>x</mi><mn>1</mn></msub>");
});

Deno.test("no line break parts a formula from its signs, unless the formula is long", () => {
  const whole = (tex: string) => `<span class="whole">(${formula(tex, false).text},</span>`;
  assertStringIncludes(body("so ($d=10$, $e$)"), whole("d=10"));
  const long = "a=b+c+d+e+f+g+h+i+j+k+l+m";
  assertStringIncludes(body(`so ($${long}$, x)`), `(${formula(long, false).text}, x)`);
  assertEquals(body("so $x$ it").includes("whole"), false);
});

Deno.test("dollar signs in code are no formulas: one backtick, two, and fences", () => {
  assertStringIncludes(body("a `$x$` b"), "<code>$x$</code>");
  assertStringIncludes(body("a ``{ `${x}` }`` b ``${y}``"), "<code>{ `${x}` }</code>");
  assertStringIncludes(body("```\n$x$\n\n$y$\n```"), "$x$\n\n$y$");
  assertEquals(body("a \\$5 b").includes("katex"), false);
});

Deno.test("a wrong formula stops the page and says where it stands", () => {
  assertThrows(
    () => markdown("$\\frac{1}$", "lora-one, cell 3 of all"),
    Error,
    "Cannot show lora-one, cell 3 of all as a formula is wrong: KaTeX parse error",
  );
  // Strict: what LaTeX itself would not take.
  assertThrows(() => markdown("$é$", "x"), Error, "a formula is wrong");
});

Deno.test("without formulas a dollar sign is one", () => {
  const { body } = markdown("costs $5 and $6", "x", { formulas: false });
  assertStringIncludes(body.text, "costs $5 and $6");
});

Deno.test("markup and links that would run something are shown as text", () => {
  const text = body(
    "# <img src=x onerror=alert(1)>\n\n<script>alert(1)</script>\n\n[a](javascript:alert(1))",
  );
  assertEquals(/<(?:script|img)|href="javascript/i.test(text), false);
  assertStringIncludes(text, "&lt;script&gt;");
});

Deno.test("stray signs of the inner notation do no harm", () => {
  assertStringIncludes(body("a \uE0007\uE001 b $x$"), "a 7 b ");
});

Deno.test("headings get places of their own, with their words and what stands under them", () => {
  const { sections, lead } = markdown("before\n\n## A $x^2$\n\none\n\n## B\n\ntwo\n\n### B\n", "x");
  assertEquals(lead, "before");
  assertEquals(sections.map(({ level, id, text }) => [level, id, text]), [
    [2, "a-x2", "one"],
    [2, "b", "two"],
    [3, "b-2", ""],
  ]);
  assertEquals(sections[0].name, "A x2");
});

Deno.test("links between the project's files follow what they are told, others stay", () => {
  const source = "[a](NOTATION.md) [b](https://x.org) [c](#d)";
  const { body } = markdown(source, "x", { link: (target) => `../${target}"` });
  const targets = Array.from(body.text.matchAll(/href="([^"]*)"/g), ([, target]) => target);
  assertEquals(targets, ["../NOTATION.md&quot;", "https://x.org", "#d"]);
});

type Parsed = { querySelectorAll(name: string): { children: unknown[]; outerHTML: string }[] };

/** How many children elements of MathML have, where it is not any number. */
const CHILDREN = { msub: 2, msup: 2, msubsup: 3, munder: 2, mover: 2, munderover: 3, mfrac: 2 };

Deno.test("every formula of every notebook is taken by KaTeX at its strictest, and is MathML", () => {
  let formulas = 0;
  for (const name of notebooksIn(NOTEBOOKS)) {
    const { cells } = JSON.parse(Deno.readTextFileSync(inRoot("notebooks", `${name}.ipynb`)));
    for (const { cell_type, source } of cells) {
      if (cell_type !== "markdown") continue;
      const { body } = markdown([source].flat().join(""), name);
      formulas += body.text.match(/class="katex"/g)?.length ?? 0;
      const parsed: unknown = parseHTML(`<main>${body.text}</main>`);
      const { document } = parsed as { document: Parsed };
      for (const [element, wanted] of Object.entries(CHILDREN)) {
        for (const { children, outerHTML } of document.querySelectorAll(element)) {
          assertEquals(children.length, wanted, `${name}: ${outerHTML}`);
        }
      }
      // A dollar sign that is left over is a formula that was not found.
      const rest = body.text.replaceAll(/<code[^]*?<\/code>|<annotation[^]*?<\/annotation>/g, "");
      assertEquals(rest.match(/\$[^$]*\$/g), null, `${name}: ${rest.match(/\$.{0,40}/)?.[0]}`);
    }
  }
  assert(formulas > 1500);
});
