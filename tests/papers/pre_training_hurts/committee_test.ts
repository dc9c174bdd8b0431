/** The committee on one screen: loss and gradient against sums over drawn inputs and against differences. */
import { assertAlmostEquals, assertLess } from "@std/assert";
import { activation, pairMoments } from "lora-dynamics/gaussian/mod.ts";
import {
  committeeGradient,
  committeeLoss,
  committeeScale,
  overlapsOf,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import golden from "../../golden/pre-training-hurts.json" with { type: "json" };

const ROWS = [[0.5, 0.1, -0.2, 0.3], [-0.3, 0.7, 0.1, 0.2], [0.2, 0.1, 1.2, -0.4]];

for (const student of ["relu", "erf", "He2", "tanh(2 z)"]) {
  Deno.test(`committeeLoss() is the mean over drawn inputs: ${student}`, () => {
    const { f } = activation(student),
      rng = stream("7", "committee", student),
      S = committeeScale(student, 3);
    const n = 40_000, x = new Float64Array(4);
    let sum = 0, square = 0;
    for (let i = 0; i < n; i++) {
      rng.fillNormal(x);
      const out = ROWS.reduce((s, row) => s + f(row.reduce((t, w, q) => t + w * x[q], 0)), 0);
      const error = ((out - f(x[0]) - f(x[1]) - f(x[2])) / S) ** 2 / 2;
      sum += error / n;
      square += error * error / n;
    }
    const se = Math.sqrt((square - sum * sum) / n);
    assertLess(Math.abs(committeeLoss(student, overlapsOf(ROWS)) - sum), 4 * se);
  });

  if (student.startsWith("tanh")) continue; // whose moments take a second each
  Deno.test(`committeeGradient() has the differences of the loss: ${student}`, () => {
    const gradient = committeeGradient(student, ROWS), e = 1e-5;
    ROWS.forEach((row, k) =>
      row.forEach((_, q) => {
        const at = (step: number) => {
          const moved = ROWS.map((each) => [...each]);
          moved[k][q] += step;
          return committeeLoss(student, overlapsOf(moved));
        };
        assertAlmostEquals(gradient[k][q], (at(e) - at(-e)) / (2 * e), 1e-8);
      })
    );
  });
}

Deno.test("one unit is the single index", () => {
  const { self, cross, target } = pairMoments("erf", "erf"), rows = [[0.4, 0.6]];
  const expected = self(0.52) / 2 - cross(0.52, 0.4) + target / 2;
  assertAlmostEquals(committeeLoss("erf", overlapsOf(rows)), expected, 1e-14);
});

Deno.test("the divisor is the root of K for odd units and K for others", () => {
  const all = ["x", "erf", "He3", "relu", "sigmoid", "He2"].map((student) =>
    committeeScale(student, 9)
  );
  assertAlmostEquals(Math.max(...all.slice(0, 3).map((S) => Math.abs(S - 3))), 0, 1e-15);
  assertAlmostEquals(Math.max(...all.slice(3).map((S) => Math.abs(S - 9))), 0, 1e-15);
});

Deno.test("first losses of ReLU committees are the reference's", () => {
  for (const { mu, loss } of golden.committeeFirst) {
    const rows = [[mu, 0, 0, 0], [0, mu, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];
    assertAlmostEquals(committeeLoss("relu", overlapsOf(rows)), loss, 1e-13);
  }
});
