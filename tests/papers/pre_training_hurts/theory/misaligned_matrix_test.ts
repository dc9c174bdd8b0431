import { assertAlmostEquals } from "@std/assert";
import { slope } from "lora-dynamics/experiment/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import {
  growthRate,
  LoraFlow,
  misalignedSearchMatrix,
  searchMatrix,
  searchTime,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import golden from "../../../golden/pre-training-hurts.json" with { type: "json" };

const NAMES = ["x", "erf", "relu", "sigmoid", "He2", "He3", "He4", "He5"];

/** `|x − y| ≤ rel·|y|`, with a message that says where. */
function assertClose(x: number, y: number, rel: number, where: string): void {
  assertAlmostEquals(x, y, rel * Math.abs(y), where);
}

Deno.test("misalignedSearchMatrix() has the reference's values at unit norm and any angle", () => {
  for (const { degrees, student, c, B, tau } of golden.angles) {
    const q = Math.cos(degrees * Math.PI / 180);
    const matrix = misalignedSearchMatrix(1, q, activation(student));
    // At 0° |c| is the root of a difference that vanishes.
    assertAlmostEquals(matrix.A, c, degrees === 0 ? 1e-7 : 1e-13, `${student} ${degrees}`);
    assertAlmostEquals(matrix.B, B, 1e-13, `${student} ${degrees}`);
    if (tau !== null) assertClose(searchTime(matrix), tau, 1e-12, `${student} ${degrees}`);
  }
});

Deno.test("misalignedSearchMatrix() is |A| and B of the aligned weight on the ray", () => {
  for (const name of NAMES) {
    for (const mu of [0.2, 0.5, 0.8]) {
      const aligned = searchMatrix(mu, activation(name));
      const matrix = misalignedSearchMatrix(mu * mu, mu, activation(name));
      assertAlmostEquals(matrix.A, Math.abs(aligned.A), 1e-12, `${name} ${mu}`);
      assertAlmostEquals(matrix.B, aligned.B, 1e-12, `${name} ${mu}`);
    }
  }
});

Deno.test("misalignedSearchMatrix() is the growth of the flow that starts at rest, in any frame", () => {
  const student = activation("erf"), frozen = [0.6, 0.4];
  const matrix = misalignedSearchMatrix(0.52, 0.6, student);
  const flow = new LoraFlow({ student, frozen, a0: [1e-6, 0], u0: 1e-6 });
  const rate = growthRate(matrix);
  // After the stable modes have died: ln u grows at λ₊ until the mode is no longer small.
  const times = [20, 25, 30].map((t) => t / 4 / rate);
  const states = flow.solve(times[2], { times, rtol: 1e-12 }).states;
  const measured = slope(times, states.map((y) => Math.log(Math.abs(y[0]))));
  assertClose(measured, rate, 1e-3, "growth");
});

Deno.test("misalignedSearchMatrix() of the linear target has |c| = |w* - w0|", () => {
  for (const [along, across] of [[0.6, 0.4], [0.2, 0.8], [0.9, -0.3]]) {
    const r = along ** 2 + across ** 2;
    const { A, B } = misalignedSearchMatrix(r, along, activation("x"));
    assertAlmostEquals(A, Math.hypot(1 - along, across), 1e-14);
    assertAlmostEquals(B, -1, 1e-15);
  }
});
