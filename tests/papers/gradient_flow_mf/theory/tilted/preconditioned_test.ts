import { assertAlmostEquals, assertThrows } from "@std/assert";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

function started(problem: mf.Problem, alpha: number, r = 1, seed = 81) {
  return mf.startAdapters(problem, { start: "gauss", r, alpha, draws: portable(seed) });
}

Deno.test("preconditionedHalfTime() is the reference's, and where the flow is at σ²/8", () => {
  const problem = mf.tiltedProblem({ degrees: 30 }), adapters = started(problem, 1e-3);
  const half = mf.preconditionedHalfTime(problem, adapters);
  assertAlmostEquals(half, golden.floors.preconditioned, 1e-11);
  const hook = mf.preconditioner(problem.w2);
  const [loss] = new mf.AdapterFlow(problem, adapters, { hook }).solve([half]).losses;
  assertAlmostEquals(loss, 0.125, 1e-4);
});

Deno.test("preconditionedHalfTime() knows σ and the start, and no other scale", () => {
  const problem = mf.tiltedProblem({ m: 6, n: 4, s: [2.5, 0.4], degrees: 55, sigma: 0.6 });
  const adapters = started(problem, 1e-4, 2), hook = mf.preconditioner(problem.w2);
  const half = mf.preconditionedHalfTime(problem, adapters);
  const [loss] = new mf.AdapterFlow(problem, adapters, { hook }).solve([half]).losses;
  assertAlmostEquals(loss / (0.36 / 8), 1, 1e-5);
});

Deno.test("preconditionedHalfTime() refuses what is not reached", () => {
  const refused = (problem: mf.Problem, words: string) =>
    assertThrows(() => mf.preconditionedHalfTime(problem, started(problem, 1)), RangeError, words);
  refused(mf.tiltedProblem({ m: 3, s: [1, 0] }), "in the range of w2: it is outside by 0.50");
  for (const rounding of [1e-12, 5e-13]) {
    refused(mf.aligned({ s2: [1, rounding], target: [0, 1] }), "in the range of w2");
  }
  refused(mf.factorization({ m: 3, sigma: [2, 1] }), "its rank is 2");
  refused(mf.problemQ({ delta: 0.5 }), "must have one adapter");
});
