/** Closed forms against other closed forms, limits and hand values, away from the points where factors are 1. */
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  add,
  frobeniusNorm,
  identity,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  scale,
  spectralNorm,
  svd,
} from "lora-dynamics/linalg/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
import { diagonal, near } from "./_by_hand.ts";

/** The theory of a noisy gradient by the Stieltjes transform of Marchenko and Pastur, with numerical slopes. */
function byStieltjes({ d, k, N, sigma }: lo.NoisySizes) {
  const q = d / N, unit = sigma * sigma * k / N;
  /** `E 1/(w − μ)` for `w` above the spectrum. */
  const stieltjes = (w: number) => {
    const half = w + q - 1;
    return (half - Math.sqrt(half * half - 4 * q * w)) / (2 * q * w);
  };
  // With w = 1/(m unit): 1/(1 − m unit μ) = w/(w − μ), and E μ = 1.
  const first = (m: number) => {
    const w = 1 / (m * unit);
    return w * (w * stieltjes(w) - 1);
  };
  const second = (m: number) => {
    const w = 1 / (m * unit);
    return w * (w * w * stieltjes(w) - w - 1);
  };
  const z = (m: number) => 1 / m + d / k * unit * first(m);
  const slope = (f: (m: number) => number, m: number) =>
    (f(m * (1 + 1e-5)) - f(m * (1 - 1e-5))) / (2e-5 * m);
  const root = (low: number, high: number, f: (m: number) => number) => {
    for (let i = 0; i < 200; i++) {
      const middle = (low + high) / 2;
      if (f(middle) < 0) low = middle;
      else high = middle;
    }
    return low;
  };
  const most = 1 / (unit * (1 + Math.sqrt(q)) ** 2);
  const edge = root(1e-9 * most, most * (1 - 1e-4), (m) => slope(z, m));
  return {
    critical: 1 / Math.sqrt(edge * second(edge)),
    bulk: Math.sqrt(z(edge)),
    at: (lambda: number) => {
      const m = root(1e-9 * most, edge, (x) => x * second(x) - 1 / lambda ** 2);
      const v2 = -m * m * slope(z, m) * second(m) / (second(m) + m * slope(second, m));
      return { v2, u2: v2 * lambda ** 2 * first(m) ** 2 / z(m), top: Math.sqrt(z(m)) };
    },
  };
}

Deno.test("noisy overlaps and their threshold are those of the Stieltjes transform, for any shape", () => {
  for (
    const sizes of [{ d: 90, k: 40, N: 300, sigma: 0.7 }, { d: 30, k: 200, N: 70, sigma: 2.5 }]
  ) {
    const other = byStieltjes(sizes), critical = lo.criticalStrength(sizes);
    near(critical, other.critical, 1e-6);
    near(lo.noisyOverlaps(sizes, 0.9 * critical).top, other.bulk, 1e-7);
    for (const ratio of [1.05, 1.5, 4]) {
      const found = lo.noisyOverlaps(sizes, ratio * critical), wanted = other.at(ratio * critical);
      for (const key of ["u2", "v2", "top"] as const) near(found[key], wanted[key], 1e-6);
      assertEquals(lo.noisyOverlapsOf(sizes, [ratio * critical, critical / 2]), [
        found,
        lo.noisyOverlaps(sizes, critical / 2),
      ]);
    }
  }
  // 3 (16 · 81)^¼/√36.
  near(lo.strengthUnit({ d: 16, k: 81, N: 36, sigma: 3 }), 3);
});

Deno.test("white overlaps by hand", () => {
  // c = ½, 1 + d/N = 1.1, ℓ² = 4 · 1.1 · 100/(4 · 20) = 5.5.
  const white = lo.whiteOverlaps({ d: 10, k: 20, N: 100, sigma: 2 }, 2);
  near(white.u2, (1 - 0.5 * 6.5 / (5.5 * 6)) / 1.1);
  near(white.v2, 1 - 6 / (5.5 * 6.5));
  assertEquals(lo.whiteOverlaps({ d: 10, k: 20, N: 100, sigma: 2 }, 0.5), { u2: 0, v2: 0 }); // ℓ² = 0.34
});

