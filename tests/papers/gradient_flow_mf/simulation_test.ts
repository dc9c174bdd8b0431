import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import { matrix, multiply, svd } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable, stream } from "lora-dynamics/random/mod.ts";
import golden from "../../golden/gradient-flow-mf.json" with { type: "json" };

const close = (value: number, wanted: number, rel: number) =>
  assertLess(Math.abs(value / wanted - 1), rel, `${value} against ${wanted}`);

Deno.test("the golden runs of problems MF and D", () => {
  const problem = mf.factorization(20);
  const start = mf.startAdapters(problem, {
    r: 4,
    scheme: "gauss",
    alpha: 1e-3,
    draws: portable(100),
  });
  assertEquals(start.b1.data[0], golden.factorization.b11);
  assertEquals(start.a1.data[0], golden.factorization.a11);
  const one = new mf.AdapterFlow(problem, start).solve(golden.factorization.times);
  // On the steep way down a relative error of L is many times that of the state: four integrators of
  // ours agree on L(10) to 3e-10 and differ from the reference by 1.3e-9.
  one.losses.forEach((loss, i) => close(loss, golden.factorization.losses[i], 2e-9));

  const double = mf.canonical({ d: 20, s2: 1, s1: 0.5 }), mode = mf.growthModes(double).modes1[0];
  const both = mf.startAdapters(double, {
    r: 4,
    scheme: "gauss",
    alpha: 1e-2,
    draws: portable(200),
  });
  const flow = new mf.AdapterFlow(double, both),
    { losses, states } = flow.solve(golden.double.times);
  states.forEach((state, i) => {
    const { b1, a1, b2, a2 } = flow.adapters(state);
    close(losses[i], golden.double.losses[i], 1e-10);
    close(mf.misalignment(mf.stackOf(b1, a1), mode), golden.double.gaps[i], 1e-9);
    close(mf.share(b2!, a2!), golden.double.shares[i], 1e-10);
  });
});

/** Loss of a problem at given adapters, formed naively. */
function naiveLoss({ w2, w1, target }: mf.Problem, { b1, a1, b2, a2 }: mf.Adapters): number {
  const plus = (a: ReturnType<typeof multiply>, b: ReturnType<typeof multiply>) => (
    { ...a, data: a.data.map((x, i) => x + b.data[i]) }
  );
  const first = w1 ? plus(w1, multiply(b1, a1)) : multiply(b1, a1);
  const second = b2 && a2 ? plus(w2, multiply(b2, a2)) : w2;
  const now = multiply(second, first), before = w1 ? multiply(w2, w1) : undefined;
  return 0.5 *
    target.data.reduce(
      (sum, x, i) => sum + (x + (before ? before.data[i] : 0) - now.data[i]) ** 2,
      0,
    );
}

Deno.test("the right-hand side is minus the gradient of the loss, for any shapes and both problems", () => {
  const size = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(size, size, size, fc.boolean(), fc.boolean(), (m, h, n, double, diagonal) => {
      const r = Math.min(m, h, n, 3), draws = portable(m + 10 * h + 100 * n);
      const draw = (rows: number, columns: number) =>
        matrix(rows, columns, draws.normals(rows * columns));
      const w2 = diagonal && m === h ? mf.factorization(m, [1]).w2 : draw(m, h);
      const problem = { w2, target: draw(m, n), ...(double ? { w1: draw(h, n) } : {}) };
      const start = {
        ...{ b1: draw(h, r), a1: draw(r, n) },
        ...(double ? { b2: draw(m, r), a2: draw(r, h) } : {}),
      };
      const flow = new mf.AdapterFlow(problem, start), dy = new Float64Array(flow.start.length);
      close(flow.loss(flow.start), naiveLoss(problem, start), 1e-10);
      flow.rhs(0, flow.start, dy);
      const i = Math.floor(draws.uniform() * dy.length), step = 1e-5;
      const moved = (by: number) => {
        const y = flow.start.slice();
        y[i] += by;
        return naiveLoss(problem, flow.adapters(y));
      };
      const slope = (moved(step) - moved(-step)) / (2 * step);
      assertAlmostEquals(dy[i], -slope, 1e-6 * (1 + Math.abs(slope)));
    }),
    { seed: 7, numRuns: 150 },
  );
});

