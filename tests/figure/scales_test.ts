import { fillOf, type MarkView } from "../../lib/figure/scales.ts";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type Panel, simulation, svg, theory } from "lora-dynamics/figure/mod.ts";
import { frames } from "./_fixtures.ts";

const values = [0, 1, 4, 9, 16];

/** Places of the marks along `x` or `y` as shares of the frame, from its low end. */
function places(key: "x" | "y", scale: NonNullable<Panel["x"]>): number[] {
  const rows = values.map((value) => ({ x: key === "x" ? value : 0, y: key === "y" ? value : 0 }));
  const text = svg({
    panels: {
      x: { domain: [0, 16], ...(key === "x" ? scale : {}) },
      y: { domain: [0, 16], ...(key === "y" ? scale : {}) },
      marks: [simulation(rows, { x: "x", y: "y" })],
    },
    rows,
  });
  const [[left, top, width, height]] = frames(text);
  return [...text.matchAll(/<circle r="\S+" cy="([-\d.]+)" cx="([-\d.]+)"/g)].map(([, y, x]) =>
    key === "x" ? (Number(x) - left) / width : (top + height - Number(y)) / height
  );
}

Deno.test("an axis of type sqrt is one: squares stand at equal distances", () => {
  for (const key of ["x", "y"] as const) {
    const root = places(key, { type: "sqrt" });
    assertEquals(root.length, values.length);
    root.forEach((at, i) => assertAlmostEquals(at, Math.sqrt(values[i]) / 4, 0.01));
    const power = places(key, { type: "pow", exponent: 1 / 3 });
    power.forEach((at, i) => assertAlmostEquals(at, Math.cbrt(values[i] / 16), 0.01));
    const line = places(key, { type: "linear" });
    assert(line.some((at, i) => Math.abs(at - root[i]) > 0.1));
  }
});

Deno.test("colours of type sqrt are those of square roots", () => {
  const panel = (type: "sqrt" | "linear", value: number): Panel => ({
    color: { type, domain: [0, 16] },
    marks: [theory([{ x: 0, y: value }, { x: 1, y: value }], { x: "x", y: "y", stroke: "y" })],
  });
  const colour = (type: "sqrt" | "linear", value: number) =>
    /aria-label="line".*?stroke="(rgb[^"]+|#[^"]+)"/.exec(
      svg({ panels: panel(type, value), rows: [] }),
    )![1];
  assertEquals(colour("sqrt", 4), colour("linear", 8));
  assert(colour("sqrt", 4) !== colour("linear", 4));
});

Deno.test("cells and filled rectangles fill an area, bars and bare rectangles stand on its edge", () => {
  const view = (ariaLabel: string, fill = false) =>
    ({ ariaLabel, channels: fill ? { fill: { value: "risk" } } : {} }) as unknown as MarkView;
  assertEquals(fillOf([view("line"), view("cell")]), "map");
  assertEquals(fillOf([view("bar"), view("rect", true)]), "map");
  for (const name of ["bar", "rect"]) assertEquals(fillOf([view("line"), view(name)]), "bars");
  assertEquals([fillOf([view("line"), view("dot", true)]), fillOf([])], ["open", "open"]);
});
