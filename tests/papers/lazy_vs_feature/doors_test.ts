/** Values that would give a wrong answer in silence, and the least ones that must run. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as lf from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
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
  const flow = new lf.OverlapFlow(lf.standard("abs(z)"));
  assertAlmostEquals(flow.square(1 + 1e-9), flow.square(1), 1e-12);
  assertAlmostEquals(flow.slope(-1 - 1e-9), flow.slope(-1), 1e-12);
});
