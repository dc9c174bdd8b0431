import { assertEquals, assertThrows } from "@std/assert";
import { overlayFigure, type Panel, type Point } from "lora-dynamics/figure/mod.ts";

const points = (series: string): Point[] => [{ series, x: 0, y: 0 }, { series, x: 1, y: 1 }];
const panel = (series: string) => ({
  title: series,
  x: { label: "x" },
  y: { label: "y" },
  lines: points(series),
});

Deno.test("overlayFigure() shares one legend when all panels show the same series, and only then", () => {
  const shared = overlayFigure([panel("a"), panel("a")], { caption: "same" });
  assertEquals(shared.legend?.map(({ label }) => label), ["a"]);
  const apart = overlayFigure([panel("a"), panel("b")], { caption: "different" });
  assertEquals(apart.legend, undefined);
  const two = { ...panel("a"), means: points("b"), at: "top-left" as const };
  const [first] = overlayFigure([two, panel("c")], { caption: "two series" }).panels as Panel[];
  assertEquals((first.legend as { at: string }).at, "top-left");
});

Deno.test("overlayFigure() keeps every plotted number, lines and symbols apart", () => {
  const { rows, columns } = overlayFigure(
    [{ ...panel("a"), means: points("a") }, { ...panel("b"), lines: [] }],
    { caption: "numbers" },
  );
  assertEquals(rows, { "a, theory": points("a"), "a, simulation": points("a") });
  assertEquals(columns, 2);
});

Deno.test("overlayFigure() letters its rows, and is as wide as its panels want", () => {
  const of = (n: number, options = {}) => {
    const panels = Array.from({ length: n }, (_, i) => ({ ...panel(`${i}`), means: points("m") }));
    return overlayFigure(panels, { caption: "many", ...options });
  };
  const single = overlayFigure([panel("a")], { caption: "one" });
  assertEquals([single.size, single.columns, single.legend], ["column", 1, undefined]);
  assertEquals((single.panels as Panel[])[0].legend, undefined); // a single series needs none
  assertEquals((of(1).panels as Panel[])[0].legend !== undefined, true);
  assertEquals([2, 3, 4].map((n) => `${of(n).size} ${of(n).columns}`), [
    "page 2",
    "page 3",
    "page 3",
  ]);
  assertEquals(Object.keys(of(3).rows), [
    ...["a, theory", "a, simulation", "b, theory", "b, simulation", "c, theory", "c, simulation"],
  ]);
  assertEquals([of(2, { columns: 1 }).columns, of(2, { aspect: 0.4 }).aspect], [1, 0.4]);
  assertEquals("aspect" in of(2), false);
});

Deno.test("what is no list of panels, or lacks its options, is said", () => {
  // deno-lint-ignore no-explicit-any -- as a cell without types would
  const draw = overlayFigure as any;
  assertThrows(
    () => draw({ lines: [] }),
    TypeError,
    "panels must be a list of { title, x, y, lines",
  );
  assertThrows(() => draw([]), TypeError, "options must be an object: current value is undefined");
});
