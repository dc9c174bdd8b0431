/** Models of any kind: what is new beside the paper's is checked against slow, plain code of its own. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { summary } from "lora-dynamics/experiment/mod.ts";
import { activation, gaussHermite } from "lora-dynamics/gaussian/mod.ts";
import {
  adapterFlow,
  averages,
  correlationSlope,
  DirectFineTuning,
  fineTuning,
  FineTuningChain,
  fluctuations,
  frozenCost,
  jointFlow,
  lazyFlow,
  modelOf,
  OverlapFlow,
  populationLoss,
  quantised,
  sampleBound,
  sgdStep,
  standard,
  stepScale,
  stepVariance,
  tangentConstants,
  tangentFloor,
  terminal,
} from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

/** A small model with nothing usual: unequal weights and factors, correlated neurons, another scale. */
const odd = fineTuning({
  ...{ activation: "h3", k: 2, kappa: 0.8, lambda: [1.3, -0.4], c: [0.6, 0.8], hatC: [0.9, -0.3] },
  gram: [1, 0.4, 0.4, 1.5],
});

/** Means over inputs by a product rule of 12 nodes in (a₁, a₂, s, s*): exact for h₃; shares no code with the library. */
function plainMeans(
  m: number,
  nu: number,
  of: (at: { e: number; gate: number; s: number; star: number }) => number,
  hatC: readonly number[] = odd.hatC,
): number {
  const f = (z: number) => (z ** 3 - 3 * z) / Math.sqrt(6),
    df = (z: number) => (3 * z * z - 3) / Math.sqrt(6);
  const { nodes, weights } = gaussHermite(12), r0 = Math.sqrt(1 + 0.64), xi = 0.8 * Math.SQRT2;
  const l21 = 0.4, l22 = Math.sqrt(1.5 - 0.16), side = Math.sqrt(nu - m * m);
  let sum = 0;
  for (let i = 0; i < 12; i++) {
    for (let j = 0; j < 12; j++) {
      for (let p = 0; p < 12; p++) {
        for (let q = 0; q < 12; q++) {
          const a = [nodes[i], l21 * nodes[i] + l22 * nodes[j]], star = nodes[p];
          const s = m * star + side * nodes[q];
          let e = 0, gate = 0;
          [1.3, -0.4].forEach((lambda, n) => {
            const z = (a[n] + xi * hatC[n] * s) / r0;
            e += lambda * (f(z) - f((a[n] + xi * [0.6, 0.8][n] * star) / r0));
            gate += lambda * hatC[n] * df(z) / r0;
          });
          sum += weights[i] * weights[j] * weights[p] * weights[q] * of({ e, gate, s, star });
        }
      }
    }
  }
  return sum;
}

Deno.test("averages of a correlated base, unequal weights and factors, another length of û", () => {
  const xi = 0.8 * Math.SQRT2;
  for (const [m, nu] of [[0.3, 1], [-0.5, 1], [0.4, 0.7]]) {
    const { V, gammaS, gammaStar, loss, gate2, gate4 } = averages(odd, m, nu);
    const mean = (of: Parameters<typeof plainMeans>[2]) => plainMeans(m, nu, of);
    const close = (found: number, wanted: number) => assertAlmostEquals(found / wanted, 1, 1e-9);
    close(V, mean(({ e, gate }) => (xi * e * gate) ** 2));
    close(gammaS, mean(({ e, gate, s }) => xi * e * gate * s));
    close(gammaStar, mean(({ e, gate, star }) => xi * e * gate * star));
    close(loss, mean(({ e }) => e * e / 2));
    close(gate2, mean(({ gate }) => (xi * gate) ** 2));
    close(gate4, mean(({ gate }) => (xi * gate) ** 4));
    if (nu === 1) {
      close(loss, populationLoss(odd, m));
      close(m * gammaS - gammaStar, (1 - m * m) * correlationSlope(odd, m));
    }
  }
});

