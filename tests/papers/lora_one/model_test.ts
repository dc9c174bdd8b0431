/** Everything fast beside the model on one screen, written out on data. */
import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  add,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyTN,
  scale,
  solvePositive,
} from "lora-dynamics/linalg/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";

const normal = lo.portableNormal, gap = (x: Matrix, y: Matrix) => frobeniusNorm(add(x, y, -1));

/** A layer on 24 samples, its adapter, and its linear problem with label noise. */
function layerOf(d: number, k: number, activation: lo.Layer["activation"] = "x", noise = 0) {
  const x = normal(d, 24, d), weight = normal(20 + k, d, k), target = normal(30 + d, d, k);
  const e = scale(normal(40, 24, k), noise), { f } = { f: (z: number) => z };
  const clean = multiply(x, add(weight, target));
  const y = add(activation === "x" ? { ...clean, data: clean.data.map(f) } : clean, e);
  return { layer: { x, y, weight, activation }, target, e };
}

Deno.test("the model's gradient is minus the slope of its loss, for smooth activations and ReLU", () => {
  for (const activation of ["x", "tanh(z)", "relu"]) {
    const { layer } = layerOf(4, 3, activation), at = { a: normal(1, 4, 2), b: normal(2, 2, 3) };
    const j = lo.negativeGradient(layer, at);
    for (const i of [0, 5, 11]) {
      const moved = (by: number) => {
        const data = layer.weight.data.slice();
        data[i] += by;
        return lo.loss({ ...layer, weight: { ...layer.weight, data } }, at);
      };
      assertAlmostEquals(j.data[i], (moved(-1e-6) - moved(1e-6)) / 2e-6, 1e-7);
    }
  }
});

Deno.test("descents on (Σ̂, G) are the model's steps on data, plain and preconditioned, with label noise", () => {
  const size = fc.integer({ min: 2, max: 5 });
  fc.assert(
    fc.property(size, size, fc.constantFrom(0, 0.7), (d, k, noise) => {
      const { layer, target, e } = layerOf(d, k, "x", noise), r = Math.min(d, k);
      const extra = scale(multiplyTN(layer.x, e), 1 / 24), options = noise ? { noise: extra } : {};
      const problem = lo.linearProblem(lo.covarianceOf(layer.x), target, options);
      let at: lo.Adapter = { a: normal(3, d, r), b: normal(4, r, k) }, fast = at;
      const best = noise ? solvePositive(problem.covariance, problem.gradient) : target;
      const excess = (adapter: lo.Adapter) =>
        lo.loss(layer, adapter) - lo.loss({ ...layer, weight: add(layer.weight, best) }, {
          ...{ a: matrix(d, 1), b: matrix(1, k) },
        });
      assertAlmostEquals(lo.lossOf(problem, lo.errorOf(problem, at)), excess(at), 1e-10);
      const run = new lo.LoraDescent(problem, at, { rate: 0.01 }).advance(3);
      for (let t = 0; t < 3; t++) at = lo.descentStep(layer, at, 0.01);
      assertLess(gap(run.a, at.a) + gap(run.b, at.b), 1e-11);
      const other = new lo.LoraDescent(problem, fast, {
        rate: 0.05,
        optimiser: "preconditioned",
        damping: 0.3,
      });
      for (let t = 0; t < 3; t++) {
        fast = lo.preconditionedStep(layer, fast, { eta: 0.05, lambda: 0.3 });
      }
      other.advance(3);
      assertLess(gap(other.a, fast.a) + gap(other.b, fast.b), 1e-10);
    }),
    { seed: 7, numRuns: 20 },
  );
});

Deno.test("the activation model on samples is the model, for ReLU and a smooth activation", () => {
  for (const activation of ["relu", "tanh(z)"]) {
    const weight = normal(1, 4, 3), target = scale(normal(2, 4, 3), 0.3), x = normal(3, 30, 4);
    const goal = multiply(x, add(weight, target)), none = { a: matrix(4, 1), b: matrix(1, 3) };
    const sigma = activation === "relu" ? (z: number) => Math.max(0, z) : Math.tanh;
    const layer = { x, y: { ...goal, data: goal.data.map(sigma) }, weight, activation };
    const gradients = lo.sampleGradients({ weight, target, activation }, x);
    assertLess(gap(gradients(weight), lo.negativeGradient(layer, none)), 1e-13);
    let at: lo.Adapter = { a: normal(5, 4, 2), b: normal(6, 2, 3) };
    const model = lo.activationModel({ weight, target, activation }, gradients);
    const run = new lo.LoraDescent(model, at, { rate: 0.02 }).advance(4);
    for (let t = 0; t < 4; t++) at = lo.descentStep(layer, at, 0.02);
    assertLess(gap(run.a, at.a) + gap(run.b, at.b), 1e-12);
  }
});

