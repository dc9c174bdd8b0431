import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import {
  type Activation,
  activation,
  gaussHermite,
  gaussianExpectation,
  hermitePolynomial,
  pairMoments,
} from "lora-dynamics/gaussian/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { GridMoments } from "../../lib/gaussian/moments/grid_moments.ts";
import { PanelMoments } from "../../lib/gaussian/moments/panel_moments.ts";
import golden from "../golden/gaussian.json" with { type: "json" };

const KEYS = ["self", "selfDr", "cross", "crossDr", "crossDq", "target"] as const;

Deno.test("pairMoments() equals 25-digit values for closed forms and quadrature", () => {
  for (const row of golden.moments) {
    const { student, teacher, r, q } = row;
    const m = pairMoments(activation(student), activation(teacher));
    const got = {
      self: m.self(r),
      selfDr: m.selfDr(r),
      cross: m.cross(r, q),
      crossDr: m.crossDr(r, q),
      crossDq: m.crossDq(r, q),
      target: m.target,
    };
    const tolerance = m.kind === "closed form" ? 2e-15 : 5e-13;
    for (const key of KEYS) {
      const label = `${key} of ${student}, ${teacher} at ${r}, ${q}`;
      assertAlmostEquals(got[key], row[key], tolerance * Math.max(1, Math.abs(row[key])), label);
    }
  }
});

Deno.test("A and B of the search phase equal the reference values for all activations", () => {
  type Table = Record<string, Record<string, { A: number; B: number }>>;
  let count = 0;
  for (const [name, table] of Object.entries(golden.theory_AB_tau as unknown as Table)) {
    const a = activation(name);
    const m = pairMoments(a, a);
    // The paper divides by k·k! for He_k.
    const k = Number(/^He(\d+)$/.exec(name)?.[1] ?? 0);
    const scale = k > 0 ? k * hermitePolynomial(k).reduce((n, _, j) => j > 1 ? n * j : n, 1) : 1;
    for (const [key, { A, B }] of Object.entries(table)) {
      const mu = Number(key);
      const twoLr = m.selfDr(mu * mu) - 2 * m.crossDr(mu * mu, mu);
      const Lq = -m.crossDq(mu * mu, mu);
      assertAlmostEquals(-(mu * twoLr + Lq) / scale, A, 2e-14, `A of ${name} at ${mu}`);
      assertAlmostEquals(-twoLr / scale, B, 2e-14, `B of ${name} at ${mu}`);
      count++;
    }
  }
  assertEquals(count, 70);
});

/** Tensor Gauss–Hermite rule, the independent path for smooth pairs. */
function tensor(f: (x: number, y: number) => number, r: number, q: number, n: number): number {
  const { nodes, weights } = gaussHermite(n);
  const p = Math.sqrt(Math.max(0, r - q * q));
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      sum += weights[i] * weights[j] * f(q * nodes[i] + p * nodes[j], nodes[i]);
    }
  }
  return sum;
}

Deno.test("closed forms of polynomial pairs equal the tensor Gauss-Hermite rule", () => {
  const pairs: [Activation, Activation][] = [
    ["x", "x"],
    ["He2", "He2"],
    ["He5", "He5"],
    ["x", "x^2"],
    ["He3", "He3^2"],
    ["He2", "He4"],
  ].map(([s, t]) => [activation(s), activation(t)]);
  pairs.push([activation("0.3 + He1(z) + 0.5 He3(z)"), activation("He1(z) - He2(z) + 0.2 He3(z)")]);
  for (const [a, b] of pairs) {
    const m = pairMoments(a, b);
    assertEquals(m.kind, "closed form");
    for (const [r, q] of [[1, 1], [0.3, 0.2], [0.49, -0.7], [1.5, 0], [1e-8, 1e-4]]) {
      const label = `${a.name}, ${b.name} at ${r}, ${q}`;
      const size = Math.sqrt(m.target * m.self(Math.max(r, 1))) + m.self(1);
      const near = (got: number, f: (x: number, y: number) => number) =>
        assertAlmostEquals(got, tensor(f, r, q, 24), 1e-13 * size * 30, label);
      near(m.self(r), (x) => a.f(x) ** 2);
      near(m.selfDr(r), (x) => a.df(x) ** 2 + a.f(x) * a.d2f(x));
      near(m.cross(r, q), (x, y) => a.f(x) * b.f(y));
      near(m.crossDr(r, q), (x, y) => 0.5 * a.d2f(x) * b.f(y));
      near(m.crossDq(r, q), (x, y) => a.df(x) * b.df(y));
      near(m.target, (_x, y) => b.f(y) ** 2);
    }
  }
});

