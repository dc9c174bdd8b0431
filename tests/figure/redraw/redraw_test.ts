import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import * as Plot from "@observablehq/plot";
import fc from "fast-check";
import {
  type Figure,
  figureOf,
  overlayFigure,
  redraw,
  save,
  svg,
  theory,
} from "lora-dynamics/figure/mod.ts";
import { recordFigure } from "../../../lib/figure/redraw/record.ts";
import { inFolder, lossFigure, pageFigure } from "../_fixtures.ts";
import { figures } from "../random_figures.ts";
import { redrawn } from "./redrawn.ts";

const line = [{ x: 1, y: 2 }, { x: 2, y: 5 }, { x: 3, y: 4 }];
const small = (rest: Partial<Figure> = {}): Figure => ({
  panels: { marks: [theory(line, { x: "x", y: "y" })] },
  rows: line,
  ...rest,
});

Deno.test("redraw() gives all figures of a folder, in both sizes to the byte, with what belongs to them", async () => {
  await inFolder(async (out) => {
    await save("F10", lossFigure(), { slug: "demo", out });
    await save("F2", pageFigure(), { slug: "demo", out, size: "column" });
    const saved = redraw(`${out}/demo`);
    assertEquals(Object.keys(saved), ["F2", "F10"]);
    for (const [name, figure] of [["F10", lossFigure()], ["F2", pageFigure()]] as const) {
      for (const size of ["column", "page"] as const) {
        assertEquals(svg(saved[name], { size }), svg(figure, { size }));
      }
      assertEquals(svg(saved[name]) + "\n", await Deno.readTextFile(`${out}/demo/${name}.svg`));
    }
    assertEquals(saved.F10.caption, "Loss against steps.");
    assertEquals(Object.keys(redraw(`${out}/demo/F2.json`)), ["F2"]);
  });
});

Deno.test("a figure that was redrawn is saved as the same files, and redrawn again", async () => {
  await inFolder(async (out) => {
    const given = { slug: "demo", out, provenance: null };
    await save("F1", small({ parameters: { d: 3 }, caption: "A line." }), given);
    const read = (name: string) => Deno.readTextFileSync(`${out}/demo/${name}`);
    const before = ["F1.csv", "F1.json", "F1.svg"].map(read);
    await save("F1", redraw(`${out}/demo`).F1, given);
    assertEquals(["F1.csv", "F1.svg"].map(read), [before[0], before[2]]);
    const { parameters, caption } = redraw(`${out}/demo`).F1;
    assertEquals([parameters, caption], [{ d: 3 }, "A line."]);
    assertEquals("run" in redraw(`${out}/demo`).F1, false); // no experiment made it
  });
});

Deno.test("a figure of a width of its own has it in every format, and again when it is redrawn", async () => {
  await inFolder(async (out) => {
    const figure = small({ width: 5.5 });
    await save("F1", figure, { slug: "demo", out, size: "both" });
    const read = (name: string) => Deno.readTextFileSync(`${out}/demo/${name}`);
    assertStringIncludes(read("F1.svg"), 'width="5.5in"');
    assertStringIncludes(read("F1-page.svg"), 'width="6.75in"');
    const view = new DataView(Deno.readFileSync(`${out}/demo/F1.png`).buffer);
    assertEquals(view.getUint32(16), 5.5 * 300);
    assertEquals(svg(redraw(`${out}/demo/F1.json`).F1) + "\n", read("F1.svg"));
    assertThrows(() => svg(small({ width: 1 })), RangeError, "width must lie in [2, 20]");
  });
});

Deno.test("a number that is corrected in the CSV file moves its mark", () => {
  const moved = small({
    panels: { marks: [theory([...line.slice(0, 2), { x: 3, y: 9 }], { x: "x", y: "y" })] },
  });
  assertEquals(svg(redrawn(small(), (text) => text.replace("3,4", "3,9"))), svg(moved));
});

Deno.test("numbers of theory, simulation, spread and bars stand in the CSV file alone", () => {
  const marks = [{ x: 1, y: 2.5, low: 2, high: 3 }], places = line.map((place) => ({ ...place }));
  const drawing = { title: "", x: { label: "x" }, y: { label: "y" } };
  const series = [{ name: "a", line: places, marks, bars: marks, band: marks }];
  const means = [{ series: "a", x: 1, y: 2.5, se: 0.1 }];
  const lines = line.map((place) => ({ series: "a", ...place }));
  const figures = [
    figureOf([{ ...drawing, series }], { caption: "" }),
    overlayFigure([{ ...drawing, lines, means }], { caption: "" }),
  ];
  for (const figure of figures) {
    for (const { marks } of recordFigure(figure).panels) {
      for (const { mark, channels } of marks) {
        for (const [name, channel] of Object.entries(channels)) {
          // Ends of bars of a standard error are sums, which no column holds.
          const sums = mark === "RuleX" && "values" in channel && name !== "x";
          assert("column" in channel || sums, `${mark}.${name}`);
        }
      }
    }
  }
});

