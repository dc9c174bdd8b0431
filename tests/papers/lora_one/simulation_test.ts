import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import { sweep } from "lora-dynamics/experiment/mod.ts";
import {
  add,
  frobeniusNorm,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  svd,
} from "lora-dynamics/linalg/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
import { portable, stream } from "lora-dynamics/random/mod.ts";
import golden from "../../golden/lora-one.json" with { type: "json" };

const close = (value: number, wanted: number, rel: number) =>
  assertLess(Math.abs(value / wanted - 1), rel, `${value} against ${wanted}`);

Deno.test("descent of the toy problem passes the reference's marks", async () => {
  for (const variance of ["0.1", "0.01", "0.0001", "1e-06"] as const) {
    const { rows: { runs: rows } } = await lo.alignmentCourses({
      ...{ variances: [Number(variance)], steps: 400, every: 100 },
    });
    for (const t of ["1", "100", "200", "300", "400"] as const) {
      const row = rows.find(({ at }) => at === Number(t))!, mark = golden.toy.marks[variance][t];
      assertAlmostEquals(row.sine!, mark.sin, 1e-9);
      close(row.risk, mark.risk, 1e-9);
      close(row.loss, mark.loss, 1e-9);
      assertAlmostEquals(row.truth!, mark.sin_Delta, 1e-9);
    }
  }
});

Deno.test("descent in the eigenbasis and in the r* columns of Theorem 3.1 is plain descent", () => {
  const problem = lo.toyProblem(), start = lo.toyStart(Math.sqrt(1e-3)), rate = 1 / 64;
  const plain = new lo.LoraDescent(problem, start, { rate });
  const fast = new lo.EigenDescent(lo.eigenProblem(problem), start, rate);
  const few = { a: start.a, b: matrix(8, 4) };
  const small = new lo.LoraDescent(lo.withFewColumns(problem), few, { rate });
  const { u } = lo.directionsOf(problem.gradient);
  for (const at of [20, 100, 300]) {
    plain.advance(at);
    close(fast.advance(at).risk(), plain.risk(), 1e-11);
    close(fast.loss(), plain.loss(), 1e-11);
    assertAlmostEquals(lo.alignment(fast.a, u), lo.alignment(plain.a, u), 1e-11);
    close(small.advance(at).risk(), plain.risk(), 1e-11);
  }
});

Deno.test("descent in the eigenbasis is plain descent from any start, for any shapes", () => {
  const size = fc.integer({ min: 1, max: 7 });
  fc.assert(
    fc.property(size, size, size, size, (d, k, rank, r) => {
      r = Math.min(r, d, k), rank = Math.min(rank, d, k);
      const target = multiply(lo.portableNormal(k, d, rank), lo.portableNormal(rank, rank, k));
      const covariance = lo.covarianceOf(lo.portableNormal(70 + d, 8 + d, d));
      const problem = lo.linearProblem(covariance, target), rate = 5e-3;
      // B has rows outside of row G: no theorem is used.
      const start = { a: lo.portableNormal(50 + d, d, r), b: lo.portableNormal(60 + k, r, k) };
      const plain = new lo.LoraDescent(problem, start, { rate }).advance(15);
      const fast = new lo.EigenDescent(lo.eigenProblem(problem), start, rate).advance(15);
      assertLess(frobeniusNorm(add(fast.a, plain.a, -1)), 1e-11);
      assertLess(frobeniusNorm(add(fast.b, plain.b, -1)), 1e-11);
      close(fast.risk(), plain.risk(), 1e-10);
      close(fast.loss(), plain.loss(), 1e-10);
    }),
    { seed: 7 },
  );
});

Deno.test("topLeft() spans what the decomposition spans, also where the Gram matrix is no use", () => {
  const span = (m: Matrix) => multiplyNT(m, m);
  for (const ratio of [0.5, 0.02, 1e-3, 1e-7]) {
    const values = [1, 0.8, ratio, 1e-3 * ratio, 1e-4 * ratio, 0];
    const u = lo.orth(lo.portableNormal(91, 40, 6)), v = lo.orth(lo.portableNormal(92, 6, 6));
    const m = lo.composed(u, values, v), exact = svd(m, 3).u;
    const gap = frobeniusNorm(add(span(lo.topLeft(m, 3)), span(exact), -1));
    assertLess(gap, 1e-8);
    assertLess(lo.sineBetween(lo.topLeft(m, 3), exact), ratio > 0.01 ? 1e-11 : 1e-8);
  }
});

