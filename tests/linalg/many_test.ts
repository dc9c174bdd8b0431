import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  manyProducts,
  type Matrix,
  matrix,
  transpose,
  workspace,
} from "lora-dynamics/linalg/mod.ts";
import { gaussian, plainProduct } from "./_cases.ts";

const size = fc.integer({ min: 1, max: 7 });
const problems = fc.record({
  ...{ m: size, k: size, n: size, quarter: fc.integer({ min: 1, max: 3 }) },
  transposed: fc.constantFrom(undefined, "a" as const, "b" as const),
});

/** The matrix of one run. */
function lane(all: Matrix, lanes: number, which: number): Matrix {
  const columns = all.columns / lanes;
  return matrix(
    all.rows,
    columns,
    Array.from({ length: all.rows * columns }, (_, i) => all.data[i * lanes + which]),
  );
}

Deno.test("manyProducts() adds the product of every lane, in a workspace or not with the same bits", () => {
  fc.assert(
    fc.property(problems, ({ m, k, n, quarter, transposed }) => {
      const lanes = 4 * quarter, options = transposed ? { transpose: transposed } : {};
      const aShape = transposed === "a" ? [k, m * lanes] as const : [m, k * lanes] as const;
      const bShape = transposed === "b" ? [n, k * lanes] as const : [k, n * lanes] as const;
      const own = { a: gaussian(...aShape, "a"), b: gaussian(...bShape, "b") };
      const c = gaussian(m, n * lanes, "c"), before = { ...c, data: c.data.slice() };
      const near = workspace({ a: aShape, b: bShape, c: [m, n * lanes] });
      near.a.data.set(own.a.data);
      near.b.data.set(own.b.data);
      near.c.data.set(c.data);
      manyProducts(lanes, own.a, own.b, c, options)();
      manyProducts(lanes, near.a, near.b, near.c, options)();
      assertEquals([...near.c.data], [...c.data]);
      assertEquals([...near.a.data, ...near.b.data], [...own.a.data, ...own.b.data]);
      for (let l = 0; l < lanes; l++) {
        const a = lane(own.a, lanes, l), b = lane(own.b, lanes, l), was = lane(before, lanes, l);
        const wanted = plainProduct(
          transposed === "a" ? transpose(a) : a,
          transposed === "b" ? transpose(b) : b,
        );
        lane(c, lanes, l).data.forEach((x, i) => {
          assert(Math.abs(x - was.data[i] - wanted.data[i]) < 1e-13, `lane ${l}, entry ${i}`);
        });
      }
    }),
    { seed: 7 },
  );
});

Deno.test("a function that was prepared adds again at every call, to what the matrices then hold", () => {
  const { a, b, c } = workspace({ a: [1, 4], b: [1, 4], c: [1, 4] });
  const add = manyProducts(4, a, b, c);
  a.data.set([1, 2, 3, NaN]);
  b.data.fill(10);
  add();
  b.data.fill(1);
  add();
  assertEquals([...c.data], [11, 22, 33, NaN]);
});

Deno.test("manyProducts() refuses lanes and shapes that do not fit", () => {
  const x = matrix(2, 8), y = matrix(2, 8), z = matrix(2, 8);
  assertThrows(() => manyProducts(2, x, y, z), RangeError, "lanes / 4 must be an integer");
  assertThrows(() => manyProducts(8, x, y, z), TypeError, "same inner size in each lane");
  assertThrows(() => manyProducts(4, matrix(2, 6), y, z), RangeError, "the columns of a");
  assertThrows(() => manyProducts(4, x, y, matrix(1, 8)), TypeError, "out must be 2 x 8");
  assertThrows(() => manyProducts(4, x, y, x), TypeError, "must not share memory");
  assertThrows(
    () => manyProducts(4, x, y, z, { transpose: "c" as "a" }),
    RangeError,
    "transpose must be",
  );
  manyProducts(4, x, y, z)();
});
