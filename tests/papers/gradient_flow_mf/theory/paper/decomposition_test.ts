import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { add, matrix, multiply, spectralNorm, transpose } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { distance, forAll } from "../../_random.ts";
import { close } from "../_helpers.ts";

Deno.test("decomposition() is the flow of the model for any problem, diagonal or dense", () => {
  forAll(40, ({ problem, adapters }) => {
    if (!problem.w1) return;
    const { f, d1, d2 } = mf.decomposition(problem, adapters), { w2, w1, target } = problem;
    const { b1, a1, b2, a2 } = adapters, v = mf.velocity(problem, adapters);
    assertLess(distance(add(target, f, -1), mf.error(problem, adapters)), 1e-10);
    // Ż by blocks: Ḃ₁ = (W₂ᵀΔ + D₁)A₁ᵀ, Ȧ₁ = B₁ᵀ(W₂ᵀΔ + D₁), and the same for layer 2.
    const first = add(multiply(transpose(w2), target), d1);
    const second = add(multiply(target, transpose(w1)), d2);
    assertLess(distance(multiply(first, transpose(a1)), v.b1), 1e-9);
    assertLess(distance(multiply(transpose(b1), first), v.a1), 1e-9);
    assertLess(distance(multiply(second, transpose(a2!)), v.b2!), 1e-9);
    assertLess(distance(multiply(transpose(b2!), second), v.a2!), 1e-9);
  });
});

Deno.test("decomposedVelocity() in the paper's form is the flow, in rotated bases, too", () => {
  const draws = portable(801), q = mf.problemQ({ delta: 0.5 });
  const turned = mf.rotated(q, {
    ...{ u: mf.frame(draws, 9, 9), g: mf.frame(draws, 12, 12), v: mf.frame(draws, 7, 7) },
  });
  for (const problem of [q, turned]) {
    const adapters = mf.startAdapters(problem, {
      ...{ start: "gauss", r: [3, 2] as const, alpha: 0.3, draws },
    });
    const { b1, a1, b2, a2 } = mf.velocity(problem, adapters);
    const [first, second] = mf.decomposedVelocity(problem, adapters);
    assertLess(distance(first, mf.stackOf(b1, a1)), 1e-12);
    assertLess(distance(second, mf.stackOf(b2!, a2!)), 1e-12);
  }
});

Deno.test("‖D₁‖ at a start is the golden number, and 0 where a factor of each adapter is", () => {
  const problem = mf.problemQ({ delta: 0.5 });
  const sizes = (start: mf.StartName, alpha: number) => {
    const { d1, d2 } = mf.decomposition(
      problem,
      mf.startAdapters(problem, { start, r: 3, alpha, draws: portable(802) }),
    );
    return [spectralNorm(d1), spectralNorm(d2)];
  };
  golden.statements.normD1_0["gauss_1e-2_1e-3"].forEach((wanted, i) =>
    close(sizes("gauss", [1e-2, 1e-3][i])[0], wanted, 1e-12)
  );
  for (const start of ["zeroB", "zeroA", "spectralPaper"] as const) {
    assertEquals(sizes(start, 0.1), [0, 0], start);
  }
});

Deno.test("paperGenerators() have eigenvalues ±1 and 0, with g, v and u, g in their blocks", () => {
  const { h1, h2 } = mf.paperGenerators(mf.problemQ({ delta: 0.5 }));
  assertEquals([h1.rows, h2.rows], [12 + 7, 9 + 12]);
  for (const h of [h1, h2]) {
    // H³ = H, H = Hᵀ, trace 0 and ‖H‖²_F = 2.
    assertLess(distance(multiply(multiply(h, h), h), h), 1e-14);
    assertEquals(transpose(h).data, h.data);
    assertAlmostEquals(h.data.reduce((sum, x) => sum + x * x, 0), 2, 1e-14);
  }
  assertAlmostEquals(h1.data[2 * 19 + 12 + 2], 1, 1e-14);
  assertAlmostEquals(h2.data[2 * 21 + 9 + 2], 1, 1e-14);
});

Deno.test("decomposition() asks for two adapters", () => {
  const problem = mf.factorization({ m: 3 });
  const adapters = { b1: matrix(3, 1, [1, 0, 0]), a1: matrix(1, 3, [1, 0, 0]) };
  assertThrows(
    () => mf.decomposition(problem, adapters),
    TypeError,
    "both layers must have an adapter",
  );
});
