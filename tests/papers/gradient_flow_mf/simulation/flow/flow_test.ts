/** The fast flow: equal to the model for all shapes, and a reader's changes of it. */
import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import {
  frobeniusNorm,
  type Matrix,
  matrix,
  multiplyNT,
  multiplyTN,
} from "lora-dynamics/linalg/mod.ts";
import {
  AdapterFlow,
  type Adapters,
  descend,
  error,
  factorization,
  type FlowOptions,
  imbalance,
  loss,
  type Moment,
  type Problem,
  problemQ,
  startAdapters,
  type StartName,
  velocity,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import { distance, forAll } from "../../_random.ts";

/** The derivative that the flow gives at its start, as factors. */
function derivative(problem: Problem, adapters: Adapters, options: FlowOptions = {}): Adapters {
  const flow = new AdapterFlow(problem, adapters, options);
  const found = new Float64Array(flow.start.length).fill(NaN);
  flow.rhs(0, flow.start, found);
  return flow.adapters(found);
}

Deno.test("velocity, error and loss are those of the model, for all shapes and kinds of layers", () => {
  forAll(120, ({ problem, adapters, draws }) => {
    const flow = new AdapterFlow(problem, adapters), wanted = velocity(problem, adapters);
    // What an earlier call leaves in the workspace must not enter the next one.
    flow.rhs(0, draws.normals(flow.start.length), new Float64Array(flow.start.length));
    for (const [name, found] of Object.entries(derivative(problem, adapters))) {
      const model = wanted[name as keyof Adapters]!;
      assertEquals([found.rows, found.columns], [model.rows, model.columns]);
      assertLess(distance(found, model), 1e-12, name);
    }
    assertLess(distance(flow.error(flow.start), error(problem, adapters)), 1e-13);
    const l = loss(problem, adapters);
    assertLess(Math.abs(flow.loss(flow.start) - l), 1e-13 * l);
    assertEquals(flow.ranks, [adapters.b1.columns, ...(adapters.b2 ? [adapters.b2.columns] : [])]);
  });
});

Deno.test("rates and decay: ρ(v − ωθ) for each factor", () => {
  forAll(40, ({ problem, adapters }) => {
    const rates = { b1: 0.5, a1: 0, b2: 3, a2: 1.25 }, decay = 0.7;
    const found = derivative(problem, adapters, { rates, decay }),
      plain = velocity(problem, adapters);
    for (const name of Object.keys(adapters) as (keyof Adapters)[]) {
      const factor = adapters[name]!, v = plain[name]!;
      const data = v.data.map((x, i) => rates[name] * (x - decay * factor.data[i]));
      const apart = found[name]!.data.map((x, i) => Math.abs(x - data[i]));
      assertLess(Math.max(...apart), 1e-12 * (1 + Math.max(...data.map(Math.abs))), name);
    }
    const one = derivative(problem, adapters, { decay: 1 }),
      decayed = {
        ...{ ...plain.b1, data: plain.b1.data.map((x, i) => x - adapters.b1.data[i]) },
      };
    assertLess(distance(one.b1, decayed), 1e-12);
    const half = derivative(problem, adapters, { rates: { a1: 0.5 } });
    assertLess(distance(half.b1, plain.b1), 1e-12);
    const scaled = { ...plain.a1, data: plain.a1.data.map((x) => x / 2) };
    assertLess(distance(half.a1, scaled), 1e-12);
  });
});

Deno.test("a hook sees time, factors and error, and changes velocities after rates and decay", () => {
  forAll(20, ({ problem, adapters }) => {
    const seen: Moment[] = [], decay = 0.5;
    const hook = (moment: Moment) => {
      seen.push(moment);
      assertLess(distance(moment.error, error(problem, adapters)), 1e-13);
      moment.velocity.b1.data.forEach((x, i) => moment.velocity.b1.data[i] = 2 * x + 1);
    };
    const flow = new AdapterFlow(problem, adapters, { decay, hook });
    const found = new Float64Array(flow.start.length);
    flow.rhs(7, flow.start, found);
    assertEquals([seen.length, seen[0].t], [1, 7]);
    assertEquals(seen[0].adapters.a1.data, adapters.a1.data);
    const decayed = velocity(problem, adapters).b1.data.map((x, i) =>
      2 * (x - decay * adapters.b1.data[i]) + 1
    );
    assertLess(distance(flow.adapters(found).b1, { ...adapters.b1, data: decayed }), 1e-12);
  });
});

Deno.test("a hook may return new velocities of some factors, by their names, and nothing else", () => {
  const twice = ({ data, ...size }: Matrix) => ({ ...size, data: data.map((x) => 2 * x) });
  forAll(20, ({ problem, adapters }) => {
    const plain = velocity(problem, adapters);
    const returned = derivative(problem, adapters, {
      hook: ({ velocity: { b1, a1 } }) => ({ b1: twice(b1), a1: twice(a1) }),
    });
    for (const name of Object.keys(adapters) as (keyof Adapters)[]) {
      const wanted = ["b1", "a1"].includes(name) ? twice(plain[name]!) : plain[name]!;
      assertLess(distance(returned[name]!, wanted), 1e-12, name);
    }
    const same = derivative(problem, adapters, { hook: ({ velocity }) => velocity });
    assertLess(distance(same.b1, plain.b1), 1e-12);
  });
  const problem = factorization({ m: 3 }), draws = portable(1);
  const start = startAdapters(problem, { start: "gauss", r: 1, alpha: 0.1, draws });
  const refused = (hook: (moment: Moment) => unknown, words: string) => {
    const changes = { hook } as FlowOptions;
    assertThrows(() => new AdapterFlow(problem, start, changes).solve([1]), TypeError, words);
    const steps = { ...changes, eta: 0.1, at: [1] };
    assertThrows(() => descend(problem, start, steps), TypeError, words);
  };
  refused(({ velocity }) => velocity.b1.data, "in place) or new velocities such as { b1 }");
  refused(({ velocity }) => velocity.b1.data, "current value is a Float64Array");
  refused(({ velocity }) => velocity.b1.data[0] += 1, "must return nothing (it changes");
  refused(() => null, "current value is null");
  refused(() => Promise.resolve(), "current value is a promise");
  refused(
    ({ velocity }) => velocity.b1,
    'no other keys than b1, a1, b2, a2: current value has "rows"',
  );
  refused(({ velocity }) => ({ b1: velocity.a1 }), "be a matrix, 3 × 1: current value is 1 × 3");
  refused(({ velocity }) => ({ b2: velocity.b1 }), "be left out (layer 2 has no adapter)");
  refused(() => ({ a1: 5 }), "be a matrix, 1 × 3: current value is 5");
});

Deno.test("every start at every scale has the velocity of the model", () => {
  const starts: StartName[] = ["zeroB", "zeroA", "spectralPaper", "gauss", "balanced", "spectral"];
  for (const problem of [problemQ({ delta: 0.5 }), factorization({ m: 6, n: 5, s: 1.7 })]) {
    for (const start of starts) {
      const adapters = startAdapters(problem, { start, r: 3, alpha: 1e-5, draws: portable(3) });
      const found = derivative(problem, adapters), wanted = velocity(problem, adapters);
      for (const name of Object.keys(adapters) as (keyof Adapters)[]) {
        // Of products that cancel to zero, such as with B = 0, nothing is asked beyond rounding.
        const scale = Math.max(1e-5, ...wanted[name]!.data.map(Math.abs));
        const apart = found[name]!.data.map((x, i) => Math.abs(x - wanted[name]!.data[i]));
        assertLess(Math.max(...apart), 1e-13 * scale, `${start} ${name}`);
      }
    }
  }
});

Deno.test("the state is B₁, A₁, B₂, A₂ row by row, and adapters() are views of it", () => {
  const problem = problemQ({ delta: 0.5 });
  const start = startAdapters(problem, { start: "gauss", r: [2, 3], alpha: 1, draws: portable(3) });
  const flow = new AdapterFlow(problem, start), { b1, a1, b2, a2 } = start;
  assertEquals([...flow.start], [...b1.data, ...a1.data, ...b2!.data, ...a2!.data]);
  const views = flow.adapters(flow.start);
  assertEquals([views.b2!.rows, views.b2!.columns, views.a2!.rows, views.a2!.columns], [
    9,
    3,
    3,
    12,
  ]);
  views.a2!.data[35] = 5;
  assertEquals(flow.start.at(-1), 5);
});

Deno.test("a start of size 10⁻⁸ is followed from the beginning: its half-time is the escape time", () => {
  const problem = factorization({ m: 6, n: 5, s: 1.7, sigma: [0.6] });
  const start = startAdapters(problem, { start: "gauss", r: 2, alpha: 1e-8, draws: portable(2) });
  let power = 0;
  for (let k = 0; k < 2; k++) power += (start.b1.data[k] + start.a1.data[5 * k]) ** 2 / 2;
  const half = Math.log(2 * 0.6 / (1.7 * power)) / (2 * 1.7 * 0.6);
  const { losses, times, states } = new AdapterFlow(problem, start).solve([0, half]);
  assertEquals([times, states.length], [[0, half], 2]);
  assertAlmostEquals(losses[0], 0.5 * 0.6 ** 2, 1e-12);
  assertAlmostEquals(losses[1], 0.5 * 0.3 ** 2, 1e-9);
});

Deno.test("a learnt mode ends below 2·10⁻²⁶, at inner times as well", () => {
  const problem = problemQ({ delta: 0.5 });
  const start = startAdapters(problem, { start: "spectral", r: 1, alpha: 1e-3 });
  const times = [30, 31.3, 33.7, 40], { losses } = new AdapterFlow(problem, start).solve(times);
  for (const l of losses) assertLess(l, 2e-26);
  // By implicit midpoint instead, whose steps are equal and need no landing.
  const options = { method: "midpoint", step: 0.01, rtol: 1e-6 } as const;
  const { losses: [coarse] } = new AdapterFlow(problem, start).solve([8], options);
  const { losses: [fine] } = new AdapterFlow(problem, start).solve([8]);
  assertLess(Math.abs(coarse / fine - 1), 1e-2);
});

Deno.test("D = BᵀB − AAᵀ and its conservation", () => {
  const b = matrix(2, 2, [1, 2, 3, 4]), a = matrix(2, 3, [1, 0, 2, 0, 1, 1]);
  const data = [10 - 5, 14 - 2, 14 - 2, 20 - 2];
  assertEquals([...imbalance(b, a).data], data);
  const problem = problemQ({ delta: 0.5 });
  const start = startAdapters(problem, { start: "gauss", r: 2, alpha: 0.3, draws: portable(4) });
  const flow = new AdapterFlow(problem, start), end = flow.adapters(flow.solve([5]).states[0]);
  for (
    const [before, after] of [[start.b1, end.b1], [start.b2!, end.b2!]].map((_, i) =>
      i === 0
        ? [imbalance(start.b1, start.a1), imbalance(end.b1, end.a1)]
        : [imbalance(start.b2!, start.a2!), imbalance(end.b2!, end.a2!)]
    )
  ) assertLess(distance(after, before), 1e-12);
  assert(frobeniusNorm(multiplyTN(end.b1, end.b1)) > frobeniusNorm(multiplyNT(start.a1, start.a1)));
});

Deno.test("noise and infinities by a hook are refused by the flow, which has one velocity at a state", () => {
  const problem = factorization({ m: 3 }), draws = portable(1);
  const start = startAdapters(problem, { start: "gauss", r: 1, alpha: 0.1, draws });
  const by = (hook: (moment: Moment) => void) => () =>
    new AdapterFlow(problem, start, { hook }).solve([1]);
  const noisy = by(({ velocity: { a1 } }) => void (a1.data[0] += draws.uniform()));
  assertThrows(noisy, RangeError, "the hook must leave the same velocity at the same state");
  const infinite = by(({ velocity: { a1 } }) => void (a1.data[0] = Infinity));
  assertThrows(infinite, RangeError, "velocity 3 after the hook must be finite");
  by(({ velocity: { a1 } }) => void (a1.data[0] *= 2))();
});
