import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { SingleIndexChain } from "lora-dynamics/chain/mod.ts";
import { slope, summary } from "lora-dynamics/experiment/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { LoraFlow, meanPassage, meanStep } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

Deno.test("meanStep() is the mean of one step of 4000 chains, with two steps and a misaligned weight (4 s.e.)", () => {
  for (const student of ["erf", "relu", "He2"]) {
    // A batch so large that its noise adds nothing to the length.
    const batch = 2000,
      start = { u: 0.4, a: [0.5, -0.3] },
      step = [0.3, 0.8] as const,
      frozen = [0.6, 0.3];
    const model = {
      student: activation(student),
      d: 4,
      frozen,
      batch,
      step,
      stepScale: student === "He2" ? 4 : 1,
    };
    const chain = new SingleIndexChain(model, 400, stream("7", "mean", student), start);
    chain.step();
    const { state } = meanStep({ student, frozen, step })(start);
    const compare = (name: string, found: ArrayLike<number>, wanted: number) => {
      const { mean, se } = summary(found);
      assertLess(Math.abs(mean - wanted), 4 * se + 1e-3 * Math.abs(wanted), `${student}, ${name}`);
    };
    compare("u", chain.state.u, state.u);
    [0, 1].forEach((j) =>
      compare(`a${j}`, chain.state.a.filter((_, i) => i % 2 === j), state.a[j])
    );
  }
});

Deno.test("meanStep() with a batch of the order of d has the length that its noise adds (4 s.e.)", () => {
  const d = 4000,
    batch = 1000,
    step = 0.5,
    frozen = [0.3],
    noise = 0.4,
    start = { u: 0.6, a: [0.5] };
  const model = { student: activation("x"), d, frozen, batch, step, noise };
  const chain = new SingleIndexChain(model, 2000, stream("7", "length"), start);
  chain.step();
  const { mean, se } = summary(chain.state.a);
  const problem = { student: "x", frozen, step, d, labelNoise: noise };
  const { state, samples } = meanStep({ ...problem, batch })(start);
  assertEquals(samples, batch);
  assertLess(Math.abs(mean - state.a[0]), 4 * se + 1 / d);
  // Control: without it the mean is another one.
  assertLess(10 * se, Math.abs(meanStep({ student: "x", frozen, step })(start).state.a[0] - mean));
});

Deno.test("meanStep() approaches the flow, the difference like the step", () => {
  const problem = { student: "sigmoid", frozen: [0.3], a0: [0.4], u0: 0.5 };
  const [point] = new LoraFlow(problem).path([2]), steps = [0.4, 0.2, 0.1, 0.05];
  const gaps = steps.map((step) => {
    const move = meanStep({ student: "sigmoid", frozen: [0.3], step });
    let state: { u: number; a: readonly number[] } = { u: 0.5, a: [0.4] };
    for (let k = 0; k < Math.round(2 / step); k++) state = move(state).state;
    return Math.abs(state.u - point.u);
  });
  assertAlmostEquals(slope(steps.map(Math.log), gaps.map(Math.log)), 1, 0.2);
});

Deno.test("meanPassage() interpolates in ln|m|, sums the batches and gives up", () => {
  const problem = {
    student: "x",
    frozen: [0.4],
    step: 0.1,
    d: 1e6,
    batch: (u: number) => 100 + 1e9 * u * u,
  };
  const start = { u: 1e-3, a: [0.01] }, move = meanStep(problem);
  let state: { u: number; a: readonly number[] } = start, samples = 0;
  for (let k = 0; k < 7; k++) {
    const next = move(state);
    state = next.state;
    samples += next.samples;
  }
  const there = meanPassage(problem, start, { radius: state.a[0] });
  assertAlmostEquals(there.steps, 7, 1e-12);
  assertAlmostEquals(there.samples / samples, 1, 1e-12);
  const after = move(state).state.a[0],
    half = meanPassage(problem, start, { radius: Math.sqrt(after * state.a[0]) });
  assertAlmostEquals(half.steps, 7.5, 1e-12);
  // The sign of m does not matter; what is there already takes nothing.
  const mirrored = { u: -1e-3, a: [-0.01] };
  assertAlmostEquals(
    meanPassage(problem, mirrored, { radius: 0.02 }).steps,
    meanPassage(problem, start, { radius: 0.02 }).steps,
    1e-12,
  );
  assertEquals(meanPassage(problem, start, { radius: 0.005 }), { steps: 0, samples: 0 });
  assertEquals(meanPassage(problem, mirrored, { radius: 0.005 }), { steps: 0, samples: 0 });
  assert(Number.isNaN(meanPassage(problem, start, { radius: 0.9, maxSteps: 3 }).steps));
  const one = { radius: 0.9, maxSteps: 1 };
  assert(Number.isNaN(meanPassage(problem, start, one).steps));
});

Deno.test("meanStep() names the condition that fails", () => {
  const base = { frozen: [0.4], step: 0.1 };
  assertThrows(
    () => meanStep({ ...base, student: "erf", d: 100, batch: 10 }),
    RangeError,
    "student must be x where the batch is finite",
  );
  assertThrows(() => meanStep({ ...base, student: "x", batch: 10 }), RangeError, "d must be");
  assertThrows(
    () => meanStep({ ...base, student: "x", step: [0.1, 0] }),
    RangeError,
    "step of omega",
  );
  assertThrows(() => meanStep({ ...base, student: "x", step: NaN }), RangeError, "step of u");
  assertThrows(() => meanStep({ ...base, student: "x", frozen: [NaN] }), RangeError, "frozen");
  const problem = { ...base, student: "x" };
  assertThrows(() => meanPassage(problem, { u: 0, a: [0.1] }, { radius: 1 }), RangeError, "radius");
  assertThrows(
    () => meanPassage(problem, { u: 0, a: [0.1] }, { radius: 0.5, maxSteps: 0 }),
    RangeError,
    "maxSteps",
  );
  assertThrows(
    () => meanPassage(problem, { u: 0, a: [0.1, 0] }, { radius: 0.5 }),
    TypeError,
    "start.a must have 1 entries",
  );
});
