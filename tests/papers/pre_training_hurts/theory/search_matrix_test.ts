import { assertAlmostEquals } from "@std/assert";
import fc from "fast-check";
import { activation, gaussianExpectation, pairMoments } from "lora-dynamics/gaussian/mod.ts";
import {
  hermiteSearchMatrix,
  LoraFlow,
  populationLoss,
  searchMatrix,
  searchTime,
  stepScale,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import golden from "../../../golden/pre-training-hurts.json" with { type: "json" };

const NAMES = ["x", "erf", "relu", "sigmoid", "He2", "He3", "He4", "He5"];

/** `|x − y| ≤ rel·|y|`, with a message that says where. */
function assertClose(x: number, y: number, rel: number, where: string): void {
  assertAlmostEquals(x, y, rel * Math.abs(y), where);
}

/** Derivative by the five-point rule, error O(h⁴). */
function derivative(f: (x: number) => number, x: number, h: number): number {
  return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h);
}

for (const name of new Set(golden.search.map((row) => row.student))) {
  Deno.test(`searchMatrix() and searchTime() have the reference's A, B and tau: ${name}`, () => {
    for (const { mu, A, B, tau } of golden.search.filter((row) => row.student === name)) {
      const matrix = searchMatrix(mu, activation(name));
      // Errors of both quadratures are absolute; A and B of He_k cancel down from numbers of order 1.
      assertAlmostEquals(matrix.A, A, 5e-14, `A at ${mu}`);
      assertAlmostEquals(matrix.B, B, 5e-14, `B at ${mu}`);
      // Near a trap tau = |B|/A² magnifies them by tau/|A|.
      const amplified = 2e-13 / Math.abs(A);
      assertClose(searchTime(matrix), tau, Math.max(1e-12, amplified), `tau at ${mu}`);
    }
  });
}

Deno.test("searchMatrix() is minus the slope of the loss along the ray and its curvature across", () => {
  for (const name of NAMES) {
    const sigma = activation(name), moments = pairMoments(sigma, sigma);
    for (const mu of [0.2, 0.5, 0.8]) {
      const { A, B } = searchMatrix(mu, sigma);
      const ray = (s: number) => populationLoss(moments, s * s, s) / stepScale(sigma);
      const across = (r: number) => populationLoss(moments, r, mu) / stepScale(sigma);
      assertAlmostEquals(A, -derivative(ray, mu, 1e-3), 1e-9, `A of ${name} at ${mu}`);
      // r = μ² is the edge of r ≥ q²: extrapolate one-sided differences in √(r − μ²).
      const oneSided = (h: number) => (across(mu * mu + h) - across(mu * mu)) / h;
      const order = name === "relu" ? 0.5 : 1;
      const h = 1e-5, ratio = 2 ** order;
      const limit = (ratio * oneSided(h / 2) - oneSided(h)) / (ratio - 1);
      assertAlmostEquals(B, -2 * limit, 1e-4, `B of ${name} at ${mu}`);
    }
  }
});

Deno.test("searchMatrix() is the Jacobian of the flow at u = m = 0, with any ratio", () => {
  for (const name of [...NAMES, "He6", "He7"]) {
    for (const ratio of [1, 3]) {
      const student = activation(name), mu = 0.4;
      const { A, B } = searchMatrix(mu, student);
      const flow = new LoraFlow({ student, frozen: [mu], a0: [0], u0: 0, ratio });
      // The flow of ReLU has |u| in it: its differences are first order.
      const h = name === "relu" ? 1e-7 : 1e-4;
      const column = (j: number) => {
        const at = (x: number) => {
          const y = Float64Array.of(0, 0, 1), dy = new Float64Array(3);
          y[j] = x;
          y[2] = Math.sqrt(1 - y[1] ** 2);
          flow.rhs(0, y, dy);
          return dy;
        };
        const right = at(h), left = at(-h);
        return [0, 1].map((i) => (right[i] - left[i]) / (2 * h));
      };
      const [uu, mu_] = column(0), [um, mm] = column(1);
      const tolerance = name === "relu" ? 1e-6 : 1e-7;
      assertAlmostEquals(uu, B, tolerance, `${name} du'/du`);
      assertAlmostEquals(um, A, tolerance, `${name} du'/dm`);
      assertAlmostEquals(mu_, ratio * A, tolerance, `${name} dm'/du`);
      assertAlmostEquals(mm, 0, tolerance, `${name} dm'/dm`);
    }
  }
});

Deno.test("searchMatrix() of the teacher x^2 and of ReLU has its closed forms", () => {
  for (const mu of [0.05, 0.3, 0.9]) {
    const linear = searchMatrix(mu, activation("x"), activation("x^2"));
    assertAlmostEquals(linear.A, -mu, 1e-13);
    assertAlmostEquals(linear.B, -1, 1e-12);
    const relu = searchMatrix(mu, activation("relu"));
    assertAlmostEquals(relu.A, (1 - mu) / 2, 1e-14);
    assertAlmostEquals(relu.B, -1 / 2, 1e-13);
    const x = searchTime(searchMatrix(mu, activation("x")));
    assertClose(searchTime(relu), 2 * x, 1e-12, "tau of ReLU is twice the linear one");
  }
});

