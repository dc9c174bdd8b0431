import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { ksTwoSample, summary } from "lora-dynamics/experiment/mod.ts";
import { activation, gaussHermite, hermiteCoefficient } from "lora-dynamics/gaussian/mod.ts";
import {
  ACTIVATION_NAMES,
  type ActivationName,
  ACTIVATIONS,
  conditionFailure,
  correlationSlope,
  drawSignSums,
  ERF,
  EXAMPLE_ONE,
  exampleOneLoss,
  fineTuning,
  fluctuations,
  frozenCost,
  frozenSlope,
  hermiteWeights,
  momentSeries,
  normalProductTail,
  OverlapFlow,
  quantised,
  readOutError,
  secondLayer,
  SignedLandscape,
  signModel,
  standard,
  stepVariance,
  tangentConstants,
  tangentFloor,
  tangentLimit,
} from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const golden = JSON.parse(
  Deno.readTextFileSync(new URL("../../golden/lazy-vs-feature-bounds.json", import.meta.url)),
);

/** Deterministic signs and Gram matrices. */
function draw(name: string, k: number) {
  const rng = stream("7", "bounds", name);
  const signs = () => Array.from({ length: k }, () => rng.uniform() < 0.5 ? -1 : 1);
  const rows = Array.from({ length: k }, () => {
    const row = rng.fillNormal(new Float64Array(9)), norm = Math.hypot(...row);
    return Array.from(row, (x) => x / norm);
  });
  const gram = rows.flatMap((x, i) =>
    rows.map((y, j) => i === j ? 1 : x.reduce((sum, value, at) => sum + value * y[at], 0))
  );
  const c = signs(), hatC = signs(), unit = (x: number[]) => x.map((y) => y / Math.sqrt(k));
  return { signs: { c, hatC }, c: unit(c), hatC: unit(hatC), gram };
}

for (const activation of ["h3", "relu", "erf"] as const) {
  Deno.test(`tangentFloor() agrees with the reference, ${activation}`, () => {
    // The reference integrates over (s, s*), which costs ReLU five digits.
    const rel = activation === "relu" ? 1e-4 : 1e-8;
    for (const row of golden.E7_lazy[activation].rows) {
      const floor = tangentFloor(
        fineTuning({ activation: ACTIVATIONS[activation], k: 6, kappa: row.kappa }),
      );
      assertAlmostEquals(floor.square, row.E, rel * row.E);
      assertAlmostEquals(floor.rankOne, row.rank1_floor_rel, rel);
      assertAlmostEquals(floor.full, row.ntk_floor_rel, rel);
      assertAlmostEquals(floor.lost, row.deg_ge2_rel, rel);
      assertAlmostEquals(floor.full, floor.lost + floor.degree1 + floor.degree0, 1e-9);
    }
  });
}

Deno.test("tangentFloor() of rank one is that of the conditional cumulants, general weights", () => {
  const c = [0.6, -0.3, 0.5], rest = Math.sqrt(1 - 0.7);
  const model = fineTuning({
    activation: "h3",
    k: 4,
    kappa: 0.6,
    c: [...c, -rest],
    lambda: [1, -0.4, 0.7, 0.2],
  });
  const { square, rankOne } = tangentFloor(model), { D0, floor } = tangentConstants(model);
  assertAlmostEquals(square, D0, 1e-9);
  assertAlmostEquals(square * rankOne / 2, floor, 1e-9);
});

Deno.test("readOutError() finds the floor of general weights, and not that of another model", () => {
  const model = fineTuning({
    activation: ERF,
    k: 3,
    kappa: 1,
    c: [0.8, -0.36, 0.48],
    lambda: [1, 0.5, -0.7],
  });
  const options = { d: 5, samples: 4000 };
  const runs = (features: "full" | "rankOne") =>
    summary(
      Array.from({ length: 8 }, (_, i) =>
        readOutError(model, { ...options, features }, stream("7", "general", i))),
    );
  const floor = tangentFloor(model);
  for (const features of ["full", "rankOne"] as const) {
    const { mean, se } = runs(features);
    assertAlmostEquals(mean, floor[features], 4 * se);
  }
  const { mean, se } = runs("full");
  assert(Math.abs(mean - floor.rankOne) > 8 * se, "negative control");
});

