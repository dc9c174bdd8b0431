import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { semidefiniteRoot } from "lora-dynamics/linalg/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { gramRoot } from "../../lib/chain/root.ts";
import { dot, rows } from "./_given.ts";

const size = (min: number, max: number) => fc.integer({ min, max });

/** Gram matrix of vectors, row-major. */
const gramOf = (x: number[][]) => Float64Array.from(x.flatMap((v) => x.map((w) => dot(v, w))));

function root(x: number[][], first: number): number[][] {
  const n = x.length, out = new Float64Array(n * n).fill(NaN);
  gramRoot(gramOf(x), n, first, out);
  return x.map((_, i) => [...out.subarray(i * n, (i + 1) * n)]);
}

Deno.test("gramRoot() is a root of any Gram matrix, and its first rows use the first columns only", () => {
  fc.assert(
    fc.property(size(1, 4), size(0, 3), size(1, 7), size(0, 1e6), (first, others, d, seed) => {
      const rng = stream("7", "root", seed), n = first + others;
      // Lengths of the others differ by many powers of ten; vectors depend on each other when d < n.
      const x = rows(n, d, () => rng.normal()).map((v, i) =>
        i < first ? v : v.map((y) => y * 10 ** (20 * rng.uniform() - 10))
      );
      const found = root(x, first);
      const length = x.map((v) => Math.sqrt(dot(v, v)));
      const largest = Math.max(...length.slice(0, first));
      const of = (i: number) => i < first ? largest : length[i];
      x.forEach((v, i) =>
        x.forEach((w, j) => {
          // First rows that nearly depend on each other leave the others' lengths ill-determined.
          const tolerance = i < first || j < first ? 1e-13 : 1e-9;
          assertAlmostEquals(dot(found[i], found[j]), dot(v, w), tolerance * of(i) * of(j));
        })
      );
      found.slice(0, first).forEach((row) => assert(row.slice(first).every((y) => y === 0)));
    }),
    { seed: 7, numRuns: 400 },
  );
});

Deno.test("gramRoot() of rows that belong together has the bits of semidefiniteRoot()", () => {
  fc.assert(
    fc.property(size(1, 5), size(1, 6), size(0, 1e6), (n, d, seed) => {
      const rng = stream("7", "same root", seed), gram = gramOf(rows(n, d, () => rng.normal()));
      const out = new Float64Array(n * n);
      gramRoot(gram, n, n, out);
      assertEquals(out, semidefiniteRoot(gram, n));
    }),
    { seed: 7, numRuns: 300 },
  );
  // Of rows with as much left the first comes first.
  assertEquals(root([[1, 0], [0, 1]], 2), [[1, 0], [0, 1]]);
});

Deno.test("gramRoot() takes the vector with most left first, and nothing of a vector that is 0", () => {
  assertEquals(root([[1, 0, 0], [1, 1, 0], [2, 0, 3]], 1), [[1, 0, 0], [1, 0, 1], [2, 3, 0]]);
  assertEquals(root([[3, 4], [0, 0]], 1), [[5, 0], [0, 0]]);
  assertEquals(root([[0, 0], [3, 4]], 1), [[0, 0], [5, 0]]);
  // Rounding is no direction: the second vector is the first one up to 1e-15.
  assertEquals(root([[1, 0], [1e-9, 1e-24]], 1)[1][1], 0);
});
