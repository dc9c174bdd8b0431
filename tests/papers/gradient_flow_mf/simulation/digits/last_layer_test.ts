/** LoRA on the last layer. */
import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { type Matrix, matrix, multiply, svd } from "lora-dynamics/linalg/mod.ts";
import type { UpdateRule } from "lora-dynamics/nn/mod.ts";
import {
  digitParts,
  type LastLayerCell,
  type LastLayerRow,
  lastLayerRun,
  type LayerAtStart,
  metric215,
  stackOf,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

const network = {
  ...{ hidden: [32], activation: "relu", pretrainSteps: 300, pretrainRate: 0.5 },
  ...{ change: 90, images: 600, networkSeed: "900", splitSeed: "1234" },
};
const cell: LastLayerCell = {
  ...{ source: { network }, headSeed: "910", start: "zeroB", startedBy: "zeroB" },
  ...{ std: 0.2, rank: 4, method: "adam", rate: 0.01, steps: [0, 100] },
};
const run = (changes: Partial<LastLayerCell>, seed = "920") =>
  lastLayerRun({ ...cell, ...changes }, { seed }) as LastLayerRow[];
const reference = golden.lastLayer;

Deno.test("losses and accuracies after 100 steps of Adam are the reference's", () => {
  for (const std of [0.025, 1]) {
    const wanted = reference.rows.find((row) => row.std === std)!;
    const rows = [920, 921, 922, 923, 924, 925].map((seed) => run({ std }, String(seed))[1]);
    const mean = (key: "loss" | "accuracy" | "testLoss" | "testAccuracy") =>
      rows.reduce((sum, row) => sum + row[key]! / 6, 0);
    assertAlmostEquals(mean("loss"), wanted.train_loss[0].mean, 1e-8);
    assertAlmostEquals(mean("accuracy"), wanted.train_acc[0], 1e-9);
    assertAlmostEquals(mean("testLoss"), wanted.test_loss[0].mean, 1e-8);
    assertAlmostEquals(mean("testAccuracy"), wanted.test_acc[0], 1e-9);
  }
});

Deno.test("before the first step the layer is its random head, whatever A is", () => {
  const [{ loss, accuracy }] = run({ std: 1 });
  assertAlmostEquals(loss, reference.loss_before, 1e-10);
  assertAlmostEquals(accuracy, reference.acc_before, 1e-12);
});

Deno.test("alignment and size by gradient descent are the reference's; the linear phase is theirs at first", () => {
  const steps = [0, 20, 50, 100], { alignment } = reference;
  const rows = [920, 921, 922, 923, 924].map((seed) =>
    run({ std: 1e-3, method: "gd", rate: 0.1, steps }, String(seed))
  );
  const mean = (i: number, key: keyof LastLayerRow) =>
    rows.reduce((sum, row) => sum + Number(row[i][key]) / 5, 0);
  steps.forEach((_, i) => {
    assertAlmostEquals(mean(i, "misalignment"), alignment.metric_mean[i], 1e-9);
    assertAlmostEquals(mean(i, "norm"), alignment.norm_mean[i], 1e-9);
  });
  const opposite = Math.min(...rows.flat().map((row) => row.opposite));
  assertAlmostEquals(opposite, alignment.metric_wrong_sign_min, 1e-9);
  // ‖Z‖² is 2·10⁻⁴ after 20 steps: the gradient has changed by about that much.
  assertLess(Math.abs(mean(1, "linear") - mean(1, "misalignment")), 2e-4);
  assertLess(Math.abs(mean(1, "linearNorm") / mean(1, "norm") - 1), 2e-4);
});

/** Four features, three classes; far from symmetric. */
const own = {
  features: [[1, 0.5, 0, 2], [-1, 2, 0.3, 0], [0.2, -1, 1, 1], [0, 0, -2, 0.7], [1.5, 1, 1, -1]],
  labels: [0, 1, 2, 1, 0],
};
const small: Partial<LastLayerCell> = {
  source: { own },
  rank: 2,
  method: "gd",
  rate: 0.1,
  std: 0.5,
};

/** The head of the seed by its definition. */
function head(rows: number, columns: number, seed: number): Matrix {
  const draws = portable(seed), w = matrix(rows, columns);
  for (let i = 0; i < w.data.length; i++) {
    w.data[i] = (2 * draws.uniform() - 1) / Math.sqrt(columns);
  }
  return w;
}

/** Mean cross-entropy of `W₀ + BA`, as it is written. */
function entropy(w: Matrix, b: Matrix, a: Matrix, { features, labels } = own): number {
  const product = multiply(b, a).data;
  return labels.reduce((sum, label, n) => {
    const outputs = Array.from(
      { length: w.rows },
      (_, k) =>
        features[n].reduce((s, x, j) => s + (w.data[k * 4 + j] + product[k * 4 + j]) * x, 0),
    );
    const mass = outputs.reduce((s, o) => s + Math.exp(o), 0);
    return sum + (Math.log(mass) - outputs[label]) / labels.length;
  }, 0);
}

Deno.test("a step goes down the slopes that finite differences see, in both factors at once", () => {
  const w = head(3, 4, 77), a = matrix(2, 4, portable(5).normals(8).map((x) => 0.5 * x));
  const b = matrix(3, 2, portable(1005).normals(6).map((x) => 0.5 * x));
  const slope = (x: Matrix) =>
    x.data.map((value, i) => {
      const h = 1e-5, at = (to: number) => (x.data[i] = to, entropy(w, b, a));
      const result = (at(value + h) - at(value - h)) / (2 * h);
      x.data[i] = value;
      return result;
    });
  const losses = [entropy(w, b, a)], norms = [Math.hypot(...b.data, ...a.data)];
  for (let t = 0; t < 2; t++) {
    const [ofB, ofA] = [slope(b), slope(a)];
    ofB.forEach((x, i) => b.data[i] -= 0.1 * x);
    ofA.forEach((x, i) => a.data[i] -= 0.1 * x);
    losses.push(entropy(w, b, a));
    norms.push(Math.hypot(...b.data, ...a.data));
  }
  const gauss = { startedBy: "gauss", start: "gauss", headSeed: "77", steps: [0, 1, 2] } as const;
  run({ ...small, ...gauss }, "5").forEach((row, i) => {
    assertAlmostEquals(row.loss, losses[i], 1e-9);
    assertAlmostEquals(row.norm, norms[i], 1e-9);
    assertEquals([row.testLoss, row.testAccuracy], [null, null]);
  });
});

Deno.test("the linear phase is that of the singular pairs: (1 + ησ)ᵏ along them, (1 − ησ)ᵏ against", () => {
  const seen: LayerAtStart[] = [];
  const startedBy = {
    name: "gauss seen",
    random: true,
    factors: (layer: LayerAtStart) => {
      seen.push(layer);
      const { normals } = portable(8);
      return { b: matrix(3, 2, normals(6)), a: matrix(2, 4, normals(8)) };
    },
  };
  const steps = [0, 3, 9], rows = run({ ...small, startedBy, steps });
  const { normals } = portable(8), b = matrix(3, 2, normals(6)), a = matrix(2, 4, normals(8));
  const { u, values, v } = svd(seen[0].descent);
  steps.forEach((k, at) => {
    const z = stackOf(b, a);
    for (let c = 0; c < 2; c++) {
      for (let j = 0; j < 3; j++) {
        for (const sign of [1, -1]) {
          const gamma = (i: number) =>
            (i < 3 ? u.data[3 * i + j] : sign * v.data[3 * (i - 3) + j]) / Math.SQRT2;
          let along = 0;
          for (let i = 0; i < 7; i++) {
            along += gamma(i) * (i < 3 ? b.data[2 * i + c] : a.data[4 * c + i - 3]);
          }
          const grown = ((1 + sign * 0.1 * values[j]) ** k - 1) * along;
          for (let i = 0; i < 7; i++) z.data[2 * i + c] += grown * gamma(i);
        }
      }
    }
    assertAlmostEquals(rows[at].linearNorm!, Math.hypot(...z.data), 1e-10);
    assertAlmostEquals(rows[at].linear!, metric215(z, seen[0].descent), 1e-10);
  });
});

Deno.test("the linear phase ends where its stack has left every bound", () => {
  const rows = run({ ...small, std: 0.1, rate: 1, steps: [1, 400] });
  assertEquals([rows[1].linear, rows[1].linearNorm], [null, null]);
  assertLess(rows[1].loss, rows[0].loss);
});

Deno.test("B and A have generators of their own: a start without B has the A of one with it", () => {
  const norm = (startedBy: "zeroB" | "zeroA" | "gauss") =>
    run({ ...small, startedBy, start: startedBy, steps: [0] }, "6")[0].norm;
  assertAlmostEquals(norm("gauss"), Math.hypot(norm("zeroA"), norm("zeroB")), 1e-12);
  assertAlmostEquals(norm("zeroB"), 0.5 * Math.hypot(...portable(6).normals(8)), 1e-12);
  assertAlmostEquals(norm("zeroA"), 0.5 * Math.hypot(...portable(1006).normals(6)), 1e-12);
});

Deno.test("a start sees the head, the negative gradient and its scale", () => {
  let seen: LayerAtStart | undefined;
  const startedBy = {
    name: "looks",
    random: false,
    factors: (layer: LayerAtStart) => {
      seen = layer;
      return { b: matrix(3, 2, [1, 0, 0, 1, 0, 0]), a: matrix(2, 4) };
    },
  };
  run({ ...small, startedBy, headSeed: "78", steps: [0] });
  const { weight, descent, alpha, deviation, rank } = seen!;
  assertEquals(weight.data, head(3, 4, 78).data);
  assertEquals([alpha, deviation.b, deviation.a, rank], [0.5, 0.5, 0.5, 2]);
  const none = matrix(3, 1), h = 1e-5;
  descent.data.forEach((x, i) => {
    const at = (by: number) => {
      const w = { ...weight, data: weight.data.slice() };
      w.data[i] += by;
      return entropy(w, none, matrix(1, 4));
    };
    assertAlmostEquals(x, -(at(h) - at(-h)) / (2 * h), 1e-9);
  });
});

Deno.test("a rule of one's own moves the factors, and its steps count from 1", () => {
  const times: number[] = [];
  const method: UpdateRule = {
    name: "shrink",
    begin: () => (values, _gradient, eta, t) => {
      times.push(t);
      values.forEach((x, i) => values[i] = (1 - eta) * x);
    },
  };
  const [before, after] = run({ ...small, method, rate: 0.25, steps: [0, 2] });
  assertAlmostEquals(after.norm, 0.5625 * before.norm, 1e-12);
  assertEquals([...new Set(times)], [1, 2]);
});

Deno.test("a map of the digits: pixels as they are give a softmax regression on them", () => {
  const map = { name: "pixels", features: (pixels: Float64Array) => pixels };
  const task = { change: 0, images: 50, splitSeed: "1234" }, { training, test } = digitParts(task);
  const rows = (x: Float64Array, count: number) =>
    Array.from({ length: count }, (_, i) => [...x.slice(64 * i, 64 * i + 64)]);
  const same = {
    features: rows(training.x, 50),
    labels: [...training.label],
    test: { features: rows(test.x, test.count), labels: [...test.label] },
  };
  const changes = { std: 0.1, steps: [0, 5] };
  assertEquals(
    run({ ...changes, source: { digits: task, map } }),
    run({ ...changes, source: { own: same } }),
  );
});

Deno.test("mistakes are named", () => {
  const digits = { change: 0, images: 5, splitSeed: "1234" };
  const map = (features: () => ArrayLike<number>) => ({ digits, map: { name: "mine", features } });
  let call = 0;
  const cases: [Partial<LastLayerCell>, string][] = [
    [{ source: { own: { ...own, labels: [0, 1] } } }, "labels must be a list of 5 classes"],
    [{ source: { own: { ...own, labels: [0, 2, 2, 0, 0] } } }, "class 1 has none"],
    [
      { source: { own: { ...own, test: { features: [[1]], labels: [0] } } } },
      "test.features must have 4 columns as features have: there are 1",
    ],
    [
      { source: { own: { ...own, test: { features: [[1, 2, 3, 4]], labels: [3] } } } },
      "test.labels[0] must be an integer",
    ],
    [{ source: map(() => [NaN]) }, "feature 0 of mine must be finite"],
    [{ source: map(() => []) }, "mine must return the same number of features for every image"],
    [
      { source: map(() => new Float64Array(++call)) },
      "it returned 1 for the first and 2 for number 1",
    ],
    [
      { source: { digits, map: { name: "mine" } as never } },
      "features must be network, { name, features }, or rows",
    ],
    [{ ...small, rank: 4 }, "rank must be an integer"],
    [
      { ...small, rate: 1e200, steps: [9] },
      "rate must be small enough for a finite loss: at 1e+200 it is",
    ],
    [{ ...small, method: "lion" as "gd" }, "rule must be one of gd, momentum, adam"],
  ];
  for (const [changes, message] of cases) assertThrows(() => run(changes), Error, message);
});
