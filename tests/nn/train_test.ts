import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { adapt, digits, mlp, optimizer, softmaxRegression, train } from "lora-dynamics/nn/mod.ts";
import { frobeniusNorm, type Matrix, spectralNorm } from "lora-dynamics/linalg/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { examples } from "./_gradients.ts";

const rng = stream("7", "weights");
const data = examples(20, 4, 3);
const make = () => mlp({ sizes: [4, 5, 3], rng });

Deno.test("Adam is its scalar definition, parameter by parameter", () => {
  const options = fc.record({
    learningRate: fc.double({ min: 1e-4, max: 0.1, noNaN: true }),
    beta1: fc.double({ min: 0, max: 0.99, noNaN: true }),
    beta2: fc.double({ min: 0, max: 0.999, noNaN: true }),
    epsilon: fc.constantFrom(1e-8, 1e-3),
    weightDecay: fc.constantFrom(0, 0.1),
  });
  fc.assert(
    fc.property(options, (o) => {
      const network = make(), rule = optimizer(network, { method: "adam", ...o });
      const theta = [...network.values], m = theta.map(() => 0), v = theta.map(() => 0);
      for (let t = 1; t <= 5; t++) {
        network.lossAndGradient(data);
        const g = network.gradient.slice();
        rule.step();
        for (let i = 0; i < theta.length; i++) {
          m[i] = o.beta1 * m[i] + (1 - o.beta1) * g[i];
          v[i] = o.beta2 * v[i] + (1 - o.beta2) * g[i] ** 2;
          const mean = m[i] / (1 - o.beta1 ** t), square = v[i] / (1 - o.beta2 ** t);
          theta[i] -= o.learningRate * o.weightDecay * theta[i];
          theta[i] -= o.learningRate * mean / (Math.sqrt(square) + o.epsilon);
        }
        theta.forEach((x, i) => assertAlmostEquals(network.values[i], x, 1e-13));
      }
      assertEquals(rule.steps, 5);
    }),
    { seed: 7, numRuns: 20 },
  );
});

Deno.test("momentum is its scalar definition, and with weight 0 it is gradient descent", () => {
  const [heavy, none, plain] = [make(), make(), make()];
  const rules = [
    optimizer(heavy, { method: "momentum", momentum: 0.8, learningRate: 0.1 }),
    optimizer(none, { method: "momentum", momentum: 0, learningRate: 0.1 }),
    optimizer(plain, { method: "gd", learningRate: 0.1 }),
  ];
  const theta = [...heavy.values], v = theta.map(() => 0);
  for (let t = 0; t < 5; t++) {
    for (const network of [heavy, none, plain]) network.lossAndGradient(data);
    for (let i = 0; i < theta.length; i++) {
      v[i] = 0.8 * v[i] + heavy.gradient[i];
      theta[i] -= 0.1 * v[i];
    }
    for (const rule of rules) rule.step();
    theta.forEach((x, i) => assertAlmostEquals(heavy.values[i], x, 1e-14));
  }
  assertEquals(none.values, plain.values);
});

Deno.test("rates go by parameter name before role; rate 0 freezes", () => {
  const network = make(), before = network.values.slice();
  const rule = optimizer(network, { learningRate: 1, rates: { weight: 0, "layer2.weight": 2 } });
  network.lossAndGradient(data);
  rule.step();
  const moved = (name: string) => {
    const { value, gradient } = network.parameters[name];
    const from = (value.data.byteOffset - network.values.byteOffset) / 8;
    return [...value.data].map((x, i) => (before[from + i] - x) / gradient!.data[i]);
  };
  assertEquals(network.parameters["layer1.weight"].value.data, before.subarray(0, 20));
  moved("layer2.weight").forEach((x) => assert(Number.isNaN(x) || Math.abs(x - 2) < 1e-6));
  moved("layer2.bias").forEach((x) => assertAlmostEquals(x, 1, 1e-6));
});

