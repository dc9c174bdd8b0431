import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { LinearChain, SingleIndexChain } from "lora-dynamics/chain/mod.ts";
import { slope, summary } from "lora-dynamics/experiment/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import {
  adaptiveBatch,
  criticalBatch,
  exitLaw,
  exitSteps,
  gradientNoise,
  growthRate,
  hermiteSearchMatrix,
  MEAN_LOG_NORMAL,
  meanSearchSteps,
  modeNoise,
  noiseDamping,
  noiseSetting,
  noiseShift,
  plateau,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import golden from "../../../golden/pre-training-hurts.json" with { type: "json" };

function assertClose(x: number, y: number, rel: number, where: string): void {
  assertAlmostEquals(x, y, rel * Math.abs(y), where);
}

const LINEAR = noiseSetting(0.5, "x", { d: 1e6, step: 0.1 });

/** Variance of the growing mode from rest, in units of the overlap at the start, by a plain recursion of covariances. */
function modeVariance(
  [ofU, ofOmega]: [number, number],
  { A, B }: { A: number; B: number },
  kick: number,
) {
  const ratio = ofOmega / ofU, rate = growthRate({ A, B }, ratio);
  let [uu, um, mm] = [0, 0, 0];
  const a = 1 + ofU * B, b = ofU * A, c = ofOmega * A, steps = 600;
  for (let k = 0; k < steps; k++) {
    [uu, um, mm] = [
      a * a * uu + 2 * a * b * um + b * b * mm + kick,
      a * c * uu + (a + b * c) * um + b * mm,
      c * c * uu + 2 * c * um + mm,
    ];
  }
  const mode = rate * rate * uu + 2 * rate * A * um + A * A * mm;
  const reached = 1 - (1 + ofU * rate) ** (-2 * steps);
  return mode / (A * A) * (1 + ofU * rate) ** (-2 * steps) / reached;
}

Deno.test("modeNoise() is the variance that kicks leave on the growing mode, by covariances step by step", () => {
  for (const [student, mu] of [["x", 0.3], ["erf", 0.5], ["He3", 0.6]] as const) {
    for (const steps of [[0.3, 0.3], [0.2, 0.7]] as [number, number][]) {
      const setting = noiseSetting(mu, student, { d: 1e4, step: steps, labelNoise: 0.2 });
      const kick = steps[0] ** 2 * setting.noise / 70;
      const wanted = modeVariance(steps, setting.matrix, kick);
      assertClose(modeNoise(setting, 70), wanted, 1e-9, `${student} ${mu} ${steps}`);
    }
  }
});

Deno.test("modeNoise() times d is the reference's rho, and its shift without damping", () => {
  for (const { batch, rho, shift } of golden.noise) {
    assertClose(modeNoise(LINEAR, batch) * 1e6, rho, 1e-12, `rho at ${batch}`);
    assertEquals(noiseShift(LINEAR, batch, 0.03).rho, modeNoise(LINEAR, batch) * 1e6);
    // Where b is far above b_c the damping is nothing: (b_c/b)² of the way.
    const found = noiseShift(LINEAR, batch, 0.03).shift,
      part = (criticalBatch(LINEAR) / batch) ** 2;
    if (batch >= 1000) assertLess(Math.abs(found - shift), 1.1 * part * 204.6 + 1e-9);
  }
});

Deno.test("exitLaw() and noiseShift() together have the reference's differences of exits", () => {
  for (const { k, mu, step, batch, difference } of golden.nonlinear) {
    const matrix = hermiteSearchMatrix(mu, k), noise = gradientNoise(mu, activation(`He${k}`));
    const rho = (d: number) => modeNoise({ matrix, noise, step, d }, batch) * d;
    const { slope } = exitLaw(matrix, step);
    const found = slope * (Math.log(100) - Math.log1p(rho(1e5)) + Math.log1p(rho(1e3)));
    assertClose(found, difference, 1e-10, `He${k} ${mu}`);
  }
});

