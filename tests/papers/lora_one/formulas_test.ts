/** Formulas away from the points where factors are 1, each against a path of its own. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { summary, where } from "lora-dynamics/experiment/mod.ts";
import {
  add,
  frobeniusNorm,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  scale,
  solvePositive,
} from "lora-dynamics/linalg/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const normal = lo.portableNormal;
const diagonal = (values: number[]): Matrix => {
  const out = matrix(values.length, values.length);
  values.forEach((x, i) => out.data[i * values.length + i] = x);
  return out;
};

Deno.test("Theorem 3.2's scale and the steps per decade, by hand", () => {
  // (1/2)^(3/2·2) · 16^(−3/4·2 − 1/2) · 4^(1/2) = 1/8 · 1/256 · 2
  const scale = lo.requiredScale({
    theta: 0.5,
    kappa: 2,
    d: 16,
    gradientNorm: 4,
    r: 4,
    targetRank: 2,
  });
  assertAlmostEquals(scale, 1 / 1024, 1e-15);
  assertAlmostEquals(lo.stepsPerDecade(1, 3), 0.5 * Math.log(10) / Math.log(4), 1e-12);
  assertAlmostEquals(lo.stepsPerDecade(0.1), 0.5 * Math.log(10) / Math.log(1.1), 1e-12);
  const time = lo.alignmentTime({ startTangent: 8, tangent: 0.25, value: 3, rate: 1 });
  assertAlmostEquals(time, 3, 1e-12); // 2·8·4^(−t) = 1/4
  assertAlmostEquals(lo.guaranteedExponent(4), 1 / 6, 1e-15);
});

Deno.test("local rates on diagonal data: every mode at both ends of its eigenvalues", () => {
  const s = [0.4, 1.7, 0.3, 2.5], covariance = diagonal(s), u = identity(4, 2), rate = 0.6;
  // U = [e₁ e₂], S = (1.5, 0.2): column j has (λ_j + S_i [i ≤ 2]) s_i.
  for (const values of [[1.5, 0.2], [0.3, 0.25]]) {
    const mus = values.flatMap((value) => s.map((x, i) => (value + (values[i] ?? 0)) * x));
    const wanted = Math.max(...mus.map((mu) => Math.abs(1 - rate * mu)));
    assertAlmostEquals(lo.gradientRate(covariance, u, { values, rate }), wanted, 1e-12);
    assertAlmostEquals(lo.largestStableRate(covariance, u, values), 2 / Math.max(...mus), 1e-12);
  }
  const mus = s.map((x, i) => (i < 2 ? 2 : 1) * x);
  assertAlmostEquals(
    lo.preconditionedRate(covariance, u, rate),
    Math.max(...mus.map((mu) => Math.abs(1 - rate * mu))),
    1e-12,
  );
  assertAlmostEquals(lo.largestStableRate(covariance, u), 2 / Math.max(...mus), 1e-12);
});

Deno.test("linearised errors are the recursion of the columns, step by step", () => {
  const covariance = lo.sampleCovariance(stream("7", "linear"), 7, 60),
    u = lo.orth(normal(1, 7, 2));
  const values = [2, 0.3], rate = 0.2, gamma = 0.8;
  const error = lo.linearisedErrors(covariance, u, { values, rate, gamma });
  const us = { ...u, data: u.data.map((x, i) => x * values[i % 2]) }, shift = multiplyNT(us, u);
  let e = add(scale(multiply(covariance, us), gamma), us, -1);
  for (let t = 0; t < 12; t++) {
    assertAlmostEquals(error(t), frobeniusNorm(e) / Math.hypot(...values), 1e-10);
    const pull = multiply(covariance, e), far = multiply(shift, pull);
    e = {
      ...e,
      data: e.data.map((x, i) => x - rate * (values[i % 2] * pull.data[i] + far.data[i])),
    };
  }
});

Deno.test("a frozen middle floor with V: the least loss over R, by a dense solve", () => {
  const problem = lo.linearProblem(
    lo.sampleCovariance(stream("7", "middle"), 5, 30),
    normal(1, 5, 4),
  );
  const u = lo.orth(normal(2, 5, 2)),
    v = lo.orth(normal(3, 4, 3)),
    floor = lo.middleFloor(problem, u, v);
  // vec(R) by least squares over the 6 products u_i v_jᵀ.
  const products = [0, 1].flatMap((i) =>
    [0, 1, 2].map((j) => {
      const out = matrix(5, 4);
      out.data.forEach((_, at) =>
        out.data[at] = u.data[Math.floor(at / 4) * 2 + i] * v.data[at % 4 * 3 + j]
      );
      return out;
    })
  );
  const inner = (x: Matrix, y: Matrix) =>
    multiply(problem.covariance, y).data.reduce((sum, z, i) => sum + z * x.data[i], 0);
  const gram = matrix(6, 6, products.flatMap((x) => products.map((y) => inner(x, y))));
  const right = matrix(6, 1, products.map((x) => inner(x, problem.target)));
  const r = solvePositive(gram, right);
  const best = products.reduce((sum, x, i) => add(sum, x, r.data[i]), matrix(5, 4));
  assertAlmostEquals(floor.loss, lo.lossOf(problem, add(best, problem.target, -1)), 1e-12);
  assertAlmostEquals(floor.risk, lo.riskOf(add(best, problem.target, -1)), 1e-12);
  assert(lo.middleFloor(problem, u).loss < floor.loss);
});

Deno.test("floors under label noise: nothing of the rank is below, the run stops there", () => {
  const problem = lo.drawProblem({ d: 8, k: 6, N: 40, values: [1, 0.6], noise: 0.5 }, "floors");
  const start = lo.startOf("LoRA-One", { gradient: problem.gradient, r: 2 }),
    floor = lo.startFloor(problem, start);
  const run = new lo.LoraDescent(problem, start, {
    rate: 0.3,
    optimiser: "preconditioned",
    damping: 1e-6,
  });
  assertAlmostEquals(run.advance(2000).loss(), floor.loss, 1e-9);
  assertAlmostEquals(run.risk(), floor.risk, 1e-4);
  assertEquals(floor.rank, 6); // the data ask for full rank
});

Deno.test("the leak of rows is the part outside, and 0 inside", () => {
  const v = identity(4, 2), b = matrix(1, 4, [3, 0, 4, 0]);
  assertAlmostEquals(lo.leakOf(b, v), 0.8, 1e-14);
  assertEquals(lo.leakOf(matrix(1, 4, [3, 1, 0, 0]), v), 0);
});

Deno.test("a start in law has d − r* further directions, and the one-step law N samples", () => {
  const sizes = { d: 9, r: 3, targetRank: 2, initStd: 0.5 };
  const traces = Array.from({ length: 3000 }, (_, i) => {
    const { b } = lo.sampleReducedStart(stream("7", "law", i), sizes);
    return frobeniusNorm(b) ** 2;
  });
  const { mean, se } = summary(traces); // r (d − r*) α², against r d α² = 6.75
  assertLess(Math.abs(mean - 3 * 7 * 0.25), 4 * se);
  assertLess(4 * se, 0.5);
});

Deno.test("runs of the basin know the condition number and the optimiser", () => {
  const cell = { d: 12, ratio: 20, rank: 3, eta: 0.4, gamma: 1, goal: 1e-6, most: 3000 };
  const steps = (kappa: number, optimiser: "gd" | "preconditioned") =>
    (lo.basinRun({ ...cell, kappa, optimiser }, { seed: "7" }) as lo.BasinRow).steps!;
  assertGreater(steps(20, "gd"), 5 * steps(1, "gd"));
  assertEquals(steps(20, "preconditioned"), steps(1, "preconditioned"));
});

Deno.test("paths: the plane is centred, and LoRA-One's path is not LoRA's", () => {
  const paths = ["Full", "LoRA", "LoRA-One"].map((name) => (
    { adapter: lo.DIGITS_METHODS[name as "LoRA"], rate: 0.05 }
  ));
  const setting = {
    source: [1, 3],
    target: [0, 2],
    hidden: 12,
    pretraining: 30,
    rank: 2,
    alpha: 4,
  };
  const rows = lo.pathRun({ paths, update: lo.DIGITS_OPTIMIZERS.GD, steps: 30, ...setting }, {
    seed: "0",
  }) as lo.PathRow[];
  const full = where(rows, "method", "Full"),
    mean = (key: "x" | "y") => summary(full.map((row) => row[key])).mean;
  // Principal axes: coordinates around their means are uncorrelated.
  const product = full.reduce((sum, { x, y }) => sum + (x - mean("x")) * (y - mean("y")), 0);
  const size = (key: "x" | "y") =>
    Math.sqrt(full.reduce((sum, row) => sum + (row[key] - mean(key)) ** 2, 0));
  assertLess(Math.abs(product) / (size("x") * size("y")), 1e-9);
  const end = (method: string) => where(rows, "method", method).at(-1)!;
  assertGreater(
    Math.hypot(end("LoRA").x - end("LoRA-One").x, end("LoRA").y - end("LoRA-One").y),
    0.1,
  );
  const first = where(rows, "method", "LoRA-One")[0];
  assertGreater(Math.hypot(first.x, first.y), 1e-3);
  assertAlmostEquals(
    Math.hypot(where(rows, "method", "LoRA")[0].x, where(rows, "method", "LoRA")[0].y),
    0,
    1e-9,
  );
});

Deno.test("the risk of a noisy start, from its parts", () => {
  const sizes = { d: 120, k: 60, N: 500, sigma: 0.7 },
    lambda = 3 * lo.strengthUnit(sizes),
    gamma = 0.6;
  const { u2, v2, top } = lo.noisyOverlaps(sizes, lambda);
  // ‖γs ûv̂ᵀ − λuvᵀ‖²/λ² = 1 + (γs/λ)² − 2γ(s/λ)⟨û, u⟩⟨v̂, v⟩.
  const wanted = 1 + (gamma * top / lambda) ** 2 -
    2 * gamma * top / lambda * Math.sqrt(u2) * Math.sqrt(v2);
  assertAlmostEquals(lo.noisyStartRisk(sizes, lambda, gamma), wanted, 1e-12);
  const below = lo.noisyOverlaps(sizes, 0.2 * lambda / 3);
  assertEquals([below.u2, below.v2], [0, 0]);
  // Below the threshold the leading value is the edge of the noise: measured on one large draw.
  const rows = Array.from(
    { length: 6 },
    (_, i) =>
      (lo.noiseRun({ ...sizes, strengths: [1e-9] }, { seed: `edge/${i}` }) as lo.NoiseRow[])[0].top,
  );
  assertAlmostEquals(summary(rows).mean / below.top, 1, 0.03);
});

Deno.test("factors and rates of activations", () => {
  assertAlmostEquals(lo.spectralFactor("2 * z", 5), 0.25, 1e-12);
  assertAlmostEquals(lo.spectralFactor("relu", 0.3), 2, 1e-12);
  // sin: E cos²(sz) = (1 + e^(−2s²))/2.
  assertAlmostEquals(lo.spectralFactor("sin(z)", 0.7), 2 / (1 + Math.exp(-0.98)), 1e-10);
  const relu = lo.activationRates("relu", { size: 3, rate: 0.4, least: 0.25 });
  relu.forEach((rate) => assertAlmostEquals(rate, 0.95, 1e-12));
  // sin: E cos²(sz)z² = (1 + (1 − 4s²)e^(−2s²))/2.
  const s2 = 0.49,
    across = (1 + Math.exp(-2 * s2)) / 2,
    along = (1 + (1 - 4 * s2) * Math.exp(-2 * s2)) / 2;
  const [low, high] = lo.activationRates("sin(z)", { size: 0.7, rate: 0.3, least: 0.5 });
  assertAlmostEquals(low, 1 - 0.15 * across, 1e-10);
  assertAlmostEquals(high, 1 - 0.15 * along, 1e-10);
});

Deno.test("the closed recursion says when a step is too large", () => {
  const covariance = lo.sampleCovariance(stream("7", "wild"), 9, 30), u = lo.orth(normal(1, 9, 3));
  assertThrows(
    () => lo.productTrajectory(covariance, u, { rate: 1.9, steps: 200 }),
    RangeError,
    "Cannot follow",
  );
});

Deno.test("a run in the activation model ends a million times above its start, or above 1", () => {
  const tenfold: lo.Optimiser = {
    name: "tenfold",
    begin: () => ({ a }) => a.data.forEach((x, i) => a.data[i] = 10 * x),
  };
  // The errors grow tenfold: of several mantissas some end just above the bound.
  for (const size of [40, 0.01, 0.013, 0.017, 0.025, 0.04, 0.07]) {
    const problem = lo.activationProblem(1, size, { d: 6, weightSize: 100 });
    const gradient = lo.populationGradients(problem), model = lo.activationModel(problem, gradient);
    const { errors, status } = lo.activationErrors(problem, gradient, {
      ...{ rate: 0.1, steps: 30, r: 2, gamma: 1, optimiser: tenfold },
    });
    const end = 1e6 * Math.max(errors[0], 1);
    assert(errors.at(-2)! < end && errors.at(-1)! >= end, `${errors}`);
    assertEquals(status, `diverged at step ${errors.length - 1}: lower rate`);
    // The model has no other loss than its risk.
    const start = lo.startOf("LoRA-One", { gradient: gradient(problem.weight), r: 2, gamma: 1 });
    assertAlmostEquals(model.loss(start) / (errors[0] ** 2 / 2), 1, 1e-12);
  }
});

Deno.test("runs in the activation model that diverge end with a status", () => {
  const problem = lo.activationProblem(1), gradient = lo.populationGradients(problem);
  for (const optimiser of ["gd", "preconditioned"] as const) {
    const { errors, status } = lo.activationErrors(problem, gradient, {
      ...{ rate: optimiser === "gd" ? 50 : 5, steps: 60, r: 2, gamma: 2, optimiser },
    });
    assert(errors.every(Number.isFinite));
    assert(status.startsWith("diverged"), status);
  }
});