Deno.test("a run is the same, bit for bit, when it is repeated, and another for another stream", () => {
  const run = (name: string) => {
    const network = adapt(make(), { method: "LoRA", rank: 2, rng });
    const options = { epochs: 3, batch: 6, learningRate: 0.1, rng: stream("7", name), every: 2 };
    return { rows: [...train(network, data, options)], values: network.values };
  };
  const first = run("order");
  assertEquals(run("order"), first);
  assert(run("other").rows[3].loss !== first.rows[3].loss);
  assertEquals(first.rows.map((row) => row.step), [0, 2, 4, 6, 8, 10, 12]);
  assertEquals(first.rows[6].epoch, 3);
});

Deno.test("gradient descent on a softmax regression decreases the loss at every step below 2/L", () => {
  const network = softmaxRegression({ inputs: 4, classes: 3, rng });
  const square = data.x.reduce((s, x) => s + x * x, 0) / data.count;
  const rows = [
    ...train(network, data, { method: "gd", steps: 50, every: 1, learningRate: 2 / square }),
  ];
  for (let i = 1; i < rows.length; i++) assertLess(rows[i].loss, rows[i - 1].loss);
});

Deno.test("a schedule sees the gradient of its step; a run that diverges says so and ends", () => {
  const network = softmaxRegression({ inputs: 4, classes: 3, rng }), norms: number[] = [];
  const normalised = (_: number, { gradient }: { gradient: Float64Array }) => {
    norms.push(Math.hypot(...gradient));
    return 0.01 / norms[norms.length - 1];
  };
  const before = network.values.slice();
  [...train(network, data, { steps: 1, learningRate: 9, schedule: normalised })];
  assertAlmostEquals(Math.hypot(...network.values.map((x, i) => x - before[i])), 0.01, 1e-12);
  const wild = mlp({ sizes: [4, 5, 3], rng, loss: "mse" });
  const rows = [...train(wild, data, { steps: 500, every: 1, learningRate: 1e3, stopAbove: 50 })];
  assertEquals(rows[rows.length - 1].status, "diverged: lower learningRate");
  assertLess(rows.length, 20);
});

Deno.test("one stops asking for rows and the network stays", () => {
  const network = make();
  for (const row of train(network, data, { steps: 100, every: 1, learningRate: 0.1 })) {
    if (row.step === 3) break;
  }
  const other = make();
  [...train(other, data, { steps: 3, learningRate: 0.1 })];
  assertEquals(network.values, other.values);
});

Deno.test("a perceptron learns the digits; an adapter learns rotated ones", () => {
  const all = digits(1200),
    part = { ...all.train, count: 600, x: all.train.x.subarray(0, 600 * 64) };
  const upright = { ...part, label: all.train.label.subarray(0, 600) };
  const turn = ({ x }: { x: Float64Array }) =>
    x.map((_, i) => x[i - i % 64 + (7 - i % 8) * 8 + Math.floor(i % 64 / 8)]);
  const network = mlp({ sizes: [64, 32, 10], rng, batch: 600 });
  const rows = [...train(network, upright, {
    steps: 200,
    batch: 50,
    rng: stream("7", "order"),
    method: "adam",
    learningRate: 3e-3,
    test: all.test,
  })];
  assertGreater(rows[rows.length - 1].testAccuracy!, 0.9);
  const turned = { ...upright, x: turn(upright) };
  assertLess(network.evaluate(turned).accuracy, 0.4);
  const lora = adapt(network, { method: "LoRA", rank: 4, rng });
  const again = [...train(lora, turned, {
    steps: 200,
    batch: 50,
    rng: stream("7", "order"),
    method: "adam",
    learningRate: 1e-2,
  })];
  assertGreater(again[again.length - 1].accuracy, 0.8);
});

