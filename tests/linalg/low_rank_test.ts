import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  adapterGradient,
  adapterStep,
  add,
  frobeniusNorm,
  lowRankGradient,
  lowRankStep,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  transpose,
  workspace,
} from "lora-dynamics/linalg/mod.ts";
import { gaussian, plainProduct } from "./_cases.ts";

const problems = fc.tuple(
  fc.integer({ min: 1, max: 19 }),
  fc.integer({ min: 1, max: 19 }),
  fc.integer({ min: 1, max: 11 }),
).map(([m, n, r]) => [m, n, Math.min(m, n, r)]);

/** A bound of the rounding of sums of that many products of these sizes. */
function rounding(...sizes: number[]): number {
  return 1e-15 * 30 * sizes.reduce((product, x) => product * x, 1);
}

Deno.test("lowRankGradient() is the residual's two products and half its square", () => {
  fc.assert(
    fc.property(problems, ([m, n, r]) => {
      const u = gaussian(m, r, "u"), v = gaussian(n, r, "v"), target = gaussian(m, n, "t");
      const e = add(plainProduct(u, transpose(v)), target, -1);
      const { loss, left, right } = lowRankGradient(u, v, target);
      const size = frobeniusNorm(e);
      assertAlmostEquals(loss, 0.5 * size ** 2, rounding(size, size));
      assertEquals([left.rows, left.columns, right.rows, right.columns], [m, r, n, r]);
      const errorLeft = frobeniusNorm(add(left, plainProduct(e, v), -1));
      const errorRight = frobeniusNorm(add(right, plainProduct(transpose(e), u), -1));
      assert(errorLeft <= rounding(size, frobeniusNorm(v)), `left: ${errorLeft}`);
      assert(errorRight <= rounding(size, frobeniusNorm(u)), `right: ${errorRight}`);
    }),
    { seed: 7 },
  );
});

Deno.test("the adapter's gradient is that of U Vᵀ with V transposed, bit for bit", () => {
  fc.assert(
    fc.property(problems, ([m, n, r]) => {
      const u = gaussian(m, r, "u"), v = gaussian(n, r, "v"), target = gaussian(m, n, "t");
      const one = lowRankGradient(u, v, target);
      const other = adapterGradient(u, transpose(v), target);
      assertEquals(other.loss, one.loss);
      assertEquals(other.left, one.left);
      assertEquals(transpose(other.right), one.right);
    }),
    { seed: 7 },
  );
});

Deno.test("the gradient is the loss's difference quotient", () => {
  const u = gaussian(6, 3, "u"), v = gaussian(7, 3, "v"), target = gaussian(6, 7, "t");
  const { left, right } = lowRankGradient(u, v, target);
  const h = 1e-5;
  for (const [factor, slope] of [[u, left], [v, right]]) {
    for (let i = 0; i < factor.data.length; i++) {
      const x = factor.data[i];
      factor.data[i] = x + h;
      const above = lowRankGradient(u, v, target).loss;
      factor.data[i] = x - h;
      const below = lowRankGradient(u, v, target).loss;
      factor.data[i] = x;
      assertAlmostEquals((above - below) / (2 * h), slope.data[i], 1e-6);
    }
  }
});

Deno.test("at an exact fit loss and gradient are exactly zero", () => {
  const u = gaussian(9, 2, "u"), v = gaussian(10, 2, "v");
  const { loss, left, right } = lowRankGradient(u, v, plainProduct(u, transpose(v)));
  assertEquals(loss, 0);
  assert([...left.data, ...right.data].every((x) => x === 0));
});

/** Shapes on either side of what is multiplied out, with blocks and panels that are not full. */
const steps = [[64, 64, 2], [13, 9, 3], [128, 128, 4], [31, 50, 7], [9, 9, 9], [67, 98, 16], [
  16,
  5,
  1,
]];

