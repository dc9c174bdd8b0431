import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { slope } from "lora-dynamics/experiment/mod.ts";
import {
  activation,
  gaussianExpectation,
  hermiteCoefficient,
  pairMoments,
} from "lora-dynamics/gaussian/mod.ts";
import {
  criticalStrengths,
  fastestStrength,
  growthPerStep,
  growthRate,
  hermiteBias,
  hermiteSearchMatrix,
  LoraFlow,
  misalignedSearchMatrix,
  populationLoss,
  searchMatrix,
  searchTime,
  seriesSearchMatrix,
  stepScale,
  strongPretraining,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import golden from "../../golden/pre-training-hurts.json" with { type: "json" };

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
          const y = new Float64Array(2), dy = new Float64Array(2);
          y[j] = x;
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

Deno.test("seriesSearchMatrix() is exact from the degree of the target on", () => {
  for (const k of [2, 3, 5]) {
    for (const mu of [0.3, 0.7]) {
      const exact = hermiteSearchMatrix(mu, k);
      for (const order of [k, k + 3, 16]) {
        const series = seriesSearchMatrix(mu, activation(`He${k}`), { order });
        assertClose(series.A, exact.A, 1e-12, `A, k = ${k}, order ${order}`);
        assertClose(series.B, exact.B, 1e-12, `B, k = ${k}, order ${order}`);
      }
      const short = seriesSearchMatrix(mu, activation(`He${k}`), { order: k - 1 });
      assertGreater(Math.abs(short.A - exact.A), 1e-3);
    }
  }
});

Deno.test("seriesSearchMatrix() converges geometrically for erf, also with another teacher", () => {
  const mu = 0.5, erf = activation("erf");
  for (const teacher of [erf, activation("sigmoid")]) {
    const exact = searchMatrix(mu, erf, teacher);
    const error = (order: number) => {
      const { A, B } = seriesSearchMatrix(mu, erf, { teacher, order });
      return Math.abs(A - exact.A) + Math.abs(B - exact.B);
    };
    const orders = [4, 8, 12, 16, 20];
    const errors = orders.map(error);
    for (let i = 1; i < errors.length; i++) assertLess(errors[i], 0.25 * errors[i - 1]);
    assertLess(error(40), 1e-9);
  }
});

Deno.test("seriesSearchMatrix() of ReLU has the reference's truncations, with and without j = 0", () => {
  const { mu, exact, withoutConstantTerm16, order16, order40, order80 } = golden.reluSeries;
  const relu = activation("relu");
  const tau = (order: number, constantTerm = true) =>
    searchTime(seriesSearchMatrix(mu, relu, { order, constantTerm }));
  assertClose(searchTime(searchMatrix(mu, relu)), exact, 1e-13, "exact");
  assertClose(tau(16), order16, 1e-11, "order 16");
  assertClose(tau(40), order40, 1e-11, "order 40");
  assertClose(tau(80), order80, 1e-11, "order 80");
  assertClose(tau(16, false), withoutConstantTerm16, 1e-11, "without j = 0");
});

Deno.test("seriesSearchMatrix() needs its j = 0 term exactly where target and slope have means", () => {
  const difference = (name: string, teacher = name) => {
    const options = { teacher: activation(teacher), order: 16 };
    const all = seriesSearchMatrix(0.5, activation(name), options);
    const cut = seriesSearchMatrix(0.5, activation(name), { ...options, constantTerm: false });
    assertEquals(all.A, cut.A);
    return Math.abs(all.B - cut.B);
  };
  for (const name of ["x", "erf", "sigmoid", "He2", "He3"]) assertLess(difference(name), 1e-13);
  assertGreater(difference("relu"), 0.1);
  assertGreater(difference("He2", "He2^2"), 0.1);
  assertGreater(difference("He4", "He4^2"), 0.01);
});

Deno.test("growthRate() is the largest eigenvalue of [[B, A], [ratio A, 0]]", () => {
  const entry = fc.double({ min: -10, max: 10, noNaN: true });
  const ratio = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(entry, entry, ratio, (A, B, zeta) => {
      const size = B * B + zeta * A * A;
      fc.pre(size > 1e-280);
      const rate = growthRate({ A, B }, zeta);
      assertAlmostEquals(rate * rate - B * rate - zeta * A * A, 0, 1e-13 * size);
      assert(rate >= Math.max(0, B) * (1 - 1e-14));
    }),
    { seed: 7 },
  );
});

Deno.test("growthRate() keeps its relative accuracy when A is tiny and B negative", () => {
  // λ₊ = A²/|B| − A⁴/|B|³ + …; the textbook formula gives 0 here.
  assertClose(growthRate({ A: 1e-9, B: -1 }), 1e-18, 1e-15, "A = 1e-9");
  assertEquals((-1 + Math.sqrt(1 + 4e-18)) / 2, 0);
  assertClose(growthRate({ A: 1e-9, B: 1 }), 1, 1e-15, "B > 0");
});

