/** Runs of the paper's tasks against plain loops and dense decompositions on the same draws. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  add,
  frobeniusNorm,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  scale,
  solvePositive,
  solvePositiveRight,
  spectralNorm,
  svd,
} from "lora-dynamics/linalg/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
import { diagonal, near } from "./_by_hand.ts";
import { bartlett, stream } from "lora-dynamics/random/mod.ts";

/** `‖(I − UUᵀ)P‖_op` with `P` the leading left vectors of a matrix. */
const sineOf = (a: Matrix, u: Matrix) => {
  const p = svd(a, u.columns).u;
  return spectralNorm(add(p, multiply(u, multiplyTN(u, p)), -1));
};

Deno.test("noiseRun() has the leading triple of the gradient written out, at every strength", () => {
  for (const [d, k, N, sigma] of [[9, 5, 20, 0.7], [4, 11, 30, 2]]) {
    const strengths = [0.05, 0.8, 3], cell = { d, k, N, sigma, strengths };
    const rows = lo.noiseRun(cell, { seed: "dense" }) as lo.NoiseRow[];
    const rng = stream("dense", "noise", d, k, N), root = matrix(d, d, bartlett(rng, N, d));
    const z = matrix(d, k, rng.fillNormal(new Float64Array(d * k)));
    const covariance = scale(multiplyNT(root, root), 1 / N);
    strengths.forEach((lambda, at) => {
      const shift = matrix(d, k);
      shift.data[0] = lambda;
      const g = add(multiply(covariance, shift), multiply(root, z), sigma / N);
      const { u, values, v } = svd(g, 1), row = rows[at];
      assertEquals(row.lambda, lambda);
      near(row.top, values[0]);
      near(row.u2, u.data[0] ** 2, 1e-7);
      near(row.v2, v.data[0] ** 2, 1e-7);
      near(row.uv, u.data[0] * v.data[0], 1e-7);
    });
  }
  const g = lo.portableNormal(1, 6, 5), rough = lo.leadingTriple(g, 1), exact = svd(g, 1).values[0];
  near(Math.hypot(...rough.u), 1);
  near(Math.hypot(...rough.v), 1);
  near(frobeniusNorm(multiply(g, matrix(5, 1, rough.v))), rough.value);
  assert(rough.value < exact && rough.value > 0.3 * exact);
  assertThrows(() => lo.leadingTriple(g, 0), RangeError, "steps must be an integer >= 1");
});

Deno.test("scaleRun() is plain descent on its instance: least and last angle, and risk", () => {
  const cell = { d: 12, N: 50, values: [1.5, 0.6], r: 3, variance: 0.04, eta: 0.05, steps: 67 };
  const found = lo.scaleRun(cell, { seed: "dense" }) as lo.ScaleRow;
  const rng = stream("dense", "scale", 12);
  const u = lo.orth(matrix(12, 2, rng.stream("target").fillNormal(new Float64Array(24))));
  const target = multiply(u, diagonal(cell.values));
  const problem = lo.linearProblem(lo.sampleCovariance(rng.stream("data"), 12, 50), target);
  const goal = svd(problem.gradient, 2).u;
  let a = scale(matrix(12, 3, rng.stream("start").fillNormal(new Float64Array(36))), 0.2);
  let b = matrix(3, 2), least = 1;
  for (let t = 0;; t++) {
    if (t % 10 === 0) least = Math.min(least, sineOf(a, goal));
    if (t === 67) break;
    const j = add(problem.gradient, multiply(problem.covariance, multiply(a, b)), -1);
    [a, b] = [add(a, multiplyNT(j, b), 0.05), add(b, multiplyTN(a, j), 0.05)];
  }
  near(found.sine, least, 1e-7);
  near(found.end, sineOf(a, goal), 1e-7);
  near(found.risk, frobeniusNorm(add(multiply(a, b), target, -1)) ** 2 / 2);
});