Deno.test("the linear phase: remainder, its end and the bound on the angle, from their formulas", () => {
  const problem = lo.linearProblem(diagonal([2, 1, 0.5]), matrix(3, 2, [1, 0, 0, 0.5, 0, 0]));
  // G = diag(2, ½) in the first rows: λ₁ = 2, λ₂ = ½, U = [e₁ e₂].
  const a = matrix(3, 2, [3e-3, 0, 0, 4e-3, 1e-3, 0]),
    rate = 0.1,
    phase = lo.linearPhase(problem, a, rate);
  const size = svd(a).values[0], coefficient = 4 * Math.SQRT2 * 2 * size * size / 2;
  const end = -Math.log(coefficient) / (3 * Math.log(1.2));
  near(phase.nonlinearTime, end);
  near(phase.remainder(7), coefficient * 1.2 ** 21);
  near(phase.remainder(end), 1);
  near(phase.startTangent, 1e-3 / 3e-3); // ‖b a⁺‖: b = (10⁻³, 0), a = diag(3, 4)·10⁻³
  near(phase.leadingTangent(7), 1e-3 / 3e-3 / ((1.2 ** 7 + 0.8 ** 7) / 2));
  const t = 4, delta = coefficient * 1.2 ** 12 * size, least = 3e-3; // the least of a's singular values
  const below = (1.05 ** t + 0.95 ** t) / 2 * least - delta;
  near(phase.sineBound(t), (1e-3 + delta) / below, 1e-7);
  assertGreater(phase.sineBound(t), phase.sine(t));
  assertEquals(phase.sineBound(1000), 1);
  const tilted = matrix(3, 2, [3e-3, 0, 0, 4e-3, 1e-2, 0]); // more outside than inside
  assertEquals(lo.linearPhase(problem, tilted, rate).sineBound(0), 1);
  const large = lo.linearPhase(problem, scale(a, 1e3), rate);
  assertEquals(large.nonlinearTime, 0);
  near(lo.sharpExponent({ top: 2, least: 0.5, rate: 0.1 }), Math.log(1.05) / Math.log(1.2));
});

Deno.test("contractions by hand: the bound, and a path on diagonal data", () => {
  near(lo.contractionBound({ rate: 0.5, epsilon: 0.1, rho: 0.2 }), 0.5 + 0.1 + 0.3025 * 0.25);
  // Σ̂ = diag(1.3, 0.9, 1), U = [e₁ e₂]: modes m ↦ (m − ηs(m − 1))²/m from m = s.
  const found = lo.contractionOf(diagonal([1.3, 0.9, 1]), identity(3, 2), 0.4);
  near(found.rho, 0.3);
  near(found.epsilon, 0.3);
  let m = [1.3, 0.9], worst = 0;
  for (let t = 0; t < 30; t++) {
    const next = m.map((x, i) => (x - 0.4 * [1.3, 0.9][i] * (x - 1)) ** 2 / x);
    const gap = (x: number[]) => Math.max(...x.map((v) => Math.abs(v - 1)));
    if (gap(m) > 1e-10) worst = Math.max(worst, gap(next) / gap(m));
    m = next;
  }
  near(found.worst, worst, 1e-5); // errors of 1e-10 with a rounding of 1e-16
  near(lo.scalarMap(1.3, 0.4), 1.18 ** 2 / 1.3);
});

Deno.test("floors know ranks whatever the size of the numbers", () => {
  for (const factor of [1, 1e-6, 1e6]) {
    const target = scale(multiply(lo.portableNormal(1, 6, 2), lo.portableNormal(2, 2, 5)), factor);
    const problem = lo.linearProblem(lo.covarianceOf(lo.portableNormal(3, 20, 6)), target);
    const product = scale(multiply(lo.portableNormal(4, 6, 1), lo.portableNormal(5, 1, 5)), factor);
    assertEquals(lo.offsetFloor(problem, product, 2).rank, 3);
    const limit = lo.offsetLimit(problem, product, 2);
    near(lo.offsetFloor(problem, scale(product, 1e5), 2).loss, limit, 1e-4);
    assertGreater(limit, 1e-4 * factor * factor);
    const start = lo.startOf("LoRA-SB", { gradient: problem.gradient, r: 3 });
    assertEquals(lo.startFloor(problem, start).rank, 2);
    // Two ranks of an offset: they are all that two ranks of the adapter have, and more than one has.
    const two = scale(multiply(lo.portableNormal(4, 6, 2), lo.portableNormal(5, 2, 5)), factor);
    for (const r of [1, 2]) {
      const all = lo.offsetLimit(problem, two, r),
        first = lo.offsetFloor(problem, scale(two, 1e5), 2);
      near(all, first.loss, 1e-4);
    }
    const scales = lo.floorByScale(problem, product, { r: 2, scales: [0.5, 3] });
    scales.forEach((row) =>
      near(row.loss, lo.offsetFloor(problem, scale(product, row.scale), 2).loss)
    );
  }
});

