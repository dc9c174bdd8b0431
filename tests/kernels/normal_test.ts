import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { kernels } from "lora-dynamics/kernels/mod.ts";
import { binTest, correlationTest, kolmogorovTest, meanTest, normalCdf } from "../statistics.ts";
import { getState, next, setState } from "./_reference.ts";

function draw(seed: bigint, blocks: number): Float64Array {
  setState([seed, 2n, 3n, 4n]);
  const length = kernels.block.length;
  const sample = new Float64Array(blocks * length);
  for (let i = 0; i < blocks; i++) {
    kernels.fillNormal(length);
    sample.set(kernels.block, i * length);
  }
  return sample;
}

// The first draws after so bare a state are still alike; a million steps wash that out.
const sample = draw(31n, 1500).subarray(1 << 20);

const density = (x: number) => Math.exp(-0.5 * x * x);

Deno.test("the 256 layers of the ziggurat have one area and end at the top of the density", () => {
  const x = kernels.edges;
  const tail = Math.sqrt(2 * Math.PI) * normalCdf(-x[1]);
  const area = x[1] * density(x[1]) + tail;
  assertAlmostEquals(x[0] * density(x[1]), area, 1e-15);
  for (let i = 1; i < 256; i++) {
    assert(x[i] > x[i + 1], `edges ${i}`);
    assertAlmostEquals(x[i] * (density(x[i + 1]) - density(x[i])), area, 1e-14, `layer ${i}`);
  }
  assertEquals([x.length, x[256]], [257, 0]);
});

Deno.test("a draw inside its layer is its 53 bits times the width of the layer", () => {
  setState([5n, 6n, 7n, 8n]);
  let inside = 0;
  for (let i = 0; i < 2000; i++) {
    const state = getState();
    const bits = next(state);
    const layer = Number(bits & 255n);
    const x = (Number(BigInt.asIntN(64, bits) >> 11n) + 0.5) * (kernels.edges[layer] * 2 ** -52);
    kernels.fillNormal(1);
    if (Math.abs(x) < kernels.edges[layer + 1]) {
      inside++;
      assertEquals(kernels.block[0], x);
      assertEquals(getState(), state);
    }
  }
  assert(inside > 1940 && inside < 1990, `${inside} of 2000 inside, about 98.5 % expected`);
});

Deno.test("normals have the moments 1 to 6 of their law, and the check sees half a percent", () => {
  const doubleFactorial = (k: number): number => k > 1 ? k * doubleFactorial(k - 2) : 1;
  const moment = (k: number) => k % 2 ? 0 : doubleFactorial(k - 1);
  for (let k = 1; k <= 6; k++) {
    const powers = sample.map((z) => z ** k);
    const { statistic } = meanTest(powers, moment(k), moment(2 * k) - moment(k) ** 2);
    assert(Math.abs(statistic) < 4, `moment ${k} is ${statistic} standard errors off`);
  }
  assert(meanTest(sample.map((z) => z + 0.005), 0, 1).p < 1e-9);
  assert(meanTest(sample.map((z) => (1.005 * z) ** 2), 1, 2).p < 1e-9);
});

Deno.test("normals follow the normal law by Kolmogorov and Smirnov, and heavier tails do not", () => {
  const part = sample.subarray(0, 400_000);
  assert(kolmogorovTest(part, normalCdf).p > 1e-4);
  assert(kolmogorovTest(part.map((z) => z + 0.03 * z ** 3), normalCdf).p < 1e-9);
});

/** Bins of width 1/50 on [−4, 4] and the two tails. */
function count(values: Float64Array): Float64Array {
  const counts = new Float64Array(402);
  for (const z of values) counts[Math.max(0, Math.min(401, Math.floor(50 * z) + 201))]++;
  return counts;
}

