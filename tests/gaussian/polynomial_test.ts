import { assertAlmostEquals, assertEquals } from "@std/assert";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { hermite, squareSeries } from "../../lib/gaussian/functions/hermite.ts";

const POINTS = [-1.7, -0.6, 0, 0.4, 1, 2.1];

Deno.test("polynomials in z have the values of their powers, below and above degree 16", () => {
  for (const powers of [{ 0: 2, 1: -1, 4: 0.5 }, { 0: -3, 1: 0.7, 2: 1, 7: -0.2, 20: 1e-3 }]) {
    const terms = Object.entries(powers).map(([k, c]) => [Number(k), c]);
    const a = activation(terms.map(([k, c]) => `(${c}) * z^${k}`).join(" + "));
    assertEquals(a.series!.length, terms.at(-1)![0] + 1);
    for (const z of POINTS) {
      const exact = [0, 1, 2].map((order) =>
        terms.reduce((sum, [k, c]) => {
          const factor = order === 0 ? 1 : order === 1 ? k : k * (k - 1);
          return sum + (factor === 0 ? 0 : c * factor * z ** (k - order));
        }, 0)
      );
      // What cancels between the Hermite polynomials of the series, at each derivative times a degree.
      const degree = a.series!.length,
        rounding = 1e-15 * degree *
          a.series!.reduce((sum, c, j) => sum + Math.abs(c * hermite(j, z)), 1);
      [a.f(z), a.df(z), a.d2f(z)].forEach((y, k) =>
        assertAlmostEquals(y, exact[k], rounding * degree ** k, `${a.name}, ${k} at ${z}`)
      );
    }
  }
});

Deno.test("the square of a series is He_j He_k = Σ_m m! C(j,m) C(k,m) He_{j+k−2m}", () => {
  // He₁² = He₂ + 1, He₂² = He₄ + 4 He₂ + 2, He₃² = He₆ + 9 He₄ + 18 He₂ + 6, He₁ He₃ = He₄ + 3 He₂.
  assertEquals(squareSeries([0, 1]), [1, 0, 1]);
  assertEquals(squareSeries([0, 0, 1]), [2, 0, 4, 0, 1]);
  assertEquals(squareSeries([0, 0, 0, 1]), [6, 0, 18, 0, 9, 0, 1]);
  assertEquals(squareSeries([0, 2, 0, 1]), [10, 0, 4 + 12 + 18, 0, 4 + 9, 0, 1]);
});
