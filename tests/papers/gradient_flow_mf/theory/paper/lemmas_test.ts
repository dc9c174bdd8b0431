import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { add, frobeniusNorm, multiply, spectralNorm, svd } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import { forAll } from "../../_random.ts";
import { close } from "../_helpers.ts";

const problem = mf.problemQ({ delta: 0.6 }), lemmas = mf.paperLemmas(problem);

/** Adapters in general position. */
function at(alpha: number, seed: number, start: mf.StartName = "gauss"): mf.Adapters {
  return mf.startAdapters(problem, { start, r: 3, alpha, draws: portable(seed) });
}

/** `y + h·velocity`, both ways, for central differences. */
function around(y: mf.Adapters, h: number): [mf.Adapters, mf.Adapters] {
  const v = mf.velocity(problem, y);
  const moved = (by: number): mf.Adapters => ({
    ...{ b1: add(y.b1, v.b1, by), a1: add(y.a1, v.a1, by) },
    ...{ b2: add(y.b2!, v.b2!, by), a2: add(y.a2!, v.a2!, by) },
  });
  return [moved(-h), moved(h)];
}

const size1 = (y: mf.Adapters) => frobeniusNorm(mf.stackOf(y.b1, y.a1)) ** 2;
const size2 = (y: mf.Adapters) => frobeniusNorm(mf.stackOf(y.b2!, y.a2!)) ** 2;

/** Time derivative of a logarithm along the flow. */
function slope(y: mf.Adapters, of: (y: mf.Adapters) => number): number {
  const h = 1e-5, [before, after] = around(y, h);
  return (Math.log(of(after)) - Math.log(of(before))) / (2 * h);
}

Deno.test("Lemma C.1: the growth is that of the flow, the bounds hold the norms of D₁ and D₂", () => {
  for (const alpha of [0.05, 0.3]) {
    const y = at(alpha, 11), { upper, lower, ratio } = lemmas.c1(y);
    close(upper.left, slope(y, size1), 1e-7);
    assertEquals(lower.right, upper.left);
    close(ratio.right, slope(y, (x) => size1(x) / size2(x)), 1e-7);
    const { d1, d2 } = mf.decomposition(problem, y);
    const [n1, n2] = [spectralNorm(d1), spectralNorm(d2)];
    close(upper.right, 2 * (0.91 + n1), 1e-12);
    close(lower.left, 2 * (0.91 - n1), 1e-12);
    close(ratio.left, 2 * (0.4 * 0.91 - n1 - n2), 1e-12);
    assert(upper.holds);
  }
});

Deno.test("Lemma C.1: the first line holds at random points, the lower bounds fail at one-sided starts", () => {
  for (let seed = 0; seed < 30; seed++) assert(lemmas.c1(at(0.4, seed)).upper.holds);
  for (const start of ["zeroB", "zeroA"] as const) {
    const { upper, lower, ratio } = lemmas.c1(at(1e-3, 4, start));
    assertEquals([upper.left, lower.right, ratio.right], [0, 0, 0]);
    assertEquals([upper.holds, lower.holds, ratio.holds], [true, false, false]);
  }
  // A balanced start along the target grows at 2λ, as the lower bound has it.
  const aligned = lemmas.c1(at(1e-6, 4, "spectral"));
  close(aligned.lower.right, 1.82, 1e-9);
});

Deno.test("Lemma C.5 holds for all adapters, with the norms of product, stack and imbalance", () => {
  forAll(60, ({ adapters }) => {
    const { lower, upper } = mf.lemmaC5(adapters), { b1, a1 } = adapters, r = b1.columns;
    const size = frobeniusNorm(mf.stackOf(b1, a1)) ** 2;
    const kept = svd(mf.imbalance(b1, a1)).values[0];
    close(upper.left, spectralNorm(multiply(b1, a1)), 1e-12);
    close(upper.right, size / 2, 1e-12);
    assertAlmostEquals(lower.left, size / (2 * r) - r * kept, 1e-9 * size);
    assertEquals(lower.right, upper.left);
    assert(lower.holds && upper.holds);
  });
});

Deno.test("Lemma C.6: the part beside g and v is below the sine times the size, at random points", () => {
  for (let seed = 0; seed < 30; seed++) {
    const y = at(0.4, seed), { sine, left, right } = lemmas.c6(y);
    assert(left.holds && right.holds && sine > 0 && sine <= 1);
  }
});

Deno.test("Lemma C.6: one column at an angle, by hand", () => {
  // b = sin e₁ + cos g, a = cos v + sin e₁ (g and v stand at the third index).
  const b1 = { rows: 12, columns: 1, data: new Float64Array(12) };
  const a1 = { rows: 1, columns: 7, data: new Float64Array(7) };
  const [s, c] = [0.3, 0.9];
  [b1.data[0], b1.data[2], a1.data[2], a1.data[0]] = [s, c, c, s];
  const { sine, left, right } = lemmas.c6({ ...at(0.1, 1), b1, a1 });
  // γ₁ᵀz = √2 c, ‖z‖² = 2(s² + c²): the rest has length √2 s.
  close(sine, s / Math.hypot(s, c), 1e-12);
  close(left.right, sine * 2 * (s * s + c * c), 1e-12);
  assertEquals(right.right, left.right);
  // g_⊥g_⊥ᵀBA = s e₁ aᵀ.
  close(left.left, s * Math.hypot(s, c), 1e-12);
  close(right.left, s * Math.hypot(s, c), 1e-12);
});

Deno.test("Lemma D.1: −d/dt log L_S is that of the flow, and the bound (1 − δ_w)λ/16", () => {
  const { u, v } = mf.paperSymbols(problem);
  const signal = (y: mf.Adapters) => {
    const { columns, data } = mf.error(problem, y);
    let e = 0;
    u.forEach((x, i) => v.forEach((z, j) => e += x * data[i * columns + j] * z));
    return 0.5 * e * e;
  };
  for (const seed of [1, 2, 3]) {
    const y = at(0.2, seed), { left, right } = lemmas.d1(y);
    close(right, -slope(y, signal), 1e-6);
    close(left, 0.4 * 0.91 / 16, 1e-12);
  }
});

Deno.test("Lemma D.2 and (85): both sides by hand", () => {
  const y = at(0.2, 3), d2 = lemmas.d2(y), eq85 = lemmas.eq85(y);
  close(d2.left, Math.sqrt(2 * mf.loss(problem, y)), 1e-12);
  close(d2.right, (1 - 0.4 / 8) * 0.7, 1e-12);
  close(eq85.left, 0.4 * 0.7 / (8 * 1.3), 1e-12);
  const { growing } = mf.claim31Parts(problem, mf.stackOf(y.b1, y.a1));
  close(eq85.right, growing ** 2, 1e-12);
  assertEquals([d2.holds, eq85.holds], [d2.left <= d2.right, eq85.left <= eq85.right]);
  // Nothing learnt: the bound of D.2 fails, as it is a statement about T₁.
  assertGreater(lemmas.d2(at(1e-6, 3)).left, 0.69);
  assertLess(lemmas.eq85(at(1e-6, 3)).right, 1e-9);
});
