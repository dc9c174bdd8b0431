import { assert, assertEquals } from "@std/assert";
import { type Figure, svg } from "lora-dynamics/figure/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";

const line = (series: string, ys: number[]) => ys.map((y, x) => ({ series, x: x + 1, y }));
const cells = [1, 2, 4].flatMap((x) =>
  [0.1, 0.2, 0.3].map((y) => ({ x, y, value: x * y > 1 ? null : x * y }))
);
const run = [1, 1e-2].flatMap((variance) =>
  [0, 50, 100].map((at) => ({ variance, at, sine: 1 / (1 + at), risk: 2 / (1 + at) }))
);
const path = ["LoRA", "spectral"].flatMap((start) =>
  [0, 1, 2].map((at) => ({ draw: 0, start, at, along: at, across: 1 - at, b: at }))
);

const FIGURES: Record<string, [Figure, string[]]> = {
  alignmentFigure: [
    lo.alignmentFigure({
      rows: run,
      linear: line("linear phase", [1, 0.5]),
      leading: line("leading order", [1, 0.4]),
      plateau: 0.2,
      ends: [{ variance: 1e-2, t: 30 }],
    }),
    ["linear phase", "leading order", "plateau", "(b)"],
  ],
  portraitFigure: [lo.portraitFigure(path), ["LoRA", "spectral", "minimisers", "(b)"]],
  basinFigure: [
    lo.basinFigure(
      [{ title: "κ = 1", cells: cells.map((c) => ({ ...c, value: 20 })) }],
      line("edge", [0.1, 0.2]),
    ),
    ["κ = 1"],
  ],
};

for (const [name, [figure, texts]] of Object.entries(FIGURES)) {
  Deno.test(`${name}() draws its texts and finite marks, and keeps its numbers`, () => {
    const drawn = svg(figure);
    for (const text of texts) assert(drawn.includes(text), text);
    assert(!drawn.includes("NaN"), "NaN in the drawing");
    assert(Object.keys(figure.rows).length > 0);
    assert((figure.caption ?? "").length > 40);
  });
}

Deno.test("an empty cell of a map is left white, all others are drawn", () => {
  const drawn = svg(lo.basinFigure([{ title: "map", cells }], line("edge", [0.1, 0.2])));
  const other = svg(
    lo.basinFigure(
      [{ title: "map", cells: cells.map((c) => ({ ...c, value: 0.5 })) }],
      line("edge", [0.1, 0.2]),
    ),
  );
  const count = (text: string) => text.split("<rect").length;
  const empty = cells.filter(({ value }) => value === null).length;
  assertEquals(count(other) - count(drawn), empty);
});
