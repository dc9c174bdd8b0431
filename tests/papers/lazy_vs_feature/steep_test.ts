/** Steep and kinked activations: averages, flows and their errors against plain sums and other rules. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type Activation,
  activation,
  gaussianQuadrature,
  gaussLegendre,
} from "lora-dynamics/gaussian/mod.ts";
import { summary } from "lora-dynamics/experiment/mod.ts";
import * as lf from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import { neuronMeans } from "lora-dynamics/papers/lazy_vs_feature/theory/neuron/neuron.ts";
import { stepMeans } from "lora-dynamics/papers/lazy_vs_feature/theory/neuron/step.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const STRAIGHT = ["relu", "z > 0 ? z : 0.1 z", "min(max(z, -1), 1)", "abs(z - 0.4)"];
const TABULATED = ["tanh(z)", "tanh(10z)", "erf(8z)", "z * sigmoid(5z)", "z > 0 ? z : expm1(z)"];
const root = (x: number) => Math.sqrt(x);

/** The ten averages of a neuron, each by adaptive panels that are cut at kinks and around steep places. */
function slowMeans({ f, df, kinks }: Activation, w: number, p: number, t: number): number[] {
  const near = [...kinks, -1, -0.2, 0, 0.2, 1].flatMap((b) => [(b - p) / w, (b - t) / w]);
  const breakpoints = [...new Set(near)].sort((x, y) => x - y);
  const mean = (g: (x: number, y: number, star: number) => number) =>
    gaussianQuadrature((a) => {
      const z = w * a + p, star = w * a + t;
      return g(f(z) - f(star), df(z), df(star));
    }, { breakpoints, rtol: 1e-12 }).value;
  return [
    ...[mean((x) => x), mean((_x, y) => y), mean((x) => x * x), mean((x, y) => x * y)],
    ...[mean((_x, y) => y * y), mean((x, y) => x * x * y), mean((x, y) => x * y * y)],
    ...[
      mean((x, y) => (x * y) ** 2),
      mean((_x, y, star) => y * star),
      mean((_x, _y, star) => star),
    ],
  ];
}

Deno.test("averages of one neuron are those of an adaptive quadrature, closed or tabulated", () => {
  const w = root(2 / 3);
  for (const text of [...STRAIGHT, ...TABULATED]) {
    const a = activation(text), means = neuronMeans(a, w, 4), found = new Float64Array(10);
    assert(means.error <= 1e-10, text);
    assertEquals(means.error === 0, STRAIGHT.includes(text), `${text}: a closed form, or none`);
    for (const [p, t] of [[0.3, 0.2], [1.1, -0.7], [-2.2, 1.9], [-0.4, -0.4001]]) {
      means.fill(p, t, found);
      const wanted = slowMeans(a, w, p, t), other = slowMeans(a, w, p, t + 0.01);
      wanted.forEach((x, i) => {
        const words = `${text}, average ${i} at ${p}, ${t}`;
        // What is small keeps its digits, too: the averages of X vanish with p − t.
        assertAlmostEquals(found[i], x, 2e-9 * Math.abs(x) + 1e-11, words);
      });
      // Control: a place a hundredth away is another one.
      assert(wanted.some((x, i) => Math.abs(other[i] - x) > 1e-4 * Math.abs(x)));
    }
  }
});

/**
 * `V`, `E γ s*` and loss of a few neurons: polar sectors between the lines on which student and teacher meet,
 * panels between kinks, and products over neurons summed over all tuples, without a cumulant.
 */