Deno.test("a step is minus the gradient of the loss over samples, for any shapes", () => {
  const size = fc.integer({ min: 1, max: 5 });
  fc.assert(
    fc.property(size, size, fc.integer({ min: 6, max: 12 }), (d, k, N) => {
      const r = Math.min(d, k), x = lo.portableNormal(N + d, N, d);
      const target = lo.portableNormal(k, d, k), rate = 1e-3;
      const problem = lo.linearProblem(lo.covarianceOf(x), target);
      const start = { a: lo.portableNormal(50 + d, d, r), b: lo.portableNormal(60 + k, r, k) };
      const loss = (a: Matrix, b: Matrix) =>
        frobeniusNorm(multiply(x, add(multiply(a, b), target, -1))) ** 2 / (2 * N);
      const run = new lo.LoraDescent(problem, start, { rate, ratio: 3 }).advance(1);
      close(lo.lossOf(problem, lo.errorOf(problem, start)), loss(start.a, start.b), 1e-10);
      const slope = (of: "a" | "b") => {
        const moved = (by: number) => {
          const data = start[of].data.slice();
          data[0] += by;
          const both = { ...start, [of]: { ...start[of], data } };
          return loss(both.a, both.b);
        };
        return (moved(1e-5) - moved(-1e-5)) / 2e-5;
      };
      const tolerance = 1e-8 * (1 + loss(start.a, start.b));
      assertAlmostEquals(run.a.data[0] - start.a.data[0], -rate * slope("a"), tolerance);
      assertAlmostEquals(run.b.data[0] - start.b.data[0], -3 * rate * slope("b"), tolerance);
    }),
    { seed: 7, numRuns: 60 },
  );
});

Deno.test("preconditioned steps multiply by the inverses of the Gram matrices", () => {
  const problem = lo.linearProblem(identity(3), lo.portableNormal(1, 3, 2));
  const start = { a: lo.portableNormal(2, 3, 1), b: lo.portableNormal(3, 1, 2) };
  const run = new lo.LoraDescent(problem, start, {
    rate: 0.1,
    optimiser: "preconditioned",
    damping: 0.2,
  }).advance(1);
  const residual = lo.errorOf(problem, start);
  const gram = multiplyNT(start.b, start.b).data[0] + 0.2;
  const wanted = add(start.a, multiplyNT(residual, start.b), -0.1 / gram);
  assertLess(frobeniusNorm(add(run.a, wanted, -1)), 1e-14);
});

Deno.test("preconditioned errors are the reference's at every condition number", async () => {
  const { rows } = await lo.conditionNumbers({
    ...{
      kappas: [1, 10, 100, 1000],
      extreme: [],
      optimisers: ["preconditioned"],
      until: 1e-9,
      most: 12,
    },
  });
  for (const kappa of ["1", "10", "100", "1000"] as const) {
    const here = rows.filter((row) => row.kappa === Number(kappa));
    golden.preconditioned[kappa].forEach((wanted, t) => close(here[t].error, wanted, 1e-7));
  }
});

Deno.test("starts of F11 pass the reference's risks and stop on its floors", async () => {
  const { rows } = await lo.offsetStarts();
  for (const name of ["LoRA-One", "LoRA-GA", "PiSSA", "LoRA-SB"] as const) {
    const here = rows.filter(({ start }) => start === name), wanted = golden.offsets[name];
    close(here[0].risk, wanted.risk0!, 1e-9);
    // What LoRA-GA does on its way depends on the right vectors that complete V, not its floor.
    close(here[10].risk, wanted.risk10!, name === "LoRA-GA" ? 0.02 : 1e-6);
    if (name === "LoRA-One") continue;
    close(here[100].risk, wanted.risk!, 1e-6);
    close(here[0].floorRisk, wanted.floor_risk!, 1e-9);
  }
});

