import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  add,
  columns,
  frobeniusNorm,
  matrix,
  multiply,
  multiplyTN,
  orthonormalBasis,
  polarFactor,
  principalAngles,
  projector,
  qr,
  scale,
  symmetricEigen,
  transpose,
} from "lora-dynamics/linalg/mod.ts";
import { cases, gaussian, orthogonalityError, relativeError } from "./_cases.ts";

/** Two planes of dimension p in 2p + 1 dimensions with the given angles, in a random frame. */
function planes(angles: readonly number[]) {
  const p = angles.length, n = 2 * p + 1;
  const frame = qr(gaussian(n, n, "frame")).q;
  const x = matrix(n, p), y = matrix(n, p);
  angles.forEach((angle, j) => {
    x.data[j * p + j] = 1;
    y.data[j * p + j] = Math.cos(angle);
    y.data[(p + j) * p + j] = Math.sin(angle);
  });
  return { x: multiply(frame, x), y: multiply(frame, y) };
}

Deno.test("principalAngles() finds angles from 1e-12 to π/2, each to 1e-14", () => {
  const angles = [1e-12, 1e-8, 1e-4, 0.3, 0.785, 0.786, 1.2, 1.5707, Math.PI / 2];
  const { x, y } = planes(angles);
  const found = principalAngles(x, y);
  angles.forEach((angle, i) => assertAlmostEquals(found[i], angle, 1e-14));
  const back = principalAngles(y, x);
  angles.forEach((angle, i) => assertAlmostEquals(back[i], angle, 1e-14));
});

Deno.test("a cosine alone would miss an angle of 1e-9", () => {
  const { x, y } = planes([1e-9]);
  assertAlmostEquals(principalAngles(x, y)[0], 1e-9, 1e-15);
  assertEquals(Math.acos(Math.min(1, Math.cos(1e-9))), 0);
});

Deno.test("angles depend on the spaces only, not on bases, scales or rotations", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: -150, max: 150 }),
      (p, q, exponent) => {
        const n = 9, x = gaussian(n, p, "x"), y = gaussian(n, q, "y");
        const angles = principalAngles(x, y);
        const mixed = scale(multiply(y, gaussian(q, q, "mix")), 10 ** exponent);
        const frame = qr(gaussian(n, n, "frame")).q;
        const turned = principalAngles(multiply(frame, x), multiply(frame, mixed));
        assertEquals(angles.length, Math.min(p, q));
        angles.forEach((angle, i) => assertAlmostEquals(turned[i], angle, 1e-9));
      },
    ),
    { seed: 7 },
  );
});

Deno.test("‖P_x − P_y‖² in the Frobenius norm is twice the sum of the squared sines", () => {
  const x = gaussian(8, 3, "x"), y = gaussian(8, 3, "y");
  const sum = principalAngles(x, y).reduce((total, angle) => total + Math.sin(angle) ** 2, 0);
  assertAlmostEquals(frobeniusNorm(add(projector(x), projector(y), -1)) ** 2, 2 * sum, 1e-13);
});

Deno.test("dependent columns do not add directions", () => {
  const x = gaussian(7, 2), twice = multiply(x, matrix(2, 3, [1, 1, 2, 0, 1, 1]));
  assertEquals(orthonormalBasis(twice).columns, 2);
  assert(relativeError(projector(x), projector(twice)) < 1e-13);
  assert(principalAngles(x, twice).every((angle) => angle < 1e-14));
});

Deno.test("a projector is symmetric, idempotent and keeps its matrix", () => {
  for (const [name, a] of Object.entries(cases)) {
    if (name === "zero") continue;
    const p = projector(a);
    assert(relativeError(p, multiply(p, p)) < 1e-13, name);
    assert(relativeError(p, transpose(p)) < 1e-15, name);
    assert(relativeError(a, multiply(p, a)) < 1e-13, name);
  }
});

Deno.test("polarFactor() leaves a symmetric positive semidefinite factor", () => {
  for (const [name, a] of Object.entries(cases)) {
    const unit = scale(a, 1 / (frobeniusNorm(a) || 1));
    const w = polarFactor(a);
    const h = multiplyTN(w, unit);
    assert(frobeniusNorm(add(h, transpose(h), -1)) < 1e-14, name);
    assert(symmetricEigen(scale(add(h, transpose(h)), 0.5)).values.every((x) => x > -1e-14), name);
    assert(frobeniusNorm(add(multiply(w, h), unit, -1)) < 1e-13, name);
  }
  assert(orthogonalityError(polarFactor(gaussian(12, 5))) < 1e-14);
  assert(orthogonalityError(transpose(polarFactor(gaussian(5, 12)))) < 1e-14);
});

Deno.test("spaces that are none, or in different dimensions, are refused", () => {
  assertThrows(() => orthonormalBasis(matrix(3, 2)), RangeError, "must not be zero");
  assertThrows(() => principalAngles(matrix(3, 1, [1, 0, 0]), matrix(3, 2)), RangeError, "zero");
  const shapes = "currently x is 3 x 1, y is 4 x 1";
  assertThrows(() => principalAngles(gaussian(3, 1), gaussian(4, 1)), TypeError, shapes);
  const bad = matrix(2, 1, [NaN, 1]);
  assertThrows(() => polarFactor(bad), RangeError, "entry (0, 0) is NaN");
  assertThrows(() => columns(matrix(2, 2), 1, 3), RangeError, "to must be an integer from 1 to 2");
});

Deno.test("the rank of a matrix does not depend on its units", () => {
  const a = multiply(gaussian(9, 2, "l"), gaussian(2, 7, "r"));
  for (const unit of [2 ** -600, 1, 2 ** 600]) {
    const basis = orthonormalBasis(scale(a, unit));
    assertEquals(basis, orthonormalBasis(a));
    assertEquals(basis.columns, 2);
  }
});
