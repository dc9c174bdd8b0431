/** The search on real images, piece by piece: what is taken away, what is learnt, when it is found. */
import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { matrix, svd } from "lora-dynamics/linalg/mod.ts";
import { digitsSearch } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import {
  AdapterSearch,
  degraded,
  directedOverlap,
} from "lora-dynamics/papers/pre_training_hurts/simulation/digits/adapter.ts";
import {
  pretrained,
  type PretrainingSetting,
} from "lora-dynamics/papers/pre_training_hurts/simulation/digits/pretrained.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const SETTING: PretrainingSetting = {
  ...{ data: "digits", train: 120, hidden: 5, activation: "tanh" },
  ...{ fullSteps: 150, fullStep: 0.1, batch: 12 },
};
const WHOLE = pretrained(SETTING, "7");
const search = (mu: number, rank = 1) =>
  new AdapterSearch(WHOLE, SETTING, {
    mu,
    rank,
    inputs: "images",
    rng: stream("7", "search", rank),
  });

Deno.test("pre-training learns, and its change has the pair that is taken", () => {
  assertGreater(WHOLE.testAccuracy, 0.4);
  const { first, start, values, left, right } = WHOLE;
  let along = 0;
  first.data.forEach((w, i) =>
    along += (w - start.data[i]) * left[Math.floor(i / 64)] * right[i % 64]
  );
  assertAlmostEquals(along, values[0], 1e-12);
  assertAlmostEquals(Math.hypot(...left), 1, 1e-12);
  assertAlmostEquals(Math.hypot(...right), 1, 1e-12);
});

Deno.test("strength μ: the frozen layer lacks (1 − μ) σ₁ of the largest change, and nothing else", () => {
  const { first, start, values } = WHOLE, mu = 0.3;
  const minus = (a: Float64Array, b: Float64Array) => matrix(5, 64, a.map((x, i) => x - b[i]));
  const missing = svd(minus(first.data, degraded(WHOLE, mu).data)).values;
  assertAlmostEquals(missing[0], 0.7 * values[0], 1e-12);
  assertLess(missing[1], 1e-12);
  // At μ = 0 the second largest change is the largest that is left.
  assertAlmostEquals(svd(minus(degraded(WHOLE, 0).data, start.data)).values[0], values[1], 1e-12);
});

Deno.test("what is learnt are the outputs of the whole network: at μ = 1 nothing is missing", () => {
  const whole = search(1);
  whole.u.data.fill(0);
  assertLess(whole.loss(), 1e-28);
  assertGreater(search(0.5).loss(), 1e-4);
});

Deno.test("the adapter starts from U = 64⁻² in every entry and unit rows of V", () => {
  const { u, v } = search(0.5, 2);
  assertEquals([...u.data], Array(10).fill(64 ** -2));
  for (const j of [0, 1]) {
    assertAlmostEquals(Math.hypot(...v.data.subarray(j * 64, (j + 1) * 64)), 1, 1e-12);
  }
});

Deno.test("a step moves both factors down the slope of the loss, and keeps rows of V at length 1", () => {
  const it = search(0.4, 2), eta = 1e-3, e = 1e-6;
  it.u.data.set([0.3, -0.2, 0.1, 0.4, -0.5, 0.2, 0.1, 0.3, -0.1, 0.2]);
  // The same images for the step and for the differences: those of its own stream.
  const order = stream("7", "search", 2).stream("batches");
  const rows = Array.from({ length: 12 }, () => order.integer(120));
  const images = Float64Array.from(
    rows.flatMap((row) => [...it.examples.x.subarray(row * 64, (row + 1) * 64)]),
  );
  const target = Float64Array.from(
    rows.flatMap((row) => [...it.examples.target.subarray(row * 10, (row + 1) * 10)]),
  );
  const w0 = degraded(WHOLE, 0.4).data, w2 = WHOLE.network.layers.layer2.weight.value.data;
  const lossOf = (u: Float64Array, v: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < 12; i++) {
      const x = images.subarray(i * 64, (i + 1) * 64), out = new Float64Array(10);
      for (let k = 0; k < 5; k++) {
        let pre = 0;
        for (let q = 0; q < 64; q++) {
          pre += (w0[k * 64 + q] + u[k * 2] * v[q] + u[k * 2 + 1] * v[64 + q]) * x[q];
        }
        for (let o = 0; o < 10; o++) out[o] += w2[o * 5 + k] * Math.tanh(pre);
      }
      for (let o = 0; o < 10; o++) sum += (out[o] - target[i * 10 + o]) ** 2 / 24;
    }
    return sum;
  };
  const [u, v] = [it.u.data.slice(), it.v.data.slice()];
  const slope = (list: Float64Array, i: number) => {
    const at = (h: number) => {
      const old = list[i];
      list[i] = old + h;
      const value = lossOf(u, v);
      list[i] = old;
      return value;
    };
    return (at(e) - at(-e)) / (2 * e);
  };
  it.step(eta);
  for (let i = 0; i < 10; i++) assertAlmostEquals((u[i] - it.u.data[i]) / eta, slope(u, i), 1e-6);
  for (const j of [0, 1]) {
    const moved = Float64Array.from(
      { length: 64 },
      (_, q) => v[j * 64 + q] - eta * slope(v, j * 64 + q),
    );
    const length = Math.hypot(...moved);
    moved.forEach((x, q) => assertAlmostEquals(it.v.data[j * 64 + q], x / length, 1e-9));
  }
  for (let k = 0; k < 20; k++) it.step(0.5);
  for (const j of [0, 1]) {
    assertAlmostEquals(Math.hypot(...it.v.data.subarray(j * 64, (j + 1) * 64)), 1, 1e-12);
  }
});