Deno.test("searchMatrix() treats an odd student on its square like labels 0", () => {
  const zero = activation("0");
  for (const name of ["He3", "erf"]) {
    const squared = searchMatrix(0.3, activation(name), activation(`${name}^2`));
    const none = searchMatrix(0.3, activation(name), zero);
    assertAlmostEquals(squared.A, none.A, 1e-13);
    assertAlmostEquals(squared.B, none.B, 1e-13);
  }
});

Deno.test("searchMatrix() needs no second derivative: a custom tanh agrees with formula (3)", () => {
  const tanh = activation({ name: "tanh", f: Math.tanh });
  const d1 = (x: number) => 1 - Math.tanh(x) ** 2;
  const d2 = (x: number) => -2 * Math.tanh(x) * d1(x);
  for (const mu of [0.2, 0.7]) {
    const { A, B } = searchMatrix(mu, tanh);
    const residual = (z: number) => Math.tanh(mu * z) - Math.tanh(z);
    assertAlmostEquals(A, gaussianExpectation((z) => -residual(z) * d1(mu * z) * z), 1e-11);
    const wanted = -gaussianExpectation((z) => d1(mu * z) ** 2 + residual(z) * d2(mu * z));
    assertAlmostEquals(B, wanted, 1e-10);
  }
});

Deno.test("hermiteSearchMatrix() equals the integrals for every degree up to 7 and every mu", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (k, mu) => {
        const closed = hermiteSearchMatrix(mu, k),
          integral = searchMatrix(mu, activation(`He${k}`));
        assertAlmostEquals(closed.A, integral.A, 1e-13);
        // B divides a difference of integrals by μ.
        assertAlmostEquals(closed.B, integral.B, 1e-13 / mu);
      },
    ),
    { seed: 7, numRuns: 100 },
  );
});

Deno.test("hermiteSearchMatrix() has A = 3 mu (1 - mu^2)/2, B = (1 - 3 mu^2)/2 for He2", () => {
  for (const mu of [0.1, 0.5, 0.99]) {
    const { A, B } = hermiteSearchMatrix(mu, 2);
    assertAlmostEquals(A, 1.5 * mu * (1 - mu * mu), 1e-15);
    assertAlmostEquals(B, (1 - 3 * mu * mu) / 2, 1e-15);
  }
});

Deno.test("hermiteSearchMatrix() is minus a ninth of 9s(s-1)(5s^3+5s^2+s-1)/2 for He3", () => {
  for (const s of [0.1, 0.3207243473, 0.6, 0.95]) {
    const slopeOfLoss = 9 * s * (s - 1) * (5 * s ** 3 + 5 * s ** 2 + s - 1);
    assertAlmostEquals(hermiteSearchMatrix(s, 3).A, -slopeOfLoss / 18, 1e-14);
  }
});

Deno.test("searchMatrix() holds beyond the target, on the other side of the origin, and at tiny strengths", () => {
  for (const name of ["erf", "sigmoid", "He2", "He3", "tanh(z)"]) {
    const sigma = activation(name), moments = pairMoments(sigma, sigma);
    // The Stein form by the moments of a pair, which does not divide by μ for smooth activations.
    const expected = (mu: number) => {
      const r = mu * mu, radial = moments.selfDr(r) - 2 * moments.crossDr(r, mu);
      const scale = stepScale(sigma);
      return { A: (moments.crossDq(r, mu) - mu * radial) / scale, B: -radial / scale };
    };
    for (const mu of [1.7, -0.6, 0.124, 0.126, 1e-3, 1e-8, 0]) {
      const { A, B } = searchMatrix(mu, name), wanted = expected(mu);
      const size = 1 + Math.abs(mu) ** 6 * 30;
      assertAlmostEquals(A, wanted.A, 1e-13 * size, `A of ${name} at ${mu}`);
      assertAlmostEquals(B, wanted.B, 2e-12 * size, `B of ${name} at ${mu}`);
    }
  }
});

Deno.test("searchMatrix() counts the point masses of kinks below mu = 1/8 as above", () => {
  // A leaky ReLU on a shifted teacher: E[(σ(μz) − σ⋆(z)) δ(μz)] does not vanish.
  const student = activation("z > 0 ? z : 0.2 z"), teacher = activation("relu(z - 0.3) + 0.5");
  for (const mu of [0.01, 0.1]) {
    const { A, B } = searchMatrix(mu, student, teacher);
    const cross = gaussianExpectation(
      (z) => teacher.df(z) * student.df(mu * z),
      { breakpoints: [0, 0.3] },
    );
    assertAlmostEquals(B, (A - cross) / mu, 1e-13 / mu);
  }
});

Deno.test("searchMatrix() is exact to rounding at the target, where the residual is rounding alone", () => {
  for (const name of ["erf", "He3", "z > 0 ? z : 0.3 z"]) {
    assertAlmostEquals(searchMatrix(1, name).A, 0, 1e-15);
    const near = searchMatrix(1 - 1e-7, name).A;
    // Second derivative of the ray, κ_z.
    const { df, kinks } = activation(name);
    const kappaZ = gaussianExpectation((z) => (z * df(z)) ** 2, { breakpoints: kinks }) /
      stepScale(name);
    assertAlmostEquals(near / 1e-7, kappaZ, 1e-5 * kappaZ);
  }
});