Deno.test("the same averages for an orthonormal base, by cumulants and by points", () => {
  const own = {
    activation: "tanh(z)",
    k: 3,
    kappa: 0.6,
    lambda: [0.9, -0.5, 0.4],
    hatC: [0.5, 0.1, -0.9],
  };
  const [byCumulants, byPoints] = [undefined, [1, 0, 0, 0, 1, 0, 0, 0, 1]].map((gram) =>
    averages(fineTuning({ ...own, gram }), 0.35, 0.8)
  );
  for (const key of ["V", "gammaS", "gammaStar", "loss", "gate2", "gate4"] as const) {
    // Lattices of 131 072 points: a per cent of a fourth moment, less of a second.
    const rel = 0.01 + 4 * byPoints.error / byPoints.V;
    assertAlmostEquals(byPoints[key] / byCumulants[key], 1, rel, key);
  }
  const cubic = {
    activation: "h3",
    k: 3,
    kappa: 0.6,
    lambda: [0.9, -0.5, 0.4],
    hatC: [0.5, 0.1, -0.9],
  };
  const [one, two] = [undefined, [1, 0, 0, 0, 1, 0, 0, 0, 1]].map((gram) =>
    fineTuning({ ...cubic, gram })
  );
  assertAlmostEquals(stepVariance(one, 0.3, 0.4) / stepVariance(two, 0.3, 0.4), 1, 1e-9);
  assertAlmostEquals(
    fluctuations(one, 0.1, [5])[0].spread,
    fluctuations(two, 0.1, [5])[0].spread,
    1e-6,
  );
  const [a, b] = [tangentFloor(one), tangentFloor(two)],
    [c, d] = [tangentConstants(one), tangentConstants(two)];
  for (const key of Object.keys(a) as (keyof typeof a)[]) {
    assertAlmostEquals(a[key], b[key], 1e-9, key);
  }
  for (const key of Object.keys(c) as (keyof typeof c)[]) {
    assertAlmostEquals(c[key], d[key], 1e-9, key);
  }
  const matched = [one, two].map((model) => terminal({ ...model, hatC: model.c }).kurtosis);
  assertAlmostEquals(matched[0], matched[1], 1e-8);
});

Deno.test("the linearised model is that of the student's factor: constants and flow", () => {
  const zero = odd.c.map(() => 0);
  // At s = 0 the student is the base: error −Δ of a student whose factor has no say in its value.
  const { P2, P11, D0, floor } = tangentConstants(odd);
  const base = plainMeans(1, 1, ({ e }) => e * e, zero);
  assertAlmostEquals(D0, base, 1e-9);
  assert(P2 > 0 && floor <= D0 / 2 && floor >= 0);
  const end = lazyFlow(odd, 0.02, [4000])[0].loss;
  assertAlmostEquals(lazyFlow(odd, 1e-4, [4e5])[0].loss, floor, 2e-3 * D0);
  assert(end >= floor);
  const chains = Array.from({ length: 24 }, (_, i) => {
    const run = { n: 400, alpha: 0.03, algorithm: "lazy" } as const;
    const chain = new FineTuningChain(
      modelOf({ activation: "h3", k: 8, kappa: 0.7, hatC: { flipped: 2 } }),
      run,
      stream("7", i),
    );
    chain.run(30 * 400);
    return chain.m;
  });
  const [{ m }] = lazyFlow(
    modelOf({ activation: "h3", k: 8, kappa: 0.7, hatC: { flipped: 2 } }),
    0.03,
    [30],
  );
  const { mean, se } = summary(chains);
  assertAlmostEquals(mean, m, 4 * se + 0.01);
  assert(Math.abs(m - lazyFlow(standard("h3", { kappa: 0.7 }), 0.03, [30])[0].m) > 0.1, "control");
  assert(P11 !== 0);
});

Deno.test("one step of the chain is one step of the model on one screen", () => {
  // From a step of the plain model: overlap and length across u follow (11) with its own rest.
  const model = fineTuning({
    activation: "tanh(2z)",
    k: 3,
    kappa: 0.9,
    lambda: [0.7, -0.2, 0.5],
    hatC: [0.3, 0.5, -0.6],
  });
  const d = 9, axis = (i: number) => Float64Array.from({ length: d }, (_, j) => +(i === j));
  const world = { base: [0, 1, 2].map(axis), u: axis(3) }, m = 0.35, across = Math.sqrt(1 - m * m);
  const x = stream("7", "x").fillNormal(new Float64Array(d)), eta = 0.7;
  const hatU = axis(3).map((u, j) => m * u + across * axis(4)[j]);
  const { f, df } = activation("tanh(2z)"),
    r0 = Math.hypot(1, 0.9),
    xi = 0.9 * Math.sqrt(3),
    { c } = model;
  const s = m * x[3] + across * x[4], slope: number[] = [];
  let e = 0;
  [0.7, -0.2, 0.5].forEach((lambda, i) => {
    const z = (x[i] + xi * model.hatC[i] * s) / r0;
    e += lambda * (f(z) - f((x[i] + xi * c[i] * x[3]) / r0));
    slope.push(lambda * df(z) / r0);
  });
  const gamma = xi * e * slope.reduce((sum, y, i) => sum + y * model.hatC[i], 0);
  const p = across * x[3] - m * x[4], rest = x.subarray(5).reduce((sum, y) => sum + y * y, 0);
  const length = Math.sqrt(1 + eta * eta * gamma * gamma * (p * p + rest));
  const next = sgdStep(model, world, { u: hatU, c: model.hatC }, x, { eta, ratio: 2 });
  assertAlmostEquals(next.u[3], (m - eta * gamma * p * across) / length, 1e-14);
  assertAlmostEquals(Math.hypot(...next.u), 1, 1e-14);
  // ĉ moves along its gradient, projected, and keeps its length.
  const g = slope.map((y) => xi * e * s * y), size2 = model.hatC.reduce((sum, y) => sum + y * y, 0);
  const along = g.reduce((sum, y, i) => sum + y * model.hatC[i], 0) / size2;
  const moved = model.hatC.map((y, i) => y - eta * 2 * size2 * (g[i] - along * y));
  const back = Math.sqrt(size2) / Math.hypot(...moved);
  moved.forEach((y, i) => assertAlmostEquals(next.c[i], y * back, 1e-14));
});

