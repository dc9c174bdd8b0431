import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ksTwoSample, summary } from "lora-dynamics/experiment/mod.ts";
import {
  add,
  frobeniusNorm,
  identity,
  matrix,
  multiply,
  spectralNorm,
} from "lora-dynamics/linalg/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
import { portable, stream } from "lora-dynamics/random/mod.ts";
import golden from "../../golden/lora-one.json" with { type: "json" };

const close = (value: number, wanted: number, rel: number) =>
  assertLess(Math.abs(value / wanted - 1), rel, `${value} against ${wanted}`);

Deno.test("the toy problem has the reference's gradient and one-step errors", () => {
  const { toy } = golden, problem = lo.toyProblem();
  lo.directionsOf(problem.gradient).values
    .forEach((s, i) => close(s, toy.singularValues[i], 1e-11));
  const one = identity(100);
  close(spectralNorm(add(problem.covariance, one, -1)), toy.covariance, 1e-10);
  const start = lo.startOf("LoRA-One", { gradient: problem.gradient, r: 8 });
  const error = lo.errorOf(problem, start);
  close(spectralNorm(error), toy.startError, 1e-10);
  close(frobeniusNorm(error) ** 2, toy.startSquare, 1e-10);
  const u = lo.topLeft(problem.target, 4);
  close(lo.sineBetween(lo.directionsOf(problem.gradient).u, u), toy.angle, 1e-10);
});

Deno.test("the linear phase gives the reference's angles, whatever the scale of the start", () => {
  const problem = lo.toyProblem();
  for (const initStd of [1, 1e-6]) {
    const phase = lo.linearPhase(problem, lo.toyStart(initStd).a, 1 / 64);
    for (const [t, mark] of Object.entries(golden.toy.marks["0.0001"])) {
      assertAlmostEquals(phase.sine(Number(t)), mark.sin_lin, 1e-9);
      close(phase.leadingTangent(Number(t)), mark.tan_lead, 1e-9);
    }
  }
});

Deno.test("the linear phase solves the linearised recursion, step by step", () => {
  const problem = lo.linearProblem(
    lo.sampleCovariance(stream("7", "phase"), 6, 30),
    lo.portableNormal(1, 6, 4),
  );
  const a0 = lo.portableNormal(2, 6, 5), rate = 0.01;
  const phase = lo.linearPhase(problem, a0, rate), g = problem.gradient;
  let a = a0, b = matrix(5, 4);
  for (let t = 0; t < 12; t++) {
    const now = phase.factors(t);
    assertLess(frobeniusNorm(add(now.a, a, -1)) + frobeniusNorm(add(now.b, b, -1)), 1e-12);
    const gb = multiply(g, transposeOf(b)), ag = multiply(transposeOf(a), g);
    [a, b] = [add(a, gb, rate), add(b, ag, rate)];
  }
});

function transposeOf({ rows, columns, data }: ReturnType<typeof matrix>) {
  return matrix(
    columns,
    rows,
    Float64Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]),
  );
}

Deno.test("for r = r* the leading tangent is exact", () => {
  const problem = lo.linearProblem(identity(8), lo.orth(lo.portableNormal(1, 8, 3)));
  const phase = lo.linearPhase(problem, lo.portableNormal(2, 8, 3), 0.05);
  for (const t of [0, 5, 40]) {
    close(lo.sineOfTangent(phase.leadingTangent(t)), phase.sine(t), 1e-10);
  }
  const wide = lo.linearPhase(problem, lo.portableNormal(2, 8, 5), 0.05);
  assert(Math.abs(lo.sineOfTangent(wide.leadingTangent(0)) / wide.sine(0) - 1) > 1e-3);
});

Deno.test("the Wishart law is that of data for any shape; another dof is told apart", () => {
  const data = Array.from({ length: 300 }, (_, i) => {
    const row = lo.oneStepRun({ d: 12, N: 40, rank: 2, norm: false }, { seed: `7/${i}` });
    return (row as lo.OneStepRow).sine;
  });
  const law = lo.lawOfSines([12, 40, 2], 3000);
  assert(ksTwoSample(data, law).p > 1e-3);
  assertLess(ksTwoSample(data, lo.lawOfSines([12, 48, 2], 3000)).p, 1e-3);
});