Deno.test("the lost part falls like tangentLimit() κ²", () => {
  for (const [k, lambda] of [[6, undefined], [5, undefined], [3, [1, -0.2, 0.4]]] as const) {
    const model = (kappa: number) => fineTuning({ activation: "h2", k, kappa, lambda });
    const ratio = (kappa: number) => tangentFloor(model(kappa)).lost / kappa ** 2;
    const error = (kappa: number) => Math.abs(ratio(kappa) / tangentLimit(model(kappa)) - 1);
    assert(error(0.01) < 1e-3);
    assertAlmostEquals(Math.log2(error(0.08) / error(0.04)), 2, 0.2);
  }
  assertEquals(tangentLimit(standard("relu")), Infinity);
});

Deno.test("hermiteWeights() are the squared coefficients of the activations", () => {
  for (const name of ACTIVATION_NAMES) {
    const sigma = activation(ACTIVATIONS[name]), breakpoints = sigma.kinks;
    const weights = hermiteWeights(sigma, 9);
    let factorial = 1;
    weights.forEach((weight, p) => {
      factorial *= Math.max(1, p);
      const mu = hermiteCoefficient(sigma.f, p, { breakpoints });
      assertAlmostEquals(weight, mu * mu / factorial, 1e-12);
    });
  }
});

Deno.test("momentSeries() is 2Φ′ of its own signs only", () => {
  const { c, hatC, gram } = draw("series", 7);
  const value = (series: number[], m: number) => series.reduceRight((sum, x) => sum * m + x, 0);
  const model = fineTuning({ activation: ERF, k: 7, kappa: 0.7, c, hatC, gram });
  for (const m of [-1, 0.4, 1]) {
    assertAlmostEquals(value(momentSeries(model, 90), m), 2 * correlationSlope(model, m), 1e-13);
  }
  const other = momentSeries({ ...model, hatC: hatC.map((x, i) => i ? x : -x) }, 90);
  assert(Math.abs(value(other, 0.4) - 2 * correlationSlope(model, 0.4)) > 1e-4, "control");
});

for (const activation of ACTIVATION_NAMES) {
  Deno.test(`SignedLandscape equals the closed slope, ${activation}`, () => {
    const k = 9, kappa = 0.8, { signs, c, hatC, gram } = draw(`signed ${activation}`, k);
    const signed = new SignedLandscape({
      activation: ACTIVATIONS[activation],
      k,
      kappa,
      gram,
      points: 4,
    });
    const model = fineTuning({ activation: ACTIVATIONS[activation], k, kappa, c, hatC, gram });
    for (const side of [1, -1] as const) {
      signed.slopes(signs.c, signs.hatC, side).forEach((value, i) => {
        assertAlmostEquals(value, correlationSlope(model, side * signed.overlaps[i]), 1e-12);
      });
    }
    assertAlmostEquals(signed.start(signs.c, signs.hatC), correlationSlope(model, 0), 1e-12);
    // On an orthonormal base it depends on two sums alone.
    const plain = new SignedLandscape({ activation: ACTIVATIONS[activation], k, kappa, points: 4 });
    const total = (x: number[]) => x.reduce((sum, y) => sum + y, 0);
    const q = total(signs.c.map((x, i) => x * signs.hatC[i])) / k;
    const A = total(signs.c) * total(signs.hatC) / k;
    plain.slopes(signs.c, signs.hatC, 1).forEach((value, i) => {
      assertAlmostEquals(
        value,
        frozenSlope({ activation: ACTIVATIONS[activation], k, kappa, A, q }, i / 4),
        1e-12,
      );
    });
  });
}