Deno.test("growthRate() is 0, searchTime() infinite, when A and B vanish", () => {
  assertEquals(growthRate({ A: 0, B: 0 }), 0);
  assertEquals(growthRate({ A: 1e-170, B: 0 }), 1e-170);
  assertEquals(searchTime({ A: 0, B: 0 }), Infinity);
});

Deno.test("searchTime() is infinite on a flat ray and even in A", () => {
  assertEquals(searchTime({ A: 0, B: -1 }), Infinity);
  assertEquals(searchTime({ A: 0, B: 0.5 }), 2);
  assertEquals(searchTime({ A: -0.2, B: -1 }), searchTime({ A: 0.2, B: -1 }));
});

Deno.test("growthPerStep() is step times rate for equal steps and has the predicted ratios", () => {
  const matrix = searchMatrix(0.9, activation("x"));
  assertClose(growthPerStep(matrix, 0.1, 0.1), 0.1 * growthRate(matrix), 1e-15, "equal");
  const growth = (u: number, omega: number) => Math.log1p(growthPerStep(matrix, u, omega));
  for (const { stepU, stepOmega, ratio } of golden.stepRatios) {
    const found = growth(0.1, 0.1) / growth(stepU, stepOmega);
    assertClose(found, ratio, 1e-12, `${stepU} / ${stepOmega}`);
  }
});

Deno.test("growthPerStep() forgets the step of u as mu -> 1, at the rate (1 - mu)^2", () => {
  const gaps = [0.1, 0.05, 0.025, 0.0125].map((eps) => {
    const matrix = searchMatrix(1 - eps, activation("x"));
    return Math.abs(growthPerStep(matrix, 1, 0.1) / growthPerStep(matrix, 0.1, 0.1) - 1);
  });
  const order = slope([0, 1, 2, 3].map((i) => -i * Math.LN2), gaps.map(Math.log));
  assertAlmostEquals(order, 2, 0.2);
});

Deno.test("criticalStrengths() finds the reference's roots and no others, He2 to He14", () => {
  for (const { k, roots } of golden.criticalStrengths) {
    const found = criticalStrengths((mu) => hermiteSearchMatrix(mu, k).A);
    assertEquals(found.length, roots.length, `k = ${k}`);
    // Roots are as good as A divided by its slope.
    roots.forEach((root, i) => assertAlmostEquals(found[i], root, 1e-12, `k = ${k}`));
  }
});

Deno.test("criticalStrengths() of He3 is the root of 5s^3 + 5s^2 + s - 1", () => {
  const [root] = criticalStrengths((mu) => hermiteSearchMatrix(mu, 3).A);
  assertAlmostEquals(5 * root ** 3 + 5 * root ** 2 + root - 1, 0, 1e-14);
});

Deno.test("criticalStrengths() are stationary points of the loss: a loss with none has no root", () => {
  for (const name of ["x", "erf", "relu", "sigmoid"]) {
    assertEquals(criticalStrengths((mu) => searchMatrix(mu, activation(name)).A), []);
  }
});

Deno.test("fastestStrength() finds the reference's optima", () => {
  for (const { k, mu, tau } of golden.fastest) {
    const found = fastestStrength((mu) => hermiteSearchMatrix(mu, k));
    // At a minimum tau is flat: mu is known to the root of the rounding.
    assertAlmostEquals(found.mu, mu, 1e-6, `k = ${k}`);
    assertClose(found.tau, tau, 1e-12, `k = ${k}`);
  }
});

Deno.test("fastestStrength() is a minimum above the trap, stronger for harder targets", () => {
  let before = 0;
  for (const k of [2, 3, 4, 5, 7]) {
    const { mu, tau } = fastestStrength((mu) => hermiteSearchMatrix(mu, k));
    assertGreater(mu, before);
    before = mu;
    for (const away of [mu - 0.01, mu + 0.01]) {
      assertGreater(searchTime(hermiteSearchMatrix(away, k)), tau);
    }
  }
});

Deno.test("strongPretraining() has the reference's constants and the closed ones", () => {
  for (const { student, kappa, kappaZ, constant } of golden.strong) {
    const found = strongPretraining(activation(student));
    assertClose(found.kappa, kappa, 1e-13, student);
    assertClose(found.kappaZ, kappaZ, 1e-13, student);
    assertClose(found.constant, constant, 1e-13, student);
  }
  const erf = strongPretraining(activation("erf"));
  assertClose(erf.kappa, 4 / (Math.PI * Math.sqrt(5)), 1e-14, "kappa of erf");
  assertClose(erf.kappaZ, 4 / (Math.PI * 5 ** 1.5), 1e-14, "kappa_z of erf");
  for (let k = 1; k <= 8; k++) {
    const { kappa, kappaZ } = strongPretraining(activation(`He${k}`));
    assertClose(kappa, 1, 1e-13, `kappa of He${k}`);
    assertClose(kappaZ, 2 * k - 1, 1e-13, `kappa_z of He${k}`);
  }
});

