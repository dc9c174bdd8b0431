/** The pre-trained network. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { matrix, multiplyNT } from "lora-dynamics/linalg/mod.ts";
import {
  digitParts,
  hiddenFeatures,
  networkBefore,
  networkTask,
  pretrainedNetwork,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

const task = {
  ...{ hidden: [32], activation: "relu", pretrainSteps: 300, pretrainRate: 0.5 },
  ...{ change: 90, images: 600, networkSeed: "900", splitSeed: "1234" },
};

Deno.test("the network scores what the reference's does", () => {
  const { uprightAccuracy, changedAccuracy, loss } = networkBefore(task);
  assertAlmostEquals(uprightAccuracy, golden.networkDigits.acc_upright_test, 1e-12);
  assertAlmostEquals(changedAccuracy, golden.networkDigits.acc_rotated_before, 1e-12);
  assertAlmostEquals(loss, golden.networkDigits.rotated_loss_before, 1e-10);
});

Deno.test("first weights are N(0, 1/in) layer by layer, without biases", () => {
  const { layers } = pretrainedNetwork({ ...task, hidden: [6, 5], pretrainSteps: 0 });
  const draws = portable(900), names = Object.keys(layers);
  assertEquals(names, ["layer1", "layer2", "layer3"]);
  for (const [i, [rows, columns]] of [[6, 64], [5, 6], [10, 5]].entries()) {
    const { weight, bias } = layers[names[i]];
    assertEquals(bias, undefined);
    draws.normals(rows * columns).forEach((x, k) =>
      assertAlmostEquals(weight.value.data[k], x / Math.sqrt(columns), 1e-15)
    );
  }
});

Deno.test("features are what the last layer reads: with it they give the network's outputs", () => {
  for (const activation of ["relu", "tanh", "log(1 + exp(z))"]) {
    const setup = { ...task, activation, hidden: [9, 7], pretrainSteps: 5 };
    const network = pretrainedNetwork(setup), { test } = digitParts(task);
    const features = hiddenFeatures(setup, matrix(test.count, 64, test.x));
    assertEquals(features.columns, 7);
    const outputs = multiplyNT(features, network.layers.layer3.weight.value).data;
    network.predict(test.x).forEach((x, i) => assertAlmostEquals(outputs[i], x, 1e-12));
  }
});

Deno.test("one network for all cells, another for another setting, whatever is fine-tuned", () => {
  const short = { ...task, pretrainSteps: 2 }, network = pretrainedNetwork(short);
  assert(pretrainedNetwork({ ...short, change: 180, images: 7 }) === network);
  assert(pretrainedNetwork({ ...short, networkSeed: "901" }) !== network);
  const more = { ...short, alpha: 1, rank: 4 };
  assertEquals(networkTask(more), short);
});

Deno.test("a rate that diverges is named", () => {
  const wild = { ...task, pretrainRate: 1e200, pretrainSteps: 9 };
  assertThrows(() => pretrainedNetwork(wild), RangeError, "pretrainRate must be small enough");
});
