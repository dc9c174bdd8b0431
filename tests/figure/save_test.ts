import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertFalse,
  assertGreater,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { inflateSync } from "node:zlib";
import { Buffer } from "node:buffer";
import { experiment, param } from "lora-dynamics/experiment/mod.ts";
import { type Figure, type Row, save, svg, theory } from "lora-dynamics/figure/mod.ts";
import { inFolder, lossFigure, pageFigure } from "./_fixtures.ts";

async function files(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

/** A small figure of given rows. */
function small(rows: Row[]): Figure {
  return { panels: { marks: [theory(rows, { x: "x", y: "y" })] }, rows };
}

Deno.test("save() writes five files, and the other size when asked", async () => {
  await inFolder(async (out) => {
    const paths = await save("F1", lossFigure(), { slug: "demo", out });
    assertEquals(paths.map((path) => path.slice(out.length)), [
      "/demo/F1.svg",
      "/demo/F1.pdf",
      "/demo/F1.png",
      "/demo/F1.csv",
      "/demo/F1.json",
    ]);
    await save("F2", lossFigure(), { slug: "demo", out, size: "both" });
    const names = (await files(`${out}/demo`)).filter((name) => name.startsWith("F2"));
    assertEquals(names, [
      "F2-page.pdf",
      "F2-page.png",
      "F2-page.svg",
      "F2.csv",
      "F2.json",
      "F2.pdf",
      "F2.png",
      "F2.svg",
    ]);
    assertEquals(await Deno.readTextFile(`${out}/demo/F2.svg`), svg(lossFigure()) + "\n");
    await save("F3", lossFigure(), { slug: "demo", out, size: "page" });
    assertStringIncludes(await Deno.readTextFile(`${out}/demo/F3.svg`), 'width="6.75in"');
  });
});

Deno.test("save() writes the same bytes again, whatever was drawn in between", async () => {
  await inFolder(async (out) => {
    const first = await save("F1", pageFigure(), { slug: "a", out, provenance: { seed: 7 } });
    await save("F9", lossFigure(), { slug: "a", out });
    const again = { slug: "a", out: `${out}/again`, provenance: { seed: 7 } };
    const second = await save("F1", pageFigure(), again);
    for (const [i, path] of first.entries()) {
      if (path.endsWith(".json")) continue;
      assertEquals(await Deno.readFile(path), await Deno.readFile(second[i]), path);
    }
  });
});

Deno.test("the PNG has 300 pixels per inch and says so", async () => {
  await inFolder(async (out) => {
    await save("F1", lossFigure(), { slug: "s", out, size: "both" });
    for (const [name, width] of [["F1", 975], ["F1-page", 2025]] as const) {
      const bytes = await Deno.readFile(`${out}/s/${name}.png`);
      const view = new DataView(bytes.buffer);
      assertEquals(view.getUint32(16), width);
      assertEquals(new TextDecoder().decode(bytes.subarray(37, 41)), "pHYs");
      assertEquals([view.getUint32(41), view.getUint32(45), bytes[49]], [11811, 11811, 1]);
    }
  });
});

Deno.test("the PDF has the size of the figure, embedded subsets of fonts, and text", async () => {
  await inFolder(async (out) => {
    await save("F1", pageFigure(), { slug: "s", out });
    const bytes = await Deno.readFile(`${out}/s/F1.pdf`);
    const source = Buffer.from(bytes).toString("latin1");
    const height = Number(/viewBox="0 0 486 (\S+)"/.exec(svg(pageFigure()))![1]);
    assertStringIncludes(source, `/MediaBox [0 0 486 ${height}]`);
    for (const font of ["DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique"]) {
      assertMatch(source, new RegExp(`/FontName /[A-Z]{6}\\+${font}\\b`));
    }
    assertEquals(source.match(/\/FontFile2/g)!.length, 3);
    assertEquals(source.match(/\/ToUnicode/g)!.length, 3);
    assertFalse(/Helvetica|\/Subtype \/Image/.test(source));
    assertGreater(60_000, bytes.length);
    const streams = [...source.matchAll(/stream\r?\n(.*?)\r?\nendstream/gs)].map(([, body]) => {
      try {
        return inflateSync(Buffer.from(body, "latin1")).toString("latin1");
      } catch {
        return "";
      }
    });
    // ⋆ (U+22C6) can be copied from the label, and glyphs are shown as text.
    assert(streams.some((text) => /beginbfrange[^]*22c6/i.test(text)));
    assert(streams.some((text) => /\bTj\b|\bTJ\b/.test(text)));
    // Lines are cut by clipping, not by a soft mask.
    assertFalse(source.includes("/SMask <<") || source.includes("/Luminosity"));
    assert(streams.some((text) => /\bW n\b/.test(text)));
    const scales = streams
      .map((text) => [...text.matchAll(/^([\d.]+) 0 0 \1 0 0 cm$/gm)].map((match) => match[1]))
      .find((found) => found.length > 0);
    assertAlmostEquals(Number(scales![0]) * Number(scales![1]), 1, 1e-5);
  });
});

Deno.test("the CSV reads back as the same doubles", async () => {
  const values = [0.1 + 0.2, 1 / 3, 1e-320, Number.MAX_VALUE, -0, 12345678901234567890, 5e-324];
  await inFolder(async (out) => {
    await save("F1", small(values.map((y, x) => ({ x, y }))), { slug: "s", out });
    const [head, ...lines] = (await Deno.readTextFile(`${out}/s/F1.csv`)).trimEnd().split("\n");
    assertEquals(head, "x,y");
    lines.forEach((line, i) => assert(Object.is(Number(line.split(",")[1]), values[i]), line));
  });
});

Deno.test("the CSV quotes words, leaves null empty, names several tables", async () => {
  await inFolder(async (out) => {
    const rows = {
      one: [{ x: 1, y: 2, word: 'a "b", c' }, { x: 2, y: NaN, word: null }],
      two: [{ x: 3, y: Infinity, flag: true }],
    };
    await save("F1", { ...small([{ x: 1, y: 1 }]), rows }, { slug: "s", out });
    assertEquals(
      await Deno.readTextFile(`${out}/s/F1.csv`),
      'table,x,y,word,flag\none,1,2,"a ""b"", c",\none,2,,,\ntwo,3,Infinity,,true\n',
    );
  });
});

Deno.test("the JSON holds caption, size, parameters and provenance, and on one line what is drawn", async () => {
  await inFolder(async (out) => {
    const figure = { ...lossFigure(), parameters: { d: 1000 } };
    await save("F1", figure, { slug: "s", out, provenance: { commit: "abc" } });
    const text = await Deno.readTextFile(`${out}/s/F1.json`);
    const { drawing, ...found } = JSON.parse(text);
    assertEquals([drawing.panels.length, drawing.panels[0].marks.length], [1, 5]);
    assertEquals(text.split("\n").filter((line) => line.includes('"drawing"')).length, 1);
    assertEquals(found, {
      id: "F1",
      paper: "s",
      caption: "Loss against steps.",
      size: "column",
      inches: 3.25,
      rows: 90,
      parameters: { d: 1000 },
      runs: [],
      provenance: { commit: "abc" },
    });
  });
});

Deno.test("save() finds its folder in LORA_DYNAMICS", async () => {
  const before = Deno.env.get("LORA_DYNAMICS");
  try {
    await inFolder(async (out) => {
      Deno.env.set("LORA_DYNAMICS", JSON.stringify({ preset: "quick", out: `${out}/here` }));
      const [path] = await save("F1", small([{ x: 1, y: 1 }]), { slug: "s" });
      assertEquals(path, `${out}/here/s/F1.svg`);
      Deno.env.set("LORA_DYNAMICS", JSON.stringify({ out: 7 }));
      const wrong = () => save("F1", small([{ x: 1, y: 1 }]), { slug: "s" });
      await assertRejects(wrong, TypeError, "out in LORA_DYNAMICS");
    });
  } finally {
    if (before === undefined) Deno.env.delete("LORA_DYNAMICS");
    else Deno.env.set("LORA_DYNAMICS", before);
  }
});

Deno.test("save() refuses names that leave the folder", async () => {
  for (const id of ["../F1", "a/b", "", ".hidden"]) {
    await assertRejects(() => save(id, lossFigure(), { slug: "s", out: "x" }), RangeError, "id");
  }
  await assertRejects(() => save("F1", lossFigure(), { slug: "..", out: "x" }), RangeError, "slug");
});

Deno.test("save() names a folder that it cannot write", async () => {
  await inFolder(async (out) => {
    await Deno.writeTextFile(`${out}/file`, "");
    const into = (folder: string) => () =>
      save("F1", small([{ x: 1, y: 1 }]), { slug: "s", out: folder });
    await assertRejects(into(`${out}/file`), Error, `folder ${out}/file/s must be writable`);
    if (Deno.uid() === 0 || Deno.build.os === "windows") return; // root may write everywhere
    await Deno.mkdir(`${out}/closed/s`, { recursive: true });
    await Deno.chmod(`${out}/closed/s`, 0o500);
    await assertRejects(into(`${out}/closed`), Error, "must be writable");
  });
});

Deno.test("save() leaves finished files as they were when it fails", async () => {
  await inFolder(async (out) => {
    const old = small([{ x: 1, y: 1 }]);
    await save("F1", old, { slug: "s", out });
    const before = await Deno.readFile(`${out}/s/F1.svg`);
    await Deno.remove(`${out}/s/F1.json`);
    await Deno.mkdir(`${out}/s/F1.json`);
    const again = () => save("F1", small([{ x: 2, y: 5 }, { x: 3, y: 9 }]), { slug: "s", out });
    await assertRejects(again, Error, "F1.json exists and is not a file");
    assertEquals(await Deno.readFile(`${out}/s/F1.svg`), before);
    assertEquals(await files(`${out}/s`), ["F1.csv", "F1.json", "F1.pdf", "F1.png", "F1.svg"]);
    const bad = { ...old, panels: { x: { tickFormat: "%" }, marks: [] } };
    await assertRejects(() => save("F1", { ...bad, columns: 0 }, { slug: "s", out }), RangeError);
    assertEquals(await Deno.readFile(`${out}/s/F1.svg`), before);
  });
});

Deno.test("a figure of an experiment carries its run into the JSON, and an edited one goes elsewhere", async () => {
  const lines = experiment({
    name: "lines",
    about: "Lines through the origin.",
    parameters: { slope: param.number(1, "slope"), seed: param.seed("3") },
    run: ({ slope }) => [{ x: 1, y: slope }, { x: 2, y: 2 * slope }],
    figure: (rows, { slope }): Figure => ({ ...small([...rows]), caption: `Slope ${slope}.` }),
  });
  await inFolder(async (out) => {
    const usual = await lines({ preset: "quick" }),
      edited = await lines({ slope: 4, preset: "quick" });
    const where = { slug: "demo", out };
    await save("F1", usual.figure(), where);
    const before = await Deno.readTextFile(`${out}/demo/F1.json`);
    const [{ experiment: name, parameters, origin, seeds }] = JSON.parse(before).runs;
    assertEquals([name, parameters, seeds], ["lines", { slope: 1, seed: "3" }, ["3"]]);
    assertEquals(origin.slope, "default");

    const paths = await save("F1", edited.figure(), where);
    assertEquals(paths[0], `${out}/demo/edited/F1.svg`);
    assertEquals(await Deno.readTextFile(`${out}/demo/F1.json`), before);
    const changed = JSON.parse(await Deno.readTextFile(`${out}/demo/edited/F1.json`));
    assertEquals([changed.caption, changed.runs[0].edited], ["Slope 4.", ["slope"]]);

    const both = { ...edited.figure(), run: [usual.record, edited.record] };
    assertEquals((await save("F2", both, where))[0], `${out}/demo/edited/F2.svg`);
  });
});

Deno.test("a figure of the quick preset does not replace one of the full preset", async () => {
  const dots = experiment({
    name: "dots",
    about: "Dots on a line.",
    parameters: { n: param.number(4, "number of dots"), seed: param.seed("3") },
    quick: { n: 2 },
    run: ({ n }) => Array.from({ length: n }, (_, x) => ({ x, y: x })),
    figure: (rows): Figure => small([...rows]),
  });
  await inFolder(async (out) => {
    const where = { slug: "demo", out },
      runs = {
        quick: await dots({ preset: "quick" }),
        full: await dots({ preset: "full" }),
      };
    const path = async (preset: "quick" | "full") =>
      (await save("F1", runs[preset].figure(), where))[0].slice(out.length);
    assertEquals(await path("quick"), "/demo/F1.svg");
    assertEquals(await path("full"), "/demo/F1.svg");
    const full = await Deno.readTextFile(`${out}/demo/F1.csv`);
    assertEquals(await path("quick"), "/demo/quick/F1.svg");
    assertEquals(await Deno.readTextFile(`${out}/demo/F1.csv`), full);
    assertEquals(full.split("\n").length, 6);
    await Deno.writeTextFile(`${out}/demo/F1.json`, "not of ours");
    assertEquals(await path("quick"), "/demo/F1.svg");
  });
});
