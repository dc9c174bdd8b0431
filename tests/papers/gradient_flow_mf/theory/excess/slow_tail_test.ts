import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { matrix, multiply, multiplyNT, multiplyTN } from "lora-dynamics/linalg/mod.ts";
import { solveOde } from "lora-dynamics/ode/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

const { slow_tail, slow_tail_s: scaled } = golden.floors;

function started(
  options: Parameters<typeof mf.factorization>[0],
  start: "balanced" | "gauss" | "zeroB",
  r: number,
  alpha: number,
  seed: number,
) {
  const problem = mf.factorization(options), draws = portable(seed);
  return { problem, adapters: mf.startAdapters(problem, { start, r, alpha, draws }) };
}

Deno.test("balancedTail() is the reference's, with s = 1.7 and m ≠ n too", () => {
  const one = started({ m: 6 }, "balanced", 3, 0.05, 51);
  const tail = mf.balancedTail(one.problem, one.adapters);
  assertEquals(tail.q, slow_tail.q);
  for (const { t, L_slow } of slow_tail.rows) assertAlmostEquals(tail.loss(t) / L_slow, 1, 1e-10);
  const { m, n, s, sigma, r, alpha, seed } = scaled;
  const other = started({ m, n, s, sigma: [sigma] }, "balanced", r, alpha, seed);
  const late = mf.balancedTail(other.problem, other.adapters);
  assertEquals(late.q, scaled.q);
  scaled.t.forEach((t, i) => assertAlmostEquals(late.loss(t) / scaled.L_slow[i], 1, 1e-10));
  assertAlmostEquals(late.loss(1e9) / late.limit(1e9), 1, 1e-4);
  assertAlmostEquals(late.limit(20000), 3 / (8 * 1.7 ** 2 * 20000 ** 2), 1e-24);
});

Deno.test("balancedTail() is the flow with target zero of what no mode occupies", () => {
  // The target's directions hold nothing but one entry each, so that Π and the projections are seen.
  const s = 1.3, b = matrix(4, 3, [0.3, 0, 0, 0, 0.2, 0.1, 0, -0.1, 0.4, 0, 0.3, 0.2]);
  const gram = multiplyTN(b, b), a = matrix(3, 4);
  // A = (BᵀB)^{1/2} O with O the first three unit rows: balanced for any root.
  const { draws } = { draws: portable(3) }, o = mf.frame(draws, 4, 3);
  const root = rootOf(gram);
  multiplyNT(root, o, a);
  const problem = mf.factorization({ m: 4, sigma: [0.9], s });
  const tail = mf.balancedTail(problem, { b1: b, a1: a });
  const { rows, columns, inner } = kept(problem, { b1: b, a1: a });
  const start = Float64Array.from([...rows.data, ...columns.data]);
  const q = inner, h = rows.rows, n = columns.columns;
  const { y } = solveOde(
    (_t, state, out) => {
      const B = matrix(h, q, state.slice(0, h * q)), A = matrix(q, n, state.slice(h * q));
      const product = multiply(B, A), db = multiplyNT(product, A), da = multiplyTN(B, product);
      db.data.forEach((x, i) => out[i] = -s * s * x);
      da.data.forEach((x, i) => out[h * q + i] = -s * s * x);
    },
    0,
    7,
    start,
    { rtol: 1e-12, atol: 1e-15 },
  );
  const end = multiply(matrix(h, q, y.slice(0, h * q)), matrix(q, n, y.slice(h * q)));
  const wanted = 0.5 * s * s * end.data.reduce((sum, x) => sum + x * x, 0);
  assertAlmostEquals(tail.loss(7) / wanted, 1, 1e-9);
});

/** Symmetric root by Newton's iteration. */
function rootOf(a: ReturnType<typeof matrix>) {
  const n = a.rows;
  let y = a, z = matrix(n, n);
  for (let i = 0; i < n; i++) z.data[i * n + i] = 1;
  for (let pass = 0; pass < 60; pass++) {
    const [iy, iz] = [inverse(y), inverse(z)];
    const next = { ...y, data: y.data.map((x, i) => 0.5 * (x + iz.data[i])) };
    z = { ...z, data: z.data.map((x, i) => 0.5 * (x + iy.data[i])) };
    y = next;
  }
  return y;
}

function inverse(a: ReturnType<typeof matrix>) {
  const n = a.rows,
    work = Array.from({ length: n }, (_, i) => [
      ...a.data.subarray(i * n, (i + 1) * n),
      ...Array.from({ length: n }, (_, j) => i === j ? 1 : 0),
    ]);
  for (let i = 0; i < n; i++) {
    const pivot = work[i][i];
    work[i] = work[i].map((x) => x / pivot);
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const factor = work[k][i];
      work[k] = work[k].map((x, j) => x - factor * work[i][j]);
    }
  }
  return matrix(n, n, work.flatMap((row) => row.slice(n)));
}

