/** Moments, flows, costs and chains against sums, integrals and laws that are written out here. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { summary } from "lora-dynamics/experiment/mod.ts";
import { gaussHermite } from "lora-dynamics/gaussian/mod.ts";
import * as lf from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const S = lf.standard();
/** Model S with `n` wrong signs. */
const flipped = (n: number) => lf.standard("h3", { hatC: S.c.map((x, i) => i < n ? -x : x) });

Deno.test("the flow of |z| has the slope of the arcsine law, and chains follow it", () => {
  const hatC = S.c.map((x, i) => i < 1 ? -x : x), model = lf.standard("abs(z)", { hatC });
  const flow = new lf.OverlapFlow(model), { kappa, lambda, c, k } = model, r2 = 1 + kappa ** 2;
  for (const m of [-0.999, -0.4, 0, 0.3, 0.77, 0.9999]) {
    // E sgn(X) sgn(Y) = (2/π) asin ρ.
    let slope = 0;
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        const sign = hatC[i] * c[j] * k, rho = (Number(i === j) + kappa ** 2 * sign * m) / r2;
        slope += lambda[i] * lambda[j] * sign * kappa ** 2 / r2 * 2 / Math.PI * Math.asin(rho);
      }
    }
    assertAlmostEquals(flow.slope(m), slope, 1e-6, `m = ${m}`);
  }
  const n = 500, alpha = 0.3, times = [4, 12];
  const [early, late] = flow.course(alpha, times);
  const copies = Array.from({ length: 24 }, (_, copy) => {
    const chain = new lf.FineTuningChain(model, { n, alpha, m0: 0 }, stream("7", "abs", copy));
    return times.map((tau) => {
      chain.run(tau * n - chain.steps);
      return chain.m;
    });
  });
  [early, late].forEach((wanted, i) => {
    const found = copies.map((list) => list[i]);
    const { mean, se } = summary(found);
    assertAlmostEquals(mean, wanted, 4 * se + 6 / n);
  });
});

Deno.test("the floor of rank one is that of the student's factor", () => {
  const gram = [1, 0.3, -0.2, 0.3, 1, 0.1, -0.2, 0.1, 1], root = 1 / Math.sqrt(3);
  const own = { c: [root, root, -root], hatC: [root, -root, -root] };
  for (
    const model of [
      flipped(2),
      lf.standard("h2", { hatC: [0.5, 0.1, -0.3, 0.2, 0.4, -0.6, 0.2, 0.1] }),
      lf.fineTuning({ activation: "h3", k: 3, kappa: 0.8, gram, ...own }),
    ]
  ) {
    const { square, rankOne } = lf.tangentFloor(model);
    assertAlmostEquals(square * rankOne / 2, lf.tangentConstants(model).floor, 1e-9);
  }
});

Deno.test("a steep activation has moments: one neuron of tanh(3z) by a plain triple sum", () => {
  const model = lf.fineTuning({ activation: "tanh(3z)", k: 1, kappa: 0.8, c: [1] });
  const { xi, r0 } = model, m = 0.4, side = Math.sqrt(1 - m * m), step = 0.05;
  const sech2 = (z: number) => 1 / Math.cosh(z) ** 2;
  let V = 0, gammaStar = 0, total = 0;
  for (let a = -6; a <= 6; a += step) {
    for (let s = -6; s <= 6; s += 2 * step) {
      for (let y = -6; y <= 6; y += 2 * step) {
        const weight = Math.exp(-(a * a + s * s + y * y) / 2), sStar = m * s + side * y;
        const error = Math.tanh(3 * (a + xi * s) / r0) - Math.tanh(3 * (a + xi * sStar) / r0);
        const gamma = xi * error * 3 * sech2(3 * (a + xi * s) / r0) / r0;
        V += weight * gamma * gamma;
        gammaStar += weight * gamma * sStar;
        total += weight;
      }
    }
  }
  const found = lf.averages(model, m);
  assertAlmostEquals(found.V, V / total, 1e-8);
  assertAlmostEquals(found.gammaStar, gammaStar / total, 1e-8);
});

