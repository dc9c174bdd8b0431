import { assert, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { adapt, digits, type Network, train, visionTransformer } from "lora-dynamics/nn/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { distance, examples, gradientError, shake } from "./_gradients.ts";

const rng = stream("7", "weights");

/** Adapters on all layers, on the attention only, with a middle factor; everything away from zero. */
function variants(network: Network): [string, Network][] {
  const names = Object.keys(network.layers);
  const on = (layers: string[], middle: boolean) =>
    Object.fromEntries(layers.map((name) => [name, { rank: 2, scale: 0.7, middle }]));
  return [
    ["full", network],
    ["B A", shake(network.withAdapters(on(names, false)))],
    ["B R A", shake(network.withAdapters(on(names, true)))],
    ["query", shake(network.withAdapters(on(["block1.query"], false)))],
  ];
}

for (
  const [patch, blocks, heads, nonlinearity, loss] of [
    [4, 1, 1, "relu", "cross-entropy"],
    [4, 2, 2, "tanh", "mse"],
    [2, 2, 3, "relu", "mse"],
    [2, 1, 2, "tanh", "cross-entropy"],
  ] as const
) {
  Deno.test(`patch ${patch}, ${blocks} block(s), ${heads} head(s), ${nonlinearity}, ${loss}: each gradient is that of finite differences`, () => {
    const network = visionTransformer({
      rng,
      patch,
      blocks,
      heads,
      nonlinearity,
      loss,
      width: 6,
      hidden: 5,
      classes: 3,
    });
    const data = examples(2, 64, 3, loss === "mse" ? "target" : "label");
    for (const [name, variant] of variants(shake(network))) {
      // A shift of keys moves no attention: the key's bias has no gradient at all.
      assertLess(gradientError(variant, data, ["block1.key.bias", "block2.key.bias"]), 1e-6, name);
    }
  });
}

Deno.test("the order of patches matters through positions only", () => {
  const network = visionTransformer({ rng, patch: 4, width: 8 });
  const { x } = examples(1, 64, 10), swapped = new Float64Array(64);
  for (let i = 0; i < 64; i++) swapped[i] = x[(i + 32) % 64];
  assertGreater(distance(network.predict(x), network.predict(swapped)), 1e-6);
  network.parameters["tokens.position"].value.data.fill(0);
  assertLess(distance(network.predict(x), network.predict(swapped)), 1e-13);
});

Deno.test("an example's outputs do not depend on the others of its batch", () => {
  const network = visionTransformer({ rng, heads: 2, blocks: 2, batch: 5 });
  const { x } = examples(7, 64, 10), all = network.predict(x);
  for (let i = 0; i < 7; i++) {
    const one = network.predict(x.subarray(64 * i, 64 * i + 64));
    assertLess(distance(one, all.subarray(10 * i, 10 * i + 10)), 1e-13);
  }
});

Deno.test("adapters on a transformer keep its function and train; merging keeps it", () => {
  const network = visionTransformer({ rng, patch: 4, width: 8, heads: 2 });
  const data = examples(20, 64, 10), before = network.predict(data.x);
  for (const method of ["LoRA", "PiSSA", "LoRA-GA", "LoRA-One"] as const) {
    const layers = ["block1.query", "block1.value", "block1.up"];
    const adapted = adapt(network, { method, rank: 2, rng, data, layers, gamma: 1 });
    if (method !== "LoRA-One") assertLess(distance(adapted.predict(data.x), before), 1e-12, method);
    const rows = [...train(adapted, data, { steps: 20, method: "adam", learningRate: 0.01 })];
    assertLess(rows[rows.length - 1].loss, rows[0].loss, method);
    assertLess(distance(adapted.merged().predict(data.x), adapted.predict(data.x)), 1e-12, method);
  }
});

Deno.test("a transformer learns the digits, the same way twice", () => {
  const { train: all, test } = digits(1400);
  const data = { count: 600, x: all.x.subarray(0, 600 * 64), label: all.label.subarray(0, 600) };
  const run = (steps: number) => {
    const network = visionTransformer({ rng, patch: 4, width: 16, heads: 2 });
    const options = { batch: 30, rng: stream("7", "order"), method: "adam", learningRate: 5e-3 };
    return [...train(network, data, { ...options, method: "adam", steps, every: steps, test })];
  };
  const rows = run(200);
  assertGreater(rows[1].testAccuracy!, 0.8);
  assertEquals(run(5), run(5));
});

Deno.test("impossible transformers are refused", () => {
  const refuse = (options: object, text: string) => {
    const error = assertThrows(() => visionTransformer({ rng, ...options }), RangeError);
    assert(error.message.includes(text), error.message);
  };
  refuse({ patch: 3 }, "patch must divide side = 8: current value is 3");
  refuse({ width: 10, heads: 4 }, "heads must divide width = 10: current value is 4");
  refuse({ blocks: 0 }, "blocks must be an integer >= 1");
  refuse({ nonlinearity: "gelu" }, "identity, relu, tanh");
});
