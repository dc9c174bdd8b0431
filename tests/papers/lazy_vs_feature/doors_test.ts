/** Values that would give a wrong answer in silence, and the least ones that must run. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as lf from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import { chebyshev } from "lora-dynamics/papers/lazy_vs_feature/theory/moments/interpolation.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const S = lf.standard();
const rng = () => stream("7", "doors");
/** Model S with `n` wrong signs. */
const flipped = (n: number) => lf.standard("h3", { hatC: S.c.map((x, i) => i < n ? -x : x) });

Deno.test("flows that escape say so, and where; they do not run on", () => {
  const words = "alpha must be small enough for it to reach t = ";
  assertThrows(() => lf.adapterFlow(S, 3, [50]), RangeError, words);
  assertThrows(() => lf.lazyFlow(S, 3, [500]), RangeError, words);
  const model = lf.fineTuning({ activation: "h2", k: 1, kappa: 1, c: [1] });
  const escape = () => lf.jointFlow(model, { alpha: 20, times: [100], free: true, m0: 0.5 });
  assertThrows(escape, RangeError, words);
});

Deno.test("step scales are watched along the run, in chains, direct runs and flows", () => {
  const falling = "0.1 - t / 100", words = "alpha must be a finite number >= 0 all along";
  const chain = new lf.FineTuningChain(S, { n: 100, alpha: falling }, rng());
  assertThrows(() => chain.run(2000), RangeError, words);
  assertEquals(chain.steps, 1001); // 0.1 − t/100 is 0 at t = 10
  const direct = new lf.DirectFineTuning(S, { n: 20, alpha: falling }, rng());
  assertThrows(() => direct.run(400), RangeError, words);
  assertThrows(() => new lf.OverlapFlow(S).course(falling, [40]), RangeError, words);
  const lost = { name: "lost", open: () => () => NaN };
  assertThrows(() => new lf.FineTuningChain(S, { n: 100, alpha: lost }, rng()), RangeError, "NaN");
  const closed = { name: "closed", open: () => 3 } as never;
  assertThrows(
    () => new lf.FineTuningChain(S, { n: 100, alpha: closed }, rng()),
    TypeError,
    "alpha.open(n) must return a function",
  );
});

Deno.test("a step that is no number ends a run on the sphere with a status, not with NaN", () => {
  const tanh = lf.standard("tanh(z)"), long = { n: 50, alpha: 1e200 };
  const runs = [
    new lf.FineTuningChain(S, long, rng()),
    new lf.FineTuningChain(S, { ...long, algorithm: "joint" }, rng()),
    new lf.FineTuningChain(S, { ...long, batch: 2 }, rng()),
    new lf.FineTuningChain(tanh, { n: 50, alpha: Number.MAX_VALUE, momentum: 0.9 }, rng()),
  ];
  for (const chain of runs) {
    chain.run(50);
    assertEquals(chain.status, "diverged");
    assert(Number.isFinite(chain.m) && Number.isFinite(chain.across));
    assert(chain.verdict.includes("a step was no number"), chain.verdict);
  }
});

