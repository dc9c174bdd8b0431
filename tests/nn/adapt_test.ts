import { assert, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  adapt,
  mlp,
  type Network,
  optimizer,
  softmaxRegression,
  START_NAMES,
  type StartName,
  train,
} from "lora-dynamics/nn/mod.ts";
import {
  columns,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  projector,
  svd,
  transpose,
} from "lora-dynamics/linalg/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { distance, examples } from "./_gradients.ts";

const rng = stream("7", "weights");
const sizes = [8, 9, 6];
const data = examples(20, 8, 6);
const make = () => mlp({ sizes, rng, activation: "tanh" });
const common = { rank: 2, alpha: 3, rng: stream("7", "adapter"), data };

/** All but the four that begin with a step along the gradient. */
const unchanged = START_NAMES.filter((name) =>
  !["LoRA-SB", "LoRA-One", "LoRA-One README", "LoRA-One script"].includes(name)
);

/** The best approximation of rank r. */
function best(a: Matrix, r: number): Matrix {
  const { u, values, v } = svd(a, r);
  const us = { ...u, data: u.data.map((x, i) => x * values[i % r]) };
  return multiplyNT(us, v);
}

/** What the layer multiplies by now, minus what it multiplied by. */
function change(now: Network, before: Network, layer: string): Matrix {
  const a = now.layers[layer].effectiveWeight(), b = before.layers[layer].effectiveWeight();
  return matrix(a.rows, a.columns, a.data.map((x, i) => x - b.data[i]));
}

const times = (s: number, a: Matrix) => matrix(a.rows, a.columns, a.data.map((x) => s * x));

Deno.test("all starts without a step along the gradient leave the function unchanged", () => {
  const network = make(), before = network.predict(data.x);
  for (const method of unchanged) {
    const adapted = adapt(network, { method, ...common });
    assertLess(distance(adapted.predict(data.x), before), 1e-13, method);
  }
  for (const method of ["LoRA-One", "LoRA-SB"] as const) {
    assertGreater(distance(adapt(network, { method, ...common }).predict(data.x), before), 1e-3);
  }
});

Deno.test("functions stay unchanged for any shape, rank and scale", () => {
  const shape = fc.record({
    inputs: fc.integer({ min: 2, max: 12 }),
    outputs: fc.integer({ min: 2, max: 12 }),
    alpha: fc.double({ min: 0.1, max: 20, noNaN: true }),
    part: fc.double({ min: 0, max: 0.999, noNaN: true }),
    method: fc.constantFrom(...unchanged),
  });
  fc.assert(
    fc.property(shape, ({ inputs, outputs, alpha, part, method }) => {
      const network = mlp({ sizes: [inputs, outputs], rng, loss: "mse" });
      const batch = examples(7, inputs, outputs, "target");
      const most = Math.min(inputs, outputs), halved = method.startsWith("LoRA-GA");
      const drawn = 1 + Math.floor(part * (halved ? Math.floor(most / 2) : most));
      const even = Math.max(2, drawn - drawn % 2); // of one column there is neither a half nor an angle
      const rank = method === "orthogonal" || method === "ETF" ? even : drawn;
      const adapted = adapt(network, { method, rank, alpha, rng, data: batch });
      const size = Math.max(...adapted.layers.layer1.weight.value.data.map(Math.abs));
      assertLess(distance(adapted.predict(batch.x), network.predict(batch.x)), 1e-12 * (1 + size));
    }),
    { seed: 7, numRuns: 60 },
  );
});

Deno.test("only factors are trained, and merging keeps the function", () => {
  for (const method of [...unchanged, "LoRA-One", "LoRA-SB"] as StartName[]) {
    const adapted = adapt(make(), { method, ...common });
    const roles = method === "LoRA-SB" ? ["R"] : ["A", "B"]; // LoRA-FA's A has a gradient and the rate 0
    const trained = Object.values(adapted.parameters).filter((p) => p.gradient);
    assertEquals([...new Set(trained.map((p) => p.role))].sort(), roles);
    const frozen = adapted.parameters["layer2.weight"].value.data.slice();
    [...train(adapted, data, { steps: 3, learningRate: 0.1 })];
    assertEquals(adapted.parameters["layer2.weight"].value.data, frozen);
    const merged = adapted.merged();
    assertLess(distance(merged.predict(data.x), adapted.predict(data.x)), 1e-13);
    assertEquals(merged.values.length, make().values.length);
  }
});

