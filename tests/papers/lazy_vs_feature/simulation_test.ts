import { assert, assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { summary } from "lora-dynamics/experiment/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import {
  ACTIVATIONS,
  type CourseRow,
  courses,
  FineTuningChain,
  FOURTH_MOMENT,
  GeneralChain,
  hittingTimes,
  INPUT_LAWS,
  inputCourses,
  inputLaw,
  inverseRoot,
  KurtosisController,
  lawComparisons,
  OverlapFlow,
  PlaneChain,
  planeModel,
  quantised,
  ScratchChain,
  standard,
  teacherGram,
  whitened,
} from "lora-dynamics/papers/lazy_vs_feature/mod.ts";

const S = { activation: "h3", k: 8, kappa: Math.SQRT1_2 };

// That every chain has the law of its direct algorithm is claim C4, with its negative control.

Deno.test("32 chains in dimension 2008 follow the flow within 4 standard errors", () => {
  const times = [4, 8, 16], flow = new OverlapFlow(standard()).course(0.2, times), n = 2000;
  const chains = Array.from(
    { length: 32 },
    (_, i) => new FineTuningChain(standard(), { n, alpha: 0.2 }, stream("7", "flow", i)),
  );
  times.forEach((time, j) => {
    for (const chain of chains) chain.run(time * n - chain.steps);
    const { mean, se } = summary(chains.map(({ m }) => m));
    assertAlmostEquals(mean, flow[j], 4 * se + 1e-3);
  });
});

Deno.test("1 − m is followed far below double precision", () => {
  const chain = new FineTuningChain(standard(), { n: 500, alpha: 0.2 }, stream("7", "tail"));
  chain.run(250 * 500);
  assert(chain.gap < 1e-18 && chain.gap > 1e-30, String(chain.gap));
});

Deno.test("a unit adapter stays one, whatever model, step, batch and noise", () => {
  const model = fc.record({
    activation: fc.constantFrom(...Object.values(ACTIVATIONS), "tanh(z)", "z > 0 ? z : 0.1 z"),
    k: fc.integer({ min: 1, max: 9 }),
    kappa: fc.double({ min: 0.01, max: 20, noNaN: true }),
  });
  const run = fc.record({
    n: fc.integer({ min: 2, max: 5000 }),
    alpha: fc.double({ min: 1e-3, max: 100, noNaN: true }),
    batch: fc.integer({ min: 1, max: 4 }),
    noise: fc.constantFrom(0, 1),
    algorithm: fc.constantFrom("sphere" as const, "joint" as const),
  });
  fc.assert(
    fc.property(model, run, (options, settings) => {
      const chain = new FineTuningChain(
        standard(options.activation, options),
        settings,
        stream("7"),
      );
      chain.run(50);
      assertAlmostEquals(chain.m ** 2 + chain.across ** 2, 1, 1e-12);
      assert(Math.abs(chain.q) <= 1 + 1e-12);
    }),
    { seed: 7, numRuns: 60 },
  );
});

Deno.test("students from scratch stay unit vectors and learn the teacher, merged or not", () => {
  const model = standard("h3", { k: 2, kappa: 1, c: quantised(2, () => 1) });
  const [, inner] = teacherGram(model);
  assertAlmostEquals(inner, 0.5, 1e-15);
  const chain = new ScratchChain(model, { d: 16, eta: 0.002 }, stream("7", "scratch"));
  for (let block = 0; block < 40; block++) {
    chain.run(1000);
    for (const i of [0, 1]) {
      assertAlmostEquals(chain.between(i, i), 1, 1e-12);
      for (const j of [0, 1]) assert(Math.abs(chain.overlap(i, j)) <= 1 + 1e-12);
    }
  }
  assert(chain.best > 0.999, String(chain.best));
});

