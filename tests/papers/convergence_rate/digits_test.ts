/** Runs on the digits against plain loops over the same images, shuffled alike. */
import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { add, frobeniusNorm, matrix, multiply, multiplyNT } from "lora-dynamics/linalg/mod.ts";
import { digitPixels } from "lora-dynamics/nn/mod.ts";
import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";
import { permutation, stream } from "lora-dynamics/random/mod.ts";

const near = (found: number, wanted: number, rel = 1e-9) =>
  assertAlmostEquals(found, wanted, rel * Math.abs(wanted) + 1e-300);

Deno.test("a run on the digits is a plain loop over shuffled minibatches", async () => {
  const { all, train, test } = cr.inkDigits(), { x, label } = digitPixels();
  assertEquals([all, train, test].map(({ labels }) => labels.length), [1797, 1437, 360]);
  all.features.data.forEach((value, i) => assertEquals(value * 16, x[i]));
  assertEquals([...all.labels], [...label].slice(0, 1797));

  const cell = { schedule: "0.2", rule: 0.2, rank: 3, start: "lora", startedBy: "lora" } as const;
  const rows = await cr.digitsRun({ ...cell, batch: 100, epochs: 2 }, {
    seed: "plain",
  }) as cr.DigitsRow[];
  const rng = stream("plain", "digits", "weights"), weights = cr.uniforms([10, 64], rng, 1 / 8);
  const bias = cr.uniforms([10, 1], rng, 1 / 8).data;
  const loss = new cr.SoftmaxLoss({ ...train, weights, bias });
  let at: cr.Adapters = { b: matrix(10, 3), a: cr.uniforms([3, 64], rng, 1 / 8) };
  const losses: number[] = [], states: { v2: number; g: number }[] = [];
  for (let step = 0; step < 30; step++) {
    const epoch = Math.floor(step / 15), from = 100 * (step % 15);
    const order = permutation(stream("plain", "digits", "order", epoch), 1437);
    loss.select(Array.from(order.slice(from, from + 100)));
    const { value, full } = cr.objective(loss, at);
    losses.push(value);
    states.push({ v2: cr.stackSize(at), g: frobeniusNorm(full) });
    at = cr.loraStep(loss, at, 0.2);
  }
  const mean = (from: number, to: number) =>
    losses.slice(from, to).reduce((sum, value) => sum + value) / (to - from);
  assertEquals(rows.map(({ step }) => step), [1, 10, 20, 30]);
  [[0, 1], [0, 10], [10, 20], [20, 30]].forEach(([from, to], i) => {
    near(rows[i].loss, mean(from, to));
    assertEquals(rows[i].eta, 0.2);
    const { v2, g } = states[to - 1];
    near(rows[i].certified, Math.min(1, 1 / (4 * Math.SQRT2 * loss.smoothness * (v2 + g))));
    near(rows[i].v2, i < 3 ? v2 : cr.stackSize(at));
    assertEquals([rows[i].trainLoss === null, rows[i].diverged], [i < 3, false]);
  });
  // All images at the end, by the logits themselves.
  const w = add(weights, multiply(at.b, at.a));
  const logits = (images: cr.Images) => multiplyNT(images.features, w);
  const rowOf = ({ data }: { data: Float64Array }, i: number) =>
    Array.from({ length: 10 }, (_, k) => data[10 * i + k] + bias[k]);
  const trained = logits(train), tested = logits(test);
  const total = [...train.labels].reduce((sum, y, i) => {
    const z = rowOf(trained, i);
    return sum + Math.log(z.reduce((s, v) => s + Math.exp(v), 0)) - z[y];
  }, 0);
  near(rows[3].trainLoss!, total / 1437);
  const right = [...test.labels].filter((y, i) => {
    const z = rowOf(tested, i);
    return z.indexOf(Math.max(...z)) === y;
  });
  assertEquals(rows[3].accuracy, right.length / 360);
});

Deno.test("a run on the digits that leaves all bounds ends there, and says so", async () => {
  const cell = { schedule: "40", rule: 40, rank: 3, start: "lora", startedBy: "lora" } as const;
  const rows = await cr.digitsRun({ ...cell, batch: 64, epochs: 3 }, {
    seed: "plain",
  }) as cr.DigitsRow[];
  const last = rows.at(-1)!;
  assertEquals([last.diverged, last.eta, last.trainLoss, last.accuracy], [true, NaN, null, null]);
  assertLess(last.step, 69);
  assert(rows.slice(0, -1).every(({ diverged, loss }) => !diverged && loss <= 50));
});

Deno.test("a run that stands still neither rises nor shrinks", async () => {
  const rows = await cr.longRun({ schedule: "still", rule: 1e-30, rank: 2, steps: 6 }, {
    seed: "7",
  }) as cr.LongRow[];
  rows.forEach(({ rises, falls }) => assertEquals([rises, falls], [0, 0]));
});