Deno.test("the moments of He_k are the paper's G_k and k! q^k", () => {
  const G3 = (r: number) => 15 * r ** 3 - 18 * r ** 2 + 9 * r;
  const he3 = pairMoments(activation("He3"), activation("He3"));
  for (const r of [1e-6, 0.2, 1, 3]) {
    assertAlmostEquals(he3.self(r), G3(r), 1e-14 * (G3(r) + r));
    assertAlmostEquals(he3.selfDr(r), 45 * r * r - 36 * r + 9, 1e-13 * (1 + r * r));
  }
  assertEquals(he3.cross(0.7, 0.5), 6 * 0.125);
  const he30 = pairMoments(activation("He30"), activation("He30"));
  assertAlmostEquals(he30.self(1) / he30.target, 1, 1e-15);
  assertAlmostEquals(he30.cross(1, 1) / he30.target, 1, 1e-15);
});

/** The reader's own copy of a known activation goes through quadrature. */
const copyOf = (name: string) => {
  const { f, df, d2f, kinks } = activation(name);
  return activation({ name: `own ${name}`, f, df, d2f, kinks });
};

Deno.test("quadrature equals the closed forms of erf, ReLU and He_2", () => {
  const tolerance = { erf: 1e-14, relu: 3e-14, He2: 1e-13 };
  for (const name of ["erf", "relu", "He2"] as const) {
    const closed = pairMoments(activation(name), activation(name));
    const numeric = pairMoments(copyOf(name), copyOf(name));
    assertEquals([closed.kind, numeric.kind], ["closed form", "quadrature"]);
    for (const r of [1e-4, 0.01, 0.3, 1, 1.8]) {
      for (const share of [-1, -0.999, -0.5, 0, 0.3, 0.9999, 1]) {
        const q = share * Math.sqrt(r);
        const label = `${name} at r = ${r}, q = ${share}√r`;
        for (const key of ["cross", "crossDr", "crossDq"] as const) {
          const expected = closed[key](r, q);
          assertAlmostEquals(
            numeric[key](r, q),
            expected,
            tolerance[name] * (1 + Math.abs(expected)) * 3,
            `${key} of ${label}`,
          );
        }
      }
      assertAlmostEquals(numeric.self(r), closed.self(r), tolerance[name] * (1 + closed.self(r)));
      assertAlmostEquals(numeric.selfDr(r), closed.selfDr(r), tolerance[name] * 10);
    }
  }
});

Deno.test("derivatives in r and q are those of the values", () => {
  const pairs = [
    ["erf", "erf"],
    ["relu", "relu"],
    ["sigmoid", "sigmoid"],
    ["He4", "He4"],
    ["x", "x^2"],
    ["relu", "relu^2"],
    ["erf", "relu"],
    ["sigmoid", "erf^2"],
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...pairs),
      fc.double({ min: 0.05, max: 1.5, noNaN: true }),
      fc.double({ min: -0.9, max: 0.9, noNaN: true }),
      ([s, t], r, share) => {
        const m = pairMoments(activation(s), activation(t));
        const q = share * Math.sqrt(r);
        const h = 2e-4 * r;
        const d = (f: (e: number) => number) =>
          (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
        const size = 1 + m.target + m.self(r);
        assertAlmostEquals(m.selfDr(r), d((e) => m.self(r + e)), 2e-8 * size, `${s}, ${t}`);
        assertAlmostEquals(m.crossDr(r, q), d((e) => m.cross(r + e, q)), 2e-8 * size, `${s}, ${t}`);
        assertAlmostEquals(m.crossDq(r, q), d((e) => m.cross(r, q + e)), 2e-8 * size, `${s}, ${t}`);
      },
    ),
    { seed: 7, numRuns: 60 },
  );
});

