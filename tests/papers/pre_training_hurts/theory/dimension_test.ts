import { assertAlmostEquals, assertLess, assertThrows } from "@std/assert";
import { slope, summary } from "lora-dynamics/experiment/mod.ts";
import { activation, integrate } from "lora-dynamics/gaussian/mod.ts";
import {
  exitLaw,
  hermiteSearchMatrix,
  MEAN_LOG_NORMAL,
  SD_LOG_NORMAL,
  searchMatrix,
  searchTime,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import golden from "../../../golden/pre-training-hurts.json" with { type: "json" };

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

Deno.test("exitLaw() with two steps grows as their linear recursion does", () => {
  const { A, B } = searchMatrix(0.3, activation("relu")), [ofU, ofOmega] = [0.2, 0.9];
  let [u, m] = [1, 1], factor = 0;
  for (let k = 0; k < 400; k++) {
    const next = [u + ofU * (B * u + A * m), m + ofOmega * A * u];
    factor = Math.hypot(...next) / Math.hypot(u, m);
    [u, m] = next.map((x) => x / Math.hypot(...next));
  }
  const law = exitLaw({ A, B }, ofU, ofOmega / ofU);
  assertClose(law.slope, 1 / (2 * Math.log(factor)), 1e-12, "slope");
  assertClose(law.sd, Math.PI / (2 * Math.SQRT2) / Math.log(factor), 1e-12, "sd");
});

Deno.test("exitLaw() names steps that make no sense", () => {
  for (const bad of [NaN, 0, -1, Infinity]) {
    const wanted = `step must be a finite number > 0: current value is ${bad}`;
    assertThrows(() => exitLaw({ A: 0.5, B: -1 }, bad), RangeError, wanted);
  }
});
