/** A hundred thousand points: a small file that looks the same. */
import * as Plot from "@observablehq/plot";
import { assert, assertEquals, assertLess, assertStringIncludes, assertThrows } from "@std/assert";
import { type Figure, heat, type Mark, simulation, svg, theory } from "lora-dynamics/figure/mod.ts";
import { MOST_DOTS, thinDots, thinPath } from "../../lib/figure/thin.ts";
import { png } from "../../lib/figure/png.ts";
import { decodePng } from "../platform/_png.ts";
import { portable } from "lora-dynamics/random/mod.ts";

const stream = portable(7), N = 100_000, normals = stream.normals(N);
const cloud = Array.from({ length: N }, (_, i) => ({ x: stream.uniform(), y: normals[i] }));
const noise = cloud.map(({ y }, i) => ({ x: i, y: Math.sin(i / 1e4) + 0.1 * y }));
const figure = (...marks: unknown[]): Figure => ({ panels: { marks: marks as Mark[] }, rows: [] });

Deno.test("dots that cover each other are drawn once, which the panel says", () => {
  const text = svg(figure(simulation(cloud, { x: "x", y: "y" })));
  assertLess(text.length, 1e6);
  const drawn = text.match(/<circle/g)!.length;
  assert(drawn > MOST_DOTS / 2 && drawn <= MOST_DOTS, `${drawn} dots`);
  assertStringIncludes(text, "dots that cover each other drawn once");
  const few = svg(figure(simulation(cloud.slice(0, MOST_DOTS), { x: "x", y: "y" })));
  assertEquals(few.match(/<circle/g)!.length, MOST_DOTS);
  assert(!few.includes("drawn once"));
});

Deno.test("thinDots() keeps the dot on top, and one of each kind on each spot", () => {
  const places = Array.from({ length: 3 * MOST_DOTS }, (_, i) => [i % 3, 0] as const);
  const kinds = places.map((_, i) => i % 2 ? "red" : "blue"), last = places.length;
  assertEquals(thinDots(places, kinds), [5, 4, 3, 2, 1, 0].map((k) => last - 1 - k));
});

Deno.test("a long line keeps its ends and what is highest and lowest in each half pixel", () => {
  const line = svg(figure(theory(noise, { x: "x", y: "y" })));
  assertLess(line.length, 3e5);
  // The same pixels as a line that is cut into short ones, which are not thinned.
  const cut = { x: "x", y: "y", z: (_: unknown, i: number) => Math.floor(i / 1500) };
  const parts = svg(figure(theory(noise, cut)));
  const [a, b] = [line, parts].map((text) => decodePng(png(text, 3.25, 300)).pixels);
  let differ = 0;
  for (let i = 0; i < a.length; i += 4) if (Math.abs(a[i] - b[i]) > 64) differ++;
  assertLess(differ / (a.length / 4), 0.002);
  const path = "M0,0L" + Array.from({ length: 9000 }, (_, i) => `${i},${i % 7}`).join("L");
  assertEquals(thinPath(path), path); // one point a column
  for (const command of ["C5,", "H4L5,", "h1L5,"]) {
    const other = path.replace("L5,", command);
    assertEquals(thinPath(other), other);
  }
});

Deno.test("what adds up is never thinned, and too much of it is refused", () => {
  const faint = (count: number) =>
    figure(simulation(cloud.slice(0, count), { x: "x", y: "y", fillOpacity: 0.1 }));
  assertEquals(svg(faint(6000)).match(/<circle/g)!.length, 6000);
  for (
    const [mark, kind] of [
      [simulation(cloud, { x: "x", y: "y", strokeOpacity: 0.2 }), "dot"],
      [Plot.ruleX(cloud, { x: "x", y1: 0, y2: "y" }), "rule"],
    ] as const
  ) {
    const message = `at most 20000 shapes: current number is 100000, of the mark "${kind}"`;
    assertThrows(() => svg(figure(mark)), RangeError, message);
  }
  // A heat map is not told to become one.
  const cells = Array.from({ length: 40_000 }, (_, i) => ({ x: i % 200, y: i / 200 | 0, z: i }));
  const map = figure(heat(cells, { x: "x", y: "y", fill: "z" }));
  assertThrows(() => svg(map), RangeError, '"cell"; a coarser grid, such as 141 by as many');
});
