import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type Activation,
  activation,
  gaussianExpectation,
  hermite,
  hermiteCoefficient,
  informationExponent,
} from "lora-dynamics/gaussian/mod.ts";

const NAMES = [
  "x",
  "erf",
  "relu",
  "sigmoid",
  "tanh",
  "softplus",
  "h3",
  "h6",
  "He1",
  "He2",
  "He3",
  "He4",
  "He5",
  "He8",
];
const ALL = [...NAMES, ...NAMES.map((name) => `${name}^2`)].map(activation);
ALL.push(activation({ name: "own softplus", f: (x) => Math.log1p(Math.exp(x)) }));
ALL.push(
  ...[
    "0.2 + He1(z) - 0.5 He3(z)",
    "z * (1 + erf(z / sqrt(2))) / 2",
    "z > 0 ? z : 0.1 z",
    "max(z, 0, z - 1)",
    "exp(-z^2) * cos(3z) + cbrt(2 + z^2)",
    "abs(z)^1.5 * z",
    "log(1 + exp(2z)) - 0.3 sigmoid(z)",
    "1 / (1 + z^2)",
    "2^(-z^2) + atan(z)^3 - asinh(z) * sinh(z / 4)",
  ].map((text) => activation(text)),
);

/** Fourth-order central difference. */
const difference = (f: (x: number) => number, x: number, h = 1e-3) =>
  (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h);

Deno.test("loops over ReLU are max(x, 0) and its slope to the bit, at every kind of number", () => {
  const largest = Number.MAX_VALUE, least = Number.MIN_VALUE;
  const x = Float64Array.of(
    ...[0, -0, 1, -1, 1 / 3, -1 / 3, least, -least, 3 * least, largest, -largest],
    ...[0.7 * largest, Infinity, -Infinity, NaN],
  );
  const relu = activation("relu"), n = x.length;
  const [f, df, d2f, alone] = Array.from({ length: 4 }, () => new Float64Array(n).fill(7));
  relu.fillCurvatures(x, n, f, df, d2f);
  relu.fillValues(x, n, alone);
  for (const values of [f, alone]) assertEquals([...values], Array.from(x, (v) => Math.max(v, 0)));
  assertEquals([...df], Array.from(x, (v) => v > 0 ? 1 : 0));
  const slopes = x.slice();
  relu.fill(slopes, n, f, slopes);
  assertEquals([[...f], [...slopes]], [[...alone], [...df]]);
});

Deno.test("slopes and curvatures are the finite differences of values and slopes", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ALL),
      fc.double({ min: -3, max: 3, noNaN: true }),
      (a: Activation, x) => {
        fc.pre(a.kinks.every((b) => Math.abs(x - b) > 0.01));
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

Deno.test("what is known of an activation is true: odd, kinks, series", () => {
  for (const a of ALL) {
    const odd = [0.3, 1.1, 2.5].every((x) =>
      Math.abs(a.f(x) + a.f(-x)) < 1e-12 * (1 + Math.abs(a.f(x)))
    );
    assert(a.odd === undefined || a.odd === odd, a.name);
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

Deno.test("sigmoid keeps its relative accuracy in both tails", () => {
  const { f, df } = activation("sigmoid");
  assertAlmostEquals(f(-40) / Math.exp(-40), 1, 1e-15);
  assertAlmostEquals(df(40) / Math.exp(-40), 1, 1e-15);
  assertEquals([f(800), f(-800), df(800), df(-800)], [1, 0, 0, 0]);
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
    assertEquals(informationExponent(name), k, name);
  }
  assertEquals(informationExponent("1 + 0.1 He3(z) + He4(z)"), 3);
  assertEquals(informationExponent((x: number) => x ** 3 - 3 * x), 3);
  assertEquals(informationExponent("cos(z)"), 2);
  // E z σ(z) = 0: tanh without its linear part.
  const linear = hermiteCoefficient(Math.tanh, 1);
  assertEquals(informationExponent(`tanh(z) - ${linear} z`), 3);
  // As functions, of which nothing is known: coefficients are compared with √j! times the size.
  for (const k of [12, 20]) assertEquals(informationExponent((x: number) => hermite(k, x)), k);
  const weak = (share: number) => (x: number) => share * x + hermite(3, x);
  // The size of He3 is √6, so that a share of 2.45e-10 counts.
  assertEquals([3e-10, 2e-10].map((share) => informationExponent(weak(share))), [1, 3]);
  assertThrows(() => informationExponent("2"), RangeError, "degree 1 to 30");
});

Deno.test("a function without a name of its own is called by its text, not by the key it stands at", () => {
  const at = { student: (z: number) => Math.sin(z) };
  assertEquals(activation(at.student).name, "(z)=>Math.sin(z)");
  const swish = (z: number) => z / (1 + Math.exp(-z));
  assertEquals([activation(swish).name, activation({ f: swish, name: "mine" }).name], [
    "swish",
    "mine",
  ]);
});