function slowStep(model: lf.Model, m: number): { V: number; gammaStar: number; loss: number } {
  const { k, lambda, c, hatC, xi, r0, activation: a } = model, side = root(1 - m * m);
  const rule = gaussLegendre(12),
    panels = (ends: number[], visit: (x: number, w: number) => void) => {
      for (let i = 1; i < ends.length; i++) {
        const half = (ends[i] - ends[i - 1]) / 2;
        if (half < 1e-14) continue;
        rule.nodes.forEach((x, n) => visit(ends[i - 1] + half * (1 + x), half * rule.weights[n]));
      }
    };
  const sorted = (x: number[]) => x.sort((p, q) => p - q);
  // δ_i = ξ(ĉ_i s − c_i s*)/r₀ vanishes where tan(angle) = (ĉ_i m − c_i)/(−ĉ_i side), s* = r cos.
  const rays = hatC.flatMap((h, i) => {
    const ray = Math.atan2(c[i] - h * m, h * side);
    return [ray - 2 * Math.PI, ray - Math.PI, ray, ray + Math.PI].filter((x) =>
      Math.abs(x) < Math.PI
    );
  });
  const turns = Array.from({ length: 5 }, (_, i) => Math.PI * (i / 2 - 1));
  const steep = [-0.5, -0.15, 0.15, 0.5];
  const angles = sorted(
    [...turns, ...rays, ...(a.kinks.length ? [] : rays.flatMap((x) => steep.map((y) => x + y)))]
      .filter((x) => Math.abs(x) <= Math.PI),
  );
  let V = 0, gammaStar = 0, loss = 0;
  const average = (weight: number, s: number, sStar: number) => {
    // Moments E X^i Y^j of every neuron.
    const moments = Array.from({ length: k }, (_, n) => {
      const p = xi * hatC[n] * s, t = xi * c[n] * sStar, out = new Float64Array(9);
      const kinks = a.kinks.flatMap((b) => [r0 * b - p, r0 * b - t]);
      const layers = a.kinks.length ? [] : [-p, -t].flatMap((x) => steep.map((y) => x + 2 * y));
      const ends = sorted(
        [-8, -5, -2.5, 0, 2.5, 5, 8, ...kinks, ...layers].filter((x) => Math.abs(x) <= 8),
      );
      panels(ends, (x, w) => {
        const density = w * Math.exp(-x * x / 2) / root(2 * Math.PI), z = (x + p) / r0;
        const own = lambda[n] * (a.f(z) - a.f((x + t) / r0)),
          gate = lambda[n] * hatC[n] * a.df(z) / r0;
        for (let i = 0; i < 3; i++) {
          for (let j = 0; j < 3; j++) out[3 * i + j] += density * own ** i * gate ** j;
        }
      });
      return out;
    });
    /** E of a product of X of some neurons and Y of some neurons. */
    const product = (xs: number[], ys: number[]) =>
      moments.reduce(
        (all, own, n) =>
          all * own[3 * xs.filter((x) => x === n).length + ys.filter((y) => y === n).length],
        1,
      );
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        gammaStar += weight * xi * sStar * product([i], [j]);
        loss += weight * product([i, j], []) / 2;
        for (let p = 0; p < k; p++) {
          for (let q = 0; q < k; q++) V += weight * xi * xi * product([i, j], [p, q]);
        }
      }
    }
  };
  panels([0, 3, 8], (r, wr) =>
    panels(angles, (angle, wa) => {
      const sStar = r * Math.cos(angle), s = m * sStar + side * r * Math.sin(angle);
      average(wr * wa * r * Math.exp(-r * r / 2) / (2 * Math.PI), s, sStar);
    }));
  return { V, gammaStar, loss };
}

Deno.test("averages of a step are those of plain sums over tuples of neurons", () => {
  const own = { k: 2, kappa: 0.8, lambda: [1, -0.6], c: [0.6, -0.8], hatC: [0.7, 0.3] };
  for (const sigma of ["relu", "z > 0 ? z : expm1(z)", "tanh(2z)"]) {
    const model = lf.fineTuning({ activation: sigma, ...own });
    for (const m of sigma === "relu" ? [0.4, -0.9] : [0.4]) {
      const wanted = slowStep(model, m), found = lf.averages(model, m);
      for (const name of ["V", "gammaStar", "loss"] as const) {
        assertAlmostEquals(found[name] / wanted[name], 1, 1e-8, `${sigma}, ${name}, m = ${m}`);
      }
      assert(found.error <= 1e-9 * found.V, sigma);
    }
  }
});

Deno.test("one neuron has the V of an integral in two dimensions, by NumPy", () => {
  // κ² / (1 + κ²) E (σ(x) − σ(y))² σ′(x)² for normals of correlation (1 + κ² m)/(1 + κ²), κ = 0.8: composite
  // Gauss–Legendre of 24 nodes, graded at 0 and at the kinks; mpmath with 20 digits gives the first two as well.
  const golden: [string, number, number][] = [
    ["relu", 0.4, 0.06515072811541286],
    ["tanh(4z)", 0.4, 0.6566818499132522],
    ["tanh(10z)", 0.4, 2.1348455209617545],
    ["erf(8z)", 0.4, 2.061769834000759],
    ["relu", -0.7, 0.13669078839603707],
    ["tanh(4z)", -0.7, 0.7869088846929657],
    ["tanh(10z)", -0.7, 2.281840067871152],
    ["erf(8z)", -0.7, 2.2123166388067927],
  ];
  for (const [sigma, m, V] of golden) {
    const model = lf.fineTuning({ activation: sigma, k: 1, kappa: 0.8, c: [1] });
    assertAlmostEquals(lf.averages(model, m).V / V, 1, 1e-10, `${sigma}, m = ${m}`);
  }
});

