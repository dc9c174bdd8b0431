/** The descent and all that may be changed about it, against the plain model of one screen. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { add, frobeniusNorm, matrix, multiply, scale, svd } from "lora-dynamics/linalg/mod.ts";
import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

/** A problem away from special values: L = 1.69, three singular values, rank 2, both factors random. */
function problem() {
  const loss = cr.rescaled(cr.quadratic(cr.lowRank([5, 4], [3, 1.7, 0.4])), { scale: 1.3 });
  const rng = stream("descent", "test");
  const start = { b: cr.normals([5, 2], rng, 0.4), a: cr.normals([2, 4], rng, 0.9) };
  return { loss, start };
}

/** What the model does beside plain steps. */
interface Changes {
  readonly ratio?: number;
  readonly decay?: number;
  readonly momentum?: number;
}

/** The same run by the plain model, with everything that a result says. */
function plainRun(etas: readonly number[], { ratio = 1, decay = 0, momentum = 0 }: Changes) {
  const { loss, start } = problem();
  let at: cr.Adapters = start, time = 0, minGradient2 = Infinity, minNormalised = Infinity;
  let velocity = { b: scale(start.b, 0), a: scale(start.a, 0) };
  for (const eta of etas) {
    const { full, gradient } = cr.objective(loss, at);
    const square = frobeniusNorm(gradient.b) ** 2 + frobeniusNorm(gradient.a) ** 2;
    minGradient2 = Math.min(minGradient2, square);
    const size = Math.max(
      cr.stackSize(at) + frobeniusNorm(full),
      1 / (4 * Math.SQRT2 * loss.smoothness),
    );
    minNormalised = Math.min(minNormalised, square / size);
    const turn = (v: cr.Adapters["b"], g: cr.Adapters["b"], x: cr.Adapters["b"]) =>
      add(add(scale(v, momentum), g), x, decay);
    velocity = {
      b: turn(velocity.b, gradient.b, at.b),
      a: turn(velocity.a, gradient.a, at.a),
    };
    at = { b: add(at.b, velocity.b, -ratio * eta), a: add(at.a, velocity.a, -eta) };
    time += eta;
  }
  return { at, time, minGradient2, minNormalised };
}

for (
  const [name, changes] of Object.entries<Changes>({
    "plain": {},
    "LoRA+ of ratio 3": { ratio: 3 },
    "weight decay": { decay: 0.2 },
    "a heavy ball": { momentum: 0.6 },
    "all of them": { ratio: 0.5, decay: 0.1, momentum: 0.3 },
  })
) {
  Deno.test(`descend() is the plain model step by step: ${name}`, () => {
    const { loss, start } = problem(), run = new cr.Descent(loss, start);
    const etas = Array.from({ length: 60 }, (_, t) => 0.06 / (1 + t / 20));
    const result = cr.descend(run, { steps: 60, rule: "0.06 / (1 + t / 20)", ...changes });
    const plain = plainRun(etas, changes);
    assertEquals([result.status, result.steps], ["done", 60]);
    run.b.data.forEach((x, i) => assertAlmostEquals(x, plain.at.b.data[i], 1e-12));
    run.a.data.forEach((x, i) => assertAlmostEquals(x, plain.at.a.data[i], 1e-12));
    for (const key of ["time", "minGradient2", "minNormalised"] as const) {
      assertAlmostEquals(result[key], plain[key], 1e-12 * plain[key], key);
    }
  });
}

Deno.test("loraStep() descends along the gradient that finite differences give", () => {
  const { loss, start } = problem(), { gradient } = cr.objective(loss, start), h = 1e-6;
  for (const key of ["b", "a"] as const) {
    start[key].data.forEach((x, i) => {
      const at = (value: number) => {
        const data = start[key].data.slice();
        data[i] = value;
        return cr.objective(loss, { ...start, [key]: { ...start[key], data } }).value;
      };
      assertAlmostEquals((at(x + h) - at(x - h)) / (2 * h), gradient[key].data[i], 1e-7);
    });
  }
  const { b } = cr.loraStep(loss, start, 0.25);
  assertAlmostEquals(b.data[3], start.b.data[3] - 0.25 * gradient.b.data[3], 1e-15);
});

Deno.test("what `before` does to the factors is seen by the step: balancing keeps X and shrinks V", () => {
  const { loss, start } = problem(), run = new cr.Descent(loss, start);
  let updates: [number, number][] = [];
  cr.descend(run, {
    steps: 40,
    rule: "simple",
    before(run) {
      const x = multiply(run.b, run.a), before = cr.stackSize(run);
      run.moveTo(cr.balancedFactors(run));
      const moved = add(multiply(run.b, run.a), x, -1);
      updates = [...updates, [frobeniusNorm(moved), cr.stackSize(run) - before]];
    },
    visit: () => assertAlmostEquals(run.v2, cr.stackSize(run), 1e-12),
  });
  assertEquals(updates.length, 41);
  assert(updates.every(([moved, grown]) => moved < 1e-12 && grown < 1e-12));
});

