/** Labels that LaTeX sets: none is lost, each stands where it was, and every specimen compiles. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type Figure, save, svg, theory } from "lora-dynamics/figure/mod.ts";
import { latexText } from "../../lib/figure/latex.ts";
import { texFigure } from "../../lib/figure/tex_labels.ts";
import { inFolder, lossFigure, pageFigure } from "./_fixtures.ts";
import { specimens } from "./specimens.ts";

const puts = (tex: string) => tex.split("\n").filter((line) => line.startsWith("  \\put")).slice(1);

Deno.test("every label of a drawing is put once, and the drawing keeps everything else", () => {
  for (const figure of [lossFigure(), pageFigure()]) {
    const drawn = svg(figure), { bare, tex } = texFigure(drawn, "F1-bare.pdf");
    const texts = drawn.match(/<text\b[^>]*>[^<]|<text\b[^>]*><tspan/g)!;
    assertEquals(puts(tex).length, texts.length);
    assertEquals(bare.match(/<text|<tspan/), null);
    for (const mark of ["path", "rect", "circle", "line"]) {
      const count = (text: string) => text.split(`<${mark} `).length;
      assertEquals(count(bare), count(drawn), mark);
    }
  }
});

Deno.test("a label stands where it was, turned and coloured as it was, in TeX's own letters", () => {
  const rows = [{ x: 0, y: 0 }, { x: 1, y: 1 }];
  const figure: Figure = {
    panels: {
      title: "50 % of /{τ}_{ode}",
      x: { label: "/{x}^{½}", ticks: [0, 1] },
      y: { label: "10^{−3}", ticks: [0, 1] },
      marks: [theory(rows, { x: "x", y: "y" })],
    },
    rows,
  };
  const drawn = svg(figure), { tex } = texFigure(drawn, "F1-bare.pdf");
  const height = Number(/viewBox="0 0 \S+ (\S+)"/.exec(drawn)![1]);
  const [, x, y] = /<text x="([\d.]+)" y="([\d.]+)" font-size="9" text-anchor="middle">1</.exec(
    drawn,
  )!;
  const up = Number((height - Number(y)).toFixed(2));
  assertStringIncludes(tex, `\\put(${x},${up}){\\smash{\\makebox[0pt][c]{\\figurelabels 1}}}`);
  assertMatch(
    tex,
    /\\makebox\[0pt\]\[l\]\{\\figurelabels 50 \\% of \\textit\{\$\\tau\$\}\$_\{\\text\{ode\}\}\$/,
  );
  assertMatch(tex, /\\figurelabels \\textit\{x\}\$\^\{1\/2\}\$/);
  assertMatch(
    tex,
    /\\rotatebox\{90\}\{\\smash\{\\makebox\[0pt\]\[c\]\{\\figurelabels 10\$\^\{- 3\}\$/,
  );
  assertMatch(tex, /^% Needs the packages amsmath, graphicx; F1-bare\.pdf/);
  // Letters of panels are bold, insets small, names of curves in the colour of the curve.
  const page = texFigure(svg(pageFigure()), "F.pdf").tex;
  assertStringIncludes(page, "{\\figurelabels \\textbf{(a)}}");
  assertMatch(page, /\\figurenotes /);
  const grouped =
    '<svg viewBox="0 0 9 9" font-size="9"><g fill="#D55E00"><text x="1" y="2">a</text></g></svg>';
  const colored = texFigure(grouped, "F.pdf").tex;
  assertStringIncludes(
    colored,
    "\\put(1,7){\\smash{\\makebox[0pt][l]{\\textcolor[rgb]{0.84,0.37,0}{\\figurelabels a}}}}",
  );
  assertMatch(colored, /^% Needs the packages amsmath, graphicx, color;/);
});

Deno.test("letters with marks and rare signs are TeX's", () => {
  assertEquals(latexText("ĉ, û and λ̃"), "$\\hat{c}$, $\\hat{u}$ and $\\tilde{\\lambda}$");
  assertEquals(
    latexText("Aᵀ ⊥ 30° … ⌈x⌉″"),
    "A$^\\top$ $\\perp$ 30$^\\circ$ $\\ldots$ $\\lceil$x$\\rceil$$''$",
  );
});

Deno.test("save() writes the two files more at both sizes, of one width, and refuses other labels", async () => {
  await inFolder(async (out) => {
    const options = { slug: "s", out, labels: "tex", size: "both", template: "icml" } as const;
    const paths = await save("F1", lossFigure(), options);
    assertEquals(paths.length, 12);
    for (const [name, width] of [["F1", 234], ["F1-page", 486]]) {
      const tex = await Deno.readTextFile(`${out}/s/${name}.tex`);
      assertStringIncludes(tex, `\\begin{picture}(${width},`);
      assertStringIncludes(tex, `\\includegraphics{${name}-bare.pdf}`);
      const pdf = new TextDecoder("latin1").decode(
        await Deno.readFile(`${out}/s/${name}-bare.pdf`),
      );
      assertStringIncludes(pdf, `/MediaBox [0 0 ${width} `);
      assertEquals(pdf.includes("/FontFile2"), false);
    }
    const wrong = { slug: "s", out, labels: "latex" as "tex" };
    await assertRejects(
      () => save("F1", lossFigure(), wrong),
      RangeError,
      "labels must be one of drawn, tex",
    );
  });
});

/** Whether LaTeX is here with the packages that the labels need. */
async function hasLatex(): Promise<boolean> {
  try {
    const args = ["amsmath.sty", "color.sty", "graphicx.sty"];
    const found = await new Deno.Command("kpsewhich", { args, stdout: "null" }).output();
    const latex = await new Deno.Command("pdflatex", { args: ["--version"], stdout: "null" })
      .output();
    return found.success && latex.success;
  } catch {
    return false;
  }
}

Deno.test({
  name:
    "LaTeX sets the labels of every specimen, without an unknown character (skipped without LaTeX)",
  ignore: !await hasLatex(),
  async fn() {
    await inFolder(async (out) => {
      const figures = { ...specimens, loss: lossFigure(), page: pageFigure() };
      const names = Object.keys(figures).map((_, i) => `S${i}`);
      for (const [i, figure] of Object.values(figures).entries()) {
        await save(names[i], figure, { slug: "s", out, labels: "tex" });
      }
      const body = names.map((name) =>
        `\\begin{figure}[p]\\input{${name}}\\end{figure}\\clearpage`
      );
      await Deno.writeTextFile(
        `${out}/s/all.tex`,
        "\\documentclass{article}\\usepackage{amsmath,color,graphicx}\\textwidth 6.75in\n" +
          `\\begin{document}${body.join("\n")}\\end{document}\n`,
      );
      const args = ["-interaction=nonstopmode", "-halt-on-error", "all"];
      const { success, stdout } = await new Deno.Command("pdflatex", { args, cwd: `${out}/s` })
        .output();
      const log = new TextDecoder().decode(stdout);
      assert(success, log);
      assertEquals(log.match(/Missing character|Overfull|undefined/), null, log);
      assertStringIncludes(log, `(${names.length} pages`);
    });
  },
});
