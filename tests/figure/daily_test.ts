/** Figures in daily use: values that an axis cannot show, no data, many categories, dates, late digits. */
import * as Plot from "@observablehq/plot";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { csv } from "../../lib/figure/csv.ts";
import { type Figure, simulation, svg, theory, toLatex } from "lora-dynamics/figure/mod.ts";

type Panel = Figure["panels"] extends readonly (infer P)[] | infer Q ? P | Q : never;

/** Texts of a figure of one panel. */
function texts(panel: object, rows: Figure["rows"]): string[] {
  const text = svg({ panels: panel as Panel, rows } as Figure);
  return [...text.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, inner]) =>
    inner.replace(/<[^>]*>/g, "")
  );
}

const at = { x: "x", y: "y" };
const rowsOf = (...y: number[]) => y.map((value, x) => ({ x, y: value }));

Deno.test("a logarithmic axis spans what is positive and says how many values it leaves out", () => {
  for (const rows of [rowsOf(-1, 1, 10), rowsOf(1, 10, -1), rowsOf(0, 1, 10)]) {
    const found = texts({ y: { type: "log" }, marks: [theory(rows, at)] }, rows);
    assert(found.includes("10¹") || found.includes("10"), found.join("|"));
    assert(found.includes("1 y value ≤ 0 not shown"), found.join("|"));
  }
  const rows = rowsOf(0, -3, 2);
  const both = texts({ y: { type: "log" }, marks: [theory(rows, at), simulation(rows, at)] }, rows);
  assert(both.includes("4 y values ≤ 0 not shown"), both.join("|"));
  assertEquals(
    texts({ y: { type: "log" }, marks: [theory(rowsOf(1, 2), at)] }, rows).some((text) =>
      text.includes("≤")
    ),
    false,
  );
  const bad = rowsOf(-1, 0);
  assertThrows(
    () => texts({ y: { type: "log" }, marks: [theory(bad, at)] }, bad),
    RangeError,
    "a value along its logarithmic y axis must be > 0: all 2 values are 0 or negative",
  );
  // A given domain stands.
  const given = texts({ y: { type: "log", domain: [1e-3, 1] }, marks: [theory(rows, at)] }, rows);
  assert(given.includes("10⁻³"), given.join("|"));
});

Deno.test("no data is said in the frame, with the axes that were asked for", () => {
  for (const rows of [[], [{ x: NaN, y: 1 }], [{ x: 1, y: NaN }]]) {
    const panel = { x: { label: "steps" }, y: { label: "loss" }, marks: [theory(rows, at)] };
    const found = texts(panel, rows);
    for (const text of ["no data", "steps", "loss"]) assert(found.includes(text), found.join("|"));
  }
  // Nothing but null along an axis, by name and by function: a figure of a size all the same.
  const nothing = [{ x: null, y: 1 }, { x: null, y: 2 }] as unknown as { x: number; y: number }[];
  const along = { x: (row: { x: number }) => row.x, y: "y" } as unknown as typeof at;
  for (const channels of [at, along]) {
    const drawn = svg({ panels: { marks: [theory(nothing, channels)] }, rows: nothing });
    assertStringIncludes(drawn, "no data");
    assertEquals(/NaN|undefined/.test(drawn), false, drawn.slice(0, 300));
  }
  const rows = rowsOf(1, 2);
  assertEquals(texts({ marks: [theory(rows, at)] }, rows).includes("no data"), false);
  const note = (words: string[]) => Plot.text(words, { frameAnchor: "middle" });
  assertEquals(texts({ marks: [note(["a note"])] }, rows).includes("no data"), false);
  assertEquals(texts({ marks: [note([])] }, rows).includes("no data"), true);
  assertEquals(
    texts({ marks: [Plot.ruleY([0]), theory([], at)] }, rows).includes("no data"),
    false,
  );
});

Deno.test("two hundred categories: as many names as there is room for", () => {
  const rows = Array.from({ length: 200 }, (_, i) => ({ x: `category ${i}`, y: i }));
  const names = texts({ marks: [Plot.barY(rows, at)] }, rows).filter((text) =>
    text.startsWith("category")
  );
  assert(names.length > 5 && names.length < 30, String(names.length));
});

Deno.test("dates are whole years, months, days or hours", () => {
  const dates = (...text: string[]) => text.map((day, y) => ({ x: new Date(day), y }));
  const ticks = (rows: { x: Date; y: number }[]) => texts({ marks: [theory(rows, at)] }, []);
  const years = ticks(dates("2019-06-01", "2024-03-01"));
  assert(years.includes("2020") || years.includes("2021"), years.join("|"));
  const centuries = ticks(dates("1007-06-01", "1993-03-01")).filter((text) =>
    /^1\d{3}$/.test(text)
  );
  assert(
    centuries.length >= 4 && centuries.every((text) => Number(text) % 100 === 0),
    centuries.join("|"),
  );
  const months = ticks(dates("2026-01-15", "2026-05-20"));
  assert(months.some((text) => /^2026-0[2-5]$/.test(text)), months.join("|"));
  const hours = ticks(dates("2026-01-15T03:00:00Z", "2026-01-15T09:00:00Z"));
  assert(hours.some((text) => /^0[3-9]:00$/.test(text)), hours.join("|"));
});

