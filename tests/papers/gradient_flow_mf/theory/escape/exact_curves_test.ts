import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { solveOde } from "lora-dynamics/ode/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close } from "../_helpers.ts";

/** The scalar mode by our integrator: product and error. */
function scalar({ s, sigma }: { s: number; sigma: number }, b: number, a: number, t: number) {
  const { y } = solveOde(
    (_t, y, dy) => {
      const e = sigma - s * y[0] * y[1];
      dy[0] = s * e * y[1];
      dy[1] = s * e * y[0];
    },
    0,
    t,
    [b, a],
    { rtol: 1e-13, atol: 1e-16 },
  );
  return y[0] * y[1];
}

Deno.test("three modes of sQ from the spectral start are the golden logistics, and those of the flow", () => {
  const { s, sigma, alpha, t, e } = golden.general.T5_modes;
  t.forEach((time, i) =>
    sigma.forEach((value, j) =>
      close(mf.alignedError({ s, sigma: value, x0: alpha ** 2 }, time), e[i][j], 1e-10)
    )
  );
  const problem = mf.factorization({ m: 9, n: 6, sigma, s });
  const start = mf.startAdapters(problem, { start: "spectral", r: 4, alpha });
  const flow = new mf.AdapterFlow(problem, start), { states } = flow.solve(t);
  states.forEach((state, i) => {
    const { data } = flow.error(state);
    sigma.forEach((_, j) => assertAlmostEquals(data[7 * j], e[i][j], 1e-10));
  });
});

Deno.test("alignedError() at s = 0.8, σ = 1.3 and its inverse are the golden ones", () => {
  const mode = { s: 0.8, sigma: 1.3, x0: 1e-6 };
  close(mf.alignedError(mode, 8), golden.logistic.e_at_8, 1e-12);
  close(mf.timeToLoss(mode, 1e-12), golden.logistic["T_eps_1e-12_formula"], 1e-13);
  for (const epsilon of [0.5, 1e-2, 1e-6, 1e-20]) {
    close(0.5 * mf.alignedError(mode, mf.timeToLoss(mode, epsilon)) ** 2, epsilon, 1e-9);
  }
  assertEquals(mf.alignedError({ s: 0.5, sigma: 3, x0: 4 }, 0), 1);
});

Deno.test("imbalancedTime() and imbalancedCurve(): golden numbers for B = 0 and for both factors", () => {
  const { s, sigma, b0, a0, x_at_3 } = { ...golden.logistic.imbalanced, s: 0.8, sigma: 1.3 };
  const both = { s, sigma, x0: b0 * a0 }, delta = b0 ** 2 - a0 ** 2;
  close(mf.imbalancedTime(both, delta, x_at_3), 3, 1e-11);
  close(mf.imbalancedCurve(both, delta, 3).x, x_at_3, 1e-11);
  const one = golden.spectralDelay.imbalanced_zeroB, mode = { s: one.s, sigma: one.sigma, x0: 0 };
  [3, 6].forEach((t, i) => {
    close(mf.imbalancedCurve(mode, -(one.a0 ** 2), t).x, one.x_at_3_6[i], 1e-10);
    close(mf.imbalancedTime(mode, -(one.a0 ** 2), one.x_at_3_6[i]), t, 1e-10);
  });
});

Deno.test("imbalancedCurve() solves its equation, forwards and backwards, and does not see the sign", () => {
  for (const [b, a] of [[0.3, 0.01], [0, 0.2], [0.05, 0.6], [0.1, 0.1]]) {
    const mode = { s: 1.7, sigma: 0.6, x0: b * a }, delta = b * b - a * a;
    for (const t of [0.01, 1, 3]) {
      const { x, e } = mf.imbalancedCurve(mode, delta, t);
      assertAlmostEquals(x, scalar(mode, b, a, t), 1e-12);
      assertAlmostEquals(e, 0.6 - 1.7 * x, 1e-14);
      close(mf.imbalancedTime(mode, delta, x), t, 1e-11);
      assertEquals(mf.imbalancedCurve(mode, -delta, t), { x, e });
    }
  }
});

