import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { stream } from "lora-dynamics/random/mod.ts";
import { gammaCdf, kolmogorovTest, meanTest, normalCdf, varianceTest } from "../statistics.ts";

const size = 100_000;

Deno.test("fillChiSquare() equals so many calls of chiSquare(), with any changes of nu between", () => {
  const block = fc.record({
    nu: fc.constantFrom(0, 0.5, 1, 2, 3, 998, 1e15),
    length: fc.integer({ min: 0, max: 30 }),
  });
  fc.assert(
    fc.property(fc.array(block, { maxLength: 30 }), (blocks) => {
      const singly = stream("7", "mixed chi");
      const filled = stream("7", "mixed chi");
      for (const { nu, length } of blocks) {
        assertEquals(
          filled.fillChiSquare(new Float64Array(length), nu),
          Float64Array.from({ length }, () => singly.chiSquare(nu)),
        );
      }
    }),
    { seed: 7 },
  );
});

Deno.test("chiSquare(nu) is twice gamma(nu/2), and no degree of freedom gives 0 and draws nothing", () => {
  const a = stream("7", "halves");
  const b = stream("7", "halves");
  for (const nu of [0, 0.2, 1, 7, 0, 0, 1e6]) assertEquals(a.chiSquare(nu), 2 * b.gamma(nu / 2));
  a.chiSquare(0);
  a.gamma(0);
  assertEquals(a.chiSquare(5), b.chiSquare(5));
});

Deno.test("gammas follow the exact gamma law at shapes from 0.01 to 5000", () => {
  for (const shape of [0.01, 0.05, 0.3, 0.5, 0.999, 1, 1.5, 2.3, 10, 499.5, 5000]) {
    const rng = stream("7", "law", shape);
    const sample = Float64Array.from({ length: size }, () => rng.gamma(shape));
    const { p } = kolmogorovTest(sample, (x) => gammaCdf(shape, x));
    assert(p > 1e-4, `shape ${shape}: p = ${p}`);
  }
});

Deno.test("the check sees draws without the rejection, without the boost, and one nu too many", () => {
  const rng = stream("7", "controls");
  const d = 2 / 3;
  const proposals = Float64Array.from({ length: size }, () => {
    const v = Math.max(0, 1 + rng.normal() / Math.sqrt(9 * d));
    return d * v ** 3;
  });
  assert(kolmogorovTest(proposals, (x) => gammaCdf(1, x)).p < 1e-9);
  const unboosted = Float64Array.from({ length: size }, () => rng.gamma(1.5));
  assert(kolmogorovTest(unboosted, (x) => gammaCdf(0.5, x)).p < 1e-9);
  const oneTooMany = rng.fillChiSquare(new Float64Array(size), 999);
  assert(kolmogorovTest(oneTooMany, (x) => gammaCdf(499, x / 2)).p < 1e-5);
});

Deno.test("χ² has mean nu and variance 2 nu, from nu = 0.5 to 1e15", () => {
  for (const nu of [0.5, 1, 2, 3, 50, 998, 1e6, 1e9, 1e12, 1e15]) {
    const sample = stream("7", "moments", nu).fillChiSquare(new Float64Array(size), nu);
    const scaled = sample.map((x) => (x - nu) / Math.sqrt(2 * nu));
    assert(Math.abs(meanTest(scaled, 0, 1).statistic) < 4, `mean at nu = ${nu}`);
    assert(Math.abs(varianceTest(scaled, 1, 3 + 12 / nu).statistic) < 4, `variance at nu = ${nu}`);
  }
});

Deno.test("χ² has skewness √(8/nu), and a normal of the same mean and variance has not", () => {
  for (const nu of [3, 50, 998]) {
    const sample = stream("7", "skew", nu).fillChiSquare(new Float64Array(4 * size), nu);
    const cubes = sample.map((x) => ((x - nu) / Math.sqrt(2 * nu)) ** 3);
    // E((x − nu)/√(2nu))⁶ from the cumulants 1, √(8/nu), 12/nu, 48√2/nu^1.5, 480/nu².
    const sixth = 15 + 15 * 12 / nu + 10 * 8 / nu + 480 / nu ** 2;
    const skewness = Math.sqrt(8 / nu);
    const z = meanTest(cubes, skewness, sixth - skewness ** 2).statistic;
    assert(Math.abs(z) < 4, `nu = ${nu}: ${z} standard errors`);
  }
  const normals = stream("7", "skew").fillNormal(new Float64Array(4 * size));
  assert(meanTest(normals.map((z) => z ** 3), Math.sqrt(8 / 998), 15).p < 1e-9);
});

Deno.test("χ² is normal to within its own rounding at nu = 1e9 and 1e15", () => {
  for (const nu of [1e9, 1e15]) {
    const sample = stream("7", "large", nu).fillChiSquare(new Float64Array(size), nu);
    assert(kolmogorovTest(sample.map((x) => (x - nu) / Math.sqrt(2 * nu)), normalCdf).p > 1e-4);
  }
});

Deno.test("a shape too small for any number above 0 gives 0", () => {
  assertEquals(stream("7", "tiny").gamma(1e-300), 0);
});
