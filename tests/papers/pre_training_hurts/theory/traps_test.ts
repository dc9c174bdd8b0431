import { assertAlmostEquals, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { activation, pairMoments } from "lora-dynamics/gaussian/mod.ts";
import {
  criticalStrengths,
  fastestStrength,
  hermiteSearchMatrix,
  rayEnd,
  raySlope,
  searchMatrix,
  searchTime,
  stepScale,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import golden from "../../../golden/pre-training-hurts.json" with { type: "json" };

/** `|x − y| ≤ rel·|y|`, with a message that says where. */
function assertClose(x: number, y: number, rel: number, where: string): void {
  assertAlmostEquals(x, y, rel * Math.abs(y), where);
}

Deno.test("criticalStrengths() finds the reference's roots and no others, He2 to He14", () => {
  for (const { k, roots } of golden.criticalStrengths) {
    const found = criticalStrengths((mu) => hermiteSearchMatrix(mu, k).A);
    assertEquals(found.length, roots.length, `k = ${k}`);
    // Roots are as good as A divided by its slope.
    roots.forEach((root, i) => assertAlmostEquals(found[i], root, 1e-12, `k = ${k}`));
  }
});

Deno.test("criticalStrengths() of He3 is the root of 5s^3 + 5s^2 + s - 1", () => {
  const [root] = criticalStrengths((mu) => hermiteSearchMatrix(mu, 3).A);
  assertAlmostEquals(5 * root ** 3 + 5 * root ** 2 + root - 1, 0, 1e-14);
});

Deno.test("criticalStrengths() are stationary points of the loss: a loss with none has no root", () => {
  for (const name of ["x", "erf", "relu", "sigmoid"]) {
    assertEquals(criticalStrengths((mu) => searchMatrix(mu, activation(name)).A), []);
  }
});

Deno.test("fastestStrength() finds the reference's optima", () => {
  for (const { k, mu, tau } of golden.fastest) {
    const found = fastestStrength((mu) => hermiteSearchMatrix(mu, k));
    // At a minimum tau is flat: mu is known to the root of the rounding.
    assertAlmostEquals(found.mu, mu, 1e-6, `k = ${k}`);
    assertClose(found.tau, tau, 1e-12, `k = ${k}`);
  }
});

Deno.test("fastestStrength() is a minimum above the trap, stronger for harder targets", () => {
  let before = 0;
  for (const k of [2, 3, 4, 5, 7]) {
    const { mu, tau } = fastestStrength((mu) => hermiteSearchMatrix(mu, k));
    assertGreater(mu, before);
    before = mu;
    for (const away of [mu - 0.01, mu + 0.01]) {
      assertGreater(searchTime(hermiteSearchMatrix(away, k)), tau);
    }
  }
});

Deno.test("criticalStrengths() looks where it is told", () => {
  const slope = (s: number) => (s + 1.5) * (s - 0.5) * (s - 2);
  assertEquals(criticalStrengths(slope).map((s) => Math.round(1e9 * s) / 1e9), [0.5]);
  const found = criticalStrengths(slope, [-2, 3]);
  [-1.5, 0.5, 2].forEach((root, i) => assertAlmostEquals(found[i], root, 1e-12));
  assertThrows(() => criticalStrengths(slope, [1, 0]), RangeError, "range");
});

Deno.test("rayEnd() is the next root downhill, on either side, and NaN beyond its reach", () => {
  const slope = (s: number) => -(s + 0.7) * (s - 0.4) * (s - 1); // minima at −0.7 and 1, a maximum at 0.4
  for (const [mu, end] of [[-2, -0.7], [-0.5, -0.7], [0.3, -0.7], [0.5, 1], [1.8, 1]]) {
    assertAlmostEquals(rayEnd(slope, mu), end, 1e-12, `from ${mu}`);
  }
  assertEquals(rayEnd(slope, 1), 1);
  assertEquals(rayEnd(slope, 0.5, 0.1), NaN);
  assertThrows(() => rayEnd(slope, NaN), RangeError, "mu must be finite");
  assertThrows(() => rayEnd(slope, 0.5, 0), RangeError, "reach must be a finite number > 0");
});

Deno.test("raySlope() is minus the derivative of the loss along the ray, closed form or not", () => {
  for (
    const [student, teacher] of [["erf", "erf"], ["He3", "He3"], ["He3", "He2"], [
      "tanh(z)",
      "relu",
    ]]
  ) {
    const slope = raySlope(student, teacher), moments = pairMoments(student, teacher), h = 1e-3;
    const loss = (s: number) => moments.self(s * s) / 2 - moments.cross(s * s, s);
    for (const s of [-0.6, 0.3, 1.4]) {
      const difference = (8 * (loss(s + h) - loss(s - h)) - (loss(s + 2 * h) - loss(s - 2 * h))) /
        (12 * h);
      assertAlmostEquals(slope(s), -difference / stepScale(student), 1e-8, `${student} at ${s}`);
    }
  }
});

Deno.test("fastestStrength() looks above the last trap only", () => {
  // Below the trap at 0.6 the pull is stronger, but to the wrong side; above it is largest at 0.8.
  const matrix = (mu: number) => ({ A: (mu - 0.6) * (mu < 0.6 ? 9 : 1 - mu), B: -1 });
  assertAlmostEquals(fastestStrength(matrix).mu, 0.8, 1e-6);
});

Deno.test("raySlope() at the origin is that on the side of the target where the student has a kink", () => {
  // For σ = max(z, a z): A = E[(σ⋆ − μσ) σ' z] → ½(1 + a²) as μ → 0+.
  assertAlmostEquals(raySlope("z > 0 ? z : 0.5 z")(0), (1 + 0.25) / 2, 1e-9);
});