Deno.test("the plane chain keeps singular values of M below 1; P^(−1/2) is what it says", () => {
  const { a, b, c } = inverseRoot({ a: 2, b: 0.5, c: 1 });
  // R P R = I
  const row = [a * 2 + b * 0.5, a * 0.5 + b * 1], other = [b * 2 + c * 0.5, b * 0.5 + c * 1];
  assertAlmostEquals(row[0] * a + row[1] * b, 1, 1e-12);
  assertAlmostEquals(row[0] * b + row[1] * c, 0, 1e-12);
  assertAlmostEquals(other[0] * b + other[1] * c, 1, 1e-12);
  const chain = new PlaneChain({ d: 32, eta: 0.5 * 32 ** -1.5 }, stream("7", "plane"));
  for (let block = 0; block < 30; block++) {
    chain.run(500);
    assert(chain.found >= 0 && chain.found <= 1 + 1e-12);
  }
  assert(chain.found > 0.9, String(chain.found));
});

Deno.test("a general direction is found, orthogonal to the base or inside its span", () => {
  for (const parallel of [0, 0.5, 1]) {
    const options = { d: 400, alpha: 0.2, parallel };
    const chain = new GeneralChain(standard(), options, stream("7", "general", parallel));
    chain.run(60 * 400);
    assert(Math.abs(chain.m) > 0.9, `${parallel}: ${chain.m}`);
  }
});

Deno.test("copies do not depend on how they are shared out, nor on the times that are kept", () => {
  const cell = { model: S, run: { n: 50, alpha: 0.2 }, copies: 4, times: [1, 2] };
  const whole = courses(cell, { seed: "7" }) as CourseRow[];
  const parts = [0, 1, 2, 3].flatMap((first) =>
    courses({ ...cell, first, copies: 1 }, { seed: "7" }) as CourseRow[]
  );
  assertEquals(parts, whole);
  const late = courses({ ...cell, times: [2] }, { seed: "7" }) as CourseRow[];
  assertEquals(late.map(({ m }) => m), whole.filter(({ tau }) => tau === 2).map(({ m }) => m));
});

Deno.test("the loss that training sees is the population loss, before the first step", () => {
  const run = { n: 1e7, alpha: 1e-6, m0: 0.5 },
    chain = new FineTuningChain(standard(), run, stream("7"));
  assertEquals(chain.takeLoss(), null);
  chain.run(100_000);
  assertAlmostEquals(Number(chain.takeLoss()), 0.388889, 0.02); // the table of S
});

Deno.test("a free adapter beyond its stable step stops with a status instead of NaN", () => {
  const options = { n: 60, alpha: 3, algorithm: "free" as const };
  const chain = new FineTuningChain(standard(), options, stream("7", "diverge"));
  chain.run(20_000);
  assertEquals(chain.status, "diverged");
  assertMatch(chain.verdict, /^diverged at step \d+: .* α = 3; .*critical/);
  const { nu } = chain;
  chain.run(10);
  assertEquals(chain.nu, nu);
});

Deno.test("the controller finds the best step scale; a wrong one it does not keep", () => {
  const chain = new FineTuningChain(standard(), { n: 1000, alpha: 0.02 }, stream("7", "control"));
  const controller = new KurtosisController(20_000);
  for (let t = 0; t < 60_000; t++) {
    chain.step();
    controller.observe(chain.gate);
    if (t > 1000) chain.alpha = controller.alpha;
  }
  assertAlmostEquals(chain.alpha, 0.2, 0.02);
  assertThrows(() => new KurtosisController(0), RangeError, "memory must be");
});

Deno.test("input laws have mean 0, variance 1 and the fourth moments that are named", () => {
  const rng = stream("7", "laws"), count = 200_000;
  for (const law of INPUT_LAWS) {
    if (law === "gaussian") continue;
    const draws = Float64Array.from(
      { length: count },
      () => inputLaw(law)!.quantile(rng.uniform()),
    );
    const moment = (p: number) => summary(draws.map((x) => x ** p));
    for (const [p, wanted] of [[1, 0], [2, 1], [4, FOURTH_MOMENT[law]]]) {
      const { mean, se } = moment(p);
      assertAlmostEquals(mean, wanted, 4 * se + 1e-9);
    }
  }
});

