import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { partition } from "../../lib/gaussian/quadrature/partition.ts";

Deno.test("a function that one rule resolves is one panel, between the cuts that are given", () => {
  assertEquals(partition(() => 1, 8, [], 1), {
    points: [-8, 8],
    singular: [],
    trouble: undefined,
  });
  // Beyond the reach, and on its end, there is nothing to cut.
  assertEquals(partition((x) => x, 8, [-9, -8, 0.5, 2, 8], 1).points, [-8, 0.5, 2, 8]);
});

Deno.test("panels around a kink are halved, and only those that were never halved are joined", () => {
  // The first points lie 0.98317 apart, two of them around 0 in the golden ratio.
  const low = -(1 - 0.381966) * 0.98317, high = 0.381966 * 0.98317;
  const { points, singular } = partition((x) => Math.abs(x - 0.3), 8, [], 1);
  assertEquals(singular, [0.3]);
  assertEquals([points[0], points.at(-1)], [-8, 8]);
  // Left and right of the panel with the kink the function is a line, which one rule integrates.
  assertAlmostEquals(points[1], low, 1e-15);
  assertAlmostEquals(points.at(-2)!, high, 1e-15);
  const inside = points.slice(1, -1);
  for (let i = 1; i < inside.length; i++) {
    // Every panel inside is the whole one, halved a number of times.
    const halvings = Math.log2((high - low) / (inside[i] - inside[i - 1]));
    assertAlmostEquals(halvings, Math.round(halvings), 1e-3);
    // A kink inside a panel of length L is an error of about L/100: 1e-14 of the function, up to 8.3.
    if (inside[i - 1] < 0.3 && inside[i] > 0.3) assertLess(inside[i] - inside[i - 1], 1e-10);
  }
});

Deno.test("a singular point is where the function is not smooth, whatever surrounds it", () => {
  const both = partition((x) => Math.abs(x - 0.3) + 2 * Math.abs(x + 2.25) + Math.exp(x), 6, [], 1);
  assertEquals(both.singular, [-2.25, 0.3]);
  const [odd] = partition((x) => Math.max(x, Math.SQRT1_2), 6, [], 1).singular;
  assertAlmostEquals(odd, Math.SQRT1_2, 1e-9);
  assertEquals(partition((x) => Math.abs(x - 0.3), 8, [0.3], 1).singular, []);
  // A steep turn is halved, but it is smooth.
  assertEquals(partition((x) => Math.tanh(200 * (x - 0.3)), 6, [], 1).singular, []);
});

Deno.test("a function without panels says where, and what it is there", () => {
  const pole = partition((x) => x > 2 ? NaN : x, 6, [], 1);
  assertEquals([pole.points, pole.singular, pole.trouble!.kind], [[], [], "nonFinite"]);
  assert(pole.trouble!.at > 2 && Number.isNaN(pole.trouble!.value));
  const end = partition((x) => x === -6 ? Infinity : x, 6, [], 1);
  assertEquals(end.trouble, { kind: "nonFinite", at: -6, value: Infinity });
  const f = (x: number) => Math.sin(1e6 * x), rough = partition(f, 6, [], 1);
  assertEquals([rough.points, rough.trouble!.kind], [[], "rough"]);
  assertEquals(rough.trouble!.value, f(rough.trouble!.at));
});

Deno.test("a jump is halved down to 2^-45 of its place, and is where the last panel lies", () => {
  const { points, singular } = partition((x) => x > 0.3 ? 1 : 0, 6, [], 1);
  const lengths = points.slice(1).map((point, i) => point - points[i]);
  // The panel around it is 0.98317 long, so that 45 halvings are needed; numbers near 0.3 are 5.6e-17 apart.
  assertAlmostEquals(Math.min(...lengths) / (0.98317 * 2 ** -45), 1, 0.01);
  assertEquals(singular.length, 1);
  assertAlmostEquals(singular[0], 0.3, 1e-13);
  // Farther out the length counts relative to the place: the panel from 39.3 to 49.1 holds 45.3.
  const far = partition((x) => x > 45.3 ? 1 : 0, 60, [], 1).points;
  const shortest = Math.min(...far.slice(1).map((point, i) => point - far[i]));
  assert(shortest <= 45.3 * 2 ** -45 && shortest > 45.3 * 2 ** -46, `${shortest}`);
});
