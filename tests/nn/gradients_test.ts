import { assert, assertLess } from "@std/assert";
import { mlp, type Network, softmaxRegression } from "lora-dynamics/nn/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { examples, gradientError, shake } from "./_gradients.ts";

const rng = stream("7", "weights");

/** The network with all weights trained, with factors, and with middle factors, away from zero. */
function variants(network: Network): [string, Network][] {
  const on = (middle: boolean) =>
    Object.fromEntries(
      Object.keys(network.layers).map((name) => [name, { rank: 2, scale: 0.7, middle }]),
    );
  const first = Object.keys(network.layers)[0];
  return [
    ["full", network],
    ["B A", shake(network.withAdapters(on(false)))],
    ["B R A", shake(network.withAdapters(on(true)))],
    ["one layer", shake(network.withAdapters({ [first]: { rank: 1, scale: 2 } }))],
  ];
}

for (const kind of ["label", "target"] as const) {
  Deno.test(`softmax regression: each gradient is that of finite differences (${kind})`, () => {
    const network = shake(softmaxRegression({ inputs: 5, classes: 4, rng }));
    for (const [name, variant] of variants(network)) {
      assertLess(gradientError(variant, examples(6, 5, 4, kind)), 1e-8, name);
    }
  });
}

const activations = ["identity", "relu", "tanh", "z / (1 + exp(-z))", "z > 0 ? z : expm1(z)"];
for (const activation of activations) {
  for (const loss of ["cross-entropy", "mse"] as const) {
    for (const sizes of [[4, 6, 3], [5, 4, 6, 3]]) {
      Deno.test(`${sizes.join("-")} ${activation}, ${loss}: each gradient is that of finite differences`, () => {
        for (const biases of [true, false]) {
          const network = shake(mlp({ sizes, rng, activation, loss, biases }));
          const data = examples(5, sizes[0], 3, loss === "mse" ? "target" : "label");
          for (const [name, variant] of variants(network)) {
            assertLess(gradientError(variant, data), 1e-7, name);
          }
        }
      });
    }
  }
}

Deno.test("the check of gradients sees an error of one part in ten thousand", () => {
  const network = shake(mlp({ sizes: [4, 6, 3], rng, activation: "tanh" }));
  const data = examples(5, 4, 3), { lossAndGradient } = network;
  network.lossAndGradient = (...given) => {
    const loss = lossAndGradient.apply(network, given);
    network.gradient[3] *= 1.0001;
    return loss;
  };
  assert(gradientError(network, data) > 1e-6);
});

Deno.test("the gradient of a sample of rows is that of the rows alone, in any order of batches", () => {
  const network = mlp({ sizes: [4, 6, 3], rng, batch: 8 });
  const data = examples(8, 4, 3), rows = [5, 2, 7];
  const alone = {
    count: 3,
    x: Float64Array.from(rows.flatMap((row) => [...data.x.subarray(4 * row, 4 * row + 4)])),
    label: rows.map((row) => data.label![row]),
  };
  network.lossAndGradient(alone);
  const wanted = network.gradient.slice();
  network.lossAndGradient(data);
  network.lossAndGradient(data, rows);
  assert(network.gradient.every((g, i) => g === wanted[i]));
});

Deno.test("outputs of a thousand do not overflow the cross-entropy; one NaN makes the loss NaN", () => {
  const network = softmaxRegression({ inputs: 1, classes: 2 });
  network.values.set([1000, -1000]);
  const data = { count: 2, x: Float64Array.of(1, -1), label: [0, 0] };
  const loss = network.lossAndGradient(data);
  assert(Math.abs(loss - 1000) < 1e-9 && network.gradient.every(Number.isFinite));
  network.values[0] = NaN;
  assert(Number.isNaN(network.lossAndGradient(data)));
  const deep = mlp({ sizes: [1, 2, 2], rng });
  assert(Number.isNaN(deep.lossAndGradient({ count: 1, x: Float64Array.of(NaN), label: [0] })));
});
