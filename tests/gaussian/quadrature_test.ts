import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import {
  gaussHermite,
  gaussianExpectation,
  gaussianQuadrature,
  hermite,
  hermiteCoefficient,
  integrate,
} from "lora-dynamics/gaussian/mod.ts";
import { panelPoints } from "../../lib/gaussian/quadrature/expectation.ts";

Deno.test("gaussHermite() gives the known small rules", () => {
  assertEquals([...gaussHermite(1).nodes], [0]);
  const two = gaussHermite(2);
  [-1, 1].forEach((x, i) => assertAlmostEquals(two.nodes[i], x, 1e-15));
  const three = gaussHermite(3);
  [-Math.sqrt(3), 0, Math.sqrt(3)].forEach((x, i) => assertAlmostEquals(three.nodes[i], x, 1e-15));
  [1 / 6, 2 / 3, 1 / 6].forEach((w, i) => assertAlmostEquals(three.weights[i], w, 1e-15));
});

Deno.test("gaussHermite() integrates every moment up to degree 2n − 1 and misses the next", () => {
  for (const n of [2, 5, 10, 20, 33]) {
    const { nodes, weights } = gaussHermite(n);
    let moment = 1;
    for (let k = 0; k <= 2 * n; k += 2) {
      if (k > 0) moment *= k - 1;
      const sum = nodes.reduce((s, x, i) => s + weights[i] * x ** k, 0);
      if (k < 2 * n) assertAlmostEquals(sum / moment, 1, 1e-13, `n = ${n}, degree ${k}`);
      else assert(sum / moment < 1, "the rule must miss degree 2n by n!");
    }
  }
});

Deno.test("gaussHermite() stays a symmetric rule of weight 1 up to 256 nodes", () => {
  for (const n of [64, 128, 255, 256]) {
    const { nodes, weights } = gaussHermite(n);
    assertAlmostEquals(weights.reduce((a, b) => a + b), 1, 2e-14);
    const variance = nodes.reduce((s, x, i) => s + weights[i] * x * x, 0);
    assertAlmostEquals(variance, 1, 2e-13);
    for (let i = 1; i < n; i++) assertLess(nodes[i - 1], nodes[i]);
    for (let i = 0; i < n; i++) assertEquals(nodes[i] + nodes[n - 1 - i], 0);
    assert(weights.every((w) => w >= 0));
  }
  for (const n of [0, 257, 2.5, NaN]) assertThrows(() => gaussHermite(n), RangeError, `${n}`);
});

Deno.test("one pass of integrate() is exact for polynomials up to degree 22, not beyond 23", () => {
  const once = (k: number) => integrate((x) => x ** k, -1, 1, { maxIntervals: 1 });
  assertEquals(once(22).evaluations, 15);
  for (const k of [0, 2, 12, 22]) assertAlmostEquals(once(k).value, 2 / (k + 1), 4e-16);
  assert(Math.abs(once(24).value - 2 / 25) > 1e-12);
});

Deno.test("integrate() handles peaks, kinks, singular ends and reversed limits", () => {
  const peak = integrate((x) => 1e-3 / (x * x + 1e-6), -1, 1);
  assertEquals(peak.status, "done");
  assertAlmostEquals(peak.value, 2 * Math.atan(1000), 1e-11);
  assertAlmostEquals(integrate((x) => Math.sqrt(x), 0, 1).value, 2 / 3, 1e-12);
  assertAlmostEquals(integrate((x) => Math.log(x), 0, 1, { rtol: 1e-9 }).value, -1, 1e-9);
  assertAlmostEquals(integrate(Math.exp, 1, 0).value, 1 - Math.E, 1e-14);
  const kink = integrate((x) => Math.abs(x - 0.3), 0, 1, { breakpoints: [0.3] });
  assertEquals(kink.evaluations, 30);
  assertEquals(integrate(Math.exp, 2, 2).value, 0);
  assertEquals(integrate(() => 0, 0, 1), { status: "done", value: 0, error: 0, evaluations: 15 });
  // What rounding leaves of a constant: QUADPACK's fifty units.
  const constant = integrate(() => 1, 0, 2);
  assertAlmostEquals(constant.error, 100 * Number.EPSILON, 1e-20);
  // Each halving of the piece at 0 takes its error down by 2^1.5: at most forty to 1e-12, whatever the rest.
  assertLess(integrate(Math.sqrt, 0, 1).evaluations, 15 + 30 * 40);
});

Deno.test("integrate() halves the worst piece: work grows with the digits, not with the number of pieces", () => {
  const cusp = (rtol: number) =>
    integrate((x) => Math.sqrt(Math.abs(x - 1 / 3)), 0, 1, { rtol, atol: 0 }).evaluations;
  for (const rtol of [1e-6, 1e-9, 1e-12]) {
    // The error of the piece around the cusp is about 0.05 width^1.5; each halving costs 30 values, and
    // a third more pieces are halved beside it, as thirds are no ends of halves.
    const halvings = Math.log2(0.05 / (0.55 * rtol)) / 1.5;
    assertLess(cusp(rtol), 15 + 30 * 1.5 * (halvings + 2), `rtol ${rtol}`);
  }
});

