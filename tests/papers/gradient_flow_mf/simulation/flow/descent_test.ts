/** Gradient descent: the model's step, other rules, schedules, and how it says that it diverged. */
import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import { updateRule } from "lora-dynamics/nn/mod.ts";
import {
  type Adapters,
  descend,
  descentStep,
  factorization,
  type FactorName,
  problemQ,
  startAdapters,
  stepsAt,
  velocity,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import { distance, forAll } from "../../_random.ts";

const names = (of: Adapters) => Object.keys(of) as FactorName[];

Deno.test("steps are the model's, for all shapes", () => {
  forAll(60, ({ problem, adapters }) => {
    const eta = 1e-4,
      at = [0, 2, 5],
      { states, flow, status, losses } = descend(problem, adapters, {
        ...{ eta, at },
      });
    let wanted = adapters;
    for (let step = 0; step <= 5; step++) {
      const found = at.indexOf(step);
      if (found >= 0) {
        const here = flow.adapters(states[found]);
        for (const name of names(adapters)) assertLess(distance(here[name]!, wanted[name]!), 1e-12);
        assertEquals(losses[found], flow.loss(states[found]));
      }
      wanted = descentStep(problem, wanted, eta);
    }
    assertEquals(status, "done");
  });
});

Deno.test("rates multiply the steps of a factor, decay draws it to zero", () => {
  forAll(30, ({ problem, adapters }) => {
    const rates = { b1: 2, a1: 0, b2: 0.5 }, decay = 0.4, eta = 1e-3;
    const { states: [end], flow } = descend(problem, adapters, { eta, at: [1], rates, decay });
    const v = velocity(problem, adapters), here = flow.adapters(end);
    for (const name of names(adapters)) {
      const rate = { a2: 1, ...rates }[name], { data } = adapters[name]!;
      const moved = data.map((x, i) => x + eta * rate * (v[name]!.data[i] - decay * x));
      assertLess(distance(here[name]!, { ...adapters[name]!, data: moved }), 1e-13, name);
    }
  });
});

Deno.test("momentum is the two-step recursion of the model, Adam its first step by signs", () => {
  const problem = problemQ({ delta: 0.5 }), eta = 0.02, momentum = 0.7;
  const start = startAdapters(problem, { start: "gauss", r: 2, alpha: 0.3, draws: portable(1) });
  const rule = updateRule("momentum", { momentum });
  const { states: [end], flow } = descend(problem, start, { eta, at: [3], rule });
  const moved = (x: Adapters, v: Adapters) =>
    Object.fromEntries(
      names(x).map((name) => [
        name,
        { ...x[name]!, data: x[name]!.data.map((value, i) => value + eta * v[name]!.data[i]) },
      ]),
    ) as unknown as Adapters;
  let wanted = start, speed: Adapters | undefined;
  for (let step = 0; step < 3; step++) {
    const v = velocity(problem, wanted), before = speed;
    speed = Object.fromEntries(
      names(v).map((name) => [name, {
        ...v[name]!,
        data: v[name]!.data.map((x, i) => x + (before ? momentum * before[name]!.data[i] : 0)),
      }]),
    ) as unknown as Adapters;
    wanted = moved(wanted, speed);
  }
  for (const name of names(start)) {
    assertLess(distance(flow.adapters(end)[name]!, wanted[name]!), 1e-12);
  }
  // m̂/√v̂ of one step is the sign of the gradient.
  const adam = descend(problem, start, { eta, at: [1], rule: "adam" });
  const v = velocity(problem, start), here = adam.flow.adapters(adam.states[0]);
  for (const name of names(start)) {
    here[name]!.data.forEach((x, i) => {
      const step = (x - start[name]!.data[i]) / eta, slope = v[name]!.data[i];
      if (Math.abs(slope) > 1e-3) assertAlmostEquals(step, Math.sign(slope), 1e-4);
    });
  }
  // The counter of steps reaches the rule: without it the second step of Adam would be ten times longer.
  const two = descend(problem, start, { eta: 1e-6, at: [1, 2], rule: "adam" });
  const long = two.states[1].map((x, i) => (x - two.states[0][i]) / 1e-6);
  assertLess(Math.max(...long.map(Math.abs)), 1.01);
});

Deno.test("an event is timed where it first falls to 0, and only from above", () => {
  const problem = factorization({ m: 1 }),
    entry = (x: number) => ({
      ...{ rows: 1, columns: 1, data: Float64Array.of(x) },
    });
  // With A frozen at 0.5 the error of E = 1 − b/2 falls by the factor 1 − η/4 a step, at η = 2 by ½.
  const given = { eta: 2, at: [4], rates: { a1: 0 } }, start = { b1: entry(0), a1: entry(0.5) };
  const at = (event: (adapters: Adapters) => number) =>
    descend(problem, start, { ...given, event }).event;
  const e = ({ b1 }: Adapters) => 1 - b1.data[0] / 2;
  assertAlmostEquals(at((x) => e(x) - 0.4)!, 2 + 2 * 0.1 / 0.25, 1e-14);
  assertAlmostEquals(at((x) => e(x) - 0.25)!, 4, 1e-14); // on a step
  assertEquals([at((x) => e(x) - 0.05), at((x) => e(x) - 2), at((x) => e(x) - 1)], [
    null,
    null,
    null,
  ]);
  assertEquals(descend(problem, start, given).event, null);
  const wave = [0.5, 0.5, -0.5, 0.5, -0.5];
  let call = 0;
  assertAlmostEquals(at(() => wave[call++])!, 3, 1e-14); // the first of two
});

Deno.test("a schedule gives each step its own size, and hooks the number of the step", () => {
  const problem = factorization({ m: 4, sigma: [0.7], s: 1.3 }), seen: number[] = [];
  const start = startAdapters(problem, { start: "gauss", r: 2, alpha: 0.3, draws: portable(1) });
  const sizes = [0.1, 0.05, 0.2];
  const run = descend(problem, start, {
    ...{ eta: (step) => sizes[step], at: [3] },
    hook: ({ t }) => void seen.push(t),
  });
  let wanted = start;
  for (const eta of sizes) wanted = descentStep(problem, wanted, eta);
  assertLess(distance(run.flow.adapters(run.states[0]).b1, wanted.b1), 1e-13);
  assertEquals(seen, [0, 1, 2]);
});

Deno.test("flow times as steps: the nearest ones, each once", () => {
  assertEquals(stepsAt(0.1, [0, 0.3, 0.31, 0.38, 1]), [
    ...[{ step: 0, t: 0 }, { step: 3, t: 0.3 }, { step: 4, t: 0.4 }, { step: 10, t: 1 }],
  ]);
  // What differs from a wanted time by rounding is that time, and nothing else is.
  const [near, far] = [0.3 * (1 + 5e-10), 0.3 * (1 + 5e-9)];
  assertEquals(stepsAt(0.1, [near]), [{ step: 3, t: near }]);
  assertEquals(stepsAt(0.1, [far]), [{ step: 3, t: 3 * 0.1 }]);
  const schedule = fc.tuple(
    fc.double({ min: 0.2, max: 1, noNaN: true }),
    fc.array(fc.double({ min: 0.01, max: 3, noNaN: true }), { minLength: 1, maxLength: 6 }),
  );
  fc.assert(
    fc.property(schedule, ([first, gaps]) => {
      const times = gaps.map((_, i) => gaps.slice(0, i + 1).reduce((sum, x) => sum + x));
      const eta = (step: number) => first / Math.sqrt(1 + step), found = stepsAt(eta, times);
      let sum = 0;
      const sums = Array.from({ length: found.at(-1)!.step + 2 }, (_, i) => {
        const here = sum;
        sum += eta(i);
        return here;
      });
      for (const { step, t } of found) {
        assertAlmostEquals(t, sums[step], 1e-8);
        // No other sum of steps is nearer to the time that it stands for.
        const time = times.toSorted((a, b) => Math.abs(a - t) - Math.abs(b - t))[0];
        const nearest = sums.reduce((least, x) => Math.min(least, Math.abs(x - time)), Infinity);
        assert(Math.abs(t - time) <= nearest + 1e-9);
      }
      found.forEach(({ step }, i) => assert(i === 0 || step > found[i - 1].step));
    }),
    { seed: 5, numRuns: 60 },
  );
  assertThrows(() => stepsAt(0, [1]), RangeError, "eta must be a finite number > 0");
  assertThrows(() => stepsAt(0.1, [1, 1]), RangeError, "times[1] must be greater than");
  assertThrows(() => stepsAt(0.1, [-1]), RangeError, "times must be a finite number >= 0");
  assertThrows(() => stepsAt(() => -1, [1]), RangeError, "eta(0) must be a finite number >= 0");
  const short = () => stepsAt((step) => step < 3 ? 0.1 : 0, [1]);
  assertThrows(short, RangeError, "the step sizes must add up to 1 within");
});

Deno.test("too large a step ends with a status and without states, a large one that holds does not", () => {
  // One mode at its solution: x ↦ x − η s² x · 2x …, of curvature 2 s σ = 1.82: stable for η < 1.0989.
  const problem = factorization({ m: 1, s: 1.3, sigma: [0.7] }), x = Math.sqrt(0.7 / 1.3);
  const start = {
    b1: { rows: 1, columns: 1, data: Float64Array.of(x + 1e-6) },
    a1: {
      ...{ rows: 1, columns: 1, data: Float64Array.of(x) },
    },
  };
  const at = [0, 50, 400], stable = descend(problem, start, { eta: 1.05, at });
  assertEquals([stable.status, stable.at], ["done", at]);
  assertLess(stable.losses[2], 1e-20);
  // Beyond it the loss grows at first …
  const grown = descend(problem, start, { eta: 1.15, at: [0, 50] });
  assert(grown.losses[1] > 100 * grown.losses[0]);
  // … and far beyond it the run is over.
  const over = descend(problem, start, { eta: 3, at });
  assertEquals(over.status, "diverged: step too large");
  assertEquals([over.at.length, over.states.length, over.losses.length], [1, 1, 1]);
  const never = descend(problem, { ...start, b1: { ...start.b1, data: Float64Array.of(40) } }, {
    ...{ eta: 9, at: [3] },
  });
  assertEquals([never.status, never.at], ["diverged: step too large", []]);
});

Deno.test("a run that diverges is over soon, whenever its next state is wanted", () => {
  const problem = factorization({ m: 3 }), draws = portable(1);
  const start = startAdapters(problem, { start: "gauss", r: 2, alpha: 0.1, draws });
  let calls = 0;
  const hook = () => void calls++;
  const { status } = descend(problem, start, { eta: 9, at: [1e6], hook });
  assertEquals(status, "diverged: step too large");
  assertLess(calls, 200);
});
