/** Random figures of numbers of every size, with all kinds of marks. */
import * as Plot from "@observablehq/plot";
import fc from "fast-check";
import { type Figure, simulation, theory } from "lora-dynamics/figure/mod.ts";

/** Numbers of every size, and none. */
const value = fc.oneof(
  fc.double({ min: -2, max: 3, noNaN: true }),
  fc.tuple(fc.double({ min: 1, max: 300, noNaN: true }), fc.boolean())
    .map(([power, negative]) => (negative ? -1 : 1) * 10 ** power),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 5e-324, 1e-310, Number.MAX_VALUE),
);
const rows = fc.array(
  fc.record({ x: value, y: value, y2: value, name: fc.constantFrom("a", "b") }),
  { minLength: 1, maxLength: 6 },
);
const opacity = fc.constantFrom(1, 0.5, 0.05);

type Point = { x: number; y: number; y2: number; name: string };

/** One mark of each kind that is used, by number. */
function mark(kind: number, data: Point[], opacity: number): Plot.Markish {
  const xy = { x: "x", y: "y", opacity };
  return [
    () => theory(data, { x: "x", y: "y", strokeOpacity: opacity }),
    () => simulation(data, { x: "x", y: "y", fillOpacity: opacity }),
    () => Plot.areaY(data, { x: "x", y1: "y", y2: "y2", fillOpacity: opacity }),
    () => Plot.ruleX(data, { x: "x", opacity }),
    () => Plot.ruleY(data, { y: "y", opacity }),
    () => Plot.rectY(data, { x1: "x", x2: (d: Point) => d.x + 1, y1: 0, y2: "y", opacity }),
    () => Plot.text(data, { ...xy, text: "name" }),
    () => Plot.dot(data, { ...xy, symbol: "name" }),
    () => Plot.link(data, { x1: "x", y1: "y", x2: 0.5, y2: "y2", opacity }),
    () => Plot.arrow(data, { x1: 0.2, y1: 0.1, x2: "x", y2: "y", opacity }),
    () => Plot.line(data, { ...xy, curve: "step" }),
    () => Plot.tickX(data, { x: "x", opacity }),
    () => Plot.vector(data, { ...xy, length: 8 }),
  ][kind]() as Plot.Markish;
}

/** Figures of up to three marks in a fixed frame; the rows of the marks are their tables. */
export const figures: fc.Arbitrary<Figure> = fc.tuple(
  fc.array(fc.tuple(fc.nat({ max: 12 }), rows, opacity), { minLength: 1, maxLength: 3 }),
  fc.boolean(),
).map(([marks, page]) => ({
  size: page ? "page" : "column",
  panels: {
    ...{ x: { domain: [0, 1] }, y: { domain: [0, 1] } },
    marks: marks.map(([kind, data, opacity]) => mark(kind, data, opacity)),
  },
  rows: Object.fromEntries(marks.map(([, data], i) => [`mark ${i}`, data])),
}));
