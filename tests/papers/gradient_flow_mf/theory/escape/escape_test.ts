import { assertAlmostEquals, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { matrix } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close, denseS } from "../_helpers.ts";

Deno.test("escape time and power of a start without special values are the golden ones", () => {
  const { problem, start } = denseS(3e-4), { z1_sq, T4, T_half_sim } = golden.general.S_dense;
  close(mf.startPower(problem, start), z1_sq, 1e-12);
  close(mf.escapeTimeOf(problem, start), T4, 1e-12);
  close(mf.escapeTime({ s: 1.7, sigma: 0.6, power: z1_sq }), T4, 1e-12);
  assertAlmostEquals(T4, T_half_sim, 1e-5);
});

Deno.test("the golden factorisation: power and half-time", () => {
  const { power, halfTime } = golden.factorization, problem = mf.factorization({ m: 20 });
  const draws = portable(100);
  const start = mf.startAdapters(problem, { r: 4, start: "gauss", alpha: 1e-3, draws });
  close(mf.startPower(problem, start), power, 1e-12);
  close(mf.escapeTimeOf(problem, start), halfTime, 1e-12);
});

Deno.test("escapeTimeOf() in problem D with s ≠ 1 is where the flow has learnt half", () => {
  const problem = mf.problemQ({ delta: 0.25 });
  for (const start of ["zeroB", "zeroA", "gauss", "spectralPaper", "spectral"] as const) {
    const draws = portable(17);
    const adapters = mf.startAdapters(problem, { start, r: 3, alpha: 1e-5, draws });
    const t = mf.escapeTimeOf(problem, adapters), flow = new mf.AdapterFlow(problem, adapters);
    const error = flow.error(flow.solve([t]).states[0]);
    assertAlmostEquals(error.data[2 * 7 + 2], 0.35, 1e-5, start);
  }
});

Deno.test("rotated bases change nothing, and the side of s₁ is checked", () => {
  const plain = mf.problemQ({ delta: 0.5 }), draws = portable(892);
  const u = mf.frame(draws, 9, 9), g = mf.frame(draws, 12, 12), v = mf.frame(draws, 7, 7);
  const start = mf.startAdapters(plain, { start: "zeroB", r: 3, alpha: 1e-3, draws });
  assertEquals(start.b1.rows, 12);
  assertAlmostEquals(
    mf.escapeTimeOf(mf.rotated(plain, { u }), start),
    mf.escapeTimeOf(plain, start),
    1e-12,
  );
  assertAlmostEquals(mf.startPower(mf.rotated(plain, { u, g, v }), start) > 0 ? 1 : 0, 1);
  const broken = mf.rotated(plain, { g1: g, g: undefined as never });
  assertThrows(() => mf.escapeTimeOf(broken, start), RangeError, "hidden direction of u");
});