Deno.test("flows turn with the bases: rotated adapters have the same losses", () => {
  const draws = portable(5), problem = mf.factorization(6, [1, 0.4]);
  const q = mf.frame(draws, 3, 3);
  const start = mf.startAdapters(problem, { r: 3, scheme: "gauss", alpha: 0.1, draws });
  const turned = {
    b1: multiply(start.b1, q),
    a1: multiply({ ...q, data: transposed(q.data, 3) }, start.a1),
  };
  const [a, b] = [start, turned].map((s) =>
    new mf.AdapterFlow(problem, s).solve([1, 5, 20]).losses
  );
  a.forEach((loss, i) => close(b[i], loss, 1e-9));
});

function transposed(data: Float64Array, n: number): Float64Array {
  return data.map((_, i) => data[(i % n) * n + Math.floor(i / n)]);
}

Deno.test("gradient descent follows the flow as its rate goes to zero, momentum is the heavy ball", () => {
  const problem = mf.factorization(5, [1]);
  const start = mf.startAdapters(problem, {
    r: 2,
    scheme: "gauss",
    alpha: 0.2,
    draws: portable(3),
  });
  const flow = new mf.AdapterFlow(problem, start), [wanted] = flow.solve([2]).losses;
  const error = (eta: number) =>
    Math.abs(flow.loss(flow.descend(eta, Math.round(2 / eta))) - wanted);
  const order = Math.log2(error(0.01) / error(0.005));
  assert(Math.abs(order - 1) < 0.2, String(order));
  const y = flow.start.slice(), v = new Float64Array(y.length), dy = new Float64Array(y.length);
  for (let k = 0; k < 3; k++) {
    flow.rhs(0, y, dy);
    for (let i = 0; i < y.length; i++) {
      v[i] = 0.9 * v[i] + dy[i];
      y[i] += 0.1 * v[i];
    }
  }
  assertEquals(flow.descend(0.1, 3, { momentum: 0.9 }), y);
});

Deno.test("the layer-wise rate scales the flow of adapter 2 alone", () => {
  const flow = (rate2: number) => {
    const problem = mf.canonical({ d: 5, s2: 1, s1: 0.5 });
    const start = mf.startAdapters(problem, {
      r: 2,
      scheme: "gauss",
      alpha: 0.3,
      draws: portable(2),
    });
    const made = new mf.AdapterFlow(problem, start, { rate2 }),
      dy = new Float64Array(made.start.length);
    made.rhs(0, made.start, dy);
    return dy;
  };
  const [one, three] = [flow(1), flow(3)], half = one.length / 2;
  one.forEach((x, i) => assertAlmostEquals(three[i], (i < half ? 1 : 3) * x, 1e-15));
});

Deno.test("reduce() and lift() reproduce B A of the full problem; a balanced start stays balanced", () => {
  const draws = portable(9), problem = mf.factorization(12, [1, 0.5]);
  const start = mf.startAdapters(problem, { r: 3, scheme: "balanced", alpha: 0.05, draws });
  assert(mf.imbalance(start.b1, start.a1).data.every((x) => Math.abs(x) < 1e-16));
  const small = mf.reduce(problem, start);
  const full = new mf.AdapterFlow(problem, start),
    little = new mf.AdapterFlow(small.problem, small.start);
  const times = [1, 6, 15], [a, b] = [full.solve(times).states, little.solve(times).states];
  times.forEach((_, i) => {
    const { b1, a1 } = full.adapters(a[i]), lifted = mf.lift(small, little.adapters(b[i]));
    multiply(b1, a1).data.forEach((x, k) => assertAlmostEquals(lifted.data[k], x, 1e-11));
  });
});

