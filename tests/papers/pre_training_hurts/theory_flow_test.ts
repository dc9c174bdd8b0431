import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { LinearChain, SingleIndexChain } from "lora-dynamics/chain/mod.ts";
import { slope, summary } from "lora-dynamics/experiment/mod.ts";
import { activation, integrate, pairMoments } from "lora-dynamics/gaussian/mod.ts";
import { solveOde } from "lora-dynamics/ode/mod.ts";
import {
  effectivePotential,
  type FlowProblem,
  fullFineTuningTime,
  growthRate,
  hermiteSearchMatrix,
  linearAdiabaticTime,
  LoraFlow,
  populationLoss,
  scratchTime,
  searchMatrix,
  stepScale,
  strongPretraining,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import golden from "../../golden/pre-training-hurts.json" with { type: "json" };

const SHARP = { rtol: 1e-12 };

function assertClose(x: number, y: number, rel: number, where: string): void {
  assertAlmostEquals(x, y, rel * Math.abs(y), where);
}

/** Value of the right-hand side. */
function field(flow: LoraFlow, y: ArrayLike<number>): Float64Array {
  const dy = new Float64Array(y.length);
  flow.rhs(0, Float64Array.from(y), dy);
  return dy;
}

for (const { student, frozen, sphere, points } of golden.flow) {
  const kind = sphere ? "" : ", free";
  Deno.test(`LoraFlow goes through the reference's points: ${student} ${frozen}${kind}`, () => {
    const a0 = [10 ** -1.5, 0].slice(0, frozen.length);
    const flow = new LoraFlow({ student: activation(student), frozen, a0, u0: 1e-6, sphere });
    const times = points.map(({ t }) => t);
    const { states } = flow.solve(times.at(-1)!, { ...SHARP, times });
    flow.path(times, SHARP).forEach((point, i) => {
      const wanted: Record<string, number> = points[i];
      const found: Record<string, number> = { ...point, h: states[i][frozen.length + 1] };
      for (const key of Object.keys(wanted)) {
        assertAlmostEquals(found[key], wanted[key], 1e-8, `${key} at t = ${times[i]}`);
      }
    });
  });
}

type Problem = Omit<FlowProblem, "a0">;

/** `L` at a state of the flow, spherical `[u, a…]` or free `[u, a…, h]`. */
function lossAt({ student, teacher = student, frozen, sphere }: Problem, y: number[]): number {
  const p = frozen.length, [u, ...rest] = y;
  const size = sphere === false ? rest.reduce((sum, x) => sum + x * x, 0) : 1;
  let r = u * u * size;
  for (let j = 0; j < p; j++) r += frozen[j] ** 2 + 2 * u * frozen[j] * rest[j];
  const moments = pairMoments(student, teacher);
  return populationLoss(moments, r, frozen[0] + u * rest[0]) / stepScale(student);
}

function gradient(f: (y: number[]) => number, y: number[], h = 2e-3): number[] {
  return y.map((_, j) => {
    const at = (x: number) => f(y.map((value, i) => i === j ? value + x : value));
    return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
  });
}

const PROBLEMS: Problem[] = [
  ...["x", "erf", "relu", "sigmoid", "He2", "He3"].flatMap((name): Problem[] => [
    { student: activation(name), frozen: [0.4] },
    { student: activation(name), frozen: [0.6, 0.4], ratio: 3 },
    { student: activation(name), frozen: [0.5, -0.3, 0.2], sphere: false, ratio: 0.5 },
  ]),
  { student: activation("erf"), teacher: activation("sigmoid"), frozen: [0.3, 0.2] },
];

for (const problem of PROBLEMS) {
  const { frozen, sphere = true, ratio = 1 } = problem, student = activation(problem.student);
  const kind = sphere ? "on the sphere" : "free";
  Deno.test(`LoraFlow descends the population loss: ${student.name}, ${frozen}, ${kind}`, () => {
    const p = frozen.length, rng = stream("7", "flow", student.name, p);
    const flow = new LoraFlow({ ...problem, a0: frozen.map(() => 0) });
    for (let trial = 0; trial < 5; trial++) {
      const y = Array.from(flow.y0, () => 0.35 * Math.tanh(rng.normal()));
      y[0] += 0.5;
      const slopes = gradient((z) => lossAt(problem, z), y);
      const radial = slopes.slice(1, p + 1).reduce((sum, g, j) => sum + g * y[j + 1], 0);
      const dy = field(flow, y);
      // The tensor quadrature of erf on sigmoid is good to 1e-14 in L: 1e-11 in its differences.
      assertAlmostEquals(dy[0], -slopes[0], 2e-9, "u");
      for (let j = 1; j < y.length; j++) {
        const along = sphere ? y[j] * radial : 0;
        assertAlmostEquals(dy[j], -ratio * (slopes[j] - along), 2e-9, `coordinate ${j}`);
      }
    }
  });
}

Deno.test("the flow of the linear target is u' = -u + (1 - mu) m, m' = (1 - mu) u (1 - m^2)", () => {
  const flow = new LoraFlow({ student: activation("x"), frozen: [0.3], a0: [0.1] });
  const unit = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(unit, unit, (u, m) => {
      const [du, dm] = field(flow, [u, m]);
      assertAlmostEquals(du, -u + 0.7 * m, 1e-15);
      assertAlmostEquals(dm, 0.7 * u * (1 - m * m), 1e-15);
    }),
    { seed: 7 },
  );
});

