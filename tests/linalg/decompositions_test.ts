import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  add,
  frobeniusNorm,
  identity,
  matrix,
  multiplyNT,
  multiplyTN,
  nuclearNorm,
  projector,
  qr,
  scale,
  spectralBound,
  spectralNorm,
  svd,
  symmetricEigen,
  transpose,
} from "lora-dynamics/linalg/mod.ts";
import { cases, gaussian, relativeError, timesDiagonal, withValues } from "./_cases.ts";
import { checkEigen, checkQr, checkSvd } from "./_decomposition_laws.ts";

Deno.test("svd() reconstructs every kind of matrix from orthonormal factors", () => {
  for (const [name, a] of Object.entries(cases)) checkSvd(name, a);
});

Deno.test("qr() reconstructs every kind of matrix with a non-negative diagonal", () => {
  for (const [name, a] of Object.entries(cases)) checkQr(name, a);
});

Deno.test("symmetricEigen() reconstructs AᵀA-like and indefinite matrices", () => {
  for (const [name, a] of Object.entries(cases)) {
    const unit = scale(a, 1 / (frobeniusNorm(a) || 1));
    checkEigen(`gram of ${name}`, multiplyTN(unit, unit));
    if (a.rows === a.columns) checkEigen(`symmetric ${name}`, add(a, transpose(a)));
  }
  checkEigen(
    "entries 1e-150",
    scale(multiplyNT(cases["random wide"], cases["random wide"]), 1e-150),
  );
  checkEigen("entries 1e150", scale(multiplyNT(cases["random wide"], cases["random wide"]), 1e150));
});

Deno.test("decompositions hold for matrices of any shape", () => {
  const size = fc.integer({ min: 1, max: 14 });
  fc.assert(
    fc.property(size, size, fc.integer({ min: 1, max: 14 }), (m, n, rank) => {
      const r = Math.min(m, n, rank);
      const a = multiplyNT(gaussian(m, r), gaussian(n, r, "v"));
      checkSvd(`${m} x ${n} of rank ${r}`, a);
      checkQr(`${m} x ${n} of rank ${r}`, a);
      checkEigen(`${m} of rank ${r}`, multiplyNT(a, a));
    }),
    { seed: 7 },
  );
});

Deno.test("svd() finds the singular values that a matrix was made with, to ε of the largest", () => {
  for (
    const values of [[5, 3, 1], [4, 4, 4, 2, 2], [1, 1e-3, 1e-6, 1e-9, 1e-12], [2, 2, 0, 0], [1]]
  ) {
    const found = svd(withValues(11, 8, values)).values;
    for (let i = 0; i < 8; i++) assertAlmostEquals(found[i], values[i] ?? 0, 2e-15 * values[0]);
  }
});

Deno.test("the projectors of repeated singular values are determined though the vectors are not", () => {
  const a = withValues(12, 9, [3, 3, 3, 1, 1]);
  const { u, values } = svd(a);
  // (AAᵀ − 1)/8 · AAᵀ/9 is 1 on the first space and 0 on the second and on the rest.
  const gram = multiplyNT(a, a);
  const expected = scale(multiplyNT(add(gram, identity(12), -1), gram), 1 / 72);
  const first = timesDiagonal(u, values.map((value) => value > 2 ? 1 : 0));
  assert(relativeError(expected, multiplyNT(first, u)) < 1e-14);
  assert(
    relativeError(projector(a), multiplyNT(timesDiagonal(u, values.map((x) => +(x > 0.5))), u)) <
      1e-14,
  );
});

Deno.test("scaling by a power of two scales the values and leaves the vectors, bit for bit", () => {
  for (const exponent of [-900, -40, 40, 900]) {
    const a = gaussian(7, 5), factor = 2 ** exponent, b = scale(a, factor);
    const one = svd(a), other = svd(b);
    assertEquals(other.u, one.u);
    assertEquals(other.v, one.v);
    assertEquals(other.values, one.values.map((x) => x * factor));
    assertEquals(qr(b).q, qr(a).q);
  }
});

Deno.test("a truncated svd() is the leading part, and its error the first value left out", () => {
  const a = gaussian(9, 12), whole = svd(a);
  for (let rank = 1; rank <= 8; rank++) {
    const { u, values, v } = svd(a, rank);
    assertEquals([u.columns, values.length, v.columns], [rank, rank, rank]);
    const rest = add(a, multiplyNT(timesDiagonal(u, values), v), -1);
    assertAlmostEquals(spectralNorm(rest), whole.values[rank], 1e-14 * whole.values[0]);
  }
  const message = "of a 9 x 12 matrix as rank must be an integer from 1 to 9: current value is 10";
  assertThrows(() => svd(a, 10), RangeError, message);
  assertThrows(() => svd(a, 0), RangeError, "current value is 0");
});

Deno.test("the norms are the sums of powers of the singular values", () => {
  for (const [name, a] of Object.entries(cases)) {
    const { values } = svd(a);
    const top = values[0] || 1;
    assertEquals(spectralNorm(a), values[0], name);
    assertAlmostEquals(nuclearNorm(a) / top, values.reduce((s, x) => s + x / top, 0), 1e-13, name);
    const square = values.reduce((sum, x) => sum + (x / top) ** 2, 0);
    assertAlmostEquals(frobeniusNorm(a) / top, Math.sqrt(square), 1e-13, name);
  }
  assertEquals(frobeniusNorm(matrix(1, 3, [NaN, 1, 1])), NaN);
  assertEquals(frobeniusNorm(matrix(1, 2, [1, -Infinity])), Infinity);
  assertAlmostEquals(frobeniusNorm(matrix(1, 2, [3e200, 4e200])) / 5e200, 1, 1e-15);
});

Deno.test("spectralBound() is the spectral norm, and never below it", () => {
  const more = {
    "near repeated": withValues(5, 4, [1, 1 - 1e-9, 0.5]),
    "17 x 20": gaussian(17, 20),
    "1 x 6": gaussian(1, 6),
  };
  for (const [name, a] of Object.entries({ ...cases, ...more })) {
    const exact = svd(a).values[0], bound = spectralBound(a);
    assert(Math.abs(bound - exact) <= 2e-15 * exact, `${name}: ${bound} against ${exact}`);
  }
});

Deno.test("decompositions give the same bits at every call", () => {
  const a = gaussian(13, 11), s = add(multiplyTN(a, a), identity(11));
  assertEquals(svd(a), svd(a));
  assertEquals(qr(a), qr(a));
  assertEquals(symmetricEigen(s), symmetricEigen(s));
});

Deno.test("decompositions name the entry that is not finite, and what is not square", () => {
  const a = gaussian(3, 4);
  a.data[6] = -Infinity;
  for (const decompose of [svd, qr, symmetricEigen, spectralNorm, spectralBound, nuclearNorm]) {
    assertThrows(() => void decompose(a), RangeError, "entry (1, 2) is -Infinity");
  }
  assertThrows(() => symmetricEigen(gaussian(2, 3)), TypeError, "must be square");
  assertThrows(
    () => symmetricEigen(matrix(2, 2, [1, 2, 2.001, 1])),
    RangeError,
    "entry (1, 0) and its mirror are 2.001 and 2",
  );
  // Of entries of size 1, here half of these, 2e-12 is rounding.
  symmetricEigen(matrix(2, 2, [1, 2, 2 + 3.8e-12, 1]));
  const off = matrix(2, 2, [1, 2, 2 + 4.2e-12, 1]);
  assertThrows(() => symmetricEigen(off), RangeError, "must be symmetric");
});