Deno.test("noise changes G before rule and step see it, and a batch is chosen before each step", () => {
  const { loss, start } = problem(), run = new cr.Descent(loss, start), seen: number[] = [];
  cr.descend(run, {
    steps: 3,
    rule: ({ g }, t) => {
      seen.push(g);
      return t === 2 ? 0 : 0.1;
    },
    noise: (full, t) => full.data.fill(t + 1),
  });
  seen.forEach((g, t) => assertAlmostEquals(g, (t + 1) * Math.sqrt(20), 1e-12));
  const { loss: softmax, start: at } = cr.referenceSoftmax(), asked: number[] = [];
  const one = new cr.Descent(softmax, at);
  cr.descend(one, { steps: 4, rule: 0.1, batch: (t) => (asked.push(t), [t, t + 1]) });
  assertEquals(asked, [0, 1, 2, 3, 4]);
});

Deno.test("a schedule that ends at 0 ends the run with a status, and sizes survive a copy", () => {
  const { loss, start } = problem(), run = new cr.Descent(loss, start);
  const cosine = (_: cr.Sizes, t: number) => 0.05 * (1 + Math.cos(Math.PI * t / 50));
  assertEquals(cr.descend(run, { steps: 50, rule: cosine }).status, "done");
  const { rate } = cr.rateRule("paper"), other = new cr.Descent(loss, start);
  const halved = (sizes: cr.Sizes, t: number) =>
    rate({ ...sizes, smoothness: 0.5 * sizes.smoothness }, t);
  const { time } = cr.descend(other, { steps: 1, rule: halved });
  const own = new cr.Descent(loss, start), { time: usual } = cr.descend(own, { steps: 1 });
  assertAlmostEquals(time, 2 * usual, 1e-15);
});

Deno.test("starts: names, factors, a reader's own; the spectral one descends at once and is balanced", () => {
  const { loss } = problem(), place = { loss, r: 2, rng: stream("7") };
  for (const name of cr.startNames) {
    const { b, a } = cr.adapterStart(name).factors({ ...place, rng: stream("7", name) });
    assertEquals([b.rows, b.columns, a.rows, a.columns], [5, 2, 2, 4]);
  }
  const { b, a } = cr.adapterStart("spectral").factors(place);
  assertAlmostEquals(frobeniusNorm(b), frobeniusNorm(a), 1e-12);
  const zero = matrix(5, 4), gradient = matrix(5, 4);
  loss.evaluate(zero, gradient);
  const along = multiply(b, a).data.reduce((sum, x, i) => sum + x * gradient.data[i], 0);
  const values = svd(gradient).values;
  assertAlmostEquals(along, -0.1 * (values[0] + values[1]), 1e-12);
  const given = cr.adapterStart({ b, a }).factors(place);
  assert(given.b !== b);
  assertEquals([...given.b.data], [...b.data]);
});

Deno.test("below 1/(6√2) the rule as printed cycles for ever; the clamped one descends", () => {
  // f(x) = 5x for x ≥ 0 and 5x + Lx²/2 below, down to its minimum: L-smooth, bounded below, L = 0.05.
  const L = 0.05, low = -5 / L;
  const loss: cr.Loss = {
    ...{ name: "kink", rows: 1, columns: 1, smoothness: L, low: -12.5 / L },
    evaluate({ data: [x] }, gradient) {
      gradient.data[0] = x >= 0 ? 5 : x > low ? 5 + L * x : 0;
      return x >= 0 ? 5 * x : x > low ? 5 * x + L * x * x / 2 : 5 * low + L * low * low / 2;
    },
  };
  const start = { b: matrix(1, 1, [1.2]), a: matrix(1, 1, [1.2]) };
  const printed = new cr.Descent(loss, start), clamped = new cr.Descent(loss, start);
  const cycle = cr.descend(printed, { steps: 2000, rule: "printed" });
  assert(printed.loss > 7.2 && cycle.minGradient2 > 40, `${printed.loss}, ${cycle.minGradient2}`);
  const down = cr.descend(clamped, { steps: 2000, rule: "paper" });
  assert(down.minGradient2 < 1 && clamped.loss < 7.2, `${down.minGradient2}, ${clamped.loss}`);
});
