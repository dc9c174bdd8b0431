import { assertAlmostEquals, assertLess, assertThrows } from "@std/assert";
import { solveOde } from "lora-dynamics/ode/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close } from "../_helpers.ts";

/** Away from 1: `σ = 1.7`, `σ_{W₂} = 2.3`, `δ_w = 0.4`. */
const direction = { sigma: 1.7, sigmaW2: 2.3, sigmaW1: 0.92, z1: 1e-10 };

/** Growth of `log z₁` and of `log(z₁/z₂)` in the scalar flow with adapter 2 at rest, or taking part. */
function scalarFlow(times: readonly number[], second: number) {
  const { sigma, sigmaW2: s2, sigmaW1: s1, z1 } = direction;
  const slopes = (y: ArrayLike<number>) => {
    const [b1, a1, b2, a2] = [y[0], y[1], y[2], y[3]], x1 = b1 * a1, x2 = b2 * a2;
    const e = sigma - s2 * x1 - s1 * x2 - x1 * x2;
    return [(s2 + x2) * e * a1, (s2 + x2) * e * b1, (s1 + x1) * e * a2, (s1 + x1) * e * b2];
  };
  const { states } = solveOde(
    (_t, y, dy) => slopes(y).forEach((x, i) => dy[i] = x),
    0,
    times.at(-1)!,
    [0, Math.sqrt(z1), 0, second * Math.sqrt(z1)],
    { times, rtol: 1e-12, atol: 1e-18 },
  );
  return states.map((y) => {
    const dy = slopes(y), z = y[0] ** 2 + y[1] ** 2, w = y[2] ** 2 + y[3] ** 2;
    const growth = 2 * (y[0] * dy[0] + y[1] * dy[1]) / z;
    return { z1: z, growth, ratio: growth - 2 * (y[2] * dy[2] + y[3] * dy[3]) / w };
  });
}

Deno.test("theorem41(): T₁ of F.1 and of the main text, and the first crossing, are the golden ones", () => {
  for (const { delta_w, alpha, T1_F1, T1_main, tanh_time } of golden.theorem41) {
    const { t1, t1Main, from } = mf.theorem41({
      ...{ sigma: 5, sigmaW2: 2.5, sigmaW1: 2.5 * delta_w, z1: alpha ** 2 },
    });
    close(t1, T1_F1, 1e-12);
    close(t1Main, T1_main, 1e-12);
    close(from, tanh_time, 1e-12);
  }
});

Deno.test("theorem41(): bounds, threshold and rate by hand", () => {
  const { growth, ratioGrowth, threshold, rate, bound } = mf.theorem41(direction);
  const lambda = 1.7 * 2.3;
  close(growth, 3.4 / 2 * lambda, 1e-12);
  close(ratioGrowth, 1.5 * 0.6 * lambda, 1e-12);
  close(threshold, 0.6 * 1.7 / (8 * 2.3), 1e-12);
  close(rate, 0.6 * lambda / 8, 1e-12);
  close(bound(0.3, 2), 0.3 * Math.exp(-2 * rate), 1e-12);
});

Deno.test("theorem41(): the growth law is the scalar flow with a negligible second adapter", () => {
  const { growthAt, t1, from, until, growth, reached, threshold } = mf.theorem41(direction);
  const times = [0, 0.5 * from, from, 2 * from, 0.5 * t1, 0.9 * until, until, t1];
  scalarFlow(times, 1e-6).forEach((row, i) =>
    assertAlmostEquals(growthAt(times[i]) / growth, row.growth / growth, 1e-6)
  );
  const at = (t: number) => scalarFlow([t], 1e-6)[0];
  close(at(from).growth, growth, 1e-6);
  close(at(until).growth, growth, 1e-6);
  close(at(t1).z1 / threshold, reached, 1e-6);
  assertLess(until, t1);
});

Deno.test("theorem41(): the second line of part 1 holds from ratioFrom on in the scalar flow", () => {
  const { ratioFrom, ratioGrowth } = mf.theorem41(direction);
  const [before, at, after] = scalarFlow([0.8 * ratioFrom, ratioFrom, 1.2 * ratioFrom], 1);
  close(at.ratio, ratioGrowth, 1e-8);
  assertLess(before.ratio, ratioGrowth);
  assertLess(ratioGrowth, after.ratio);
});

Deno.test("theorem41() refuses what it is not about", () => {
  assertThrows(
    () => mf.theorem41({ ...direction, sigmaW1: 2.3 }),
    RangeError,
    "exchange the layers",
  );
  assertThrows(() => mf.theorem41({ ...direction, z1: 0 }), RangeError, "z1 must be");
  assertThrows(() => mf.theorem41({ ...direction, sigma: NaN }), RangeError, "sigma must be");
  assertThrows(() => mf.theorem41({ ...direction, alpha: 1 } as never), TypeError, "alpha");
  const { bound } = mf.theorem41(direction);
  assertThrows(() => bound(1, -1), RangeError, "since must be");
});