Deno.test("direct runs make the steps of the model on one screen", () => {
  const model = fineTuning({ activation: "h3", k: 2, kappa: 0.7, hatC: [0.5, 0.4] }),
    n = 4,
    alpha = 0.4;
  const run = { n, alpha, ratio: 1.5, algorithm: "joint", m0: 0.2 } as const;
  const direct = new DirectFineTuning(model, run, stream("7", "same"));
  const axis = (i: number) => Float64Array.from({ length: 6 }, (_, j) => +(i === j));
  const world = { base: [axis(0), axis(1)], u: axis(2) },
    rng = stream("7", "same").stream("direct");
  let adapter = { u: Float64Array.of(0, 0, ...direct.u), c: model.hatC as readonly number[] };
  for (let step = 0; step < 5; step++) {
    const x = Float64Array.from({ length: 6 }, () => rng.normal());
    direct.step();
    adapter = sgdStep(model, world, adapter, x, { eta: alpha / n, ratio: 1.5 }) as typeof adapter;
    direct.u.forEach((u, i) => assertAlmostEquals(u, adapter.u[2 + i], 1e-13));
    direct.hatC.forEach((c, i) => assertAlmostEquals(c, adapter.c[i], 1e-13));
  }
});

Deno.test("flows of both factors: gradients are differences of the loss, on spheres and free", () => {
  // A short flow moves by its drift; the drift by differences of the exact loss.
  const model = modelOf({ activation: "h3", k: 3, kappa: 0.8, hatC: [0.4, 0.2, -0.5] }),
    tau = 1e-4,
    m0 = 0.3,
    h = 1e-4;
  const loss = (hatC: readonly number[], m: number, nu: number) =>
    averages({ ...model, hatC }, m, nu).loss;
  const [free] = jointFlow(model, { alpha: 1e-3, ratio: 3, times: [tau], m0, free: true });
  const dq = model.hatC.reduce((sum, _, i) => {
    const at = (by: number) => loss(model.hatC.map((x, j) => j === i ? x + by : x), m0, 1);
    return sum - 3e-3 * (at(h) - at(-h)) / (2 * h) * model.c[i];
  }, 0);
  const q0 = model.hatC.reduce((sum, x, i) => sum + x * model.c[i], 0);
  assertAlmostEquals((free.q - q0) / tau, dq, 1e-3 * Math.abs(dq) + 1e-7);
  // ṁ = −α ∂L/∂û · u: with ν fixed the loss depends on m alone, and on ν through |û|².
  const dm = -1e-3 * ((loss(model.hatC, m0 + h, 1) - loss(model.hatC, m0 - h, 1)) / (2 * h) +
    2 * m0 * (loss(model.hatC, m0, 1 + h) - loss(model.hatC, m0, 1 - h)) / (2 * h));
  assertAlmostEquals((free.m - m0) / tau, dm, 1e-3 * Math.abs(dm) + 1e-7);
  const [slow, fast] = [1, 4].map((ratio) =>
    jointFlow(model, { alpha: 0.02, ratio, times: [3], m0 })[0].q
  );
  assertAlmostEquals((fast - q0) / (slow - q0), 4, 0.5); // the ratio counts
});