Deno.test("LoRA+ with ratio 1 is LoRA, bit for bit, under every rule", () => {
  for (const method of ["sgd", "momentum", "adam"] as const) {
    const [lora, plus, sixteen] = [
      adapt(make(), { ...common, method: "LoRA" }),
      adapt(make(), { ...common, method: "LoRA+", ratio: 1 }),
      adapt(make(), { ...common, method: "LoRA+" }),
    ];
    for (const network of [lora, plus, sixteen]) {
      [...train(network, data, { steps: 10, learningRate: 0.05, method })];
    }
    assertEquals(plus.values, lora.values);
    assertGreater(distance(sixteen.values, lora.values), 1e-4);
  }
});

Deno.test("LoRA+ moves B, the output factor, sixteen times as far, and A as far as LoRA", () => {
  const step = (method: StartName) => {
    const network = adapt(make(), { ...common, method, spreadB: 1 });
    const b = network.parameters["layer1.B"].value.data,
      a = network.parameters["layer1.A"].value.data;
    const b0 = b.slice(), a0 = a.slice(), rule = optimizer(network, { learningRate: 0.1 });
    network.lossAndGradient(data);
    rule.step();
    return { b: b.map((x, i) => x - b0[i]), a: a.map((x, i) => x - a0[i]) };
  };
  const lora = step("LoRA"), plus = step("LoRA+");
  assertLess(distance(plus.b, lora.b.map((x) => 16 * x)), 1e-14);
  assertEquals(plus.a, lora.a);
});

Deno.test("rsLoRA with alpha over the root of r is LoRA, bit for bit at rank 4", () => {
  const lora = adapt(make(), { ...common, method: "LoRA", rank: 4, alpha: 8 });
  const root = adapt(make(), { ...common, method: "rsLoRA", rank: 4, alpha: 4 });
  for (const network of [lora, root]) [...train(network, data, { steps: 10, learningRate: 0.1 })];
  assertEquals(root.values, lora.values);
  assertEquals(
    adapt(make(), { ...common, method: "rsLoRA", rank: 4, alpha: 8 }).layers.layer1.scale,
    4,
  );
  assertEquals(
    adapt(make(), { ...common, method: "LoRA", rank: 4, alpha: 8 }).layers.layer1.scale,
    2,
  );
});

Deno.test("PiSSA: the adapter is the best approximation of W, the frozen weight is the rest", () => {
  const network = make(), adapted = adapt(network, { ...common, method: "PiSSA" });
  const weight = network.layers.layer1.effectiveWeight(), layer = adapted.layers.layer1;
  const product = times(layer.scale, multiply(layer.b!.value, layer.a!.value));
  assertLess(distance(product.data, best(weight, 2).data), 1e-13);
  const rest = matrix(9, 8, layer.weight.value.data.slice());
  const { values } = svd(weight);
  assertLess(distance(svd(rest).values.subarray(0, 6), values.subarray(2)), 1e-12);
  // Balanced: both factors have the singular values of the root.
  const gram = multiplyNT(layer.a!.value, layer.a!.value);
  assertLess(Math.abs(gram.data[0] - values[0] / layer.scale), 1e-12);
});

Deno.test("LoRA-GA: the first step of gradient descent is along the best approximation of rank 2r", () => {
  const network = make(), eta = 1e-6, gamma = 4;
  const adapted = adapt(network, { ...common, method: "LoRA-GA", gamma });
  const rule = optimizer(adapted, { learningRate: eta });
  adapted.lossAndGradient(data);
  rule.step();
  for (const layer of ["layer1", "layer2"]) {
    const { scale, outputs } = adapted.layers[layer];
    const gradient = network.layers[layer].weight.gradient!;
    const f2 = Math.sqrt(outputs) / gamma;
    const wanted = times(-eta * scale * scale * f2, best(gradient, 4));
    const step = change(adapted, network, layer), size = frobeniusNorm(wanted);
    assertLess(distance(step.data, wanted.data) / size, 1e-5);
    const spaces = [step, transpose(step)].map((x) => projector(svd(x, 4).u));
    const ideal = [gradient, transpose(gradient)].map((x) => projector(svd(x, 4).u));
    spaces.forEach((p, i) => assertLess(distance(p.data, ideal[i].data), 1e-4));
  }
});

