import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { ksTwoSample, median, slope, summary } from "lora-dynamics/experiment/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { twoSampleTest } from "../../statistics.ts";

const sample = (min: number) =>
  fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: min, maxLength: 30 });

Deno.test("summary() has mean, standard deviation with n - 1, and standard error", () => {
  assertEquals(summary([2, 4, 4, 4, 5, 5, 7, 9]), {
    n: 8,
    mean: 5,
    sd: Math.sqrt(32 / 7),
    se: Math.sqrt(32 / 7) / Math.sqrt(8),
  });
  assertEquals(summary([3]), { n: 1, mean: 3, sd: 0, se: 0 });
  assertEquals(summary(Float64Array.of(1, 1, 1)).sd, 0);
});

Deno.test("summary() shifts and scales with its values", () => {
  fc.assert(
    fc.property(sample(2), (x) => {
      const { mean, sd } = summary(x), moved = summary(x.map((v) => 7 - 3 * v));
      assertAlmostEquals(moved.mean, 7 - 3 * mean, 1e-10);
      assertAlmostEquals(moved.sd, 3 * sd, 1e-10);
    }),
    { seed: 7 },
  );
});

Deno.test("summary() does not lose a small spread on a large mean, and carries NaN on", () => {
  const { mean, sd } = summary([1e9, 1e9 + 1, 1e9 + 2]);
  assertAlmostEquals(mean, 1e9 + 1, 1e-6);
  assertAlmostEquals(sd, 1, 1e-9);
  assert(Number.isNaN(summary([1, NaN]).mean));
});

Deno.test("median() is the middle of the sorted values and does not sort its argument", () => {
  const x = [5, 1, 10, 2, 3];
  assertEquals(median(x), 3);
  assertEquals(x, [5, 1, 10, 2, 3]);
  assertEquals(median([10, 9, 100, 1]), 9.5);
  assertEquals(median([4]), 4);
  fc.assert(
    fc.property(sample(1), (values) => {
      const m = median(values);
      assert(2 * values.filter((v) => v <= m).length >= values.length);
      assert(2 * values.filter((v) => v >= m).length >= values.length);
    }),
    { seed: 7 },
  );
});

Deno.test("median() of values with a NaN is NaN", () => {
  assertEquals(median([1, NaN, 2]), NaN);
});

Deno.test("slope() is exact on a line, wherever it lies", () => {
  const number = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(
    fc.property(number, number, (a, b) => {
      const x = [0.5, 1, 4, 9, -3];
      assertAlmostEquals(slope(x, x.map((v) => a + b * v)), b, 1e-11 * (1 + Math.abs(a)));
    }),
    { seed: 7 },
  );
});

Deno.test("slope() leaves residuals that are orthogonal to x", () => {
  const x = stream("7", "x").fillNormal(new Float64Array(50));
  const y = stream("7", "y").fillNormal(new Float64Array(50));
  const b = slope(x, y), mx = summary(x).mean, my = summary(y).mean;
  const product = x.reduce((sum, v, i) => sum + (v - mx) * (y[i] - my - b * (v - mx)), 0);
  assertAlmostEquals(product, 0, 1e-12);
});

Deno.test("ksTwoSample() agrees with the tests' own implementation", () => {
  const rng = stream("7", "ks");
  for (const [n, m, shift] of [[40, 60, 0], [200, 150, 0.2], [500, 500, 0.5], [30, 30, 5]]) {
    const x = rng.stream(n).fillNormal(new Float64Array(n));
    const y = rng.stream(m, shift).fillNormal(new Float64Array(m)).map((v) => v + shift);
    const ours = ksTwoSample(x, y), theirs = twoSampleTest(x, y);
    assertAlmostEquals(ours.distance, theirs.statistic, 1e-15);
    assertAlmostEquals(ours.p, theirs.p, 1e-12 * theirs.p);
  }
});

Deno.test("ksTwoSample() is symmetric, bounded, 0 for equal samples and 1 for separate ones", () => {
  fc.assert(
    fc.property(sample(1), sample(1), (x, y) => {
      const forth = ksTwoSample(x, y), back = ksTwoSample(y, x);
      assertAlmostEquals(forth.distance, back.distance, 1e-15);
      assert(forth.distance >= 0 && forth.distance <= 1 && forth.p >= 0 && forth.p <= 1);
      assertEquals(ksTwoSample(x, x), { distance: 0, p: 1 });
    }),
    { seed: 7 },
  );
  assertEquals(ksTwoSample([1, 2, 3], [4, 5]).distance, 1);
  assertEquals(ksTwoSample([1, 1, 1, 2], [1, 1, 2, 2]).distance, 0.25);
});

Deno.test("ksTwoSample() gives p values that are uniform under one law and tiny under two", () => {
  const rng = stream("7", "p values");
  const p = Array.from({ length: 400 }, (_, i) => {
    const [x, y] = ["x", "y"].map((name) => rng.stream(name, i).fillNormal(new Float64Array(200)));
    return ksTwoSample(x, y).p;
  });
  for (const level of [0.05, 0.25, 0.5]) {
    const share = p.filter((value) => value < level).length / p.length;
    // 4 standard errors, and the law of a lattice of 200 points.
    assertLess(Math.abs(share - level), 4 * Math.sqrt(level * (1 - level) / 400) + 0.02);
  }
  const x = rng.stream("x").fillNormal(new Float64Array(500));
  assertLess(ksTwoSample(x, x.map((v) => v + 1)).p, 1e-20);
  assertGreater(ksTwoSample(x, x.map((v) => v + 1e-6)).p, 0.99);
});

Deno.test("ksTwoSample() of samples with a NaN is NaN", () => {
  assertEquals(ksTwoSample([0.5, NaN], [0.1, 0.2]).p, NaN);
  assertEquals(ksTwoSample([0.5, NaN], [0.1, 0.7]).p, NaN);
});

Deno.test("statistics refuse empty samples and lines through fewer than two points", () => {
  const empty = "values must not be empty: current length is 0";
  for (
    const run of [
      () => summary([]),
      () => median([]),
      () => ksTwoSample([], [1]),
      () => ksTwoSample([1], []),
    ]
  ) assertThrows(run, RangeError, empty);
  const points = "x and y must have the same length >= 2: current lengths are";
  assertThrows(() => slope([1], [1]), RangeError, `${points} 1 and 1`);
  assertThrows(() => slope([1, 2], [1]), RangeError, `${points} 2 and 1`);
});

Deno.test("statistics refuse what are no numbers, and a line through points above each other", () => {
  const missing = [{ a: 1 }].map((row) => (row as { b?: number }).b) as number[];
  for (const statistic of [summary, median, (x: number[]) => slope(x, [1])]) {
    assertThrows(() => statistic(missing.concat(missing)), Error);
  }
  assertThrows(
    () => summary(missing),
    TypeError,
    "must be numbers: current first value is undefined",
  );
  assertThrows(() => median(["1", "2"] as never), TypeError, 'current first value is "1"');
  const wanted = "x must hold two different values: current value of all 3 is 1";
  assertThrows(() => slope([1, 1, 1], [1, 2, 3]), RangeError, wanted);
});