Deno.test("imbalancedCurve() keeps the digits of a tiny product and of a tiny error", () => {
  const mode = { s: 2.3, sigma: 0.45, x0: 0 }, delta = -(1e-8 ** 2);
  // Early x = a₀² sinh(2sσt)/2, late the error falls at the rate s²√(δ² + 4q²) = 2sσ.
  close(mf.imbalancedCurve(mode, delta, 0.5).x, 0.5e-16 * Math.sinh(2.3 * 0.45), 1e-10);
  const [early, late] = [30, 31].map((t) => mf.imbalancedCurve(mode, delta, t).e);
  close(Math.log(early / late), 2 * 2.3 * 0.45, 1e-9);
  assertEquals(mf.imbalancedCurve(mode, delta, 0), { x: 0, e: 0.45 });
  const tiny = mf.imbalancedCurve(mode, delta, 1e-300);
  assertAlmostEquals(tiny.x, 0, 1e-30);
  assertAlmostEquals(tiny.e, 0.45, 1e-15);
  assertEquals(mf.imbalancedCurve(mode, delta, 1e4), { x: 0.45 / 2.3, e: 0 });
  close(mf.imbalancedCurve(mode, delta, 330).e, early * Math.exp(-2 * 2.3 * 0.45 * 300), 1e-9);
  const balanced = { s: 0.8, sigma: 1.3, x0: 1e-6 };
  for (const t of [0.5, 8, 30]) {
    close(mf.imbalancedCurve(balanced, 0, t).e, mf.alignedError(balanced, t), 1e-10);
  }
});

Deno.test("exact curves refuse what they have no answer for", () => {
  const mode = { s: 0.8, sigma: 1.3, x0: 1e-6 };
  const start = 0.5 * (1.3 - 0.8e-6) ** 2;
  for (const epsilon of [start, 1, 0, -1, NaN]) {
    assertThrows(() => mf.timeToLoss(mode, epsilon), RangeError, "epsilon must be");
  }
  close(mf.timeToLoss(mode, start * (1 - 1e-9)) + 1, 1, 0.5);
  for (const x of [1.3 / 0.8, 2, NaN, -1, 0]) {
    assertThrows(() => mf.imbalancedTime(mode, 0.1, x), RangeError, "x must lie in [x0, sigma/s)");
  }
  for (const name of ["s", "sigma", "x0"]) {
    for (const bad of [NaN, -1, Infinity]) {
      const other = { ...mode, [name]: bad };
      assertThrows(() => mf.alignedError(other, 1), RangeError, `${name} must be`);
      assertThrows(() => mf.timeToLoss(other, 1e-3), RangeError, `${name} must be`);
      assertThrows(() => mf.imbalancedTime(other, 0.1, 0.5), RangeError, `${name} must be`);
      assertThrows(() => mf.imbalancedCurve(other, 0.1, 1), RangeError, `${name} must be`);
    }
  }
  const learnt = { ...mode, x0: 1.3 / 0.8 };
  assertThrows(() => mf.alignedError(learnt, 1), RangeError, "x0 must be below sigma/s");
  assertThrows(() => mf.alignedError({ ...mode, x0: 0 }, 1), RangeError, "x0 must be");
  assertThrows(() => mf.timeToLoss({ ...mode, x0: 0 }, 1e-3), RangeError, "x0 must be");
  assertThrows(() => mf.imbalancedCurve({ ...mode, x0: 0 }, 0, 1), RangeError, "stay so");
  for (const t of [-1, NaN]) {
    assertThrows(() => mf.alignedError(mode, t), RangeError, "t must be");
    assertThrows(() => mf.imbalancedCurve(mode, 0.1, t), RangeError, "t must be");
  }
  assertThrows(() => mf.imbalancedCurve(mode, NaN, 1), RangeError, "delta must be");
  assertThrows(
    () => mf.alignedError({ ...mode, alpha: 1 } as never, 1),
    TypeError,
    "no other keys",
  );
});
