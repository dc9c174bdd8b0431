/** The directions of a problem: what grows, the common bases, and by how much the assumptions fail. */
import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  add,
  dot,
  frobeniusNorm,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  transpose,
} from "lora-dynamics/linalg/mod.ts";
import {
  aligned,
  alignedMode,
  canonical,
  commonBases,
  frame,
  growthModes,
  modalVector,
  modalVectors,
  modes,
  type Problem,
  problemQ,
  rotated,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import { distance, forAll, normal } from "./_random.ts";

const column = (x: Float64Array | number[]) => matrix(x.length, 1, x);

Deno.test("growing pairs are singular triples of W₂ᵀΔ and ΔW₁ᵀ: rates, vectors, order", () => {
  forAll(60, ({ problem }) => {
    const { w2, w1, target } = problem, found = growthModes(problem);
    const generators = [multiplyTN(w2, target), ...(w1 ? [multiplyNT(target, w1)] : [])];
    assertEquals(found.modes2.length > 0, w1 !== undefined);
    generators.forEach((generator, which) => {
      const rates = which === 0 ? found.rates1 : found.rates2;
      const pairs = which === 0 ? found.modes1 : found.modes2;
      assertEquals(rates.length, pairs.length);
      rates.forEach((rate, j) => assert(rate > 0 && (j === 0 || rate <= rates[j - 1])));
      let square = 0;
      pairs.forEach(([left, right], j) => {
        const ahead = multiply(generator, column(right)),
          back = multiplyTN(generator, column(left));
        const scaled = (x: Float64Array) => column(x.map((y) => rates[j] * y));
        const size = 1e-12 * rates[0];
        assertLess(frobeniusNorm(add(ahead, scaled(left), -1)), size);
        assertLess(frobeniusNorm(add(back, scaled(right), -1)), size);
        square += rates[j] ** 2;
      });
      // Together they are all of it.
      assertAlmostEquals(Math.sqrt(square), frobeniusNorm(generator), 1e-11 * rates[0]);
    });
  });
});

Deno.test("the modal vector is Zᵀγ, γ = (p; v)/√2", () => {
  const b = matrix(2, 2, [1, 2, 3, 4]), a = matrix(2, 3, [1, 0, 2, 0, 1, 1]);
  const pair = [Float64Array.of(0.6, 0.8), Float64Array.of(0, 0, 1)] as const;
  const wanted = [0.6 + 2.4 + 2, 1.2 + 3.2 + 1].map((x) => x / Math.SQRT2);
  modalVector(b, a, pair).forEach((x, k) => assertAlmostEquals(x, wanted[k], 1e-14));
  forAll(20, ({ problem, adapters }) => {
    const found = growthModes(problem), { b1, a1, b2, a2 } = adapters;
    const all = modalVectors(found, adapters);
    assertEquals(all[0], modalVector(b1, a1, found.modes1[0]));
    assertEquals(all.length, b2 ? 2 : 1);
    if (b2 && a2) assertEquals(all[1], modalVector(b2, a2, found.modes2[0]));
  });
});

/** Shapes, singular values from a short list so that they repeat, and where the target stands. */
const alignedCase = fc.record({
  m: fc.integer({ min: 1, max: 6 }),
  h: fc.integer({ min: 1, max: 8 }),
  n: fc.integer({ min: 1, max: 6 }),
  double: fc.boolean(),
  turned: fc.boolean(),
  seed: fc.integer({ min: 0, max: 1e6 }),
}).map((of) => {
  const { m, h, n, double, turned, seed } = of, draws = portable(seed);
  const below = (count: number) => Math.floor(count * draws.uniform());
  const values = (most: number) =>
    Array.from({ length: 1 + below(most) }, () => [2.2, 1.9, 1.3, 1.3, 0.8, 0.8, 0.4][below(7)]);
  const s2 = values(Math.min(m, h)), s1 = values(Math.min(h, n));
  const at = below(Math.min(s2.length, m, n)), target = [...new Array(at).fill(0), 0.7];
  const plain = aligned({ s2, ...(double ? { s1 } : {}), target, m, h, n });
  const bases = { u: frame(draws, m, m), g: frame(draws, h, h), v: frame(draws, n, n) };
  const wanted = [s2[at], double ? s1[at] ?? 0 : 0];
  return { of: { ...of, s2, s1, at }, problem: turned ? rotated(plain, bases) : plain, wanted };
});

Deno.test("aligned problems in any bases, with repeated and missing values: bases, values, target", () => {
  fc.assert(
    fc.property(alignedCase, ({ problem, wanted }) => {
      const mode = alignedMode("test", problem), { u, g, v, s2, s1, uOf, vOf, index } = mode;
      for (const basis of [u, g, v]) {
        const off = add(multiplyTN(basis, basis), identity(basis.columns), -1);
        assertLess(frobeniusNorm(off), 1e-9);
      }
      assertAlmostEquals(s2[index], wanted[0], 1e-9);
      assertAlmostEquals(s1[index], wanted[1], 1e-9);
      assertAlmostEquals(mode.sigma, 0.7, 1e-9);
      assertAlmostEquals(mode.lambda, 0.7 * wanted[0], 1e-9);
      assertAlmostEquals(mode.deltaW, wanted[1] / wanted[0], 1e-9);
      // The layers and the target from what was found.
      const from = (
        rows: number,
        columns: number,
        values: Float64Array,
        left: readonly number[],
        right: readonly number[],
      ) => {
        const out = matrix(rows, columns);
        values.forEach((x, k) =>
          left[k] >= 0 && right[k] >= 0 && (out.data[left[k] * columns + right[k]] += x)
        );
        return out;
      };
      const { w2, w1, target } = problem, m = target.rows, n = target.columns, h = g.rows;
      const hidden = Array.from({ length: h }, (_, k) => k);
      const back = (left: Matrix, x: Matrix, right: Matrix) => multiplyNT(multiply(left, x), right);
      assertLess(distance(back(u, from(m, h, s2, uOf, hidden), g), w2), 1e-9);
      if (w1) assertLess(distance(back(g, from(h, n, s1, hidden, vOf), v), w1), 1e-9);
      const signal = matrix(m, n);
      signal.data[uOf[index] * n + vOf[index]] = 0.7;
      assertLess(distance(back(u, signal, v), target), 1e-9);
      for (const side of [uOf, vOf]) {
        const used = side.filter((j) => j >= 0);
        assertEquals(new Set(used).size, used.length);
      }
      assertEquals(modes(problem).assumptions, "2.1 and 2.2 hold");
    }),
    { seed: 23, numRuns: 150 },
  );
});

Deno.test("a diagonal problem keeps its own order", () => {
  const { g, uOf, vOf, index, s2 } = alignedMode("test", problemQ({ delta: 0.5 }));
  assertEquals([...g.data], [...identity(12).data]);
  assertEquals(index, 2);
  assertEquals(uOf.slice(0, 9), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assertEquals(vOf.slice(0, 7), [0, 1, 2, 3, 4, 5, 6]);
  assertEquals([...s2].map((x) => Math.round(1e6 * x)), [
    ...[1.9, 1.6, 1.3, 1.1, 0.9, 0.75, 0.6, 0.5, 0.4, 0, 0, 0].map((x) => Math.round(1e6 * x)),
  ]);
});

Deno.test("defects are relative sizes of what is off the diagonal, and grow with the angle from 0 on", () => {
  const w2 = matrix(2, 2, [2, 0, 0, 1]), target = matrix(2, 2, [0.7, 0, 0, 0]);
  for (const second of [0, 1]) {
    const defects = [0, 1e-6, 1e-3, 0.3].map((angle) => {
      // W₁ of rank one or two, turned by an angle in its hidden plane.
      const c = Math.cos(angle), s = Math.sin(angle);
      const w1 = matrix(2, 2, [2 * c, -second * s, 2 * s, second * c]);
      const problem = { w2, w1, target }, { defect21 } = commonBases(problem);
      const words = defect21 > 1e-10 ? /^2.1 fails by \d/ : /^2.1 and 2.2 hold$/;
      assert(words.test(modes(problem).assumptions), modes(problem).assumptions);
      return defect21;
    });
    assertLess(defects[0], 1e-15);
    // A compromise basis halves the angle or so; what leaves the diagonal is of its size.
    for (const [i, angle] of [[1, 1e-6], [2, 1e-3], [3, 0.3]] as const) {
      assert(defects[i] > 0.2 * angle && defects[i] < angle, `${angle}: ${defects[i]}`);
    }
  }

  // A tilted target: all of it but the diagonal of its own basis.
  for (const degrees of [10, 30]) {
    const phi = degrees * Math.PI / 180,
      { defect21, defect22 } = commonBases(
        canonical({ d: 5, s1: 0.5, degrees, gmin: 0.2 }),
      );
    assertLess(defect21, 1e-12);
    assertAlmostEquals(defect22, Math.sqrt(2) * Math.cos(phi) * Math.sin(phi), 1e-12);
    assertEquals(
      modes(canonical({ d: 5, s1: 0.5, degrees, gmin: 0.2 })).assumptions,
      `2.2 fails by ${defect22.toPrecision(2)}`,
    );
  }
});

Deno.test("rates and δ_w of a report, without W₁ and without anything that grows", () => {
  const report = modes(canonical({ d: 4, s1: 0.5, s2: 1.7, sigma: 0.6 }));
  assertAlmostEquals(report.lambda, 1.02, 1e-12);
  assertAlmostEquals(report.lambda2!, 0.3, 1e-12);
  assertAlmostEquals(report.deltaW!, 0.5 / 1.7, 1e-12);
  const single = modes(canonical({ d: 4, s2: 1.7, sigma: 0.6 }));
  assertEquals([single.lambda2, single.deltaW], [null, null]);
  const blind = modes({ w2: [[1, 0], [0, 0]], target: [[0, 0], [0, 1]] });
  assertEquals([blind.lambda, blind.deltaW], [0, null]);
});

Deno.test("what a formula for an aligned rank-one target refuses, and why", () => {
  const refuse = (problem: Problem, words: string) =>
    assertThrows(() => alignedMode("try", problem), RangeError, words);
  const draws = portable(2), q = problemQ({ delta: 0.5 });
  refuse(
    rotated(q, { g1: frame(draws, 12, 12) }),
    "Cannot try as Assumption 2.1 must hold: W₂ and W₁",
  );
  refuse(
    canonical({ d: 4, s1: 0.5, degrees: 20 }),
    "the target is outside the bases of the frozen layers, by 0.45",
  );
  refuse({ w2: normal(draws, 4, 3), target: normal(draws, 4, 5) }, "Assumption 2.2 must hold");
  const two = aligned({ s2: [2, 1], s1: [1, 1], target: [0.5, 0.4] });
  refuse(two, "the target must have rank one: its rank is 2");
  const opposed = { ...two, target: matrix(2, 2, [-0.5, 0, 0, 0]) };
  refuse(opposed, "the target must not oppose its pair u, v of the frozen layers: uᵀΔv = -0.5");
  const unseen = aligned({ s2: [2, 0], s1: [1, 1], target: [0, 0.4] });
  refuse(
    unseen,
    "W₂ must pass the target on, s₂ > 0 along it; where s₁ > 0 exchange the layers: it is 0",
  );
  const zero = { ...two, w2: matrix(2, 2), target: matrix(2, 2, [0.5, 0, 0, 0]) };
  refuse(zero, "W₂ must pass the target on, s₂ > 0 along it");
});

Deno.test("a target along a direction that W₁ does not carry is aligned, with δ_w = 0", () => {
  const problem = aligned({ s2: [2, 1.5, 1], s1: [1], target: [0, 0.7], m: 3, h: 4, n: 3 });
  const draws = portable(6),
    bases = { u: frame(draws, 3, 3), g: frame(draws, 4, 4), v: frame(draws, 3, 3) };
  for (const each of [problem, rotated(problem, bases)]) {
    const { deltaW, s2, index, v, vOf } = alignedMode("test", each);
    assertEquals(deltaW, 0);
    assertAlmostEquals(s2[index], 1.5, 1e-10);
    const right = column(Float64Array.from({ length: 3 }, (_, i) => v.data[3 * i + vOf[index]]));
    const image = multiply(each.target, right).data;
    assertAlmostEquals(dot(image, image), 0.49, 1e-10);
  }
});

Deno.test("transposing a problem exchanges its layers, bases and assumptions", () => {
  forAll(20, ({ problem: { w2, w1, target } }) => {
    if (!w1) return;
    const here = modes({ w2, w1, target });
    const there = modes({ w2: transpose(w1), w1: transpose(w2), target: transpose(target) });
    assertAlmostEquals(there.lambda, here.lambda2!, 1e-10);
    assertAlmostEquals(there.lambda2!, here.lambda, 1e-10);
  });
});

Deno.test("a singular value below 10⁻¹² of the largest is none, at every scale of layers and target", () => {
  for (const scale of [1e-9, 1, 1e9]) {
    const at = (small: number) => ({
      w2: matrix(2, 2, [scale, 0, 0, scale * small]),
      target: matrix(2, 2, [0.7 * scale, 0, 0, 0.7 * scale]),
    });
    assertEquals(growthModes(at(5e-13)).rates1.length, 1);
    assertEquals(growthModes(at(5e-12)).rates1.length, 2);
    const along = (small: number) => ({
      ...{ w2: matrix(2, 2, [scale, 0, 0, scale * small]), w1: matrix(2, 2, [1, 0, 0, 1]) },
      target: matrix(2, 2, [0, 0, 0, 0.7 * scale]),
    });
    assertThrows(() => alignedMode("test", along(5e-13)), RangeError, "W₂ must pass the target on");
    assertAlmostEquals(alignedMode("test", along(5e-12)).s2[1] / scale, 5e-12, 1e-24);
  }
});

Deno.test("tiny and huge targets and layers have the bases of ordinary ones", () => {
  const draws = portable(5),
    plain = aligned({
      ...{ s2: [1.9, 1.3, 1.3], s1: [0.8], target: [0, 0.7], m: 4, h: 5, n: 3 },
    });
  const turned = rotated(plain, {
    u: frame(draws, 4, 4),
    g: frame(draws, 5, 5),
    v: frame(draws, 3, 3),
  });
  const by = (x: Matrix, factor: number) => ({ ...x, data: x.data.map((y) => factor * y) });
  for (const [layer, target] of [[1, 1e-9], [1, 1e9], [1e-6, 1], [1e6, 1e-3]]) {
    const scaled = {
      ...{ w2: by(turned.w2, layer), w1: by(turned.w1!, layer), target: by(turned.target, target) },
    };
    const { s2, index, sigma, deltaW } = alignedMode("test", scaled);
    assertAlmostEquals(s2[index] / layer, 1.3, 1e-9);
    assertAlmostEquals(sigma / target, 0.7, 1e-9);
    assertEquals(deltaW, 0);
  }
});
