import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { matrix, svd } from "lora-dynamics/linalg/mod.ts";
import { type LayerStart, layerStart } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

const layer = (seed = 7) => {
  const draws = portable(5);
  const weight = matrix(30, 40, draws.normals(1200)), descent = matrix(30, 40, draws.normals(1200));
  return { weight, descent, rank: 6, alpha: 0.2, draws: portable(seed) };
};

Deno.test("random starts have the variances that they say, and share their factors at equal seeds", () => {
  const meanSquare = ({ data }: { data: Float64Array }) =>
    data.reduce((sum, x) => sum + x * x, 0) / data.length;
  const { b, a } = layerStart("gauss").factors(layer());
  assertEquals([b.rows, b.columns, a.rows, a.columns], [30, 6, 6, 40]);
  // Standard error of a mean of 180 and of 240 squares: √(2/n).
  assertAlmostEquals(meanSquare(b) / (0.04 / 30), 1, 4 * Math.sqrt(2 / 180));
  assertAlmostEquals(meanSquare(a) / (0.04 / 40), 1, 4 * Math.sqrt(2 / 240));
  const zeroB = layerStart("zeroB").factors(layer()), zeroA = layerStart("zeroA").factors(layer());
  assertEquals([zeroB.a, zeroB.b.data.every((x) => x === 0)], [a, true]);
  assertEquals([zeroA.b, zeroA.a.data.every((x) => x === 0)], [b, true]);
});

Deno.test("the spectral start is α² times the leading part of the negative gradient, made equal", () => {
  const at = layer(), { b, a } = layerStart("spectral").factors(at);
  const { u, v } = svd(at.descent);
  // Compared as projectors: signs of singular vectors are free.
  for (let i = 0; i < 30; i++) {
    for (let j = 0; j < 40; j++) {
      let product = 0, wanted = 0;
      for (let k = 0; k < 6; k++) {
        product += b.data[i * 6 + k] * a.data[k * 40 + j];
        wanted += 0.04 * u.data[i * u.columns + k] * v.data[j * v.columns + k];
      }
      assertAlmostEquals(product, wanted, 1e-14);
    }
  }
});

Deno.test("a start that is none is refused", () => {
  const good = layerStart("spectral");
  assertEquals(layerStart({ ...good, name: "mine" }).name, "mine");
  const cases: [unknown, new () => Error, string][] = [
    [
      "gaus",
      RangeError,
      "the start must be one of gauss, zeroB, zeroA, spectral, or { name, random",
    ],
    [{ ...good, factors: 1 }, TypeError, "the start must be one of gauss"],
    [{ ...good, name: 1 }, TypeError, "name of the start must be a string"],
    [
      { ...good, random: undefined },
      TypeError,
      "random of the start spectral must be true or false",
    ],
  ];
  for (const [start, type, message] of cases) {
    assertThrows(() => layerStart(start as LayerStart), type, message);
  }
});
