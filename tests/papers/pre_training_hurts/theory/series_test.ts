import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { activation, hermiteCoefficient } from "lora-dynamics/gaussian/mod.ts";
import {
  hermiteBias,
  hermiteSearchMatrix,
  searchMatrix,
  searchTime,
  seriesSearchMatrix,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import golden from "../../../golden/pre-training-hurts.json" with { type: "json" };

/** `|x − y| ≤ rel·|y|`, with a message that says where. */
function assertClose(x: number, y: number, rel: number, where: string): void {
  assertAlmostEquals(x, y, rel * Math.abs(y), where);
}

Deno.test("seriesSearchMatrix() is exact from the degree of the target on", () => {
  for (const k of [2, 3, 5]) {
    for (const mu of [0.3, 0.7]) {
      const exact = hermiteSearchMatrix(mu, k);
      for (const order of [k, k + 3, 16]) {
        const series = seriesSearchMatrix(mu, activation(`He${k}`), { order });
        assertClose(series.A, exact.A, 1e-12, `A, k = ${k}, order ${order}`);
        assertClose(series.B, exact.B, 1e-12, `B, k = ${k}, order ${order}`);
      }
      const short = seriesSearchMatrix(mu, activation(`He${k}`), { order: k - 1 });
      assertGreater(Math.abs(short.A - exact.A), 1e-3);
    }
  }
});

Deno.test("seriesSearchMatrix() converges geometrically for erf, also with another teacher", () => {
  const mu = 0.5, erf = activation("erf");
  for (const teacher of [erf, activation("sigmoid")]) {
    const exact = searchMatrix(mu, erf, teacher);
    const error = (order: number) => {
      const { A, B } = seriesSearchMatrix(mu, erf, { teacher, order });
      return Math.abs(A - exact.A) + Math.abs(B - exact.B);
    };
    const orders = [4, 8, 12, 16, 20];
    const errors = orders.map(error);
    for (let i = 1; i < errors.length; i++) assertLess(errors[i], 0.25 * errors[i - 1]);
    assertLess(error(40), 1e-9);
  }
});

Deno.test("seriesSearchMatrix() of ReLU has the reference's truncations, with and without j = 0", () => {
  const { mu, exact, withoutConstantTerm16, order16, order40, order80 } = golden.reluSeries;
  const relu = activation("relu");
  const tau = (order: number, constantTerm = true) =>
    searchTime(seriesSearchMatrix(mu, relu, { order, constantTerm }));
  assertClose(searchTime(searchMatrix(mu, relu)), exact, 1e-13, "exact");
  assertClose(tau(16), order16, 1e-11, "order 16");
  assertClose(tau(40), order40, 1e-11, "order 40");
  assertClose(tau(80), order80, 1e-11, "order 80");
  assertClose(tau(16, false), withoutConstantTerm16, 1e-11, "without j = 0");
});

Deno.test("seriesSearchMatrix() needs its j = 0 term exactly where target and slope have means", () => {
  const difference = (name: string, teacher = name) => {
    const options = { teacher: activation(teacher), order: 16 };
    const all = seriesSearchMatrix(0.5, activation(name), options);
    const cut = seriesSearchMatrix(0.5, activation(name), { ...options, constantTerm: false });
    assertEquals(all.A, cut.A);
    return Math.abs(all.B - cut.B);
  };
  for (const name of ["x", "erf", "sigmoid", "He2", "He3"]) assertLess(difference(name), 1e-13);
  assertGreater(difference("relu"), 0.1);
  assertGreater(difference("He2", "He2^2"), 0.1);
  assertGreater(difference("He4", "He4^2"), 0.01);
});

Deno.test("hermiteBias() is |E He_k(sqrt(r) z)|/sqrt(k!) and vanishes only at r = 1", () => {
  for (const k of [2, 4, 8]) {
    const sigma = activation(`He${k}`);
    let norm = 1;
    for (let j = 1; j <= k; j++) norm *= Math.sqrt(j);
    for (const r of [0.01, 0.5, 1, 2]) {
      const mean = hermiteCoefficient((z) => sigma.f(Math.sqrt(r) * z), 0) / norm;
      assertAlmostEquals(
        hermiteBias(k, r),
        Math.abs(mean),
        1e-12 * (1 + r ** (k / 2)),
        `${k} ${r}`,
      );
    }
    assertEquals(hermiteBias(k, 1), 0);
    assertGreater(hermiteBias(k, 0.999), 0);
  }
});