Deno.test("LoRA-GA: factors have no common direction; PEFT's form weights B by singular values", () => {
  const network = make();
  const ours = adapt(network, { ...common, method: "LoRA-GA" }).layers.layer1;
  const { u, v, values } = svd(network.layers.layer1.weight.gradient!);
  const f = Math.pow(9, 0.25) / 4;
  // Signs of singular vectors are free: compare what is the same for all, X diag(w) Xᵀ.
  const outer = (x: Matrix) => multiplyNT(x, x).data;
  const right = times(f, columns(v, 0, 2)), left = times(f, columns(u, 2, 4));
  assertLess(distance(outer(transpose(ours.a!.value)), outer(right)), 1e-12);
  assertLess(distance(outer(ours.b!.value), outer(left)), 1e-12);
  const peft = adapt(network, { ...common, method: "LoRA-GA PEFT" }).layers.layer1;
  assertLess(distance(outer(transpose(peft.a!.value)), outer(columns(v, 0, 2))), 1e-12);
  const b = { ...left, data: left.data.map((x, i) => values[2 + i % 2] * x) };
  assertLess(distance(outer(peft.b!.value), outer(b)), 1e-12);
});

Deno.test("LoRA-One and LoRA-SB start with a step along the gradient's best approximation", () => {
  for (const gamma of [1, 0.3]) {
    const network = make();
    const one = adapt(network, { ...common, method: "LoRA-One", gamma });
    const sb = adapt(network, { ...common, method: "LoRA-SB", gamma });
    for (const layer of ["layer1", "layer2"]) {
      const gradient = network.layers[layer].weight.gradient!;
      const wanted = times(-gamma, best(gradient, 2)).data;
      const { scale } = one.layers[layer];
      assertLess(distance(change(one, network, layer).data, wanted.map((x) => scale * x)), 1e-14);
      assertLess(distance(change(sb, network, layer).data, wanted), 1e-14);
      const { a, b } = one.layers[layer];
      for (
        const [factor, vectors] of [[b!.value, gradient], [
          transpose(a!.value),
          transpose(gradient),
        ]]
      ) {
        const p = projector(factor), q = projector(svd(vectors, 2).u);
        assertLess(distance(p.data, q.data), 1e-10);
      }
    }
  }
});

Deno.test("LoRA-One's script normalises singular values, its README squares them, the toy drops them", () => {
  const network = make(), gamma = 16;
  const product = (method: StartName) => {
    const layer = adapt(network, { ...common, method, gamma }).layers.layer1;
    return multiply(layer.b!.value, layer.a!.value);
  };
  const spectral = svd(product("LoRA-One")).values, first = spectral[0] / gamma;
  const second = spectral[1] / gamma;
  const close = (x: Float64Array, y: number[]) => {
    assertLess(distance(x.subarray(0, 2), Float64Array.from(y)), 1e-12);
  };
  close(svd(product("LoRA-One script")).values, [1 / gamma, second / first / gamma]);
  close(svd(product("LoRA-One README")).values, [first ** 2 / gamma, second ** 2 / gamma]);
  close(svd(product("LoRA-One toy")).values, [gamma ** 2, gamma ** 2]);
});

Deno.test("a gradient of lower rank than r leaves exact zeros in LoRA-One", () => {
  const network = softmaxRegression({ inputs: 6, classes: 5 });
  const one = { count: 1, x: data.x.subarray(0, 6), label: [2] };
  const { b, a } = adapt(network, { method: "LoRA-One", rank: 3, data: one }).layers.layer1;
  for (let i = 0; i < 5; i++) {
    assert(b!.value.data[3 * i + 1] === 0 && b!.value.data[3 * i + 2] === 0);
  }
  assert(a!.value.data.subarray(6).every((x) => x === 0));
});