const nine = (sigma: string, kappa: number) =>
  lf.fineTuning({
    ...{ activation: sigma, k: 9, kappa },
    hatC: [0.5, -0.1, 0.3, 0.2, -0.4, 0.35, 0.25, -0.3, 0.1],
  });

Deno.test("nine different neurons: gradients in both factors are those of the landscape", () => {
  // What moves û is a mean over inputs, what the landscape says a sum of kernels: ReLU's and erf's are closed.
  for (
    const [sigma, kappa] of [["relu", 0.7], ["relu", 10], ["erf(8z)", 0.7], ["erf(z)", 10]] as const
  ) {
    const model = nine(sigma, kappa);
    for (const m of [-0.8, 0.2, 0.9999]) {
      const words = `${sigma}, kappa = ${kappa}, m = ${m}`,
        { gammaS, gammaStar, ...means } = stepMeans(model, m, 1);
      const slope = lf.correlationSlope(model, m), gradient = lf.factorGradient(model, m);
      assertAlmostEquals(means.slope / slope, 1, 1e-9, words);
      assertAlmostEquals((m * gammaS - gammaStar) / (1 - m * m) / slope, 1, 1e-8, words);
      assertAlmostEquals(means.loss / lf.populationLoss(model, m), 1, 1e-8, words);
      const size = Math.max(...gradient.map(Math.abs));
      gradient.forEach((x, i) => assertAlmostEquals(means.gradient[i], x, 1e-9 * size, words));
      assert(means.error <= 2e-9, words);
    }
  }
});

Deno.test("the noise of steep activations vanishes at m = 1 as the fourth moment of their gate says", () => {
  for (const sigma of ["tanh(4z)", "erf(8z)", "z * sigmoid(5z)", "relu"]) {
    const model = lf.standard(sigma), { gate4 } = lf.averages(model, 1), gap = 1e-7;
    // V = 2(1 − m) E (ξψ)⁴, but for layers of the width of the activation and, at a kink, √(1 − m).
    const found = lf.averages(model, 1 - gap).V / (2 * gap);
    assertAlmostEquals(found / gate4, 1, sigma === "relu" ? 1e-3 : 1e-4, sigma);
  }
});

Deno.test("flows of steep and kinked activations: right between nodes, error and work stated", () => {
  for (const sigma of ["tanh(4z)", "erf(8z)", "relu", "min(max(z, -1), 1)"]) {
    const model = lf.standard(sigma),
      flow = new lf.OverlapFlow(model),
      other = lf.standard("tanh(3.9z)");
    assert(flow.error > 0 && flow.error <= 1e-6, `${sigma}: ${flow.error}`);
    const size = lf.averages(model, 0).V;
    for (const m of [-0.93, 0.11, 0.5, 0.98]) {
      const { V } = lf.averages(model, m);
      assertAlmostEquals(flow.square(m), V, 1e-6 * size, `${sigma}, m = ${m}`);
      assertAlmostEquals(flow.slope(m) / lf.correlationSlope(model, m), 1, 1e-6, sigma);
      // Control.
      assert(Math.abs(lf.averages(other, m).V - V) > 1e-3 * size, sigma);
    }
  }
  // A table of a neuron asks for its activation about two million times; the product rules of a flow, of 224³ nodes at
  // a hundred overlaps, 10⁹ times.
  let calls = 0;
  const f = (z: number) => (calls++, Math.tanh(4 * z)),
    df = (z: number) => 4 / Math.cosh(4 * z) ** 2;
  const own = lf.standard({ name: "own", f, df, d2f: (z) => -8 * Math.tanh(4 * z) * df(z) });
  const best = new lf.OverlapFlow(own).best(),
    known = new lf.OverlapFlow(lf.standard("tanh(4z)")).best();
  assert(calls < 4e6, `${calls} calls`);
  assertAlmostEquals(best.time / known.time, 1, 1e-7);
});