Deno.test("modeNoise() tends to eta S0 lambda/(2 b A^2) for small steps, the gap like eta", () => {
  const { matrix, noise } = LINEAR, rate = growthRate(matrix), steps = [0.4, 0.2, 0.1, 0.05];
  const gaps = steps.map((step) => {
    const simple = step * noise * rate / (2 * 1e4 * matrix.A ** 2);
    return Math.abs(modeNoise({ ...LINEAR, step }, 1e4) / simple - 1);
  });
  assertAlmostEquals(slope(steps.map(Math.log), gaps.map(Math.log)), 1, 0.2);
});

Deno.test("modeNoise() is the excess of m^2 on the unstable mode of 4000 chains (4 s.e.)", () => {
  // From (u, m) = 0 only noise moves the mode: its variance tends to V (growth)^(2 steps).
  const d = 1e6, batch = 1e4, step = 0.1, steps = 60, { A } = LINEAR.matrix;
  const model = { student: activation("x"), d, frozen: [0.5], batch, step };
  const chain = new LinearChain(model, 4000, stream("7", "mode"), { u: 0, a: [0] });
  chain.run(steps);
  const rate = growthRate(LINEAR.matrix), growth = Math.log1p(step * rate);
  const modes = chain.state.u.map((u, c) => (rate * u + A * chain.state.m(c)) / A);
  const { mean, se } = summary(modes.map((x) => x * x * Math.exp(-2 * growth * steps)));
  // After k steps the geometric sum has reached 1 - growth^(-2k) of its limit.
  const wanted = modeNoise(LINEAR, batch) * -Math.expm1(-2 * growth * steps);
  assertLess(Math.abs(mean - wanted), 4 * se);
  // Control: three quarters of the variance are found out.
  assertGreater(Math.abs(mean - 0.75 * wanted), 4 * se);
});

Deno.test("noiseDamping() is half of what noise adds to |omega|^2, in one step of 4000 free chains (1 %)", () => {
  for (const [student, mu, labelNoise] of [["x", 0.4, 0], ["relu", 0.4, 0.3]] as const) {
    const d = 1e7,
      batch = 40,
      step = 0.3,
      setting = noiseSetting(mu, student, { d, step, labelNoise });
    const { matrix: { B }, noise } = setting;
    // The stationary spread of u' = (1 + ηB) u + η√(S₀/b) z, from both sides so that odd terms cancel.
    const spread = Math.sqrt(step * step * noise / batch / (1 - (1 + step * B) ** 2));
    const model = {
      student: activation(student),
      d,
      frozen: [mu],
      batch,
      step,
      noise: labelNoise,
      sphere: false,
    };
    const added = [1, -1].flatMap((sign) => {
      const start = { u: sign * spread, a: [0] };
      const chain = new SingleIndexChain(model, 2000, stream("7", "damping", student, sign), start);
      chain.step();
      return Array.from(chain.state.h, (h, c) => (chain.m(c) ** 2 + h * h - 1) / 2);
    });
    const { mean, se } = summary(added), wanted = step * noiseDamping(setting, batch);
    assertLess(Math.abs(mean - wanted), 4 * se + 0.01 * wanted, student);
    assertLess(se / mean, 0.01);
  }
});

Deno.test("noiseDamping() is (A^2/|B|) (b_c/b)^2, with two steps as well, and 0 where u does not relax", () => {
  for (const step of [0.2, [0.2, 0.7]] as const) {
    const setting = noiseSetting(0.3, "relu", { d: 1e5, step, labelNoise: 0.1 });
    const { matrix: { A, B }, ratio = 1 } = setting, bc = criticalBatch(setting);
    for (const batch of [10, 300]) {
      assertClose(
        noiseDamping(setting, batch),
        ratio * A * A / -B * (bc / batch) ** 2,
        1e-12,
        `${step}`,
      );
    }
    // At b_c nothing grows any more.
    assertAlmostEquals(growthRate(setting.matrix, ratio, noiseDamping(setting, bc)), 0, 1e-14);
    assertGreater(growthRate(setting.matrix, ratio, noiseDamping(setting, 1.01 * bc)), 0);
  }
  assertEquals(noiseDamping(noiseSetting(0.4, "He2", { d: 1e5, step: 0.2 }), 10), 0);
});