Deno.test("a student equal to its teacher has loss 0 and gradient 0", () => {
  for (const name of ["x", "erf", "relu", "sigmoid", "He2", "He5", "He3^2"]) {
    const a = activation(name);
    const m = pairMoments(a, a);
    const size = m.target;
    assertAlmostEquals(0.5 * m.self(1) - m.cross(1, 1) + 0.5 * m.target, 0, 1e-14 * size);
    // 2 L_r + L_q = 0 at w = ω⋆
    const gradient = m.selfDr(1) - 2 * m.crossDr(1, 1) - m.crossDq(1, 1);
    assertAlmostEquals(gradient, 0, 1e-13 * m.crossDq(1, 1), name);
  }
});

Deno.test("r = 0 is an ordinary point: the student is constant there", () => {
  const names = ["x", "erf", "relu", "sigmoid", "He2", "He3", "relu^2", "sigmoid^2"];
  for (const s of names) {
    for (const t of ["erf", "relu", "He2", "sigmoid"]) {
      const [a, b] = [activation(s), activation(t)];
      const m = pairMoments(a, b);
      const mean = gaussianExpectation(b.f, { breakpoints: b.kinks });
      assertAlmostEquals(m.self(0), a.f(0) ** 2, 1e-14, s);
      assertAlmostEquals(m.cross(0, 0), a.f(0) * mean, 1e-13, `${s}, ${t}`);
      for (const value of [m.selfDr(0), m.crossDr(0, 0), m.crossDq(0, 0)]) {
        assert(Number.isFinite(value), `${s}, ${t}`);
      }
      // continuity, where the second derivative is bounded
      if (a.kinks.length === 0) {
        assertAlmostEquals(m.crossDr(1e-12, 1e-7), m.crossDr(0, 0), 1e-5);
        assertAlmostEquals(m.selfDr(1e-12), m.selfDr(0), 1e-5);
      }
    }
  }
});

Deno.test("q beyond √r by rounding is read as √r", () => {
  for (const name of ["erf", "relu", "sigmoid", "He3"]) {
    const m = pairMoments(activation(name), activation(name));
    const q = 0.3;
    const r = q * q * (1 - 2e-16);
    assertAlmostEquals(m.cross(r, q), m.cross(q * q, q), 1e-14);
    assert(Number.isFinite(m.crossDr(r, q)));
  }
});

Deno.test("ReLU in opposite directions loses no digits", () => {
  const m = pairMoments(activation("relu"), activation("relu"));
  // with q = −√r cos ψ: cross = √r (sin ψ − ψ cos ψ)/(2π) ≈ √r ψ³/(6π)
  for (const psi of [1e-2, 1e-3]) {
    const q = -Math.cos(psi);
    const p2 = Math.sin(psi) ** 2;
    const series = psi ** 3 * (1 / 3 - psi ** 2 / 30 + psi ** 4 / 840) / (2 * Math.PI);
    assertAlmostEquals(m.cross(q * q + p2, q) / series, 1, 1e-10);
  }
});