Deno.test("times are infinite where the flow does not leave 0, and negative targets have their own", () => {
  const cut = modelOf({ activation: "h3", k: 8, kappa: Math.SQRT1_2, hatC: { flipped: 4 } }); // q = A = 0
  const flow = new OverlapFlow(cut);
  assertEquals([flow.time(0.05), flow.best().time, frozenCost(cut, { target: 0.5 }).time], [
    Infinity,
    Infinity,
    Infinity,
  ]);
  assertEquals(Number.isNaN(flow.best().alpha), true);
  assertEquals(flow.course(0.05, [10_000]), [0]);
  const turned = new OverlapFlow(standard("h3", { hatC: quantised(8).map((x) => -x) }));
  assertEquals([turned.time(0.2, 0.5), turned.best(0.5).time], [Infinity, Infinity]);
  assertAlmostEquals(turned.time(0.2, -0.5), new OverlapFlow(standard()).time(0.2, 0.5), 1e-9);
  // A plain sum: trapezes in 1e5 steps.
  const S = new OverlapFlow(standard()), N = 1e5;
  let sum = 0;
  for (let i = 0; i < N; i++) sum += 0.5 / N / S.drift(0.3, 0.5 * (i + 0.5) / N);
  assertAlmostEquals(S.time(0.3, 0.5), sum, 1e-8);
});

Deno.test("schedules: a flow follows them, a chain does, and a rule that watches has no flow", () => {
  const model = standard(), flow = new OverlapFlow(model), times = [5, 15, 40];
  const slow = flow.course("0.2 / (1 + t / 10)", times);
  // By Euler steps.
  let m = 0, at = 0;
  times.forEach((end, i) => {
    for (; at < end * 2000; at++) m += flow.drift(0.2 / (1 + at / 2e4), m) / 2000;
    assertAlmostEquals(slow[i], m, 1e-3);
  });
  const chains = Array.from({ length: 24 }, (_, i) => {
    const chain = new FineTuningChain(
      model,
      { n: 1000, alpha: (tau) => 0.2 / (1 + tau / 10) },
      stream("7", i),
    );
    chain.run(15_000);
    return chain.m;
  });
  const { mean, se } = summary(chains);
  assertAlmostEquals(mean, slow[1], 4 * se + 5e-3);
  assert(Math.abs(mean - flow.course(0.2, [15])[0]) > 4 * se + 5e-3, "control");
  assertThrows(
    () => flow.course({ name: "kurtosis", start: 0.1 }, [1]),
    RangeError,
    "depend on time alone",
  );
  const rule = stepScale({ name: "switch", early: 0.4, late: 0.2, at: 0.5 }).rule!.open(10);
  assertEquals([0.3, 0.6, -0.7, 0.2].map((x) => rule({ tau: 1, m: x, gate: 0 })), [
    0.4,
    0.2,
    0.2,
    0.2,
  ]);
});

Deno.test("a student of another ξ has a factor of another length", () => {
  const model = fineTuning({ activation: "h3", k: 4, kappa: 0.5, studentKappa: 1 });
  assertAlmostEquals(Math.hypot(...model.hatC), 2, 1e-12);
  const chain = new FineTuningChain(model, { n: 50, alpha: 0.05, algorithm: "joint" }, stream("7"));
  chain.run(200);
  assertAlmostEquals(Math.hypot(...chain.hatC), 2, 1e-9);
  assert(populationLoss(model, 1) > 0.01);
});

Deno.test("label noise of every law has the variance that is asked for, and moves chains alike", () => {
  const ends = (noiseLaw: string, noise: number) =>
    summary(Array.from({ length: 400 }, (_, i) => {
      const run = { n: 60, alpha: 0.2, m0: 0.9, noise, noiseLaw };
      const chain = new FineTuningChain(standard(), run, stream("7", noiseLaw, i));
      chain.run(300);
      return chain.m;
    }));
  const flow = (noise: number) => new OverlapFlow(standard(), { noise }).course(0.2, [5], 0.9)[0];
  for (const law of ["normal", "signs", "student t"]) {
    const { mean, se } = ends(law, 0.7);
    assertAlmostEquals(mean, flow(0.49), 4 * se + 0.03, law);
    assert(mean < flow(0) - 0.02, law);
  }
});