Deno.test("basinRun() counts plain steps until every mode has the error, for both optimisers", () => {
  const cell = { d: 7, ratio: 8.5, rank: 2, eta: 0.3, kappa: 4, gamma: 0.8, goal: 1e-3, most: 400 };
  for (const optimiser of ["gd", "preconditioned"] as const) {
    const found = lo.basinRun({ ...cell, optimiser }, { seed: "dense" }) as lo.BasinRow;
    const rng = stream("dense", "basin", 7, 8.5);
    const u = lo.orth(matrix(7, 2, rng.stream("target").fillNormal(new Float64Array(14))));
    const target = multiply(u, diagonal([1, 0.25])); // from 1 down to 1/κ
    const covariance = lo.sampleCovariance(rng.stream("data"), 7, 60); // 59.5 samples, rounded
    const gradient = multiply(covariance, target), first = svd(gradient);
    const root = diagonal([...first.values].map((s) => Math.sqrt(0.8 * s)));
    let a = multiply(first.u, root), b = multiplyNT(root, first.v), steps = 0;
    for (;; steps++) {
      const e = add(multiply(a, b), target, -1);
      const modes = multiply(e, diagonal([1, 4])); // the error of each mode over its size
      if (frobeniusNorm(modes) / Math.SQRT2 < 1e-3) break;
      const j = scale(multiply(covariance, e), -1);
      const [da, db] = [multiplyNT(j, b), multiplyTN(a, j)];
      const plain = optimiser === "gd";
      [a, b] = [
        add(a, plain ? da : solvePositiveRight(da, multiplyNT(b, b)), 0.3),
        add(b, plain ? db : solvePositive(multiplyTN(a, a), db), 0.3),
      ];
    }
    assertEquals(found.steps, steps);
    assertEquals(
      (lo.basinRun({ ...cell, optimiser, most: steps - 1 }, { seed: "dense" }) as lo.BasinRow)
        .steps,
      null,
    );
  }
});

/** Descent on the population `½‖AB − Δ‖²`, `Δ = diag(values)` in the first rows, from a reduced start. */
function population(values: readonly number[], start: lo.ReducedStart, eta: number) {
  const n = values.length, r = start.a.columns;
  const target = matrix(n + r, n), u = identity(n + r, n);
  values.forEach((x, i) => target.data[i * n + i] = x);
  let a = matrix(n + r, r, Float64Array.from([...start.a.data, ...start.b.data])), b = matrix(r, n);
  return {
    step: () => {
      const j = add(target, multiply(a, b), -1);
      [a, b] = [add(a, multiplyNT(j, b), eta), add(b, multiplyTN(a, j), eta)];
    },
    sine: () => sineOf(a, u),
    learnt: () => multiply(a, b).data[0] / values[0],
    risk: () => frobeniusNorm(add(multiply(a, b), target, -1)) ** 2 / 2,
  };
}

Deno.test("alignmentRun() and escapeRun() count the steps of plain descent on the population", () => {
  const eta = 0.1, sizes = { d: 40, r: 4, targetRank: 2, initStd: 1e-3 };
  const aligned = { d: 40, r: 4, values: [1, 0.8], initStd: 1e-3, eta, level: 0.3, most: 500 };
  const found = lo.alignmentRun(aligned, { seed: "dense" }) as lo.AlignmentRow;
  const one = population(
    [1, 0.8],
    lo.sampleReducedStart(stream("dense", "alignment", 40), sizes),
    eta,
  );
  let steps = 0;
  for (; !(one.sine() < 0.3); steps++) one.step();
  assertEquals(found.steps, steps);
  assertEquals(
    (lo.alignmentRun({ ...aligned, most: 3 }, { seed: "dense" }) as lo.AlignmentRow).steps,
    null,
  );

  const escape = lo.escapeRun({ d: 40, r: 4, kappa: 2.5, initStd: 1e-3, eta }, {
    seed: "dense",
  }) as lo.EscapeRow;
  const start = lo.sampleReducedStart(stream("dense", "escape"), sizes);
  const two = population([1, 0.4], start, eta), fast = new lo.ReducedDescent([1, 0.4], start, eta);
  for (steps = 0; !(two.learnt() > 0.5); steps++) two.step();
  assertEquals(escape.steps, steps);
  near(escape.tangent, Math.tan(Math.asin(two.sine())), 1e-7);
  while (fast.steps < steps) fast.step();
  near(fast.risk(), two.risk());
  near(fast.loss(), two.risk());
  near(fast.learnt(), two.learnt());
  assertEquals(fast.firstBelow((run) => 1 - run.learnt(), 0.9, 500), steps); // already below: at once
});