Deno.test("what a formula assumes is asked for", () => {
  const refused: [string, () => unknown][] = [
    ["inputs must be normalised", () => lf.frozenCost(lf.standard("h3", { normalize: false }))],
    ["c and hatC must be ±1/√k", () => lf.frozenCost(lf.standard("h3", { studentKappa: 1 }))],
    ["c and hatC must be ±1/√k", () => lf.frozenCost(lf.standard("h3", { studentKappa: 0.3 }))],
    ["λ = 1/√k must hold", () => lf.frozenCost(lf.standard("h3", { lambda: Array(8).fill(1) }))],
    ["hatC must be c", () => lf.terminal(flipped(1))],
    ["hatC must be c", () => lf.tailRate(flipped(1), { alpha: 0.1, n: 100 })],
    ["hatC must be c", () => lf.terminal(lf.standard("h3", { studentKappa: 1 }))],
    [
      "the model gives a Gram matrix",
      () =>
        lf.tangentLimit(
          lf.modelOf({ activation: "h3", k: 2, kappa: 1, base: { correlation: 0.5 } }),
        ),
    ],
    ["c must be ±1/√k", () => lf.tangentLimit(lf.standard("h3", { c: [1, 0, 0, 0, 0, 0, 0, 0] }))],
    ["m must lie in", () => lf.averages(S, 1.2)],
    ["m must lie in", () => lf.averages(S, 0.9, 0.5)],
    ["nu must be", () => lf.averages(S, 0, -1)],
    ["A must lie in", () => lf.frozenSlope({ activation: "h3", k: 9, kappa: 1, A: 10, q: 0 }, 0)],
    ["A must lie in", () => lf.frozenSlope({ activation: "h3", k: 9, kappa: 1, A: NaN, q: 0 }, 0)],
    ["kappa must be", () => lf.cubicFails({ kappa: 0, A: 1, q: 0.1 })],
    [
      "both lists must have 3 signs",
      () => new lf.SignedLandscape({ activation: "h3", k: 3, kappa: 1 }).start([1, 1], [1, 1, 1]),
    ],
    ["alpha must be a finite number > 0", () => new lf.OverlapFlow(S).time(-0.2)],
    ["times must have an entry", () => lf.jointFlow(S, { alpha: 0.1, times: [] })],
    ["times[0] must be", () => lf.jointFlow(S, { alpha: 0.1, times: [0, 1] })],
  ];
  for (const [words, f] of refused) assertThrows(f, RangeError, words);
  const misspelt: (() => unknown)[] = [
    () => lf.jointFlow(S, { alpha: 0.1, times: [1], rato: 5 } as never),
    () => lf.bilinearFlow({ m: 0.1, q: 0.1 }, { times: [1], rato: 5 } as never),
    () => new lf.SignedLandscape({ activation: "h3", k: 3, kappa: 1, grams: [] } as never),
  ];
  for (const f of misspelt) assertThrows(f, TypeError, "no other keys");
  // The matched student may have both signs turned.
  assertAlmostEquals(lf.terminal(flipped(8)).best, 0.2, 1e-12);
  // Without û nothing depends on ĉ.
  assertEquals(lf.factorGradient(S, 0, 0).map((x) => x + 0), Array(8).fill(0));
});

Deno.test("Condition 3 asks for half of the start, on its side", () => {
  assert(lf.condition3(2, [2, 1.01, 5]) && lf.condition3(-2, [-2, -1.01]));
  assert(!lf.condition3(2, [2, 0.99]) && !lf.condition3(-2, [-2, 1.5]));
  assertEquals(lf.tangentLimit(lf.standard("relu")), Infinity);
  // For h₃ by its formula and along the slope, away from the threshold by a tenth of it.
  const random = rng(), k = 400;
  const seen = Array.from({ length: 200 }, () => {
    const kappa = 0.5 + 2 * random.uniform(), q = 2 * random.uniform() - 1;
    const edge = -(2 * kappa ** 2 + Math.abs(q) / 2) / kappa ** 4;
    const factor = random.uniform() < 0.5 ? 0.9 : 1.1, A = Math.sign(q) * edge * factor;
    const fails = lf.cubicFails({ kappa, A, q });
    assertEquals(fails, factor > 1);
    assertEquals(lf.conditionHolds({ activation: "h3", k, kappa, A, q }), !fails);
    return fails;
  });
  assert(seen.includes(true) && seen.includes(false));
});

Deno.test("the least dimensions run, and tables hold a little beyond their ends", () => {
  const model = lf.fineTuning({ activation: "h3", k: 2, kappa: 1, c: lf.quantised(2, () => 1) });
  const scratch = new lf.ScratchChain(model, { d: 4, eta: 0.01 }, rng());
  scratch.run(20);
  assertAlmostEquals(scratch.between(0, 0), 1, 1e-12);
  assertThrows(() => new lf.ScratchChain(model, { d: 3, eta: 0.01 }, rng()), RangeError, "d must");
  const general = new lf.GeneralChain(model, { d: 4, alpha: 0.1, parallel: 0.5 }, rng());
  general.run(20);
  assert(Math.abs(general.m) <= 1);
  // One direction of two inputs, centred and of variance 1.
  assertEquals([...lf.whitened({ name: "two", rows: [[1], [3]] }, 1)].map(Math.abs), [1, 1]);
  // A table at its own nodes, and a unit beside one.
  const table = chebyshev(Math.exp, { low: -3, high: 3, count: 30 });
  for (const i of [0, 7, 29]) {
    const node = 3 * Math.cos(Math.PI * (i + 0.5) / 30);
    for (const x of [node, node - Math.sign(node)]) {
      assertAlmostEquals(table(x), Math.exp(x), 1e-9);
    }
  }
  const flow = new lf.OverlapFlow(lf.standard("abs(z)"));
  assertAlmostEquals(flow.square(1 + 1e-9), flow.square(1), 1e-12);
  assertAlmostEquals(flow.slope(-1 - 1e-9), flow.slope(-1), 1e-12);
});