Deno.test("LoraFlow is odd under (u, omega) -> (-u, -omega)", () => {
  for (const problem of PROBLEMS) {
    const a0 = problem.frozen.map((_, j) => 0.2 - 0.3 * j);
    const plus = new LoraFlow({ ...problem, a0, u0: 0.1 });
    const minus = new LoraFlow({ ...problem, a0: a0.map((x) => -x), u0: -0.1 });
    plus.path([1, 5, 20]).forEach((point, i) => {
      const other = minus.path([1, 5, 20])[i];
      for (const key of ["u", "m", "n"] as const) assertEquals(other[key] + 0, -point[key] + 0);
      for (const key of ["s", "loss"] as const) assertEquals(other[key], point[key]);
    });
  }
});

Deno.test("the free flow conserves ratio u^2 - |omega|^2", () => {
  for (const name of ["x", "erf", "He3"]) {
    for (const ratio of [1, 4]) {
      const problem = { student: activation(name), frozen: [0.6, 0.4], a0: [0.1, 0.05], ratio };
      const flow = new LoraFlow({ ...problem, sphere: false, u0: 0.2 });
      const balance = (y: Float64Array) => ratio * y[0] ** 2 - y[1] ** 2 - y[2] ** 2 - y[3] ** 2;
      const { states } = flow.solve(60, { ...SHARP, times: [1, 5, 20, 60] });
      for (const y of states) assertAlmostEquals(balance(y), ratio * 0.04 - 1, 1e-10, name);
      assertGreater(Math.abs(states.at(-1)![0] - 0.2), 0.1);
    }
  }
});

Deno.test("the spherical flow keeps |omega| = 1: a direction in the frame stays a unit vector", () => {
  for (const name of ["x", "erf", "relu", "He3"]) {
    const a0 = [Math.cos(2), Math.sin(2)];
    const flow = new LoraFlow({ student: activation(name), frozen: [0.6, 0.4], a0, u0: 0.01 });
    for (const { m, n } of flow.path([1, 10, 50, 200], SHARP)) {
      assertAlmostEquals(m * m + n * n, 1, 1e-10, name);
    }
  }
});

