/** Moments of steep, oscillating and growing activations: right to 1e-10, or refused. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  activation,
  gaussianExpectation,
  gaussianQuadrature,
  informationExponent,
  pairMoments,
} from "lora-dynamics/gaussian/mod.ts";

/** `E sin(wλ) sin(wλ⋆)` and the same of cos, from the characteristic function. */
function wave(kind: "sin" | "cos", w: number, r: number, q: number): number {
  const near = Math.exp(-w * w * (r + 1 - 2 * q) / 2);
  const far = Math.exp(-w * w * (r + 1 + 2 * q) / 2);
  return kind === "sin" ? (near - far) / 2 : (near + far) / 2;
}

for (const w of [1, 5.5, 8, 9, 10, 12, 17.6, 25.13, 53.6, 70]) {
  for (const kind of ["sin", "cos"] as const) {
    Deno.test(`${kind}(${w}z): self, target and cross are those of the characteristic function`, () => {
      const m = pairMoments(`${kind}(${w} z)`, `${kind}(${w} z)`);
      assertAlmostEquals(m.target, wave(kind, w, 1, 1), 1e-12);
      for (const r of [0.001, 0.3, 1, 1.7]) {
        const sign = kind === "sin" ? -1 : 1;
        assertAlmostEquals(m.self(r), (1 + sign * Math.exp(-2 * w * w * r)) / 2, 1e-12, `${r}`);
      }
      const points = w > 30 ? [[1, 1], [1, 1 - 1e-4]] : [[1, 1], [1, 0.99], [0.5, 0.3], [2, -1.4]];
      for (const [r, q] of points) {
        const label = `${r}, ${q}`;
        assertAlmostEquals(m.cross(r, q), wave(kind, w, r, q), 1e-12, label);
        // d/dq and d/dr of the exponentials
        const near = Math.exp(-w * w * (r + 1 - 2 * q) / 2) / 2;
        const far = Math.exp(-w * w * (r + 1 + 2 * q) / 2) / 2;
        const dq = w * w * (kind === "sin" ? near + far : near - far);
        const dr = -0.5 * w * w * wave(kind, w, r, q);
        assertAlmostEquals(m.crossDq(r, q), dq, 1e-11 * (1 + w * w), label);
        assertAlmostEquals(m.crossDr(r, q), dr, 1e-11 * (1 + w * w), label);
      }
    });
  }
}

Deno.test("cos(100z) has expectation 0 with status done, and its square 1/2", () => {
  const { value, error, status } = gaussianQuadrature((z) => Math.cos(100 * z));
  assertEquals(status, "done");
  assertAlmostEquals(value, 0, 1e-14);
  assert(error < 1e-12);
  assertAlmostEquals(gaussianExpectation((z) => Math.cos(100 * z) ** 2), 0.5, 1e-14);
});

Deno.test("exp(z) has the moments of a lognormal at every variance", () => {
  const m = pairMoments("exp(z)", "exp(z)");
  for (const r of [0.01, 1, 9, 16, 36]) {
    assertAlmostEquals(m.self(r) / Math.exp(2 * r), 1, 1e-12, `self(${r})`);
    assertAlmostEquals(m.selfDr(r) / (2 * Math.exp(2 * r)), 1, 1e-11, `selfDr(${r})`);
    for (const share of [-1, 0.5, 1]) {
      const q = share * Math.sqrt(r), value = Math.exp((r + 1) / 2 + q);
      assertAlmostEquals(m.cross(r, q) / value, 1, 1e-11, `cross(${r}, ${q})`);
      assertAlmostEquals(m.crossDq(r, q) / value, 1, 1e-11, `crossDq(${r}, ${q})`);
      assertAlmostEquals(m.crossDr(r, q) / value, 0.5, 1e-9, `crossDr(${r}, ${q})`);
    }
  }
});

/** Composite Gauss–Legendre rule of 5 nodes with a million panels: no adaptivity, nothing shared. */
function composite(f: (z: number) => number, reach = 12, panels = 200_000): number {
  const a = Math.sqrt(5 - 2 * Math.sqrt(10 / 7)) / 3, b = Math.sqrt(5 + 2 * Math.sqrt(10 / 7)) / 3;
  const wa = (322 + 13 * Math.sqrt(70)) / 900, wb = (322 - 13 * Math.sqrt(70)) / 900;
  const half = reach / panels;
  let sum = 0;
  for (let i = 0; i < panels; i++) {
    const c = -reach + (2 * i + 1) * half;
    const g = (x: number) => f(x) * Math.exp(-0.5 * x * x);
    sum += 128 / 225 * g(c) + wa * (g(c - a * half) + g(c + a * half)) +
      wb * (g(c - b * half) + g(c + b * half));
  }
  return sum * half / Math.sqrt(2 * Math.PI);
}