Deno.test("random factors have the stated laws and depend on the layer's name only", () => {
  const network = mlp({ sizes: [400, 300, 10], rng });
  const start = (options: object, layers?: string[]) =>
    adapt(network, { method: "LoRA", rank: 8, rng, layers, ...options }).layers;
  const square = (x: Float64Array) => x.reduce((s, v) => s + v * v, 0) / x.length;
  const normal = start({ spreadA: 2, spreadB: 3 }).layer1;
  assertLess(Math.abs(square(normal.a!.value.data) * 400 / 4 - 1), 0.1);
  assertLess(Math.abs(square(normal.b!.value.data) * 300 / 9 - 1), 0.12);
  const uniform = start({ law: "uniform" }).layer1.a!.value.data;
  assertLess(Math.max(...uniform.map(Math.abs)), 1 / 20);
  assertLess(Math.abs(square(uniform) * 400 * 3 - 1), 0.06);
  assertEquals(
    start({}, ["layer2"]).layer2.a!.value.data.slice(),
    start({}).layer2.a!.value.data.slice(),
  );
});

Deno.test("bad adapters are refused with what is known", () => {
  const network = make();
  const refuse = (options: object, kind: ErrorConstructor, text: string) => {
    const error = assertThrows(
      () => adapt(network, { ...common, method: "LoRA", ...options }),
      kind,
    );
    assert(error.message.includes(text), error.message);
  };
  refuse({ rank: 7 }, RangeError, "rank of layer2 (6 x 9) must be an integer from 1 to 6");
  refuse({ rank: 0 }, RangeError, "rank must be an integer >= 1");
  refuse(
    { method: "lora" },
    RangeError,
    "LoRA, LoRA+, rsLoRA, LoRA-FA, orthogonal, ETF, PiSSA, MiLoRA, MiCA, OLoRA, LoRA-GA, LoRA-GA PEFT, LoRA-SB",
  );
  refuse({ method: "LoRA-GA", rank: 4 }, RangeError, "9 x 6 layer (2r directions)");
  refuse({ layers: ["layer3"] }, RangeError, "layer1, layer2");
  refuse({ layers: ["toString"] }, RangeError, "layer1, layer2");
  refuse({ alpha: NaN }, RangeError, "alpha");
  refuse({ gamma: 0 }, RangeError, "gamma");
  refuse({ law: "cauchy" }, RangeError, "normal, uniform");
  refuse({ rng: undefined }, TypeError, "rng must be a stream");
  refuse({ method: "PiSSA", rng: undefined, rank: 7 }, RangeError, "6 x 9");
  refuse({ method: "LoRA-One", data: undefined }, TypeError, "data must be given");
  refuse({ method: "orthogonal", rank: 3 }, RangeError, "the rank must be even");
  refuse({ rnk: 2 }, TypeError, 'current value has "rnk"');
  const adapted = adapt(network, { ...common, method: "LoRA" });
  assertThrows(() => adapt(adapted, { ...common, method: "LoRA" }), TypeError, "no adapters");
});

Deno.test("factors of one adapter, and of two layers, are drawn apart", () => {
  const network = mlp({ sizes: [40, 40, 40], rng });
  const { layer1, layer2 } = adapt(network, { method: "LoRA", rank: 40, rng, spreadB: 1 }).layers;
  const factors = [layer1.a!, layer1.b!, layer2.a!, layer2.b!].map((p) => p.value.data);
  factors.forEach((x, i) =>
    factors.slice(0, i).forEach((y) => {
      // Four standard deviations of an inner product of 1600 normals of variance 1/40 each.
      assertLess(Math.abs(x.reduce((sum, v, k) => sum + v * y[k], 0)), 4);
    })
  );
});

Deno.test("scales are alpha/r, or alpha over the root of r where the authors have it", () => {
  const root = ["rsLoRA", "LoRA-GA", "LoRA-GA PEFT", "LoRA-One", "LoRA-One script"];
  for (
    const method of [...unchanged, "LoRA-SB", "LoRA-One", "LoRA-One script"] as StartName[]
  ) {
    const scale = (options: object) =>
      adapt(make(), { ...common, method, ...options }).layers.layer1.scale;
    const rooted = root.includes(method) || method === "LoRA-One toy";
    assertEquals(scale({}), rooted ? 3 / Math.SQRT2 : 1.5, method);
    assertEquals(scale({ alpha: undefined }), 1);
    assertEquals(scale({ rootScale: false }), 1.5);
    assertEquals(scale({ rootScale: true }), 3 / Math.SQRT2);
  }
});

