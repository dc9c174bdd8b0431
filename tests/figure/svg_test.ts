import * as Plot from "@observablehq/plot";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertFalse,
  assertGreater,
  assertLess,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { type Figure, heat, simulation, svg, theme, theory } from "lora-dynamics/figure/mod.ts";
import { parseHTML } from "linkedom";
import { png } from "../../lib/figure/png.ts";
import { curves, frames, lossFigure, lossPanel, pageFigure, texts } from "./_fixtures.ts";

const points = [{ x: 0, y: 0 }, { x: 1, y: 2 }, { x: 2, y: 1 }];

/** A figure of one panel with the given marks. */
function plain(...marks: Plot.Markish[]): Figure {
  return { panels: { marks }, rows: points };
}

Deno.test("svg() is one standalone element without style sheet, script or inherited colour", () => {
  for (const figure of [lossFigure(), pageFigure()]) {
    const text = svg(figure);
    assertEquals(text.match(/<svg/g)!.length, 1);
    assert(text.startsWith('<svg xmlns="http://www.w3.org/2000/svg" '));
    assertFalse(/currentColor|var\(|<style|<script|<figure| href| class=| style=/.test(text));
    assertFalse(/NaN|undefined|Infinity|\[object/.test(text));
  }
});

Deno.test("svg() leaves out lines that lie beside the frame, which would end the PNG renderer", () => {
  const at = (x: number) =>
    svg({
      panels: {
        x: { domain: [0, 1] },
        y: { domain: [0, 1] },
        marks: [theory([{ x, y: 0.5 }, { x: x + 0.5, y: 0.6 }], { x: "x", y: "y", clip: true })],
      },
      rows: [],
    });
  const lines = (text: string) => text.match(/aria-label="line"><g[^>]*><path/g)?.length ?? 0;
  assertEquals([at(0.25), at(-0.25), at(200), at(-200)].map(lines), [1, 1, 0, 0]);
  for (const x of [200, -200]) assertGreater(png(at(x), 3.25, 100).length, 1000);
});

Deno.test("svg() is well-formed: every element is closed in order", () => {
  const open: string[] = [];
  for (const [, end, name, self] of svg(pageFigure()).matchAll(/<(\/?)([\w]+)[^>]*?(\/?)>/g)) {
    if (end) assertEquals(open.pop(), name);
    else if (!self) open.push(name);
  }
  assertEquals(open, []);
});

Deno.test("svg() has the width of its size in inches, drawn in points", () => {
  for (const size of ["column", "page"] as const) {
    const text = svg(lossFigure(), { size });
    const [, inches, high] = /width="([\d.]+)in" height="([\d.]+)in"/.exec(text)!.map(Number);
    const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(text)!.map(Number);
    assertEquals(inches, theme.inches[size]);
    assertEquals(width, 72 * inches);
    assertAlmostEquals(height, 72 * high, 0.01);
    assertStringIncludes(text, 'font-size="9"');
  }
});

Deno.test("svg() lays a single panel out for a column and two for a page, unless told otherwise", () => {
  const wide = (figure: Partial<Figure>) =>
    / width="([^"]*)"/.exec(svg({ panels: lossPanel(), rows: curves, ...figure }))![1];
  assertEquals(wide({}), "3.25in");
  assertEquals(wide({ panels: [lossPanel(), lossPanel()] }), "6.75in");
  assertEquals(wide({ size: "page" }), "6.75in");
});

Deno.test("svg() draws the legend of colours and symbols into the same element", () => {
  const text = svg(lossFigure());
  const legend = text.slice(text.indexOf('aria-label="legend"'));
  assertEquals(texts(legend).slice(0, 4), ["μ", "0.1", "0.5", "0.9"]);
  for (const color of theme.palette.slice(0, 3)) assertStringIncludes(legend, color);
  assertEquals(legend.match(/<line/g)!.length, 3);
});

Deno.test("svg() writes log axes in powers of ten", () => {
  const all = texts(svg(lossFigure()));
  for (const label of ["10⁰", "10⁴", "10⁻²"]) assert(all.includes(label), label);
});