Deno.test("a pair with a kink away from 0 agrees with a shifted ReLU by hand", () => {
  // relu(x − c): E = p φ(m/p) + m Φ(m/p) given λ⋆
  const c = 0.4;
  const shifted = activation({
    name: "relu(x − 0.4)",
    f: (x) => Math.max(x - c, 0),
    df: (x) => (x > c ? 1 : 0),
    d2f: () => 0,
    kinks: [c],
  });
  const { f: erf } = activation("erf");
  const m = pairMoments(shifted, activation("erf"));
  const normal = (x: number) => 0.5 * (1 + erf(x / Math.SQRT2));
  const density = (x: number) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  for (const [r, q] of [[0.5, 0.3], [0.09, 0.29], [2, -1], [0.01, 0.05]]) {
    const p = Math.sqrt(r - q * q);
    const value = gaussianExpectation((z) => {
      const mean = q * z - c;
      return (p * density(mean / p) + mean * normal(mean / p)) * erf(z);
    });
    const slope = gaussianExpectation((z) => normal((q * z - c) / p) * activation("erf").df(z));
    // ½ E σ″σ⋆ = ½ E φ((c − qz)/p)/p · erf(z)
    const curvature = gaussianExpectation((z) => 0.5 * density((c - q * z) / p) / p * erf(z));
    assertAlmostEquals(m.cross(r, q), value, 2e-14, `${r}, ${q}`);
    assertAlmostEquals(m.crossDq(r, q), slope, 2e-14, `${r}, ${q}`);
    assertAlmostEquals(m.crossDr(r, q), curvature, 2e-12, `${r}, ${q}`);
  }
});

Deno.test("a custom activation without derivatives has good moments all the same", () => {
  const own = activation({ name: "own sigmoid", f: (x) => 1 / (1 + Math.exp(-x)) });
  const known = pairMoments(activation("sigmoid"), activation("erf"));
  const numeric = pairMoments(own, activation("erf"));
  for (const [r, q] of [[0.5, 0.4], [1e-3, 0.01]]) {
    assertAlmostEquals(numeric.cross(r, q), known.cross(r, q), 1e-13);
    assertAlmostEquals(numeric.crossDq(r, q), known.crossDq(r, q), 1e-11);
    assertAlmostEquals(numeric.crossDr(r, q), known.crossDr(r, q), 1e-8);
    assertAlmostEquals(numeric.selfDr(r), known.selfDr(r), 1e-8);
  }
});

Deno.test("the two ways to the derivative in r meet where one replaces the other", () => {
  const edge = 1 / 64;
  for (
    const [s, t] of [["sigmoid", "erf"], ["erf", "erf^2"], ["relu", "relu^2"], ["relu", "erf"]]
  ) {
    const m = pairMoments(activation(s), activation(t));
    for (const share of [-0.8, 0, 0.5, 1]) {
      const q = share * Math.sqrt(edge) * 0.999;
      const below = edge * (1 - 1e-15);
      assertAlmostEquals(m.crossDr(below, q), m.crossDr(edge, q), 2e-13, `${s}, ${t}, ${q}`);
      assertAlmostEquals(m.selfDr(below), m.selfDr(edge), 1e-13, `${s}, ${t}`);
    }
  }
});

Deno.test("values do not depend on what was asked before", () => {
  const a = activation("sigmoid");
  const once = pairMoments(a, a).cross(0.6, 0.5);
  const m = pairMoments(a, a);
  for (const r of [0.1, 5, 1e-9, 0.6]) {
    m.self(r);
    m.crossDr(r, 0.1 * Math.sqrt(r));
  }
  assertEquals(m.cross(0.6, 0.5), once);
});

Deno.test("sampled moments agree within 4 standard errors, and a wrong overlap does not", () => {
  const n = 200_000;
  const [r, q] = [0.5, 0.4];
  const p = Math.sqrt(r - q * q);
  for (const [s, t] of [["sigmoid", "sigmoid"], ["relu", "relu^2"], ["erf", "erf"]]) {
    const [a, b] = [activation(s), activation(t)];
    const rng = stream("7", "gaussian", s, t);
    let sum = 0;
    let square = 0;
    for (let i = 0; i < n; i++) {
      const z = rng.normal();
      const value = a.f(q * z + p * rng.normal()) * b.f(z);
      sum += value;
      square += value * value;
    }
    const mean = sum / n;
    const error = Math.sqrt((square / n - mean * mean) / n);
    const m = pairMoments(a, b);
    assertLess(Math.abs(mean - m.cross(r, q)), 4 * error, `${s}, ${t}`);
    const wrong = Math.abs(mean - m.cross(r, q - 0.1));
    assert(
      wrong > 4 * error,
      `control: ${s}, ${t} at a wrong overlap must fail, is ${wrong / error}`,
    );
  }
});