Deno.test("the variance of a step is exact for h₅, too: one neuron by a richer product rule", () => {
  const model = lf.fineTuning({ activation: "h5", k: 1, kappa: 0.7, c: [1] });
  const { xi, r0, activation: { f, df } } = model, { nodes, weights } = gaussHermite(30);
  const m = 0.4, alpha = 0.01, side = Math.sqrt(1 - m * m);
  let mean = 0, square = 0;
  nodes.forEach((a, i) =>
    nodes.forEach((s, j) =>
      nodes.forEach((y, l) => {
        const sStar = m * s + side * y, z = (a + xi * s) / r0;
        const gamma = xi * (f(z) - f((a + xi * sStar) / r0)) * df(z) / r0;
        const move = alpha * gamma * (sStar - m * s) + alpha ** 2 / 2 * m * gamma ** 2;
        const weight = weights[i] * weights[j] * weights[l];
        mean += weight * move;
        square += weight * move * move;
      })
    )
  );
  const wanted = square - mean * mean;
  assertAlmostEquals(lf.stepVariance(model, alpha, m) / wanted, 1, 1e-9);
  const byPoints = lf.stepVariance({ ...model, gram: [1] }, alpha, m);
  assertAlmostEquals(byPoints / wanted, 1, 1e-9);
});

Deno.test("what a flow tabulates of a polynomial is exact at the degrees of its activation", () => {
  for (const name of ["h2", "h5", "h7"]) {
    const model = lf.fineTuning({ activation: name, k: 1, kappa: 0.9, c: [1], hatC: [0.8] });
    const flow = new lf.OverlapFlow(model);
    for (const m of [-0.83, 0.11, 0.67]) {
      assertAlmostEquals(flow.square(m) / lf.averages(model, m).V, 1, 1e-10, name);
    }
  }
});

Deno.test("what a flow tabulates of tanh and |z| is right between its nodes", () => {
  for (const [sigma, rel] of [["tanh(z)", 1e-6], ["abs(z)", 1e-6]] as const) {
    const model = lf.standard(sigma, { hatC: flipped(2).hatC }), flow = new lf.OverlapFlow(model);
    for (const m of [-0.9, -0.2, 0.5, 0.93]) {
      assertAlmostEquals(flow.square(m) / lf.averages(model, m).V, 1, rel, `${sigma}, m = ${m}`);
      assertAlmostEquals(flow.slope(m) / lf.correlationSlope(model, m), 1, 1e-6, sigma);
    }
  }
});

Deno.test("stated errors: none of product rules, the scatter of a sampled tail rate", () => {
  const gram = [1, 0.3, 0.3, 1], model = lf.fineTuning({ activation: "h3", k: 2, kappa: 1, gram });
  assertEquals(lf.averages(model, 0.3).error, 0);
  assertEquals(lf.averages(S, 0.3).error, 0);
  assert(lf.averages(lf.fineTuning({ activation: "relu", k: 2, kappa: 1, gram }), 0.3).error > 0);
  // The same factor, drawn and written out here: what is left of its logarithm beside its linear part.
  // One neuron of erf has a bounded gate, so that the deviation itself is known to a few per cent.
  const own = lf.fineTuning({ activation: lf.ERF, k: 1, kappa: 0.5, c: [1] });
  const alpha = 2,
    n = 200,
    draws = 200_000,
    random = stream("7", "a tail of our own"),
    logs: number[] = [];
  const { k, lambda, c, xi, r0, activation: { df } } = own, rest: number[] = [];
  for (let i = 0; i < draws; i++) {
    const s = random.normal();
    let psi = 0;
    for (let j = 0; j < k; j++) {
      psi += lambda[j] * c[j] * df((random.normal() + xi * c[j] * s) / r0) / r0;
    }
    const g = alpha / n * (xi * psi) ** 2, x2 = random.normal() ** 2, r = random.chiSquare(n - 2);
    const square = (1 - g * x2) ** 2 + g * g * x2 * r;
    rest.push((Math.log(square) - (square - 1)) / 2);
    logs.push(-n * Math.log(square));
  }
  const whole = summary(logs);
  const { sd } = summary(rest), samples = 200_000;
  const { rate, se } = lf.tailRate(own, { alpha, n, samples });
  assertAlmostEquals(se / (2 * n * sd / Math.sqrt(samples)), 1, 0.15);
  assertAlmostEquals(rate, whole.mean, 4 * whole.se);
});

