import { latexText } from "../../lib/figure/latex.ts";
import { assert, assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { jupyterDisplay } from "lora-dynamics/experiment/mod.ts";
import { table, toLatex, toMarkdown } from "lora-dynamics/figure/mod.ts";

const rows = [
  { rule: "adapt", loss: 1.23456e-7, steps: 100, ok: true },
  { rule: "const & <b>", loss: 0.5, steps: 20000, ok: false },
];

Deno.test("table() aligns numbers to the right and rounds only what it shows", () => {
  const bundle = table(rows, { caption: "Rules" })[jupyterDisplay]();
  assertEquals(
    bundle["text/plain"],
    [
      "Rules",
      "rule              loss  steps  ok",
      "adapt        1.235×10⁻⁷    100  true",
      "const & <b>         0.5  20000  false",
    ].join("\n").replace("rule              loss", "rule               loss"),
  );
  assertStringIncludes(bundle["text/html"], 'text-align:right;padding:2px 8px">1.235×10⁻⁷</td>');
  assertEquals(rows[0].loss, 1.23456e-7);
});

Deno.test("table() takes columns with headings, and cells that are arrays", () => {
  const rows = [{ id: "C1", measured: [1 / 3, "x"], hidden: 1 }, { id: "C2", rare: 2 }];
  const shown = table(rows, {
    columns: [{ key: "id", heading: "claim" }, "measured", "rare"],
  })[jupyterDisplay]();
  assertEquals(
    shown["text/plain"],
    `claim  measured      rare\nC1     [0.3333,"x"]\nC2${" ".repeat(22)}2`,
  );
  const misspelt = { columns: ["id", "mesured"] };
  for (const make of [table, toLatex, toMarkdown]) {
    const wanted = 'columns must be among id, measured, hidden, rare: current value is "mesured"';
    assertThrows(() => make(rows, misspelt), RangeError, wanted);
    make([], misspelt); // no rows, no columns: nothing to compare with
  }
});

Deno.test("table() escapes headings, cells and captions", () => {
  const evil = `</td><script>alert("1")</script>'`;
  const html =
    table([{ [evil]: evil, x_: `_{${evil}}` }], { caption: evil })[jupyterDisplay]()["text/html"];
  assertFalse(/<script|<\/td><\/|"1"/.test(html.replace(/<\/td><\/tr>/g, "")));
  assertStringIncludes(html, "<sub>&lt;/td&gt;");
});

Deno.test("toLatex() gives a tabular that compiles: escapes, math signs, powers of ten", () => {
  const text = toLatex(
    [{ "μ_{0}": -0.5, "50% & more": "a_b {c} \\d ~ x² ≤ 10⁻³", "‖A‖_{F}": 1e-9 }],
    { caption: "Loss & more" },
  );
  assertEquals(
    text,
    String.raw`\begin{table}
\centering
\caption{Loss \& more}
\begin{tabular}{rlr}
  \toprule
  $\mu$$_{0}$ & 50\% \& more & $\|$A$\|$$_{\text{F}}$ \\
  \midrule
  $-0.5$ & a\_b \{c\} \textbackslash{}d \textasciitilde{} x$^{2}$ $\le$ 10$^{-3}$ & $10^{-9}$ \\
  \bottomrule
\end{tabular}
\end{table}
`,
  );
});

Deno.test("toMarkdown() keeps pipes and tags inside their cells", () => {
  const text = toMarkdown([{ a: "x|y", b: "<b>" }]);
  assertEquals(text, "| a | b |\n| :-- | :-- |\n| x\\|y | &lt;b&gt; |\n");
});

Deno.test("a column of numbers stands on the right, be one missing or null; one with a word does not", () => {
  const mixed = [{ a: 1, b: null, c: 1 }, { a: null, b: 22, c: "x" }, { a: 333, c: 2 }];
  assertEquals(toMarkdown(mixed).split("\n")[1], "| --: | --: | :-- |");
  const lines = table(mixed)[jupyterDisplay]()["text/plain"].split("\n");
  assertEquals(lines, ["  a   b  c", "  1      1", "     22  x", "333      2"]);
});

Deno.test("tables of nothing are empty, wrong digits are refused", () => {
  assert(table([])[jupyterDisplay]()["text/html"].startsWith("<table>"));
  const run = { rows, table: () => rows };
  assertThrows(() => table(run as never), TypeError, "a list, such as run.table() or run.rows");
  assertThrows(() => table(rows, { digits: 0 }), RangeError, "digits must");
});

Deno.test("raised and lowered digits of a label are exponents and indices in LaTeX, each as one", () => {
  assertEquals(["10⁰", "10⁻³", "x₀", "λ₁₂⁺"].map(latexText), [
    ...["10$^{0}$", "10$^{-3}$", "x$_{0}$", "$\\lambda$$_{12}$$^{+}$"],
  ]);
});
