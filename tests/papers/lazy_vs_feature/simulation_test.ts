import { assert, assertAlmostEquals, assertThrows } from "@std/assert";
import { ksTwoSample, summary } from "lora-dynamics/experiment/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import {
  type ActivationName,
  type Algorithm,
  DirectFineTuning,
  fineTuning,
  FineTuningChain,
  OverlapFlow,
  standard,
} from "lora-dynamics/papers/lazy_vs_feature/mod.ts";

interface Sample {
  activation?: ActivationName;
  algorithm?: Algorithm;
  gram?: number[];
  hatC?: number[];
  alpha?: number;
  steps?: number;
}

const CORRELATED = Array.from({ length: 16 }, (_, i) => i % 5 ? 0.3 : 1);
const FLIPPED = [0.5, 0.5, 0.5, -0.5];

/** Overlaps, squared lengths and left overlaps of many copies. */
function sample(
  Kind: typeof FineTuningChain | typeof DirectFineTuning,
  cell: Sample,
  seed: string,
) {
  const { activation = "h3", algorithm, gram, hatC, alpha = 0.15, steps = 150 } = cell;
  const model = fineTuning({ activation, k: 4, kappa: Math.SQRT1_2, gram, hatC });
  const runs = Array.from({ length: 1500 }, (_, copy) => {
    const run = new Kind(model, { n: 36, alpha, algorithm }, stream(seed, copy));
    run.run(steps);
    return run;
  });
  return { m: runs.map((r) => r.m), nu: runs.map((r) => r.nu), q: runs.map((r) => r.q) };
}

const cells: [string, Sample, ("m" | "nu" | "q")[]][] = [
  ["A1, h3", {}, ["m"]],
  ["A1, ReLU", { activation: "relu", alpha: 2 }, ["m"]],
  ["A1, correlated base", { gram: CORRELATED }, ["m"]],
  ["A1, wrong frozen left factor", { hatC: FLIPPED }, ["m"]],
  ["A2", { algorithm: "joint", hatC: FLIPPED }, ["m", "q"]],
  ["A3", { algorithm: "free", alpha: 0.04 }, ["m", "nu"]],
  ["A4", { algorithm: "lazy", alpha: 0.04 }, ["m", "nu"]],
];
for (const [name, cell, keys] of cells) {
  Deno.test(`chain and direct SGD agree in law: ${name}`, () => {
    const chain = sample(FineTuningChain, cell, "7"), direct = sample(DirectFineTuning, cell, "7");
    for (const key of keys) {
      const { p } = ksTwoSample(chain[key], direct[key]);
      assert(p > 0.001, `${key}: p = ${p}`);
    }
  });
}

Deno.test("negative control: a step 1.3 times as long, and another base, are told apart", () => {
  const direct = sample(DirectFineTuning, {}, "7");
  for (const cell of [{ alpha: 0.195 }, { gram: CORRELATED }]) {
    const { p } = ksTwoSample(sample(FineTuningChain, cell, "8").m, direct.m);
    assert(p < 0.001, `${JSON.stringify(cell)}: p = ${p}`);
  }
});

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

Deno.test("runs refuse bad input with a sentence", () => {
  const make = (options: object) => () =>
    new FineTuningChain(standard(), { n: 50, alpha: 0.2, ...options }, stream("7"));
  assertThrows(make({ n: 1 }), RangeError, "n must be");
  assertThrows(make({ alpha: 0 }), RangeError, "alpha must be");
  assertThrows(make({ alpha: NaN }), RangeError, "alpha must be");
  assertThrows(make({ m0: 2 }), RangeError, "m0 must be");
  assertThrows(make({ algorithm: "x" }), Error, "algorithm must be");
  assertThrows(() => make({})().run(-1), RangeError, "steps must be");
});