Deno.test("the reference medians of separated neurons have the size of rms", () => {
  for (const activation of ["h3", "erf"] as const) {
    const { k: ks, median_abs_h0_times_k_over2: medians } = golden.P7_separated[activation];
    ks.forEach((k: number, i: number) => {
      const { rms } = new SignedLandscape({
        activation: ACTIVATIONS[activation],
        k,
        kappa: 1 / Math.sqrt(k),
        points: 1,
      });
      // Normal (h₃) to product of normals (erf): medians 0.67 and 0.38 of the rms.
      assert(medians[i] > 0.3 * k * rms && medians[i] < 0.8 * k * rms);
    });
  }
});

Deno.test("secondLayer() agrees with the reference", () => {
  for (
    const [name, { rows, two_dphi1 }] of Object.entries<
      { rows: number[][]; two_dphi1: number }
    >(golden.P10_second_layer)
  ) {
    const [activation, size] = name.split(" k=");
    const model = fineTuning({
      activation: ACTIVATIONS[activation as ActivationName],
      k: Number(size),
      kappa: 1,
    });
    for (const [m, candidate, best] of rows) {
      const found = secondLayer(model, m);
      assertAlmostEquals(found.candidate, candidate, 1e-10);
      assertAlmostEquals(found.best, best, 1e-10);
      assertEquals(secondLayer(model, -m), found);
    }
    assertAlmostEquals(2 * correlationSlope(model, 1), two_dphi1, 1e-10);
  }
});

Deno.test("secondLayer(): the best read-out is below the candidate for correlated neurons", () => {
  const { c, gram } = draw("layer", 6);
  for (const activation of ACTIVATION_NAMES) {
    const model = fineTuning({ activation: ACTIVATIONS[activation], k: 6, kappa: 0.7, c, gram });
    for (const m of [0, 0.5, 0.99]) {
      const { candidate, best } = secondLayer(model, m);
      assert(best >= -1e-12 && best <= candidate + 1e-12);
    }
    assertAlmostEquals(secondLayer(model, 1).best, 0, 1e-10);
  }
});

Deno.test("stepVariance() is a brute-force integral over two neurons", () => {
  const model = fineTuning({ activation: "h3", k: 2, kappa: 0.7 }), { f, df } = model.activation;
  const { lambda, c, xi, r0 } = model, m = 0.3, alpha = 0.2, side = Math.sqrt(1 - m * m);
  const { nodes, weights } = gaussHermite(12);
  let mean = 0, square = 0;
  for (let i = 0; i < 12; i++) {
    for (let j = 0; j < 12; j++) {
      const s = nodes[i], star = m * s + side * nodes[j];
      for (let p = 0; p < 12; p++) {
        for (let q = 0; q < 12; q++) {
          let error = 0, gate = 0;
          [nodes[p], nodes[q]].forEach((a, n) => {
            const z = (a + xi * c[n] * s) / r0;
            error += lambda[n] * (f(z) - f((a + xi * c[n] * star) / r0));
            gate += lambda[n] * c[n] * df(z) / r0;
          });
          const gamma = xi * error * gate,
            weight = weights[i] * weights[j] * weights[p] * weights[q];
          const move = alpha * side * nodes[j] * gamma + alpha ** 2 * m / 2 * gamma ** 2;
          mean += weight * move;
          square += weight * move ** 2;
        }
      }
    }
  }
  const found = stepVariance(model, alpha, m);
  assertAlmostEquals(found, square - mean ** 2, 1e-11);
  assertAlmostEquals(stepVariance(model, alpha, 1), 0, 1e-12);
});

Deno.test("fluctuations() follow the flow and start from the spread of a uniform direction", () => {
  const times = [1e-3, 4, 8], rows = fluctuations(standard("h2"), 0.05, times);
  const course = new OverlapFlow(standard("h2")).course(0.05, times);
  rows.forEach(({ m }, i) => assertAlmostEquals(m, course[i], 1e-6));
  assertAlmostEquals(rows[0].spread, 1, 2e-3);
});

