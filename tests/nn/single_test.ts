import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { type Floats, type Matrix, svd, useBackend } from "lora-dynamics/linalg/mod.ts";
import {
  adapt,
  mlp,
  type Network,
  optimizer,
  type Precision,
  softmaxRegression,
  train,
  visionTransformer,
} from "lora-dynamics/nn/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { examples, gradientError, shake } from "./_gradients.ts";

const rng = stream("7", "weights");

/** Half a unit in the last of 24 bits. */
const u = 2 ** -24;

/** Makes a network in both precisions at the same values, those of single precision. */
function pair(make: (precision: Precision) => Network<Floats>): [Network<Floats>, Network] {
  const single = shake(make("single")), double = make("double") as Network;
  for (const name in double.parameters) {
    double.parameters[name].value.data.set(single.parameters[name].value.data);
  }
  return [single, double];
}

/** Largest difference of the gradients of a parameter relative to its largest entry. */
function disagreement(single: Network<Floats>, double: Network): number {
  let worst = 0;
  for (const [name, { gradient }] of Object.entries(double.parameters)) {
    if (!gradient || name.endsWith("key.bias")) continue; // the softmax does not see a key's bias
    const found = single.parameters[name].gradient!.data;
    assert(found instanceof Float32Array);
    const size = gradient.data.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    gradient.data.forEach((g, i) => worst = Math.max(worst, Math.abs(g - found[i]) / size));
  }
  return worst;
}

const makers: [string, (precision: Precision) => Network<Floats>][] = [
  ["softmax", (precision) => softmaxRegression({ inputs: 30, classes: 3, rng, precision })],
  ["relu", (precision) => mlp({ sizes: [30, 8, 3], rng, precision })],
  ["tanh", (precision) => mlp({ sizes: [30, 20, 8, 3], rng, activation: "tanh", precision })],
  ["own", (precision) => mlp({ sizes: [30, 9, 3], rng, activation: "z * exp(-z^2)", precision })],
  [
    "adapters",
    (precision) => {
      const adapters = {
        layer1: { rank: 3, scale: 0.7 },
        layer2: { rank: 2, scale: 2, middle: true },
      };
      return (mlp({ sizes: [30, 20, 3], rng, activation: "erf", precision }) as Network<Floats>)
        .withAdapters(
          adapters,
        );
    },
  ],
];

for (const [name, make] of makers) {
  Deno.test(`${name}: gradients in single precision are finite differences to its rounding`, () => {
    const [single, double] = pair(make), data = examples(10, 30, 3);
    assertLess(gradientError(double, data), 1e-6);
    const loss = single.lossAndGradient(data);
    // Sums of at most 30 rounded terms in a row, through at most three layers there and back.
    assertLess(Math.abs(loss - double.lossAndGradient(data)), 100 * u * loss);
    assertLess(disagreement(single, double), 100 * u);
    assert(disagreement(single, double) > u / 100, "it is single precision");
    single.gradient[single.gradient.length - 1] *= 1.001;
    assert(disagreement(single, double) > 100 * u, "an error of a thousandth is seen");
  });
}

Deno.test("a vision transformer in single precision has the gradients of the one in double", () => {
  const [single, double] = pair((precision) =>
    visionTransformer({ rng, width: 8, heads: 2, activation: "tanh", precision })
  );
  const data = examples(6, 64, 10);
  single.lossAndGradient(data);
  double.lossAndGradient(data);
  assertLess(disagreement(single, double), 300 * u);
});

Deno.test("with OpenBLAS the gradients in single precision are the same to rounding", () => {
  const [single, double] = pair((precision) => mlp({ sizes: [30, 40, 3], rng, precision }));
  const data = examples(40, 30, 3);
  double.lossAndGradient(data);
  try {
    useBackend("openblas");
  } catch {
    return; // tests/linalg/backend_test.ts says so
  }
  try {
    single.lossAndGradient(data);
  } finally {
    useBackend("compiled");
  }
  assertLess(disagreement(single, double), 100 * u);
});