Deno.test("MiLoRA takes the least singular values of W, OLoRA the first columns of its QR", () => {
  const network = make(), weight = network.layers.layer1.effectiveWeight(); // 9 x 8
  const product = (method: StartName) => {
    const { scale, a, b } = adapt(network, { ...common, method }).layers.layer1;
    return times(scale, multiply(b!.value, a!.value));
  };
  const { values } = svd(weight), minor = product("MiLoRA");
  assertLess(distance(svd(minor).values.subarray(0, 2), values.subarray(6)), 1e-12);
  const rest = matrix(9, 8, weight.data.map((x, i) => x - minor.data[i]));
  assertLess(distance(svd(rest).values.subarray(0, 6), values.subarray(0, 6)), 1e-12);
  // W = QR: the part of the first two columns of Q is the projection of W on their span, the span of W's.
  const onto = multiply(projector(columns(weight, 0, 2)), weight),
    { scale } = adapt(network, {
      ...{ ...common, method: "OLoRA" },
    }).layers.layer1;
  assertLess(distance(product("OLoRA").data, times(scale, onto).data), 1e-12);
});

Deno.test("MiCA trains A from 0 on the least left directions of a layer's weight, which stay", () => {
  const network = make(),
    { layer1 } = network.layers,
    adapted = adapt(network, { ...common, method: "MiCA" });
  const { a, b } = adapted.layers.layer1, before = b!.value.data.slice();
  // Bᵀ W, out × in, has the two least singular values, and B orthonormal columns.
  const { values } = svd(layer1.effectiveWeight());
  const seen = svd(multiply(transpose(b!.value), layer1.effectiveWeight())).values;
  assertLess(distance(seen, values.subarray(6)), 1e-12);
  assertLess(
    distance(multiply(transpose(b!.value), b!.value).data, Float64Array.of(1, 0, 0, 1)),
    1e-12,
  );
  assertEquals(Math.max(...a!.value.data.map(Math.abs)), 0);
  [...train(adapted, data, { steps: 5, learningRate: 0.1 })];
  assertEquals(b!.value.data, before);
  assertGreater(Math.max(...a!.value.data.map(Math.abs)), 1e-4);
  assertThrows(
    () => adapt(network, { ...common, method: "MiCA", ratio: 16 }),
    RangeError,
    "ratio must be left out for MiCA, whose B is frozen: current value is 16",
  );
  assertThrows(
    () => adapt(network, { ...common, method: "LoRA-SB", ratio: 16 }),
    RangeError,
    "ratio must be left out for LoRA-SB, whose B is frozen",
  );
});

Deno.test("the orthogonal start has A and B of orthogonal row spaces; LoRA-FA leaves A where it is", () => {
  const layer = adapt(make(), { ...common, method: "orthogonal", rank: 4 }).layers.layer1;
  assert(layer.a!.value.data.some((x) => Math.abs(x) > 0.01));
  assert(layer.b!.value.data.some((x) => Math.abs(x) > 0.01));
  assertLess(Math.max(...multiply(layer.b!.value, layer.a!.value).data.map(Math.abs)), 1e-14);
  const frozen = adapt(make(), { ...common, method: "LoRA-FA" });
  const before = frozen.parameters["layer1.A"].value.data.slice();
  [...train(frozen, data, { steps: 5, learningRate: 0.1 })];
  assertEquals(frozen.parameters["layer1.A"].value.data, before);
  assertGreater(Math.max(...frozen.parameters["layer1.B"].value.data.map(Math.abs)), 1e-4);
});

Deno.test("a reader's start goes where a name goes", () => {
  const network = make(),
    own = {
      name: "mean row",
      rates: { B: 3 },
      factors: ({ weight, r }: { weight: Matrix; r: number }) => ({
        a: matrix(weight.rows, r, Float64Array.from({ length: weight.rows * r }, () => 0.1)),
        b: matrix(r, weight.columns),
      }),
    };
  const adapted = adapt(network, { method: own, rank: 2 });
  assertEquals([...new Set(adapted.layers.layer1.a!.value.data)], [0.1]);
  assertEquals(adapted.rates, { B: 3 });
  assertEquals(adapted.predict(data.x), network.predict(data.x));
});