Deno.test("an overlap on the wrong side is negative, and rows count by what they do to û", () => {
  const pair = { left: Float64Array.of(0.6, 0.8), right: Float64Array.of(1, 0, 0) };
  const overlap = (u: number[], v: number[]) =>
    directedOverlap(matrix(2, u.length / 2, u), matrix(v.length / 3, 3, v), pair);
  assertAlmostEquals(overlap([0.1, 0.2], [0.8, 0.6, 0]), 0.8, 1e-15);
  assertAlmostEquals(overlap([-0.1, -0.2], [-0.8, 0.6, 0]), 0.8, 1e-15);
  assertAlmostEquals(overlap([0.1, 0.2], [-0.8, 0.6, 0]), -0.8, 1e-15);
  // The second row acts across û: it does not count.
  assertAlmostEquals(overlap([0.6, 0.8, 0.8, -0.6], [0.6, 0.8, 0, 0, 0, 1]), 0.6, 1e-15);
  assertEquals(overlap([0, 0], [1, 0, 0]), 0);
});

Deno.test("the search is later for stronger pre-training, null if it is cut, alike at every strength", async () => {
  const run = async (mu: number, maxSteps: number, change: object = {}) => {
    const cell = {
      ...{ ...SETTING, networkSeed: "7", mu, rank: 1, step: 0.5, inputs: "images" as const },
      ...{ level: 0.5, maxSteps, copies: 2, ...change },
    };
    return [await digitsSearch(cell, { seed: "1" } as never)].flat();
  };
  const [weak, strong, cut] = [await run(0, 4000), await run(0.7, 8000), await run(0.7, 2)];
  for (const copy of [0, 1]) assertGreater(strong[copy].exit!, 2 * weak[copy].exit!);
  assertGreater(weak[0].initialLoss, strong[0].initialLoss);
  assertEquals(cut.map(({ exit }) => exit), [null, null]);
  assertEquals(weak[0].sigma, WHOLE.values[0]);
  // Counted by hand: the first step after which the direction is found, and the last that is allowed.
  const rng = stream("1", "digits", "adapter", 1);
  const it = new AdapterSearch(WHOLE, SETTING, { mu: 0, rank: 1, inputs: "images", rng });
  let steps = 0;
  for (; directedOverlap(it.u, it.v, WHOLE) < 0.5; steps++) it.step(0.5);
  assertEquals(weak[1].exit, steps);
  assertEquals((await run(0, steps))[1].exit, steps);
  assertEquals((await run(0, steps - 1))[1].exit, null);
  // A copy is the same run whoever runs beside it.
  const [second] = await run(0, 4000, { copies: 1, first: 1 });
  assertEquals(second, weak[1]);
  const far = await run(0, 4000, { level: 0.8 });
  assert(far.every(({ exit }, copy) => exit! > weak[copy].exit!));
});

Deno.test("normal inputs take the place of the images, a network of one's own data is trained on it", () => {
  const rng = stream("7", "normal");
  const it = new AdapterSearch(WHOLE, SETTING, { mu: 0.5, rank: 1, inputs: "normal", rng });
  const square = it.examples.x.reduce((sum, x) => sum + x * x, 0) / it.examples.x.length;
  assertLess(Math.abs(square - 1), 4 * Math.sqrt(2 / it.examples.x.length));
  assertEquals(it.examples.target, WHOLE.network.predict(it.examples.x));
  const x = [[1, 0, 0], [0, 1, 0], [0.9, 0.1, 0], [0.1, 0.9, 0], [1, 0.1, 0], [0, 1.1, 0]];
  const own = pretrained(
    { ...SETTING, data: { x, label: [0, 1, 0, 1, 0, 1] }, train: 4, batch: 4 },
    "7",
  );
  assertEquals([own.first.columns, own.network.outputs, own.testAccuracy], [3, 2, 1]);
});
