import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { matrix, multiply, multiplyNT, multiplyTN } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable, stream } from "lora-dynamics/random/mod.ts";

/** `W₂ = sQ` with a dense square `Q`, a dense target of rank two. */
function dense(s: number, m: number, n: number) {
  const draws = portable(17), q = mf.frame(draws, m, m), u = mf.frame(draws, m, 2);
  const v = mf.frame(draws, n, 2), w2 = { ...q, data: q.data.map((x) => s * x) };
  const scaled = { ...u, data: u.data.map((x, i) => x * [1.1, 0.4][i % 2]) };
  return { problem: { w2, target: multiplyNT(scaled, v) }, draws };
}

for (const start of ["gauss", "zeroB", "zeroA", "balanced"] as const) {
  Deno.test(`reduceFactorization() is the full flow path by path, W₂ = 1.3 Q, start ${start}`, () => {
    const { problem, draws } = dense(1.3, 9, 7);
    const adapters = mf.startAdapters(problem, { start, r: 3, alpha: 0.05, draws });
    const small = mf.reduceFactorization(problem, adapters);
    assertEquals([small.problem.w2.rows, small.problem.target.columns], [5, 5]);
    const full = new mf.AdapterFlow(problem, adapters).solve([2, 6]);
    const flow = new mf.AdapterFlow(small.problem, small.adapters), reduced = flow.solve([2, 6]);
    full.losses.forEach((x, i) => assertAlmostEquals(reduced.losses[i] / x, 1, 1e-9));
    // The way back, by the product of the factors.
    const { b1, a1 } = flow.adapters(reduced.states[0]);
    const back = multiplyNT(multiply(small.left, multiply(b1, a1)), small.right);
    const there = new mf.AdapterFlow(problem, adapters).adapters(full.states[0]);
    multiply(there.b1, there.a1).data.forEach((x, i) => assertAlmostEquals(back.data[i], x, 1e-10));
    for (const side of [small.left, small.right]) {
      const gram = multiplyTN(side, side);
      if (start !== "gauss") continue; // zero factors have no basis of their own
      gram.data.forEach((x, i) => assertAlmostEquals(x, i % 6 === 0 ? 1 : 0, 1e-12));
    }
  });
}

Deno.test("reduceFactorization() refuses what it would get wrong", () => {
  const refuse = (
    problem: mf.Problem,
    r: number,
    error: new (text: string) => Error,
    words: string,
  ) =>
    assertThrows(
      () => {
        const draws = portable(1);
        const adapters = mf.startAdapters(problem, { start: "gauss", r, alpha: 1, draws });
        mf.reduceFactorization(problem, adapters);
      },
      error,
      words,
    );
  refuse(mf.problemQ({ delta: 0.5 }), 2, TypeError, "must have one adapter: it has two");
  refuse(
    mf.aligned({ s2: [1, 0.5, 1, 1], target: [1] }),
    2,
    TypeError,
    "a square orthogonal matrix",
  );
  refuse(mf.aligned({ s2: [1, 1], target: [1], m: 4, h: 2, n: 4 }), 1, TypeError, "it is 4 x 2");
  refuse(mf.factorization({ m: 5, n: 3 }), 3, RangeError, "k + r must be an integer from 2 to 3");
});

Deno.test("sampleReduced() has the Gram matrices of a full Gaussian start", () => {
  const m = 9, n = 14, r = 3, k = 2, alpha = 0.5, draws = 3000;
  const sums = { b: 0, b2: 0, a: 0, cross: 0, top: 0, det: 0 };
  for (let i = 0; i < draws; i++) {
    const rng = stream("7", "test", i);
    const { problem, adapters } = mf.sampleReduced({ m, n, r, alpha, sigma: [2, 1], s: 1.5 }, rng);
    if (i === 0) {
      assertEquals([problem.w2.data[0], problem.target.data[6], problem.target.rows], [1.5, 1, 5]);
    }
    const rest = matrix(r, r, adapters.b1.data.slice(k * r)), gram = multiplyTN(rest, rest);
    const [x, y, z] = [0, 4, 8].map((at) => gram.data[at] / alpha ** 2);
    sums.b += (x + y + z) / 3;
    sums.b2 += x * x;
    sums.cross += (gram.data[1] / alpha ** 2) ** 2;
    sums.top += (adapters.b1.data[0] ** 2 + adapters.a1.data[0] ** 2) / 2 / alpha ** 2;
    sums.det += x * y - (gram.data[1] / alpha ** 2) ** 2;
    for (let j = 0; j < r; j++) {
      for (let l = k; l < k + r; l++) {
        sums.a += (adapters.a1.data[j * (k + r) + l] / alpha) ** 2 / r;
      }
    }
  }
  const near = (found: number, wanted: number, variance: number) =>
    assertAlmostEquals(found / draws, wanted, 4 * Math.sqrt(variance / draws));
  const p = m - k; // 7 degrees of freedom; 8 or 6 would be 15 and more standard errors away
  near(sums.b, p, 2 * p / 3);
  near(sums.a, n - k, 2 * (n - k) / r);
  near(sums.b2, p * (p + 2), p * (p + 2) * ((p + 4) * (p + 6) - p * (p + 2)));
  near(sums.cross, p, 2 * p * p + 6 * p);
  near(sums.top, 1, 1);
  near(sums.det, p * (p - 1), p * (p - 1) * ((p + 2) * (p + 1) - p * (p - 1)));
  assert(draws > 0);
});

Deno.test("sampleReduced() says what it cannot take", () => {
  const rng = stream("7", "test");
  const refused = (options: object, words: string) =>
    assertThrows(() => mf.sampleReduced(options as never, rng), Error, words);
  const usual = { m: 9, r: 3, alpha: 0.1 };
  refused({ ...usual, m: 3 }, "m must be an integer >= 4");
  refused({ ...usual, n: 3 }, "n must be an integer >= 4");
  refused({ ...usual, r: 0 }, "r must be an integer >= 1");
  refused({ ...usual, alpha: 0 }, "alpha must be");
  refused({ ...usual, s: 0 }, "s must be");
  refused({ ...usual, sigma: [] }, "number of values in sigma");
  refused({ ...usual, sigma: [-1] }, "sigma[0] must be");
  refused({ ...usual, k: 2 }, "k");
});
