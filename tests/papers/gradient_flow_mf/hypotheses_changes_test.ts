/** What readers ask of the flow and its optimizer: imports of the notebook, at most three changed lines. */
import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { distinct, grid, slope, summary, sweep, where } from "lora-dynamics/experiment/mod.ts";
import { svg } from "lora-dynamics/figure/mod.ts";
import { frobeniusNorm, matrix, multiply, multiplyNT, scale } from "lora-dynamics/linalg/mod.ts";
import { updateRule } from "lora-dynamics/nn/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../golden/gradient-flow-mf.json" with { type: "json" };

/** The cell that the questions change, at a size for a test. */
const cell = {
  ...{ preset: "quick", starts: ["zeroB"], alpha: [1e-3], copies: 2, points: 5 } as const,
};
type Rows = readonly mf.PredictedRow[];
const last = ({ rows }: { rows: Rows }) => where(rows, "at", Math.max(...distinct(rows, "at")));
const relative = (found: number, wanted: number) => Math.abs(found / wanted - 1);
const factorization = mf.factorization({ m: 5, n: 4, s: 1.3, sigma: [0.7] });

Deno.test("a schedule of steps: the same course in the sum of the steps, to first order in them", async () => {
  // The prediction of a row is the flow's at the sum of its own steps, known to 10⁻³ here.
  const distance = async (eta: number) => {
    const run = await mf.courses({
      ...{ ...cell, horizon: 15 },
      eta: (step) => eta / Math.sqrt(1 + step / 100),
    });
    assertStringIncludes(run.figure().caption!, "gradient descent with a schedule of steps");
    return Math.max(
      ...last(run).map(({ loss, predicted }) => Math.abs(Math.log(loss / predicted!))),
    );
  };
  const [coarse, fine] = [await distance(0.04), await distance(0.02)];
  assertLess(coarse, 0.3);
  assertAlmostEquals(coarse / fine, 2, 0.2); // Euler's method: half the steps, half the distance
});

Deno.test("a step that is too large: a status in rows, table and caption, and a figure all the same", async () => {
  const run = await mf.courses({ ...cell, eta: 3 });
  assertEquals(distinct(run.rows, "status"), ["diverged: step too large"]);
  for (const row of run.rows) assertEquals(Number.isFinite(row.loss), true);
  assertEquals(run.table()[0].status, "diverged: step too large");
  assertStringIncludes(run.figure().caption!, "2 of 2 runs diverged: step too large");
  assertGreater(svg(run.figure()).length, 1000);
});

Deno.test("LoRA+: half-time by the mean rate, and ρ_A BᵀB − ρ_B AAᵀ is what is conserved", async () => {
  const rates = { b1: 8, a1: 2 }, { b1: fast, a1: slow } = rates, weight = Math.sqrt(fast * slow);
  const run = await mf.courses({
    ...{ ...cell, problem: factorization, rates, alpha: [1e-4], horizon: 8 },
    observe: ({ adapters: { b1, a1 } }) => ({
      conserved: slow * frobeniusNorm(b1) ** 2 - fast * frobeniusNorm(a1) ** 2,
      imbalance: frobeniusNorm(b1) ** 2 - frobeniusNorm(a1) ** 2,
    }),
  });
  const of = (row: mf.PredictedRow) => row as mf.PredictedRow & Record<string, number>;
  for (const row of last(run)) {
    const before = of(run.rows.find(({ copy, at }) => copy === row.copy && at === 0)!);
    assertAlmostEquals(of(row).conserved, before.conserved, 1e-12);
    assertGreater(Math.abs(of(row).imbalance - before.imbalance), 0.1);
    // With B = √ρ_B b and A = √ρ_A a the flow is the plain one of gain s√(ρ_Aρ_B).
    const draws = portable(Number(row.seed));
    const start = mf.startAdapters(factorization, { start: "zeroB", r: 3, alpha: 1e-4, draws });
    const power = mf.startPower(factorization, start) / slow, s = 1.3 * weight;
    assertAlmostEquals(row.half!, Math.log(2 * 0.7 / (s * power)) / (2 * s * 0.7), 1e-5);
  }
  assertStringIncludes(run.figure().caption!, "as the rates of B₁ and A₁ differ, 8 and 2");
});

Deno.test("layer-wise rates: adapter 2 takes the target above ρδ_w = 1", async () => {
  const share = async (rho: number) => {
    const run = await mf.courses({
      ...cell,
      rates: { b2: rho, a2: rho },
      alpha: [1e-5],
      horizon: 40,
    });
    for (const row of last(run)) {
      assertLess(relative(row.x2!, row.predictedX2!), 1e-4);
      assertLess(relative(row.half!, row.predictedHalf!), 1e-4);
    }
    return last(run)[0].x2! / last(run)[0].x1;
  };
  // δ_w = 0.5: the threshold is ρ = 2.
  assertLess(await share(1), 1e-3);
  assertGreater(await share(3), 1e3);
});