Deno.test("the flow is equivariant under rotations of the frame that fix the target", () => {
  const angle = 0.7, c = Math.cos(angle), s = Math.sin(angle);
  const turn = ([x, y, z]: number[]) => [x, c * y - s * z, s * y + c * z];
  for (const sphere of [true, false]) {
    for (const name of ["erf", "He3"]) {
      const student = activation(name), frozen = [0.5, 0.3, -0.2], a0 = [0.2, -0.1, 0.4];
      const plain = new LoraFlow({ student, frozen, a0, sphere, u0: 0.1 });
      const turned = new LoraFlow({ student, frozen: turn(frozen), a0: turn(a0), sphere, u0: 0.1 });
      const times = [1, 10, 40];
      const ends = turned.solve(40, { ...SHARP, times }).states;
      plain.solve(40, { ...SHARP, times }).states.forEach((y, i) => {
        const wanted = [y[0], ...turn([y[1], y[2], y[3]]), ...y.subarray(4)];
        wanted.forEach((x, j) => assertAlmostEquals(ends[i][j], x, 1e-9, `${name} ${j}`));
      });
    }
  }
});

Deno.test("a frame direction that nothing points to changes nothing", () => {
  const student = activation("erf");
  const small = new LoraFlow({ student, frozen: [0.5], a0: [0.1] }).path([10, 100]);
  const large = new LoraFlow({ student, frozen: [0.5, 0], a0: [0.1, 0] }).path([10, 100]);
  small.forEach(({ u, m, loss }, i) => {
    assertAlmostEquals(large[i].u, u, 1e-11);
    assertAlmostEquals(large[i].m, m, 1e-11);
    assertAlmostEquals(large[i].loss, loss, 1e-11);
    assertEquals(large[i].n, 0);
  });
});

Deno.test("the loss falls along every flow, and by -|gradient|^2 along the free one", () => {
  for (const problem of PROBLEMS) {
    const flow = new LoraFlow({ ...problem, a0: problem.frozen.map(() => 0.3) });
    const path = flow.path(Array.from({ length: 30 }, (_, i) => 0.2 * 1.25 ** i), SHARP);
    for (let i = 1; i < path.length; i++) assertLessOrEqual(path[i].loss, path[i - 1].loss + 1e-12);
  }
  const student = activation("erf"), problem = { student, frozen: [0.6, 0.4], sphere: false };
  const flow = new LoraFlow({ ...problem, a0: [0.3, 0.1], u0: 0.4 });
  const y = [...flow.y0], dy = field(flow, y);
  const rate = gradient((z) => lossAt(problem, z), y)
    .reduce((sum, g, i) => sum + g * dy[i], 0);
  assertAlmostEquals(rate, -dy.reduce((sum, x) => sum + x * x, 0), 1e-9);
});

Deno.test("the search follows m = A(lambda u0 + A m0)/(lambda^2 + A^2) exp(lambda t)", () => {
  for (const name of ["x", "erf", "He2", "He3"]) {
    const student = activation(name), mu = 0.5, u0 = 3e-9, m0 = 1e-8;
    const { A, B } = searchMatrix(mu, student), rate = growthRate({ A, B });
    const t = 8 / rate;
    const flow = new LoraFlow({ student, frozen: [mu], u0, a0: [m0] });
    const [{ m }] = flow.path([t], { rtol: 1e-12, atol: 1e-22 });
    const predicted = A * (rate * u0 + A * m0) / (rate ** 2 + A ** 2) * Math.exp(rate * t);
    // The other mode has died to exp(-(2 rate - B) t) of this one: for He2 (B > 0) the least.
    const other = Math.exp(-(2 * rate - B) * t);
    assertClose(m, predicted, 1e-6 + 3 * other, name);
  }
});

