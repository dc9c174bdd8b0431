/** Problems of collections that others made, with their published reference solutions. */
import { assertAlmostEquals, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import { type OdeMethod, type Rhs, solveOde } from "lora-dynamics/ode/mod.ts";
import golden from "../golden/ivp_test_set.json" with { type: "json" };

/** Rates of the 25 reactions of POLLU. */
const K = [
  ...[0.35, 26.6, 12300, 8.6e-4, 8.2e-4, 15000, 1.3e-4, 24000, 16500, 9000, 0.022, 12000, 1.88],
  ...[16300, 4.8e6, 3.5e-4, 0.0175, 1e8, 4.44e11, 1240, 2.1, 5.78, 0.0474, 1780, 3.12],
];

/** Which species meet in each reaction. */
const MEET = [
  ...[[0], [1, 3], [4, 1], [6], [6], [6, 5], [8], [8, 5], [10, 1], [10, 0], [12], [9, 1], [13]],
  ...[[0, 5], [2], [3], [3], [15], [15], [16, 5], [18], [18], [0, 3], [18, 0], [19]],
];

/** Which reactions consume (−) and make (+) each species, numbered from 1. */
const MAKE = [
  [-1, -10, -14, -23, -24, 2, 3, 9, 11, 12, 22, 25],
  [-2, -3, -9, -12, 1, 21],
  [-15, 1, 17, 19, 22],
  [-2, -16, -17, -23, 15],
  [-3, 4, 4, 6, 7, 13, 20],
  [-6, -8, -14, -20, 3, 18, 18],
  [-4, -5, -6, 13],
  [4, 5, 6, 7],
  [-7, -8],
  [-12, 7, 9],
  [-9, -10, 8, 11],
  [9],
  [-11, 10],
  [-13, 12],
  [14],
  [-18, -19, 16],
  [-20],
  [20],
  [-21, -22, -24, 23, 25],
  [-25, 24],
];

const problems: Readonly<Record<string, Rhs>> = {
  "OREGO": (_t, y, dy) => {
    dy[0] = 77.27 * (y[1] + y[0] * (1 - 8.375e-6 * y[0] - y[1]));
    dy[1] = (y[2] - (1 + y[0]) * y[1]) / 77.27;
    dy[2] = 0.161 * (y[0] - y[2]);
  },
  "POLLU": (_t, y, dy) => {
    const rate = MEET.map((species, k) => species.reduce((r, i) => r * y[i], K[k]));
    MAKE.forEach((reactions, i) => {
      dy[i] = reactions.reduce((sum, k) => sum + Math.sign(k) * rate[Math.abs(k) - 1], 0);
    });
  },
  "Pleiades": (_t, z, dz) => {
    for (let i = 0; i < 7; i++) {
      [dz[i], dz[7 + i], dz[14 + i], dz[21 + i]] = [z[14 + i], z[21 + i], 0, 0];
      for (let j = 0; j < 7; j++) {
        if (j === i) continue;
        const dx = z[j] - z[i], dy = z[7 + j] - z[7 + i], r = (dx * dx + dy * dy) ** 1.5;
        dz[14 + i] += (j + 1) * dx / r;
        dz[21 + i] += (j + 1) * dy / r;
      }
    }
  },
  "Brusselator": (_t, y, dy) => {
    dy[0] = 1 + y[0] ** 2 * y[1] - 4 * y[0];
    dy[1] = 3 * y[0] - y[0] ** 2 * y[1];
  },
};

const METHODS: Readonly<Record<string, readonly OdeMethod[]>> = {
  "OREGO": ["radau5"],
  "POLLU": ["radau5"],
  "Pleiades": ["dopri5", "dop853", "radau5"],
  "Brusselator": ["dopri5", "dop853", "radau5"],
};

/** Smallest number of right digits of a component, as the test set counts them. */
function digits(y: ArrayLike<number>, reference: readonly number[]): number {
  return Math.min(...reference.map((r, i) => -Math.log10(Math.abs(y[i] / r - 1) + 1e-16)));
}

for (const { name, t1, y0, reference } of golden.problems) {
  for (const method of METHODS[name]) {
    Deno.test(`${name} by ${method} ends at the published solution, nearer with tighter tolerances`, () => {
      // The smallest species of POLLU is 4e-18; a close encounter of the Pleiades costs two digits.
      const scale = name === "POLLU" ? 1e-18 : 1e-3, lost = name === "Pleiades" ? 3.5 : 2;
      let before = -Infinity;
      for (const rtol of [1e-6, 1e-9]) {
        const { status, y } = solveOde(problems[name], 0, t1, y0, {
          method,
          rtol,
          atol: rtol * scale,
        });
        assertEquals(status, "done");
        const right = digits(y, reference);
        assertLess(-Math.log10(rtol) - lost, right, `digits at rtol ${rtol}`);
        assertLess(before + 1.5, right, "digits gained by three orders of tolerance");
        before = right;
      }
    });
  }
}

/** Penetration of an antibody into a tumour, 200 cells of two species: Medical Akzo Nobel. */
function penetration(t: number, y: ArrayLike<number>, dy: { [i: number]: number }): void {
  const n = 200, at = (j: number) => (j < 0 ? (t <= 5 ? 2 : 0) : y[2 * Math.min(j, n - 1)]);
  for (let j = 0; j < n; j++) {
    const left = (j + 1) / n - 1, reaction = 100 * y[2 * j] * y[2 * j + 1];
    const alpha = left ** 3 / 8, beta = left ** 4 / 16;
    dy[2 * j] = alpha * (at(j + 1) - at(j - 1)) * n / 2 +
      beta * (at(j - 1) - 2 * at(j) + at(j + 1)) * n * n - reaction;
    dy[2 * j + 1] = -reaction;
  }
}

Deno.test("Medical Akzo Nobel: 400 stiff equations with a jump in time give the published concentrations", () => {
  const y0 = Array.from({ length: 400 }, (_, i) => i % 2);
  // The supply stops at t = 5: two smooth pieces, as the test set says.
  const first = solveOde(penetration, 0, 5, y0, { method: "radau5", rtol: 1e-5, atol: 1e-8 });
  const { status, y } = solveOde((t, y, dy) => penetration(t + 1e-9, y, dy), 5, 20, first.y, {
    ...{ method: "radau5", rtol: 1e-5, atol: 1e-8 },
  });
  assertEquals([first.status, status], ["done", "done"]);
  const published = { 78: 0.233994e-3, 148: 0.359561e-3, 198: 0.117374129e-3, 239: 0.9999997 };
  for (const [i, value] of Object.entries(published)) {
    // The tolerance is 1e-8 of 2, the digits given are six.
    assertAlmostEquals(y[Number(i)], value, 1e-3 * value, `component ${i}`);
  }
  for (const i of [79, 149, 238]) assertLessOrEqual(Math.abs(y[i]), 1e-6);
  assertAlmostEquals(y[199], 0.6190807e-5, 1e-7);
});
