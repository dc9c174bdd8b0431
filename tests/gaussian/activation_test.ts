import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type Activation,
  activation,
  customActivation,
  gaussianExpectation,
  hermiteCoefficient,
  hermiteSeries,
  informationExponent,
} from "lora-dynamics/gaussian/mod.ts";

const NAMES = ["x", "erf", "relu", "sigmoid", "He1", "He2", "He3", "He4", "He5", "He8"];
const ALL = [...NAMES, ...NAMES.map((name) => `${name}^2`)].map(activation);
ALL.push(hermiteSeries([0.2, 1, 0, -0.5]));
ALL.push(customActivation({ name: "softplus", f: (x) => Math.log1p(Math.exp(x)) }));

/** Fourth-order central difference. */
const difference = (f: (x: number) => number, x: number, h = 1e-3) =>
  (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h);

Deno.test("slopes and curvatures are the finite differences of values and slopes", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ALL),
      fc.double({ min: -3, max: 3, noNaN: true }),
      (a: Activation, x) => {
        fc.pre(a.breakpoints.every((b) => Math.abs(x - b) > 0.01));
        const size = 1 + Math.abs(a.f(x)) + Math.abs(a.df(x)) + Math.abs(a.d2f(x));
        assertAlmostEquals(a.df(x), difference(a.f, x), 1e-7 * size, `${a.name}′(${x})`);
        assertAlmostEquals(a.d2f(x), difference(a.df, x), 1e-7 * size, `${a.name}″(${x})`);
      },
    ),
    { seed: 7, numRuns: 1000 },
  );
});

Deno.test("fill, fillValues and fillCurvatures agree with f, df and d2f and stop at n", () => {
  const x = Float64Array.from([-3.1, -1, -1e-9, 0, 0.4, 1.7, 2.9, 99]);
  const n = x.length - 1;
  for (const a of ALL) {
    const arrays = [0, 1, 2, 3, 4, 5].map(() => new Float64Array(x.length).fill(-7));
    const [v, f, df, f2, df2, d2f] = arrays;
    a.fillValues(x, n, v);
    a.fill(x, n, f, df);
    a.fillCurvatures(x, n, f2, df2, d2f);
    for (let i = 0; i < n; i++) {
      const tolerance = 1e-14 * (1 + Math.abs(a.f(x[i])) + Math.abs(a.df(x[i]))) * 20;
      for (const got of [v[i], f[i], f2[i]]) assertAlmostEquals(got, a.f(x[i]), tolerance, a.name);
      for (const got of [df[i], df2[i]]) assertAlmostEquals(got, a.df(x[i]), tolerance, a.name);
      assertAlmostEquals(d2f[i], a.d2f(x[i]), tolerance * 20, a.name);
    }
    for (const array of arrays) assertEquals(array[n], -7, `${a.name} wrote beyond n`);
  }
});

Deno.test("flags tell the truth: odd, zeroMean, smooth, series", () => {
  for (const a of ALL) {
    const mean = gaussianExpectation(a.f, { breakpoints: a.breakpoints });
    assertEquals(a.zeroMean, Math.abs(mean) < 1e-12, `${a.name} has mean ${mean}`);
    assertEquals(
      a.odd,
      [0.3, 1.1, 2.5].every((x) => Math.abs(a.f(x) + a.f(-x)) < 1e-12 * (1 + Math.abs(a.f(x)))),
      a.name,
    );
    assertEquals(a.smooth, a.breakpoints.length === 0);
    a.series?.forEach((c, j) => {
      let norm = 1;
      for (let i = 2; i <= j; i++) norm *= i;
      if (j <= 8) {
        const scale = Math.sqrt(norm * gaussianExpectation((z) => a.f(z) ** 2)) + norm;
        assertAlmostEquals(hermiteCoefficient(a.f, j), c * norm, 1e-12 * scale, `${a.name}, ${j}`);
      }
    });
  }
});

Deno.test("erf is erf(x), whose κ is 4/(π√5) as in the paper, not erf(x/√2)", () => {
  const { df } = activation("erf");
  const kappa = gaussianExpectation((z) => df(z) ** 2);
  assertAlmostEquals(kappa, 4 / (Math.PI * Math.sqrt(5)), 1e-14);
  assertAlmostEquals(
    gaussianExpectation((z) => z * z * df(z) ** 2),
    4 / (Math.PI * 5 ** 1.5),
    1e-14,
  );
  const other = gaussianExpectation((z) => 2 / Math.PI * Math.exp(-z * z));
  assert(Math.abs(other - kappa) > 0.1, "the other convention must be told apart");
});