Deno.test("frozenCost() agrees with the reference and with the general flow", () => {
  const sums = [[3, 5], [5, 5], [11, 13], [21, 21]];
  for (
    const [name, kappaOf] of [["xi=sqrt(k)/2", () => 0.5], [
      "xi=1",
      (k: number) => k ** -0.5,
    ]] as const
  ) {
    const table = golden.P6_k_scaling[`h3 ${name}`];
    table.k.forEach((k: number, i: number) => {
      const model = signModel("h3", {
        k,
        kappa: kappaOf(k),
        sums: { c: sums[i][0], hatC: sums[i][0], both: sums[i][1] },
      });
      const { time, slope, square } = frozenCost(model);
      assertAlmostEquals(time, table.best_tau[i], 1e-9 * time);
      assertAlmostEquals(slope, table.dphi0[i], 1e-12);
      assertAlmostEquals(square, table.V0[i], 1e-10);
    });
  }
  const k = 5, kappa = 0.6, model = signModel("h2", { k, kappa, sums: { c: 1, hatC: 3, both: 3 } });
  const { alpha, time } = frozenCost(model, { target: 0.6 });
  const best = new OverlapFlow(model).best(0.6);
  assertAlmostEquals(time, best.time, 1e-6 * time);
  assertAlmostEquals(alpha, best.alpha, 1e-3 * alpha);
  for (const factor of [0.95, 1.05]) {
    assert(frozenCost(model, { target: 0.6, alpha: factor * alpha }).time > time);
  }
  // With −ĉ the landscape is mirrored: the flow goes to −u in the same time.
  const mirrored = frozenCost({ ...model, hatC: model.hatC.map((x) => -x) }, { target: 0.6 });
  assertAlmostEquals(mirrored.time, time, 1e-9 * time);
  assert(mirrored.slope < 0);
});

Deno.test("drawSignSums() has the law of signs drawn one by one", () => {
  const rng = stream("7", "signs"), count = 20_000, k = 101;
  const fast = Array.from({ length: count }, () => drawSignSums(rng, k));
  const slow = Array.from({ length: count }, () => {
    let c = 0, hatC = 0, both = 0;
    for (let i = 0; i < k; i++) {
      const x = rng.uniform() < 0.5 ? -1 : 1, y = rng.uniform() < 0.5 ? -1 : 1;
      c += x;
      hatC += y;
      both += x * y;
    }
    return { A: c * hatC / k, q: both / k };
  });
  const p = (a: typeof fast, b: typeof fast, key: "A" | "q") =>
    ksTwoSample(a.map((x) => x[key]), b.map((x) => x[key])).p;
  for (const key of ["A", "q"] as const) assert(p(fast, slow, key) > 1e-3);
  const other = Array.from({ length: count }, () => drawSignSums(rng, 81));
  assert(p(other, slow, "q") < 1e-3, "negative control");
  // Parity: (Σc)(Σĉ) of odd k is odd, and the three sums belong to whole numbers of neurons.
  for (const { A, q } of fast.slice(0, 100)) {
    assertEquals(Math.abs(Math.round(A * k) % 2), 1);
    assertEquals(Math.abs(Math.round(q * k) % 2), 1);
  }
});

Deno.test("normalProductTail() is the integral of K₀, and the bound of Claim 1 is above it", () => {
  for (const t of [0.1, 1, 2, 8]) {
    // (1/π) ∫_t^∞ K₀ = (1/π) ∫_0^∞ e^{−t cosh x}/cosh x dx
    let sum = 0;
    for (let x = 0.0005; x < 8; x += 0.001) sum += Math.exp(-t * Math.cosh(x)) / Math.cosh(x);
    assertAlmostEquals(normalProductTail(t), sum * 0.001 / Math.PI, 1e-8);
  }
  golden.P3_condition3.kappa.forEach((kappa: number, i: number) => {
    const { bound, limit } = conditionFailure(kappa);
    assertAlmostEquals(bound, golden.P3_condition3.claim1_bound[i], 1e-9);
    assert(limit < bound);
  });
});