Deno.test("the spectral start of the model is that of the registry", () => {
  const g = normal(7, 5, 4), one = lo.spectralStart(g, 3, 0.4);
  const two = lo.startOf("LoRA-One", { gradient: g, r: 3, gamma: 0.4 });
  assertLess(gap(multiply(one.a, one.b), multiply(two.a, two.b)), 1e-12);
  assertLess(gap(multiplyTN(one.a, one.a), multiplyTN(two.a, two.a)), 1e-12);
});

Deno.test("the population's gradient of a smooth activation is the mean of samples, and ReLU's closed form", () => {
  const problem = {
    ...lo.activationProblem(2, 0.5, { d: 6, weightSize: 1 }),
    activation: "tanh(z)",
  };
  const exact = lo.populationGradients(problem)(problem.weight);
  const sampled = lo.sampleGradients(problem, normal(9, 60_000, 6))(problem.weight);
  // 36 entries of standard deviation about 0.3/√60000.
  assertLess(gap(exact, sampled), 4 * 6 * 0.3 / Math.sqrt(60_000));
  assert(frobeniusNorm(exact) > 0.1);
  const linear = lo.smoothPopulationGradient(normal(1, 3, 2), normal(2, 3, 2), "2 * z");
  assertLess(gap(linear, scale(add(normal(2, 3, 2), normal(1, 3, 2), -1), 4)), 1e-12);
  assertThrows(
    () => lo.smoothPopulationGradient(normal(1, 3, 2), normal(2, 3, 2), "abs(z)"),
    RangeError,
    "no kink",
  );
});

Deno.test("DoRA starts as LoRA, keeps directions and lengths apart, and moves down its own gradient", () => {
  const problem = lo.drawProblem({ d: 5, k: 4, N: 40, values: [1, 0.5] }, "dora");
  const start = { a: scale(normal(1, 5, 2), 0.3), b: scale(normal(2, 2, 4), 0.3) };
  const lora = new lo.LoraDescent(problem, start, { rate: 0.1 });
  const dora = (rate: number) => new lo.DoraDescent(problem, start, { rate });
  assertAlmostEquals(dora(1).loss(), lora.loss(), 1e-12);
  // One small step lowers the loss by the rate times the squared gradient in A, B and m, measured by differences.
  const lossAt = (a: Matrix, b: Matrix, lengths: Float64Array) => {
    const v = add(problem.weight!, multiply(a, b)),
      n = [0, 1, 2, 3].map((j) => Math.hypot(...[0, 1, 2, 3, 4].map((i) => v.data[4 * i + j])));
    const learnt = {
      ...v,
      data: v.data.map((x, i) => x * lengths[i % 4] / n[i % 4] - problem.weight!.data[i]),
    };
    return lo.lossOf(problem, add(learnt, problem.target, -1));
  };
  const base = dora(1), step = 1e-6;
  let square = 0;
  const parts = [base.a.data, base.b.data, base.lengths];
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) {
      const kept = part[i];
      part[i] = kept + step;
      const up = lossAt(base.a, base.b, base.lengths);
      part[i] = kept - step;
      square += ((up - lossAt(base.a, base.b, base.lengths)) / (2 * step)) ** 2;
      part[i] = kept;
    }
  }
  const rate = 1e-6, moved = dora(rate).advance(1);
  assertAlmostEquals((base.loss() - moved.loss()) / rate / square, 1, 1e-4);
  // Shares of the step size: lengths go with A.
  const own = new lo.DoraDescent(problem, start, { rate: 0.1, ratio: 3, rates: { A: 0.5 } })
    .advance(1);
  const even = dora(0.1).advance(1), lengths = dora(0.1).lengths;
  assertLess(gap(add(own.a, start.a, -1), scale(add(even.a, start.a, -1), 0.5)), 1e-14);
  assertLess(gap(add(own.b, start.b, -1), scale(add(even.b, start.b, -1), 3)), 1e-14);
  own.lengths.forEach((x, i) =>
    assertAlmostEquals(x - lengths[i], (even.lengths[i] - lengths[i]) / 2, 1e-14)
  );
  const done = lo.descend(problem, { ...start, name: "own", shifted: false }, {
    rate: 0.1,
    parametrisation: "DoRA",
  });
  // Lengths and directions have flat directions of their own: it is slow, and it arrives.
  assertLess(done.advance(4000).loss(), 1e-5 * base.loss());
});

