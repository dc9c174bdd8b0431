import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreaterOrEqual,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { moveApart } from "../../lib/figure/marks.ts";
import { planPanel } from "../../lib/figure/plan.ts";
import { inTextSize } from "../../lib/figure/type.ts";
import * as Plot from "@observablehq/plot";
import {
  band,
  endLabels,
  type Mark,
  sequential,
  simulation,
  svg,
  theme,
  theory,
} from "lora-dynamics/figure/mod.ts";

Deno.test("moveApart() keeps the order, the gap and the bounds, and moves nothing that is free", () => {
  const positions = fc.array(fc.integer({ min: 0, max: 1000 }).map((k) => k / 10), {
    maxLength: 9,
  });
  fc.assert(
    fc.property(positions, (given) => {
      const moved = moveApart(given, 8, 0, 100);
      const order = given.map((_, i) => i).sort((a, b) => given[a] - given[b] || a - b);
      for (let k = 1; k < order.length; k++) {
        assertGreaterOrEqual(moved[order[k]] - moved[order[k - 1]], 8 - 1e-9);
      }
      for (const position of moved) assert(position >= -1e-9 && position <= 100 + 1e-9);
    }),
    { seed: 7 },
  );
  assertEquals(moveApart([50, 10, 30], 8), [50, 10, 30]);
});

Deno.test("moveApart() is the nearest choice in the sense of least squares", () => {
  assertEquals(moveApart([10, 10], 8), [6, 14]);
  assertEquals(moveApart([10, 11, 40], 8), [6.5, 14.5, 40]);
  assertEquals(moveApart([50, 60, 61], 8), [49, 57, 65]); // two that are moved meet a third
  assertEquals(moveApart([1, 1], 8, 0, 5), [0, 5]); // no room for the gap
  assertEquals(moveApart([7], 8, 0, 5), [5]);
  // Twelve labels on 60 points: closer than the gap, but within the bounds.
  const many = moveApart(new Array(12).fill(3), 8, 0, 60);
  assertAlmostEquals(many[0], 0);
  assertAlmostEquals(many[11], 60);
});

Deno.test("endLabels() names each curve at its last point and makes room for the names", () => {
  const rows = [0.1, 0.9].flatMap((mu) => [0, 1, 2].map((t) => ({ mu, t, m: mu * t })));
  rows.push({ mu: 0.9, t: NaN, m: 3 }, { mu: 0.1, t: 3, m: NaN });
  const labels = endLabels(rows, {
    x: (row) => row.t,
    y: (row) => row.m,
    z: (row) => row.mu,
    text: (row) => `mu = ${row.mu}`,
    fill: (row) => row.mu,
  });
  const text = svg({
    panels: { marks: [theory(rows, { x: "t", y: "m", z: "mu", stroke: "mu" }), labels] },
    rows,
  });
  assertEquals([...text.matchAll(/>(mu = [^<]*)</g)].map((match) => match[1]), [
    "mu = 0.1",
    "mu = 0.9",
  ]);
  const [, x, width] = /aria-label="axes"><rect x="([^"]*)" y="[^"]*" width="([^"]*)"/.exec(text)!
    .map(Number);
  assert(234 - x - width > 45);
  // In a larger text the names are wider, and the room for them with them.
  const room = (size: number) =>
    inTextSize(size, () => planPanel({ marks: [labels] })).margins.right;
  assertAlmostEquals(room(1.5 * theme.fontSize), 1.5 * room(theme.fontSize), 1e-9);
});

Deno.test("theory is a line, simulation an open symbol of its colour", () => {
  const rows = [{ x: 0, y: 0, k: "a" }, { x: 1, y: 1, k: "a" }];
  const text = svg({
    panels: {
      marks: [
        theory(rows, { x: "x", y: "y", stroke: "k" }),
        simulation(rows, { x: "x", y: "y", stroke: "k" }),
      ],
    },
    rows,
  });
  assertStringIncludes(text, `stroke-width="${theme.lineWidth}"`);
  assert(/<circle[^>]*stroke="#0072B2"/.test(text));
  assert(/<g[^>]*fill="#fff"[^>]*aria-label="dot"/.test(text));
});

/** Lightness L* of CIELAB. */
function lightness(color: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16) / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 116 * Math.cbrt(0.2126 * r + 0.7152 * g + 0.0722 * b) - 16;
}

Deno.test("neighbours in the palette differ in lightness, sequential colours grow lighter", () => {
  for (let i = 1; i < theme.palette.length; i++) {
    const step = lightness(theme.palette[i]) - lightness(theme.palette[i - 1]);
    assertGreaterOrEqual(Math.abs(step), 12);
  }
  assert(!theme.palette.includes("#F0E442"));
  const scale = sequential(9).map(lightness);
  for (let i = 1; i < scale.length; i++) assertGreaterOrEqual(scale[i] - scale[i - 1], 3);
  assert(scale[8] < 75);
});

Deno.test("a mark whose column no row has is refused, with the columns that are there", () => {
  const rows = [{ x: 0, y: 1 }, { x: 1, y: 2 }];
  const draw = (mark: Mark) => svg({ panels: { marks: [mark] }, rows });
  for (
    const [mark, channel] of [
      [theory(rows, { x: "x", y: "z" }), 'y of the mark "line"'],
      [simulation(rows, { x: "x", y: "y", fill: "kind" }), 'fill of the mark "dot"'],
      [band(rows, { x: "x", y1: "low", y2: "y" }), 'y1 of the mark "area"'],
      [Plot.text(rows, { x: "at", y: "y", text: "y" }) as Mark, 'x of the mark "text"'],
    ] as const
  ) {
    assertThrows(() => draw(mark), TypeError, `as ${channel} must be a column of its rows (x, y)`);
  }
  // The same slip one step earlier: a column that was made of another's misspelt one.
  const made = rows.map((row) => ({ x: row.x, y: (row as unknown as { z: number }).z }));
  const wanted =
    'y of the mark "dot" must be a column of its rows (x, y): current value is "y", undefined in all';
  assertThrows(() => draw(simulation(made, { x: "x", y: "y" })), TypeError, wanted);
  draw(theory([{ x: 0 }, { x: 1, y: 2 }], { x: "x", y: "y" })); // a row may lack it
  draw(theory([], { x: "x", y: "nothing" }));
});