Deno.test("bad input is refused with the shapes and the known names", () => {
  const network = make();
  const refuse = (f: () => unknown, kind: ErrorConstructor, text: string) => {
    const error = assertThrows(f, kind);
    assert(error.message.includes(text), error.message);
  };
  const x = new Float64Array(9);
  refuse(
    () => network.evaluate({ count: 3, x, label: [0, 1, 2] }),
    TypeError,
    "3 examples with 4 inputs must be a Float64Array of 12 entries: current value is one of 9",
  );
  refuse(() => network.predict(x), TypeError, "one of 9");
  refuse(() => network.evaluate({ ...data, label: [0] }), TypeError, "20 entries");
  refuse(
    () => network.evaluate({ count: 1, x: x.subarray(0, 4), label: [3] }),
    RangeError,
    "from 0 to 2",
  );
  refuse(() => network.lossAndGradient(data, [20]), RangeError, "rows[0]");
  refuse(() => network.lossAndGradient(data, []), RangeError, "number of examples");
  refuse(() => network.lossAndGradient({ ...data, target: x }), TypeError, "60 entries");
  refuse(
    () => optimizer(network, { learningRate: NaN }),
    RangeError,
    "learningRate must be finite: current value is NaN",
  );
  refuse(() => optimizer(network, { learningRate: 1 }).step(NaN), RangeError, "learningRate");
  refuse(
    () => optimizer(network, { learningRate: 1, method: "sgdm" as "sgd" }),
    RangeError,
    "adam, gd, momentum, sgd",
  );
  refuse(
    () => optimizer(network, { learningRate: 1, rates: { C: 1 } }),
    RangeError,
    "weight, bias, layer1.weight",
  );
  refuse(() => optimizer(network, { learningRate: 1, rates: { bias: -1 } }), RangeError, "rates");
  refuse(() => train(network, data, { learningRate: 1 }), RangeError, "steps");
  refuse(() => train(network, data, { learningRate: 1, steps: 1, batch: 30 }), RangeError, "batch");
  refuse(
    () => train(network, data, { learningRate: 1, steps: 1, batch: 3 }),
    TypeError,
    "rng must be a stream",
  );
  refuse(
    () => train(network, data, { learningRate: 1, steps: 1, batch: 3, rng, method: "gd" }),
    TypeError,
    "all 20",
  );
  const small = mlp({ sizes: [4, 3], rng, batch: 8 });
  refuse(() => small.lossAndGradient(data), RangeError, "batch");
  refuse(() => mlp({ sizes: [4], rng }), RangeError, "sizes");
  refuse(() => mlp({ sizes: [4, 0], rng }), RangeError, "sizes[1]");
  refuse(() => mlp({ sizes: [4, 3], rng, activation: "gelu" }), SyntaxError, "gelu");
  refuse(() => mlp({ sizes: [4, 3], rng, activation: "1/z" }), RangeError, "finite at every z");
  for (const wrong of [{ nonlinearity: "tanh" }, { bias: false }, { batchSize: 3 }]) {
    const options = { sizes: [4, 3], rng, ...wrong } as never;
    refuse(() => mlp(options), TypeError, "must have no other keys than sizes, rng, activation");
  }
  refuse(
    () => mlp({ sizes: [4, 3], rng, loss: "hinge" as "mse" }),
    RangeError,
    "cross-entropy, mse",
  );
  refuse(() => mlp({ sizes: [4, 3] } as never), TypeError, "rng");
  refuse(() => softmaxRegression({ inputs: 0, classes: 2 }), RangeError, "sizes[0]");
});

/** A softmax problem that needs no random numbers. */
function goldenProblem() {
  const count = 30, x = new Float64Array(count * 4), label = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    label[i] = i % 3;
    for (let k = 0; k < 4; k++) {
      x[4 * i + k] = Math.sin(0.7 * i + 1.9 * k + 0.13 * i * k) + 0.3 +
        Math.cos(2 * (label[i] + 1) * (k + 1));
    }
  }
  assertAlmostEquals(x[0], -0.11614683654714, 1e-13);
  const base = softmaxRegression({ inputs: 4, classes: 3 });
  const network = adapt(base, { method: "LoRA", rank: 2, rng, weightGradients: true });
  const a = network.parameters["layer1.A"].value.data;
  for (let i = 0; i < 2; i++) {
    for (let j = 0; j < 4; j++) {
      a[4 * i + j] = 0.5 * Math.sin(0.8 * i + 1.7 * j + 0.3 * i * j + 0.5);
    }
  }
  return { network, data: { count, x, label } };
}