Deno.test("the late rate of 1 - m is 2 kappa (1 - mu)^2 and the loss falls at the same rate", () => {
  for (const { student: name, mu, rate, predicted } of golden.lateRate) {
    const student = activation(name), { kappa } = strongPretraining(student);
    assertClose(2 * kappa * (1 - mu) ** 2, predicted, 1e-13, name);
    // From the end, in the flow's own coordinates; 1 - m resolves to 1e-16.
    const flow = new LoraFlow({ student, frozen: [mu], u0: 1 - mu, a0: [1 - 1e-4] });
    const times = [1, 2, 3].map((i) => 5 + i / predicted);
    const path = flow.path(times, { rtol: 1e-13, atol: 1e-16 });
    const measured = -slope(times, path.map(({ m }) => Math.log(1 - m)));
    assertClose(measured, predicted, 1e-3, name);
    assertClose(measured, rate, 1e-2, `${name}: window of the reference`);
    const ofLoss = -slope(times, path.map(({ loss }) => Math.log(loss)));
    assertClose(ofLoss, predicted, 1e-3, `${name}: loss`);
    for (const { m, loss } of path) {
      assertClose(loss, kappa * stepScale(student) * (1 - mu) ** 2 * (1 - m), 1e-3, name);
    }
  }
});

Deno.test("the late rate is approached in proportion to 1 - m", () => {
  const student = activation("erf"), mu = 0.5;
  const { kappa } = strongPretraining(student), rate = 2 * kappa * (1 - mu) ** 2;
  const starts = [0.04, 0.02, 0.01, 0.005];
  const gaps = starts.map((start) => {
    const a0 = [1 - start];
    const flow = new LoraFlow({ student, frozen: [mu], u0: 1 - mu, a0 });
    const [p, q] = flow.path([6, 6.5], SHARP);
    return Math.abs(Math.log((1 - p.m) / (1 - q.m)) / 0.5 / rate - 1);
  });
  assertAlmostEquals(slope(starts.map(Math.log), gaps.map(Math.log)), 1, 0.2);
});

Deno.test("exitTime() and timeToLoss() of the linear target have the reference's values", () => {
  const student = activation("x");
  for (const { mu, exit, adiabatic, lora, full } of golden.linearTimes) {
    const flow = new LoraFlow({ student, frozen: [mu], u0: 1e-6, a0: [10 ** -1.5] });
    assertClose(flow.exitTime(0.5), exit, 1e-8, `exit at ${mu}`);
    assertClose(flow.timeToLoss(1e-4), lora, 1e-8, `loss at ${mu}`);
    assertClose(linearAdiabaticTime(mu, 10 ** -1.5), adiabatic, 1e-13, `adiabatic at ${mu}`);
    const end = 1 - Math.sqrt(2e-4);
    assertClose(fullFineTuningTime(student, mu, end), full, 1e-8, `full at ${mu}`);
    assertClose(full, Math.log((1 - mu) / (1 - end)), 1e-8, `ln-law of full at ${mu}`);
  }
});

Deno.test("the flow of He3 is trapped below mu_c and learns above it, with the reference's times", () => {
  for (const { mu, exit, u, m, s, loss } of golden.trapHe3) {
    const student = activation("He3");
    const flow = new LoraFlow({ student, frozen: [mu], u0: 1e-6, a0: [1000 ** -0.5] });
    const t = flow.exitTime(0.5, 1e6, SHARP);
    // Near the trap the time is 1e5 search times of an error in the start.
    assertClose(t, exit, 1e-7, `exit at ${mu}`);
    const [end] = flow.path([t + 5000]);
    assertAlmostEquals(end.u, u, 1e-9, `u at ${mu}`);
    assertAlmostEquals(end.m, m, 1e-9, `m at ${mu}`);
    assertAlmostEquals(end.s, s, 1e-9, `s at ${mu}`);
    assertAlmostEquals(end.loss, loss, 1e-9, `loss at ${mu}`);
  }
});

