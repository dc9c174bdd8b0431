import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  codeExit,
  exitSteps,
  growthRate,
  searchMatrix,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";

/** Steps of the linear recursion itself until `|m| ≥ R`, interpolated in the logarithm. */
function iterate(
  { A, B }: { A: number; B: number },
  [ofU, ofOmega]: readonly [number, number],
  { m0, u0 = 0, radius }: { m0: number; u0?: number; radius: number },
): number {
  let u = u0, m = m0;
  for (let k = 1;; k++) {
    const before = m;
    [u, m] = [u + ofU * (B * u + A * m), m + ofOmega * A * u];
    if (m >= radius) return k - 1 + Math.log(radius / before) / Math.log(m / before);
  }
}

Deno.test("exitSteps() is the time of the linear recursion, with any start and ratio of steps", () => {
  for (const matrix of [searchMatrix(0.3, "erf"), searchMatrix(0.2, "He2"), { A: 0.4, B: -0.7 }]) {
    for (const steps of [[0.1, 0.1], [0.05, 0.3]] as const) {
      for (const u0 of [0, 2e-9, -1e-10]) {
        const span = { m0: 1e-9, u0, radius: 0.3 };
        // The other mode has died: its share of 1e9 growths is below 1e-6.
        assertAlmostEquals(exitSteps(matrix, steps, span), iterate(matrix, steps, span), 1e-3);
      }
    }
  }
});

Deno.test("exitSteps() takes one step size for both, and knows a start without the growing mode", () => {
  const matrix = { A: 0.4, B: -0.7 }, span = { m0: 1e-3, radius: 0.1 };
  assertEquals(exitSteps(matrix, 0.2, span), exitSteps(matrix, [0.2, 0.2], span));
  const lambda = growthRate(matrix);
  assertEquals(exitSteps(matrix, 0.2, { ...span, u0: -1.001 * 0.4 / lambda * 1e-3 }), NaN);
});

Deno.test("codeExit() is tau ln(R/eps)", () => {
  const matrix = { A: 0.3, B: 0.2 }, lambda = (0.2 + Math.sqrt(0.04 + 0.36)) / 2;
  assertAlmostEquals(codeExit(matrix, { m0: 0.02, radius: 0.7 }), Math.log(35) / lambda, 1e-12);
});

Deno.test("exit laws name what is out of range", () => {
  const matrix = { A: 0.3, B: 0.2 };
  for (
    const law of [
      codeExit,
      (it: typeof matrix, span: { m0: number; radius: number }) => exitSteps(it, 0.1, span),
    ]
  ) {
    assertThrows(() => law(matrix, { m0: 0, radius: 0.5 }), RangeError, "m0 must lie in (0, 1)");
    assertThrows(
      () => law(matrix, { m0: 0.1, radius: NaN }),
      RangeError,
      "radius must be a finite number > 0",
    );
  }
  assertThrows(
    () => exitSteps(matrix, [0.1, -1], { m0: 0.1, radius: 0.5 }),
    RangeError,
    "step must be",
  );
  assert(exitSteps(matrix, 0.1, { m0: 0.1, radius: 0.5 }) > 0);
});