Deno.test("schedules, ratios, frozen factors and optimisers of one's own", () => {
  const problem = lo.drawProblem({ d: 5, k: 4, N: 40, values: [1, 0.5] }, "rates");
  const start = { a: scale(normal(1, 5, 2), 0.3), b: scale(normal(2, 2, 4), 0.3) };
  const run = (options: lo.DescentOptions, steps = 5) =>
    new lo.LoraDescent(problem, start, options).advance(steps);
  assertEquals(run({ rate: () => 0.1 }).a, run({ rate: 0.1 }).a);
  assert(gap(run({ rate: (t) => 0.1 / (1 + t) }).a, run({ rate: 0.1 }).a) > 1e-3);
  // A step of a schedule: the second one has the second rate.
  const one = run({ rate: 0.1 }, 1),
    second = new lo.LoraDescent(problem, one, { rate: 0.05 }).advance(1);
  assertLess(gap(run({ rate: (t) => t === 0 ? 0.1 : 0.05 }, 2).b, second.b), 1e-14);
  // LoRA-FA: A stays. A ratio moves B alone, also of preconditioned steps.
  assertEquals(run({ rate: 0.1, rates: { A: 0 } }).a.data, start.a.data);
  for (const optimiser of ["gd", "preconditioned"] as const) {
    const [plain, fast] = [1, 3].map((ratio) => run({ rate: 0.01, ratio, optimiser }, 1));
    assertEquals(fast.a, plain.a);
    const moves = [plain, fast].map(({ b }) => add(b, start.b, -1));
    assertLess(gap(moves[1], scale(moves[0], 3)), 1e-13);
  }
  const own: lo.Optimiser = {
    name: "signs",
    begin: () => ({ a, b, da, db, rates }) => {
      da.data.forEach((x, i) => a.data[i] += rates[0] * Math.sign(x));
      db.data.forEach((x, i) => b.data[i] += rates[1] * Math.sign(x));
    },
  };
  const rule = {
    name: "signs",
    begin: () => (x: Float64Array, g: Float64Array, eta: number) =>
      g.forEach((s, i) => x[i] -= eta * Math.sign(s)),
  };
  const [mine, nn] = [own, { ...rule, begin: (_: number) => rule.begin() }].map((optimiser) =>
    run({ rate: 0.01, optimiser })
  );
  assertEquals(mine.a, nn.a);
  // Adam's first step has the size of its rate in every entry.
  const adam = run({ rate: 0.01, optimiser: "adam" }, 1);
  adam.a.data.forEach((x, i) => assertAlmostEquals(Math.abs(x - start.a.data[i]), 0.01, 1e-6));
});

Deno.test("unknown optimisers, parametrisations and starts are refused by name", () => {
  const problem = lo.population(normal(1, 4, 3)),
    start = lo.startOf("LoRA-One", { gradient: problem.gradient, r: 2 });
  const bad: [() => unknown, ErrorConstructor, string][] = [
    [
      () => new lo.LoraDescent(problem, start, { rate: 1, optimiser: "precond" as never }),
      RangeError,
      "gd, preconditioned",
    ],
    [() => lo.optimiser("SGD" as never), RangeError, 'current value is "SGD"'],
    [() => lo.optimiser({ name: "x" } as never), TypeError, "begin"],
    [
      () => lo.descend(problem, start, { rate: 1, parametrisation: "dora" as never }),
      RangeError,
      "LoRA, DoRA",
    ],
    [
      () => lo.descend(problem, start, { rate: 1, parametrisation: "DoRA" }),
      TypeError,
      "must have a weight",
    ],
    [() => lo.notebookStart("LoRA-Two" as never), RangeError, "LoRA-One"],
    [
      () => new lo.LoraDescent(problem, start, { rate: (t) => -t - 1 }).advance(1),
      RangeError,
      "rate(0) must be",
    ],
    [
      () => lo.linearProblem(problem.covariance, normal(1, 4, 3), { noise: matrix(3, 3) }),
      TypeError,
      "noise must be 4 x 3",
    ],
    [
      () => lo.drawProblem({ d: 5, k: 4, N: 4, values: [1] }, "x"),
      RangeError,
      "N for d = 5 must be",
    ],
    [
      () => lo.drawProblem({ d: 5, k: 2, N: 9, values: [1, 1, 1] }, "x"),
      RangeError,
      "the number of values",
    ],
    [() => lo.startOf("ETF", { gradient: normal(1, 4, 3), r: 1 }), RangeError, "r (of one column"],
  ];
  for (const [run, type, message] of bad) assertThrows(run, type as never, message);
});

Deno.test("an equiangular start has unit columns of equal angles, and nothing in B", () => {
  const { a, b } = lo.startOf("ETF", { gradient: normal(1, 30, 6), r: 5 });
  const gram = multiplyTN(a, a);
  gram.data.forEach((x, i) => assertAlmostEquals(x, i % 6 === 0 ? 1 : -1 / 4, 1e-12));
  assertEquals(frobeniusNorm(b), 0);
});
