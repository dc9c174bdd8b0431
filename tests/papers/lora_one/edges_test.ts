/** The least sizes, the ends of ranges, what is taken when nothing is said, and runs that leave all bounds. */
import { assert, assertAlmostEquals, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { identity, matrix, scale } from "lora-dynamics/linalg/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
import { portable, stream } from "lora-dynamics/random/mod.ts";

const near = (found: number, wanted: number, rel = 1e-12) =>
  assertAlmostEquals(found, wanted, rel * Math.abs(wanted) + 1e-300);
const one = (x: number) => matrix(1, 1, [x]);
const scalar = lo.linearProblem(one(2), one(3)); // Σ̂ = 2, Δ = 3, G = 6

Deno.test("formulas take the least sizes", () => {
  near(lo.oneStepError({ d: 1, N: 2 }), 1); // (d + 1)/N
  near(lo.bestShrinkage({ d: 1, N: 2 }), 0.5);
  near(lo.strengthUnit({ d: 1, k: 1, N: 2, sigma: 2 }), Math.SQRT2);
  near(
    lo.requiredScale({ theta: 0.5, kappa: 1, d: 1, gradientNorm: 4, r: 2, targetRank: 1 }),
    2 * 0.5 ** 1.5,
  );
  assertGreater(lo.sampleTangent(stream("7"), { outside: 1, rank: 1, dof: 1 }), 0);
  assertGreater(lo.gaussianStartTangent(stream("7"), { d: 2, r: 1, targetRank: 1 }), 0);
  const { a, b } = lo.sampleReducedStart(stream("7"), { d: 2, r: 1, targetRank: 1, initStd: 2 });
  assertEquals([a.data.length, b.data.length], [1, 1]);
  const { loss, risk, rank } = lo.offsetFloor(scalar, one(5), 1);
  assertEquals([loss, rank], [0, 1]);
  assertAlmostEquals(risk, 0, 1e-25);
  const phase = lo.linearPhase(scalar, one(0.1), 0.1);
  near(phase.factors(2).a.data[0], 0.1 * (1.6 ** 2 + 0.4 ** 2) / 2); // η λ = 0.6
  near(phase.factors(2).b.data[0], 0.1 * (1.6 ** 2 - 0.4 ** 2) / 2);
  assertEquals([...lo.productTrajectory(one(2), one(3), { rate: 0.1, steps: 0 })[0].data], [6]);
  near(
    lo.contractionBound({ rate: 2 / 3, epsilon: 0.1, rho: 0.5 }),
    1 / 3 + 2 / 15 + (2.2 / 3) ** 2,
  );
});

Deno.test("runs take the least sizes", () => {
  const noisy = lo.noiseRun({ d: 1, k: 1, N: 1, sigma: 0, strengths: [2] }) as lo.NoiseRow[];
  assertEquals([noisy[0].u2, noisy[0].v2, noisy[0].uv], [1, 1, 1]);
  const step = lo.oneStepRun({ d: 1, N: 1, rank: 1, norm: false }) as lo.OneStepRow;
  near(step.square, (step.inner - 1) ** 2, 1e-9);
  near(step.power, step.inner ** 2, 1e-9);
  const [x1, x2] = portable(3).normals(2), { covariance } = lo.portraitData(portable(3), 1);
  assertEquals([...covariance], [x1 * x1, x1 * x2, x2 * x2]);
  const { u, v, value } = lo.leadingTriple(matrix(1, 1, [-3]));
  assertEquals([u[0] * v[0], value], [-1, 3]);
  const start = { a: one(1), b: one(1) };
  assertEquals(new lo.LoraDescent(scalar, start, { rate: 0.1 }).advance(0).steps, 0);
  const problem = lo.activationProblem(1, 0.1, { d: 6 }),
    gradient = lo.populationGradients(problem);
  const options = { rate: 0.1, steps: 0, r: 2, gamma: 2, optimiser: "gd" } as const;
  assertEquals(lo.activationErrors(problem, gradient, options).errors.length, 1);
});

Deno.test("what lies beyond a range is refused with it", () => {
  const scaled = { theta: 0.5, kappa: 1, d: 1, gradientNorm: 4, r: 2, targetRank: 1 };
  const bad: [() => unknown, string][] = [
    [() => lo.oneStepError({ d: 0, N: 2 }), "d must be an integer >= 1"],
    [() => lo.strengthUnit({ d: 1, k: 0, N: 2, sigma: 1 }), "k must be an integer >= 1"],
    [() => lo.strengthUnit({ d: 1, k: 1, N: 1, sigma: 1 }), "N for d = 1 must be an integer >= 2"],
    [() => lo.productTrajectory(one(1), one(1), { rate: 2, steps: 1 }), "rate must lie in (0, 2)"],
    [() => lo.contractionBound({ rate: 0.67, epsilon: 0.1, rho: 0.1 }), "rate must lie in [0, "],
    [() => lo.contractionBound({ rate: 0, epsilon: 0.1, rho: 0.1 }), "rate must be a finite"],
    [() => lo.linearPhase(scalar, one(1), 1 / 6), "must lie in (0, "],
    [() => lo.sampleTangent(stream("7"), { outside: 1, rank: 1, dof: 0 }), "dof for rank 1"],
    [() => lo.portraitRun(lo.portraitData(portable(3)), [1, 1, 1], { most: -1 }), "most must be"],
    [() => lo.digitsMethod({ name: "x", start: "LoRA", spread: -1 }), "spread must be"],
    [
      () => new lo.LoraDescent(scalar, { a: one(1), b: one(1) }, { rate: 1, ratio: -1 }),
      "ratio must be",
    ],
    [() => lo.preconditioned(-1e-9), "damping must be"],
    [
      () => lo.escapeRun({ d: 9, r: 2, kappa: 2, initStd: 1e-3, eta: 1e-5 }),
      "eta must be such that half of the top mode is learnt in 20000 steps: current value is 0.00001",
    ],
    [
      () =>
        new lo.DoraDescent({ ...scalar, weight: one(-1) }, { a: one(1), b: one(1) }, { rate: 1 }),
      "no column of W + A₀B₀ may be zero: column 0 is",
    ],
    [() => lo.requiredScale({ ...scaled, theta: 1 }), "theta must lie in (0, 1)"],
    [() => lo.requiredScale({ ...scaled, theta: 0 }), "theta must lie in (0, 1)"],
    [() => lo.requiredScale({ ...scaled, targetRank: 0 }), "targetRank must be an integer >= 1"],
    [() => lo.requiredScale({ ...scaled, d: 0 }), "d must be an integer >= 1"],
    [() => lo.oneStepRun({ d: 2, N: 2, rank: 0, norm: false }), "rank for d = 2 must be"],
    [() => lo.oneStepRun({ d: 2, N: 2, rank: 3, norm: false }), "rank for d = 2 must be"],
    [() => lo.noiseRun({ d: 0, k: 1, N: 1, sigma: 0, strengths: [] }), "d must be"],
    [() => lo.noiseRun({ d: 1, k: 0, N: 1, sigma: 0, strengths: [] }), "k must be"],
    [() => lo.sampleTangent(stream("7"), { outside: 1, rank: 0, dof: 1 }), "rank must be"],
    [() => lo.offsetFloor(scalar, one(5), 0), "r must be an integer from 1 to 1"],
    [() => lo.productTrajectory(one(1), one(1), { rate: 1, steps: -1 }), "steps must be"],
    [() => lo.gaussianStartTangent(stream("7"), { d: 1, r: 1, targetRank: 1 }), "d for r* = 1"],
  ];
  for (const [run, message] of bad) assertThrows(run, RangeError, message);
  assertEquals(lo.digitsMethod({ name: "x", start: "LoRA", spread: 0 }).name, "x");
});

Deno.test("what is not said is plain: γ = 1, ratio 1, no damping, the authors' portrait", () => {
  const sizes = { d: 40, k: 30, N: 300, sigma: 1 }, lambda = 3 * lo.strengthUnit(sizes);
  assertEquals(lo.noisyStartRisk(sizes, lambda), lo.noisyStartRisk(sizes, lambda, 1));
  const parts = { u2: 0.5, v2: 0.4, top: 2 };
  assertEquals(lo.startRiskOf(parts, 3), lo.startRiskOf(parts, 3, 1));
  assertEquals(lo.oneStepError({ d: 3, N: 9 }), lo.oneStepError({ d: 3, N: 9 }, 1));
  const covariance = lo.covarianceOf(lo.portableNormal(1, 30, 4)), u = identity(4, 2);
  const path = (gamma: object) =>
    lo.productTrajectory(covariance, u, { rate: 0.3, steps: 2, ...gamma });
  assertEquals(path({}), path({ gamma: 1 }));
  const linear = (gamma: object) =>
    lo.linearisedErrors(covariance, u, { values: [1, 0.5], rate: 0.3, ...gamma })(4);
  assertEquals(linear({}), linear({ gamma: 1 }));
  assertEquals(
    lo.activationRates("tanh(z)", { size: 0.7, rate: 0.3 }),
    lo.activationRates("tanh(z)", { size: 0.7, rate: 0.3, least: 1 }),
  );
  const layer = { x: identity(2), y: identity(2), weight: matrix(2, 2), activation: "x" };
  const at = { a: matrix(2, 1, [1, 2]), b: matrix(1, 2, [1, 1]) };
  assertEquals(
    lo.preconditionedStep(layer, at, { eta: 0.1 }),
    lo.preconditionedStep(layer, at, { eta: 0.1, lambda: 0 }),
  );
  assertEquals([lo.preconditioned().name, lo.optimiser("preconditioned").name], [
    ...["preconditioned", "preconditioned"],
  ]);
  const curved = lo.activationProblem(2, 0.3, { d: 6, weightSize: 1, activation: "tanh(z)" });
  const tanhPath = (more: object) =>
    lo.activationErrors(curved, lo.populationGradients(curved), {
      ...{ rate: 0.3, steps: 3, r: 2, gamma: 1, optimiser: "preconditioned" as const, ...more },
    });
  assertEquals(tanhPath({}), tanhPath({ damping: 0 }));
  const data = lo.portraitData(portable(7));
  assertEquals(data, lo.portraitData(portable(7), 4, [2, 1]));
  assertEquals(
    lo.portraitRun(data, [1, 1, 1]),
    lo.portraitRun(data, [1, 1, 1], { rate: 0.1, most: 1000 }),
  );
  const start = { a: matrix(2, 1, [1, 0.5]), b: matrix(1, 2, [0.3, 1]) };
  const problem = lo.linearProblem(identity(2), matrix(2, 2, [2, 0, 0, 1]));
  for (const optimiser of ["gd", "preconditioned"] as const) {
    const run = (more: object) =>
      new lo.LoraDescent(problem, start, { rate: 0.1, optimiser, ...more }).advance(3);
    const said = run({ ratio: 1, rates: { A: 1, B: 1 }, damping: 0, most: 1e8 });
    assertEquals([run({}).a, run({}).b], [said.a, said.b]);
  }
});

Deno.test("a run that leaves all bounds says so, whichever sign its numbers have", () => {
  for (const sign of [1, -1]) {
    const reduced = { a: one(3 * sign), b: one(1) };
    const fast = new lo.ReducedDescent([1], reduced, 5);
    assertEquals([...fast.a, ...fast.b], [3 * sign, 1]);
    fast.advance(400);
    // The plain loop of one mode: the run ends in the step in which β ceases to be a number.
    let [a, b, beta, steps] = [3 * sign, 1, 0, 0];
    for (; Number.isFinite(beta); steps++) {
      const e = 1 - a * beta, out = b * beta;
      [a, b, beta] = [a + 5 * e * beta, b - 5 * out * beta, beta + 5 * (a * e - b * out)];
    }
    assertEquals(fast.status, `diverged at step ${steps}: lower rate`);
    for (const flip of [1, -1]) {
      let [p, q, count] = [3 * sign, 2 * flip, 0];
      for (; Number.isFinite(p) && Number.isFinite(q); count++) {
        const j = 6 - 2 * p * q; // G − Σ̂AB
        [p, q] = [p + 5 * j * q, q + 5 * p * j];
      }
      const run = new lo.LoraDescent(scalar, { a: one(3 * sign), b: one(2 * flip) }, { rate: 5 });
      assertEquals(run.advance(400).steps, count);
    }
    const start = { a: matrix(2, 1, [3 * sign, 1]), b: matrix(1, 2, [sign, 0.5]) };
    const problem = lo.linearProblem(identity(2), matrix(2, 2, [2, 0, 0, 1]));
    for (const flip of [1, -1]) {
      const from = { ...start, b: scale(start.b, flip) };
      const runs = [
        new lo.LoraDescent(problem, from, { rate: 5 }),
        new lo.EigenDescent(lo.eigenProblem(problem), from, 5),
      ];
      for (const run of runs) {
        run.advance(400);
        assert(run.status.startsWith("diverged at step"), run.status);
        assertEquals(run.step(), false);
      }
    }
  }
});