Deno.test("a random start has the law of a one-step gradient of r samples", () => {
  const rng = stream("7", "direct"), options = { d: 30, r: 5, targetRank: 3 };
  const direct = Array.from({ length: 800 }, () => lo.gaussianStartTangent(rng, options));
  const draw = (dof: number) => {
    const other = stream("7", "law", dof);
    return Array.from(
      { length: 3000 },
      () => lo.sampleTangent(other, { outside: 27, rank: 3, dof }),
    );
  };
  assert(ksTwoSample(direct, draw(5)).p > 1e-3);
  assertLess(ksTwoSample(direct, draw(6)).p, 1e-6);
});

Deno.test("shrinkage minimises the one-step error", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 2000 }), (d, more) => {
      const sizes = { d, N: d + more }, best = lo.bestShrinkage(sizes);
      const least = lo.oneStepError(sizes, best);
      assertAlmostEquals(least, 1 - best, 1e-12);
      for (const gamma of [0.9 * best, 1.1 * best, 1]) {
        assert(lo.oneStepError(sizes, gamma) >= least - 1e-15);
      }
    }),
    { seed: 7, numRuns: 100 },
  );
});

Deno.test("the closed recursion is right-equivariant and maps a single mode by the scalar map", () => {
  const covariance = lo.sampleCovariance(stream("7", "recursion"), 9, 60);
  const u = lo.orth(lo.portableNormal(1, 9, 3)), c = lo.portableNormal(2, 3, 3);
  const options = { rate: 0.4, steps: 15 };
  const base = lo.productTrajectory(covariance, u, options);
  const moved = lo.productTrajectory(covariance, multiply(u, c), options);
  assertLess(frobeniusNorm(add(multiply(base[15], c), moved[15], -1)), 1e-10);
  const [, one] = lo.productTrajectory(identity(2), matrix(2, 1, [1, 0]), {
    rate: 0.3,
    gamma: 0.6,
    steps: 1,
  });
  assertAlmostEquals(one.data[0], lo.scalarMap(0.6, 0.3), 1e-14);
});

Deno.test("local rates of Σ̂ = I are 1 − η and 1 − ηκ⁻¹", () => {
  const u = lo.orth(lo.portableNormal(3, 10, 2)), one = identity(10);
  assertAlmostEquals(lo.preconditionedRate(one, u, 0.3), 0.7, 1e-12);
  const rate = lo.gradientRate(one, u, { values: [1, 0.1], rate: 0.3 });
  assertAlmostEquals(rate, 1 - 0.03, 1e-12);
});

Deno.test("no rank-r matrix is below the floor, and the floor is reached", () => {
  const problem = lo.linearProblem(
    lo.sampleCovariance(stream("7", "floor"), 6, 20),
    lo.portableNormal(1, 6, 5),
  );
  const product = lo.portableNormal(2, 6, 5), floor = lo.offsetFloor(problem, product, 2);
  const m = add(problem.target, product);
  const shifted = lo.linearProblem(problem.covariance, m);
  for (let i = 0; i < 50; i++) {
    const near = { a: lo.portableNormal(100 + i, 6, 2), b: lo.portableNormal(200 + i, 2, 5) };
    assert(lo.lossOf(shifted, lo.errorOf(shifted, near)) > floor.loss);
  }
  const start = lo.startOf("LoRA-One", { gradient: shifted.gradient, r: 2 });
  const run = new lo.LoraDescent(shifted, start, {
    rate: 0.3,
    optimiser: "preconditioned",
    damping: 1e-6,
  }).advance(800);
  close(run.loss(), floor.loss, 1e-8);
  close(run.risk(), floor.risk, 1e-5);
  const left = lo.topLeft(problem.gradient, 5);
  assert(lo.middleFloor(problem, left).loss >= -1e-15);
});

