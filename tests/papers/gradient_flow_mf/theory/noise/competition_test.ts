import { assertAlmostEquals, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { dot } from "lora-dynamics/linalg/mod.ts";
import { solveOde } from "lora-dynamics/ode/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close } from "../_helpers.ts";

const { ode, scalar, rows, matrices } = golden.competition;

/** The end of the scalar equations, integrated. */
function integrated({ s2, s1, sigma, x1, x2, rho = 1 }: mf.Competition): [number, number] {
  const { y } = solveOde(
    (_t, [log1, log2], dy) => {
      const a = s1 + Math.exp(log1), b = s2 + Math.exp(log2), e = sigma + s1 * s2 - a * b;
      [dy[0], dy[1]] = [2 * b * e, 2 * rho * a * e];
    },
    0,
    400,
    [Math.log(x1), Math.log(x2)],
    { rtol: 1e-12, atol: 1e-13 },
  );
  return [Math.exp(y[0]), Math.exp(y[1])];
}

Deno.test("the root is the golden one, at equal and at unequal rates", () => {
  const { s2, s1, sigma, x10, x20, rho } = ode;
  const { x1, x2 } = mf.finalSplit({ s2, s1, sigma, x1: x10, x2: x20, rho });
  assertAlmostEquals(x1, ode.ode[0], 1e-11);
  assertAlmostEquals(x2, ode.ode[1], 1e-11);
  const equal = mf.finalSplit({ s2: 1, s1: 0.5, sigma: 1, x1: scalar.x10, x2: scalar.x20 });
  assertAlmostEquals(equal.x1, scalar.final_theory[0], 1e-12);
  assertAlmostEquals(equal.x2, scalar.final_theory[1], 1e-12);
});

Deno.test("the root is the end of the scalar equations on both sides of ρδ_w = 1", () => {
  const base = { s2: 1.7, s1: 0.6, sigma: 0.8, x1: 3e-5, x2: 2e-6 };
  for (const rho of [0.4, 1, 2.5, 2.9, 6]) {
    const { x1, x2 } = mf.finalSplit({ ...base, rho }), [end1, end2] = integrated({ ...base, rho });
    close(x1, end1, 1e-8);
    close(x2, end2, 1e-8);
    assertAlmostEquals((1.7 + x2) * (0.6 + x1), 1.7 * 0.6 + 0.8, 1e-13);
  }
});

Deno.test("exchanging the layers exchanges the roots", () => {
  const one = mf.finalSplit({ s2: 1.7, s1: 0.6, sigma: 0.8, x1: 3e-5, x2: 2e-6, rho: 1.4 });
  const other = mf.finalSplit({ s2: 0.6, s1: 1.7, sigma: 0.8, x1: 2e-6, x2: 3e-5, rho: 1 / 1.4 });
  close(one.x1, other.x2, 1e-12);
  close(one.x2, other.x1, 1e-12);
});

Deno.test("far smaller starts follow the exponents", () => {
  for (const [s1, rho] of [[0.5, 1], [0.5, 1.6], [0.5, 3.1], [0.9, 3]] as const) {
    const at = (alpha: number) =>
      mf.finalSplit({ s2: 1.3, s1, sigma: 0.7, x1: alpha ** 2, x2: 2 * alpha ** 2, rho });
    const [fine, coarse] = [at(1e-60), at(1e-58)];
    const { x1, x2 } = mf.splitExponents({ deltaW: s1 / 1.3, rho });
    assertAlmostEquals(Math.log(coarse.x1 / fine.x1) / Math.log(100), x1, 1e-6);
    assertAlmostEquals(Math.log(coarse.x2 / fine.x2) / Math.log(100), x2, 1e-6);
  }
  assertEquals(mf.splitExponents({ deltaW: 0.5, rho: 2 }), { x1: 0, x2: 0 });
  assertEquals(mf.splitExponents({ deltaW: 0.75 }), { x1: 0, x2: 0.5 });
});

Deno.test("roots of matrix starts are the reference's, with and without layer-wise rates", () => {
  for (const { s1, alpha, x2_geomean_theory } of rows.filter((row) => row.alpha === 1e-4)) {
    const problem = mf.canonical({ d: 12, s1 });
    let logs = 0;
    for (let seed = 300; seed < 310; seed++) {
      const draws = portable(seed), options = { start: "gauss", r: 3, alpha, draws } as const;
      logs += Math.log(mf.splitOf(problem, mf.startAdapters(problem, options)).x2) / 10;
    }
    close(Math.exp(logs), x2_geomean_theory, 1e-10);
  }
  for (const { s1, rho, x2_theory } of matrices) {
    const problem = mf.canonical({ d: 12, s1 }), draws = portable(890);
    const start = mf.startAdapters(problem, { start: "gauss", r: 3, alpha: 1e-5, draws });
    close(mf.splitOf(problem, start, { rho }).x2, x2_theory, 1e-10);
  }
});

Deno.test("splitOf() starts from half the squared modal vectors, in any bases", () => {
  const plain = mf.problemQ({ delta: 0.4 }), draws = portable(5);
  const start = mf.startAdapters(plain, { start: "zeroA", r: 3, alpha: 1e-3, draws });
  const [x1, x2] = mf.modalVectors(mf.growthModes(plain), start).map((z) => 0.5 * dot(z, z));
  const root = mf.finalSplit({ s2: 1.3, s1: 0.52, sigma: 0.7, x1, x2 });
  close(mf.splitOf(plain, start).x2, root.x2, 1e-12);
  const u = mf.frame(draws, 9, 9), turned = mf.rotated(plain, { u });
  const b2 = { ...start.b2!, data: start.b2!.data.slice() };
  for (let i = 0; i < 9; i++) {
    for (let k = 0; k < 3; k++) {
      b2.data[i * 3 + k] = 0;
      for (let j = 0; j < 9; j++) {
        b2.data[i * 3 + k] += u.data[i * 9 + j] * start.b2!.data[j * 3 + k];
      }
    }
  }
  close(mf.splitOf(turned, { ...start, b2 }).x2, root.x2, 1e-9);
});

Deno.test("what has no root is refused by name", () => {
  const good = { s2: 1, s1: 0.5, sigma: 1, x1: 1e-6, x2: 1e-6 };
  for (const name of ["s2", "s1", "sigma", "x1", "x2", "rho"]) {
    for (const value of [0, -1, NaN, Infinity]) {
      assertThrows(() => mf.finalSplit({ ...good, [name]: value }), RangeError, name);
    }
  }
  assertThrows(() => mf.finalSplit({ ...good, x1: 1 }), RangeError, "short of the target");
  assertThrows(
    () => mf.finalSplit({ ...good, x1: 0.6, x2: 0.9 }),
    RangeError,
    "short of the target",
  );
  assertThrows(() => mf.finalSplit({ ...good, delta: 1 } as never), TypeError, "delta");
  assertThrows(() => mf.splitExponents({ deltaW: 0 }), RangeError, "deltaW");
  assertThrows(() => mf.splitExponents({ deltaW: 0.5, rho: 0 }), RangeError, "rho");
  const of = (problem: mf.Problem) => {
    const options = { start: "gauss", r: 2, alpha: 1e-3, draws: portable(1) } as const;
    return mf.splitOf(problem, mf.startAdapters(problem, options));
  };
  assertThrows(() => of(mf.factorization({ m: 4 })), RangeError, "no w1");
  assertThrows(
    () => of(mf.canonical({ d: 4, s1: 0.5, degrees: 20 })),
    RangeError,
    "Assumption 2.2",
  );
  const blind = mf.aligned({ s2: [2, 1], s1: [1, 0], target: [0, 1], m: 3, n: 3 });
  assertThrows(() => of(blind), RangeError, "s1 > 0");
  assertGreater(of(mf.canonical({ d: 4, s1: 1.5 })).x2, 0.1); // δ_w > 1 is no obstacle here
});