Deno.test("activationRun() is descent on the samples of its seed, and on the population for N = 0", () => {
  const cell: Omit<lo.ActivationCell, "N"> = {
    ...{ activation: "tanh(z)", d: 5, rank: 2, r: 2, weightSize: 1.5, size: 0.4, kappa: 3 },
    ...{ optimiser: "gd", damping: 0, eta: 0.3, gamma: 1.2, steps: 4 },
  };
  for (const N of [17, 0]) {
    const rows = lo.activationRun({ ...cell, N }, { seed: "dense" }) as lo.ActivationRow[];
    const problem = lo.activationProblem(3, 0.4, cell), { weight, target } = problem;
    const x = matrix(
      N || 1,
      5,
      stream("dense", "relu", N).fillNormal(new Float64Array(5 * (N || 1))),
    );
    const wanted = multiply(x, add(weight, target)),
      y = { ...wanted, data: wanted.data.map(Math.tanh) };
    const population = lo.populationGradients(problem),
      layer = { x, y, weight, activation: "tanh(z)" };
    const gradient = (at: lo.Adapter) =>
      N > 0 ? lo.negativeGradient(layer, at) : population(add(weight, multiply(at.a, at.b)));
    let at = lo.spectralStart(gradient({ a: matrix(5, 1), b: matrix(1, 5) }), 2, 1.2);
    assertEquals(rows.length, 5);
    for (const row of rows) {
      near(row.error, frobeniusNorm(add(multiply(at.a, at.b), target, -1)));
      const j = gradient(at);
      at = { a: add(at.a, multiplyNT(j, at.b), 0.3), b: add(at.b, multiplyTN(at.a, j), 0.3) };
    }
  }
});

Deno.test("oneStepRun() measures the gradient of its own rows, also of a reader's law", () => {
  const signs = (rng: { uniform(): number }) => rng.uniform() < 0.5 ? -1 : 1;
  for (const entry of [undefined, signs]) {
    const cell = { d: 6, N: 15, rank: 3, norm: true, ...(entry ? { entry } : {}) };
    const row = lo.oneStepRun(cell, { seed: "dense" }) as lo.OneStepRow;
    const rng = stream("dense", "data", 6, 15), data = new Float64Array(90);
    if (entry) data.forEach((_, i) => data[i] = entry(rng));
    else rng.fillNormal(data);
    const x = matrix(15, 6, data);
    const u = lo.orth(
      matrix(6, 3, stream("dense", "target", 6, 15).fillNormal(new Float64Array(18))),
    );
    const target = multiply(u, diagonal([1, 2 / 3, 1 / 3]));
    const covariance = scale(multiplyTN(x, x), 1 / 15), g = multiply(covariance, target);
    const error = add(g, target, -1), size = 1 + 4 / 9 + 1 / 9;
    near(row.square, frobeniusNorm(error) ** 2 / size);
    near(row.op, spectralNorm(error), 1e-7);
    near(row.covariance!, spectralNorm(add(covariance, identity(6), -1)), 1e-7);
    near(row.power, frobeniusNorm(g) ** 2 / size);
    near(row.inner, (row.power + 1 - row.square) / 2);
    near(row.sine, sineOf(g, u), 1e-7);
    assertEquals(
      (lo.oneStepRun({ ...cell, norm: false }, { seed: "dense" }) as lo.OneStepRow).covariance,
      null,
    );
  }
});