Deno.test("gradient descent with momentum, too, is that of the reduced problem; a scaled factor is not", () => {
  const draws = portable(9), problem = mf.factorization(12, [1, 0.5]);
  const start = mf.startAdapters(problem, { r: 3, scheme: "gauss", alpha: 0.05, draws });
  const small = mf.reduce(problem, start);
  const loss = (problem: mf.Problem, start: mf.Adapters) => {
    const flow = new mf.AdapterFlow(problem, start);
    return flow.loss(flow.descend(0.1, 120, { momentum: 0.5 }));
  };
  const full = loss(problem, start);
  close(loss(small.problem, small.start), full, 1e-10);
  const other = {
    ...small.start,
    b1: { ...small.start.b1, data: small.start.b1.data.map((x) => 1.01 * x) },
  };
  assert(Math.abs(loss(small.problem, other) / full - 1) > 1e-3);
});

Deno.test("a start with a part of B has the plateau of that part; the slow tail has any q", () => {
  const problem = mf.factorization(12);
  const start = mf.startAdapters(problem, {
    r: 3,
    scheme: "gauss",
    alpha: 1e-3,
    draws: portable(12),
  });
  const part = { ...start, b1: { ...start.b1, data: start.b1.data.map((x) => 0.3 * x) } };
  const [loss] = new mf.AdapterFlow(problem, part).solve([40]).losses;
  close(loss, mf.plateauLoss(problem, part), 5e-3);
  for (const r of [2, 4]) {
    const small = mf.factorization(6), draws = portable(51), times = [1e3, 1e5];
    const balanced = mf.startAdapters(small, { r, scheme: "balanced", alpha: 0.05, draws });
    const flow = new mf.AdapterFlow(small, balanced);
    const { losses } = flow.solve(times, { method: "radau5", rtol: 1e-8, atol: 1e-12 });
    // The law is of leading order: its relative error is O(α²), here α² = 2.5e-3.
    times.forEach((t, i) => close(losses[i], mf.slowTail(small, balanced, t), 0.2 * 0.05 ** 2));
    close(8 * 1e10 * losses[1] / (r - 1), 1, 0.01);
  }
});

Deno.test("zero factors are zero, and share the other factor with the Gaussian start", () => {
  const problem = mf.canonical({ d: 6, s2: 1, s1: 0.5 });
  const start = (scheme: mf.Scheme) =>
    mf.startAdapters(problem, { r: 2, scheme, alpha: 0.1, draws: portable(4) });
  const [gauss, zeroB, zeroA] = [start("gauss"), start("zeroB"), start("zeroA")];
  assert(
    [...zeroB.b1.data, ...zeroB.b2!.data, ...zeroA.a1.data, ...zeroA.a2!.data].every((x) =>
      x === 0
    ),
  );
  assertEquals([zeroB.a1, zeroB.a2], [gauss.a1, gauss.a2]);
  assertEquals([zeroA.b1, zeroA.b2], [gauss.b1, gauss.b2]);
});

Deno.test("one-sided zeros stay one-sided in problem MF: B⊥ ≡ 0 from B = 0, A⊥ ≡ 0 from A = 0", () => {
  const problem = mf.factorization(6);
  for (const scheme of ["zeroB", "zeroA"] as const) {
    const start = mf.startAdapters(problem, { r: 3, scheme, alpha: 0.1, draws: portable(8) });
    const flow = new mf.AdapterFlow(problem, start);
    const { b1, a1 } = flow.adapters(flow.solve([30]).states[0]);
    const outside = scheme === "zeroB"
      ? [...b1.data.subarray(3)]
      : [...a1.data].filter((_, i) => i % 6 > 0);
    assert(outside.every((x) => Math.abs(x) < 1e-15));
  }
});

Deno.test("the digits have the reference's singular values", () => {
  const { problem } = mf.linearDigits();
  svd(problem.w2).values.forEach((s, i) => close(s * s, golden.digits.singularValues[i], 1e-11));
  golden.digits.targetValues.forEach((s, i) => close(svd(problem.target).values[i], s, 1e-10));
});