Deno.test("overlaps vanish at the critical strength and tend to the noiseless values", () => {
  const sizes = { d: 400, k: 200, N: 8000, sigma: 1 }, critical = lo.criticalStrength(sizes);
  const below = lo.noisyOverlaps(sizes, 0.999 * critical);
  assertEquals([below.u2, below.v2], [0, 0]);
  assertLess(lo.noisyOverlaps(sizes, 1.001 * critical).u2, 5e-3);
  const strong = lo.noisyOverlaps(sizes, 1e3);
  assertAlmostEquals(strong.u2, 1 / (1 + 400 / 8000), 1e-5); // ‖Σ̂u‖² = 1 + d/N, uᵀΣ̂u = 1
  assertAlmostEquals(strong.v2, 1, 1e-6);
  assert(lo.noisyStartRisk(sizes, 0.5 * critical) > 1);
  assertLess(lo.noisyStartRisk(sizes, 5 * critical), 1);
});

Deno.test("for many samples the theory of noise is that of white noise, for few it is the data's", () => {
  const many = { d: 300, k: 700, N: 3e7, sigma: 2 };
  for (const ratio of [1.2, 2, 5]) {
    const lambda = ratio * lo.strengthUnit(many), exact = lo.noisyOverlaps(many, lambda);
    const white = lo.whiteOverlaps(many, lambda);
    assertAlmostEquals(exact.u2, white.u2, 5e-3);
    assertAlmostEquals(exact.v2, white.v2, 5e-3);
    // The leading value of white noise with a spike, √((1 + ℓ²)(c + ℓ²))/ℓ in its units.
    const unit = many.sigma * Math.sqrt(many.k / many.N),
      c = many.d / many.k,
      l2 = (lambda / unit) ** 2;
    close(exact.top, unit * Math.sqrt((1 + l2) * (c + l2) / l2), 5e-3);
  }
  // d/N = 1/3, another shape and noise: eigenvectors of sampled gradients, by a dense decomposition.
  const sizes = { d: 150, k: 240, N: 450, sigma: 3 }, lambda = 2 * lo.strengthUnit(sizes);
  const rows = Array.from({ length: 24 }, (_, i) => {
    const cell = { ...sizes, strengths: [lambda] };
    return (lo.noiseRun(cell, { seed: `9/${i}` }) as lo.NoiseRow[])[0];
  });
  const theory = lo.noisyOverlaps(sizes, lambda),
    of = (key: "u2" | "v2" | "top") => summary(rows.map((r) => r[key]));
  for (const key of ["u2", "v2", "top"] as const) {
    assertLess(Math.abs(of(key).mean - theory[key]), 4 * of(key).se + 0.01);
  }
  assertLess(of("v2").mean + 4 * of("v2").se, lo.whiteOverlaps(sizes, lambda).v2);
});

Deno.test("the closed form of the ReLU gradient is minus the slope of half the risk, and golden", () => {
  const { weight, target } = lo.activationProblem(2, 3), goal = add(weight, target);
  const j = lo.populationGradient(weight, goal), { relu } = golden;
  close(frobeniusNorm(j), relu.J_F, 1e-10);
  close(j.data[0], relu.J00, 1e-9);
  close(lo.largestAngle(weight, goal), relu.phi_max, 1e-10);
  close(lo.populationRisk(weight, goal), relu.risk, 1e-9);
  for (const i of [0, 17, 205]) {
    const moved = (by: number) => {
      const data = weight.data.slice();
      data[i] += by;
      return 0.5 * lo.populationRisk({ ...weight, data }, goal);
    };
    assertAlmostEquals(j.data[i], (moved(-1e-4) - moved(1e-4)) / 2e-4, 1e-6);
  }
});