Deno.test("ranges end where they say: their ends run, what lies beyond is refused", () => {
  const gram = { activation: "h3", k: 2, kappa: 1 } as const, model = lf.fineTuning(gram);
  const flow = new lf.OverlapFlow(S),
    landscape = { activation: "h3", k: 3, kappa: 1, A: 1, q: 0.3 };
  const bound = { d: 2, k: 1, epsilon: 0.5 }, one = { c: 1, hatC: 1, both: 1 };
  const general = { d: 4, alpha: 0.1, parallel: 0.5 }, spec = gram;
  const course = { model: spec, run: { n: 4, alpha: 0.1 }, copies: 1, times: [0, 1] };
  const inputs = {
    ...{ model: spec, inputs: "gaussian", placement: "localised", d: 4 } as const,
    ...{ alpha: 0.1, copies: 1, times: [0, 1] },
  };
  const hit = { route: "GLM", model: spec, d: 9, eta: 0.1, copies: 1, maxSteps: 1 } as const;
  const regression = { d: 4, samples: 8, features: "secondLayer" } as const;
  const chain = (more: object) => new lf.FineTuningChain(S, { n: 9, alpha: 0.1, ...more }, rng());
  const moving: readonly (readonly [string, (m: number) => unknown])[] = [
    ["m0 must lie in [-1, 1]", (m0) => flow.course(0.1, [1], m0)],
    ["m must lie in [-1, 1]", (m) => lf.stepVariance(S, 0.1, m)],
    ["m0 must lie in [-1, 1]", (m0) => lf.jointFlow(S, { alpha: 0.1, times: [0.1], m0 })],
    ["m must lie in [-1, 1]", (m) => lf.bilinearFlow({ m, q: 0 }, { times: [1] })],
    ["q must lie in [-1, 1]", (q) => lf.bilinearFlow({ m: 0, q }, { times: [1] })],
    ["m must lie in [-1, 1]", (m) => lf.frozenSlope(landscape, m)],
    ["q must lie in [-1, 1]", (q) => lf.frozenSlope({ ...landscape, q }, 0)],
    ["m must lie in [-1, 1]", (m) => lf.correlation(S, m)],
    ["m must lie in [-1, 1]", (m) => lf.correlationSlope(S, m)],
    ["m must lie in [-1, 1]", (m) => lf.secondLayer(S, m)],
    ["m must lie in", (m) => lf.averages(S, m)],
    ["m0 must lie in [-1, 1]", (m0) => new lf.GeneralChain(model, { ...general, m0 }, rng())],
    ["m0 must lie in [-1, 1]", (m0) => chain({ m0 })],
    ["m must lie in [-1, 1]", (m) => lf.readOutError(model, { ...regression, m: 0.9 * m }, rng())],
  ];
  for (const [words, f] of moving) {
    for (const end of [1, -1]) {
      f(end);
      assertThrows(() => f(1.12 * end), RangeError, words);
    }
  }
  assertThrows(() => lf.frozenSlope({ ...landscape, A: 3.01 }, 0), RangeError, "A must lie in");
  assertThrows(() => lf.frozenSlope({ ...landscape, A: -3.01 }, 0), RangeError, "A must lie in");
  for (const A of [3, -3]) lf.frozenSlope({ ...landscape, A }, 0);
  const least: readonly (readonly [string, number, (x: number) => unknown])[] = [
    ["d must be an integer", 2, (d) => lf.sampleBound(13, { ...bound, d })],
    ["k must be an integer", 1, (k) => lf.sampleBound(13, { ...bound, k })],
    ["k must be an integer", 1, (k) => lf.signModel("h3", { k, kappa: 1, sums: one })],
    ["n must be an integer", 3, (n) => lf.tailRate(S, { alpha: 0.1, n, samples: 100 })],
    ["samples must be an integer", 100, (samples) => lf.tailRate(S, { alpha: 0.1, n: 9, samples })],
    ["k must be an integer", 1, (k) => lf.frozenSlope({ ...landscape, k, A: 0 }, 0)],
    ["most must be an integer", 0, (most) => lf.hermiteNorms(most)],
    ["k must be an integer", 1, (k) => new lf.SignedLandscape({ ...gram, k })],
    ["points must be an integer", 1, (points) => new lf.SignedLandscape({ ...gram, points })],
    ["degree must be an integer", 0, (degree) => lf.hermiteWeights("h3", degree)],
    ["degree must be an integer", 1, (degree) => lf.momentSeries(S, degree)],
    ["count must be an integer", 1, (count) => chebyshev((x) => x, { count })(0.3)],
    ["steps must be an integer", 0, (steps) => chain({}).run(steps)],
    ["copies must be an integer", 1, (copies) => lf.courses({ ...course, copies }, { seed: "7" })],
    ["d must be an integer", 4, (d) => new lf.GeneralChain(model, { ...general, d }, rng())],
    ["extraDegrees must be", 0, (extraDegrees) => {
      new lf.GeneralChain(model, { ...general, extraDegrees }, rng());
    }],
    ["extraDegrees must be", 0, (extraDegrees) => chain({ extraDegrees })],
    ["extraDegrees must be", 0, (extraDegrees) => {
      new lf.PlaneChain({ d: 4, eta: 0.1, extraDegrees }, rng());
    }],
    ["steps must be an integer", 0, (steps) => {
      new lf.GeneralChain(model, general, rng()).run(steps);
    }],
    ["steps must be", 0, (steps) => new lf.PlaneChain({ d: 4, eta: 0.1 }, rng()).run(steps)],
    [
      "steps must be",
      0,
      (steps) => new lf.ScratchChain(model, { d: 4, eta: 0.1 }, rng()).run(steps),
    ],
    ["steps must be", 0, (steps) => {
      new lf.DirectScratch(model, { d: 4, eta: 0.1 }, rng()).run(steps);
    }],
    ["steps must be", 0, (steps) => {
      new lf.DirectFineTuning(S, { n: 4, alpha: 0.1 }, rng()).run(steps);
    }],
    ["n = d − k must be", 2, (n) => chain({ n })],
    ["n = d − k must be", 3, (n) => chain({ n, momentum: 0.5 })],
    ["batch must be", 1, (batch) => chain({ batch })],
    ["copies must be", 1, (copies) => lf.hittingTimes({ ...hit, copies }, { seed: "7" })],
    ["maxSteps must be", 1, (maxSteps) => lf.hittingTimes({ ...hit, maxSteps }, { seed: "7" })],
    ["copies must be", 1, (copies) => lf.inputCourses({ ...inputs, copies }, { seed: "7" })],
    ["d must be", 4, (d) => lf.inputCourses({ ...inputs, d }, { seed: "7" })],
    ["rows must be", 2, (count) => {
      lf.whitened({ name: "few", rows: [[1], [3]].slice(0, count) }, 1);
    }],
    ["d must be", 4, (d) => lf.readOutError(model, { ...regression, d }, rng())],
    ["samples must be", 8, (samples) => lf.readOutError(model, { ...regression, samples }, rng())],
    ["k must be", 1, (k) => lf.drawSignSums(rng(), k)],
    ["k must be", 1, (k) => lf.fineTuning({ ...gram, k })],
  ];
  for (const [words, end, f] of least) {
    f(end);
    assertThrows(() => f(end - 1), RangeError, words);
  }
  for (const epsilon of [0, 1]) {
    assertThrows(() => lf.sampleBound(13, { ...bound, epsilon }), RangeError, "epsilon must lie");
  }
  for (const momentum of [1, -1]) {
    chain({ momentum: 0.99 * momentum }).run(3);
    assertThrows(() => chain({ momentum }), RangeError, "momentum must lie");
  }
  const run = { ...general, parallel: 1 };
  assertAlmostEquals(new lf.GeneralChain(model, { ...run, m0: 1 }, rng()).inside, 1, 1e-12);
  for (const parallel of [1.01, -0.01]) {
    const wrong = () => new lf.GeneralChain(model, { ...run, parallel }, rng());
    assertThrows(wrong, RangeError, "parallel must lie in [0, 1]");
  }
  assert(flow.time(0.1, 1) > flow.time(0.1, 0.9));
  assertThrows(() => flow.time(0.1, 1.01), RangeError, "|target| must lie in");
  assertThrows(() => lf.hermiteWeights("tanh(z)", 151), RangeError, "from 0 to 150");
  assertThrows(
    () => lf.whitened({ name: "line", rows: [[1, 2], [2, 4], [4, 8]] }, 2),
    RangeError,
    "d must be an integer from 1 to 1",
  );
});
