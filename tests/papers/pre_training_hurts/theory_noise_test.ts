import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { LinearChain, SingleIndexChain } from "lora-dynamics/chain/mod.ts";
import { slope, summary } from "lora-dynamics/experiment/mod.ts";
import { activation, gaussianExpectation, integrate } from "lora-dynamics/gaussian/mod.ts";
import {
  adaptiveBatch,
  criticalBatch,
  exitLaw,
  gradientNoise,
  growthRate,
  hermiteSearchMatrix,
  linearBatchRules,
  linearSetting,
  MEAN_LOG_NORMAL,
  noiseFloor,
  type NoiseSetting,
  noiseShift,
  SD_LOG_NORMAL,
  searchMatrix,
  searchTime,
  stepScale,
  strongPretraining,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import golden from "../../golden/pre-training-hurts.json" with { type: "json" };

function assertClose(x: number, y: number, rel: number, where: string): void {
  assertAlmostEquals(x, y, rel * Math.abs(y), where);
}

Deno.test("MEAN_LOG_NORMAL and SD_LOG_NORMAL are mean and spread of ln|xi|, by quadrature", () => {
  // With x = e^s the density of s = ln|ξ| is 2 φ(e^s) e^s.
  const moment = (power: number) =>
    integrate(
      (s) => {
        const x = Math.exp(s);
        return s ** power * Math.sqrt(2 / Math.PI) * Math.exp(-x * x / 2) * x;
      },
      -60,
      4,
    ).value;
  assertAlmostEquals(moment(0), 1, 1e-13);
  assertAlmostEquals(MEAN_LOG_NORMAL, moment(1), 1e-12);
  assertAlmostEquals(SD_LOG_NORMAL, Math.sqrt(moment(2) - moment(1) ** 2), 1e-12);
  assertAlmostEquals(MEAN_LOG_NORMAL, -(0.5772156649015329 + Math.LN2) / 2, 1e-15);
});

Deno.test("MEAN_LOG_NORMAL and SD_LOG_NORMAL fit 1e5 draws within 4 s.e.", () => {
  const logs = stream("7", "log normal").fillNormal(new Float64Array(1e5)).map((x) =>
    Math.log(Math.abs(x))
  );
  const { mean, se, sd } = summary(logs);
  assertLess(Math.abs(mean - MEAN_LOG_NORMAL), 4 * se);
  // The excess kurtosis of ln|ξ| is 4.
  assertLess(Math.abs(sd / SD_LOG_NORMAL - 1), 4 * Math.sqrt((4 + 2) / 4 / 1e5));
});

Deno.test("exitLaw() has the reference's slopes and spreads", () => {
  for (const { mu, slope: perLog, sd } of golden.dimension) {
    const law = exitLaw(searchMatrix(mu, activation("x")), 0.1);
    assertClose(law.slope, perLog, 1e-12, `slope at ${mu}`);
    // The reference writes 1.1107 for π/(2√2) = 1.110720….
    assertClose(law.sd, sd, 1e-5, `sd at ${mu}`);
  }
  for (const { k, mu, step, slope: perLog } of golden.nonlinear) {
    assertClose(exitLaw(hermiteSearchMatrix(mu, k), step).slope, perLog, 1e-12, `He${k} ${mu}`);
  }
});

Deno.test("exitLaw() tends to tau/(2 eta) for small steps, the gap like eta", () => {
  const matrix = searchMatrix(0.5, activation("erf")), tau = searchTime(matrix);
  const steps = [0.4, 0.2, 0.1, 0.05];
  const gaps = steps.map((step) => exitLaw(matrix, step).slope * step / (tau / 2) - 1);
  assertAlmostEquals(slope(steps.map(Math.log), gaps.map(Math.log)), 1, 0.2);
});

Deno.test("the growth per step of exitLaw() is the eigenvalue of the linearised update", () => {
  // Power iteration of (u, m) -> (u + η(Bu + Am), m + ηAu).
  const { A, B } = searchMatrix(0.3, activation("relu")), step = 0.5;
  let [u, m] = [1, 1], factor = 0;
  for (let k = 0; k < 400; k++) {
    const next = [u + step * (B * u + A * m), m + step * A * u];
    factor = Math.hypot(...next) / Math.hypot(u, m);
    [u, m] = next.map((x) => x / Math.hypot(...next));
  }
  assertClose(exitLaw({ A, B }, step).slope, 1 / (2 * Math.log(factor)), 1e-12, "slope");
});

Deno.test("gradientNoise() of the linear target is (1 - mu)^2 + Delta", () => {
  for (const labelNoise of [0, 0.5]) {
    const noise = gradientNoise(0.3, activation("x"), { labelNoise });
    assertClose(noise, 0.49 + labelNoise, 1e-13, `Delta ${labelNoise}`);
  }
});

Deno.test("gradientNoise() of ReLU is ((1 - mu)^2 + Delta)/2", () => {
  const noise = gradientNoise(0.3, activation("relu"), { labelNoise: 0.2 });
  assertClose(noise, (0.49 + 0.2) / 2, 1e-12, "ReLU");
});

Deno.test("gradientNoise() is the variance of one step of u from rest (2e5 samples, 4 s.e.)", () => {
  for (const [name, labelNoise] of [["erf", 0], ["relu", 0.3], ["sigmoid", 0], ["He2", 0.5]]) {
    const student = activation(name as string), noise = labelNoise as number, mu = 0.5;
    const step = 1 / stepScale(student);
    const model = { student, d: 20, frozen: [mu], batch: 4, step, noise };
    const rng = stream("7", "gradient noise", name);
    const chain = new SingleIndexChain(model, 50_000, rng, { u: 0, a: [0] });
    chain.step();
    const squares = chain.state.u.map((u) => 4 * u * u);
    const { mean, se } = summary(squares);
    const predicted = gradientNoise(mu, student, { labelNoise: noise });
    assertLess(Math.abs(mean - predicted), 4 * se, name as string);
    // Control: another strength is found out.
    assertGreater(Math.abs(mean - gradientNoise(0.35, student)), 4 * se, `${name}, control`);
  }
});

Deno.test("gradientNoise() with a teacher of its own is the plain Gaussian integral", () => {
  const student = activation("erf"), teacher = activation("sigmoid");
  const plain = gaussianExpectation((z) =>
    (student.f(0.4 * z) - teacher.f(z)) ** 2 * student.df(0.4 * z) ** 2
  );
  assertClose(gradientNoise(0.4, student, { teacher }), plain, 1e-13, "erf on sigmoid");
});

Deno.test("noiseShift() has the reference's rho and shift", () => {
  const setting = linearSetting(1e6);
  for (const { batch, rho, shift } of golden.noise) {
    const found = noiseShift(setting, batch);
    assertClose(found.rho, rho, 1e-12, `rho at ${batch}`);
    assertClose(found.shift, shift, 1e-12, `shift at ${batch}`);
  }
});

Deno.test("exitLaw() and noiseShift() together have the reference's differences of exits", () => {
  for (const { k, mu, step, batch, difference } of golden.nonlinear) {
    const matrix = hermiteSearchMatrix(mu, k), noise = gradientNoise(mu, activation(`He${k}`));
    const shift = (d: number) => noiseShift({ matrix, noise, step, d }, batch).shift;
    const found = exitLaw(matrix, step).slope * Math.log(100) + shift(1e5) - shift(1e3);
    assertClose(found, difference, 1e-10, `He${k} ${mu}`);
  }
});

Deno.test("noiseShift() tends to eta S0 lambda d/(2 b A^2) for small steps, the gap like eta", () => {
  const setting = linearSetting(1e6), { A } = setting.matrix, rate = growthRate(setting.matrix);
  const steps = [0.4, 0.2, 0.1, 0.05];
  const gaps = steps.map((step) => {
    const simple = step * setting.noise * rate * setting.d / (2 * 1e4 * A * A);
    return Math.abs(noiseShift({ ...setting, step }, 1e4).rho / simple - 1);
  });
  assertAlmostEquals(slope(steps.map(Math.log), gaps.map(Math.log)), 1, 0.2);
});

Deno.test("noiseShift() is the excess of m^2 on the unstable mode of 4000 chains (4 s.e.)", () => {
  // From (u, m) = 0 only noise moves the mode: its variance tends to V (growth)^(2 steps).
  const d = 1e6, batch = 1e4, step = 0.1, steps = 60, setting = linearSetting(d);
  const model = { student: activation("x"), d, frozen: [0.5], batch, step };
  const chain = new LinearChain(model, 4000, stream("7", "mode"), { u: 0, a: [0] });
  chain.run(steps);
  const { A } = setting.matrix, rate = growthRate(setting.matrix);
  // Projection on the eigenvector (λ, A), in units of the m₀ that it is worth.
  const modes = chain.state.u.map((u, c) => (rate * u + A * chain.state.m(c)) / A);
  const growth = Math.log1p(step * rate);
  const { mean, se } = summary(modes.map((x) => x * x * Math.exp(-2 * growth * steps)));
  const V = noiseShift(setting, batch).rho / d;
  // After k steps the geometric sum has reached 1 - growth^(-2k) of its limit.
  assertLess(Math.abs(mean - V * -Math.expm1(-2 * growth * steps)), 4 * se);
  assertLess(se / mean, 0.03);
});

Deno.test("criticalBatch() has the reference's value and grows like sqrt(d)", () => {
  assertClose(criticalBatch(linearSetting(1e6)), golden.criticalBatch, 1e-13, "d = 1e6");
  const ratio = criticalBatch(linearSetting(1e8)) / criticalBatch(linearSetting(1e4));
  assertClose(ratio, 100, 1e-13, "sqrt(d)");
});

Deno.test("adaptiveBatch() is 4 b_c at rest, the quarter rule beyond, and whole numbers", () => {
  const setting = linearSetting(1e6), batch = adaptiveBatch(setting);
  const { step, noise, d, matrix } = setting, rate = growthRate(matrix);
  assertEquals(batch(0), Math.ceil(4 * criticalBatch(setting)));
  for (const u of [0, 1e-3, 0.01, 0.3, -0.3]) {
    const b = batch(u);
    assertEquals(b, Math.round(b));
    // The noise condition of §3.10 (d), with its margin 1/4.
    assertLess(step * d / (2 * b) * noise * u * u, rate / 4 * (1 + 1e-12));
  }
  assertEquals(batch(0.3), batch(-0.3));
});

Deno.test("linearBatchRules() are adaptiveBatch() in numbers that a worker can be sent", () => {
  const { adaptive: { least, factor }, constant } = linearBatchRules(1e7);
  const batch = adaptiveBatch(linearSetting(1e7));
  for (const u of [0, 1e-4, 0.02, 0.5]) {
    assertEquals(Math.ceil(Math.max(least, factor * u * u)), batch(u));
  }
  assertEquals(Math.ceil(constant), batch(0.25));
});

Deno.test("noiseFloor() has the reference's gaps and risks, and full fine-tuning's above them", () => {
  for (const { mu, batch, gap, excessRisk } of golden.noiseFloor) {
    const floor = noiseFloor({ step: 0.1, labelNoise: 0.5, d: 1e5, batch, mu, kappa: 1 });
    assertClose(floor.gap, gap, 1e-14, `gap at ${mu}`);
    assertClose(floor.excessRisk, excessRisk, 1e-13, `risk at ${mu}`);
    assertClose(floor.fullExcessRisk * (1 - mu) ** 2, floor.excessRisk, 1e-14, `full at ${mu}`);
  }
});

Deno.test("noiseFloor() balances drift and diffusion of one step of the linear chain (4 s.e.)", () => {
  // From the predicted stationary state the mean of m does not move, to first order in the gap.
  const d = 1e5, batch = 1e5, step = 0.1, labelNoise = 0.5, mu = 0.5;
  const { gap } = noiseFloor({ step, labelNoise, d, batch, mu, kappa: 1 });
  const drift = (m: number) => {
    const model = { student: activation("x"), d, frozen: [mu], batch, step, noise: labelNoise };
    const start = { u: (1 - mu) * m, a: [m] };
    const chain = new LinearChain(model, 20_000, stream("7", "balance"), start);
    chain.step();
    return summary(chain.state.a.map((x) => x - m));
  };
  // The restoring rate per step, in which the imbalance is measured.
  const rate = 2 * step * (1 - mu) ** 2;
  const { mean, se } = drift(1 - gap);
  assertLess(Math.abs(mean), 4 * se + 0.03 * rate * gap);
  // Control: twice or half the gap is not stationary.
  assertGreater(drift(1 - 2 * gap).mean, 0.5 * rate * gap);
  assertLess(drift(1 - gap / 2).mean, -0.2 * rate * gap);
});

Deno.test("time times noise floor does not depend on mu", () => {
  const product = (mu: number) => {
    const { kappa } = strongPretraining(activation("x"));
    const floor = noiseFloor({ step: 0.1, labelNoise: 0.5, d: 1e5, batch: 1e5, mu, kappa });
    return searchTime(searchMatrix(mu, activation("x"))) * floor.excessRisk;
  };
  assertClose(product(0.99), product(0.999), 1e-3, "mu -> 1");
});

const BAD = [NaN, 0, -1, Infinity, -Infinity];
const SETTING: NoiseSetting = { matrix: { A: 0.5, B: -1 }, noise: 0.25, step: 0.1, d: 1e6 };

Deno.test("noise theory names steps, batches, strengths and label noise that make no sense", () => {
  for (const bad of BAD) {
    const positive = `must be a finite number > 0: current value is ${bad}`;
    assertThrows(() => exitLaw(SETTING.matrix, bad), RangeError, `step ${positive}`);
    assertThrows(() => noiseShift(SETTING, bad), RangeError, `batch ${positive}`);
    for (const name of ["step", "labelNoise", "d", "batch"]) {
      const all = { step: 0.1, labelNoise: 0.5, d: 10, batch: 10, mu: 0.5, kappa: 1, [name]: bad };
      assertThrows(() => noiseFloor(all), RangeError, `${name} ${positive}`);
    }
    const strength = "mu must lie in (0, 1)";
    assertThrows(() => gradientNoise(bad, activation("x")), RangeError, strength);
  }
  for (const bad of [NaN, -0.1, Infinity]) {
    assertThrows(
      () => gradientNoise(0.5, activation("x"), { labelNoise: bad }),
      RangeError,
      `labelNoise must be a finite number >= 0: current value is ${bad}`,
    );
  }
});

Deno.test("criticalBatch() and adaptiveBatch() refuse B >= 0", () => {
  for (const B of [0, 0.5, NaN]) {
    const setting = { ...SETTING, matrix: { A: 0.5, B } };
    assertThrows(() => criticalBatch(setting), RangeError, "-B must be a finite number > 0");
    assertThrows(() => adaptiveBatch(setting), RangeError, "-B must be a finite number > 0");
  }
});

Deno.test(
  "noiseShift() and criticalBatch() name noise, step and d that make no sense",
  () => {
    for (const bad of [NaN, -1, Infinity]) {
      for (const name of ["noise", "step", "d"]) {
        const setting = { ...SETTING, [name]: bad };
        assertThrows(() => noiseShift(setting, 10), RangeError, name);
        assertThrows(() => criticalBatch(setting), RangeError, name);
      }
    }
    for (const mu of [NaN, -0.1, 1.5]) {
      const all = { step: 0.1, labelNoise: 0.5, d: 10, batch: 10, mu, kappa: 1 };
      assertThrows(() => noiseFloor(all), RangeError, "mu");
    }
  },
);
