import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  add,
  addScaled,
  columns,
  frobeniusNorm,
  innerProduct,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  scale,
  transpose,
  workspace,
} from "lora-dynamics/linalg/mod.ts";
import { gaussian, plainProduct } from "./_cases.ts";

const size = fc.integer({ min: 1, max: 21 });

Deno.test("multiply() has the bits of the plain loop, for every remainder of the tiles", () => {
  fc.assert(
    fc.property(size, size, size, (m, n, k) => {
      const a = gaussian(m, k), b = gaussian(k, n);
      assertEquals(multiply(a, b), plainProduct(a, b));
    }),
    { seed: 7 },
  );
});

Deno.test("innerProduct() is the sum of products of entries, for every remainder of its four sums", () => {
  for (let n = 1; n <= 9; n++) {
    const a = gaussian(1, n), b = gaussian(1, n, "other");
    let sum = 0, size = 0;
    for (let i = 0; i < n; i++) {
      sum += a.data[i] * b.data[i];
      size += Math.abs(a.data[i] * b.data[i]);
    }
    const found = innerProduct(a, b);
    assert(Math.abs(found - sum) <= n * Number.EPSILON * size, `${n}: ${found}`);
  }
});

Deno.test("products past the packed block have the bits of the plain loop", () => {
  const a = gaussian(9, 530), b = gaussian(530, 263);
  assertEquals(multiply(a, b), plainProduct(a, b));
  assertEquals(multiply(gaussian(300, 2), gaussian(2, 5)).rows, 300);
});

Deno.test("the transposed products are the products of transposes, bit for bit", () => {
  fc.assert(
    fc.property(size, size, size, (m, n, k) => {
      const a = gaussian(m, k), b = gaussian(k, n), c = multiply(a, b);
      assertEquals(multiplyTN(transpose(a), b), c);
      assertEquals(multiplyNT(a, transpose(b)), c);
    }),
    { seed: 7 },
  );
});

Deno.test("products in a workspace and on the heap have the same bits", () => {
  for (const [m, n, k] of [[64, 64, 64], [33, 2, 41], [5, 130, 7]]) {
    const a = gaussian(m, k), b = gaussian(k, n);
    const inside = workspace({ a: [m, k], b: [k, n], c: [m, n] });
    inside.a.data.set(a.data);
    inside.b.data.set(b.data);
    multiply(inside.a, inside.b, inside.c);
    multiply(inside.a, inside.b, inside.c);
    assertEquals(inside.c.data.slice(), multiply(a, b).data);
    assertEquals(multiply(inside.a, inside.b).data, inside.c.data.slice());
  }
});

Deno.test("⟨A X, Y⟩ = ⟨X, Aᵀ Y⟩ = ⟨A, Y Xᵀ⟩", () => {
  fc.assert(
    fc.property(size, size, size, (m, n, k) => {
      const a = gaussian(m, k), x = gaussian(k, n), y = gaussian(m, n, "y");
      const expected = innerProduct(multiply(a, x), y);
      const tolerance = 1e-14 * frobeniusNorm(a) * frobeniusNorm(x) * frobeniusNorm(y);
      assertAlmostEquals(innerProduct(x, multiplyTN(a, y)), expected, tolerance);
      assertAlmostEquals(innerProduct(a, multiplyNT(y, x)), expected, tolerance);
    }),
    { seed: 7 },
  );
});

Deno.test("NaN and infinities of a product arrive, and stay in their row", () => {
  const a = gaussian(13, 13), b = gaussian(13, 13, "b");
  a.data[0] = NaN;
  a.data[13] = Infinity;
  const c = multiply(a, b);
  for (let i = 0; i < 3; i++) {
    const row = [...c.data.subarray(13 * i, 13 * i + 13)];
    assertEquals(row.every(Number.isNaN), i === 0);
    assertEquals(row.every(Number.isFinite), i === 2);
  }
});

Deno.test("shapes that do not match are shown, both of them", () => {
  const a = matrix(2, 3), b = matrix(4, 5);
  assertThrows(() => multiply(a, b), TypeError, "currently a is 2 x 3, b is 4 x 5");
  assertThrows(() => multiplyTN(a, b), TypeError, "the rows of a must be as many as the rows of b");
  assertThrows(() => multiplyNT(a, b), TypeError, "a is 2 x 3, b is 4 x 5");
  assertThrows(() => add(a, b), TypeError, "a is 2 x 3, b is 4 x 5");
  assertThrows(() => addScaled(a, 1, b), TypeError, "a is 2 x 3, b is 4 x 5");
  assertThrows(() => innerProduct(a, b), TypeError, "a is 2 x 3, b is 4 x 5");
  for (const other of [matrix(2, 4), matrix(3, 3)]) {
    assertThrows(() => innerProduct(a, other), TypeError, "must have the same shape");
    assertThrows(() => addScaled(a, 1, other), TypeError, "must have the same shape");
  }
  assertThrows(() => multiply(a, transpose(a), matrix(2, 3)), TypeError, "out must be 2 x 2");
});