Deno.test("the portrait is the reference's, from both starts", () => {
  const data = lo.portraitData(portable(7)), { portrait } = golden;
  data.gradient.forEach((x, i) => close(x, portrait.G[i], 1e-11));
  const spectral = lo.portraitSpectral(data), lora = lo.portraitLora(portable(8));
  spectral.forEach((x, i) => close(x, portrait.spec_start[i], 1e-11));
  const [slow, fast] = [lora, spectral].map((start) => lo.portraitRun(data, start));
  assertEquals([slow.steps, fast.steps], portrait.steps_1e6);
  slow.path[10].forEach((x, i) => close(x, portrait.lora_10[i], 1e-10));
  fast.path[10].forEach((x, i) => close(x, portrait.spec_10[i], 1e-10));
  slow.path.at(-1)!.forEach((x, i) => close(x, portrait.lora_end[i], 1e-9));
  fast.path.at(-1)!.forEach((x, i) => close(x, portrait.spec_end[i], 1e-9));
  // The same by the general code.
  const covariance = matrix(2, 2, [
    data.covariance[0],
    data.covariance[1],
    data.covariance[1],
    data.covariance[2],
  ]);
  const problem = lo.linearProblem(covariance, matrix(2, 1, [2, 1]));
  const run = new lo.LoraDescent(
    problem,
    lo.startOf("LoRA-One", { gradient: problem.gradient, r: 1 }),
    { rate: 0.1 },
  );
  run.advance(10);
  close(Math.abs(run.b.data[0]), portrait.spec_10[2], 1e-10);
  assertAlmostEquals(lo.portraitDistance([2, 1, 1]), 0, 1e-7);
});

Deno.test("reduced coordinates follow the full population dynamics; a wrong b does not", () => {
  for (const [values, d, r, rate] of [[[1, 0.8, 0.5], 60, 6, 1 / 64], [[2], 9, 1, 0.1]] as const) {
    const { a } = lo.loraStart(portable(40), { d, k: values.length, r, initStd: 1e-2 });
    const { risk, sine } = lo.pairedDeviation(values, a, { rate, steps: 300 });
    assertLess(risk, 1e-13);
    assertLess(sine, 1e-12);
  }
  const start = lo.sampleReducedStart(stream("7", "wrong"), {
    d: 50,
    r: 3,
    targetRank: 2,
    initStd: 0.1,
  });
  const run = (factor: number) => {
    const b = { ...start.b, data: start.b.data.map((x) => factor * x) };
    const made = new lo.ReducedDescent([1, 0.5], { a: start.a, b }, 0.05);
    for (let t = 0; t < 100; t++) made.step();
    return made.risk();
  };
  assert(Math.abs(run(1.1) / run(1) - 1) > 1e-3);
});

Deno.test("firstBelow() finds the first step, as counting does", () => {
  const start = lo.sampleReducedStart(stream("7", "first"), {
    d: 100,
    r: 4,
    targetRank: 2,
    initStd: 1e-4,
  });
  const fast = new lo.ReducedDescent([1, 1], start, 1 / 32),
    slow = new lo.ReducedDescent([1, 1], start, 1 / 32);
  const found = fast.firstBelow((run) => run.sine(), 0.5, 2000);
  while (!(slow.sine() < 0.5)) slow.step();
  assertEquals(found, slow.steps);
  assertEquals(fast.a, slow.a);
  const never = new lo.ReducedDescent([1, 1], start, 1 / 32);
  assert(Number.isNaN(never.firstBelow((run) => run.sine(), 0, 40)));
});

Deno.test("the leading triple is that of the decomposition", () => {
  for (const [d, k] of [[40, 25], [10, 30], [6, 1]]) {
    const g = lo.portableNormal(d, d, k), wanted = svd(g, 1), found = lo.leadingTriple(g);
    close(found.value, wanted.values[0], 1e-12);
    const dot = found.u.reduce((sum, x, i) => sum + x * wanted.u.data[i], 0);
    assertAlmostEquals(Math.abs(dot), 1, 1e-10);
    const right = found.v.reduce((sum, x, i) => sum + x * wanted.v.data[i], 0);
    assertAlmostEquals(right * dot, 1, 1e-10);
  }
});

Deno.test("without noise the leading left vector is Σ̂u and the right one is v", () => {
  const rows = lo.noiseRun({ d: 30, k: 10, N: 3000, sigma: 0, strengths: [1] }) as lo.NoiseRow[];
  assertAlmostEquals(rows[0].v2, 1, 1e-12);
  assert(rows[0].u2 > 0.95 && rows[0].u2 < 1);
});

Deno.test("ReLU gradients on many samples are the population's", () => {
  const { gradient, risk, se } = lo.monteCarlo(100_000);
  assertLess(gradient, 0.05);
  const { weight, target } = lo.activationProblem(2, 3);
  assertLess(Math.abs(risk - lo.populationRisk(weight, add(weight, target))), 4 * se);
});