Deno.test("integrate() says what stopped it and how to go on", () => {
  const jump = integrate((x) => (x > Math.SQRT1_2 ? 1 : 0), 0, 1, { rtol: 1e-14, maxIntervals: 9 });
  assertEquals(jump.status, "maxIntervals: give breakpoints, raise maxIntervals or loosen rtol");
  assertEquals(integrate(() => NaN, 0, 1).status.split(":")[0], "nonFinite");
  const tight = integrate((x) => Math.cos(50 * x), 0, Math.PI, { rtol: 1e-16, atol: 0 });
  assertEquals(tight.status.split(":")[0], "roundoff");
  assertAlmostEquals(tight.value, 0, 1e-13);
});

Deno.test("integrate() refuses infinite limits and bad options", () => {
  assertThrows(() => integrate(Math.exp, 0, Infinity), RangeError, "b must be finite");
  assertThrows(() => integrate(Math.exp, 0, 1, { rtol: -1 }), RangeError, "rtol must");
  assertThrows(() => integrate(Math.exp, 0, 1, { breakpoints: [0.5, 0.2] }), RangeError, "greater");
  assertThrows(() => integrate(Math.exp, 0, 1, { maxIntervals: 0 }), RangeError, "maxIntervals");
});

Deno.test("panels are at most 2 long, and end at the cuts inside, each once", () => {
  assertEquals(panelPoints(0, 5, [-1, 0, 1, 1, 5, 7]), [0, 1, 3, 5]);
  assertEquals(panelPoints(-3, 3, []), [-3, -1, 1, 3]);
  assertEquals(panelPoints(0, 0.5, [0.125]), [0, 0.125, 0.5]);
});

Deno.test("gaussianExpectation() gives closed forms of smooth functions to 1e-14", () => {
  assertAlmostEquals(gaussianExpectation(Math.cos), Math.exp(-0.5), 1e-15);
  assertAlmostEquals(gaussianExpectation((z) => Math.exp(2 * z)), Math.exp(2), 1e-13);
  assertAlmostEquals(gaussianExpectation((z) => z ** 20) / 654729075, 1, 1e-13);
  // narrow: poles at distance π/40 from the axis
  const narrow = gaussianExpectation((z) => Math.tanh(20 * z) * z);
  const slow = integrate(
    (z) => Math.tanh(20 * z) * z * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI),
    -12,
    12,
    { rtol: 1e-13, breakpoints: [-0.2, 0, 0.2] },
  ).value;
  assertAlmostEquals(narrow, slow, 1e-12);
});

Deno.test("gaussianExpectation() meets declared and undeclared kinks", () => {
  const exact = Math.sqrt(2 / Math.PI);
  assertAlmostEquals(gaussianExpectation(Math.abs, { breakpoints: [0] }), exact, 1e-15);
  assertAlmostEquals(gaussianExpectation(Math.abs), exact, 1e-12);
  const step = (z: number) => (z > 1 ? 1 : 0);
  assertAlmostEquals(gaussianExpectation(step, { breakpoints: [1] }), 0.15865525393145705, 1e-15);
  assertThrows(() => gaussianExpectation(Math.abs, { rtol: 0 }), RangeError, "rtol");
});

Deno.test("gaussianQuadrature() is done with what is 0 everywhere, and leaves what has no end", () => {
  assertEquals(gaussianQuadrature(() => 0), { value: 0, error: 0, status: "done" });
  // e^{z²/2 − |z|}: times the density an integral of e^{−|z|}/√(2π), whose mass ends within doubles.
  const edge = gaussianQuadrature((z) => Math.exp(z * z / 2 - Math.abs(z)), { breakpoints: [0] });
  assertEquals(edge.status, "done");
  assertAlmostEquals(edge.value, 2 / Math.sqrt(2 * Math.PI), 1e-13);
  assertEquals(gaussianQuadrature((z) => Math.exp(z * z / 2)).status.split(":")[0], "diverges");
});

Deno.test("hermiteCoefficient() reads off the coefficients of a Hermite sum", () => {
  const f = (x: number) => 0.3 - 2 * hermite(1, x) + 0.7 * hermite(5, x);
  const expected = [0.3, -2, 0, 0, 0, 0.7 * 120, 0];
  expected.forEach((c, j) => assertAlmostEquals(hermiteCoefficient(f, j), c, 1e-12, `j = ${j}`));
});

Deno.test("Hermite coefficients of ReLU are those of the half-normal law", () => {
  const relu = (x: number) => Math.max(x, 0);
  const peak = 1 / Math.sqrt(2 * Math.PI);
  // E He_j relu = E He_{j−2} δ for j ≥ 2 (twice by parts)
  const expected = [peak, 0.5, peak, 0, -peak, 0, 3 * peak];
  expected.forEach((c, j) =>
    assertAlmostEquals(hermiteCoefficient(relu, j, { breakpoints: [0] }), c, 1e-13, `j = ${j}`)
  );
});
