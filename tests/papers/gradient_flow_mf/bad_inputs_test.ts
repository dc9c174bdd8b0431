/** What gave a wrong number without a word once: errors that name argument, wanted state and value. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { matrix } from "lora-dynamics/linalg/mod.ts";
import {
  AdapterFlow,
  aligned,
  type AlignedOptions,
  canonical,
  courses,
  descend,
  factorization,
  frame,
  gradientNoise,
  paperProblem,
  problemQ,
  reduceHidden,
  rotated,
  signalDirections,
  startAdapters,
  startSeeds,
  stepsAt,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

const problem = problemQ({ delta: 0.5 }), draws = portable(1);
const start = startAdapters(problem, { start: "gauss", r: 2, alpha: 0.1, draws });
type Case = [call: () => unknown, kind: typeof RangeError | typeof TypeError, words: string];

function refused(cases: Case[]): void {
  for (const [call, kind, words] of cases) assertThrows(call, kind, words);
}

Deno.test("zero is a value and no default", () => {
  refused([
    [
      () => canonical({ d: 5, gmin: 0 }),
      RangeError,
      "gmin must be a finite number > 0: current value is 0",
    ],
    [
      () => canonical({ d: 5, s1: 0 }),
      RangeError,
      "s1 must be a finite number > 0: current value is 0",
    ],
    [() => canonical({ d: 5, s2: 0 }), RangeError, "s2 must be a finite number > 0"],
    [() => canonical({ d: 5, sigma: 0 }), RangeError, "sigma must be a finite number > 0"],
    [
      () => problemQ({ delta: 0 }),
      RangeError,
      "delta must be a finite number > 0: current value is 0",
    ],
    [() => factorization({ s: 0 }), RangeError, "s must be a finite number > 0"],
    [() => factorization({ m: 0 }), RangeError, "m must be an integer >= 1: current value is 0"],
    [() => paperProblem({ c: 0 }), RangeError, "c must be a finite number > 0"],
    [
      () => startAdapters(problem, { start: "gauss", r: 2, alpha: 0, draws }),
      RangeError,
      "alpha must be a finite number > 0: current value is 0",
    ],
    [
      () => startAdapters(problem, { start: "gauss", r: 0, alpha: 1, draws }),
      RangeError,
      "r1 for a layer of 12 x 7 must be an integer from 1 to 7: current value is 0",
    ],
  ]);
  assertEquals(startSeeds("from 0", 840, 2), ["0", "1"]);
  assertEquals(
    paperProblem({ seed: "0", m: 2, n: 2, h: 2 }).name,
    "the paper's problem (Y_pre 0, c = 1.05, top pair)",
  );
  assertEquals(paperProblem({ along: 0 }).target.data[0], 5);
});

Deno.test("unknown keys are listed with the known ones", () => {
  const known = (keys: string) => `options must have no other keys than ${keys}`;
  refused([
    [
      () => problemQ({ delta: 0.5, sigma: 5 } as never),
      TypeError,
      `${known("delta")}: current value has "sigma"`,
    ],
    [
      () => canonical({ d: 5, phi: 1 } as never),
      TypeError,
      known("d, s2, s1, sigma, degrees, gmin"),
    ],
    [() => factorization({ d: 5 } as never), TypeError, known("m, n, sigma, s")],
    [() => paperProblem({ delta: 5 } as never), TypeError, known("seed, m, h, n, c, along, sigma")],
    [
      () => aligned({ s2: [1], target: [1], sigma: 1 } as never),
      TypeError,
      known("name, s2, s1, target, m, h, n"),
    ],
    [
      () => startAdapters(problem, { start: "gauss", r: 2, alpha: 1, draws, seed: "7" } as never),
      TypeError,
      known("start, r, alpha, draws, perFactor"),
    ],
    [
      () => new AdapterFlow(problem, start, { rate: 2 } as never),
      TypeError,
      known("rates, decay, hook"),
    ],
    [
      () => new AdapterFlow(problem, start, { rates: { b3: 2 } } as never),
      TypeError,
      'rates must have no other keys than b1, a1, b2, a2: current value has "b3"',
    ],
    [
      () => descend(problem, start, { eta: 0.1, steps: 5 } as never),
      TypeError,
      known("eta, at, rule, event, rates, decay, hook"),
    ],
  ]);
});

Deno.test("values out of their range are shown", () => {
  const start1 = { start: "gauss", r: 2, alpha: 1, draws } as const, eta = 0.1;
  refused([
    [
      () => factorization({ sigma: [] }),
      RangeError,
      "the number of values in sigma must be an integer from 1 to 20",
    ],
    [() => factorization({ m: 2, sigma: [1, 1, 1] }), RangeError, "current value is 3"],
    [
      () => factorization({ sigma: [1, NaN] }),
      RangeError,
      "sigma[1] must be a finite number > 0: current value is NaN",
    ],
    [
      () => factorization({ n: 2.5 }),
      RangeError,
      "n must be an integer >= 1: current value is 2.5",
    ],
    [() => canonical({ d: 1 }), RangeError, "d must be an integer >= 2"],
    [() => canonical({ d: 3, degrees: Infinity }), RangeError, "degrees must be finite"],
    [() => canonical({ d: 3, gmin: -1 }), RangeError, "gmin must be a finite number > 0"],
    [
      () => aligned({ s2: [1, -1], target: [1] }),
      RangeError,
      "s2[1] must be a finite number >= 0: current value is -1",
    ],
    [
      () => aligned({ s2: [1], s1: [Infinity], target: [1] }),
      RangeError,
      "s1[0] must be a finite number >= 0",
    ],
    [
      () => aligned({ s2: [1, 1], target: [1, 2, 3] }),
      RangeError,
      "the number of values in target must be an integer from 1 to 2",
    ],
    [() => aligned({ s2: [1], target: [0] }), RangeError, "target must not be zero"],
    [
      () => aligned({ s2: [], target: [1], m: 1 } as AlignedOptions),
      RangeError,
      "the number of values in s2",
    ],
    [() => aligned({ s2: [1], target: [1], h: 0 }), RangeError, "h must be an integer >= 1"],
    [() => paperProblem({ h: 5 }), RangeError, "h must be an integer >= 10"],
    [
      () => paperProblem({ along: 10 }),
      RangeError,
      "along (top, bottom or an index) must be an integer from 0 to 9",
    ],
    [
      () => paperProblem({ along: "middle" as never }),
      TypeError,
      'along (top, bottom or an index) must be an integer from 0 to 9: current value is "middle"',
    ],
    [
      () => paperProblem({ seed: "ten" }),
      RangeError,
      'seed must be a whole number below 2^32 as text, such as "7": current value is "ten"',
    ],
    [
      () => startAdapters(problem, { ...start1, alpha: -1 }),
      RangeError,
      "alpha must be a finite number > 0",
    ],
    [
      () => startAdapters(problem, { ...start1, alpha: "1" as never }),
      TypeError,
      "alpha must be a finite number > 0",
    ],
    [
      () => startAdapters(problem, { ...start1, r: 8 }),
      RangeError,
      "r1 for a layer of 12 x 7 must be an integer from 1 to 7",
    ],
    [
      () => startAdapters(problem, { ...start1, r: [7, 10] }),
      RangeError,
      "r2 for a layer of 9 x 12 must be an integer from 1 to 9",
    ],
    [
      () => startAdapters(problem, { ...start1, r: [1, 2, 3] as never }),
      TypeError,
      "r must be a number, or two of them for a problem with two adapters",
    ],
    [
      () => startAdapters(factorization(), { ...start1, r: [1, 2] }),
      TypeError,
      "or one of them for a problem with one adapter",
    ],
    [
      () => startAdapters(problem, { ...start1, draws: 5 as never }),
      TypeError,
      "draws must be portable(seed) or a stream for the start gauss",
    ],
    [
      () => startAdapters(problem, { start: "zeroB", r: 1, alpha: 1 }),
      TypeError,
      "draws must be portable(seed) or a stream for the start zeroB",
    ],
    [
      () => new AdapterFlow(problem, start, { rates: { b1: -1 } }),
      RangeError,
      "rates.b1 must be a finite number >= 0",
    ],
    [
      () => new AdapterFlow(problem, start, { decay: NaN }),
      RangeError,
      "decay must be a finite number >= 0",
    ],
    [
      () => new AdapterFlow(problem, start, { hook: 5 as never }),
      TypeError,
      "hook must be a function: current value is 5",
    ],
    [
      () => new AdapterFlow(problem, { ...start, a1: matrix(2, 7, new Array(14).fill(NaN)) }),
      RangeError,
      "entry 24 of the start must be finite",
    ],
    [() => new AdapterFlow(problem, start).solve([0]), RangeError, "the last of times must be > 0"],
    [() => new AdapterFlow(problem, start).solve([2, 1]), RangeError, "times"],
    [
      () => descend(problem, start, { eta: -0.1, at: [1] }),
      RangeError,
      "eta must be a finite number >= 0",
    ],
    [
      () => descend(problem, start, { eta: () => NaN, at: [1] }),
      RangeError,
      "eta(0) must be a finite number >= 0",
    ],
    [
      () => descend(problem, start, { eta, at: [] }),
      TypeError,
      "at must be a list of step numbers",
    ],
    [
      () => descend(problem, start, { eta, at: [5, 5] }),
      RangeError,
      "at[1] must be an integer >= 6",
    ],
    [
      () => descend(problem, start, { eta, at: [1.5] }),
      RangeError,
      "at[0] must be an integer >= 0",
    ],
    [
      () => descend(problem, start, { eta, at: [1], rule: "lbfgs" as never }),
      RangeError,
      "rule must be one of gd, momentum, adam, or { name, begin }",
    ],
    [
      () => descend(problem, start, { eta, at: [1], rates: { a2: -1 } }),
      RangeError,
      "rates.a2 must be a finite number >= 0",
    ],
  ]);
});

Deno.test("shapes that do not chain are shown, and what grows must exist", () => {
  const other = startAdapters(factorization({ m: 4 }), { start: "gauss", r: 2, alpha: 1, draws });
  const blind = { w2: matrix(2, 2, [1, 0, 0, 0]), target: matrix(2, 2, [0, 0, 0, 1]) };
  refused([
    [
      () => new AdapterFlow(problem, other),
      TypeError,
      "current shapes are 4 x 2, 2 x 4, none, none",
    ],
    [
      () => reduceHidden({ problem, adapters: other }),
      TypeError,
      "Cannot reduce the hidden dimensions as b1, a1, b2, a2 must be",
    ],
    [
      () => signalDirections(blind),
      RangeError,
      "W₂ᵀΔ must not be 0: the target is outside the range of w2",
    ],
  ]);
});

Deno.test("lists, bases and draws in each other's place are named", () => {
  const turn = frame(draws, 5, 5), flow = new AdapterFlow(problem, start);
  refused([
    [
      () => factorization({ sigma: 0.7 as never }),
      TypeError,
      "sigma must be a list of singular values",
    ],
    [
      () => aligned({ s2: 1.3 as never, target: [1] }),
      TypeError,
      "s2 must be a list of singular values",
    ],
    [() => aligned({ s2: [1] } as never), TypeError, "target must be a list of singular values"],
    [() => rotated(problem, { g1: turn }), TypeError, "g1 must be 12 x 12: current value is 5 x 5"],
    [() => rotated(problem, { u: turn }), TypeError, "u must be 9 x 9: current value is 5 x 5"],
    [() => rotated(problem, { v: turn }), TypeError, "v must be 7 x 7: current value is 5 x 5"],
    [() => frame(12 as never, 3, 3), TypeError, "draws must be draws such as portable(1)"],
    [() => frame(draws, 3, 4), RangeError, "rows must be an integer >= 4: current value is 3"],
    [
      () => flow.solve(5 as never),
      TypeError,
      "times must be a list of one or more: current value is 5",
    ],
    [() => flow.solve([]), TypeError, "times must be a list of one or more: current value is []"],
    [() => stepsAt(1e-12, [1]), RangeError, "eta must reach 1 within 10000000 steps"],
    [() => gradientNoise(-1, draws), RangeError, "kappa must be a finite number >= 0"],
    [() => gradientNoise(1, 11 as never), TypeError, "draws must be draws such as portable(1)"],
  ]);
});

Deno.test("functions that answer nothing that is read are refused, not ignored", async () => {
  const own = (begin: () => unknown) => ({ eta: 0.1, rule: { name: "mine", begin } });
  const rows = { b: [[1]], a: [[1]] };
  const cases: [object, string][] = [
    [{ observe: () => Promise.resolve({ share: 1 }) }, "numbers by name, such as { share: 0.5 }"],
    [{ observe: () => [1] }, "current value is [1]"],
    [{ hook: () => Promise.resolve() }, "the hook must return nothing"],
    [own(() => undefined), "its begin must return a function (values, gradient, eta, t)"],
    [
      own(() => (x: Float64Array) => x.map(Math.sign)),
      "must change the values in place and return",
    ],
    [{ starts: [{ name: "x", random: true, factors: () => rows }] }, "no matrix, [[1]]"],
  ];
  for (const [given, words] of cases) {
    const call = () => courses({ preset: "quick", copies: 1, points: 2, ...given } as never);
    await assertRejects(call, Error, words, Object.keys(given).join());
  }
});

Deno.test("the open laboratory: each mistake names the parameter, what it must be, and what it is", async () => {
  const cases: [object, string][] = [
    [{ alphas: [1] }, "alphas must be one of its parameters (is alpha meant?)"],
    [{ preset: "paper" }, "preset must be one of quick, full"],
    [{ alpha: [0] }, "alpha"],
    [{ alpha: [1, 1] }, "alpha must be different numbers: current value is [1,1]"],
    [{ starts: ["orthogonal"] }, "starts[0] must be"],
    [{ starts: ["gauss", "gauss"] }, "starts must be of different names"],
    [{ problem: { w2: [[1]], target: [[0]] } }, "target must not be zero"],
    [{ problem: { w2: [[1, 2]], target: [[1], [2]] } }, "current shapes are"],
    [{ r: 2.5 }, "r must be an integer >= 1: current value is 2.5"],
    [{ r: [1, 0] }, "r[1] must be an integer >= 1"],
    [{ r: 8 }, "at most the smallest size of its layer, 7 in layer 1, 9 in layer 2"],
    [{ horizon: 0 }, "horizon must be a finite number > 0"],
    [{ points: 1 }, "points must be a whole number >= 2"],
    [{ copies: 0 }, "copies must be a whole number >= 1"],
    [{ eta: -1 }, "eta must be a finite number >= 0"],
    [{ eta: () => NaN }, "eta"],
    [{ rule: "adam" }, 'eta must be > 0 for a rule other than "gd", which is no flow'],
    [{ rule: "lbfgs", eta: 0.1 }, "rule must be one of gd, momentum, adam"],
    [{ rates: { c1: 1 } }, "rates must have no other keys than b1, a1, b2, a2"],
    [{ rates: { b1: -1 } }, "rates.b1 must be a finite number >= 0"],
    [{ decay: -1 }, "decay must be a finite number >= 0"],
    [{ hook: 5 }, "hook must be a function of the moment, or null"],
    [{ observe: 5 }, "observe must be a function of the moment"],
    [{ spacing: "cubic" }, "spacing must be one of linear, log"],
    [{ seed: 7 }, 'seed must be text, such as "7"'],
  ];
  for (const [given, words] of cases) {
    const call = () => courses({ preset: "quick", ...given } as never);
    await assertRejects(call, Error, words, JSON.stringify(given));
  }
});