Deno.test("A frozen (LoRA-FA): the floor is what A does not see, whatever α is, and time goes as α⁻²", async () => {
  const { w2, target } = mf.problemQ({ delta: 0.5 }),
    frozen = { rates: { a1: 0 }, alpha: [0.1, 0.05] };
  const run = await mf.courses({ ...cell, ...frozen, problem: { w2, target }, horizon: 4000 });
  const early = await mf.courses({
    ...cell,
    ...frozen,
    problem: { w2, target },
    horizon: 40,
    points: 2,
  });
  const quarter = await mf.courses({
    ...{ ...cell, ...frozen, problem: { w2, target }, horizon: 160, points: 2 },
  });
  for (const seed of distinct(run.rows, "seed")) {
    const [large, small] = where(last(run), "seed", seed);
    assertLess(relative(large.loss, small.loss), 1e-6);
    const at = (which: typeof run, alpha: number) =>
      where(where(last(which), "seed", seed), "alpha", alpha)[0].loss;
    assertLess(relative(at(quarter, 0.05), at(early, 0.1)), 1e-9);
  }
  // The start of the reference: A alone is drawn.
  const a1 = scale(matrix(3, 7, portable(893).normals(21)), 0.1), start = { b1: matrix(12, 3), a1 };
  const flow = new mf.AdapterFlow({ w2, target }, start, { rates: { a1: 0 } });
  assertLess(relative(flow.solve([4000]).losses[0], golden.changes.frozen), 1e-9);
});

Deno.test("weight decay: a floor ½(ω/s)², no noise, and nothing at all beyond ω = λ", async () => {
  const run = await mf.courses({ ...cell, problem: factorization, decay: 0.01, horizon: 1500 });
  for (const { loss } of last(run)) assertLess(relative(loss, golden.changes.decay), 1e-6);
  const dead = await mf.courses({ ...cell, problem: factorization, decay: 0.95, horizon: 100 });
  for (const { loss, norm1 } of last(dead)) {
    assertAlmostEquals(loss, 0.5 * 0.7 ** 2, 1e-8);
    assertLess(norm1, 1e-4);
  }
  // Two adapters: only the one that grows faster survives.
  const two = await mf.courses({ ...cell, decay: 0.1, horizon: 800 });
  for (const { x1, norm2 } of last(two)) {
    assertGreater(x1, 0.3);
    assertLess(norm2!, 1e-4);
  }
});

Deno.test("gradient noise by a hook: a floor of ηκ²/4 for each of the m + n − 1 stiff directions", async () => {
  const noise = portable(11), eta = 0.05, kappa = 1e-3;
  const run = await mf.courses({
    ...{ ...cell, problem: factorization, eta, horizon: 400, points: 801, copies: 3 },
    hook: mf.gradientNoise(kappa, noise),
  });
  // Near the solution each stiff direction is an AR(1) process: ½λ·ηκ²/(λ(2 − ηλ)), ηλ ≤ 0.1.
  const floor = 8 * eta * kappa ** 2 / 4;
  const late = run.rows.filter(({ at }) => at > 50).map(({ loss }) => loss);
  assertLess(relative(summary(late).mean, floor), 0.12);
  assertStringIncludes(run.figure().caption!, "as a hook changes the velocities");
  // A flow has no noise: without steps the question has no answer.
  const flow = {
    ...cell,
    problem: factorization,
    hook: ({ velocity: { b1 } }: mf.Moment) => {
      b1.data[0] += noise.normals(1)[0];
    },
  };
  await assertRejects(() => mf.courses(flow), Error, "noise needs gradient descent");
});

Deno.test("momentum: the escape at the growth root of the two-step recursion", async () => {
  const eta = 0.01, momentum = 0.8, rule = updateRule("momentum", { momentum });
  const run = await mf.courses({
    ...{ ...cell, problem: factorization, eta, rule, alpha: [1e-6], horizon: 1.2, points: 13 },
  });
  // z² − (1 + μ + ηλ)z + μ = 0 for the growing mode; x = ab grows at twice its rate.
  const b = 1 + momentum + eta * 1.3 * 0.7, root = (b + Math.sqrt(b * b - 4 * momentum)) / 2;
  const late = where(run.rows, "copy", 0).filter(({ at }) => at > 0.6);
  const rate = slope(late.map(({ at }) => at), late.map(({ x1 }) => Math.log(x1)));
  assertLess(relative(rate, 2 * Math.log(root) / eta), 0.02);
  assertStringIncludes(run.figure().caption!, "momentum 0.8 with step 10⁻²");
});

