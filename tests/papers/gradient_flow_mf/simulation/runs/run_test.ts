/** One run as rows: each column by another path. */
import {
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { sweep } from "lora-dynamics/experiment/mod.ts";
import { multiply, svd } from "lora-dynamics/linalg/mod.ts";
import {
  AdapterFlow,
  descend,
  type DescentOptions,
  error,
  escapeTimeOf,
  factorization,
  flowRun,
  paperProblem,
  plainProblem,
  problemQ,
  type RunCell,
  type RunRow,
  stackOf,
  startAdapters,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

const problem = problemQ({ delta: 0.5 });
const cell: RunCell = {
  ...{ problem: plainProblem(problem), start: "gauss", startedBy: "gauss", alpha: 0.05, r: 3 },
  times: [0, 2, 7, 20],
};
const run = (changes: Partial<RunCell> = {}, seed = "5") =>
  flowRun({ ...cell, ...changes }, { seed }) as RunRow[];
const start = (alpha = 0.05, seed = 5) =>
  startAdapters(problem, { start: "gauss", r: 3, alpha, draws: portable(seed) });

Deno.test("every column at every time is what it says, read off the full flow", () => {
  const flow = new AdapterFlow(problem, start()), { states } = flow.solve(cell.times);
  const rows = run();
  assertEquals(rows.map(({ at, status }) => [at, status]), cell.times.map((t) => [t, "done"]));
  rows.forEach((row, k) => {
    const here = flow.adapters(states[k]), e = error(problem, here).data;
    const { b1, a1, b2, a2 } = here, n = 7, index = 2;
    let signal = 0, mixed = 0, rest = 0;
    e.forEach((x, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      if (i === index && j === index) signal += x * x / 2;
      else if (i === index || j === index) mixed += x * x / 2;
      else rest += x * x / 2;
    });
    const found = [row.loss, row.signal, row.mixed, row.rest];
    [signal + mixed + rest, signal, mixed, rest].forEach((x, i) => {
      assertLess(Math.abs(found[i] - x), 1e-10 * (signal + mixed + rest) + 1e-24);
    });
    const { u, values } = svd(stackOf(b1, a1)), r = values.length;
    const cos = (u.data[index * r] + u.data[(12 + index) * r]) / Math.SQRT2;
    assertAlmostEquals(row.gap, 1 - Math.abs(cos), 1e-9);
    assertAlmostEquals(row.norm1, values[0], 1e-9);
    assertAlmostEquals(row.norm2!, svd(stackOf(b2!, a2!)).values[0], 1e-9);
    assertAlmostEquals(row.x1, multiply(b1, a1).data[index * 7 + index], 1e-9);
    assertAlmostEquals(row.x2!, multiply(b2!, a2!).data[index * 12 + index], 1e-9);
  });
});

Deno.test("the half-time is the escape time of the start, once for all rows; null where it does not come", () => {
  const plain = factorization({ m: 6, n: 5, s: 1.7, sigma: [0.6] });
  const small = { problem: plainProblem(plain), alpha: 1e-5, r: 2 };
  const rows = run({ ...small, times: [3, 30] });
  const adapters = startAdapters(plain, { start: "gauss", r: 2, alpha: 1e-5, draws: portable(5) });
  for (const { half } of rows) assertAlmostEquals(half!, escapeTimeOf(plain, adapters), 1e-7);
  assertEquals(run({ ...small, times: [3] })[0].half, null);
  assertEquals([rows[0].norm2, rows[0].x2], [null, null]);
});

Deno.test("descent gives rows at its own times; momentum and Adam too, and a schedule in its sum", () => {
  const eta = 0.03, times = [0, 1, 3];
  const rows = run({ eta, times });
  const { losses } = descend(problem, start(), { eta, at: [0, 33, 100] });
  assertEquals(rows.map(({ half, status }) => [half, status]), times.map(() => [null, "done"]));
  rows.forEach(({ at, loss }, i) => {
    assertAlmostEquals(at, [0, 0.99, 3][i], 1e-12);
    assertLess(Math.abs(loss / losses[i] - 1), 1e-10);
  });
  for (const rule of ["momentum", "adam"] as const) {
    const [row] = run({ eta, times: [3], rule });
    const wanted = descend(problem, start(), { eta, at: [100], rule }).losses[0];
    assertLess(Math.abs(row.loss / wanted - 1), 1e-9);
  }
  const [row] = run({ eta: (step) => 0.1 / (1 + step), times: [0.25] });
  assertAlmostEquals(row.at, 0.1 * (1 + 1 / 2 + 1 / 3 + 1 / 4 + 1 / 5), 0.06);
});

/** Half-time by looking at every step: the model's `uᵀEv`, linear in the sum of the steps. */
function halfByHand(options: Omit<DescentOptions, "at">, steps: number): number {
  const at = Array.from({ length: steps + 1 }, (_, i) => i);
  const { states, flow } = descend(problem, start(), { ...options, at });
  const signal = states.map((y) => error(problem, flow.adapters(y)).data[2 * 7 + 2] - 0.35);
  const after = signal.findIndex((x) => x <= 0), { eta } = options;
  const sizes = at.map((i) => typeof eta === "function" ? eta(i) : eta);
  const before = sizes.slice(0, after - 1).reduce((sum, x) => sum + x, 0);
  return before + sizes[after - 1] * signal[after - 1] / (signal[after - 1] - signal[after]);
}

Deno.test("the half-time of a descent lies between its steps, for every rule and schedule", () => {
  const falling = (step: number) => 0.1 / Math.sqrt(1 + step / 20);
  for (
    const [options, steps] of [
      [{ eta: 0.05 }, 200],
      [{ eta: falling }, 300],
      [{ eta: 0.01, rule: "momentum" }, 200],
      [{ eta: 0.01, rule: "adam" }, 400],
      [{ eta: 0.05, rates: { b2: 3, a2: 3 } }, 200],
    ] as const
  ) {
    const [row] = run({ ...options, times: [10] }), wanted = halfByHand(options, steps);
    assertAlmostEquals(row.half!, wanted, 1e-9);
    assertLess(1, 20 * row.half!); // it took some steps
  }
});

Deno.test("the half-time of a descent comes to that of the flow in proportion to its step", () => {
  const [{ half: flow }] = run({ times: [10] });
  const [coarse, fine] = [0.02, 0.01].map((eta) => run({ eta, times: [10] })[0].half! - flow!);
  assertAlmostEquals(coarse / fine, 2, 0.05);
  assertLess(Math.abs(fine), 0.1);
  // Before it there is none, nor for a run that diverges after it.
  assertEquals(run({ eta: 0.02, times: [1] })[0].half, null);
  assertEquals(run({ eta: 2, times: [4000] })[0].half, null);
});

Deno.test("rates, decay, hooks and tolerance reach the flow", () => {
  const full = (changes: object) => new AdapterFlow(problem, start(), changes).solve([7]).losses[0];
  const close = (x: number, y: number) => assertLess(Math.abs(x / y - 1), 1e-9);
  const times = [7];
  close(run({ times, rates: { b2: 0, a2: 0 } })[0].loss, full({ rates: { b2: 0, a2: 0 } }));
  close(run({ times, decay: 0.1 })[0].loss, full({ decay: 0.1 }));
  const hook: RunCell["hook"] = ({ velocity: { b1 } }) =>
    b1.data.forEach((x, i) => b1.data[i] = x / 2);
  close(run({ times, hook })[0].loss, full({ hook }));
  close(
    run({ times, eta: 0.01, decay: 0.1 })[0].loss,
    descend(problem, start(), {
      ...{ eta: 0.01, at: [700], decay: 0.1 },
    }).losses[0],
  );
  const [loose, tight] = [run({ times, rtol: 1e-3 })[0].loss, run({ times })[0].loss];
  assertLess(1e-9, Math.abs(loose / tight - 1));
  assertLess(Math.abs(loose / tight - 1), 1e-1);
  const [scaled] = run({ times: [0.001], perFactor: true });
  const wanted = startAdapters(problem, {
    ...{ start: "gauss", r: 3, alpha: 0.05, draws: portable(5), perFactor: true },
  });
  assertAlmostEquals(scaled.norm1, svd(stackOf(wanted.b1, wanted.a1)).values[0], 1e-4);
});

Deno.test("another seed is another start, and equal seeds are equal", () => {
  assertEquals(run(), run());
  assertLess(1e-6, Math.abs(run({}, "6")[1].loss - run()[1].loss));
  assertLess(
    Math.abs(
      run({ times: [2] }, "6")[0].loss -
        new AdapterFlow(problem, start(0.05, 6)).solve([2]).losses[0],
    ),
    1e-11,
  );
});

Deno.test("an observer sees the reader's own problem, though fewer hidden dimensions are followed", () => {
  const wide = paperProblem({ h: 40 }), shapes: number[] = [];
  const rows = run({
    ...{ problem: plainProblem(wide), startedBy: "zeroA", alpha: 1e-3, r: 4, times: [0, 0.2] },
    observe: ({ t, adapters: { b1, a2 }, problem }) => {
      shapes.push(b1.rows, a2!.columns, problem.w2.columns);
      return { double: 2 * t, entry: b1.data[39 * 4] };
    },
  });
  assertEquals(shapes, [40, 40, 40, 40, 40, 40]);
  assertEquals(rows.map((row) => row.double), [0, 0.4]);
  const { b1 } = startAdapters(wide, { start: "zeroA", r: 4, alpha: 1e-3, draws: portable(5) });
  // Beyond the rank of the layers B₁ is fed by A₂ᵀB₂ᵀEA₁ᵀ alone, which is of third order.
  for (const row of rows) assertAlmostEquals(row.entry as number, b1.data[39 * 4], 1e-6);
});

Deno.test("divergence is a status of all rows before it; at once, of a row of the start", () => {
  const rows = run({ eta: 2, times: [0, 4, 4000] });
  assertEquals(new Set(rows.map(({ status }) => status)), new Set(["diverged: step too large"]));
  assertEquals(rows.every(({ loss }) => Number.isFinite(loss)), true);
  const [only, ...none] = run({ eta: 60, times: [6000] });
  assertEquals([only.at, only.status, none], [0, "diverged: step too large", []]);
  assertAlmostEquals(only.loss, run({ times: [0, 1] })[0].loss, 1e-12);
});

Deno.test("mistakes in a cell name what they are", async () => {
  assertThrows(
    () => run({ rule: "adam" }),
    RangeError,
    'eta must be > 0 for a rule other than "gd"',
  );
  assertThrows(
    () => run({ alphas: 1 } as never),
    TypeError,
    "the cell must have no other keys than",
  );
  assertThrows(
    () => run({}, "seven"),
    RangeError,
    "seed must be a whole number below 2^32 as text",
  );
  const own = (observe: unknown) => () => run({ observe } as never);
  assertThrows(own(() => 5), TypeError, "observe must return numbers by name");
  assertThrows(own(() => ({ x: NaN })), RangeError, "the column x must be finite");
  assertThrows(own(() => ({ gap: 1 })), TypeError, 'current value has "gap"');
  assertThrows(own(() => ({ seed: 1 })), TypeError, 'current value has "seed"');
  const alone = sweep({ name: "one", run: flowRun, cells: [{ ...cell, alpha: 0 }], seeds: ["1"] });
  await assertRejects(() => alone, Error, "alpha must be a finite number > 0");
});