Deno.test("the variance of a step of one kinked or steep neuron is that of plain sums", () => {
  // The move is uγ + vγ² with u = α(s* − ms), v = α²m/2, γ = ξXY: powers of one variable in an inner integral.
  const alpha = 0.3, m = 0.4, rule = gaussLegendre(16);
  const over = (ends: number[], visit: (x: number, weight: number) => void) =>
    ends.sort((x, y) => x - y).forEach((end, i) => {
      const half = i > 0 ? (end - ends[i - 1]) / 2 : 0;
      if (half > 1e-14) {
        rule.nodes.forEach((x, n) => visit(end - half * (1 - x), half * rule.weights[n]));
      }
    });
  for (
    const [sigma, cuts] of [["relu", [0]], ["min(max(z, -1), 1)", [-1, 1]], ["tanh(4z)", [
      -0.5,
      -0.2,
      0,
      0.2,
      0.5,
    ]]] as const
  ) {
    const model = lf.fineTuning({ activation: sigma, k: 1, kappa: 0.8, c: [1] }),
      { xi, r0, activation: a } = model;
    let mean = 0, square = 0;
    const density = (x: number) => Math.exp(-x * x / 2) / root(2 * Math.PI);
    // y is the direction of δ = (s − s*)/r₀, x across it: both of variance 1.
    over([-8, -4, 0, 4, 8], (x, wx) => {
      const gaps = cuts.flatMap((b) => cuts.map((c) => (b - c) * r0 / xi / root(2 - 2 * m)));
      over([-8, -4, ...new Set(gaps.filter((y) => Math.abs(y) < 8)), 4, 8], (y, wy) => {
        const sum = x * root((1 + m) / 2),
          gap = y * root((1 - m) / 2),
          s = sum + gap,
          star = sum - gap;
        const u = alpha * (star - m * s), v = alpha * alpha * m / 2;
        const places = cuts.flatMap((b) => [r0 * b - xi * s, r0 * b - xi * star]);
        over([-8, -4, ...places.filter((z) => Math.abs(z) < 8), 4, 8], (base, w) => {
          const z = (base + xi * s) / r0;
          const gamma = xi * (a.f(z) - a.f((base + xi * star) / r0)) * a.df(z) / r0;
          const move = u * gamma + v * gamma * gamma,
            weight = w * wx * wy * density(x) * density(y) * density(base);
          mean += weight * move;
          square += weight * move * move;
        });
      });
    });
    const wanted = square - mean * mean, found = lf.stepVariance(model, alpha, m);
    assertAlmostEquals(found / wanted, 1, sigma === "tanh(4z)" ? 1e-6 : 1e-8, sigma);
    assert(Math.abs(lf.stepVariance(model, alpha, m + 0.01) / wanted - 1) > 1e-3, "control");
  }
});

Deno.test("the tangent model of a steep activation has the floor of its projection", () => {
  for (const sigma of ["tanh(4z)", "relu", "z > 0 ? z : expm1(z)"]) {
    const model = lf.standard(sigma, { hatC: lf.quantised(8).map((x, i) => i < 2 ? -x : x) });
    const { square, rankOne } = lf.tangentFloor(model);
    assertAlmostEquals(lf.tangentConstants(model).floor / (square * rankOne / 2), 1, 1e-8, sigma);
  }
});

Deno.test("a joint flow of tanh(4z) is followed by its chains", () => {
  const model = nine("tanh(4z)", Math.SQRT1_2), alpha = 0.5, times = [3, 9], n = 1500;
  const flow = lf.jointFlow(model, { alpha, times, m0: 0.1 });
  const copies = Array.from({ length: 16 }, (_, copy) => {
    const options = { n, alpha, m0: 0.1, algorithm: "joint" as const };
    const chain = new lf.FineTuningChain(model, options, stream("7", "steep", copy));
    return times.map((tau) => {
      chain.run(tau * n - chain.steps);
      return chain.m;
    });
  });
  flow.forEach(({ m }, i) => {
    const { mean, se } = summary(copies.map((list) => list[i]));
    assertAlmostEquals(mean, m, 4 * se + 3 / n, `τ = ${times[i]}`);
    assert(Math.abs(mean - flow[1 - i].m) > 4 * se + 3 / n, "control");
  });
});