Deno.test("exitTime(), scratchTime() and fullFineTuningTime() have the reference's search times", () => {
  for (const { k, d, scratch, loraHalf, loraStrong, full } of golden.searchTimes) {
    const student = activation(k === 1 ? "x" : `He${k}`);
    const lora = (mu: number) =>
      new LoraFlow({ student, frozen: [mu], u0: d ** -2, a0: [d ** -0.5] })
        .exitTime(0.5, 1e6, SHARP);
    // Against its closed forms, below, the reference is up to 4e-8 off.
    assertClose(scratchTime(k, d ** -0.5, 0.5), scratch, 1e-7, `scratch ${k} ${d}`);
    // Against the closed forms of k = 1 (ln 2) and k = 2 the reference itself is 1e-6 and 1e-5 off:
    // the claim's tolerance here, 1e-9 against the integral of 1/A below.
    assertClose(fullFineTuningTime(student, 0.5, 0.75), full, 1e-4, `full ${k}`);
    if (k > 1 || d === 1000) {
      assertClose(lora(0.5), loraHalf, 1e-8, `LoRA 0.5 ${k} ${d}`);
      assertClose(lora(0.9), loraStrong, 1e-8, `LoRA 0.9 ${k} ${d}`);
    }
  }
});

Deno.test("exitTime() is 0 at a start beyond the radius and NaN when the limit comes first", () => {
  const flow = new LoraFlow({ student: activation("x"), frozen: [0.5], a0: [-0.6] });
  assertEquals(flow.exitTime(0.5), 0);
  assertEquals(
    new LoraFlow({ student: activation("x"), frozen: [0.5], a0: [0.01] })
      .exitTime(0.5, 3),
    NaN,
  );
  assertEquals(flow.timeToLoss(10), 0);
  assertEquals(flow.timeToLoss(1e-4, 0.1), NaN);
});

Deno.test("exitTime() grows like (1 - mu)^-2", () => {
  const eps = [0.08, 0.04, 0.02, 0.01];
  for (const [name, m0] of [["x", 0.1], ["erf", 0.2]] as const) {
    const times = eps.map((e) =>
      new LoraFlow({ student: activation(name), frozen: [1 - e], a0: [m0] }).exitTime()
    );
    assertAlmostEquals(slope(eps.map(Math.log), times.map(Math.log)), -2, 0.1, name);
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
      assertClose(scratchTime(Number(k), m0, m1), F(m1) - F(m0), 1e-10, `k = ${k}, ${m0}`);
    }
  }
});