Deno.test("Adam forgets α and keeps no balance; AdamW too", async () => {
  const scales = { ...cell, alpha: [1e-2, 1e-4], eta: 0.01, horizon: 3 };
  const balance: mf.Observe = ({ adapters: { b1, a1 } }) => ({
    imbalance: frobeniusNorm(b1) ** 2 - frobeniusNorm(a1) ** 2,
  });
  for (const rule of ["adam", updateRule("adam", { weightDecay: 0.1 })] as const) {
    const run = await mf.courses({ ...scales, rule, observe: balance });
    for (const row of last(run)) assertLess(row.loss, 1e-2);
    const moved = last(run).map((row) =>
      Math.abs((row as unknown as { imbalance: number }).imbalance)
    );
    assertGreater(Math.min(...moved), 1e-3);
    assertStringIncludes(run.figure().caption!, `as the update rule is Adam`);
  }
  // At the same 300 steps of gradient descent nothing has happened.
  for (const { loss } of last(await mf.courses(scales))) assertGreater(loss, 0.2);
});

Deno.test("a rule of one's own: the sign of the gradient", async () => {
  const rule = {
    name: "sign descent",
    begin: () => (x: Float64Array, g: Float64Array, eta: number) =>
      g.forEach((slope, i) => x[i] -= eta * Math.sign(slope)),
  };
  const run = await mf.courses({ ...cell, rule, eta: 1e-3, horizon: 1 });
  for (const { loss } of last(run)) assertLess(loss, 1e-2);
  assertStringIncludes(run.figure().caption!, "as the update rule is sign descent");
});

Deno.test("a preconditioned flow by a hook: a tilted target is learnt like an aligned one", async () => {
  const s = 0.3, angle = Math.PI / 6, u = [Math.cos(angle), Math.sin(angle)];
  const problem = { w2: [[1, 0], [0, s]], target: u.map((x) => [x, 0]) };
  const inverse = matrix(2, 2, [1, 0, 0, 1 / s]);
  const run = await mf.courses({
    ...{ ...cell, problem, r: 1, alpha: [1e-4], horizon: 30 },
    hook: ({ error, adapters, velocity }) =>
      velocity.b1.data.set(multiply(inverse, multiplyNT(error, adapters.a1)).data),
  });
  // C = W₂B obeys plain factorisation: T_½ = log(2σ/‖z‖²)/(2σ), z = Av/√2 from B = 0.
  for (const row of last(run)) {
    const draws = portable(Number(row.seed)), own = mf.problemOf(problem);
    const { a1 } = mf.startAdapters(own, { start: "zeroB", r: 1, alpha: 1e-4, draws });
    assertAlmostEquals(row.half!, Math.log(4 / a1.data[0] ** 2) / 2, 1e-6);
    assertLess(row.loss, 1e-20);
  }
});

Deno.test("a velocity of one's own: doubled by a hook, that of B₁ is the flow at twice its rate", async () => {
  const twice: mf.Hook = ({ velocity: { b1 } }) => ({
    b1: { ...b1, data: b1.data.map((x) => 2 * x) },
  });
  const hooked = await mf.courses({ ...cell, horizon: 20, hook: twice });
  const rated = await mf.courses({ ...cell, horizon: 20, rates: { b1: 2 } });
  // The rated flow is followed in fewer hidden dimensions, with steps of its own.
  hooked.rows.forEach(({ loss }, i) => assertLess(relative(loss, rated.rows[i].loss), 1e-9));
  const plain = await mf.courses({ ...cell, horizon: 20 });
  assertGreater(relative(last(plain)[0].loss, last(hooked)[0].loss), 0.1);
});

Deno.test("scales per factor, logarithmic times, and the seed by its number", async () => {
  const run = await mf.courses({
    ...{ ...cell, perFactor: true, spacing: "log", horizon: 10, seed: "from 5", copies: 1 },
  });
  const usual = await mf.courses({
    ...cell,
    spacing: "log",
    horizon: 10,
    seed: "from 5",
    copies: 1,
  });
  assertAlmostEquals(
    run.rows[0].norm1,
    usual.rows[0].norm1 / Math.sqrt(7),
    1e-4 * usual.rows[0].norm1,
  );
  assertEquals(run.rows[0].seed, "5");
  assertAlmostEquals(run.rows[0].at, 0.01, 1e-12);
  assertStringIncludes(run.figure().caption!, "α = 10⁻³ per factor");
});

Deno.test("own columns and a sweep of one's own, without a file", async () => {
  const rows = await sweep({
    name: "final error over δ_w",
    cells: grid({ delta: [0.3, 0.6], alpha: [1e-5, 1e-6] }),
    run: ({ delta, alpha }) => {
      const problem = mf.problemQ({ delta }), draws = portable(840);
      const start = mf.startAdapters(problem, { start: "zeroB", r: 3, alpha, draws });
      return { final: mf.noiseCourse(problem, start, [10]).final.loss };
    },
  });
  for (const delta of [0.3, 0.6]) {
    const [large, small] = where(rows, "delta", delta).map(({ final }) => Math.log10(final));
    // ∝ α^{4(2 − δ_w)}, with corrections O(α^{1 − δ_w}).
    assertAlmostEquals(large - small, 4 * (2 - delta), 0.02);
  }
  const taken = { ...cell, observe: () => ({ loss: 1 }) };
  await assertRejects(() => mf.courses(taken), Error, "columns must have other names than");
});
