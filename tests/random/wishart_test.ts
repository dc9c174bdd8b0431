import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { bartlett, type Stream, stream, wishart } from "lora-dynamics/random/mod.ts";
import { gammaCdf, kolmogorovTest, meanTest, twoSampleTest } from "../statistics.ts";

/** G Gᵀ for a Gaussian p × dof matrix: the law by its definition. */
function directly(rng: Stream, dof: number, p: number): Float64Array {
  const g = rng.fillNormal(new Float64Array(p * dof));
  const matrix = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) {
      for (let k = 0; k < dof; k++) matrix[i * p + j] += g[i * dof + k] * g[j * dof + k];
    }
  }
  return matrix;
}

function sample(draw: () => Float64Array, read: (w: Float64Array) => number): Float64Array {
  return Float64Array.from({ length: 10_000 }, () => read(draw()));
}

const trace = (w: Float64Array) => w[0] + w[4] + w[8];
const smallMinor = (w: Float64Array) => w[4] * w[8] - w[5] * w[7];
const determinant = (w: Float64Array) =>
  w[0] * smallMinor(w) - w[1] * (w[3] * w[8] - w[5] * w[6]) + w[2] * (w[3] * w[7] - w[4] * w[6]);

Deno.test("wishart() is the factor of bartlett() times its transpose", () => {
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 8 }),
    fc.double({ min: 0, max: 50, noNaN: true }),
  );
  fc.assert(
    fc.property(sizes, ([p, excess]) => {
      const dof = p + excess;
      const factor = bartlett(stream("7", "factor", p), dof, p);
      const matrix = wishart(stream("7", "factor", p), dof, p);
      for (let i = 0; i < p; i++) {
        assert(factor[i * p + i] > 0);
        for (let j = 0; j < p; j++) {
          if (j > i) assertEquals(factor[i * p + j], 0);
          let sum = 0;
          for (let k = 0; k <= Math.min(i, j); k++) sum += factor[i * p + k] * factor[j * p + k];
          assertEquals(matrix[i * p + j], sum);
        }
      }
      const out = new Float64Array(p * p).fill(NaN);
      assert(wishart(stream("7", "factor", p), dof, p, out) === out);
      assertEquals(out, matrix);
    }),
    { seed: 7 },
  );
});

Deno.test("bartlett() writes into the given array, over what was there", () => {
  const out = new Float64Array(9).fill(NaN);
  assertEquals(bartlett(stream("7", "out"), 5, 3, out), bartlett(stream("7", "out"), 5, 3));
  assert(bartlett(stream("7", "out"), 5, 3, out) === out);
});

Deno.test("entries have mean dof·I, variance 2 dof on the diagonal and dof off it", () => {
  for (const dof of [3, 3.7, 40, 1e6]) {
    const rng = stream("7", "entries", dof);
    const matrices = Array.from({ length: 10_000 }, () => wishart(rng, dof, 3));
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const spread = i === j ? 2 * dof : dof;
        const centred = matrices.map((w) => w[3 * i + j] - (i === j ? dof : 0));
        assert(meanTest(centred, 0, spread).p > 1e-4, `mean of ${i}, ${j} at ${dof}`);
        // E W_ij⁴: 3·spread² + 48 dof on the diagonal, 3 dof² + 6 dof off it.
        const fourth = i === j ? 3 * spread ** 2 + 48 * dof : 3 * dof ** 2 + 6 * dof;
        const { p } = meanTest(centred.map((x) => x * x), spread, fourth - spread ** 2);
        assert(p > 1e-4, `variance of ${i}, ${j} at ${dof}`);
      }
    }
  }
});

Deno.test("diagonal entries and the trace follow their χ² laws, at real degrees of freedom", () => {
  for (const dof of [3, 4.6, 30]) {
    const rng = stream("7", "trace", dof);
    const draw = () => wishart(rng, dof, 3);
    assert(kolmogorovTest(sample(draw, trace), (x) => gammaCdf(1.5 * dof, x / 2)).p > 1e-4);
    for (const i of [0, 4, 8]) {
      const entry = sample(draw, (w) => w[i]);
      assert(kolmogorovTest(entry, (x) => gammaCdf(dof / 2, x / 2)).p > 1e-4, `W[${i}] at ${dof}`);
    }
  }
});

Deno.test("off-diagonal entries and determinants are those of G Gᵀ, and dof in every row is seen", () => {
  const dof = 5;
  const rng = stream("7", "direct");
  const sameDof = () => {
    const factor = bartlett(rng, dof, 3);
    for (const i of [0, 4, 8]) factor[i] = Math.sqrt(rng.chiSquare(dof));
    return factor;
  };
  for (const read of [(w: Float64Array) => w[5], determinant]) {
    const exact = sample(() => directly(rng, dof, 3), read);
    assert(twoSampleTest(sample(() => wishart(rng, dof, 3), read), exact).p > 1e-4);
  }
  const exact = sample(() => directly(rng, dof, 3), determinant);
  assert(twoSampleTest(sample(sameDof, (t) => (t[0] * t[4] * t[8]) ** 2), exact).p < 1e-9);
});

Deno.test("a bad argument is rejected and nothing is written", () => {
  const rng = stream("7");
  for (const p of [0, -1, 1.5, NaN]) {
    assertThrows(() => wishart(rng, 10, p), RangeError, "p must be an integer >= 1");
  }
  for (const dof of [2.999, 0, -1, NaN, Infinity, 1.1e15]) {
    const out = new Float64Array(9).fill(7);
    assertThrows(() => wishart(rng, dof, 3), RangeError, "dof must lie in [3,");
    assertThrows(() => bartlett(rng, dof, 3, out), RangeError, "dof must lie in [3,");
    assert(out.every((x) => x === 7));
  }
  assertThrows(() => bartlett(rng, 5, 3, new Float64Array(8)), TypeError, "9 entries");
  assertThrows(() => bartlett(rng, 5, 3, [] as unknown as Float64Array), TypeError, "9 entries");
});

Deno.test("the matrix of a named stream never changes", () => {
  const matrix = [11.169370000132298, -1.6749326953745034, -1.6749326953745034, 2.5858553560675452];
  assertEquals([...wishart(stream("7", "golden"), 5.5, 2)], matrix);
});