Deno.test("svg() letters several panels, gives them equal frames, and lines them up", () => {
  const text = svg(pageFigure());
  const all = texts(text);
  for (const letter of ["(a)", "(b)", "(c)", "theory", "simulation", "inner"]) {
    assert(all.includes(letter), letter);
  }
  const [a, inset, b, c] = frames(text);
  for (const frame of [b, c]) {
    assertEquals(frame.slice(1), a.slice(1));
    assertGreater(frame[0], a[0]);
  }
  assertAlmostEquals(inset[2], 0.4 * a[2], 0.02);
  assertAlmostEquals(inset[0], a[0] + 0.5 * a[2], 0.02);
});

Deno.test("svg() sets panels below each other at column width, within a printed page", () => {
  const panels = Array.from({ length: 6 }, lossPanel);
  const text = svg({ panels, rows: curves }, { size: "column" });
  const found = frames(text);
  assertEquals(found.length, 6);
  assertEquals(new Set(found.map(([x]) => x)).size, 1);
  const wide = svg({ panels: panels.slice(0, 4), rows: curves }, { size: "page" });
  assertEquals(new Set(frames(wide).map(([x]) => x)).size, 2);
  const height = Number(/viewBox="0 0 \S+ (\S+)"/.exec(wide)![1]);
  assertLess(height, 9 * 72 + 1);
  // Frames that would not fit are as high as the page leaves room for, but no lower than 60 points.
  const x = { label: "x" },
    of = (n: number) => Array.from({ length: n }, () => ({ ...lossPanel(), x }));
  const tall = (n: number) => svg({ panels: of(n), rows: curves, columns: 1 }, { size: "page" });
  const high = (text: string) => Number(/viewBox="0 0 \S+ (\S+)"/.exec(text)![1]);
  for (const n of [4, 5]) assertAlmostEquals(high(tall(n)), 9 * 72, 1);
  assert(high(tall(12)) > 9 * 72);
  for (const [, , , frameHeight] of frames(tall(12))) assertAlmostEquals(frameHeight, 60, 0.01);
});

Deno.test("svg() keeps the structure of a panel: marks, axes, legend", () => {
  const labels = [...svg(lossFigure()).matchAll(/<g [^>]*aria-label="([^"]*)"/g)].map((m) => m[1]);
  assertEquals(labels, ["panel", "area", "area", "area", "line", "dot", "axes", "legend"]);
});