/** By hand for a target along the first coordinates: rows and columns without the first, times Π's basis. */
function kept(problem: mf.Problem, { b1, a1 }: mf.Adapters) {
  const r = b1.columns, n = problem.target.columns, h = b1.rows;
  const c = Array.from({ length: r }, (_, k) => b1.data[k] + a1.data[k * n]);
  const size = Math.hypot(...c), zeta = c.map((x) => x / size);
  const basis: number[][] = [];
  for (let k = 0; basis.length < r - 1; k++) {
    const e = zeta.map((x, i) => (i === k ? 1 : 0) - zeta[k] * x);
    for (const other of basis) {
      const along = e.reduce((sum, x, i) => sum + x * other[i], 0);
      other.forEach((x, i) => e[i] -= along * x);
    }
    const length = Math.hypot(...e);
    if (length > 1e-3) basis.push(e.map((x) => x / length));
  }
  const free = matrix(r, r - 1, Array.from({ length: r }, (_, i) => basis.map((x) => x[i])).flat());
  const rows = multiply(matrix(h - 1, r, b1.data.slice(r)), free);
  const outside = matrix(r, n - 1);
  for (let k = 0; k < r; k++) {
    for (let j = 1; j < n; j++) outside.data[k * (n - 1) + j - 1] = a1.data[k * n + j];
  }
  return { rows, columns: multiplyTN(free, outside), inner: r - 1 };
}

Deno.test("imbalancedTail() is the reference's", () => {
  for (const { alpha, delta, t, L_theory, late_rate_theory } of slow_tail.imbalanced) {
    const { problem, adapters } = started({ m: 6 }, "gauss", 2, alpha, 52);
    const tail = mf.imbalancedTail(problem, adapters);
    assertAlmostEquals(tail.delta / delta, 1, 1e-10);
    assertAlmostEquals(tail.rate / late_rate_theory, 1, 1e-10);
    t.forEach((at, i) => assertAlmostEquals(tail.loss(at) / L_theory[i], 1, 1e-9));
  }
});

Deno.test("imbalancedTail() solves its equation with s = 1.4, k = 2 and m ≠ n", () => {
  const s = 1.4, problem = mf.factorization({ m: 7, n: 5, sigma: [2, 1], s });
  const options = { start: "gauss", r: 3, alpha: 0.3, draws: portable(9) } as const;
  const adapters = mf.startAdapters(problem, options);
  const tail = mf.imbalancedTail(problem, adapters);
  const x0 = Math.sqrt(2 * tail.loss(0)) / s;
  const { y } = solveOde(
    (_t, x, out) => out[0] = -s * s * x[0] * Math.hypot(tail.delta, 2 * x[0]),
    ...[0, 6] as const,
    [x0],
    { rtol: 1e-13, atol: 1e-18 },
  );
  assertAlmostEquals(tail.loss(6) / (0.5 * s * s * y[0] ** 2), 1, 1e-10);
  assertAlmostEquals(tail.rate, 2 * s * s * Math.abs(tail.delta), 1e-14);
  const step = 1, far = 300;
  const slope = Math.log(tail.loss(far) / tail.loss(far + step)) / step;
  assertAlmostEquals(slope / tail.rate, 1, 1e-6);
});

Deno.test("imbalancedTail() is algebraic where the excess direction alone is balanced", () => {
  // z along the first coordinate of ℝ², the excess along the second, of equal size on both sides.
  const problem = mf.factorization({ m: 3, sigma: [1], s: 1.2 }), e = 0.25;
  const b1 = matrix(3, 2, [0.1, 0, 0, e, 0, 0]), a1 = matrix(2, 3, [0, 0, 0, 0, 0, e]);
  const { delta, loss } = mf.imbalancedTail(problem, { b1, a1 });
  assertEquals(delta, 0);
  const x = e * e / (1 + 2 * 1.2 ** 2 * e * e * 50);
  assertAlmostEquals(loss(50), 0.5 * 1.2 ** 2 * x * x, 1e-16);
});

Deno.test("one-sided starts have no tail in plain factorisation", () => {
  const { problem, adapters } = started({ m: 6 }, "zeroB", 2, 0.05, 52);
  assertEquals(mf.imbalancedTail(problem, adapters).loss(10), 0);
});

Deno.test("each tail refuses the other's starts", () => {
  const even = started({ m: 6 }, "balanced", 2, 0.05, 51);
  const odd = started({ m: 6 }, "gauss", 2, 0.05, 51);
  const wide = started({ m: 6 }, "gauss", 3, 0.05, 51);
  const refused = (make: () => unknown, words: string) => assertThrows(make, RangeError, words);
  refused(() => mf.imbalancedTail(even.problem, even.adapters), "see balancedTail");
  refused(() => mf.balancedTail(odd.problem, odd.adapters), "see imbalancedTail");
  refused(() => mf.imbalancedTail(wide.problem, wide.adapters), "k + 1 = 2: it is 3");
  refused(() => mf.balancedTail(even.problem, even.adapters).loss(-1), "t must be");
  refused(() => mf.balancedTail(even.problem, even.adapters).limit(-1), "t must be");
  refused(() => mf.imbalancedTail(odd.problem, odd.adapters).loss(NaN), "t must be");
  const other = mf.aligned({ s2: [1, 0.5, 2], target: [0.3] });
  const there = mf.startAdapters(other, { start: "balanced", r: 2, alpha: 1, draws: portable(1) });
  refused(() => mf.balancedTail(other, there), "w2 must be s times");
  const full = started({ m: 6 }, "balanced", 1, 0.05, 51);
  assertEquals(mf.balancedTail(full.problem, full.adapters).loss(10), 0);
  assertEquals(mf.balancedTail(full.problem, full.adapters).q, 0);
});
