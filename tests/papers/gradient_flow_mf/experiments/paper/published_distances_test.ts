/** Distances of runs from the paper's numbers, by hand. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type CourseRow,
  plotted,
  publishedDistances,
  type PublishedPoint,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

const row = (start: string, alpha: number, at: number, values: Partial<CourseRow>) =>
  ({ start, alpha, at, seed: "1", copy: 0, loss: 1, gap: 1, norm1: 1, ...values }) as CourseRow;
const point = (given: Partial<PublishedPoint>): PublishedPoint =>
  ({
    ...{ figure: "1 left", start: "random", quantity: "loss", c: 1.05, along: "top" },
    ...{ alpha: 1e-3, steps: 20_000, value: -5, floor: false, ...given },
  }) as PublishedPoint;

Deno.test("a distance is the mean of logarithms above the published one, at the time of its steps", () => {
  const rows = [
    ...[row("zeroA", 1e-3, 1, { loss: 1 }), row("zeroA", 1e-3, 2, { loss: 1e-4, gap: 1e-2 })],
    row("zeroA", 1e-3, 2, { loss: 1e-7, gap: 1e-3 }),
    ...[row("zeroB", 1e-3, 2, { loss: 1e-9 }), row("zeroA", 1e-4, 2, { loss: 1e-8 })],
  ];
  const [a, b, ...rest] = publishedDistances(rows, [point({})]);
  assertEquals([a.start, b.start, rest.length], ["zeroA", "zeroB", 0]);
  assertAlmostEquals(a.measured, -5.5, 1e-12);
  assertAlmostEquals(a.distance, -0.5, 1e-12);
  assertAlmostEquals(a.se, 1.5, 1e-12); // sd 3/√2 over √2
  assertAlmostEquals(b.distance, -4, 1e-12);
  const [gap] = publishedDistances(rows, [point({ quantity: "gap", value: -2 })]);
  assertAlmostEquals(gap.distance, -0.5, 1e-12);
  assertEquals(publishedDistances(rows, [point({ steps: 30_000 })]), []);
});

Deno.test("norms are averaged as they are, and their distance is of the ratio", () => {
  const rows = [row("zeroA", 1e-3, 2, { norm1: 1 }), row("zeroA", 1e-3, 2, { norm1: 3 })];
  const [{ measured, distance }] = publishedDistances(rows, [
    point({ quantity: "norm", value: 4 }),
  ]);
  assertEquals(measured, 2);
  assertAlmostEquals(distance, Math.log10(0.5), 1e-12);
});

Deno.test("the spectral curves are compared with the paper's spectral start alone", () => {
  const rows = [row("spectralPaper", 1e-3, 2, { loss: 0 }), row("zeroB", 1e-3, 2, {})];
  const random = publishedDistances(rows, [point({})]);
  const spectral = publishedDistances(rows, [point({ start: "spectral", value: -26 })]);
  assertEquals([random.length, random[0].start], [1, "zeroB"]);
  assertEquals([spectral.length, spectral[0].start], [1, "spectralPaper"]);
  // An exact zero counts as 10⁻³⁰.
  assertEquals(spectral[0].measured, -30);
  assert(plotted(rows[0], "loss") === -30 && plotted(rows[1], "norm") === 1);
});