Deno.test("svg() depends on the figure only, not on what was drawn before", () => {
  const clipped = (): Figure =>
    plain(theory(points, { x: "x", y: "y", clip: true, marker: "dot" }));
  const first = svg(clipped());
  svg(pageFigure());
  assertEquals(svg(clipped()), first);
  const ids = [...first.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
  assertEquals(new Set(ids).size, ids.length);
  for (const [, id] of first.matchAll(/url\(#([^)]*)\)/g)) assert(ids.includes(id), id);
});

Deno.test("svg() cuts lines at the frame and drops dots outside of it", () => {
  const text = svg({
    panels: {
      x: { domain: [0, 1] },
      marks: [theory(points, { x: "x", y: "y" }), simulation(points, { x: "x", y: "y" })],
    },
    rows: points,
  });
  assertEquals(text.match(/<circle/g)!.length, 2);
  assertStringIncludes(text, '<g stroke-linecap="round" stroke-linejoin="round"');
  assert(/aria-label="line"[^>]*clip-path="url\(#i\d+\)"/.test(text));
});

Deno.test("svg() drops what stands far off on any side, and keeps what is near", () => {
  const around = [[0.5, 9], [0.5, -9], [9, 0.5], [-9, 0.5], [9, 9], [0.5, 0.5]].map(([x, y]) => ({
    x,
    y,
  }));
  const domain: [number, number] = [0, 1];
  const text = svg({
    panels: {
      ...{ x: { domain }, y: { domain } },
      marks: [Plot.text(around, { x: "x", y: "y", text: ({ x, y }) => `at ${x} ${y}` })],
    },
    rows: around,
  });
  assertEquals(text.match(/at [-\d. ]+/g), ["at 0.5 0.5"]);
});

Deno.test("svg() ends a line that runs away where every format has numbers for it", () => {
  const rows = [{ x: 1, y: 0.5 }, { x: 2, y: 1e30 }, { x: 3, y: 12345678901234 }];
  const text = svg({
    panels: { y: { domain: [0, 1] }, marks: [theory(rows, { x: "x", y: "y", clip: true })] },
    rows,
  });
  // It leaves where it is, upwards: a far end that was moved would change its direction.
  const [, d] = /aria-label="line".*?<path d="([^"]*)"/.exec(text)!;
  assertEquals(d.match(/L[^L]*/)![0].split(",")[0].slice(1), d.slice(1).split(",")[0]);
  assertFalse(/\d{5}/.test(d));
  assert(png(text, 3, 50).length > 0);
});

Deno.test("svg() gives a logarithmic axis with a single value ticks around it", () => {
  // One value alone, and one beside values that such an axis cannot show: an axis from half to twice of it.
  for (const more of [[], [{ x: 30, y: -1 }, { x: 0, y: 2.7 }]]) {
    const rows = [{ x: 30, y: 2.7 }, ...more];
    const text = svg({
      panels: {
        x: { type: "log" },
        y: { type: "log" },
        marks: [simulation(rows, { x: "x", y: "y" })],
      },
      rows,
    });
    for (const tick of ["20", "50", "2", "5"]) assertStringIncludes(text, `>${tick}<`);
  }
});

Deno.test("svg() passes over what a log scale cannot show", () => {
  const rows = [{ x: 1, y: 1 }, { x: 10, y: 0 }, { x: 100, y: 0.01 }, { x: 1000, y: -1 }];
  const text = svg({
    panels: {
      x: { type: "log" },
      y: { type: "log" },
      marks: [theory(rows, { x: "x", y: "y" }), simulation(rows, { x: "x", y: "y" })],
    },
    rows,
  });
  assertFalse(/NaN|Infinity/.test(text));
  assertEquals(text.match(/<circle/g)!.length, 2);
});

Deno.test("svg() draws the marks of Plot that papers use", () => {
  const spans = [{ x1: 0, y1: 0, x2: 1, y2: 1 }];
  const ends = { x1: "x1", y1: "y1", x2: "x2", y2: "y2" };
  const marks: Record<string, Plot.Markish> = {
    line: Plot.line(points, { x: "x", y: "y" }),
    dot: Plot.dot(points, { x: "x", y: "y" }),
    rule: Plot.ruleX([0, 1]),
    area: Plot.areaY(points, { x: "x", y: "y" }),
    cell: Plot.cell(points, { x: "x", y: "y", fill: "y" }),
    rect: Plot.rect(spans, ends),
    bar: Plot.barY(points, { x: "x", y: "y" }),
    text: Plot.text(points, { x: "x", y: "y", text: () => "word" }),
    link: Plot.link(spans, ends),
    arrow: Plot.arrow(spans, { ...ends, bend: true }),
    frame: Plot.frame(),
    tick: Plot.tickX(points, { x: "x" }),
    vector: Plot.vector(points, { x: "x", y: "y", length: "y" }),
  };
  for (const [name, mark] of Object.entries(marks)) {
    const text = svg(plain(mark, Plot.ruleY([0])));
    assertStringIncludes(text, `aria-label="${name}"`);
    assertFalse(/NaN|currentColor|var\(/.test(text), name);
  }
});

Deno.test("svg() puts a pale box behind each line of a text with a halo", () => {
  const text = svg(plain(
    Plot.text([points[1]], {
      x: "x",
      y: "y",
      text: () => "two\nlines d_{k}",
      fill: "red",
      stroke: "white",
    }),
    Plot.dot(points, { x: "x", y: "y" }),
  ));
  assertEquals(texts(text)[0], "twolines dk");
  assertEquals(text.match(/fill-opacity="0.85"/g)!.length, 2);
  assertFalse(text.includes("paint-order"));
});

Deno.test("svg() leaves out bars that lie beside the frame, and cuts those that reach in", () => {
  const bars = [{ from: 5, to: 6 }, { from: 0.5, to: 4 }, { from: -3, to: -2 }];
  const mark = Plot.rect(bars, { x1: "from", x2: "to", y1: () => 0, y2: () => 1, fill: "red" });
  const text = svg({ panels: { marks: [mark], x: { domain: [0, 1] } }, rows: bars });
  const group = /<g [^>]*aria-label="rect"[^>]*>(.*?)<\/g>/s.exec(text)![1];
  assertEquals(group.match(/<rect /g)!.length, 1);
});

Deno.test("svg() sets words of weight 600 and more in bold", () => {
  const weights = [599, 600, 700, "bold"].map((fontWeight) =>
    /font-weight="([^"]*)"/.exec(svg(plain(Plot.text(points, { x: "x", y: "y", fontWeight }))))?.[1]
  );
  assertEquals(weights, ["599", "bold", "bold", "bold"]);
});

Deno.test("svg() draws crowds of dots as one path for each colour", () => {
  const crowd = Array.from({ length: 1000 }, (_, i) => ({ x: i, y: i % 7, k: i % 2 ? "a" : "b" }));
  const dots = (options: Plot.DotOptions): string =>
    svg(plain(Plot.dot(crowd, { x: "x", y: "y", ...options })));
  const merged = dots({ fill: "k", r: 1 });
  assertFalse(merged.includes("<circle"));
  assertEquals(merged.match(/stroke-linecap="round"/g)!.length, 2);
  assertEquals(merged.match(/h0/g)!.length, 1000);
  assertStringIncludes(merged, 'stroke-width="2"');
  for (const options of [{ stroke: "k" }, { fill: "k", fillOpacity: 0.5 }]) {
    assertEquals(dots(options).match(/<circle/g)!.length, 1000);
  }
});

Deno.test("svg() fills the frame with a heat map and shows the bar of its colours", () => {
  const rows = [1, 2, 3].flatMap((x) => [1, 2].map((y) => ({ x, y, risk: 10 ** -x / y })));
  const text = svg({
    panels: {
      color: { type: "log", legend: true, label: "risk" },
      marks: [heat(rows, { x: "x", y: "y", fill: "risk" })],
    },
    rows,
  });
  const [[x, , width]] = frames(text);
  const cells = text.slice(text.indexOf('aria-label="cell"'), text.indexOf('aria-label="axes"'));
  const lefts = [...cells.matchAll(/<rect[^>]* x="([^"]*)"/g)].map((match) => Number(match[1]));
  assertEquals(lefts.length, 6);
  assertAlmostEquals(Math.min(...lefts), x, 0.3);
  assertAlmostEquals(Math.max(...lefts), x + 2 * width / 3, 0.3);
  assertStringIncludes(text, 'aria-label="color legend"');
  for (const label of ["10⁻¹", "10⁻²", "10⁻³"]) assert(texts(text).includes(label), label);
});

Deno.test("svg() draws an empty panel as an empty frame", () => {
  const text = svg({ panels: { marks: [Plot.dot([], { x: "x", y: "y" })] }, rows: [] });
  assertEquals(frames(text).length, 1);
});

Deno.test("svg() escapes whatever comes from outside", () => {
  const evil = `</text></svg><script>alert(1)</script>"'&amp;<img src=x onerror=alert(1)>`;
  const text = svg({
    panels: {
      title: evil,
      x: { label: evil },
      y: { label: `${evil}\u0000\ud800`, tickFormat: () => evil },
      color: { legend: true, label: evil },
      marks: [
        simulation(points, {
          x: "x",
          y: "y",
          stroke: () => evil,
          title: () => evil,
          href: () => "javascript:alert(1)",
          ariaLabel: evil,
          ariaDescription: evil,
        }),
        Plot.text(points, { x: "x", y: "y", text: () => evil, fill: () => evil }),
      ],
    },
    rows: points,
    caption: evil,
    legend: [{ label: evil, stroke: evil, dash: evil }],
  });
  assertEquals(text.match(/<\/svg>/g)!.length, 1);
  assertFalse(/<script|<img|<image|javascript:|http:\/\/example|\0|[\ud800-\udfff]/.test(text));
  // As HTML reads it, no element has an attribute that runs code.
  const { document } = parseHTML(`<body>${text}</body>`) as unknown as {
    document: {
      querySelectorAll(query: string): Iterable<{ attributes: Iterable<{ name: string }> }>;
    };
  };
  for (const element of document.querySelectorAll("*")) {
    for (const { name } of element.attributes) assertFalse(/^on/i.test(name), name);
  }
});

Deno.test("svg() says what is wrong with a figure", () => {
  const figure = lossFigure();
  assertThrows(() => svg({ ...figure, panels: [] }), RangeError, "number of panels");
  assertThrows(() => svg({ ...figure, aspect: -1 }), RangeError, "aspect must");
  assertThrows(() => svg({ ...figure, height: NaN }), RangeError, "height must");
  assertThrows(() => svg(figure, { size: "poster" as "page" }), RangeError, "column, page");
  const spec = { ...figure, panels: { ...lossPanel(), x: { tickFormat: ".2f" } } };
  assertThrows(() => svg(spec), TypeError, "x.tickFormat must be a function");
});

Deno.test("a legend that would hide half of a frame stands above it", () => {
  const entries = ["one", "two", "three"].map((label) => ({ label, dash: "" }));
  const top = (height: number) => {
    const text = svg({
      panels: {
        title: "title",
        legend: { at: "top-right", entries },
        marks: [theory(points, { x: "x", y: "y" })],
      },
      rows: points,
      height,
    });
    const [[, frame]] = frames(text);
    return [...text.matchAll(/<text x="[^"]*" y="([^"]*)"[^>]*>(?:one|two|three)</g)]
      .map(([, y]) => Number(y) < frame);
  };
  assertEquals(top(150), [false, false, false]);
  assertEquals(top(60), [true, true, true]);
});

Deno.test("a figure has 26 panels at most, in 6 columns at most, by itself in 3, or 2 where there are 4", () => {
  const rows = [{ x: 1, y: 1 }, { x: 2, y: 3 }];
  const panel = { marks: [theory(rows, { x: "x", y: "y" })] };
  const figure = (count: number, columns?: number): Figure => ({
    panels: Array.from({ length: count }, () => panel),
    ...{ rows, size: "page", ...(columns ? { columns } : {}) },
  });
  const columns = (made: Figure) =>
    new Set([...svg(made).matchAll(/aria-label="axes"><rect x="([^"]*)"/g)].map(([, x]) => x)).size;
  assertEquals([2, 3, 4, 5, 7].map((count) => columns(figure(count))), [2, 3, 2, 3, 3]);
  assertEquals([columns(figure(7, 6)), columns(figure(26, 6))], [6, 6]);
  assertThrows(() => svg(figure(7, 7)), RangeError, "columns must be an integer from 1 to 6");
  assertThrows(
    () => svg(figure(27)),
    RangeError,
    "number of panels must be an integer from 1 to 26",
  );
});

Deno.test("no coordinate of a drawing has more than two decimals", () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ x: i, y: 10 + i / 1000 + Math.sqrt(i) }));
  const marks = [theory(rows, { x: "x", y: "y" }), simulation(rows, { x: "x", y: "y" })];
  const text = svg({ panels: { marks }, rows });
  const places = [...text.matchAll(/ (?:d|x|y|cx|cy|transform)="([^"]*)"/g)].map(([, value]) =>
    value
  );
  assertGreater(places.length, 40);
  assertEquals(places.filter((value) => /\.\d{3}/.test(value)), []);
});