Deno.test("gradientScale is k·k! for He_k and 1 otherwise", () => {
  assertEquals([1, 2, 3, 5].map((k) => activation(`He${k}`).gradientScale), [1, 4, 18, 600]);
  for (const name of ["x", "erf", "relu", "sigmoid", "He3^2"]) {
    assertEquals(activation(name).gradientScale, 1);
  }
});

Deno.test("sigmoid keeps its relative accuracy in both tails", () => {
  const { f, df } = activation("sigmoid");
  assertAlmostEquals(f(-40) / Math.exp(-40), 1, 1e-15);
  assertAlmostEquals(df(40) / Math.exp(-40), 1, 1e-15);
  assertEquals([f(800), f(-800), df(800), df(-800)], [1, 0, 0, 0]);
});

Deno.test("activation() returns the same object for a name and refuses others with the list", () => {
  assert(activation("He3^2") === activation("He3^2"));
  for (const name of ["", "tanh", "He0", "He31", "He03", "he3", "x^3", "erf^2^2", "^2", "RELU"]) {
    assertThrows(() => activation(name), RangeError, "x, erf, relu, sigmoid, He1 to He30");
  }
  // deno-lint-ignore no-explicit-any -- what a notebook cell may pass
  for (const name of [undefined, null, 3, {}] as any[]) {
    assertThrows(() => activation(name), TypeError, "name must be a string");
  }
});

Deno.test("informationExponent() finds the first Hermite coefficient", () => {
  const expected: Record<string, number> = {
    "x": 1,
    "erf": 1,
    "relu": 1,
    "sigmoid": 1,
    "He2": 2,
    "He7": 7,
    "He30": 30,
    "x^2": 2,
    "erf^2": 2,
    "relu^2": 1,
    "He3^2": 2,
  };
  for (const [name, k] of Object.entries(expected)) {
    assertEquals(informationExponent(activation(name)), k, name);
  }
  assertEquals(informationExponent(hermiteSeries([1, 0, 0, 0.1, 1])), 3);
  const x3 = customActivation({ name: "x³ − 3x", f: (x) => x ** 3 - 3 * x });
  assertEquals(informationExponent(x3), 3);
  assertThrows(() => informationExponent(hermiteSeries([2])), RangeError, "degree 1 to 30");
});

Deno.test("customActivation() differentiates numerically, also beside a kink", () => {
  const elu = (x: number) => (x > 0 ? x : Math.expm1(x));
  const a = customActivation({ name: "elu", f: elu, breakpoints: [0] });
  for (const x of [-2, -0.3, -0.01, -1e-4, -1e-9]) {
    assertAlmostEquals(a.df(x), Math.exp(x), 2e-9, `${x}`);
    assertAlmostEquals(a.d2f(x), Math.exp(x), 2e-5, `${x}`);
  }
  for (const x of [1e-9, 1e-4, 0.01, 0.3, 2]) {
    assertAlmostEquals(a.df(x), 1, 1e-9);
    assertAlmostEquals(a.d2f(x), 0, 1e-6);
  }
  const steep = customActivation({ name: "tanh 20x", f: (x) => Math.tanh(20 * x) });
  assertAlmostEquals(steep.df(0.03), 20 / Math.cosh(0.6) ** 2, 1e-8);
  const cubic = customActivation({ name: "x³", f: (x) => x ** 3, df: (x) => 3 * x * x });
  assertAlmostEquals(cubic.d2f(0.7), 4.2, 1e-11);
});

Deno.test("customActivation() refuses what it cannot use", () => {
  // deno-lint-ignore no-explicit-any -- what a notebook cell may pass
  const build = (definition: any) => () => customActivation(definition);
  assertThrows(build({ name: 1, f: Math.tanh }), TypeError, "name must be a string");
  assertThrows(build({ name: "a" }), TypeError, "f must be a function");
  assertThrows(build({ name: "a", f: Math.tanh, df: 1 }), TypeError, "df must be a function");
  assertThrows(build({ name: "a", f: Math.sign }), RangeError, "continuous at 0");
  assertThrows(build({ name: "a", f: () => NaN }), RangeError, "finite");
  assertThrows(build({ name: "a", f: Math.abs, breakpoints: [1, 0] }), RangeError, "greater");
  assertThrows(() => hermiteSeries([1, NaN]), RangeError, "coefficients[1]");
  assertThrows(() => hermiteSeries([]), TypeError, "non-empty");
});
