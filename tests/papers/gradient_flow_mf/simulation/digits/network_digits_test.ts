/** LoRA on all layers of the network. */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { matrix, multiply, svd } from "lora-dynamics/linalg/mod.ts";
import {
  adaptedNetwork,
  digitParts,
  type LayerAtStart,
  layerStart,
  networkDigits,
  type NetworkDigitsMoment,
  networkDigitsRun,
  networkRates,
  pretrainedNetwork,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

const task = {
  ...{ hidden: [32], activation: "relu", pretrainSteps: 300, pretrainRate: 0.5 },
  ...{ change: 90, images: 600, networkSeed: "900", splitSeed: "1234" },
};
const run = { ...task, perFactor: true, rank: 4, method: "gd", learningRate: 0.05 } as const;
const seeds = ["700", "701", "702", "703", "704"];

Deno.test("losses and accuracies after 100 steps are the reference's, for three starts", () => {
  for (const [scheme, alpha] of [["gauss", 1], ["zeroB", 0.1], ["spectral", 0.001]] as const) {
    const wanted = golden.networkDigits.rows.find((row) =>
      row.scheme === scheme && row.alpha === alpha
    )!;
    const copies = scheme === "spectral" ? ["700"] : seeds;
    const rows = copies.map((seed) => {
      const cell = { ...run, adapters: scheme, start: scheme, alpha, steps: [100] };
      return (networkDigitsRun(cell, { seed }) as NetworkDigitsMoment[])[0];
    });
    const mean = (key: "loss" | "accuracy") =>
      rows.reduce((sum, row) => sum + row[key] / copies.length, 0);
    assertAlmostEquals(mean("loss"), wanted.train_loss_mean[0], 1e-7);
    assertAlmostEquals(mean("accuracy"), wanted.test_acc_mean[0], 1e-9);
  }
});

Deno.test("the rates of the layers are the largest stretch by their gradients", () => {
  const { layers } = pretrainedNetwork(task), found = networkRates(task);
  pretrainedNetwork(task).lossAndGradient(digitParts(task).training);
  Object.values(layers).forEach(({ weight }, i) => {
    const { rows, columns, data } = weight.gradient!;
    let x = new Float64Array(columns).fill(1), stretch = 0;
    for (let step = 0; step < 500; step++) { // power iteration on GᵀG
      const y = Array.from(
        { length: rows },
        (_, k) => x.reduce((sum, one, j) => sum + data[k * columns + j] * one, 0),
      );
      stretch = Math.hypot(...y) / Math.hypot(...x);
      const back = x.map((_, j) => y.reduce((sum, one, k) => sum + data[k * columns + j] * one, 0));
      x = back.map((one) => one / Math.hypot(...back));
    }
    assertAlmostEquals(found[i], stretch, 1e-9 * stretch);
  });
});

Deno.test("rates are found of the parameters of a training too, and of nothing else", () => {
  assertEquals(networkRates(networkDigits.defaults("quick")), networkRates(task));
  assertThrows(() => networkRates({ ...task, width: 3 } as never), TypeError, '"width"');
});

Deno.test("a start sees weights, negative gradient and the deviations of its layer", () => {
  const seen: LayerAtStart[] = [];
  const adapters = {
    name: "looks",
    random: true,
    factors: (layer: LayerAtStart) => {
      seen.push(layer);
      return layerStart("gauss").factors(layer);
    },
  };
  const frozen = pretrainedNetwork(task), { training } = digitParts(task);
  for (const perFactor of [true, false]) {
    seen.length = 0;
    const { network } = adaptedNetwork({ ...run, adapters, perFactor, alpha: 0.3 }, "7");
    const wide = perFactor ? [[32, 64], [10, 32]] : [[1, 1], [1, 1]];
    for (const [i, { deviation, alpha, rank, weight, descent }] of seen.entries()) {
      assertAlmostEquals(deviation.b, 0.3 / Math.sqrt(wide[i][0]), 1e-15);
      assertAlmostEquals(deviation.a, 0.3 / Math.sqrt(wide[i][1]), 1e-15);
      assertEquals([alpha, rank], [0.3, 4]);
      const layer = frozen.layers[`layer${i + 1}`];
      assertEquals(weight.data, layer.weight.value.data);
      frozen.lossAndGradient(training);
      const { data } = layer.weight.gradient!;
      descent.data.forEach((x, k) => assertAlmostEquals(x, -data[k], 1e-14));
      const { a, b } = network.layers[`layer${i + 1}`];
      assertEquals([b!.value.rows, b!.value.columns, a!.value.columns], [
        weight.rows,
        4,
        weight.columns,
      ]);
    }
  }
});

Deno.test("the network with adapters computes W + BA, the frozen one stays what it was", () => {
  const frozen = pretrainedNetwork(task), before = frozen.values.slice();
  const { network } = adaptedNetwork({ ...run, adapters: "gauss", alpha: 2 }, "8");
  for (const name of ["layer1", "layer2"]) {
    const { a, b } = network.layers[name], product = multiply(b!.value, a!.value);
    const { data } = network.layers[name].effectiveWeight();
    frozen.layers[name].weight.value.data.forEach((x, i) =>
      assertAlmostEquals(data[i], x + product.data[i], 1e-13)
    );
  }
  networkDigitsRun({ ...run, adapters: "gauss", start: "gauss", alpha: 2, steps: [3] }, {
    seed: "8",
  });
  assertEquals(frozen.values, before);
});

Deno.test("the head start is that of the modal vectors along each layer's leading pair", () => {
  const frozen = pretrainedNetwork(task);
  frozen.lossAndGradient(digitParts(task).training);
  const along = (name: string) => {
    const { value, gradient } = frozen.layers[name].weight;
    return svd({ ...value, data: gradient!.data.map((x) => -x) }, 1);
  };
  const { network, lead } = adaptedNetwork({ ...run, adapters: "gauss", alpha: 0.1 }, "9");
  const [first, second] = ["layer1", "layer2"].map((name) => {
    const { u, v } = along(name), { a, b } = network.layers[name];
    const left = multiply({ rows: 1, columns: u.rows, data: u.data }, b!.value).data;
    const right = multiply(a!.value, v).data;
    return Math.hypot(...left.map((x, k) => x + right[k]));
  });
  assertAlmostEquals(lead!, Math.log10(first / second), 1e-12);
  // The balanced start holds √2 α of both.
  assertAlmostEquals(
    adaptedNetwork({ ...run, adapters: "spectral", alpha: 0.1 }, "9").lead!,
    0,
    1e-12,
  );
});

Deno.test("what does not fit or diverges is named", () => {
  const cell = { ...run, start: "own", alpha: 1, steps: [2] };
  const wrong = {
    name: "own",
    random: false,
    factors: () => ({ b: matrix(1, 1), a: matrix(1, 1) }),
  };
  assertThrows(
    () => networkDigitsRun({ ...cell, adapters: wrong }, { seed: "1" }),
    TypeError,
    "Cannot start layer1 as b of own must be 32 x 4: current shape is 1 x 1",
  );
  for (
    const [b, a, message] of [
      [[32, 3], [4, 64], "b of own must be 32 x 4: current shape is 32 x 3"],
      [[31, 4], [4, 64], "b of own must be 32 x 4: current shape is 31 x 4"],
      [[32, 4], [4, 63], "a of own must be 4 x 64: current shape is 4 x 63"],
      [[32, 4], [3, 64], "a of own must be 4 x 64: current shape is 3 x 64"],
    ] as const
  ) {
    const adapters = {
      ...wrong,
      factors: () => ({ b: matrix(b[0], b[1]), a: matrix(a[0], a[1]) }),
    };
    assertThrows(() => networkDigitsRun({ ...cell, adapters }, { seed: "1" }), TypeError, message);
  }
  const holes = {
    ...wrong,
    factors: ({ weight, rank }: LayerAtStart) => ({
      b: matrix(weight.rows, rank),
      a: matrix(rank, weight.columns, new Float64Array(rank * weight.columns).fill(NaN)),
    }),
  };
  assertThrows(
    () => networkDigitsRun({ ...cell, adapters: holes }, { seed: "1" }),
    RangeError,
    "a[0] of own",
  );
  const none = {
    ...wrong,
    factors: ({ weight, rank }: LayerAtStart) => ({
      b: matrix(weight.rows, rank),
      a: matrix(rank, weight.columns),
    }),
  };
  assertThrows(
    () => networkDigitsRun({ ...cell, adapters: none }, { seed: "1" }),
    RangeError,
    "Cannot start layer1 as own must not be zero in both factors",
  );
  const wild = { ...cell, adapters: "gauss" as const, learningRate: 1e300 };
  assertThrows(
    () => networkDigitsRun(wild, { seed: "1" }),
    RangeError,
    "learningRate must be small",
  );
});