Deno.test("words of ticks that a function wrote are kept for both sizes; an unknown value stands as it is", () => {
  const figure = small({
    panels: {
      x: { tickFormat: (x: number) => `t${x}` },
      marks: [theory(line, { x: "x", y: "y" })],
    },
  });
  const again = redrawn(figure);
  for (const size of ["column", "page"] as const) {
    assertEquals(svg(again, { size }), svg(figure, { size }));
  }
  const { tickFormat } = (again.panels as { x: { tickFormat: (x: number) => string } }[])[0].x;
  assertEquals([tickFormat(2), tickFormat(2.25)], ["t2", "2.25"]);
});

Deno.test("dates, infinities, minus zero, missing values and words of categories come back", () => {
  const rows = [-0, Infinity, NaN, null, 5].map((y, i) => ({ t: new Date(Date.UTC(2026, i)), y }));
  const words = ["true", "12", "=a", "a,b", '"', "", "x_{1}"].map((x, y) => ({ x, y }));
  const figure: Figure = {
    panels: [
      { marks: [Plot.dot(rows, { x: "t", y: "y" }), Plot.lineY(rows, { x: "t", y: "y" })] },
      { x: { type: "point" }, marks: [Plot.dot(words, { x: "x", y: "y" })] },
    ],
    rows: { numbers: rows.map(({ y }) => ({ y })), words },
  };
  assertEquals(svg(redrawn(figure)), svg(figure));
});

Deno.test("a figure that depends on functions of the frame is saved, and says why it cannot be redrawn", async () => {
  await inFolder(async (out) => {
    const marks = [Plot.dot(line, Plot.dodgeY({ x: "x" }))];
    await save("F1", small({ panels: { marks } }), { slug: "demo", out });
    const error = assertThrows(() => redraw(`${out}/demo`), Error);
    assertStringIncludes(
      error.message,
      "it holds no drawing, as places in panels[0].marks[0] depend on the size of the frame",
    );
    const [closed, curve] = [
      { interpolate: () => "#000" },
      Plot.line(line, { curve: "cardinal", tension: 0.3, x: "x", y: "y" }),
    ];
    const reason = (panels: Figure["panels"]) =>
      assertThrows(() => recordFigure(small({ panels })), Error).message;
    assertEquals(reason({ color: closed, marks: [] }), "panels[0].color.interpolate is a function");
    assertEquals(reason({ marks: [curve] }), "panels[0].marks[0].curve is a function");
  });
});

Deno.test("redraw() says which file is missing or does not hold what it should", async () => {
  await inFolder(async (out) => {
    await save("F1", small(), { slug: "demo", out });
    const [json, table] = [`${out}/demo/F1.json`, `${out}/demo/F1.csv`];
    const [text, numbers] = [json, table].map((path) => Deno.readTextFileSync(path));
    const said = (name: string, content: string) => {
      Deno.writeTextFileSync(name, content);
      const { message } = assertThrows(() => redraw(json), Error);
      Deno.writeTextFileSync(json, text);
      Deno.writeTextFileSync(table, numbers);
      assertStringIncludes(message, `Cannot redraw F1 from ${json} and ${table}: `);
      return message.replace(/^.*csv: /, "");
    };
    assertEquals(
      said(table, "x,y\n1,2\n"),
      "its table must have the rows 0 to 2 that a mark shows: current number of rows is 1",
    );
    assertEquals(
      said(table, "x,z\n1,2\n1,2\n3,4\n"),
      'its table must have the column "y": current columns are x, z',
    );
    assertEquals(said(table, 'x,y\n1,"2\n'), "a quotation mark is not closed at character 6");
    assertEquals(said(table, "x,y\n1\n"), "a line has 1 fields and the first line 2");
    assertEquals(
      said(json, '{"size":"column","rows":3}'),
      "it must hold a drawing, as save() writes it",
    );
    assertStringIncludes(
      said(json, text.replace('"size": "column"', '"size": "poster"')),
      "size must be one of",
    );
    assertStringIncludes(said(json, text.replace("curve auto", "curve no")), '"curve no"');
    assertStringIncludes(said(json, text.slice(0, 40)), "JSON");
    Deno.removeSync(table);
    await assertRejects(async () => await redraw(json), Error, "F1.csv");
    await assertRejects(async () => await redraw(`${out}/none.json`), Error, "none.json");
  });
});

Deno.test("300 random figures of extreme values are the same when they are redrawn", () => {
  let drawn = 0;
  fc.assert(
    fc.property(figures, (figure) => {
      let text: string;
      try {
        text = svg(figure);
      } catch {
        return; // refused, as another test says
      }
      drawn++;
      assertEquals(svg(redrawn(figure)), text);
    }),
    { seed: 7, numRuns: 300 },
  );
  assert(drawn > 250, `${drawn} drawn`);
});