Deno.test("a step moves both factors against the gradients of their old values", () => {
  for (const [m, n, r] of steps) {
    const u = gaussian(m, r, "u"), v = gaussian(n, r, "v"), target = gaussian(m, n, "t");
    const e = add(plainProduct(u, transpose(v)), target, -1);
    const left = add(u, plainProduct(e, v), -0.01);
    const right = add(v, plainProduct(transpose(e), u), -0.02);
    const size = 0.02 * frobeniusNorm(e) + 0.02 * frobeniusNorm(target);
    const [normU, normV] = [frobeniusNorm(u), frobeniusNorm(v)];
    lowRankStep(u, v, target, 0.01, 0.02);
    assert(
      frobeniusNorm(add(u, left, -1)) <= 1e-15 * (normU + 30 * size * normV),
      `${m} ${n} ${r}`,
    );
    assert(
      frobeniusNorm(add(v, right, -1)) <= 1e-15 * (normV + 30 * size * normU),
      `${m} ${n} ${r}`,
    );
  }
});

Deno.test("a step in a workspace, on the heap and of an adapter has the same bits", () => {
  for (const [m, n, r] of steps) {
    const start = [gaussian(m, r, "u"), gaussian(n, r, "v"), gaussian(m, n, "t")];
    const w = workspace({ u: [m, r], v: [n, r], target: [m, n] });
    w.u.data.set(start[0].data);
    w.v.data.set(start[1].data);
    w.target.data.set(start[2].data);
    const [u, v, target] = start;
    const a = transpose(v), b = matrix(m, r, u.data.slice());
    for (let step = 0; step < 3; step++) {
      lowRankStep(w.u, w.v, w.target, 0.001, 0.002);
      adapterStep(b, a, target, 0.001, 0.002);
      lowRankStep(u, v, target, 0.001, 0.002);
      assertEquals(u.data, w.u.data.slice());
      assertEquals(v.data, w.v.data.slice());
      assertEquals(b, u);
      assertEquals(transpose(a), v);
    }
    assertEquals(w.target.data.slice(), target.data);
    assert(frobeniusNorm(u) !== frobeniusNorm(gaussian(m, r, "u")));
  }
});

Deno.test("steps that multiply the residual out reach a target as far as rounding lets them", () => {
  const [m, n, r] = [40, 30, 2];
  const target = plainProduct(gaussian(m, r, "u"), transpose(gaussian(n, r, "v")));
  const u = gaussian(m, r, "start"), v = gaussian(n, r, "other");
  for (let step = 0; step < 3000; step++) lowRankStep(u, v, target, 0.01);
  assert(lowRankGradient(u, v, target).loss < 1e-30 * m * n * frobeniusNorm(target) ** 2);
});

Deno.test("gradient descent conserves UᵀU − VᵀV up to the square of the step size", () => {
  const drift = (eta: number) => {
    const w = workspace({ u: [12, 3], v: [10, 3], target: [12, 10] });
    for (const name of ["u", "v", "target"] as const) {
      w[name].data.set(gaussian(w[name].rows, w[name].columns, name).data);
    }
    const before = add(multiplyTN(w.u, w.u), multiplyTN(w.v, w.v), -1);
    lowRankStep(w.u, w.v, w.target, eta);
    return frobeniusNorm(add(add(multiplyTN(w.u, w.u), multiplyTN(w.v, w.v), -1), before, -1));
  };
  assertAlmostEquals(Math.log10(drift(1e-3) / drift(1e-4)), 2, 1e-6);
});

Deno.test("gradient descent with the full rank reaches any target", () => {
  const u = gaussian(5, 4, "u"), v = gaussian(4, 4, "v"), target = gaussian(5, 4, "t");
  for (let step = 0; step < 4000; step++) lowRankStep(u, v, target, 0.05);
  const { loss } = lowRankGradient(u, v, target);
  assert(loss < 1e-20, `${loss}`);
  assert(frobeniusNorm(add(multiplyNT(u, v), target, -1)) < 1e-9);
});

