/** How many nodes the moments take: what a wrong spacing would hide behind rules that are right all the same. */
import { assert, assertEquals, assertLess } from "@std/assert";
import { type Activation, activation } from "lora-dynamics/gaussian/mod.ts";
import { GridMoments } from "../../lib/gaussian/moments/grid_moments.ts";
import { integratePanels } from "../../lib/gaussian/quadrature/panels.ts";
import { PanelMoments } from "../../lib/gaussian/moments/panel_moments.ts";

/** The activation, with the lengths and the ends of the nodes at which it is asked. */
function watched(name: string): { it: Activation; asked: { n: number; x: number[] }[] } {
  const own = activation(name), asked: { n: number; x: number[] }[] = [];
  const note = (x: Float64Array, n: number) => asked.push({ n, x: [...x.subarray(0, n)] });
  const it: Activation = {
    ...own,
    fill: (x, n, f, df) => {
      note(x, n);
      own.fill(x, n, f, df);
    },
    fillCurvatures: (x, n, f, df, d2f) => {
      note(x, n);
      own.fillCurvatures(x, n, f, df, d2f);
    },
  };
  return { it, asked };
}

Deno.test("inner panels hold 16 nodes and are at most two long, over the chord of the disc", () => {
  const { it, asked } = watched("He1");
  new PanelMoments(it, activation("He1")).cross(0.5, 0, 10);
  assert(asked.length > 0);
  // With q = 0 the student is asked at √0.5 g; the chord ends a little beyond the outermost node.
  for (const { n, x } of asked) {
    const half = Math.max(...x) / Math.SQRT1_2;
    // The outermost of 16 nodes is 0.0055 of half a panel from its end.
    const panels = n / 16, chord = half / (1 - 0.0055 / panels);
    assertEquals(panels, Math.ceil(chord - 1e-3), `${half}`);
  }
});

Deno.test("the first grid has 29 rows to each side for a radius of 10, and is compared with one of 27", () => {
  const { it, asked } = watched("sigmoid"),
    grid = new GridMoments(it, activation("sigmoid(z / 2)"));
  assert(grid.cross(0.5, 0.3, 10));
  // 28 rows by tenths of the radius are one more by rounding up. Twelve overlaps on two grids, then the
  // point that was asked for; later ones of the same range cost one grid.
  const verified = 12 * (55 + 59) + 59;
  assertEquals(asked.length, verified);
  // The outermost row of a grid is a single node, at −10 times the overlap: both ends are among them, and 0,
  // and no two neighbours are 0.3 apart.
  const overlaps = Array.from({ length: 12 }, (_, i) => asked[i * (55 + 59)].x[0] / -10);
  assertEquals([overlaps[0], overlaps[11], overlaps.some((q) => q === 0)], [-1, 1, true]);
  for (let i = 1; i < 12; i++) {
    const gap = overlaps[i] - overlaps[i - 1];
    assert(gap > 0 && gap < 0.3, `${overlaps}`);
  }
  grid.cross(0.9, -0.2, 10);
  assertEquals(asked.length, verified + 59);
  // Twice the variance is another range, and a radius of 12 a grid of its own.
  assert(grid.cross(1.5, 0.2, 10));
  assertEquals(asked.length, 2 * verified + 59);
  assert(grid.cross(0.5, 0.3, 12));
  assertEquals(asked.length, 2 * verified + 59 + 12 * (65 + 69) + 69);
});

Deno.test("a square on the grid is verified at five variances once, then costs one row", () => {
  const { it, asked } = watched("sigmoid(z / 2)"), grid = new GridMoments(it, it);
  assert(grid.self(0.5, 10));
  const first = asked.length;
  assertEquals(asked.slice(first - 11).map(({ n }) => n), [
    ...[55, 59, 55, 59, 55, 59, 55, 59, 55, 59, 59],
  ]);
  assert(grid.self(0.7, 10));
  assertEquals(asked.length, first + 1);
});

Deno.test("a student with a kink costs no more nodes where the panels of its teacher are few", () => {
  const { it, asked } = watched("relu");
  new PanelMoments(it, activation("He1")).cross(1, 0.6, 10);
  const nodes = asked.reduce((sum, { n }) => sum + n, 0);
  // Ten outer panels of 16 nodes, refined at most twice at the kink; inner ones of 11 panels.
  assertLess(nodes, 3 * 160 * 11 * 16);
});

Deno.test("panels whose error is 0 are not halved, and a jump in the middle of one costs a halving", () => {
  const calls = (f: (x: number) => number, rtol = 1e-13) => {
    let count = 0;
    const { values } = integratePanels(
      1,
      (x, out, size) => {
        count++;
        for (let i = 0; i < 16; i++) size[i] = Math.abs(out[i] = f(x[i]));
      },
      [0, 1, 3],
      rtol,
    );
    return [count, Math.round(values[0] * 1e9) / 1e9];
  };
  assertEquals(calls(() => 0), [2, 0]);
  assertEquals(calls((x) => x ** 7), [2, 3 ** 8 / 8]);
  // One halving puts the jump between two panels.
  assertEquals(calls((x) => x > 2 ? 1 : 0), [4, 1]);
});
