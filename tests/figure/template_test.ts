/** Figures at the widths of templates, to the last thousandth of a point of the PDF page. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Buffer } from "node:buffer";
import {
  endLabels,
  type Figure,
  redraw,
  save,
  show,
  svg,
  templates,
  theory,
} from "lora-dynamics/figure/mod.ts";
import { labelWidth } from "../../lib/figure/markup.ts";
import { inFolder, lossFigure, pageFigure } from "./_fixtures.ts";

/** Widths as the style files state them, in points of TeX (72.27 an inch) or in inches. */
const STATED: Record<string, readonly [column: number, page: number]> = {
  aistats: [3.25 * 72.27, 6.75 * 72.27],
  aps: [246, 510],
  "aps-preprint": [468, 468],
  colt: [6 * 72.27, 6 * 72.27],
  iclr: [5.5 * 72.27, 5.5 * 72.27],
  icml: [234.87749, 487.8225], // as LaTeX prints them
  ieee: [252, 516],
  jmlr: [6 * 72.27, 6 * 72.27],
  neurips: [5.5 * 72.27, 5.5 * 72.27],
  tmlr: [6.5 * 72.27, 6.5 * 72.27],
};

/** Width of the page of a saved PDF in points of TeX. */
async function pageWidth(path: string): Promise<number> {
  const source = Buffer.from(await Deno.readFile(path)).toString("latin1");
  return Number(/\/MediaBox \[0 0 (\S+) \S+\]/.exec(source)![1]) * 72.27 / 72;
}

Deno.test("every template has widths that are stated elsewhere, labels of 7 to 9 points, and its source", () => {
  assertEquals(Object.keys(templates).toSorted(), Object.keys(STATED));
  for (const [name, { column, page, fontSize, source }] of Object.entries(templates)) {
    assertAlmostEquals(column * 72.27, STATED[name][0], 1e-3, name);
    assertAlmostEquals(page * 72.27, STATED[name][1], 1e-3, name);
    assert(fontSize >= 7 && fontSize <= 9, name);
    assertMatch(source, /^\S+\.(sty|cls)\b.*\d/, name);
  }
});

Deno.test("the page of the PDF is exactly as wide as the column, or the text, of its template", async () => {
  await inFolder(async (out) => {
    for (const template of ["aps", "neurips"]) {
      await save("F1", lossFigure(), { slug: template, out, template, size: "both" });
      const [column, page] = STATED[template];
      assertAlmostEquals(await pageWidth(`${out}/${template}/F1.pdf`), column, 1e-3);
      assertAlmostEquals(await pageWidth(`${out}/${template}/F1-page.pdf`), page, 1e-3);
    }
    await save("F2", lossFigure(), { slug: "any", out, template: "neurips", width: 2.6 });
    assertAlmostEquals(await pageWidth(`${out}/any/F2.pdf`), 2.6 * 72.27, 1e-3);
  });
});

/** A figure whose curves have their names beside them. */
function named(): Figure {
  const rows = [0, 1].flatMap((z) => [{ x: 0, y: z, z }, { x: 1, y: z / 9, z }]);
  const labels = endLabels(rows, {
    x: (row) => row.x,
    y: (row) => row.y,
    z: (row) => row.z,
    text: (row) => `curve number ${row.z}`,
  });
  return { panels: { marks: [theory(rows, { x: "x", y: "y", z: "z" }), labels] }, rows };
}

