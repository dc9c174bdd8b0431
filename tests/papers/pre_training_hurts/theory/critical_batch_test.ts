import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import {
  criticalBatch,
  growthRate,
  noiseSetting,
  plateau,
  plateauShare,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import golden from "../../../golden/pre-training-hurts.json" with { type: "json" };

function assertClose(x: number, y: number, rel: number, where: string): void {
  assertAlmostEquals(x, y, rel * Math.abs(y), where);
}

const SETTINGS = [
  noiseSetting(0.5, "x", { d: 1e6, step: 0.1 }),
  noiseSetting(0.3, "erf", { d: 3e5, step: [0.4, 0.1], labelNoise: 0.2 }),
  noiseSetting(0.8, "He3", { d: 1e5, step: [0.1, 0.6] }),
];

Deno.test("criticalBatch() is the reference's but for A in place of sqrt(|B| lambda) and the finite step", () => {
  const setting = SETTINGS[0],
    { matrix: { A, B }, step } = setting,
    rate = growthRate(setting.matrix);
  const known = golden.criticalBatch * Math.sqrt(-B * rate) / A / Math.sqrt(1 - step / 2);
  assertClose(criticalBatch(setting), known, 1e-13, "d = 1e6");
  // For strong pre-training both are one.
  const strong = noiseSetting(0.99, "x", { d: 1e6, step: 1e-3 }), { noise, d, matrix } = strong;
  const reference = 1e-3 * noise * Math.sqrt(d) / (2 * Math.sqrt(growthRate(matrix)));
  assertClose(criticalBatch(strong), reference, 1e-3, "mu = 0.99");
});

Deno.test("criticalBatch() grows as sqrt(d), and as the root of both steps", () => {
  for (const setting of SETTINGS) {
    const { step, ratio = 1, matrix: { B } } = setting, bc = criticalBatch(setting);
    assertClose(criticalBatch({ ...setting, d: 49 * setting.d }), 7 * bc, 1e-13, "d");
    assertClose(criticalBatch({ ...setting, ratio: 9 * ratio }), 3 * bc, 1e-13, "omega");
    const half = criticalBatch({ ...setting, step: step / 2 });
    assertClose(half / bc, 0.5 * Math.sqrt((1 + step * B / 2) / (1 + step * B / 4)), 1e-13, "step");
    assertClose(criticalBatch({ ...setting, noise: 3 * setting.noise }), 3 * bc, 1e-13, "noise");
  }
});

/** One mean step of `(u, m)` with the second moment `⟨u²⟩` of noise and signal outside the frame. */
function meanMove(
  { matrix: { A, B }, step, ratio = 1, noise, d }: typeof SETTINGS[number],
  [u, m]: [number, number],
  batch: number,
): [number, number] {
  const ofOmega = ratio * step, outside = ofOmega * ofOmega * u * u * noise * d / batch;
  return [u + step * (B * u + A * m), (m + ofOmega * A * u) / Math.sqrt(1 + outside)];
}

Deno.test("plateau() is where a mean step rests", () => {
  for (const setting of SETTINGS) {
    const batch = 1e4, m = plateau(setting, batch), u = -setting.matrix.A * m / setting.matrix.B;
    const [nextU, nextM] = meanMove(setting, [u, m], batch);
    assertAlmostEquals(nextU / u, 1, 1e-13);
    assertAlmostEquals(nextM / m, 1, 1e-13);
    // And not elsewhere: below it m grows, above it falls.
    assertLess(1, meanMove(setting, [0.9 * u, 0.9 * m], batch)[1] / (0.9 * m));
    assertLess(meanMove(setting, [1.1 * u, 1.1 * m], batch)[1] / (1.1 * m), 1);
  }
});

Deno.test("plateauShare() balances signal and noise in <u^2>, and is 0 below b_c", () => {
  for (const ratio of [1.01, 1.3, 2, 7]) {
    const share = plateauShare(ratio);
    assertAlmostEquals(share * share + 1 / ratio ** 2, 1, 1e-14);
  }
  assertEquals([plateauShare(0.3), plateauShare(1)], [0, 0]);
});

Deno.test("critical batch and plateau name the condition that fails", () => {
  const he2 = noiseSetting(0.4, "He2", { d: 1e5, step: 0.2 });
  for (const f of [criticalBatch, (it: typeof he2) => plateau(it, 10)]) {
    assertThrows(() => f(he2), RangeError, "B must be < 0, so that u relaxes on its own");
    assertThrows(() => f({ ...he2, matrix: { A: 0.1, B: NaN } }), RangeError, "B must be < 0");
    assertThrows(() => f({ ...he2, matrix: { A: 0, B: -1 } }), RangeError, "A must not vanish");
    assertThrows(() => f({ ...SETTINGS[0], step: 2 }), RangeError, "step must be below 2/|B| = 2");
    for (const bad of [NaN, 0, -1, Infinity]) {
      for (const name of ["noise", "step", "d", "ratio"]) {
        assertThrows(() => f({ ...SETTINGS[0], [name]: bad }), RangeError, name);
      }
    }
  }
  for (const bad of [NaN, 0, -1, Infinity]) {
    assertThrows(() => plateau(SETTINGS[0], bad), RangeError, "batch must be");
    assertThrows(() => plateauShare(bad), RangeError, "ratio must be");
  }
});