Deno.test("a late rate in three dimensions is the mean of its logarithm over a grid", () => {
  // The gate of a linear neuron is a number: (ξψ)² = κ²/r₀².
  const model = lf.fineTuning({ activation: "z", k: 1, kappa: 0.7, c: [1] }), alpha = 0.9, n = 3;
  const g = alpha / n * 0.49 / 1.49, step = 0.02;
  let sum = 0, total = 0;
  for (let x = -6; x <= 6; x += step) {
    for (let y = step / 2; y <= 6; y += step) {
      const weight = Math.exp(-(x * x + y * y) / 2); // χ² of one degree is y²
      sum += weight * Math.log((1 - g * x * x) ** 2 + g * g * x * x * y * y);
      total += weight;
    }
  }
  const { rate, se } = lf.tailRate(model, { alpha, n, samples: 400_000 });
  assertAlmostEquals(rate, -n * sum / total, 4 * se + 1e-4);
});

Deno.test("the cost of frozen signs is the time of the flow for h₄ and h₅, too", () => {
  const sums = { c: 3, hatC: 3, both: 5 };
  for (const name of ["h4", "h5"]) {
    const model = lf.signModel(name, { k: 17, kappa: 0.6, sums }), flow = new lf.OverlapFlow(model);
    const { alpha, time } = lf.frozenCost(model, { target: 0.5 });
    assertAlmostEquals(flow.time(alpha, 0.5) / time, 1, 1e-8, name);
    assertAlmostEquals(flow.best(0.5).time / time, 1, 1e-8, name);
  }
});

Deno.test("squared coefficients are as many as asked for, and levels of (22) are met", () => {
  for (const sigma of ["h3", "relu", lf.ERF, "tanh(z)"]) {
    assertEquals(lf.hermiteWeights(sigma, 6).length, 7);
  }
  assertAlmostEquals(lf.hermiteWeights("relu", 0)[0], 1 / (2 * Math.PI), 1e-14);
  const point = { m: 0.6, q: 0.3 }, level = lf.conserved(point, 2);
  assertAlmostEquals(level, 0.64 ** 2 / 0.91, 1e-14);
  assertAlmostEquals(lf.levelCurve(level, 0.3, 2), 0.6, 1e-12);
  assertEquals(lf.levelCurve(2, 0.1), NaN);
});

Deno.test("a general chain starts uniform on the sphere, and m0 turns nothing but the overlap", () => {
  const model = lf.fineTuning({ activation: "h3", k: 3, kappa: 1 }), d = 9, copies = 6000;
  const starts = (m0?: number) =>
    Array.from({ length: copies }, (_, copy) => {
      const own = { d, alpha: 0.1, parallel: 0, ...(m0 === undefined ? {} : { m0 }) };
      return new lf.GeneralChain(model, own, stream("7", "start", copy));
    });
  const uniform = starts(), inside = summary(uniform.map((chain) => chain.inside));
  assertAlmostEquals(inside.mean, 3 / d, 4 * inside.se);
  const squares = summary(uniform.map(({ m }) => m * m));
  assertAlmostEquals(squares.mean, 1 / d, 4 * squares.se);
  // Across u the rest is uniform in d − 1 directions, three of them in the span.
  const held = starts(0.6), across = summary(held.map((chain) => chain.inside));
  assertAlmostEquals(across.mean, 0.64 * 3 / (d - 1), 4 * across.se);
  for (const { m } of held) assertAlmostEquals(m, 0.6, 1e-12);
});