Deno.test("E σ(λ)² on a grid is that of adaptive panels, and steep functions have no grid", () => {
  for (const name of ["sigmoid", "tanh(2z)", "log(1 + exp(z))", "sin(3z)", "exp(-4 z^2)"]) {
    const it = activation(name), grid = new GridMoments(it, it), panels = new PanelMoments(it, it);
    let met = 0;
    for (const r of [0.02, 0.2, 0.7, 1, 1.6]) {
      const found = grid.self(r, 10), wanted = panels.self(r, 10);
      if (!found) continue;
      met++;
      // The derivative is a difference of large parts where the function is almost even in size.
      assertAlmostEquals(found[0], wanted[0], 1e-13 * wanted[0], `${name}, ${r}`);
      assertAlmostEquals(found[1], wanted[1], 1e-12 * (wanted[0] / r), `${name}, ${r}`);
    }
    assert(met >= 2, name);
  }
  const steep = activation("tanh(9z)");
  assertEquals(new GridMoments(steep, steep).self(1, 10), undefined);
});

Deno.test("a gentle pair has a grid on both sides of the change of formulas, and panels agree", () => {
  for (
    const [s, t] of [["sigmoid", "erf(z / 2)"], ["sin(z)", "exp(z / 2)"], ["tanh(z)", "sigmoid"]]
  ) {
    const a = activation(s), b = activation(t);
    const grid = new GridMoments(a, b), panels = new PanelMoments(a, b);
    for (const [r, share] of [[0.01, 0.6], [0.01, -1], [0.3, 0.4], [1, -0.7], [1, 1], [0, 0]]) {
      const q = share * Math.sqrt(r), label = `${s}, ${t}, ${r}, ${q}`;
      // Without a grid the panels would answer, right as well and a hundred times slower.
      const found = grid.cross(r, q, 10);
      assert(found !== undefined, label);
      panels.cross(r, q, 10).forEach((wanted, k) =>
        assertAlmostEquals(found[k], wanted, 1e-12 * (1 + Math.abs(wanted)), label)
      );
    }
  }
});

Deno.test("moments at a small variance with a curved kink beside zero equal 17 digits of mpmath", () => {
  // |z − 0.1| e^{z/2} with He₃, integrated piece by piece with 30 digits by mpmath 1.3.0; the kink's
  // point mass of σ″ is in the derivatives.
  const m = pairMoments("abs(z - 0.1) * exp(z / 2)", "He3");
  for (
    const [r, q, self, selfDr, cross, crossDr, crossDq] of [
      [
        ...[0.01, 0.05, 0.018190726627555159, 0.83320563041848645, 0.006935381373969695],
        ...[-0.63341094770596571, 0.4161228824381817],
      ],
      [
        ...[0.002, -0.03, 0.011615609803934484, 0.81061220703600075, -0.0021006325056376222],
        ...[-1.0815741929652376, 0.21006325056376222],
      ],
    ]
  ) {
    assertAlmostEquals(m.self(r), self, 1e-14);
    assertAlmostEquals(m.selfDr(r), selfDr, 1e-12);
    assertAlmostEquals(m.cross(r, q), cross, 1e-14);
    assertAlmostEquals(m.crossDq(r, q), crossDq, 1e-12);
    // The jump of the slope is extrapolated: rounding of slopes, 1e-16, and h² = 1e-14.
    assertAlmostEquals(m.crossDr(r, q), crossDr, 1e-12);
  }
});
