import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { paperNames } from "../../../lib/cli/files.ts";
import { svg } from "../../../lib/figure/mod.ts";
import {
  positionOf,
  POSITIONS,
  type Slider,
  valueAt,
} from "../../../lib/site/live/explorers/explorer.ts";
import { EXPLORERS } from "../../../lib/site/live/explorers/mod.ts";
import { linkTo, valuesOf } from "../../../lib/site/live/explorers/panel.ts";

const explorers = await Promise.all(
  Object.entries(EXPLORERS).map(async ([name, load]) => [name, (await load()).explorer] as const),
);

/** The values at the beginning, and at every corner. */
function corners(sliders: readonly Slider[]): Record<string, number>[] {
  return sliders.reduce<Record<string, number>[]>(
    (all, { name, min, max }) =>
      all.flatMap((one) => [min, max].map((x) => ({ ...one, [name]: x }))),
    [{}],
  );
}

Deno.test("each notebook has an explorer with two sliders or more", () => {
  assertEquals(Object.keys(EXPLORERS).sort(), paperNames());
  for (const [, { sliders }] of explorers) assertGreater(sliders.length, 1);
});

for (const [name, { sliders, draw }] of explorers) {
  Deno.test(`the explorer of ${name} draws at its start and in all corners, finite numbers`, () => {
    const starts = Object.fromEntries(sliders.map(({ name, start }) => [name, start]));
    for (const values of [starts, ...corners(sliders)]) {
      const figure = draw(values);
      assertStringIncludes(svg(figure, { size: "column" }), "<svg");
      const rows = Object.values(figure.rows).flat() as { x: number; y: number }[];
      assert(rows.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)), name);
    }
  });

  Deno.test(`each slider of the explorer of ${name} changes its numbers and its caption`, () => {
    const starts = Object.fromEntries(sliders.map(({ name, start }) => [name, start]));
    const before = draw(starts);
    for (const { name, max } of sliders) {
      const after = draw({ ...starts, [name]: max });
      assert(JSON.stringify(after.rows) !== JSON.stringify(before.rows), name);
      assert(after.caption !== before.caption, name);
    }
  });

  Deno.test(`a link to the explorer of ${name} holds its values`, () => {
    for (const position of [0, 57, POSITIONS]) {
      const values = Object.fromEntries(sliders.map((one) => [one.name, valueAt(one, position)]));
      assertEquals(valuesOf(sliders, linkTo(values)), values);
    }
  });
}

Deno.test("positions and values of a slider belong together, ends included", () => {
  for (const log of [true, false]) {
    const slider = { name: "x", label: "x", min: 0.01, max: 30, start: 1, log };
    for (let i = 0; i <= POSITIONS; i++) assertEquals(positionOf(slider, valueAt(slider, i)), i);
    assertEquals([valueAt(slider, 0), valueAt(slider, POSITIONS)], [0.01, 30]);
  }
});

Deno.test("a link with nonsense, or with values outside, gives values of the sliders", () => {
  const slider = { name: "x", label: "x", min: 1, max: 10, start: 4 };
  const value = (hash: string) => valuesOf([slider], hash).x;
  assertEquals(value("#explore&x=abc"), value(""));
  assertEquals([value("#explore&x=-5"), value("#explore&x=1e9")], [1, 10]);
  assertEquals(value("#cell-3"), value(""));
});