Deno.test("steps to half an overlap are those of chains that are asked after every step", () => {
  const model = { activation: "h3", k: 2, kappa: 1 }, d = 62, eta = 0.1 / 60, copies = 101;
  const cell = { route: "fine-tuning" as const, model, d, eta, copies, maxSteps: 50_000 };
  const row = lf.hittingTimes(cell) as lf.HittingRow;
  const times = Float64Array.from({ length: copies }, (_, copy) => {
    const own = { n: d - 2, alpha: eta * (d - 2) };
    const chain = new lf.FineTuningChain(lf.fineTuning(model), own, stream("8", "steps", copy));
    while (Math.abs(chain.m) < 0.5) chain.step();
    return chain.steps;
  });
  const own = lf.quartilesOf(times), error = 0.93 * (own.high! - own.low!) / Math.sqrt(copies);
  assertAlmostEquals(row.steps!, own.steps!, 4 * Math.SQRT2 * error);
  // Quartiles are 1.1 times as uncertain as the median.
  assertAlmostEquals(row.low!, own.low!, 4.5 * Math.SQRT2 * error);
  assertAlmostEquals(row.high!, own.high!, 4.5 * Math.SQRT2 * error);
});

Deno.test("a plane of two directions starts and moves as on whole inputs, and not with a degree more", () => {
  const copies = 2500, run = { d: 5, eta: 0.8 };
  const found = (
    open: (copy: number) => { run(steps: number): void },
    share: (x: never) => number,
  ) =>
    summary(Array.from({ length: copies }, (_, copy) => {
      const one = open(copy);
      one.run(2);
      return share(one as never);
    }));
  const whole = found(
    (copy) => new lf.DirectPlane(run, stream("7", "plane", "whole", copy)),
    (x: lf.DirectPlane) =>
      [0, 1, 2, 3].reduce((sum, i) => sum + x.overlap(i >> 1, i & 1) ** 2, 0) / 2,
  );
  const chain = (extraDegrees: number) =>
    found(
      (copy) => new lf.PlaneChain({ ...run, extraDegrees }, stream("7", "plane", copy)),
      (x: lf.PlaneChain) => x.found,
    );
  const usual = found(
    (copy) => new lf.PlaneChain(run, stream("7", "plane", copy)),
    (x: lf.PlaneChain) => x.found,
  );
  assertEquals(usual.mean, chain(0).mean);
  assertAlmostEquals(usual.mean, whole.mean, 4 * Math.hypot(usual.se, whole.se));
  assert(usual.mean !== chain(1).mean);
});

Deno.test("a free factor moves along its whole gradient in batches, too; Theorem 19 has S = k^−1/2", () => {
  const model = lf.fineTuning({ activation: lf.ERF, k: 2, kappa: 1, hatC: [0.9, 0.4] });
  const run = { n: 4, alpha: 1, algorithm: "adapter", batch: 2, m0: 0.5 } as const;
  const read = (open: (copy: number) => lf.FineTuningChain | lf.DirectFineTuning) => {
    const copies = Array.from({ length: 4000 }, (_, copy) => {
      const one = open(copy);
      one.run(2);
      return [one.q, one.hatC[0], one.nu];
    });
    return [0, 1, 2].map((i) => summary(copies.map((row) => row[i])));
  };
  const chains = read((copy) => new lf.FineTuningChain(model, run, stream("7", "free", copy)));
  const whole = read((copy) => new lf.DirectFineTuning(model, run, stream("7", "free", copy)));
  chains.forEach(({ mean, se }, i) => {
    assertAlmostEquals(mean, whole[i].mean, 4.5 * Math.hypot(se, whole[i].se));
  });
  const { S: least, V } = lf.sampleBound(19, { d: 100, k: 16, epsilon: 0.1 });
  assertAlmostEquals(least, 0.25, 1e-15);
  assertEquals(V, 256);
});