Deno.test("starts are those in double, rounded; each rule follows the run in double", () => {
  const data = examples(40, 30, 3);
  for (const method of ["sgd", "momentum", "adam"] as const) {
    const [single, double] = (["single", "double"] as const).map((precision) =>
      mlp({ sizes: [30, 12, 3], rng, activation: "tanh", precision }) as Network<Floats>
    );
    assertEquals([single.precision, double.precision], ["single", "double"]);
    assertEquals([...single.values], Array.from(double.values, Math.fround));
    const run = (network: Network<Floats>) =>
      [...train(network, data, { steps: 20, learningRate: 0.05, method })].at(-1)!;
    const [a, b] = [run(single), run(double)];
    assertEquals([a.step, a.status], [20, "done"]);
    assert(b.loss < double.evaluate(data).loss + 1e-12);
    // Twenty steps, each right to some hundred units.
    assertLess(Math.abs(a.loss - b.loss), 2000 * u * b.loss);
  }
});

Deno.test("a step of SGD is one product and one sum in single precision", () => {
  const network = mlp({ sizes: [5, 4, 3], rng, precision: "single" }), data = examples(7, 5, 3);
  network.lossAndGradient(data);
  const before = network.values.slice(), eta = Math.fround(-0.3);
  optimizer(network, { learningRate: 0.3 }).step();
  network.values.forEach((x, i) => {
    assertEquals(x, Math.fround(before[i] + Math.fround(eta * network.gradient[i])));
  });
});

Deno.test("adapters start, merge and predict in single precision as in double", () => {
  const data = examples(40, 30, 3);
  for (const method of ["LoRA", "PiSSA", "LoRA-GA", "LoRA-One"] as const) {
    const [single, double] = pair((precision) => mlp({ sizes: [30, 12, 3], rng, precision }));
    const start = stream("7", "adapter");
    const tuned = [single, double].map((network) =>
      adapt(network as Network<Floats>, { method, rank: 1, rng: start, data })
    );
    assertEquals(tuned[0].precision, "single");
    const x = data.x.subarray(0, 5 * 30);
    const [a, b, c] = [tuned[0], tuned[1], tuned[0].merged()].map((network) => network.predict(x));
    assert(a instanceof Float64Array);
    const size = b.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
    a.forEach((y, i) => {
      // A gap between singular values as small as a tenth magnifies what rounding does to a start.
      assertAlmostEquals(y, b[i], 1e-4 * size, method);
      assertAlmostEquals(y, c[i], 1e-5 * size, method);
    });
    assert(tuned[0].layers.layer1.effectiveWeight().data instanceof Float64Array);
  }
});

Deno.test("a rule of one's own is given 32-bit arrays, and what needs 64 bits says so", () => {
  const network = mlp({ sizes: [3, 2], rng, precision: "single" }), seen: string[] = [];
  const rule = {
    name: "own",
    begin: () => (values: Float64Array, gradient: Float64Array) => {
      seen.push(values.constructor.name, gradient.constructor.name);
    },
  };
  optimizer(network, { learningRate: 1, method: rule }).step();
  assertEquals(new Set(seen), new Set(["Float32Array"]));
  const weight = network.layers.layer1.weight.value as unknown as Matrix;
  const message = "must be in double precision: current value is in single";
  assertThrows(() => svd(weight), TypeError, message);
});

Deno.test("a precision that is not known is refused with the list", () => {
  const precision = "half" as "single";
  const message = "as precision must be one of double, single: current value is";
  assertThrows(() => mlp({ sizes: [3, 2], rng, precision }), RangeError, message);
  assertThrows(() => visionTransformer({ rng, precision }), RangeError, message);
  assertThrows(() => softmaxRegression({ inputs: 2, classes: 2, precision }), RangeError, message);
});