Deno.test("the model's spectral start is the best approximation of G itself unless γ says otherwise", () => {
  const g = lo.portableNormal(7, 5, 4), { a, b } = lo.spectralStart(g, 4);
  assertLess(frobeniusNorm(add(multiply(a, b), g, -1)), 1e-12);
  const half = lo.spectralStart(g, 2, 0.5), { values } = svd(g);
  near(spectralNorm(multiply(half.a, half.b)), values[0] / 2);
  near(frobeniusNorm(multiplyTN(half.a, half.a)), frobeniusNorm(multiplyNT(half.b, half.b)));
});

Deno.test("digits: angles are measured from the first step on, B = 0 has none, and energies are shares", () => {
  const setting = {
    source: [1, 3],
    target: [0, 2],
    hidden: 12,
    pretraining: 30,
    rank: 2,
    alpha: 4,
  };
  const rows = lo.angleRun({ ...setting, spread: 0.5, rate: 0.05, steps: 10 }, {
    seed: "0",
  }) as lo.AngleRow[];
  assertEquals(rows.map(({ at, layer }) => [at, layer]), [[0, 1], [0, 2], [10, 1], [10, 2]]);
  const base = lo.pretrainedNetwork(setting, "0"), { train } = lo.digitImages(setting.target);
  const gradients = lo.negativeGradients(base, train);
  const network = lo.methodNetwork({ ...lo.DIGITS_METHODS.LoRA, spread: 0.5 }, setting, "0");
  const angle = (x: Float64Array, y: Float64Array) =>
    Math.sqrt(1 - x.reduce((sum, value, i) => sum + value * y[i], 0) ** 2);
  const check = (from: number, sameB: boolean) =>
    (["layer1", "layer2"] as const).forEach((name, i) => {
      const { a, b } = network.layers[name], goal = svd(gradients[i], 1), row = rows[from + i];
      near(row.sineA, angle(svd(a!.value, 1).v.data, goal.v.data), 1e-6);
      near(row.sineB, sameB ? 1 : angle(svd(b!.value, 1).u.data, goal.u.data), 1e-6);
    });
  check(0, true);
  lo.fineTune(network, {
    update: lo.DIGITS_OPTIMIZERS.GD,
    rate: 0.05,
    steps: 10,
    target: setting.target,
  }, () => {});
  check(2, false);
  near(rows[2].loss, network.evaluate(train).loss, 1e-9);

  const one = lo.oneStepDigitsRun({ ...setting, few: 30 }, { seed: "0" }) as lo.OneStepDigitsRow[];
  const share = Math.min(
    ...gradients.map((g) => frobeniusNorm(lo.lowRankPart(g, 2)) ** 2 / frobeniusNorm(g) ** 2),
  );
  assertEquals(one.map(({ gradient }) => gradient), ["full", "rank 2", "rank 2, few images"]);
  one.forEach(({ energy }) => near(energy, share));
  const pixels = train.x.length / train.count;
  const few = { count: 30, x: train.x.slice(0, 30 * pixels), label: train.label.slice(0, 30) };
  const parts = lo.negativeGradients(base, few).map((g) => lo.lowRankPart(g, 2));
  const { eta, loss, accuracy } = lo.lineSearch(base, parts, setting.target);
  assertEquals([one[2].eta, one[2].loss, one[2].accuracy], [eta, loss, accuracy]);
});