Deno.test("LoRA-SB only moves R, and lands on its floor", () => {
  const problem = lo.offsetProblem();
  const start = lo.startOf("LoRA-SB", { gradient: problem.gradient, r: 8 });
  const run = lo.descend(problem, start, { rate: 0.5 }).advance(200) as lo.MiddleDescent;
  close(run.risk(), lo.middleFloor(problem, start.a).risk, 1e-9);
  close(run.risk(), lo.startFloor(problem, start).risk, 1e-9);
  const inside = multiplyTN(start.a, multiply(problem.covariance, run.error()));
  assertLess(frobeniusNorm(inside), 1e-8);
});

Deno.test("runs that cannot go on say why: divergence with its bounds, singular factors with λ", () => {
  const problem = lo.withFewColumns(lo.toyProblem()), { a } = lo.toyStart(1);
  const wild = new lo.LoraDescent(problem, { a, b: matrix(8, 4) }, { rate: 1 / 32 });
  wild.advance(2000, () => {});
  assert(wild.status.startsWith("diverged at step"), wild.status);
  assert(wild.status.includes("below 4 at the start: now it is 4.97"), wild.status);
  const flat = new lo.LoraDescent(problem, { a, b: matrix(8, 4) }, {
    rate: 0.1,
    optimiser: "preconditioned",
  });
  flat.advance(5);
  assertEquals(flat.steps, 0);
  assert(flat.status.startsWith("singular") && flat.status.includes("λ = 0"), flat.status);
  assertEquals(flat.step(), false);
  const gradient = problem.gradient, spectral = lo.startOf("LoRA-One", { gradient, r: 4 });
  const fast = new lo.LoraDescent(problem, spectral, { rate: 3, optimiser: "preconditioned" });
  fast.advance(4000, () => {});
  assert(fast.status !== "running", fast.status);
});

Deno.test("workers give the same bits as this process", async () => {
  const base = { values: [1, 1, 1, 1], r: 8, eta: 1 / 64, steps: 40 };
  const cells = [{ ...base, d: 30, N: 480, variance: 1e-2 }, {
    ...base,
    d: 20,
    N: 320,
    variance: 1e-4,
  }];
  const run = (workers: number) =>
    sweep({
      name: "bits",
      run: lo.scaleRun,
      cells,
      seeds: ["7/0", "7/1"],
      workers,
      store: new Map(),
    });
  assertEquals(await run(2), await run(0));
});

Deno.test("runs refuse factors that do not fit and numbers out of range", () => {
  const problem = lo.population(lo.portableNormal(1, 4, 3));
  const start = { a: lo.portableNormal(2, 4, 2), b: matrix(2, 3) };
  const bad: [() => unknown, string][] = [
    [() => new lo.LoraDescent(problem, start, { rate: 0 }), "rate must be a finite number > 0"],
    [() => new lo.LoraDescent(problem, start, { rate: NaN }), "rate must be"],
    [() => new lo.LoraDescent(problem, start, { rate: 1, damping: -1 }), "damping must be"],
    [
      () => new lo.LoraDescent(problem, start, { rate: 1 }).advance(1.5),
      "steps must be an integer",
    ],
    [
      () =>
        new lo.LoraDescent(
          problem,
          { ...start, a: matrix(4, 2, new Float64Array(8).fill(NaN)) },
          { rate: 1 },
        ),
      "a[0] must be finite",
    ],
    [
      () =>
        new lo.LoraDescent(problem, { a: lo.portableNormal(1, 4, 5), b: matrix(5, 3) }, {
          rate: 1,
        }),
      "r for d = 4 must be an integer from 1 to 4",
    ],
    [() => lo.alignment(start.a, lo.orth(lo.portableNormal(1, 4, 3))), "r for r* = 3"],
    [
      () => lo.sampleReducedStart(stream("7"), { d: 5, r: 4, targetRank: 2, initStd: 1 }),
      "d for r = 4 and r* = 2 must be an integer >= 6",
    ],
    [() => lo.portraitData(portable(1), 0), "N must be an integer >= 1"],
    [() => lo.oneStepRun({ d: 5, N: 4, rank: 1, norm: false }), "N for d = 5"],
  ];
  for (const [run, message] of bad) assertThrows(run, RangeError, message);
  assertThrows(
    () => new lo.LoraDescent(problem, { ...start, b: matrix(3, 3) }, { rate: 1 }),
    TypeError,
    "current shapes are 4 x 2 and 3 x 3",
  );
  const spectral = lo.startOf("LoRA-One", { gradient: problem.gradient, r: 2 });
  assertThrows(
    () => new lo.MiddleDescent(problem, spectral, { rate: 1 }),
    TypeError,
    "LoRA-One has none",
  );
});