Deno.test("the mean leading tangent predicts the alignment time of runs in law", () => {
  const rng = stream("7", "time"),
    times = Array.from({ length: 400 }, () =>
      lo.alignmentTime({
        startTangent: lo.sampleTangent(rng, { outside: 9996, rank: 4, dof: 8 }),
        tangent: 1 / Math.sqrt(3),
        value: 1,
        rate: 1 / 64,
      }));
  const runs = Array.from({ length: 40 }, (_, i) => {
    const cell = {
      d: 1e4,
      r: 8,
      values: [1, 1, 1, 1],
      initStd: 1e-8,
      eta: 1 / 64,
      level: 0.5,
      most: 20000,
    };
    return (lo.alignmentRun(cell, { seed: `8/${i}` }) as lo.AlignmentRow).steps!;
  });
  const [law, found] = [summary(times), summary(runs)];
  assertLess(Math.abs(law.mean - found.mean), 4 * Math.hypot(law.se, found.se) + 2);
});

Deno.test("predictions refuse what they cannot be applied to, and say which condition", () => {
  const problem = lo.linearProblem(identity(4), lo.portableNormal(1, 4, 3));
  const sizes = { d: 4, k: 2, N: 40, sigma: 1 };
  const bad: [() => unknown, string][] = [
    [() => lo.linearPhase(problem, lo.portableNormal(2, 4, 2), 0.01), "r for r* = 3"],
    [() => lo.linearPhase(problem, lo.portableNormal(2, 4, 3), 10), "rate for λ₁(G)"],
    [
      () => lo.requiredScale({ theta: 0.1, kappa: 1, d: 10, gradientNorm: 1, r: 5, targetRank: 3 }),
      "the theorem needs r >= 2r*, r* = 3",
    ],
    [() => lo.oneStepError({ d: 10, N: 10 }), "N for d = 10 must be an integer >= 11"],
    [() => lo.oneStepError({ d: 10, N: 20 }, NaN), "gamma must be finite"],
    [() => lo.activationProblem(NaN), "kappa must be"],
    [() => lo.activationProblem(1, 1, { rank: 30 }), "rank for d = 20"],
    [() => lo.noisyStartRisk(sizes, 1, -1), "gamma must be"],
    [() => lo.sampleCovariance(stream("7"), 10, 9), "N for d = 10 must be an integer >= 10"],
    [() => lo.sampleTangent(stream("7"), { outside: 2, rank: 3, dof: 9 }), "outside = d - r*"],
    [() => lo.contractionBound({ rate: 0.5, epsilon: 0.1, rho: 1 }), "rho must lie in (0, 1)"],
    [() => lo.contractionBound({ rate: 0.9, epsilon: 0.1, rho: 0.1 }), "rate must lie in"],
    [() => lo.offsetFloor(problem, matrix(4, 3), 4), "r must be an integer from 1 to 3"],
    [() => lo.noisyOverlaps(sizes, 0), "lambda must be a finite number > 0"],
    [() => lo.noisyOverlaps({ ...sizes, N: 4 }, 1), "N for d = 4"],
    [() => lo.criticalStrength({ ...sizes, sigma: NaN }), "sigma must be"],
    [() => lo.populationGradient(matrix(2, 1), matrix(2, 1, [1, 0])), "column 0 is"],
    [() => lo.linearProblem(identity(2), matrix(2, 1)), "target must not be zero"],
    [() => lo.linearProblem(matrix(2, 2, [1, 2, 3, 1]), matrix(2, 1, [1, 1])), "symmetric"],
    [() => lo.linearProblem(identity(2), matrix(2, 1, [1, Infinity])), "target[1] must be finite"],
    [() => lo.sharpExponent({ top: 1, least: 0, rate: 0.1 }), "least must be"],
    [() => lo.spectrum(0, 3), "kappa must be"],
    [() => lo.orth(matrix(2, 1, [NaN, 1])), "finite"],
  ];
  for (const [run, message] of bad) assertThrows(run, RangeError, message);
  assertThrows(
    () => lo.linearProblem(identity(3), matrix(2, 1, [1, 1])),
    TypeError,
    "3 x 3 and 2 x 1",
  );
  assertThrows(
    () => lo.offsetFloor({ ...problem, covariance: matrix(4, 4) }, matrix(4, 3), 1),
    RangeError,
    "positive definite",
  );
  assert(portable(1).uniform() > 0);
});