Deno.test("a softmax regression with LoRA and an adaptive step follows the golden run of an independent implementation", () => {
  const smoothness = 0.8962991189060,
    square = (x: Float64Array) => x.reduce((s, v) => s + v * v, 0);
  const rules: [string, (v: number, g: Matrix) => number][] = [
    ["paper", (v, g) => Math.min(1 / (4 * Math.SQRT2 * smoothness * (v + frobeniusNorm(g))), 1)],
    ["simple", (v, g) => 0.8161123671775559 / (smoothness * v + spectralNorm(g))],
  ];
  const golden: Record<string, number[][]> = {
    paper: [
      [0, 1.098612288668, 0.1492230313968, 1.031068690415, 0.1169500604057],
      [100, 0.5562806681715, 0.02140034342445, 5.145569889552, 0.03758216541460],
      [1000, 0.4945572171753, 1.579418496730e-4, 9.449461050333, 0.02085927772701],
    ],
    simple: [[100, 0.4989865154128, 8.919813154317e-4, 8.432593161979, 0.1077872686476]],
  };
  for (const [name, rule] of rules) {
    const { network, data } = goldenProblem(), seen = new Map<number, number[]>();
    const schedule = (step: number) => {
      const v = square(network.values);
      const eta = rule(v, network.layers.layer1.weightGradient!);
      seen.set(step, [square(network.gradient), v, eta]);
      return eta;
    };
    const options = { steps: 1001, every: 100, learningRate: 1, method: "gd", schedule } as const;
    const rows = [...train(network, data, options)];
    for (const [step, loss, gradient, v, eta] of golden[name]) {
      const relative = step > 100 ? 1e-7 : 1e-9;
      const found = [rows.find((row) => row.step === step)!.loss, ...seen.get(step)!];
      [loss, gradient, v, eta].forEach((x, i) => assertAlmostEquals(found[i], x, relative * x));
    }
  }
});

Deno.test("the weight's gradient beside an adapter is that of the merged network", () => {
  const network = adapt(make(), {
    method: "LoRA",
    rank: 2,
    rng,
    spreadB: 1,
    weightGradients: true,
  });
  network.lossAndGradient(data);
  const merged = network.merged();
  merged.lossAndGradient(data);
  for (const name of ["layer1", "layer2"]) {
    const { weightGradient, weight } = network.layers[name];
    assertEquals(weight.gradient, undefined);
    const wanted = merged.layers[name].weight.gradient!.data;
    weightGradient!.data.forEach((x, i) => assertAlmostEquals(x, wanted[i], 1e-14));
  }
  assertEquals(
    adapt(make(), { method: "LoRA", rank: 2, rng }).layers.layer1.weightGradient,
    undefined,
  );
});

Deno.test("each epoch takes every example once, in an order of its own", () => {
  const network = make(), taken: number[][] = [], { lossAndGradient } = network;
  network.lossAndGradient = (given, rows) => {
    taken.push([...Array.from(rows!)]);
    return lossAndGradient.call(network, given, rows);
  };
  [...train(network, data, { epochs: 2, batch: 6, rng: stream("7", "order"), learningRate: 0 })];
  assertEquals(taken.map((rows) => rows.length), [6, 6, 6, 2, 6, 6, 6, 2]);
  const [first, second] = [taken.slice(0, 4).flat(), taken.slice(4).flat()];
  const numbers = Array.from({ length: 20 }, (_, i) => i);
  assertEquals(first.toSorted((x, y) => x - y), numbers);
  assertEquals(second.toSorted((x, y) => x - y), numbers);
  assert(first.some((row, i) => row !== second[i]));
});

Deno.test("a perceptron starts with N(0, 2/in) for ReLU, N(0, 1/in) for tanh and at its outputs", () => {
  const square = (options: object, name: string) => {
    const network = mlp({ sizes: [100, 100, 100], rng, ...options });
    const { data } = network.parameters[name].value;
    return data.reduce((sum, v) => sum + v * v, 0) / data.length * 100;
  };
  // Standard deviation of a mean of 10⁴ squares: √2 %.
  assertAlmostEquals(square({}, "layer1.weight"), 2, 0.11);
  assertAlmostEquals(square({}, "layer2.weight"), 1, 0.057);
  assertAlmostEquals(square({ activation: "tanh" }, "layer1.weight"), 1, 0.057);
  assertAlmostEquals(square({ gain: 3 }, "layer1.weight"), 9, 0.51);
  assertEquals(square({}, "layer1.bias"), 0);
});