Deno.test("low-rank problems that do not fit are refused with their shapes", () => {
  const [u, v, target] = [matrix(4, 2), matrix(3, 2), matrix(4, 3)];
  const wrong = "u is 4 x 2, v is 3 x 2, target is 3 x 4";
  assertThrows(() => lowRankStep(u, v, matrix(3, 4), 1), TypeError, wrong);
  assertThrows(() => lowRankGradient(u, matrix(2, 3), target), TypeError, "v is 2 x 3");
  assertThrows(() => adapterGradient(u, v, target), TypeError, "b is 4 x 2, a is 3 x 2");
  assertThrows(
    () => lowRankStep(matrix(4, 5), matrix(3, 5), target, 1),
    RangeError,
    "r must be at most min(m, n) of the 4 x 3 target: current value is 5",
  );
  for (const [rows, columns] of [[4, 4], [5, 3], [3, 4]]) {
    const other = matrix(rows, columns);
    assertThrows(() => lowRankGradient(matrix(4, 2), matrix(3, 2), other), TypeError, "must be");
  }
  assertThrows(
    () => lowRankGradient(matrix(4, 2), matrix(3, 1), matrix(4, 3)),
    TypeError,
    "must be",
  );
  assertThrows(
    () => adapterGradient(matrix(4, 2), matrix(1, 3), matrix(4, 3)),
    TypeError,
    "must be",
  );
  assertThrows(() => lowRankStep(u, v, target, NaN), RangeError, "first step size must be finite");
  assertThrows(() => adapterStep(u, matrix(2, 3), target, 1, Infinity), RangeError, "second step");
  const square = matrix(2, 2);
  assertThrows(() => lowRankStep(square, square, matrix(2, 2), 1), TypeError, "share memory");
});

Deno.test("NaN in the target is seen in the loss, in a row of U and in a row of V", () => {
  const target = gaussian(6, 6);
  target.data[7] = NaN;
  const { loss } = lowRankGradient(gaussian(6, 1, "u"), gaussian(6, 1, "v"), target);
  assert(Number.isNaN(loss));
  for (const n of [6, 24]) {
    const u = gaussian(n, 1, "u"), v = gaussian(n, 1, "v"), target = gaussian(n, n);
    target.data[n + 3] = NaN;
    lowRankStep(u, v, target, 0.1);
    assertEquals([...u.data].map(Number.isNaN), Array.from(u.data, (_, i) => i === 1));
    assertEquals([...v.data].map(Number.isNaN), Array.from(v.data, (_, i) => i === 3));
  }
  assert(Number.isNaN(multiply(target, target).data[7]));
});

Deno.test("gradients may be written into given matrices of the right shapes", () => {
  const [b, a, target] = [
    matrix(3, 2, [1, 2, 3, 4, 5, 6]),
    matrix(2, 4, [1, 0, 2, 1, 3, 1, 0, 1]),
    matrix(3, 4),
  ];
  const wanted = adapterGradient(b, a, target);
  const out = { left: matrix(3, 2), right: matrix(2, 4) };
  const given = adapterGradient(b, a, target, out);
  assertEquals(given, wanted);
  assert(given.left === out.left && given.right === out.right);
  const wrong = { left: matrix(2, 3), right: matrix(2, 4) };
  assertThrows(() => adapterGradient(b, a, target, wrong), TypeError, "out must be 3 x 2");
  assertThrows(() => adapterGradient(b, a, target, { ...out, left: b }), TypeError, "share memory");
});

Deno.test("the work of a large square factor fits into a workspace", () => {
  const n = 200, w = workspace({ u: [n, n], v: [n, n], target: [n, n] });
  w.u.data.set(gaussian(n, n, "u").data);
  w.v.data.set(gaussian(n, n, "v").data);
  const u = matrix(n, n, w.u.data.slice()), v = matrix(n, n, w.v.data.slice());
  lowRankStep(w.u, w.v, w.target, 1e-4);
  lowRankStep(u, v, matrix(n, n), 1e-4);
  assertEquals([w.u.data.slice(), w.v.data.slice()], [u.data, v.data]);
});