Deno.test("a start and its angle in law are what their draws say, by dense matrices", () => {
  const sizes = { d: 11, r: 4, targetRank: 3, initStd: 0.3 };
  const { a, b } = lo.sampleReducedStart(stream("dense", "reduced"), sizes);
  const rng = stream("dense", "reduced"), normals = rng.fillNormal(new Float64Array(12));
  const c = matrix(4, 4, bartlett(rng, 8, 4));
  near(frobeniusNorm(add(a, matrix(3, 4, normals), -0.3)) + 1, 1);
  near(frobeniusNorm(add(multiplyTN(b, b), multiplyNT(c, c), -0.09)) + 1, 1); // bᵀb = α²CCᵀ

  // tan² = λ_max(W₂⁻¹W₁), the largest value of T₂⁻¹T₁.
  for (const [outside, rank, dof] of [[9, 4, 13], [2, 2, 5], [7, 1, 3]]) {
    const found = lo.sampleTangent(stream("dense", "tangent"), { outside, rank, dof });
    const draws = stream("dense", "tangent");
    const below = matrix(rank, rank, bartlett(draws, dof, rank));
    const above = matrix(rank, rank, bartlett(draws, outside, rank));
    const gram = multiplyTN(below, below);
    near(found, spectralNorm(solvePositive(gram, multiplyTN(below, above))), 1e-7);
    near(lo.sineOfTangent(found), Math.sin(Math.atan(found)));
  }

  const tangent = lo.gaussianStartTangent(stream("dense", "direct"), { d: 9, r: 5, targetRank: 2 });
  const direct = stream("dense", "direct");
  const top = matrix(2, 5, direct.fillNormal(new Float64Array(10)));
  const rest = matrix(7, 5, direct.fillNormal(new Float64Array(35)));
  const { u, values, v } = svd(top); // a⁺ = V S⁻¹ Uᵀ
  const inverse = multiplyNT(multiply(v, diagonal([...values].map((x) => 1 / x))), u);
  near(tangent, spectralNorm(multiply(rest, inverse)), 1e-7);
});

Deno.test("a watched run is given up at the first of every ten steps whose loss is beyond the bound", () => {
  // With A frozen B's distance from its best grows by |1 − ηAᵀΣ̂A| = 1.7 a step.
  const problem = lo.linearProblem(diagonal([2, 1]), matrix(2, 1, [1, 1]));
  const start = { a: matrix(2, 1, [1, 0.5]), b: matrix(1, 1, [0.5]) };
  const options = { rate: 1.2, rates: { A: 0 } };
  for (const most of [1e3, 1e12]) {
    const plain = new lo.LoraDescent(problem, start, options).advance(10);
    while (plain.loss() <= most) plain.advance(plain.steps + 10);
    const watched = new lo.LoraDescent(problem, start, { ...options, most });
    watched.advance(500, () => {});
    assertEquals(watched.steps, plain.steps);
    assert(watched.status.startsWith(`diverged at step ${plain.steps}: lower rate`));
  }
});

Deno.test("monteCarlo() is the mean over its own rows: gradient, risk and standard error", () => {
  const { gradient, risk, se } = lo.monteCarlo(20_000, "dense");
  const rng = stream("dense", "closed forms"), { weight, target } = lo.activationProblem(2, 3);
  const x = matrix(20_000, 20, rng.normals(400_000)), goal = add(weight, target);
  const now = multiply(x, weight), wanted = multiply(x, goal);
  const risks = new Float64Array(20_000);
  now.data.forEach((z, i) =>
    risks[Math.floor(i / 20)] += (Math.max(0, z) - Math.max(0, wanted.data[i])) ** 2
  );
  const mean = risks.reduce((sum, value) => sum + value / 20_000, 0);
  near(risk, mean);
  const spread = risks.reduce((sum, value) => sum + (value - mean) ** 2 / 20_000, 0);
  near(se, Math.sqrt(spread / 20_000));
  const y = { ...wanted, data: wanted.data.map((z) => Math.max(0, z)) };
  const at = { a: matrix(20, 1), b: matrix(1, 20) }, exact = lo.populationGradient(weight, goal);
  const sampled = lo.negativeGradient({ x, y, weight, activation: "relu" }, at);
  near(gradient, frobeniusNorm(add(sampled, exact, -1)) / frobeniusNorm(exact));
  // Two batches weigh the same: their mean is nearer.
  assert(lo.monteCarlo(40_000, "dense").gradient < gradient);
});
