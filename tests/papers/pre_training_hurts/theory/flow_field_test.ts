import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import fc from "fast-check";
import { summary } from "lora-dynamics/experiment/mod.ts";
import { activation, pairMoments } from "lora-dynamics/gaussian/mod.ts";
import {
  type FlowProblem,
  LoraFlow,
  populationLoss,
  stepScale,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const SHARP = { rtol: 1e-12 };

/** Value of the right-hand side. */
function field(flow: LoraFlow, y: ArrayLike<number>): Float64Array {
  const dy = new Float64Array(y.length);
  flow.rhs(0, Float64Array.from(y), dy);
  return dy;
}

type Problem = Omit<FlowProblem, "a0">;

/** `L` at a state `[u, a…, h]` of the flow. */
function lossAt({ student, teacher = student, frozen }: Problem, y: number[]): number {
  const [u, ...omega] = y, w0 = [...frozen, 0];
  const r = omega.reduce((sum, x, j) => sum + (w0[j] + u * x) ** 2, 0);
  const moments = pairMoments(student, teacher);
  return populationLoss(moments, r, frozen[0] + u * omega[0]) / stepScale(student);
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
      const length = sphere ? Math.hypot(...y.slice(1)) : 1;
      for (let j = 1; j < y.length; j++) y[j] /= length;
      y[0] += 0.5;
      const slopes = gradient((z) => lossAt(problem, z), y);
      const radial = slopes.slice(1).reduce((sum, g, j) => sum + g * y[j + 1], 0);
      const dy = field(flow, y);
      // The tensor quadrature of erf on sigmoid is good to 1e-14 in L: 1e-11 in its differences.
      assertAlmostEquals(dy[0], -slopes[0], 1e-8, "u");
      for (let j = 1; j <= p + 1; j++) {
        const along = sphere ? y[j] * radial : 0;
        assertAlmostEquals(dy[j], -ratio * (slopes[j] - along), 1e-8, `coordinate ${j}`);
      }
    }
  });
}

Deno.test("the flow of the linear target is u' = -u + (1 - mu) m, m' = (1 - mu) u (1 - m^2)", () => {
  const flow = new LoraFlow({ student: activation("x"), frozen: [0.3], a0: [0.1] });
  const unit = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(unit, unit, (u, m) => {
      const [du, dm] = field(flow, [u, m, Math.sqrt(1 - m * m)]);
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
