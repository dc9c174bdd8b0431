import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { sphere, stream } from "lora-dynamics/random/mod.ts";
import { kolmogorovTest, meanTest } from "../statistics.ts";

Deno.test("a point of the sphere has norm 1 and moves only the normals", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), (d) => {
      const rng = stream("7", "norm", d);
      const point = sphere(rng, d);
      assertEquals(point.length, d);
      assertAlmostEquals(Math.hypot(...point), 1, 1e-14);
      assertEquals(rng.uniform(), stream("7", "norm", d).uniform());
    }),
    { seed: 7 },
  );
});

Deno.test("in d = 1 the point is −1 or 1", () => {
  const rng = stream("7", "signs");
  const points = Float64Array.from({ length: 2000 }, () => sphere(rng, 1)[0]);
  assert(points.every((x) => x === 1 || x === -1));
  assert(meanTest(points, 0, 1).p > 1e-4);
});

Deno.test("in d = 3 each coordinate is uniform on (−1, 1), and that of a cube's point is not", () => {
  const rng = stream("7", "archimedes");
  const points = Array.from({ length: 20_000 }, () => sphere(rng, 3));
  for (let i = 0; i < 3; i++) {
    const coordinate = points.map((point) => point[i]);
    assert(kolmogorovTest(coordinate, (x) => (1 + x) / 2).p > 1e-4, `coordinate ${i}`);
  }
  const fromCube = Array.from({ length: 20_000 }, () => {
    const [x, y, z] = [rng.uniform(), rng.uniform(), rng.uniform()].map((u) => 2 * u - 1);
    return x / Math.hypot(x, y, z);
  });
  assert(kolmogorovTest(fromCube, (x) => (1 + x) / 2).p < 1e-9);
});

Deno.test("second and fourth moments are those of the uniform law on the sphere", () => {
  const d = 7;
  const rng = stream("7", "moments");
  const points = Array.from({ length: 40_000 }, () => sphere(rng, d));
  const product = points.map((point) => point[0] * point[5]);
  // E x²y² = 1/(d(d + 2)), E x⁴ = 3/(d(d + 2)).
  const cross = 1 / (d * (d + 2));
  assert(meanTest(product, 0, cross).p > 1e-4);
  assert(meanTest(points.map((point) => point[3] ** 2), 1 / d, 3 * cross - 1 / d ** 2).p > 1e-4);
  const fourth = 9 / (d * (d + 2) * (d + 4) * (d + 6)); // E x⁴y⁴
  assert(meanTest(product.map((x) => x * x), cross, fourth - cross ** 2).p > 1e-4);
});

Deno.test("a bad dimension is rejected", () => {
  for (const d of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => sphere(stream("7"), d), RangeError, "d must be an integer >= 1");
  }
  assertThrows(() => sphere(stream("7"), "3" as unknown as number), TypeError, "d must");
});

Deno.test("the point of a named stream never changes", () => {
  const point = [-0.3678589705960277, -0.21977439701763915, 0.903536934589596];
  assertEquals([...sphere(stream("7", "golden"), 3)], point);
});
