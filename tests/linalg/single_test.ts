import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { matrixKernels } from "lora-dynamics/kernels/mod.ts";
import {
  add,
  addScaled,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  svd,
  transpose,
  useBackend,
  workspace,
} from "lora-dynamics/linalg/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { gaussian } from "./_cases.ts";

type Single = Matrix<Float32Array>;

const single = ({ rows, columns, data }: Matrix): Single => ({
  ...{ rows, columns, data: Float32Array.from(data) },
});
const double = ({ rows, columns, data }: Single): Matrix => ({
  ...{ rows, columns, data: Float64Array.from(data) },
});

/** A matrix of integers between −9 and 9: products of some hundreds of them are exact in 24 bits. */
function integers(rows: number, columns: number): Matrix {
  const rng = stream("7", "integers", rows, columns);
  const data = Float64Array.from({ length: rows * columns }, () => rng.integer(19) - 9);
  return matrix(rows, columns, data);
}

/** The matrices side by side in the memory of the kernels, with room for what these pack. */
function together(...given: Single[]): Single[] {
  const total = given.reduce((sum, { data }) => sum + 4 * Math.ceil(data.length / 4), 0);
  const { pool } = workspace({ pool: [Math.ceil(total / 2), 1] });
  let at = pool.data.byteOffset;
  return given.map(({ rows, columns, data }) => {
    const copy = new Float32Array(pool.data.buffer as ArrayBuffer, at, data.length);
    at += 16 * Math.ceil(data.length / 4);
    copy.set(data);
    return { rows, columns, data: copy };
  });
}

/** Runs with each backend that is here. */
function withBackends(check: (name: string) => void): void {
  check("compiled");
  try {
    useBackend("openblas");
  } catch {
    return; // tests/linalg/backend_test.ts says so
  }
  try {
    check("openblas");
  } finally {
    useBackend("compiled");
  }
}

const shapes = [[1, 1, 1], [13, 17, 5], [12, 40, 30], [33, 10, 128], [7, 300, 270], [130, 9, 520]];

Deno.test("products of integers in single precision are exact, at every remainder of the tiles", () => {
  const size = fc.integer({ min: 1, max: 27 });
  withBackends((backend) => {
    const check = (m: number, n: number, k: number) => {
      const a = integers(m, k), b = integers(k, n), wanted = multiply(a, b).data;
      const [x, y, xt, yt] = [a, b, transpose(a), transpose(b)].map(single);
      const found = [multiply(x, y), multiplyTN(xt, y), multiplyNT(x, yt)];
      for (const { data } of found) {
        assert(data instanceof Float32Array);
        assertEquals([...data], [...wanted], `${backend}: ${m} ${n} ${k}`);
      }
      const [p, q, r] = together(x, y, found[0]);
      r.data.fill(7);
      assertEquals([...multiply(p, q, r).data], [...wanted], `${backend}, in place`);
    };
    fc.assert(fc.property(size, size, size, check), { seed: 7, numRuns: 60 });
    for (const [m, n, k] of shapes) check(m, n, k);
  });
});

Deno.test("products in single precision are those in double to the rounding of k terms", () => {
  withBackends((backend) => {
    for (const [m, n, k] of shapes) {
      const a = single(gaussian(m, k)), b = single(gaussian(k, n));
      const wanted = multiply(double(a), double(b)).data, { data } = multiply(a, b);
      const sizes = multiply(
        ...[a, b].map(double).map((x) => ({ ...x, data: x.data.map(Math.abs) })) as [
          Matrix,
          Matrix,
        ],
      ).data;
      // Each of k products and k sums is rounded to a relative 2^-24.
      for (let i = 0; i < data.length; i++) {
        assert(
          Math.abs(data[i] - wanted[i]) <= (k + 1) * 2 ** -24 * sizes[i],
          `${backend}: ${m} ${n} ${k}`,
        );
      }
      const far = data.some((x, i) => Math.abs(x - wanted[i]) > 1e-12 * sizes[i]);
      assert(k < 2 || far, "single precision can be told from double");
    }
  });
});

Deno.test("sums in single precision have the same bits in a workspace and on the heap", () => {
  for (const n of [1, 3, 16, 61]) {
    const x = single(gaussian(1, n)), y = single(gaussian(1, n, "other"));
    const heap = addScaled({ ...y, data: y.data.slice() }, 0.3, x).data;
    const [p, q] = together(x, y);
    assertEquals([...addScaled(q, 0.3, p).data], [...heap]);
    const factor = Math.fround(0.3);
    heap.forEach((z, i) => {
      assertEquals(z, Math.fround(y.data[i] + Math.fround(factor * x.data[i])));
    });
    assertEquals(
      [...add(y, x, 2).data],
      Array.from(y.data, (v, i) => Math.fround(v + 2 * x.data[i])),
    );
  }
});

Deno.test("the kernel in single precision adds to what is there and leaves the rest alone", () => {
  const { floats, heap, gemmSingle } = matrixKernels(70_000);
  const numbers = new Float32Array(floats.buffer), at = heap / 4;
  numbers.fill(1, at, at + 200);
  // C is 3 × 3 at entry 100; one more before and behind it.
  gemmSingle(3, 3, 2, heap, 8, 4, heap, 12, 4, heap + 400, heap + 1600);
  assertEquals([...numbers.subarray(at + 99, at + 110)], [1, ...Array(9).fill(3), 1]);
});

Deno.test("precisions are not mixed, and what needs double says so", () => {
  const a = matrix(2, 2, [1, 2, 3, 4]), b = single(a);
  const cases: [() => unknown, string][] = [
    [
      () => multiply(a as Matrix<Float64Array | Float32Array>, b),
      "Cannot multiply matrices as b must be in double precision: current value is in single",
    ],
    [
      () => multiplyNT<Float64Array | Float32Array>(b, b, matrix(2, 2)),
      "as out must be in single precision: current value is in double",
    ],
    [
      () => addScaled<Float64Array | Float32Array>(b, 1, a),
      "Cannot add a scaled matrix as b must be in single precision: current value is in double",
    ],
    [
      () => svd(b as unknown as Matrix),
      "as a must be in double precision: current value is in single",
    ],
    [
      () => transpose(b as unknown as Matrix),
      "as a must be in double precision: current value is in single",
    ],
    [() => multiply({ ...a, data: [1] as unknown as Float64Array }, a), "as a must be a matrix"],
  ];
  for (const [run, message] of cases) assertThrows(run, TypeError, message);
});
