/** What is read off adapters, against direct formulas. */
import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { dot, multiply, svd } from "lora-dynamics/linalg/mod.ts";
import {
  canonical,
  error,
  frame,
  learnt,
  loss,
  lossParts,
  misalignment,
  problemQ,
  rotated,
  signalDirections,
  signalError,
  stackNorms,
  stackOf,
  topOf,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import { forAll, normal } from "./_random.ts";

Deno.test("the stack is B over Aᵀ, its top what the singular value decomposition says", () => {
  forAll(40, ({ adapters: { b1, a1, b2, a2 } }) => {
    const z = stackOf(b1, a1), r = b1.columns;
    assertEquals([z.rows, z.columns], [b1.rows + a1.columns, r]);
    for (let k = 0; k < r; k++) {
      for (let i = 0; i < z.rows; i++) {
        const wanted = i < b1.rows ? b1.data[i * r + k] : a1.data[k * a1.columns + i - b1.rows];
        assertEquals(z.data[i * r + k], wanted);
      }
    }
    const { value, left } = topOf(z), { u, values } = svd(z);
    assertLess(Math.abs(value / values[0] - 1), 1e-12);
    assertLess(Math.abs(dot(left, left) - 1), 1e-12);
    const first = Float64Array.from({ length: z.rows }, (_, i) => u.data[i * u.columns]);
    if (values.length === 1 || values[1] < 0.9 * values[0]) {
      assertLess(1 - Math.abs(dot(left, first)), 1e-11);
    }
    assertEquals(stackNorms({ b1, a1 }), [value]);
    if (b2 && a2) {
      assertEquals(stackNorms({ b1, a1, b2, a2 }), [value, topOf(stackOf(b2, a2)).value]);
    }
  });
});

Deno.test("the signal error is uᵀEv of the model, one adapter or two", () => {
  forAll(60, ({ problem, adapters }) => {
    const along = signalDirections(problem), { u, v } = along, e = error(problem, adapters);
    let wanted = 0, size = along.sigma;
    for (let i = 0; i < e.rows; i++) {
      for (let j = 0; j < e.columns; j++) {
        wanted += u[i] * e.data[i * e.columns + j] * v[j];
        size += Math.abs(e.data[i * e.columns + j]);
      }
    }
    assertLess(Math.abs(signalError(problem, along)(adapters) - wanted), 1e-12 * size);
  });
});

Deno.test("misalignment is 1 − cos at every size, down to 10⁻²⁰", () => {
  const draws = portable(3), h = 5, n = 4;
  const given = fc.record({
    power: fc.double({ min: -10, max: -0.5, noNaN: true }),
    sign: fc.constantFrom(-1, 1),
  });
  fc.assert(
    fc.property(given, ({ power, sign }) => {
      const angle = 10 ** power, p = frame(draws, h, 1).data, v = frame(draws, n, 1).data;
      // A unit vector at the angle: γ turned towards γ̄ = (p; −v)/√2, which is orthogonal to it.
      const [c, s] = [Math.cos(angle), Math.sin(angle)].map((x) => x / Math.SQRT2);
      const left = [...p.map((x) => (c + s) * x), ...v.map((x) => (c - s) * x)];
      const right = frame(draws, 3, 1).data;
      const data = left.flatMap((x) => [...right].map((y) => sign * 1.7 * x * y));
      const stack = { rows: h + n, columns: 3, data: Float64Array.from(data) };
      const wanted = 2 * Math.sin(angle / 2) ** 2;
      const found = misalignment(stack, [p, v]);
      // Entries are rounded to 10⁻¹⁶, so the angle to about that, its square relative to the angle.
      assertLess(Math.abs(found / wanted - 1), 1e-14 + 1e-14 / angle);
    }),
    { seed: 3, numRuns: 60 },
  );
});

Deno.test("what is learnt between two vectors is lᵀBAr", () => {
  forAll(30, ({ adapters: { b1, a1 }, draws }) => {
    const l = draws.normals(b1.rows), r = draws.normals(a1.columns), ba = multiply(b1, a1);
    let wanted = 0;
    ba.data.forEach((x, at) => {
      wanted += l[Math.floor(at / ba.columns)] * x * r[at % ba.columns];
    });
    assertAlmostEquals(learnt(b1, a1, l, r), wanted, 1e-11 * (1 + Math.abs(wanted)));
  });
});

Deno.test("the signal: for an aligned problem its index, in any bases; for a tilted one what W₂ sees", () => {
  const { u, p, v, sigma } = signalDirections(problemQ({ delta: 0.5 }));
  const unit = (length: number) => Float64Array.from({ length }, (_, i) => i === 2 ? 1 : 0);
  for (const [found, wanted] of [[u, unit(9)], [p, unit(12)], [v, unit(7)]] as const) {
    found.forEach((x, i) => assertAlmostEquals(Math.abs(x), wanted[i], 1e-12));
  }
  // Signs belong together: u by Δv, p by W₂ᵀΔv.
  assertAlmostEquals(u[2] * v[2], 1, 1e-12);
  assertAlmostEquals(p[2] * v[2], 1, 1e-12);
  assertAlmostEquals(sigma, 0.7, 1e-12);
  const draws = portable(4), bases = { u: frame(draws, 9, 9), v: frame(draws, 7, 7) };
  const turned = signalDirections(rotated(problemQ({ delta: 0.5 }), bases));
  const image = Float64Array.from({ length: 9 }, (_, i) => bases.u.data[9 * i + 2]);
  assertAlmostEquals(Math.abs(dot(turned.u, image)), 1, 1e-12);

  const degrees = 30,
    tilted = signalDirections(canonical({ d: 2, degrees, gmin: 0.3, sigma: 1.7 }));
  const c = Math.cos(Math.PI / 6), s = Math.sin(Math.PI / 6), length = Math.hypot(c, 0.3 * s);
  assertAlmostEquals(Math.abs(tilted.u[0]), c, 1e-12);
  assertAlmostEquals(Math.abs(tilted.p[1]), 0.3 * s / length, 1e-12);
  assertAlmostEquals(tilted.sigma, 1.7, 1e-12);
});

Deno.test("the parts of the loss are its blocks, and together the loss, in any bases", () => {
  forAll(50, ({ problem, adapters, draws }) => {
    const e = error(problem, adapters), { rows: m, columns: n } = e;
    const u = frame(draws, m, 1).data, v = frame(draws, n, 1).data;
    const parts = lossParts(e, { u, v, p: u, sigma: 1 });
    const total = loss(problem, adapters);
    assertLess(Math.abs(parts.signal + parts.mixed + parts.rest - total), 1e-12 * total);
    let along = 0;
    const rows = new Float64Array(n), columns = new Float64Array(m);
    e.data.forEach((x, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      along += u[i] * x * v[j];
      rows[j] += u[i] * x;
      columns[i] += x * v[j];
    });
    const mixed = (dot(rows, rows) + dot(columns, columns)) / 2 - along * along;
    assertAlmostEquals(parts.signal, along * along / 2, 1e-12 * total);
    assertAlmostEquals(parts.mixed, mixed, 1e-12 * total);
  });
});

Deno.test("in the common bases a part of 10⁻⁴⁰ is seen beside a signal of one", () => {
  const m = 3, n = 3, data = Float64Array.of(0, 0, 0, 0, 1, 0, 0, 0, 1e-20);
  const u = Float64Array.of(0, 1, 0);
  const { signal, mixed, rest } = lossParts({ rows: m, columns: n, data }, {
    u,
    v: u,
    p: u,
    sigma: 1,
  });
  assertEquals([signal, mixed], [0.5, 0]);
  assertLess(Math.abs(rest / 0.5e-40 - 1), 1e-12);
});

Deno.test("a stack of zeros has size zero and no direction; a tiny one has both", () => {
  const zero = { rows: 4, columns: 2, data: new Float64Array(8) }, unit = Float64Array.of(1, 0);
  assertEquals([topOf(zero).value, misalignment(zero, [unit, unit])], [0, 1]);
  const some = normal(portable(1), 4, 2),
    scaled = (by: number) => (
      { ...some, data: some.data.map((x) => by * x) }
    );
  for (const by of [1e-200, 1e-12, 1e200]) {
    assertLess(Math.abs(topOf(scaled(by)).value / by / svd(some).values[0] - 1), 1e-12);
    const found = misalignment(scaled(by), [unit, unit]);
    assertLess(Math.abs(found / misalignment(some, [unit, unit]) - 1), 1e-12);
  }
});