Deno.test("a run that ends early says when and why; a short horizon can be compared with T½", () => {
  const problem = mf.factorization(5);
  const start = mf.startAdapters(problem, {
    r: 2,
    scheme: "gauss",
    alpha: 1e-4,
    draws: portable(1),
  });
  const flow = new mf.AdapterFlow(problem, start);
  assertThrows(() => flow.solve([50], { maxSteps: 3 }), Error, "maxSteps");
  const rows = mf.factorRun(
    { d: 5, r: 2, sigma: "1", scheme: "gauss", alpha: 1e-4, end: 2 },
    { seed: "1" },
  ) as mf.FactorRow;
  assertEquals(rows.half1, null);
  assert(rows.status.startsWith("horizon 2 is before the escape, predicted at"), rows.status);
});

Deno.test("problems and starts that do not fit are refused, with all shapes", () => {
  const good = mf.canonical({ d: 4, s2: 1, s1: 0.5 }), draws = portable(1);
  const options = { r: 2, scheme: "gauss" as const, alpha: 0.1, draws };
  const start = mf.startAdapters(good, options);
  const range: [() => unknown, string][] = [
    [() => mf.startAdapters(good, { ...options, r: 0 }), "r for w2 of 4 x 4 and target of 4 x 4"],
    [() => mf.startAdapters(good, { ...options, r: 5 }), "must be an integer from 1 to 4"],
    [() => mf.startAdapters(good, { ...options, alpha: 0 }), "alpha must be a finite number > 0"],
    [() => mf.startAdapters(good, { ...options, alpha: NaN }), "alpha must be"],
    [() => mf.startAdapters({ ...good, target: matrix(4, 4) }, options), "target must not be zero"],
    [() => mf.canonical({ d: 1, s2: 1 }), "d must be an integer >= 2"],
    [() => mf.factorization(3, [1, 2, 3, 4]), "number of singular values"],
    [
      () =>
        new mf.AdapterFlow({ ...good, w2: matrix(4, 4, new Float64Array(16).fill(NaN)) }, start),
      "w2[0] must be finite",
    ],
    [
      () => new mf.AdapterFlow(good, start).descend(0.1, 3, { momentum: 1 }),
      "momentum must lie in [0, 1)",
    ],
    [
      () => mf.sampleReduced({ m: 3, n: 9, r: 4, alpha: 1 }, stream("7")),
      "m must be an integer >= 5",
    ],
  ];
  for (const [run, message] of range) assertThrows(run, RangeError, message);
  const { b1, a1, b2 } = start;
  const types: [() => unknown, string][] = [
    [
      () => new mf.AdapterFlow(good, { b1, a1, b2, a2: matrix(2, 3) }),
      "current shapes are 4 x 2, 2 x 4, 4 x 2, 2 x 3",
    ],
    [() => new mf.AdapterFlow(good, { b1, a1 }), "current shapes are 4 x 2, 2 x 4, none, none"],
    [
      () => mf.startAdapters({ ...good, w2: matrix(3, 4) }, options),
      "current shapes are 3 x 4, 4 x 4 and 4 x 4",
    ],
    [() => mf.startAdapters(good, { ...options, draws: undefined }), "draws must be given"],
    [() => mf.reduce(good, start), "one adapter: it has two"],
  ];
  for (const [run, message] of types) assertThrows(run, TypeError, message);
});

Deno.test("repeated singular values: the spectral start learns the whole space, modes keep their span", () => {
  const problem = mf.factorization(6, [1, 1]), { rates1 } = mf.growthModes(problem);
  rates1.forEach((rate) => assertAlmostEquals(rate, 1, 1e-14));
  const start = mf.startAdapters(problem, { r: 2, scheme: "spectral", alpha: 1e-3 });
  const [loss] = new mf.AdapterFlow(problem, start).solve([40]).losses;
  assertLess(loss, 1e-24);
});
