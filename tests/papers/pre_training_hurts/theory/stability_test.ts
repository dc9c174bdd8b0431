import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { SingleIndexChain } from "lora-dynamics/chain/mod.ts";
import { summary } from "lora-dynamics/experiment/mod.ts";
import {
  optimumFactors,
  slopeMoments,
  stableDistance,
  stableStep,
  stableStrength,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

Deno.test("slopeMoments() of He3 are moments of 3(z² − 1), by hand", () => {
  // (z² − 1)⁴ = z⁸ − 4z⁶ + 6z⁴ − 4z² + 1 with E z^{2n} = 1, 3, 15, 105, 945, 10395; 81/18² = 1/4.
  const expected = { kappa: 1, kappaZ: 5, fourth: 15, fourthZ: 604 / 4, fourthZZ: 7188 / 4 };
  const found = slopeMoments("He3");
  for (const [key, value] of Object.entries(expected)) {
    assertAlmostEquals(found[key as keyof typeof found], value, 1e-11 * value, key);
  }
});

Deno.test("slopeMoments() of erf are Gaussian integrals, of ReLU halves", () => {
  // σ' = 2/√π exp(−z²): E z^{2j} exp(−c z²) = (1 + 2c)^{−j − 1/2} (2j − 1)!!.
  const four = (2 / Math.sqrt(Math.PI)) ** 4, { kappa, ...rest } = slopeMoments("erf");
  assertAlmostEquals(kappa, 4 / (Math.PI * Math.sqrt(5)), 1e-13);
  assertAlmostEquals(rest.kappaZ, 4 / Math.PI * 5 ** -1.5, 1e-13);
  assertAlmostEquals(rest.fourth, four * 9 ** -0.5, 1e-13);
  assertAlmostEquals(rest.fourthZ, four * 9 ** -1.5, 1e-13);
  assertAlmostEquals(rest.fourthZZ, four * 3 * 9 ** -2.5, 1e-13);
  const relu = slopeMoments("relu");
  const wanted = { kappa: 0.5, kappaZ: 0.5, fourth: 0.5, fourthZ: 0.5, fourthZZ: 1.5 };
  for (const [key, value] of Object.entries(wanted)) {
    assertAlmostEquals(relu[key as keyof typeof relu], value, 1e-12, key);
  }
});

/** Mean squares after one step of many copies, in standard errors from the law. */
function distance(student: string, law: (u: number) => { across: number; along: number }): number {
  const u = 0.7, d = 30, batch = 4, step = [0.9, 1.3] as const, copies = 40_000;
  const model = { student, d, frozen: [1 - u], batch, step };
  const far = [1e-4, 0].map((h, i) => {
    const start = { u: u + (i === 1 ? 1e-4 : 0), a: [Math.sqrt(1 - h * h)], h };
    const rng = stream("7", "stability", student);
    const chain = new SingleIndexChain(model, copies, rng, start);
    chain.step();
    const { state } = chain;
    const square = i === 0
      ? state.h.map((x) => (x / 1e-4) ** 2)
      : state.u.map((x) => ((x - u) / 1e-4) ** 2);
    return summary(square);
  });
  const { across, along } = law(u);
  return Math.max(...[across, along].map((x, i) => Math.abs(far[i].mean - x) / far[i].se));
}

for (const student of ["erf", "x", "relu"]) {
  Deno.test(`optimumFactors() are the mean squares of one step of 40000 copies: ${student}`, () => {
    const setting = { student, d: 30, batch: 4, step: [0.9, 1.3] as const };
    assertLess(distance(student, (u) => optimumFactors(setting, u)), 4);
    // Controls: another batch, and steps that are swapped.
    assert(distance(student, (u) => optimumFactors({ ...setting, batch: 5 }, u)) > 4);
    const swapped = { ...setting, step: [1.3, 0.9] as const };
    assert(distance(student, (u) => optimumFactors(swapped, u)) > 4);
  });
}

Deno.test("optimumFactors() couple the two mean squares: growth is the larger eigenvalue", () => {
  // By hand for the linear target, all moments 1, 1, 1, 1, 3: d = 3, b = 2, η = 0.5, u = 0.8.
  const { across, along, growth } = optimumFactors(
    { student: "x", d: 3, batch: 2, step: 0.5 },
    0.8,
  );
  const u2 = 0.64, hh = 1 - u2 + 0.25 * u2 * u2 * (0.5 + 2), dd = 1 - 1 + 0.25 * (0.5 + 1.5);
  const hd = 0.25 * u2 * 1, dh = 0.25 * u2 * 0.5;
  assertAlmostEquals(across, hh, 1e-12);
  assertAlmostEquals(along, dd, 1e-12);
  const trace = hh + dd, det = hh * dd - hd * dh;
  assertAlmostEquals(growth, trace / 2 + Math.sqrt(trace * trace / 4 - det), 1e-12);
});

Deno.test("stableDistance() is where the factor across is 1 as d and b grow", () => {
  for (const student of ["He3", "erf", "relu", "tanh(2 z)"]) {
    for (const ratio of [0.5, 2, 40]) {
      const setting = { student, d: 1e9, batch: 1e9 / ratio, step: 0.3 };
      const { across } = optimumFactors(setting, stableDistance(setting));
      // Left out: terms of order 1/b times moments up to 1e4.
      assertAlmostEquals(across, 1, 1e-5, `${student} ${ratio}`);
    }
  }
});

Deno.test("stableStrength() is .432 for He3 at the authors' protocol, and 0 where all are stable", () => {
  const protocol = { d: 1000, batch: 500, step: 0.2 };
  assertAlmostEquals(stableStrength({ student: "He3", ...protocol }), 0.432, 5e-4);
  for (const student of ["x", "erf", "relu", "sigmoid"]) {
    assertEquals(stableStrength({ student, ...protocol }), 0, student);
  }
  // Only the step of ω counts, and as η^{-1/2}.
  const far = stableDistance({ student: "He3", ...protocol, step: [3, 0.05] });
  assertAlmostEquals(far, 2 * stableDistance({ student: "He3", ...protocol }), 1e-12);
});

Deno.test("stableStep() ends where a mean square grows: across for weak, along for strong pre-training", () => {
  // Without noise, along: (1 − ηκ_z)² < 1, that is η < 2/κ_z; across: η u²κ < 2.
  const still = { d: 10, batch: 1e12 };
  assertAlmostEquals(stableStep({ student: "He3", ...still }, 0.3), 2 / 5, 1e-9);
  assertAlmostEquals(stableStep({ student: "x", ...still }, 0.5), 2, 1e-9);
  assertAlmostEquals(stableStep({ student: "x", ...still }, 2), 0.5, 1e-9);
  for (const [student, distance] of [["relu", 0.6], ["He3", 0.15], ["tanh(2 z)", 0.9]] as const) {
    const setting = { student, d: 300, batch: 200 }, edge = stableStep(setting, distance);
    assertLess(optimumFactors({ ...setting, step: 0.99 * edge }, distance).growth, 1);
    assertGreater(optimumFactors({ ...setting, step: 1.01 * edge }, distance).growth, 1);
  }
});

Deno.test("stability names what makes no sense", () => {
  const protocol = { student: "x", d: 10, batch: 5, step: 0.2 };
  for (const bad of [0, -1, NaN, 2.5]) {
    assertThrows(() => stableDistance({ ...protocol, d: bad }), RangeError, "d must be");
    assertThrows(() => stableDistance({ ...protocol, batch: bad }), RangeError, "batch must be");
  }
  assertThrows(() => stableDistance({ ...protocol, step: [0.1, NaN] }), RangeError, "step must be");
  assertThrows(() => optimumFactors(protocol, -0.1), RangeError, "distance must be");
  assertThrows(() => stableStep(protocol, NaN), RangeError, "distance must be");
});
