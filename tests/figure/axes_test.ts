import { assertEquals } from "@std/assert";
import { type Axis, drawAxes, drawGrid, overhang } from "../../lib/figure/axes.ts";
import { labelWidth } from "../../lib/figure/markup.ts";

const frame = { x: 0, y: 0, width: 100, height: 50 };
const axis = (values: number[], more: Partial<Axis> = {}): Axis => ({
  ticks: { major: values.map((value) => ({ value, label: "" })), minor: [] },
  label: undefined,
  grid: true,
  ...more,
});
const minor = (values: number[]): Axis => ({ ...axis([]), ticks: { major: [], minor: values } });
const at = (value: unknown) => Number(value);
/** Places of the lines across the lower or the left side of the frame. */
const across = (svg: string, side: "x" | "y") =>
  [...svg.matchAll(side === "x" ? /M([-\d.]+),50v/g : /M0,([-\d.]+)h/g)].map(([, text]) => text);

Deno.test("a tick is drawn up to a tenth of a point beyond the ends of its axis", () => {
  const values = (length: number) => [-0.11, -0.1, 0, length, length + 0.1, length + 0.11];
  for (const make of [axis, minor]) {
    const x = drawAxes(frame, { x: make(values(100)) }, at, at, 20, 9);
    assertEquals(across(x, "x"), ["-0.1", "0", "100", "100.1"]);
    const y = drawAxes(frame, { y: make(values(50)) }, at, at, 20, 9);
    assertEquals(across(y, "y"), ["-0.1", "0", "50", "50.1"]);
  }
});

Deno.test("a line of the grid lies inside of the frame, not on it", () => {
  const lines = (values: number[], side: "x" | "y") =>
    [...drawGrid(frame, { [side]: axis(values) }, at, at).matchAll(/M([-\d.]+),([-\d.]+)[vh]/g)]
      .map((match) => match[side === "x" ? 1 : 2]);
  assertEquals(lines([0, 0.01, 50, 99.99, 100], "x"), ["0.01", "50", "99.99"]);
  assertEquals(lines([0, 0.01, 25, 49.99, 50], "y"), ["0.01", "25", "49.99"]);
  assertEquals(drawGrid(frame, { x: axis([50], { grid: false }) }, at, at), "");
});

Deno.test("labels reach beyond a horizontal axis by half of their width, slanted ones by their leg", () => {
  const wide = labelWidth("1000", 9), ticks = [0, 1].map((value) => ({ value, label: "1000" }));
  const reach = (slanted: boolean) =>
    overhang({ ...axis([]), ticks: { major: ticks, minor: [], slanted } }, at, 100, 9);
  assertEquals(reach(false), { left: wide / 2, right: 100 + wide / 2 - 100 });
  assertEquals(reach(true), { left: wide * Math.cos(40 * Math.PI / 180), right: 0 });
  assertEquals(overhang(undefined, at, 100, 9), { left: 0, right: 0 });
});
