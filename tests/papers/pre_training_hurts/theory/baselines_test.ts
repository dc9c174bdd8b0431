import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { slope } from "lora-dynamics/experiment/mod.ts";
import { activation, integrate, pairMoments } from "lora-dynamics/gaussian/mod.ts";
import { solveOde } from "lora-dynamics/ode/mod.ts";
import {
  effectivePotential,
  fullFineTuningTime,
  hermiteSearchMatrix,
  linearAdiabaticTime,
  LoraFlow,
  populationLoss,
  scratchTime,
  searchMatrix,
  stepScale,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import golden from "../../../golden/pre-training-hurts.json" with { type: "json" };

function assertClose(x: number, y: number, rel: number, where: string): void {
  assertAlmostEquals(x, y, rel * Math.abs(y), where);
}

Deno.test("scratchTime() and fullFineTuningTime() have the reference's search times", () => {
  for (const { k, d, scratch, full } of golden.searchTimes) {
    const student = activation(k === 1 ? "x" : `He${k}`);
    // Against its closed forms, below, the reference is up to 4e-8 off.
    assertClose(scratchTime(student, d ** -0.5, 0.5), scratch, 1e-7, `scratch ${k} ${d}`);
    // Against the closed forms of k = 1 (ln 2) and k = 2 the reference itself is 1e-6 and 1e-5 off:
    // the claim's tolerance here, 1e-9 against the integral of 1/A below.
    assertClose(fullFineTuningTime(student, 0.5, 0.75), full, 1e-4, `full ${k}`);
  }
});

Deno.test("linear times without a flow have the reference's values", () => {
  const student = activation("x");
  for (const { mu, adiabatic, full } of golden.linearTimes) {
    assertClose(linearAdiabaticTime(mu, 10 ** -1.5), adiabatic, 1e-13, `adiabatic at ${mu}`);
    const end = 1 - Math.sqrt(2e-4);
    assertClose(fullFineTuningTime(student, mu, end), full, 1e-8, `full at ${mu}`);
    assertClose(full, Math.log((1 - mu) / (1 - end)), 1e-8, `ln-law of full at ${mu}`);
  }
});

Deno.test("scratchTime() has closed forms for k = 1, 2, 3, 4", () => {
  const log = (m: number) => Math.log(m / Math.sqrt(1 - m * m));
  const antiderivative: Record<number, (m: number) => number> = {
    1: Math.atanh,
    2: log,
    3: (m) => Math.atanh(m) - 1 / m,
    4: (m) => log(m) - 1 / (2 * m * m),
  };
  for (const [k, F] of Object.entries(antiderivative)) {
    for (const [m0, m1] of [[1e-4, 0.5], [0.01, 0.99], [0.3, 0.4]]) {
      assertClose(scratchTime(`He${k}`, m0, m1), F(m1) - F(m0), 1e-10, `k = ${k}, ${m0}`);
    }
  }
});

Deno.test("scratchTime() grows like d^((k - 2)/2)/(k - 2) for k >= 3 and not at all for k = 1", () => {
  for (const k of [3, 4, 5]) {
    for (const d of [1e6, 1e9]) {
      assertClose(
        scratchTime(`He${k}`, d ** -0.5, 0.5),
        d ** ((k - 2) / 2) / (k - 2),
        2e-3,
        `${k} ${d}`,
      );
    }
  }
  assertAlmostEquals(scratchTime("x", 1e-9, 0.5), Math.atanh(0.5), 1e-8);
});

Deno.test("fullFineTuningTime() is the integral of 1/A along the ray", () => {
  for (const k of [1, 2, 3, 4, 5]) {
    const [from, to] = k < 5 ? [0.5, 0.75] : [0.6, 0.95];
    const { value } = integrate((s) => 1 / hermiteSearchMatrix(s, k).A, from, to);
    assertClose(fullFineTuningTime(activation(`He${k}`), from, to), value, 1e-9, `He${k}`);
  }
  for (const name of ["erf", "relu", "sigmoid"]) {
    const { value } = integrate((s) => 1 / searchMatrix(s, activation(name)).A, 0.4, 0.9);
    assertClose(fullFineTuningTime(activation(name), 0.4, 0.9), value, 1e-9, name);
  }
});

Deno.test("fullFineTuningTime() of He2 is (2/3) ln[s/sqrt(1 - s^2)] between its ends", () => {
  const F = (s: number) => (2 / 3) * Math.log(s / Math.sqrt(1 - s * s));
  assertClose(fullFineTuningTime(activation("He2"), 0.5, 0.75), F(0.75) - F(0.5), 1e-9, "He2");
});

Deno.test("fullFineTuningTime() of the linear target is ln((1 - from)/(1 - to))", () => {
  const strength = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  fc.assert(
    fc.property(strength, strength, (x, y) => {
      fc.pre(Math.abs(x - y) > 1e-3);
      const [from, to] = [Math.min(x, y), Math.max(x, y)];
      const time = fullFineTuningTime(activation("x"), from, to);
      assertAlmostEquals(time, Math.log((1 - from) / (1 - to)), 1e-8);
    }),
    { seed: 7, numRuns: 30 },
  );
});

Deno.test("linearAdiabaticTime() is the time of g' = (1 - mu)^2 tanh g", () => {
  const rate = 0.3 ** 2, g = [0.01, 0.5].map(Math.atanh);
  const event = { name: "end", g: (_t: number, y: Float64Array) => y[0] - g[1], terminal: true };
  const rhs = (_t: number, y: Float64Array, dy: Float64Array) => {
    dy[0] = rate * Math.tanh(y[0]);
  };
  const { events } = solveOde(rhs, 0, 1e4, [g[0]], { rtol: 1e-12, events: [event] });
  assertClose(events[0].t, linearAdiabaticTime(0.7, 0.01, 0.5), 1e-9, "time");
});

Deno.test("linearAdiabaticTime() approaches the flow as mu -> 1, the relative gap like (1 - mu)^2", () => {
  const eps = [0.1, 0.05, 0.025, 0.0125], m0 = 10 ** -1.5;
  const gaps = eps.map((e) => {
    const flow = new LoraFlow({ student: activation("x"), frozen: [1 - e], a0: [m0] });
    return flow.exitTime() / linearAdiabaticTime(1 - e, m0) - 1;
  });
  assert(gaps.every((gap) => gap > 0));
  assertAlmostEquals(slope(eps.map(Math.log), gaps.map(Math.log)), 2, 0.2);
});

Deno.test("effectivePotential() has the force (1 - mu)^2 tanh g and stays finite far out", () => {
  for (const mu of [0, 0.5, 0.95]) {
    for (const g of [-3, -0.2, 0.7, 4]) {
      const h = 1e-3, V = (x: number) => effectivePotential(mu, x);
      const force = -(8 * (V(g + h) - V(g - h)) - (V(g + 2 * h) - V(g - 2 * h))) / (12 * h);
      assertAlmostEquals(force, (1 - mu) ** 2 * Math.tanh(g), 1e-11);
      assertAlmostEquals(V(g), -((1 - mu) ** 2) * Math.log(Math.cosh(g)), 1e-14);
      assertEquals(V(g), V(-g));
    }
    assertEquals(effectivePotential(mu, 0) + 0, 0);
    assertAlmostEquals(effectivePotential(mu, 2000), -((1 - mu) ** 2) * (2000 - Math.LN2), 1e-9);
  }
});

Deno.test("scratchTime() and linearAdiabaticTime() name overlaps out of their range", () => {
  for (const bad of [NaN, 0, 1, -0.1, Infinity]) {
    assertThrows(() => scratchTime("He3", bad, 0.5), RangeError, "m0 must lie in (0, 1)");
    assertThrows(() => linearAdiabaticTime(0.5, bad), RangeError, "m0 must lie in (0, 1)");
    assertThrows(() => linearAdiabaticTime(0.5, 0.1, bad), RangeError, "radius must lie in (0, 1)");
  }
  assertThrows(() => scratchTime("He3", 0.5, 0.4), RangeError, "m1 must lie in (0.5, 1)");
});

Deno.test("baselines name strengths and degrees out of their range", () => {
  for (const mu of [NaN, 1, -0.1, Infinity]) {
    assertThrows(() => linearAdiabaticTime(mu, 0.1), RangeError, "mu must lie in");
    assertThrows(() => effectivePotential(mu, 0.1), RangeError, "mu must lie in");
    assertThrows(
      () => fullFineTuningTime(activation("x"), mu, 0.9),
      RangeError,
      "from must lie in",
    );
  }
  for (const bad of [NaN, 0, -1, Infinity]) {
    const wanted = "to.loss must be a finite number > 0";
    assertThrows(() => scratchTime("He3", 0.1, { loss: bad }), RangeError, wanted);
    assertThrows(() => fullFineTuningTime("x", 0.3, { loss: bad }), RangeError, wanted);
  }
});

Deno.test("scratchTime() of any activation is the flow m' = -(1 - m^2) L_q(1, m), by steps", () => {
  for (const student of ["erf", "relu", "He3(z) + 2 z"]) {
    const moments = pairMoments(student, student), step = 1e-4, scale = stepScale(student);
    let m = 0.2, steps = 0;
    for (; m < 0.7; steps++) {
      const slope = (x: number) => (1 - x * x) * moments.crossDq(1, x) / scale;
      m += step * slope(m + step / 2 * slope(m));
    }
    assertAlmostEquals(scratchTime(student, 0.2, 0.7), steps * step, 2 * step, student);
  }
});

Deno.test("times to a loss end where the loss is", () => {
  for (const student of ["x", "erf", "He3"]) {
    const moments = pairMoments(student, student);
    const end = 0.8,
      across = populationLoss(moments, 1, end),
      along = populationLoss(moments, end * end, end);
    assertClose(
      scratchTime(student, 0.1, { loss: across }),
      scratchTime(student, 0.1, end),
      1e-9,
      student,
    );
    const found = fullFineTuningTime(student, 0.6, { loss: along });
    assertClose(found, fullFineTuningTime(student, 0.6, end), 1e-8, `${student}, full`);
    // What has the loss already takes no time.
    assertEquals(scratchTime(student, 0.9, { loss: across }), 0);
    assertEquals(fullFineTuningTime(student, 0.9, { loss: along }), 0);
  }
});