Deno.test("normals fill 402 bins as they should, and the check sees layers without wedges", () => {
  const expected = new Float64Array(402);
  for (let i = 0, below = 0; i < 402; i++) {
    const above = i === 401 ? 1 : normalCdf((i - 200) / 50);
    expected[i] = sample.length * (above - below);
    below = above;
  }
  assert(binTest(count(sample), expected).p > 1e-4);
  // What would follow if the part of a layer outside the density were always accepted.
  const x = kernels.edges;
  const withoutWedges = sample.slice();
  setState([41n, 42n, 43n, 44n]);
  const uniforms = new Float64Array(sample.length);
  for (let i = 0; i < uniforms.length; i += kernels.block.length) {
    kernels.fillUniform(Math.min(kernels.block.length, uniforms.length - i));
    uniforms.set(kernels.block.subarray(0, uniforms.length - i), i);
  }
  for (let i = 0; i < uniforms.length; i++) {
    const u = 512 * uniforms[i];
    const layer = Math.floor(u) & 255;
    withoutWedges[i] = (u >= 256 ? 1 : -1) * (u % 1) * x[layer];
  }
  assert(binTest(count(withoutWedges), expected).p < 1e-9);
});

Deno.test("the tails hold their share out to 5 sigma on both sides, and 1 % wider ones do not", () => {
  const edges = [0, 3, 3.3, kernels.edges[1], 4, 4.5, 5, Infinity];
  const shares = edges.map((edge) => edge === Infinity ? 0 : normalCdf(-edge));
  const blocks = 8000;
  const expected = Float64Array.from(
    { length: 14 },
    (_, i) => blocks * kernels.block.length * (shares[i >> 1] - shares[(i >> 1) + 1]),
  );
  const add = (counts: Float64Array, z: number) => {
    let bin = 0;
    while (Math.abs(z) >= edges[bin + 1]) bin++;
    counts[2 * bin + (z < 0 ? 1 : 0)]++;
  };
  const counts = new Float64Array(14);
  const wider = new Float64Array(14);
  setState([51n, 52n, 53n, 54n]);
  for (let i = 0; i < blocks; i++) {
    kernels.fillNormal(kernels.block.length);
    for (const z of kernels.block) {
      add(counts, z);
      add(wider, 1.01 * z);
    }
  }
  assert(binTest(counts, expected).p > 1e-4, `${counts} against ${expected}`);
  assert(binTest(wider, expected).p < 1e-9);
});

Deno.test("normals are not correlated with the next ones, nor their squares", () => {
  const squares = sample.map((z) => z * z);
  for (let lag = 1; lag <= 4; lag++) {
    for (const values of [sample, squares]) {
      const { statistic } = correlationTest(values.subarray(lag), values.subarray(0, -lag));
      assert(Math.abs(statistic) < 4, `lag ${lag}: ${statistic} standard errors`);
    }
  }
  const smoothed = sample.subarray(1).map((z, i) => z + 0.01 * sample[i]);
  assert(correlationTest(smoothed, sample.subarray(0, -1)).p < 1e-9);
});

Deno.test("log() and exp() are those of the engine to within one unit in the last place", () => {
  for (let i = 1; i <= 2000; i++) {
    const x = i / 2001;
    const log = Math.log(x);
    assertAlmostEquals(kernels.log(x), log, Math.abs(log) * 2.3e-16, `log ${x}`);
    const exp = Math.exp(-40 * x);
    assertAlmostEquals(kernels.exp(-40 * x), exp, exp * 2.3e-16, `exp ${-40 * x}`);
  }
});

Deno.test("a fill that is longer than its block traps, and the tables stay as they were", () => {
  const edges = kernels.edges.slice();
  for (const n of [kernels.block.length + 1, 4000, 2 ** 30, -1]) {
    assertThrows(() => kernels.fillNormal(n), WebAssembly.RuntimeError);
    assertThrows(() => kernels.fillUniform(n), WebAssembly.RuntimeError);
  }
  assertEquals(kernels.edges, edges);
  assert(draw(31n, 2).every((x) => Math.abs(x) < 10));
});
