import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  activation,
  gaussHermite,
  hermite,
  hermitePolynomial,
} from "lora-dynamics/gaussian/mod.ts";

Deno.test("hermitePolynomial() has the exact integers k!/(m!(k−2m)!) (−1/2)^m", () => {
  const factorial = (n: number): bigint => n < 2 ? 1n : BigInt(n) * factorial(n - 1);
  for (let k = 0; k <= 30; k++) {
    const expected = new Array<number>(k + 1).fill(0);
    for (let m = 0; 2 * m <= k; m++) {
      const size = factorial(k) / (factorial(m) * factorial(k - 2 * m) * 2n ** BigInt(m));
      expected[k - 2 * m] = Number(m % 2 === 0 ? size : -size);
    }
    assertEquals(hermitePolynomial(k), expected);
  }
});

Deno.test("hermite() is the polynomial of its coefficients at integers, exactly", () => {
  for (let k = 0; k <= 12; k++) {
    for (let x = -6; x <= 6; x++) {
      const exact = hermitePolynomial(k).reduceRight((sum, c) => sum * BigInt(x) + BigInt(c), 0n);
      assertEquals(BigInt(hermite(k, x)), exact);
    }
  }
});

Deno.test("Hermite polynomials are orthogonal with norm k!", () => {
  const { nodes, weights } = gaussHermite(24);
  for (let j = 0; j <= 20; j++) {
    for (let k = 0; k <= j; k++) {
      let norm = 1;
      for (let i = 2; i <= k; i++) norm *= i;
      let scale = norm;
      for (let i = k + 1; i <= j; i++) scale *= Math.sqrt(i);
      const sum = nodes.reduce((s, x, i) => s + weights[i] * hermite(j, x) * hermite(k, x), 0);
      assertAlmostEquals(sum, j === k ? norm : 0, 1e-12 * scale, `${j}, ${k}`);
    }
  }
});

Deno.test("the activation He_k has value He_k, slope k He_{k−1} and curvature k(k−1) He_{k−2}", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: -4, max: 4, noNaN: true }), (
      k,
      x,
    ) => {
      const { f, df, d2f } = activation(`He${k}`);
      const size = hermitePolynomial(k).reduce((s, c, i) => s + Math.abs(c * x ** i), 0);
      assertAlmostEquals(f(x), hermite(k, x), 1e-14 * size);
      assertAlmostEquals(df(x), k * hermite(k - 1, x), 1e-13 * k * size + 1e-13);
      const second = k > 1 ? k * (k - 1) * hermite(k - 2, x) : 0;
      assertAlmostEquals(d2f(x), second, 1e-12 * (size + 1) * k * k);
    }),
    { seed: 7 },
  );
});

Deno.test("a degree that is not a whole number from 0 is refused with its value", () => {
  for (const k of [-1, 1.5, NaN, 171, Infinity]) {
    assertThrows(() => hermite(k, 1), RangeError, `current value is ${k}`);
    assertThrows(() => hermitePolynomial(k), RangeError, "k must be an integer from 0 to 170");
  }
});
