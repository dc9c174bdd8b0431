import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { semidefiniteRoot } from "lora-dynamics/linalg/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

/** `X Xᵀ` of an `n × k` matrix, row-major, exactly symmetric. */
function gram(x: Float64Array, n: number, k: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let l = 0; l < k; l++) out[i * n + j] += x[i * k + l] * x[j * k + l];
    }
  }
  return out;
}

/** Largest `|L Lᵀ − A|` over the largest diagonal entry of `A`. */
function error(a: Float64Array, n: number): number {
  const back = gram(semidefiniteRoot(a, n), n, n);
  const largest = Math.max(...a.filter((_, i) => i % (n + 1) === 0), Number.MIN_VALUE);
  return Math.max(...back.map((x, i) => Math.abs(x - a[i]))) / largest;
}

const size = fc.integer({ min: 1, max: 8 });
const seed = fc.integer({ min: 0, max: 1e6 });

Deno.test("semidefiniteRoot() is a root of every semidefinite matrix of any rank and scale", () => {
  fc.assert(
    fc.property(size, size, fc.integer({ min: -280, max: 280 }), seed, (n, rank, power, s) => {
      const x = stream("7", "psd", s).fillNormal(new Float64Array(n * rank));
      const a = gram(x.map((value) => value * 10 ** (power / 2)), n, rank);
      // A pivot below n·ε of the largest entry counts as zero.
      assert(error(a, n) <= 4 * n * Number.EPSILON * n, `error ${error(a, n)}`);
    }),
    { seed: 7, numRuns: 500 },
  );
});

Deno.test("semidefiniteRoot() copes with rows of very different sizes", () => {
  fc.assert(
    fc.property(size, seed, (n, s) => {
      const rng = stream("7", "graded", s), x = rng.fillNormal(new Float64Array(n * n));
      const graded = x.map((value, i) => value * 10 ** (-3 * Math.floor(i / n)));
      assert(error(gram(graded, n, n), n) <= 4 * n * Number.EPSILON * n);
    }),
    { seed: 7 },
  );
});

Deno.test("semidefiniteRoot() has as many columns as the rank", () => {
  for (const rank of [1, 2, 4]) {
    const x = stream("7", "rank", rank).fillNormal(new Float64Array(5 * rank));
    const root = semidefiniteRoot(gram(x, 5, rank), 5);
    const columns = [0, 1, 2, 3, 4].filter((j) => root.some((v, i) => i % 5 === j && v !== 0));
    assertEquals(columns.length, rank);
  }
});

Deno.test("semidefiniteRoot() is Cholesky's factor where the order of pivots is the order of rows", () => {
  const a = Float64Array.of(9, 3, 6, 3, 5, 4, 6, 4, 6);
  const root = semidefiniteRoot(a, 3);
  // Second pivot: row 1 (4 left) before row 2 (2 left).
  const wanted = [3, 0, 0, 1, 2, 0, 2, 1, 1];
  root.forEach((x, i) => assertAlmostEquals(x, wanted[i], 1e-15));
});

Deno.test("semidefiniteRoot() of zero is zero, of a number its square root", () => {
  assertEquals([...semidefiniteRoot(new Float64Array(9), 3)], Array(9).fill(0));
  for (const x of [Number.MIN_VALUE, 2.5e-310, 1e-300, 1, 1e300, Number.MAX_VALUE]) {
    assertEquals(semidefiniteRoot(Float64Array.of(x), 1)[0], Math.sqrt(x));
  }
});

Deno.test("semidefiniteRoot() copes with denormal matrices", () => {
  const x = Float64Array.of(3, 4, 4, 6).map((v) => v * 1e-318);
  const root = semidefiniteRoot(x, 2);
  const back = gram(root, 2, 2);
  back.forEach((v, i) => assertAlmostEquals(v, x[i], 1e-321));
});

Deno.test("semidefiniteRoot() writes into out, every entry, and only reads a", () => {
  const a = Float64Array.of(4, 2, 2, 1), out = new Float64Array(4).fill(NaN);
  assert(semidefiniteRoot(a, 2, out) === out);
  assertEquals([...out], [2, 0, 1, 0]);
  assertEquals([...a], [4, 2, 2, 1]);
});

Deno.test("semidefiniteRoot() forgives what rounding does to a semidefinite matrix", () => {
  const tiny = 1e-13;
  for (const a of [[1, 1 + tiny, 1 + tiny, 1], [1, 1, 1 + tiny, 1], [1, 1, 1, 1 - tiny]]) {
    const root = semidefiniteRoot(Float64Array.from(a), 2);
    gram(root, 2, 2).forEach((x, i) => assertAlmostEquals(x, a[i], 1e-12));
  }
});

const refuse = (a: number[], n: number, message: string) =>
  assertThrows(() => semidefiniteRoot(Float64Array.from(a), n), RangeError, message);

Deno.test("semidefiniteRoot() names what is not finite, not symmetric or indefinite", () => {
  const diagonal = "Cannot factorise a matrix as its diagonal must be finite and >= 0";
  refuse([1, 0, 0, NaN], 2, `${diagonal}: current value of entry 1 is NaN`);
  refuse([Infinity], 1, `${diagonal}: current value of entry 0 is Infinity`);
  refuse([1, 0, 0, -0.5], 2, `${diagonal}: current value of entry 1 is -0.5`);
  const symmetric = "it must be symmetric: current values of entry (1, 0) and its mirror are";
  refuse([1, 0, 0.5, 1], 2, `${symmetric} 0.5 and 0`);
  refuse([1, 0.5, 0, 1], 2, `${symmetric} 0 and 0.5`);
  // Beyond 1e-8 of the largest diagonal entry, which is 4 here.
  refuse([1, 0.5, 0.5 + 4.1e-8, 4], 2, "it must be symmetric");
  semidefiniteRoot(Float64Array.of(1, 0.5, 0.5 + 3.9e-8, 4), 2);
  refuse([1, NaN, NaN, 1], 2, `${symmetric} NaN and NaN`);
  refuse([1, Infinity, Infinity, 1], 2, "it must be symmetric");
  const definite = "it must be positive semidefinite";
  refuse([0, 1, 1, 0], 2, `${definite}: current value of entry (1, 0) is 1, more than 0`);
  refuse([1, 2, 2, 1], 2, `${definite}: current value of entry (1, 0) is 2, more than 1`);
  // Every pair of rows may be right and the whole wrong.
  refuse([1, -0.9, -0.9, -0.9, 1, -0.9, -0.9, -0.9, 1], 3, `${definite}: current value of pivot`);
});

Deno.test("semidefiniteRoot() names shapes that do not fit", () => {
  const a = new Float64Array(4);
  const call = (x: unknown, n: number, out?: unknown) => () =>
    semidefiniteRoot(x as Float64Array, n, out as Float64Array);
  assertThrows(
    call(a, 3),
    TypeError,
    "a must be a Float64Array of 9 entries: current value is one of 4",
  );
  assertThrows(
    call([1], 1),
    TypeError,
    "a must be a Float64Array of 1 entries: current value is [1]",
  );
  assertThrows(
    call(a, 2, new Float64Array(3)),
    TypeError,
    "out must be a Float64Array of 4 entries",
  );
  assertThrows(call(a, 2, a), TypeError, "out must not be a");
  for (const n of [NaN, 0, -2, 1.5, Infinity]) {
    assertThrows(call(a, n), RangeError, `n must be an integer >= 1: current value is ${n}`);
  }
});