Deno.test("w1 must pass the hidden direction on in both directions, within 1e-10", () => {
  const rest = { w2: matrix(2, 2, [1.3, 0, 0, 0.8]), target: matrix(2, 2, [0.7, 0, 0, 0]) };
  const start = {
    b1: matrix(2, 1),
    a1: matrix(1, 2, [0.01, 0]),
    b2: matrix(2, 1),
    a2: matrix(1, 2, [0.01, 0]),
  };
  const of = (w1: number[]) => mf.escapeTimeOf({ ...rest, w1: matrix(2, 2, w1) }, start);
  const plain = mf.escapeTimeOf({ ...rest, w1: matrix(2, 2, [0.5, 0, 0, 0.9]) }, start);
  for (
    const off of [[0.5, 0.1, 0, 0.9], [0.5, 0, 0.1, 0.9], [0.5, 1e-9, 0, 0.9], [0.5, 0, 1e-9, 0.9]]
  ) {
    assertThrows(() => of(off), RangeError, "hidden direction of u");
  }
  assertEquals(of([0.5, 1e-12, 1e-12, 0.9]), plain);
  assertEquals(of([-0.5, 0, 0, 0.9]), plain); // W₁ may turn the target against adapter 2
  for (const size of [1e-3, 200]) { // the distance is relative to s²
    const turned = (by: number) => (
      { w2: matrix(2, 2, [size, 0, by * size, 0.8 * size]), target: rest.target }
    );
    const one = { b1: start.b1, a1: start.a1 };
    assertThrows(() => mf.startPower(turned(1e-9), one), RangeError, "(T9)");
    assertGreater(mf.startPower(turned(1e-12), one), 0);
  }
  // Both sides of the bounds: 1e-10 for a singular vector, 1e-12 for the rank.
  const side = (...off: number[]) => (
    {
      w2: matrix(3, 3, [1, 0, 0, off[0], 0.8, 0, off[1], 0, 0.6]),
      target: matrix(3, 3, [1, 0, 0, 0, 0, 0, 0, 0, 0]),
    }
  );
  const wide = { b1: matrix(3, 1), a1: matrix(1, 3, [0.01, 0, 0]) };
  assertGreater(mf.startPower(side(5e-11, 0), wide), 0);
  assertThrows(() => mf.startPower(side(9e-11, 9e-11), wide), RangeError, "(T9)");
  const second = (by: number) => (
    { w2: matrix(2, 2, [1, 0, 0, 1]), target: matrix(2, 2, [0.7, 0, 0, 0.7 * by]) }
  );
  const plainStart = { b1: start.b1, a1: start.a1 };
  assertGreater(mf.startPower(second(5e-13), plainStart), 0);
  assertThrows(() => mf.startPower(second(5e-12), plainStart), RangeError, "its rank is 2");
  const tilted = { ...rest, w2: matrix(2, 2, [1.3, 0, 1e-9, 0.8]) };
  assertThrows(() => mf.startPower(tilted, { b1: start.b1, a1: start.a1 }), RangeError, "(T9)");
});

Deno.test("escapeTimeOf() names what fails", () => {
  const draws = () => portable(1), options = { start: "gauss", r: 2, alpha: 1e-3 } as const;
  const of = (problem: mf.Problem) =>
    mf.escapeTimeOf(problem, mf.startAdapters(problem, { ...options, draws: draws() }));
  const tilted = mf.canonical({ d: 4, s2: 1.3, degrees: 20 });
  assertThrows(() => of(tilted), RangeError, "see universalCurve (T9)");
  assertThrows(() => of(mf.factorization({ m: 3, sigma: [2, 1] })), RangeError, "its rank is 2");
  assertThrows(() => of(mf.problemQ({ delta: 1 })), RangeError, "δ_w must be below 1");
  assertThrows(() => of(mf.problemQ({ delta: 1.5 })), RangeError, "exchange the layers");
  const blind = mf.aligned({ s2: [1, 0], target: [0, 1], m: 2, n: 2 });
  assertThrows(() => of(blind), RangeError, "left singular vector of w2");
  const problem = mf.factorization({ m: 3 });
  const other = { b1: matrix(2, 1), a1: matrix(1, 3) };
  assertThrows(() => mf.escapeTimeOf(problem, other), TypeError, "current shapes are 2 x 1");
  const still = { b1: matrix(3, 1), a1: matrix(1, 3, [0, 1, 0]) };
  assertThrows(() => mf.escapeTimeOf(problem, still), RangeError, "‖z₁‖² is 0");
  for (const name of ["s", "sigma", "power"]) {
    for (const bad of [0, -1, NaN, Infinity]) {
      const mode = { s: 1, sigma: 1, power: 1, [name]: bad } as never;
      assertThrows(() => mf.escapeTime(mode), RangeError, `${name} must be a finite number > 0`);
    }
  }
  assertThrows(
    () => mf.escapeTime({ s: 1, sigma: 1, power: 1, alpha: 1 } as never),
    TypeError,
    "no other keys than s, sigma, power",
  );
});