Deno.test("labels have the height of the template; the names of curves fit beside them at any height", () => {
  const heights = [...svg(pageFigure(), { template: "ieee" }).matchAll(/font-size="([\d.]+)"/g)]
    .map(([, size]) => Number(size));
  assertEquals(Math.max(...heights), 7);
  for (const fontSize of [6, 9, 13]) {
    const mine = { column: 3.25, page: 6.75, fontSize, source: "none" };
    const drawing = svg(named(), { template: mine });
    const begins = [...drawing.matchAll(/translate\(([\d.]+),([\d.]+)\)" [^>]*>curve/g)];
    const [low, high] = begins.map(([, , y]) => Number(y)).toSorted((a, b) => a - b);
    assertEquals(begins.length, 2);
    assertGreater(high - low, 1.1 * fontSize);
    // A letter of DejaVu Sans is 0.55 of its height wide or a little more.
    assertGreater(234, Number(begins[0][1]) + 0.55 * fontSize * "curve number 0".length);
  }
});

Deno.test("a legend that is wider than its narrow frame stays on the paper", () => {
  const rows = [{ x: 0, y: 0 }, { x: 1, y: 1 }];
  const entries = [{ label: "a name of many words", stroke: "#000", dash: "" }];
  const panel = { legend: entries, marks: [theory(rows, { x: "x", y: "y" })] };
  const drawing = svg({ panels: [panel, panel, panel], rows }, { template: "neurips" });
  const begins = [...drawing.matchAll(/<text x="([\d.]+)"[^>]*>a name of many words/g)]
    .map(([, x]) => Number(x));
  assertEquals(begins.length, 3);
  const width = labelWidth("a name of many words", templates.neurips.fontSize);
  assertGreater(72 * 5.5, begins[2] + width);
  // Control: at the left end of its frame it would not fit.
  const frames = [...drawing.matchAll(/<rect x="([\d.]+)"[^>]* fill="none"/g)].map(([, x]) =>
    Number(x)
  );
  assertGreater(frames[2] + begins[0] - frames[0] + width, 72 * 5.5);
});

Deno.test("the last tick stays on the paper where the choice of ticks goes to and fro with the room for it", () => {
  const rows = [{ x: 1e-16, y: 1 }, { x: 1e-3, y: 2 }];
  const panel = { x: { type: "log" as const }, marks: [theory(rows, { x: "x", y: "y" })] };
  for (let width = 4; width < 7; width += 0.01) {
    const drawing = svg({ panels: panel, rows, size: "page" }, { width });
    const ticks = [
      ...drawing.matchAll(
        /<text x="([\d.]+)" y="[\d.]+" font-size="9" text-anchor="middle">(10[^<]*)/g,
      ),
    ];
    const end = Math.max(...ticks.map(([, x, text]) => Number(x) + labelWidth(text, 9) / 2));
    assertGreater(72 * width + 0.5, end, `${width.toFixed(2)} in`);
  }
});

Deno.test("panels stand below each other in one column of two, side by side in the only one", () => {
  const shape = (template: string, size: "column" | "page") => {
    const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(
      svg(pageFigure(), { template, size }),
    )!;
    return Number(width) > Number(height);
  };
  assertEquals([shape("icml", "column"), shape("icml", "page")], [false, true]);
  assertEquals([shape("colt", "column"), shape("colt", "page")], [true, true]);
});

Deno.test("a figure for a template is redrawn to the byte, whatever becomes of the name", async () => {
  await inFolder(async (out) => {
    await save("F1", lossFigure(), { slug: "demo", out, template: "ieee", width: 3 });
    await save("F2", pageFigure(), { slug: "demo", out, template: "aps" });
    const { F1, F2 } = redraw(`${out}/demo`);
    assertEquals([F1.template, F1.width], [templates.ieee, 3]);
    for (const [name, figure] of Object.entries({ F1, F2 })) {
      assertEquals(svg(figure) + "\n", await Deno.readTextFile(`${out}/demo/${name}.svg`));
    }
    // Another template on top: its widths count, not the width that was saved.
    assertMatch(svg(F1, { template: "icml" }), /width="3.25in"/);
  });
});

Deno.test("an unknown template lists the known ones; a template of no sense is refused by its number", () => {
  const known = `must be one of ${Object.keys(templates).join(", ")}: current value is "nips"`;
  assertThrows(() => svg(lossFigure(), { template: "nips" }), RangeError, known);
  assertThrows(() => show(lossFigure(), { template: "nips" }), RangeError, known);
  const good = { column: 3, page: 6, fontSize: 9, source: "x.cls" };
  for (
    const [wrong, word] of [
      [{ ...good, column: 1 }, "template.column must lie"],
      [{ ...good, page: 2.5 }, "template.page must lie"],
      [{ ...good, fontSize: NaN }, "template.fontSize must lie"],
      [{ ...good, font: "Times" }, "template must have no other keys than"],
      [{ ...good, source: 3 }, "template.source must be a string"],
    ] as const
  ) {
    const refusal = assertThrows(() => svg(lossFigure(), { template: wrong as typeof good }));
    assertStringIncludes((refusal as Error).message, word);
  }
  assertThrows(() => svg(lossFigure(), { width: 1 }), RangeError, "width must");
});
