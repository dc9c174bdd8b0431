import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { slope } from "lora-dynamics/experiment/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import {
  growthPerStep,
  growthRate,
  searchMatrix,
  searchTime,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import golden from "../../../golden/pre-training-hurts.json" with { type: "json" };

/** `|x − y| ≤ rel·|y|`, with a message that says where. */
function assertClose(x: number, y: number, rel: number, where: string): void {
  assertAlmostEquals(x, y, rel * Math.abs(y), where);
}

Deno.test("growthRate() is the largest eigenvalue of [[B, A], [ratio A, 0]]", () => {
  const entry = fc.double({ min: -10, max: 10, noNaN: true });
  const ratio = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(entry, entry, ratio, (A, B, zeta) => {
      const size = B * B + zeta * A * A;
      fc.pre(size > 1e-280);
      const rate = growthRate({ A, B }, zeta);
      assertAlmostEquals(rate * rate - B * rate - zeta * A * A, 0, 1e-13 * size);
      assert(rate >= Math.max(0, B) * (1 - 1e-14));
    }),
    { seed: 7 },
  );
});

Deno.test("growthRate() keeps its relative accuracy when A is tiny and B negative", () => {
  // λ₊ = A²/|B| − A⁴/|B|³ + …; the textbook formula gives 0 here.
  assertClose(growthRate({ A: 1e-9, B: -1 }), 1e-18, 1e-15, "A = 1e-9");
  assertEquals((-1 + Math.sqrt(1 + 4e-18)) / 2, 0);
  assertClose(growthRate({ A: 1e-9, B: 1 }), 1, 1e-15, "B > 0");
});

Deno.test("growthRate() is 0, searchTime() infinite, when A and B vanish", () => {
  assertEquals(growthRate({ A: 0, B: 0 }), 0);
  assertEquals(growthRate({ A: 1e-170, B: 0 }), 1e-170);
  assertEquals(searchTime({ A: 0, B: 0 }), Infinity);
});

Deno.test("searchTime() is infinite on a flat ray and even in A", () => {
  assertEquals(searchTime({ A: 0, B: -1 }), Infinity);
  assertEquals(searchTime({ A: 0, B: 0.5 }), 2);
  assertEquals(searchTime({ A: -0.2, B: -1 }), searchTime({ A: 0.2, B: -1 }));
});

Deno.test("growthPerStep() is step times rate for equal steps and has the predicted ratios", () => {
  const matrix = searchMatrix(0.9, activation("x"));
  assertClose(growthPerStep(matrix, 0.1, 0.1), 0.1 * growthRate(matrix), 1e-15, "equal");
  const growth = (u: number, omega: number) => Math.log1p(growthPerStep(matrix, u, omega));
  for (const { stepU, stepOmega, ratio } of golden.stepRatios) {
    const found = growth(0.1, 0.1) / growth(stepU, stepOmega);
    assertClose(found, ratio, 1e-12, `${stepU} / ${stepOmega}`);
  }
});

Deno.test("growthPerStep() forgets the step of u as mu -> 1, at the rate (1 - mu)^2", () => {
  const gaps = [0.1, 0.05, 0.025, 0.0125].map((eps) => {
    const matrix = searchMatrix(1 - eps, activation("x"));
    return Math.abs(growthPerStep(matrix, 1, 0.1) / growthPerStep(matrix, 0.1, 0.1) - 1);
  });
  const order = slope([0, 1, 2, 3].map((i) => -i * Math.LN2), gaps.map(Math.log));
  assertAlmostEquals(order, 2, 0.2);
});