Deno.test("growthRate() with damping is the larger eigenvalue, and continuous at 0", () => {
  for (
    const [A, B, ratio, damping] of [[0.3, -0.9, 1, 0.04], [0.3, -0.9, 2.5, 0.2], [
      0.4,
      0.7,
      3,
      0.1,
    ], [0.2, -0.5, 1, 2]]
  ) {
    const rate = growthRate({ A, B }, ratio, damping);
    assertAlmostEquals((B - rate) * (-damping - rate) - ratio * A * A, 0, 1e-14);
    assertGreater(2 * rate, B - damping);
  }
  assertAlmostEquals(
    growthRate({ A: 0.3, B: -1 }, 2, 1e-12),
    growthRate({ A: 0.3, B: -1 }, 2),
    1e-11,
  );
  assertThrows(
    () => growthRate({ A: 0.3, B: -1 }, 1, NaN),
    RangeError,
    "damping must be finite",
  );
});

Deno.test("meanSearchSteps() without noise is exitSteps() from the typical start", () => {
  for (const step of [0.1, [0.1, 0.4]] as const) {
    const setting = noiseSetting(0.4, "erf", { d: 1e8, step });
    const span = { m0: Math.exp(MEAN_LOG_NORMAL) / 1e4, radius: 0.02 };
    assertClose(
      meanSearchSteps(setting, Infinity, 0.02),
      exitSteps(setting.matrix, step, span),
      1e-12,
      `${step}`,
    );
  }
});

Deno.test("meanSearchSteps() grows with the dimension until the noise is the start", () => {
  const at = (d: number) => meanSearchSteps({ ...LINEAR, d }, 1e7, 0.03);
  const { slope } = exitLaw(LINEAR.matrix, 0.1);
  assertClose(at(1e4) - at(1e3), slope * Math.log(10), 0.01, "start");
  assertLess(at(1e12) - at(1e11), 0.1 * slope * Math.log(10));
  assertEquals(meanSearchSteps(LINEAR, 0.9 * criticalBatch(LINEAR), 0.03), Infinity);
});

Deno.test("formulas of the noisy search name what makes no sense", () => {
  for (const bad of [NaN, 0, -1]) {
    for (const name of ["noise", "step", "d", "ratio"]) {
      assertThrows(() => meanSearchSteps({ ...LINEAR, [name]: bad }, 10, 0.1), RangeError, name);
      assertThrows(() => noiseShift({ ...LINEAR, [name]: bad }, 10, 0.1), RangeError, name);
    }
    assertThrows(() => meanSearchSteps(LINEAR, bad, 0.1), RangeError, "batch must be");
    assertThrows(() => meanSearchSteps(LINEAR, 10, bad), RangeError, "radius must be");
    assertThrows(() => noiseShift(LINEAR, bad, 0.1), RangeError, "batch must be");
  }
  assert(Number.isFinite(meanSearchSteps(LINEAR, Infinity, 0.1)));
});

Deno.test("a ratio of steps that is not given is 1", () => {
  const { ratio, ...without } = LINEAR;
  assertEquals(ratio, 1);
  for (
    const f of [
      (it: typeof without) => noiseDamping(it, 300),
      (it: typeof without) => modeNoise(it, 300),
      (it: typeof without) => meanSearchSteps(it, 300, 0.1),
      (it: typeof without) => plateau(it, 300),
      (it: typeof without) => adaptiveBatch(it).factor,
      criticalBatch,
    ]
  ) assertEquals(f(without), f(LINEAR));
});