Deno.test("strongPretraining() gives curvatures of the loss: kappa_z along the target, kappa across", () => {
  for (const name of ["erf", "sigmoid", "He3"]) {
    const sigma = activation(name), moments = pairMoments(sigma, sigma), h = 1e-3;
    const loss = (r: number, q: number) =>
      (moments.self(r) / 2 - moments.cross(r, q) + moments.target / 2) / stepScale(sigma);
    const along = (s: number) => loss(s * s, s), across = (s: number) => loss(1 + s * s, 1);
    const second = (f: (s: number) => number, x: number) =>
      (16 * (f(x + h) + f(x - h)) - (f(x + 2 * h) + f(x - 2 * h)) - 30 * f(x)) / (12 * h * h);
    const { kappa, kappaZ } = strongPretraining(sigma);
    assertClose(second(along, 1), kappaZ, 1e-6, `${name} along`);
    assertClose(second(across, 0), kappa, 1e-6, `${name} across`);
  }
});

Deno.test("(1 - mu)^2 tau has the reference's value at mu = 0.999", () => {
  for (const { student, scaledTau } of golden.strong) {
    const tau = searchTime(searchMatrix(0.999, activation(student)));
    // A = κ_z(1 − μ) is 1e-3 of the integrands; tau goes as A⁻².
    assertClose(1e-6 * tau, scaledTau, 1e-10, student);
  }
});

Deno.test("(1 - mu)^2 tau tends to kappa/kappa_z^2 at its order in 1 - mu", () => {
  // x, ReLU, He2: the linear correction vanishes.
  const orders: Record<string, number> = { x: 2, relu: 2, erf: 1, sigmoid: 1, He3: 1, He4: 1 };
  for (const [name, order] of Object.entries(orders)) {
    const student = activation(name), { constant } = strongPretraining(student);
    const eps = [0.02, 0.01, 0.005, 0.0025];
    const gaps = eps.map((e) =>
      Math.abs(e * e * searchTime(searchMatrix(1 - e, student)) / constant - 1)
    );
    assertAlmostEquals(slope(eps.map(Math.log), gaps.map(Math.log)), order, 0.2, name);
  }
});

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

Deno.test("hermiteBias() is |E He_k(sqrt(r) z)|/sqrt(k!) and vanishes only at r = 1", () => {
  for (const k of [2, 4, 8]) {
    const sigma = activation(`He${k}`);
    let norm = 1;
    for (let j = 1; j <= k; j++) norm *= Math.sqrt(j);
    for (const r of [0.01, 0.5, 1, 2]) {
      const mean = hermiteCoefficient((z) => sigma.f(Math.sqrt(r) * z), 0) / norm;
      assertAlmostEquals(
        hermiteBias(k, r),
        Math.abs(mean),
        1e-12 * (1 + r ** (k / 2)),
        `${k} ${r}`,
      );
    }
    assertEquals(hermiteBias(k, 1), 0);
    assertGreater(hermiteBias(k, 0.999), 0);
  }
});

const BAD = [NaN, Infinity, -Infinity, 0, -0.5, 1, 1.5];

Deno.test("search theory names the strength that is out of (0, 1)", () => {
  const x = activation("x");
  for (const mu of BAD) {
    for (
      const compute of [
        () => searchMatrix(mu, x),
        () => hermiteSearchMatrix(mu, 3),
        () => seriesSearchMatrix(mu, x),
      ]
    ) assertThrows(compute, RangeError, `mu must lie in (0, 1): current value is ${mu}`);
  }
  const text = "0.5" as unknown as number;
  assertThrows(() => searchMatrix(text, x), TypeError, 'current value is "0.5"');
});

Deno.test("search theory names degrees, orders and ratios that make no sense", () => {
  const matrix = { A: 0.5, B: -1 };
  for (const k of [NaN, 0, -1, 2.5, 31, Infinity]) {
    assertThrows(
      () => hermiteSearchMatrix(0.5, k),
      RangeError,
      `k must be an integer from 1 to 30`,
    );
  }
  for (const order of [NaN, -1, 0.5, 121, Infinity]) {
    const sum = () => seriesSearchMatrix(0.5, activation("x"), { order });
    assertThrows(sum, RangeError, "order must be an integer from 0 to 120");
  }
  for (const ratio of [NaN, 0, -1, Infinity]) {
    for (const compute of [growthRate, searchTime]) {
      assertThrows(
        () => compute(matrix, ratio),
        RangeError,
        `ratio must be a finite number > 0: current value is ${ratio}`,
      );
    }
  }
  for (const k of [1, 3, 0, NaN]) {
    assertThrows(() => hermiteBias(k, 0.5), RangeError, "k/2 must be an integer from 1 to 30");
  }
  for (const r of [NaN, 0, -1, Infinity]) {
    const wanted = "r must be a finite number > 0";
    assertThrows(() => hermiteBias(2, r), RangeError, wanted);
    assertThrows(() => misalignedSearchMatrix(r, 0.1, activation("x")), RangeError, wanted);
  }
  assertThrows(
    () => misalignedSearchMatrix(0.25, 0.6, activation("x")),
    RangeError,
    "q^2/r must lie in",
  );
});
