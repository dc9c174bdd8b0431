import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  add,
  cholesky,
  identity,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  scale,
  solve,
  solvePositive,
  solvePositiveRight,
  transpose,
} from "lora-dynamics/linalg/mod.ts";
import { diagonal, gaussian, relativeError } from "./_cases.ts";

const size = fc.integer({ min: 1, max: 12 });
const exponent = fc.constantFrom(-300, -150, 0, 150, 300);

/** A positive definite matrix of condition below about 1e3, at the given power of ten. */
function positive(n: number, power: number) {
  const a = gaussian(n, n, "positive");
  return scale(add(multiplyTN(a, a), identity(n)), 10 ** power);
}

Deno.test("cholesky() is a lower triangle with L Lᵀ = A, at any scale", () => {
  fc.assert(
    fc.property(size, exponent, (n, power) => {
      const a = positive(n, power), l = cholesky(a);
      for (let i = 0; i < n; i++) {
        assert(l.data[i * n + i] > 0);
        for (let j = i + 1; j < n; j++) assertEquals(l.data[i * n + j], 0);
      }
      assert(relativeError(a, multiplyNT(l, l)) < 1e-14);
    }),
    { seed: 7 },
  );
});

Deno.test("the solves give back what the product was made from, at any scale", () => {
  fc.assert(
    fc.property(size, size, exponent, (n, p, power) => {
      const x = gaussian(n, p), a = positive(n, power);
      assert(relativeError(x, solvePositive(a, multiply(a, x))) < 1e-10);
      assert(relativeError(x, solve(a, multiply(a, x))) < 1e-10);
      const y = transpose(x);
      assert(relativeError(y, solvePositiveRight(multiply(y, a), a)) < 1e-10);
      const general = add(gaussian(n, n, "general"), identity(n), 20);
      assert(relativeError(x, solve(general, multiply(general, x))) < 1e-13);
    }),
    { seed: 7 },
  );
});

Deno.test("units do not decide whether a matrix is regular", () => {
  const a = diagonal([1e-200, 1, 1e200]), b = matrix(3, 1, [1e-200, 2, 3e200]);
  for (const x of [solve(a, b), solvePositive(a, b)]) {
    assert(relativeError(matrix(3, 1, [1, 2, 3]), x) < 1e-15);
  }
});

Deno.test("singular and indefinite systems are refused with the pivot", () => {
  const b = matrix(2, 1, [1, 1]), rankOne = matrix(2, 2, [0.1, 0.3, 0.3, 0.9]);
  assertThrows(() => solve(rankOne, b), RangeError, "a must be regular: current value of pivot 1");
  const negative = matrix(2, 2, [-0.1, -0.3, -0.3, -0.9]);
  assertThrows(
    () => solve(negative, b),
    RangeError,
    "where the largest entry of its column is 0.9",
  );
  assertThrows(() => solve(matrix(2, 2), b), RangeError, "pivot 0 is 0");
  // What is left, 1e-17, is rounding of the 1 in the first row, though not of the entry itself.
  const near = matrix(2, 2, [1, 1, 1e-3, 1e-3 + 1e-17]);
  assertThrows(() => solve(near, b), RangeError, "where the largest entry of its column is 1");
  assertThrows(() => cholesky(rankOne), RangeError, "positive definite: current value of pivot 1");
  assertThrows(() => solvePositive(matrix(2, 2, [1, 2, 2, 1]), b), RangeError, "pivot 1 is -3");
  assertThrows(() => solvePositiveRight(transpose(b), matrix(2, 2)), RangeError, "pivot 0 is 0");
});

Deno.test("systems that do not fit are refused with both shapes", () => {
  const a = identity(3), b = matrix(2, 4);
  assertThrows(() => solve(a, b), TypeError, "currently a is 3 x 3, b is 2 x 4");
  assertThrows(() => solvePositive(a, b), TypeError, "currently a is 3 x 3, b is 2 x 4");
  assertThrows(() => solvePositiveRight(b, a), TypeError, "currently b is 2 x 4, a is 3 x 3");
  assertThrows(() => solve(b, b), TypeError, "a must be square: currently a is 2 x 4");
  assertThrows(() => cholesky(b), TypeError, "a must be square: currently a is 2 x 4");
  assertThrows(() => solve(a, matrix(3, 1, [0, NaN, 0])), RangeError, "entry (1, 0) is NaN");
});