Deno.test("scratchTime() grows like d^((k - 2)/2)/(k - 2) for k >= 3 and not at all for k = 1", () => {
  for (const k of [3, 4, 5]) {
    for (const d of [1e6, 1e9]) {
      assertClose(scratchTime(k, d ** -0.5, 0.5), d ** ((k - 2) / 2) / (k - 2), 2e-3, `${k} ${d}`);
    }
  }
  assertAlmostEquals(scratchTime(1, 1e-9, 0.5), Math.atanh(0.5), 1e-8);
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

Deno.test("populationLoss() is half the mean squared error of 2e5 samples, within 4 s.e.", () => {
  const n = 200_000, [r, q] = [0.7, 0.45];
  const z = stream("7", "loss").fillNormal(new Float64Array(2 * n));
  const pairs = "erf erf, relu relu, He2 He2, x erf, sigmoid relu".split(", ");
  for (const [student, teacher] of pairs.map((pair) => pair.split(" "))) {
    const sigma = activation(student), target = activation(teacher);
    const errors = Float64Array.from({ length: n }, (_, i) => {
      const lambda = q * z[i] + Math.sqrt(r - q * q) * z[n + i];
      return (sigma.f(lambda) - target.f(z[i])) ** 2 / 2;
    });
    const { mean, se } = summary(errors), moments = pairMoments(sigma, target);
    assertLess(Math.abs(mean - populationLoss(moments, r, q)), 4 * se, `${student} ${teacher}`);
    // Control: another overlap is found out.
    assertGreater(Math.abs(mean - populationLoss(moments, r, q - 0.1)), 4 * se, student);
  }
});

Deno.test("populationLoss() is 0 at the target and never negative by rounding", () => {
  for (const name of ["x", "erf", "relu", "sigmoid", "He5"]) {
    const moments = pairMoments(activation(name), activation(name));
    assertAlmostEquals(populationLoss(moments, 1, 1), 0, 1e-12, name);
    for (let i = 1; i < 20; i++) {
      const s = 1 - 10 ** -i;
      assert(populationLoss(moments, s * s, s) >= 0);
    }
  }
});

Deno.test("the mean step of the free chain is the flow's field at any step size (1e5 samples, 4 s.e.)", () => {
  for (const name of ["x", "erf", "relu", "sigmoid", "He2", "He3"]) {
    const student = activation(name), a0 = [0.3, -0.4], u0 = 0.3, sphere = false, step = 0.7;
    const model = {
      student,
      d: 30,
      frozen: [0.6, 0.4],
      batch: 100,
      step: step / stepScale(student),
      sphere,
    };
    const rng = stream("7", "mean step", name);
    const chain = new SingleIndexChain(model, 1000, rng, { u: u0, a: a0 });
    chain.step();
    const { u, a } = chain.state;
    const moves = [
      summary(u.map((x) => (x - u0) / step)),
      ...a0.map((x, j) => summary(Float64Array.from(u, (_, c) => (a[2 * c + j] - x) / step))),
    ];
    const worst = (frozen: number[]) => {
      const flow = new LoraFlow({ student, frozen, a0, u0, sphere });
      const dy = field(flow, flow.y0);
      return Math.max(...moves.map(({ mean, se }, i) => Math.abs(mean - dy[i]) / se));
    };
    assertLess(worst([0.6, 0.4]), 4, name);
    // Control: a frozen weight that leans to the other side is found out.
    assertGreater(worst([0.6, -0.4]), 10, `${name}, control`);
  }
});

Deno.test("the exit of the chain tends to the flow's as eta -> 0, the gap like eta", () => {
  // b = 1e12: no noise is left, only the finite step.
  const start = { u: 0.01, a: [0.05] };
  const flow = new LoraFlow({ student: activation("x"), frozen: [0.5], u0: 0.01, a0: [0.05] });
  const exit = flow.exitTime(0.5, 1e6, SHARP);
  const steps = [0.2, 0.1, 0.05, 0.025];
  const gaps = steps.map((step) => {
    const model = { student: activation("x"), d: 1000, frozen: [0.5], batch: 1e12, step };
    const chain = new LinearChain(model, 1, stream("7", "small steps"), start);
    while (Math.abs(chain.state.m(0)) < 0.5 - 1e-3) chain.step();
    // The chain's own linear interpolation: two states around the radius.
    let before = Math.abs(chain.state.m(0));
    for (;;) {
      chain.step();
      const now = Math.abs(chain.state.m(0));
      if (now >= 0.5) {
        return Math.abs((chain.steps - (now - 0.5) / (now - before)) * step / exit - 1);
      }
      before = now;
    }
  });
  assertAlmostEquals(slope(steps.map(Math.log), gaps.map(Math.log)), 1, 0.2);
  assertLess(gaps[3], 0.02);
});

Deno.test("erf: the mean of 64 chains, extrapolated to eta = 0, is the flow within 4 s.e.", () => {
  const student = activation("erf"), t = 24, start = { u: 0.1, a: [0.3] };
  const ends = [0.8, 0.4].map((step) => {
    const model = { student, d: 100, frozen: [0.5], batch: 1000, step };
    const chain = new SingleIndexChain(model, 64, stream("7", "extrapolation", step), start);
    chain.run(Math.round(t / step));
    return { u: summary(chain.state.u), m: summary(chain.state.a) };
  });
  const distance = (mu: number, key: "u" | "m") => {
    const [point] = new LoraFlow({ student, frozen: [mu], u0: 0.1, a0: [0.3] }).path([t]);
    const [coarse, fine] = ends.map((end) => end[key]);
    const limit = 2 * fine.mean - coarse.mean, se = Math.hypot(coarse.se, 2 * fine.se);
    return Math.abs(limit - point[key]) / se;
  };
  for (const key of ["u", "m"] as const) {
    assertLess(distance(0.5, key), 4, key);
    // Control: the flow of a neighbouring strength is found out.
    assertGreater(distance(0.45, key), 6, `${key}, control`);
  }
});

const PROBLEM = { student: activation("x"), frozen: [0.5], a0: [0.1] };

Deno.test("LoraFlow names shapes and starts that make no sense", () => {
  const open = (change: Partial<FlowProblem>) => () => new LoraFlow({ ...PROBLEM, ...change });
  const shape = "a0 and frozen must have the same length >= 1: current lengths are";
  assertThrows(open({ a0: [0.1, 0.2] }), TypeError, `${shape} 2 and 1`);
  assertThrows(open({ a0: [], frozen: [] }), TypeError, `${shape} 0 and 0`);
  for (const ratio of [NaN, 0, -1, Infinity]) {
    assertThrows(open({ ratio }), RangeError, "ratio must be a finite number > 0");
  }
  for (const bad of [NaN, Infinity, -Infinity]) {
    assertThrows(open({ u0: bad }), RangeError, `u0 must be finite: current value is ${bad}`);
    assertThrows(open({ a0: [bad] }), RangeError, `a0 must be finite: current value is ${bad}`);
    assertThrows(open({ frozen: [bad] }), RangeError, "frozen and a0 must be finite");
  }
  assertThrows(open({ a0: [1.2] }), RangeError, "|a0|^2 must lie in");
  assertThrows(open({ frozen: [0.5, 0.1], a0: [0.8, 0.8] }), RangeError, "current value is 1.28");
});

Deno.test("LoraFlow names times, radii, levels and limits that make no sense", () => {
  const flow = new LoraFlow(PROBLEM);
  for (const radius of [NaN, 0, 1, -0.5, Infinity]) {
    assertThrows(() => flow.exitTime(radius), RangeError, "radius must lie in (0, 1)");
  }
  for (const level of [NaN, 0, -1, Infinity]) {
    assertThrows(() => flow.timeToLoss(level), RangeError, "level must be a finite number > 0");
  }
  assertThrows(() => flow.path([2, 1]), RangeError, "times");
  assertThrows(() => flow.path([1, NaN]), RangeError, "current value is NaN");
  for (const limit of [NaN, -1, Infinity]) {
    assertThrows(() => flow.exitTime(0.5, limit), RangeError, `current value is ${limit}`);
  }
});

Deno.test("LoraFlow says why an integration did not get to its end", () => {
  const flow = new LoraFlow(PROBLEM);
  assertThrows(() => flow.path([100], { maxSteps: 3 }), Error, "maxSteps");
});

Deno.test("exitTime() says why an integration did not get to its end", () => {
  const flow = new LoraFlow(PROBLEM);
  assertThrows(() => flow.exitTime(0.5, 1e6, { maxSteps: 3 }), Error, "maxSteps");
});

Deno.test("scratchTime() and linearAdiabaticTime() name overlaps out of their range", () => {
  for (const bad of [NaN, 0, 1, -0.1, Infinity]) {
    assertThrows(() => scratchTime(3, bad, 0.5), RangeError, "m0 must lie in (0, 1)");
    assertThrows(() => linearAdiabaticTime(0.5, bad), RangeError, "m0 must lie in (0, 1)");
    assertThrows(() => linearAdiabaticTime(0.5, 0.1, bad), RangeError, "radius must lie in (0, 1)");
  }
  assertThrows(() => scratchTime(3, 0.5, 0.4), RangeError, "m1 must lie in (0.5, 1)");
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
  for (const k of [NaN, 0, 2.5]) {
    assertThrows(() => scratchTime(k, 0.1, 0.5), RangeError, "k must be an integer >= 1");
  }
});
