import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { erf, gamma } from "mathjs";
import {
  binTest,
  correlationTest,
  gammaCdf,
  kolmogorovTest,
  logGamma,
  meanTest,
  normalCdf,
  twoSampleTest,
  varianceTest,
} from "./statistics.ts";

/** The lattice of n midpoints: the flattest sample of the uniform law. */
function lattice(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n);
}

Deno.test("logGamma() and normalCdf() agree with mathjs", () => {
  for (const x of [0.1, 0.5, 1, 2.5, 9.9, 30]) {
    assertAlmostEquals(logGamma(x), Math.log(gamma(x)), 1e-12, `x = ${x}`);
  }
  for (const x of [-5, -2, -0.3, 0, 1e-3, 1, 4]) {
    assertAlmostEquals(normalCdf(x), 0.5 * (1 + erf(x / Math.SQRT2)), 1e-13, `x = ${x}`);
  }
});

Deno.test("normalCdf() keeps its relative accuracy in the tail", () => {
  // 1 − Φ(x) lies between φ(x)/x·(1 − 1/x²) and φ(x)/x.
  const x = 9;
  const bound = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI) / x;
  assert(normalCdf(-x) < bound && normalCdf(-x) > bound * (1 - 1 / (x * x)));
});

Deno.test("gammaCdf() is the Erlang sum at whole shapes, on both branches", () => {
  for (const x of [0.01, 2, 5, 12, 40]) {
    let sum = 0;
    for (let k = 0, term = Math.exp(-x); k < 5; term *= x / ++k) sum += term;
    assertAlmostEquals(gammaCdf(5, x), 1 - sum, 1e-13, `x = ${x}`);
  }
});

Deno.test("kolmogorovTest() gives the tabulated 5 % point and a p of 1 for a lattice", () => {
  const n = 10_000;
  const shifted = lattice(n).map((u) => Math.max(0, u - (1.3581 / Math.sqrt(n) - 0.5 / n)));
  assertAlmostEquals(kolmogorovTest(shifted, (u) => u).p, 0.05, 5e-4);
  assertEquals(kolmogorovTest(lattice(n), (u) => u).p, 1);
});

Deno.test("twoSampleTest() sees the distance of two shifted lattices and counts ties once", () => {
  const a = lattice(1000);
  assertAlmostEquals(twoSampleTest(a, a.map((u) => u + 0.0995)).statistic, 0.1, 1e-9);
  assertEquals(twoSampleTest([1, 1, 1, 2], [1, 1, 2, 2]).statistic, 0.25);
  assertEquals(twoSampleTest(a, a).p, 1);
  assert(Number.isNaN(twoSampleTest(a, [0.5, NaN]).p));
});

Deno.test("meanTest(), varianceTest(), correlationTest() and binTest() give the z and χ² of hand", () => {
  assertAlmostEquals(meanTest([1, 1, 1, 1], 0, 4).statistic, 1, 1e-15);
  assertAlmostEquals(meanTest([1.959963984540054], 0, 1).p, 0.05, 1e-12);
  assertAlmostEquals(varianceTest([-1, 1, -1, 1], 2 / 3).statistic, Math.SQRT2, 1e-15);
  assertAlmostEquals(correlationTest([1, 2, 3], [2, 4, 6]).statistic, Math.sqrt(3), 1e-15);
  assertAlmostEquals(binTest([12, 8], [10, 10]).statistic, 0.8, 1e-15);
  assertAlmostEquals(binTest([10, 10, 13], [10, 10, 10]).p, Math.exp(-0.45), 1e-14);
});
