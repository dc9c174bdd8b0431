/** The fast equations against the model, at sizes and ranks that all differ. */
import { assert, assertEquals } from "@std/assert";
import { add, frobeniusNorm, matrix } from "lora-dynamics/linalg/mod.ts";
import {
  AdapterFlow,
  type Adapters,
  aligned,
  descend,
  descentStep,
  error,
  frame,
  loss,
  type Problem,
  reduceHidden,
  rotated,
  startAdapters,
  velocity,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

const draws = portable(5),
  normal = (rows: number, columns: number) => matrix(rows, columns, draws.normals(rows * columns));

/** Diagonal layers with hidden directions that neither passes on, and one that only layer 2 does. */
const diagonal = aligned({
  ...{ s2: [1.9, 1.3, 0.8, 0.6], s1: [1.2, 0.7, 0.4], target: [0, 0.7, 0.2], m: 5, h: 7, n: 4 },
});
const dense = rotated(diagonal, { u: frame(draws, 5, 5), g: frame(draws, 7, 7) });
const single: Problem = { w2: diagonal.w2, target: normal(5, 6) };
const denseSingle: Problem = { w2: normal(5, 3), target: normal(5, 6) };

function adapters({ w2, w1, target }: Problem, r1: number, r2: number): Adapters {
  const h = w2.columns, first = { b1: normal(h, r1), a1: normal(r1, target.columns) };
  return w1 ? { ...first, b2: normal(target.rows, r2), a2: normal(r2, h) } : first;
}

/** Entries off the diagonal that are no noise. */
const ones: Problem = {
  w2: matrix(2, 2, [2, 1, 1, 3]),
  w1: matrix(2, 3, [1, 1, 1, 1, 0.5, 1]),
  target: normal(2, 3),
};

const cases: [string, Problem, number, number][] = [
  ["diagonal layers", diagonal, 2, 1],
  ["diagonal layers, ranks that together exceed a side", diagonal, 2, 3],
  ["dense layers", dense, 1, 2],
  ["dense layers, ranks that together exceed a side", dense, 3, 2],
  ["layers of ones", ones, 1, 1],
  ["one adapter, diagonal", single, 3, 0],
  ["one adapter, dense", denseSingle, 2, 0],
];

for (const [name, problem, r1, r2] of cases) {
  Deno.test(`${name}: error, velocity and loss are those of the model`, () => {
    const start = adapters(problem, r1, r2), flow = new AdapterFlow(problem, start);
    // Twice, since what a product leaves behind must not enter the next one.
    flow.rhs(0, flow.start.map((x) => 3 - x), new Float64Array(flow.start.length));
    const found = new Float64Array(flow.start.length).fill(NaN);
    flow.rhs(0, flow.start, found);
    const wanted = velocity(problem, start);
    for (const [key, value] of Object.entries(flow.adapters(found))) {
      const model = wanted[key as keyof Adapters]!;
      assertEquals([value.rows, value.columns], [model.rows, model.columns]);
      const distance = frobeniusNorm(add(value, model, -1));
      assert(distance <= 1e-14 * frobeniusNorm(model), `${key}: ${distance}`);
    }
    const e = error(problem, start), apart = frobeniusNorm(add(flow.error(flow.start), e, -1));
    assert(apart <= 1e-14 * frobeniusNorm(e), `error: ${apart}`);
    const l = loss(problem, start);
    assert(Math.abs(flow.loss(flow.start) - l) <= 1e-14 * l);
  });

  Deno.test(`${name}: descent is the model's step again and again`, () => {
    const eta = 1e-4, start = adapters(problem, r1, r2);
    const { states: [end], flow } = descend(problem, start, { eta, at: [5] });
    let wanted = start;
    for (let step = 0; step < 5; step++) wanted = descentStep(problem, wanted, eta);
    for (const [key, value] of Object.entries(flow.adapters(end))) {
      const model = wanted[key as keyof Adapters]!;
      const distance = frobeniusNorm(add(value, model, -1));
      assert(distance <= 1e-13 * frobeniusNorm(model), `${key}: ${distance}`);
    }
  });
}

Deno.test("a step schedule and rates of one are the same bits as the plain step", () => {
  const start = adapters(diagonal, 2, 1), at = [7];
  const [plain, scheduled, rated] = [
    descend(diagonal, start, { eta: 1e-4, at }),
    descend(diagonal, start, { eta: () => 1e-4, at }),
    descend(diagonal, start, { eta: 1e-4, at, rates: { b1: 1, a2: 1 } }),
  ];
  assertEquals(scheduled.states, plain.states);
  assertEquals(rated.states, plain.states);
  const slow = descend(diagonal, start, { eta: 1e-4, at, rates: { b1: 0.5 } });
  assert(slow.losses[0] !== plain.losses[0]);
});

Deno.test("the reduced layers of an aligned problem are diagonal, and its losses the same", () => {
  const options = { start: "gauss", r: 2, alpha: 0.3, draws: portable(3) } as const;
  const wide = aligned({ s2: [1.9, 1.3, 0.8], s1: [1.2, 0.7], target: [0.5], m: 4, h: 20, n: 3 });
  const start = startAdapters(wide, options);
  const reduced = reduceHidden({ problem: wide, adapters: start });
  const { w2, w1 } = reduced.problem;
  assertEquals([w2.rows, w2.columns, w1!.rows, w1!.columns], [4, 7, 7, 3]);
  for (const w of [w2, w1!]) {
    w.data.forEach((x, at) => {
      if (x !== 0) assertEquals(at % w.columns, Math.floor(at / w.columns));
    });
  }
  const l = loss(wide, start);
  assert(Math.abs(loss(reduced.problem, reduced.adapters) - l) <= 1e-14 * l);
  const [full, small] = [{ problem: wide, adapters: start }, reduced].map((started) =>
    descend(started.problem, started.adapters, { eta: 0.02, at: [200] }).losses[0]
  );
  assert(Math.abs(small - full) <= 1e-12 * full, `${small} and ${full}`);
});

Deno.test("hidden directions are kept however small the start is", () => {
  const wide = aligned({ s2: [1.9, 1.3, 0.8], s1: [1.2, 0.7], target: [0.5], m: 4, h: 20, n: 3 });
  for (const alpha of [1e-9, 1, 1e9]) {
    const start = startAdapters(wide, { start: "zeroB", r: 2, alpha, draws: portable(3) });
    const { problem, adapters } = reduceHidden({ problem: wide, adapters: start });
    assertEquals(problem.w2.columns, 5);
    const { a2 } = adapters, size = frobeniusNorm(start.a2!);
    assert(Math.abs(frobeniusNorm(a2!) / size - 1) < 1e-14);
  }
});

Deno.test("directions that no layer passes on may stand between the others; coordinates stay coordinates", () => {
  const gap = aligned({ s2: [1.3, 0, 1.9], s1: [0.7, 0, 1.2], target: [0.5], m: 3, h: 9, n: 3 });
  const start = startAdapters(gap, { start: "zeroA", r: 1, alpha: 0.1, draws: portable(3) });
  const { problem } = reduceHidden({ problem: gap, adapters: start });
  assertEquals([...problem.w2.data], [1.3, 0, 0, 0, 0, 0, 0, 1.9, 0]);
  assertEquals([...problem.w1!.data], [0.7, 0, 0, 0, 0, 1.2, 0, 0, 0]);
});

Deno.test("divergence is judged by what there is to lose, not by where a run starts", () => {
  // Almost learnt: the loss rises from 2·10⁻⁴ to some 10⁷, below 10⁶ times ½σ² = 50.
  const one = aligned({ s2: [1], target: [10] }), size = Math.sqrt(10) * 1.001;
  const start = { b1: matrix(1, 1, [size]), a1: matrix(1, 1, [size]) };
  const { status, losses } = descend(one, start, { eta: 1400, at: [1] });
  assertEquals(status, "done");
  assert(losses[0] > 1e7 && losses[0] < 5e7, `${losses}`);
  assertEquals(descend(one, start, { eta: 6e4, at: [1] }).status, "diverged: step too large");
});