Deno.test("ticks that differ in late digits are told apart", () => {
  const rows = [1, 2, 3].map((i) => ({ x: i, y: 1 + i * 1e-10 }));
  const found = texts({ marks: [theory(rows, at)] }, rows).filter((text) =>
    text.startsWith("1.0000")
  );
  assertEquals(new Set(found).size, found.length);
  assert(found.length >= 2, found.join("|"));
});

Deno.test("marks that do not print are refused by name", () => {
  const rows = rowsOf(1, 2), fill = (x: number, y: number) => x * y;
  const raster = Plot.raster({ fill, x1: 0, x2: 1, y1: 0, y2: 1 } as unknown as Plot.RasterOptions);
  assertThrows(() => texts({ marks: [raster] }, rows), TypeError, "current mark is raster");
  const blend = Plot.dot(rows, { ...at, mixBlendMode: "multiply" });
  assertThrows(() => texts({ marks: [blend] }, rows), TypeError, "mixBlendMode must be left out");
});

Deno.test("CSV: plain names, NaN is empty, no text is a formula, own tables keep their column", () => {
  assertEquals(
    csv([{ "/{d} = 10^{4}": NaN, "m_{0}": -2, text: "=1+1", other: "/{μ} = 0.5" }]),
    "d = 10^4,m_0,text,other\n,-2,'=1+1,μ = 0.5\n",
  );
  assertEquals(
    csv({ A: [{ table: "mine", x: 1 }], B: [{ x: 2 }] }),
    "table,x,table of the row\nA,1,mine\nB,2,\n",
  );
});

Deno.test("LaTeX: a row that begins with a bracket or a star is no option", () => {
  const text = toLatex([{ "[a]": "[0, 50]", n: 1 }, { "[a]": "*", n: 2 }]);
  assertStringIncludes(text, "  {}[a] & n");
  assertStringIncludes(text, "  {}[0, 50] & 1");
  assertStringIncludes(text, "  {}* & 2");
});

Deno.test("a panel knows its options: what Plot would pass over in silence is an error", () => {
  const rows = rowsOf(1, 2), marks = [theory(rows, at)];
  const mistakes: [panel: object, message: string][] = [
    [
      { xlabel: "steps" },
      "a panel must have no other keys than title, legend, insets, marks, x, y",
    ],
    [{ x: { lable: "steps" } }, `a panel's x must have no other keys than type, domain`],
    [{ color: { colour: "red" } }, "a panel's color must have no other keys"],
    [{ y: { type: "logarithmic" } }, "a panel's y.type must be one of linear, log"],
    [{ y: { type: "log", domain: [0, 1] } }, "a panel's y.domain must hold finite numbers > 0"],
    [
      { x: { domain: [0, Infinity] } },
      "a panel's x.domain must hold finite numbers: current value is [0,Infinity]",
    ],
    [
      { x: { domain: [0, NaN] } },
      "a panel's x.domain must hold finite numbers: current value is [0,NaN]",
    ],
    [{ x: { domain: 3 } }, "a panel's x.domain must be a list of values: current value is 3"],
    [{ x: { domain: [] } }, "a panel's x.domain must be a list of values: current value is []"],
    [{ legend: { at: "left" } }, "a panel's legend.at must be one of above, top-left"],
    [{ legend: { place: "above" } }, "a panel's legend must have no other keys"],
    [
      { legend: [{ name: "a" }] },
      "an entry of a panel's legend must have no other keys than label",
    ],
    [
      { insets: [{ box: { x: 0, y: 0, width: 0.5, height: 0.5 }, marks, titel: "" }] },
      "an inset must have no other keys",
    ],
  ];
  for (const [options, message] of mistakes) {
    const error = assertThrows(() => texts({ marks, ...options }, rows), Error) as Error;
    assertStringIncludes(error.message, `Cannot draw a figure as ${message}`);
  }
  // What Plot knows is known: dates, words, three ends, reversed ones.
  for (
    const x of [
      { type: "utc", domain: [new Date(0), new Date(1e9)] },
      { domain: ["a", "b"] },
      { type: "linear", domain: [2, 0], clamp: true, ticks: 3 },
      { type: "log", domain: [0.1, 10], base: 10, grid: true, label: null },
    ]
  ) texts({ x, marks }, rows);
});

Deno.test("bubbles and contours end at the frame, small dots on it stay whole", () => {
  const rows = rowsOf(1, 2, 3);
  const clipped = (...marks: unknown[]) => svg({ panels: { marks } as Panel, rows });
  assertEquals(clipped(Plot.dot(rows, { ...at, r: 4 })).includes("clip-path"), false);
  for (const mark of [Plot.dot(rows, { ...at, r: 60 }), Plot.density(rows, at)]) {
    assertStringIncludes(clipped(mark), "clip-path");
  }
});

Deno.test("CSV: what is undefined is empty, a date is one everywhere", () => {
  const rows = [{ a: undefined, when: new Date(0), b: 1 }] as unknown as { b: number }[];
  assertEquals(csv(rows), "a,when,b\n,1970-01-01T00:00:00.000Z,1\n");
});