Deno.test("whitened digits have covariance 1", () => {
  const kept = 40, rows = whitened("digits", kept), count = rows.length / kept;
  for (const [i, j] of [[0, 0], [39, 39], [0, 39], [5, 6]]) {
    let sum = 0;
    for (let at = 0; at < count; at++) sum += rows[at * kept + i] * rows[at * kept + j] / count;
    assertAlmostEquals(sum, Number(i === j), 1e-9);
  }
});

Deno.test("a run that never arrives is null, and counts as such", () => {
  const cell = { route: "GLM" as const, model: S, d: 500, eta: 1e-9, copies: 4, maxSteps: 50 };
  const { steps, arrived } = hittingTimes(cell) as { steps: number | null; arrived: number };
  assertEquals([steps, arrived], [null, 0]);
});

Deno.test("runs refuse bad input with a sentence", () => {
  const make = (options: object) => () =>
    new FineTuningChain(standard(), { n: 50, alpha: 0.2, ...options }, stream("7"));
  assertThrows(make({ n: 1 }), RangeError, "n = d − k must be");
  assertThrows(make({ alpha: 0 }), RangeError, "alpha must be");
  assertThrows(make({ alpha: NaN }), RangeError, "alpha must be");
  assertThrows(make({ m0: 2 }), RangeError, "m0 must lie");
  assertThrows(make({ batch: 0 }), RangeError, "batch must be");
  assertThrows(make({ noise: -1 }), RangeError, "noise must be");
  assertThrows(make({ algorithm: "x" }), Error, "algorithm must be");
  assertThrows(make({ law: "cauchy" }), Error, "law must be");
  assertThrows(() => make({})().run(-1), RangeError, "steps must be");
  const law = { n: 50, alpha: 0.2, law: "laplace" as const };
  assertThrows(
    () => new FineTuningChain(planeModel(), law, stream("7")),
    RangeError,
    "W must be orthonormal",
  );
  const pair = standard("h3", { k: 2, kappa: 1 });
  const scratch = (options: { d: number; eta: number }) => () =>
    new ScratchChain(pair, options, stream("7"));
  assertThrows(scratch({ d: 3, eta: 0.1 }), RangeError, "d must be");
  assertThrows(scratch({ d: 30, eta: Infinity }), RangeError, "eta must be");
  assertThrows(
    () => new ScratchChain(planeModel(), { d: 30, eta: 0.1 }, stream("7")),
    RangeError,
    "must have length 1",
  );
  assertThrows(() => new PlaneChain({ d: 3, eta: 0.1 }, stream("7")), RangeError, "d must be");
  const general = (options: object) => () =>
    new GeneralChain(standard(), { d: 100, alpha: 0.1, parallel: 0, ...options }, stream("7"));
  assertThrows(general({ d: 9 }), RangeError, "d must be");
  assertThrows(general({ parallel: 1.1 }), RangeError, "parallel must");
  const setting = { kind: "plane", run: { d: 6, eta: 0.1 } } as const;
  const laws = { setting, controls: {}, looks: [1], copies: 1 };
  assertThrows(() => lawComparisons(laws), RangeError, "copies must be");
  const input = {
    model: { ...S, k: 4 },
    inputs: "gaussian" as const,
    placement: "localised" as const,
    d: 30,
    alpha: 0.1,
    copies: 1,
    times: [1],
  };
  assertThrows(() => inputCourses({ ...input, d: 5 }), RangeError, "d must be");
  assertThrows(() => inputCourses({ ...input, times: [2, 1] }), RangeError, "times[1]");
  assertThrows(() => whitened("digits", 64), RangeError, "d must be");
});
