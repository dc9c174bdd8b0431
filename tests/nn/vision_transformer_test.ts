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
  const [patch, blocks, heads, activation, loss] of [
    [4, 1, 1, "relu", "cross-entropy"],
    [4, 2, 2, "tanh", "mse"],
    [2, 2, 3, "relu", "mse"],
    [2, 1, 2, "tanh", "cross-entropy"],
    [4, 1, 2, "z * (1 + erf(z / sqrt(2))) / 2", "mse"],
  ] as const
) {
  Deno.test(`patch ${patch}, ${blocks} block(s), ${heads} head(s), ${activation}, ${loss}: each gradient is that of finite differences`, () => {
    const network = visionTransformer({
      rng,
      patch,
      blocks,
      heads,
      activation,
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
  assertThrows(
    () => visionTransformer({ rng, nonlinearity: "tanh" } as never),
    TypeError,
    "must have no other keys than rng, side, patch, width, hidden, heads, blocks, classes",
  );
});

/** The definition of the transformer for one image, written with arrays of arrays. */
function naive(
  network: Network,
  image: number[],
  patch: number,
  blocks: number,
  heads: number,
): number[] {
  const value = (name: string) => {
    const { rows, columns, data } = network.parameters[name].value;
    return Array.from(
      { length: rows },
      (_, i) => [...data.subarray(i * columns, (i + 1) * columns)],
    );
  };
  const dot = (x: number[], y: number[]) => x.reduce((sum, v, i) => sum + v * y[i], 0);
  const plus = (x: number[], y: number[]) => x.map((v, i) => v + y[i]);
  const mean = (x: number[]) => x.reduce((sum, v) => sum + v, 0) / x.length;
  const affine = (name: string, x: number[]) =>
    plus(value(`${name}.weight`).map((row) => dot(row, x)), value(`${name}.bias`)[0]);
  const norm = (name: string, x: number[]) => {
    const m = mean(x), deviation = Math.sqrt(mean(x.map((v) => (v - m) ** 2)) + 1e-5);
    const [gain] = value(`${name}.gain`), [shift] = value(`${name}.shift`);
    return x.map((v, i) => gain[i] * (v - m) / deviation + shift[i]);
  };
  const across = 8 / patch;
  let x = value("tokens.position").map((place, t) => {
    const top = Math.floor(t / across) * patch, left = t % across * patch;
    const pixels = Array.from(
      { length: patch * patch },
      (_, k) => image[(top + Math.floor(k / patch)) * 8 + left + k % patch],
    );
    return plus(affine("embed", pixels), place);
  });
  for (let b = 1; b <= blocks; b++) {
    const name = `block${b}`, normed = x.map((row) => norm(`${name}.norm1`, row));
    const [q, k, v] = ["query", "key", "value"].map((part) =>
      normed.map((row) => affine(`${name}.${part}`, row))
    );
    const width = q[0].length, d = width / heads;
    x = x.map((row, i) => {
      const together: number[] = [];
      for (let head = 0; head < heads; head++) {
        const part = (y: number[]) => y.slice(head * d, (head + 1) * d);
        const e = k.map((key) => Math.exp(dot(part(q[i]), part(key)) / Math.sqrt(d)));
        const total = e.reduce((sum, w) => sum + w, 0);
        for (let c = 0; c < d; c++) together.push(dot(e, v.map((y) => part(y)[c])) / total);
      }
      return plus(row, affine(`${name}.output`, together));
    });
    x = x.map((row) => {
      const hidden = affine(`${name}.up`, norm(`${name}.norm2`, row)).map(Math.tanh);
      return plus(row, affine(`${name}.down`, hidden));
    });
  }
  const last = x.map((row) => norm("norm", row));
  return affine("head", last[0].map((_, c) => mean(last.map((row) => row[c]))));
}

Deno.test("a transformer computes its definition", () => {
  for (const [patch, blocks, heads] of [[2, 1, 1], [4, 2, 3]]) {
    const options = { rng, patch, blocks, heads, width: 6, activation: "tanh" } as const;
    const network = shake(visionTransformer(options)), { x } = examples(1, 64, 10);
    const wanted = Float64Array.from(naive(network, [...x], patch, blocks, heads));
    assertLess(distance(network.predict(x), wanted), 1e-12);
  }
});

Deno.test("a transformer starts with weights N(0, 1/in), positions N(0, 0.02²), norms at 1 and 0", () => {
  const { parameters } = visionTransformer({ rng, width: 64 });
  const square = (name: string) => {
    const { data } = parameters[name].value;
    return data.reduce((sum, v) => sum + v * v, 0) / data.length;
  };
  assertLess(Math.abs(square("block1.query.weight") * 64 - 1), 0.1);
  assertLess(Math.abs(square("block1.down.weight") * 128 - 1), 0.1);
  assertLess(Math.abs(square("tokens.position") / 0.02 ** 2 - 1), 0.2);
  assertEquals([square("norm.gain"), square("norm.shift"), square("head.bias")], [1, 0, 0]);
  assert(parameters["block1.norm1.gain"].value.data.every((x) => x === 1));
});