Deno.test("a result may not overwrite its own factors", () => {
  const a = gaussian(3, 3), state = new Float64Array(12);
  assertThrows(() => multiply(a, a, a), TypeError, "must not share memory");
  const x = matrix(3, 3, state.subarray(0, 9)), y = matrix(3, 3, state.subarray(3));
  assertThrows(() => multiply(a, x, y), TypeError, "must not share memory");
  assertThrows(() => transpose(a, a), TypeError, "must not share memory");
});

Deno.test("what is no matrix is named", () => {
  assertThrows(() => matrix(0, 3), RangeError, "rows must be an integer >= 1");
  assertThrows(() => matrix(2, 2, [1, 2, 3]), TypeError, "4 entries: current value is one of 3");
  const broken = { rows: 2, columns: 2, data: new Float64Array(3) };
  assertThrows(() => multiply(broken, matrix(2, 2)), TypeError, "2 x 2 with 3 entries");
  for (const [rows, columns] of [[1.5, 2], [2, 1.5], [-1, -3], [-3, -1]]) {
    const odd = { rows, columns, data: new Float64Array(3) };
    assertThrows(() => scale(odd, 1), TypeError, `${rows} x ${columns} with 3 entries`);
  }
  // deno-lint-ignore no-explicit-any
  assertThrows(() => multiply(null as any, matrix(2, 2)), TypeError, "current value is null");
  assertThrows(() => scale(matrix(1, 1), NaN), RangeError, "scale must be finite");
});

Deno.test("matrices that lie next to each other share no memory", () => {
  const entries = Float64Array.of(1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8);
  const [first, out, last] = [0, 4, 8].map((at) => matrix(2, 2, entries.subarray(at, at + 4)));
  assertEquals([...transpose(first, out).data], [1, 3, 2, 4]);
  assertEquals([...transpose(last, out).data], [5, 7, 6, 8]);
  for (const at of [1, 7]) {
    const across = matrix(2, 2, entries.subarray(at, at + 4));
    assertThrows(() => transpose(across, out), TypeError, "must not share memory");
  }
});

Deno.test("columns() takes those from one number to before another", () => {
  const a = matrix(2, 4, [1, 2, 3, 4, 5, 6, 7, 8]);
  assertEquals(columns(a, 1, 3), matrix(2, 2, [2, 3, 6, 7]));
  assertEquals(columns(a, 0, 1), matrix(2, 1, [1, 5]));
  assertThrows(() => columns(a, 2, 2), RangeError, "from must be an integer from 0 to 1");
  assertThrows(() => columns(a, 0, 5), RangeError, "to must be an integer from 1 to 4");
});

Deno.test("addScaled() has the same bits in a workspace and on the heap", () => {
  for (const n of [1, 3, 4, 31, 64]) {
    const inside = workspace({ x: [n, 1], y: [n, 1] });
    const x = gaussian(n, 1), y = gaussian(n, 1, "y");
    inside.x.data.set(x.data);
    inside.y.data.set(y.data);
    addScaled(inside.y, 0.3, inside.x);
    assertEquals(inside.y.data.slice(), addScaled(y, 0.3, x).data);
  }
});

Deno.test("a workspace keeps its matrices apart, and many of them may live at once", () => {
  const all = Array.from({ length: 300 }, (_, i) => {
    const w = workspace({ a: [3, 3], b: [5, 1] });
    w.a.data.fill(i);
    w.b.data.fill(-i);
    return w;
  });
  all.forEach(({ a, b }, i) => {
    assert(a.data.every((x) => x === i) && b.data.every((x) => x === -i + 0), `workspace ${i}`);
  });
  assertThrows(() => workspace({ a: [0, 3] }), RangeError, "rows of a must be an integer >= 1");
  assertThrows(() => workspace({ a: [1, 0] }), RangeError, "columns of a must be an integer >= 1");
  assertThrows(() => workspace({ a: [2 ** 14, 2 ** 14] }), RangeError, "the number of entries");
  assertThrows(
    () => workspace({}),
    RangeError,
    "the number of entries must be an integer from 1 to",
  );
});