Deno.test("exampleOneLoss() is a Gaussian integral with two minima", () => {
  const { c, angles } = EXAMPLE_ONE, { nodes, weights } = gaussHermite(6);
  const f = (theta: number, scale: number, x: number, y: number) => {
    const s = Math.cos(theta) * x + Math.sin(theta) * y;
    return (x + scale * c[0] * s) ** 2 + (y + scale * c[1] * s) ** 2;
  };
  for (const [theta, scale] of [[0.3, 0.7], [1.2, -1]]) {
    let sum = 0;
    nodes.forEach((x, i) =>
      nodes.forEach((y, j) => {
        const gap = f(angles[0], 1, x, y) - f(theta, scale, x, y);
        sum += weights[i] * weights[j] * gap * gap / 2;
      })
    );
    assertAlmostEquals(exampleOneLoss(theta, scale), sum, 1e-9 * sum);
  }
  for (const [theta, scale] of [[angles[0], 1], [angles[1], -1], [angles[1] + Math.PI, 1]]) {
    assertAlmostEquals(exampleOneLoss(theta, scale), 0, 1e-20);
  }
  assert(exampleOneLoss(angles[1], 1) > 1);
});

Deno.test("bad input is named", () => {
  const h3 = standard(), correlated = { ...h3, gram: Array(64).fill(1) }, rng = stream("7", "bad");
  const sums = { c: 3, hatC: 3, both: 5 };
  const calls: [() => unknown, string][] = [
    [() => tangentFloor({ ...h3, c: [1, 0, 0, 0, 0, 0, 0, 0] }), "every entry of c must not be 0"],
    [() => readOutError(correlated, { d: 12, samples: 500 }, rng), "W must be orthonormal"],
    [() => readOutError(h3, { d: 9, samples: 500 }, rng), "d must be"],
    [() => readOutError(h3, { d: 12, samples: 20 }, rng), "samples must be"],
    [() => readOutError(h3, { d: 12, samples: 500, m: 1.2 }, rng), "m must lie"],
    [() => hermiteWeights("relu", -1), "degree must be"],
    [() => hermiteWeights("relu", NaN), "degree must be"],
    [() => momentSeries(h3, 0), "degree must be"],
    [() => momentSeries({ ...h3, hatC: [1, 0, 0, 0, 0, 0, 0, 0] }, 4), "c and hatC must be ±1/√k"],
    [() => momentSeries({ ...h3, normalize: false }, 4), "normalize is false"],
    [() => new SignedLandscape({ activation: "h3", k: 2, kappa: 0 }), "kappa must be"],
    [() => new SignedLandscape({ activation: "h3", k: 2, kappa: 1, gram: [1] }), "4 entries"],
    [() => new SignedLandscape({ activation: "h3", k: 1, kappa: 1, gram: [2] }), "diagonal of 1"],
    [() => secondLayer(h3, 2), "m must lie"],
    [() => secondLayer({ ...h3, c: [1, 0, 0, 0, 0, 0, 0, 0] }, 0.5), "c must be ±1/√k"],
    [() => stepVariance(standard("exp(z^2 / 7)"), 0.1, 0), "current value is exp(z^2 / 7)"],
    [() => stepVariance(h3, -1, 0), "alpha must be"],
    [() => fluctuations(h3, 0.1, [2, 1]), "times[1]"],
    [() => fluctuations(h3, 0.1, []), "times must have"],
    [() => signModel("h3", { k: 17, kappa: 0.5, sums: { ...sums, both: 4 } }), "sums must be"],
    [() => frozenCost(correlated), "W must be orthonormal"],
    [() => frozenCost(h3, { target: 1 }), "target must lie"],
    [() => frozenCost(h3, { alpha: 0 }), "alpha must be"],
    [() => frozenCost({ ...h3, lambda: Array(8).fill(1) }), "λ = 1/√k"],
    [() => drawSignSums(rng, 0), "k must be"],
    [() => normalProductTail(0), "t must be"],
    [() => conditionFailure(NaN), "kappa must be"],
    [() => exampleOneLoss(Infinity, 1), "angle must be"],
  ];
  for (const [call, text] of calls) assertThrows(call, RangeError, text);
  assertEquals(quantised(1), [1]);
});
