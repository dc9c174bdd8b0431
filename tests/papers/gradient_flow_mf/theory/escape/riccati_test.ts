import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import {
  add,
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
} from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close, slowFlow } from "../_helpers.ts";

/** Largest difference of two matrices. */
function apart(a: Matrix, b: Matrix): number {
  return Math.max(...add(a, b, -1).data.map(Math.abs));
}

/** The reference's problem of C3: `12 × 9`, `r = 4`, singular values 2, 1, ½, balanced at 0.05. */
function reference() {
  const draws = portable(21), sigma = [2, 1, 0.5];
  const u = mf.frame(draws, 12, 3), v = mf.frame(draws, 9, 3), { w2 } = mf.factorization({ m: 12 });
  const target = multiplyNT({ ...u, data: u.data.map((x, i) => x * sigma[i % 3]) }, v);
  const problem = { w2, target };
  const start = mf.startAdapters(problem, { start: "balanced", r: 4, alpha: 0.05, draws });
  return { problem, start };
}

Deno.test("riccatiProduct() has the golden losses at all times", () => {
  const { problem, start } = reference();
  for (const { t, L_closed } of golden.riccati.rows) {
    const rest = add(problem.target, mf.riccatiProduct(problem, start, t), -1);
    assertAlmostEquals(0.5 * frobeniusNorm(rest) ** 2, L_closed, 1e-12, `t = ${t}`);
  }
});

Deno.test("by default there are ⌈2tλ₁⌉ pieces, at least one", () => {
  const { problem, start } = reference(); // λ₁ = 2
  const same = (t: number, pieces: number) =>
    apart(mf.riccatiProduct(problem, start, t), mf.riccatiProduct(problem, start, t, pieces)) === 0;
  assertEquals([same(3.1, 13), same(3.1, 12), same(0.1, 1)], [true, false, true]);
});

Deno.test("one piece loses its digits late, many pieces do not", () => {
  const { problem, start } = reference(), exact = mf.riccatiProduct(problem, start, 8);
  assertLess(apart(exact, mf.riccatiProduct(problem, start, 8, 60)), 1e-12);
  assertGreater(apart(exact, mf.riccatiProduct(problem, start, 8, 1)), 1e-9);
  assertLess(apart(mf.riccatiProduct(problem, start, 0), multiply(start.b1, start.a1)), 1e-15);
});

Deno.test("riccatiProduct() with s = 1.4 and a tall W₂ is the model's own flow", () => {
  const q = mf.frame(portable(3), 7, 5), draws = portable(4);
  const w2 = { ...q, data: q.data.map((x) => 1.4 * x) };
  const problem = { w2, target: matrix(7, 4, draws.normals(28).map((x) => 0.3 * x)) };
  const start = mf.startAdapters(problem, { start: "balanced", r: 2, alpha: 0.2, draws });
  for (const t of [0.7, 2.5]) {
    const { b1, a1 } = slowFlow(problem, start, t, 600);
    assertLess(apart(mf.riccatiProduct(problem, start, t), multiply(b1, a1)), 1e-9);
  }
});

Deno.test("more rows or fewer than columns, more rank than modes: still the logistic of one mode", () => {
  for (const [m, n] of [[2, 5], [5, 2]]) {
    const problem = mf.factorization({ m, n, sigma: [0.6], s: 1.7 });
    const start = mf.startAdapters(problem, { start: "spectral", r: 2, alpha: 0.02 });
    const x = mf.riccatiProduct(problem, start, 4).data[0];
    close(0.6 - 1.7 * x, mf.alignedError({ s: 1.7, sigma: 0.6, x0: 4e-4 }, 4), 1e-10);
  }
});

Deno.test("riccatiProduct() refuses problem S, two adapters and starts that are not balanced", () => {
  const balanced = (problem: mf.Problem) =>
    mf.startAdapters(problem, { start: "balanced", r: 2, alpha: 0.1, draws: portable(2) });
  const refused = (problem: mf.Problem, words: string) =>
    assertThrows(() => mf.riccatiProduct(problem, balanced(problem), 1), RangeError, words);
  refused(mf.canonical({ d: 4 }), "see universalCurve (T9)");
  refused(mf.problemQ({ delta: 0.5 }), "the problem has w1");
  const problem = mf.factorization({ m: 4, s: 2 }), start = balanced(problem);
  for (const name of ["zeroB", "gauss"] as const) {
    const draws = portable(2),
      other = mf.startAdapters(problem, { start: name, r: 2, alpha: 0.1, draws });
    assertThrows(() => mf.riccatiProduct(problem, other, 1), RangeError, "BᵀB = AAᵀ");
  }
  const nudged = (by: number) => (
    { ...start, b1: { ...start.b1, data: start.b1.data.map((x) => x * (1 + by)) } }
  );
  assertThrows(() => mf.riccatiProduct(problem, nudged(2e-11), 1), RangeError, "BᵀB = AAᵀ");
  assertLess(
    apart(mf.riccatiProduct(problem, nudged(6e-13), 1), mf.riccatiProduct(problem, start, 1)),
    1e-12,
  );
  assert(mf.riccatiProduct(problem, start, 1).rows === 4);
  assertThrows(() => mf.riccatiProduct(problem, start, -1), RangeError, "t must be");
  assertThrows(() => mf.riccatiProduct(problem, start, 1, 0), RangeError, "pieces must be");
  assertThrows(() => mf.riccatiProduct(mf.factorization({ m: 3 }), start, 1), TypeError, "shapes");
});