for (const n of [20, 40, 60, 200]) {
  Deno.test(`tanh(${n}z): moments equal a composite rule of a million nodes`, () => {
    const m = pairMoments(`tanh(${n} z)`, `tanh(${n} z)`);
    const f = (z: number) => Math.tanh(n * z), df = (z: number) => n / Math.cosh(n * z) ** 2;
    const square = composite((z) => f(z) ** 2);
    for (const value of [m.self(1), m.cross(1, 1), m.target]) {
      assertAlmostEquals(value, square, 1e-12);
    }
    const slope = composite((z) => df(z) ** 2);
    assertAlmostEquals(m.crossDq(1, 1), slope, 1e-11 * slope);
    // q = 0: independent, and the derivative in q is the product of two means.
    const mean = composite((z) => df(Math.sqrt(0.5) * z)) * composite(df);
    assertAlmostEquals(m.crossDq(0.5, 0), mean, 1e-11);
    // Inside: the conditional mean of a tanh by a rule in g for each z of a coarser one.
    const [r, q] = [1, 0.5], p = Math.sqrt(r - q * q);
    const inner = (z: number) => {
      // E tanh(n(qz + pg)): the substitution λ = qz + pg puts the steep place at λ = 0.
      const density = (x: number) => Math.exp(0.5 * x * x - 0.5 * ((x - q * z) / p) ** 2) / p;
      return composite((x) => f(x) * density(x), 9, 4000);
    };
    const cross = composite((z) => f(z) * inner(z), 9, 60 * 3);
    // The coarse outer rule misses the steep place by at most the size of one panel squared.
    if (n === 20) assertAlmostEquals(m.cross(r, q), cross, 1e-3);
  });
}

Deno.test("tanh(nz) tends to the sign, whose moments are arcsines", () => {
  const m = pairMoments("tanh(2000 z)", "tanh(2000 z)");
  for (const [r, q] of [[1, 0.5], [0.4, -0.2], [2, 1.1]]) {
    // The difference falls like 1/n.
    assertAlmostEquals(m.cross(r, q), 2 / Math.PI * Math.asin(q / Math.sqrt(r)), 1e-3);
  }
});

Deno.test("sigmoid at a huge variance: half the mass is 1 (composite rule)", () => {
  const m = pairMoments("sigmoid", "sigmoid");
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const square = composite((z) => sigmoid(100 * z) ** 2);
  assertAlmostEquals(m.self(1e4), square, 1e-12);
});

Deno.test("a Gaussian bump has closed moments", () => {
  // E exp(−a(λ² + λ⋆²)) = det(I + 2aC)^{−1/2}
  const a = 3, m = pairMoments("exp(-3 z^2)", "exp(-3 z^2)");
  for (const [r, q] of [[1, 1], [1, 0.3], [0.2, -0.4], [4, 1.9], [1e-3, 0.01]]) {
    const det = (1 + 2 * a * r) * (1 + 2 * a) - 4 * a * a * q * q;
    assertAlmostEquals(m.cross(r, q), 1 / Math.sqrt(det), 1e-13, `${r}, ${q}`);
    assertAlmostEquals(m.crossDq(r, q), 4 * a * a * q * det ** -1.5, 1e-12, `${r}, ${q}`);
    assertAlmostEquals(m.crossDr(r, q), -a * (1 + 2 * a) * det ** -1.5, 1e-11, `${r}, ${q}`);
    assertAlmostEquals(m.self(r), 1 / Math.sqrt(1 + 4 * a * r), 1e-13, `${r}`);
  }
});

Deno.test("student = teacher: self(1) = cross(1, 1) = target for a dozen hard activations", () => {
  for (
    const text of [
      "tanh(z) + 0.000001 sin(17.6 z)",
      "tanh(z) + 0.000001 sin(25 z)",
      "tanh(30 (z - 0.7))",
      "abs(sin(3z))",
      "z > 0 ? z : 0.1 z",
      "max(z, 0) * tanh(10z)",
      "exp(-50 (z - 1.3)^2)",
      "1 / (1 + 400 z^2)",
      "cos(z^2)",
      "log(1 + exp(8z))",
      "z * sin(7z)",
      "relu(z - 0.4)^2",
      "sqrt(z^2 + 0.0001)",
      "exp(z^2/8)",
      "atan(100 z) * exp(z / 2)",
    ]
  ) {
    const m = pairMoments(text, text), size = m.target;
    assertAlmostEquals(m.self(1), m.target, 1e-12 * size, `self of ${text}`);
    assertAlmostEquals(m.cross(1, 1), m.target, 1e-11 * size, `cross of ${text}`);
    // The gradient vanishes there: 2 L_r + L_q = 0.
    const gradient = m.selfDr(1) - 2 * m.crossDr(1, 1) - m.crossDq(1, 1);
    assertAlmostEquals(gradient, 0, 1e-9 * (1 + Math.abs(m.crossDq(1, 1))), `gradient of ${text}`);
  }
});

