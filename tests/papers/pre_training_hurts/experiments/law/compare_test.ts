/** Comparison of two laws, against numbers by hand. */
import { assert, assertAlmostEquals, assertEquals, assertFalse } from "@std/assert";
import {
  compareLaws,
  exactness,
  isOneLaw,
  lawDistance,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const rows = (values: readonly number[], at = 1) => values.map((x) => ({ at, x }));

Deno.test("z is the difference of means over the root of both squared standard errors", () => {
  const [x, y] = [[1, 2, 3, 6], [0, 1, 1, 4, 4]];
  const [row] = compareLaws(rows(x), rows(y), { x: (it) => it.x });
  // Means 3 and 2, variances 14/3 and 7/2.
  assertAlmostEquals(row.z, 1 / Math.sqrt(14 / 3 / 4 + 3.5 / 5), 1e-12);
  assertEquals([row.mean, row.reference], [3, 2]);
  const squares = [[1, 4, 9, 36], [0, 1, 1, 16, 16]];
  const variance = (list: number[]) => {
    const mean = list.reduce((s, v) => s + v, 0) / list.length;
    return list.reduce((s, v) => s + (v - mean) ** 2, 0) / (list.length - 1) / list.length;
  };
  assertAlmostEquals(
    row.zSquare,
    (12.5 - 6.8) / Math.sqrt(variance(squares[0]) + variance(squares[1])),
    1e-12,
  );
});

Deno.test("samples without spread are one law only where they are equal", () => {
  const constant = (value: number) => rows([value, value, value]);
  assertEquals(compareLaws(constant(2), constant(2), { x: (it) => it.x })[0].z, 0);
  assertEquals(compareLaws(constant(2), constant(2.1), { x: (it) => it.x })[0].z, Infinity);
});

Deno.test("steps are compared with their own kind, and the distance is the largest over all", () => {
  const [one, two] = [[...rows([0, 1]), ...rows([5, 6], 2)], [
    ...rows([0, 1]),
    ...rows([5, 6.5], 2),
  ]];
  const all = compareLaws(one, two, { x: (it) => it.x, "2 x": (it) => 2 * it.x });
  assertEquals(all.map(({ at, statistic }) => `${statistic} ${at}`), [
    "x 1",
    "2 x 1",
    "x 2",
    "2 x 2",
  ]);
  const { z, count } = lawDistance(all);
  assertEquals(count, 8);
  assertAlmostEquals(z, Math.max(...all.map((row) => Math.abs(row.zSquare))), 1e-12);
});

Deno.test("the smallest p-value is judged by the number of tests", () => {
  const row = { at: 1, mean: 0, reference: 0, z: 1, zSquare: 0 };
  const { p } = lawDistance(
    [0.3, 0.1, 0.5].map((each, i) => ({ ...row, statistic: `${i}`, p: each })),
  );
  assertAlmostEquals(p, 1 - 0.9 ** 3, 1e-14);
});

Deno.test("NaN, the mark of a copy that has diverged, is no law", () => {
  const all = compareLaws(rows([0, NaN]), rows([0, 1]), { x: (it) => it.x });
  assertFalse(isOneLaw(lawDistance(all)));
});

Deno.test("bounds of one law: 4.5 standard errors, and one in ten thousand", () => {
  assert(isOneLaw({ z: 4.4, p: 2e-4, count: 1 }));
  assertFalse(isOneLaw({ z: 4.6, p: 0.5, count: 1 }));
  assertFalse(isOneLaw({ z: 1, p: 0.5e-4, count: 1 }));
});

Deno.test("a control that is not broken is one law, and the caption counts what was compared", async () => {
  const quiet = await exactness({
    preset: "quick",
    copies: 200,
    looks: [2],
    controls: [{ student: "erf" }],
  });
  const control = quiet.rows.comparisons.filter(({ chain }) => chain === "{student:erf}");
  assert(isOneLaw(lawDistance(control)));
  assertEquals(control.length, 4);
  const free = await exactness({
    preset: "quick",
    copies: 50,
    looks: [2],
    sphere: false,
    controls: [],
  });
  assertEquals(free.rows.comparisons.map(({ statistic }) => statistic), [
    "u",
    "m",
    "u m",
    "h",
    "m²",
  ]);
  assert(free.figure().caption!.includes("largest |z| of 10"), free.figure().caption);
});