Deno.test("sampleBound() is the arithmetic of Theorem 16 in the regimes of the others", () => {
  const at = (k: number, more = {}) => sampleBound(11, { d: 1e4, k, epsilon: 0.05, ...more });
  const { S, V, eta, T, weak } = at(9, { linear: false }), log = Math.log(1e4 * 81);
  assertAlmostEquals(S, 1 / 3, 1e-12);
  assertEquals(V, 81);
  const delta = S * 0.05 ** 3 / (4 * log * log);
  assertAlmostEquals(eta, delta / (1e4 * 81), 1e-20);
  assertEquals(T, Math.ceil(4 * log / (0.05 * delta * S) * 1e4 * 81));
  assertAlmostEquals(weak, 4 * 1e4 * 81 / (delta * S), 1e-3);
  const twelve = sampleBound(12, { d: 1e4, k: 9, epsilon: 0.05, kappa: 0.3, linear: false });
  assertAlmostEquals(twelve.S, 0.09 * 3, 1e-12);
  assertAlmostEquals(twelve.V, 0.09 * 9 ** 4, 1e-9);
  assertEquals(sampleBound(12, { d: 1e4, k: 9, epsilon: 0.05, kappa: 0.3 }).S, 0.09 * 9);
  assertEquals(sampleBound(13, { d: 1e4, k: 16, epsilon: 0.05 }).S, 0.25);
  assertThrows(
    () => sampleBound(14 as never, { d: 10, k: 2, epsilon: 0.1 }),
    RangeError,
    "theorem must be",
  );
});

Deno.test("what cannot be is an error with argument, wanted state and value", () => {
  const base = { activation: "h3", k: 4, kappa: 1 };
  const run = (options: object) => () =>
    new FineTuningChain(standard(), { n: 50, alpha: 0.2, ...options }, stream("7"));
  const bad: [() => unknown, string][] = [
    [() => fineTuning({ ...base, k: 2, gram: [1, 2, 2, 1] }), "gram must be positive semidefinite"],
    [() => fineTuning({ ...base, k: 2, gram: [1, 0.2, 0.3, 1] }), "gram must be symmetric"],
    [() => fineTuning({ ...base, hatc: [1, 0, 0, 0] } as never), 'current value has "hatc"'],
    [() => fineTuning({ ...base, c: [1, 0] }), "c must have 4 entries"],
    [() => fineTuning({ ...base, hatC: [1, 0, 0] }), "hatC must have 4 entries"],
    [() => fineTuning({ ...base, studentKappa: 0 }), "studentKappa must be"],
    [() => modelOf({ ...base, base: "claim 3" as never }), "base must be one of"],
    [() => modelOf({ ...base, base: { correlation: -0.5 } }), "correlation must lie"],
    [() => modelOf({ ...base, c: "minus" as never }), "must be one of alternating"],
    [() => modelOf({ ...base, c: "zero" }), "c must not vanish"],
    [() => modelOf({ ...base, hatC: { flipped: 5 } }), "flipped must be"],
    [run({ algoritm: "joint" }), 'current value has "algoritm"'],
    [run({ labelNoise: 3 }), 'current value has "labelNoise"'],
    [run({ algorithm: "adam" }), "algorithm must be one of sphere, joint, free, lazy, adapter"],
    [run({ momentum: 1 }), "momentum must lie"],
    [run({ momentum: 0.5, n: 2 }), "n = d − k must be"],
    [run({ algorithm: "free", m0: 0.1 }), "m0 must be left out for free"],
    [run({ alpha: { name: "fast" } }), "alpha must be a number, an expression in t"],
    [run({ alpha: { name: "switch", early: 1, late: 1, when: 2 } }), 'has "when"'],
    [run({ law: { name: "wide", quantile: (u: number) => 9 * u } }), "mean 0 and variance 1"],
    [run({ noiseLaw: "cauchy" }), "noiseLaw must be one of"],
    [
      () =>
        new FineTuningChain(modelOf({ ...base, hatC: "zero" }), {
          n: 9,
          alpha: 1,
          algorithm: "joint",
        }, stream("7")),
      "the algorithm adapter starts there",
    ],
    [() => adapterFlow(standard(), 0.1, []), "times must have an entry"],
    [() => new OverlapFlow(standard("exp(z^2 / 7)")), "current value is exp(z^2 / 7)"],
    [
      () => new OverlapFlow(standard("tanh(30 z)"), { law: "laplace" }),
      "gentle enough for 224 nodes: current value is tanh(30 z)",
    ],
    [
      () => new OverlapFlow(fineTuning({ ...base, gram: undefined }), { law: "cauchy" as never }),
      "law must be one of",
    ],
  ];
  for (const [call, words] of bad) {
    const error = assertThrows(call, Error);
    assert(error.message.startsWith("Cannot "), error.message);
    assert(error.message.includes(words), `${error.message} lacks ${words}`);
  }
  // A hand-made model with a name for an activation is that activation.
  const own = { ...standard(), activation: "tanh(z)" as never };
  const [one, two] = [own, standard("tanh(z)")].map((model) => {
    const chain = new FineTuningChain(model, { n: 30, alpha: 1 }, stream("7"));
    chain.run(40);
    return chain.m;
  });
  assertEquals(one, two);
});