Deno.test("a moment that does not exist is an error that names it", () => {
  const m = pairMoments("exp(z^2/8)", "exp(z^2/8)");
  for (const r of [0.5, 1, 1.5]) {
    assertAlmostEquals(m.self(r), 1 / Math.sqrt(1 - r / 2), 1e-11, `${r}`);
  }
  assertThrows(
    () => m.self(2),
    RangeError,
    "Cannot compute E σ(λ)² at r = 2 for the activation exp",
  );
  assertThrows(() => m.self(3), RangeError, "it grows too fast");
  assertThrows(() => m.cross(6, 0.1), RangeError, "Cannot compute E σ(λ) σ⋆(λ⋆) at r = 6, q = 0.1");
});

Deno.test("what would take more than a second is refused, not guessed", () => {
  const m = pairMoments("z + sin(900z)", "z + sin(900z)");
  assertAlmostEquals(m.self(1), 1.5, 1e-10);
  assertThrows(() => m.cross(1, 0.5), RangeError, "more than 30000000 nodes are needed");
});

Deno.test("points outside of the domain are errors, for closed forms and quadrature alike", () => {
  for (const name of ["relu", "He3", "erf", "tanh", "z > 0 ? z : 0.1 z"]) {
    const m = pairMoments(name, name);
    const cross = [m.cross, m.crossDr, m.crossDq];
    for (const f of cross) {
      assertThrows(
        () => f(1, 2),
        RangeError,
        "|q| must be at most sqrt(r) = 1: current value is 2",
      );
      assertThrows(() => f(1, -2), RangeError, "current value is -2");
      assertThrows(
        () => f(-1, 0),
        RangeError,
        "r must be a finite number >= 0: current value is -1",
      );
      assert(Number.isNaN(f(NaN, 0)), name);
    }
    for (const f of [m.self, m.selfDr]) {
      assertThrows(() => f(-1), RangeError, "current value is -1");
      assertThrows(() => f(Infinity), RangeError, "current value is Infinity");
    }
  }
});

Deno.test("erf and ReLU of scaled arguments have closed forms, which quadrature confirms", () => {
  const own = (text: string) => {
    const { f, df, d2f, kinks } = activation(text);
    return activation({ name: `own ${text}`, f, df, d2f, kinks });
  };
  const pairs = [
    ["erf(z / sqrt(2))", "-2 erf(3z)"],
    ["erf(0.4z)", "erf(0.4z)"],
    ["3 relu(2z)", "relu(-0.5z) / 2"],
    ["relu(-z)", "relu(-z)"],
  ];
  for (const [s, t] of pairs) {
    const closed = pairMoments(s, t), numeric = pairMoments(own(s), own(t));
    assertEquals([closed.kind, numeric.kind], ["closed form", "quadrature"]);
    assertAlmostEquals(closed.target, numeric.target, 1e-13);
    for (const [r, q] of [[1, 0.4], [0.3, -0.5], [2.2, 1.1], [0.01, 0.05]]) {
      const label = `${s}, ${t} at ${r}, ${q}`;
      assertAlmostEquals(closed.self(r), numeric.self(r), 1e-12, label);
      assertAlmostEquals(closed.selfDr(r), numeric.selfDr(r), 1e-11, label);
      for (const key of ["cross", "crossDr", "crossDq"] as const) {
        assertAlmostEquals(closed[key](r, q), numeric[key](r, q), 1e-11, `${key} of ${label}`);
      }
    }
  }
});

Deno.test("the information exponent is that of names, expressions and functions", () => {
  assertEquals(
    ["cos(3z)", "sin(2z)", "z^3 - 3z", "abs(z)", "exp(-z^2)"].map(informationExponent),
    [2, 1, 3, 2, 2],
  );
});

Deno.test("small fast ripples are seen at every overlap, where a regular grid has resonances", () => {
  for (const w of [9, 14, 17.6, 21, 25, 31, 47, 70.4]) {
    const a = 1e-4, text = `cos(z) + ${a} cos(${w} z)`;
    const m = pairMoments(text, text);
    for (const q of [0, 0.11, 0.2, 0.33, 0.47, 0.5, 0.61, 0.7071, 0.78, 0.88, 0.93, 0.99, 1]) {
      // E cos(uλ) cos(vλ⋆)
      const half = (u: number, v: number) => Math.exp(-(u * u + v * v - 2 * u * v * q) / 2) / 2;
      const both = (u: number, v: number) => half(u, v) + half(u, -v);
      const value = both(1, 1) + 2 * a * both(1, w) + a * a * both(w, w);
      assertAlmostEquals(m.cross(1, q), value, 1e-12, `${w}, ${q}`);
    }
  }
});
