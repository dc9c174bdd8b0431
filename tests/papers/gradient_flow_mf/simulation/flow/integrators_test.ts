import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { slope } from "lora-dynamics/experiment/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close } from "../../theory/_helpers.ts";

/** F8: the reference draws the adapters after the 90 + 72 + 80 entries of the problem. */
function reference(): mf.AdapterFlow {
  const problem = mf.generic(), draws = portable(11);
  draws.normals(242);
  return new mf.AdapterFlow(
    problem,
    mf.startAdapters(problem, { start: "gauss", r: 3, alpha: 0.3, draws }),
  );
}

Deno.test("drifts of Euler and Runge–Kutta 4 are the golden ones, to their orders", () => {
  const flow = reference(), { L0, euler, rk4, dop853 } = golden.drift;
  close(flow.loss(flow.start), L0, 1e-13);
  for (const [name, rows, order] of [["euler", euler, 1], ["rk4", rk4, 4]] as const) {
    const drifts = rows.map(({ h, drift, loss }) => {
      const state = mf.followFixed(flow, name, 4, h);
      close(flow.loss(state), loss, 1e-11);
      const found = mf.imbalanceDrift(flow, state);
      close(found, drift, 1e-8);
      return found;
    });
    close(slope(rows.map(({ h }) => Math.log(h)), drifts.map(Math.log)), order, 0.05);
  }
  const { states } = flow.solve([4]);
  close(flow.loss(states[0]), dop853.loss, 1e-12);
  assertLess(mf.imbalanceDrift(flow, states[0]), 1e-13);
});

Deno.test("descentDriftRate() is the slope of the drift of Euler's method, over any time and with one adapter", () => {
  const single = mf.factorization({ m: 4, n: 3, sigma: [0.9], s: 1.3 }), draws = portable(3);
  const start = mf.startAdapters(single, { start: "gauss", r: 2, alpha: 0.4, draws });
  const flows = [[reference(), 4], [reference(), 0.7], [
    new mf.AdapterFlow(single, start),
    1.9,
  ]] as const;
  for (const [flow, end] of flows) {
    const drift = (step: number) =>
      mf.imbalanceDrift(flow, mf.followFixed(flow, "euler", end, step));
    const h = end / 400, slope = 2 * drift(h / 2) / (h / 2) - drift(h) / h; // Richardson
    close(mf.descentDriftRate(flow, end), slope, 1e-4);
  }
  assertThrows(() => mf.descentDriftRate(reference(), 0), RangeError, "end must be");
});

Deno.test("implicit midpoint keeps the imbalances to rounding and has the golden losses", () => {
  const flow = reference();
  for (const { h, loss } of golden.drift.implicit_midpoint) {
    const state = mf.followFixed(flow, "midpoint", 4, h);
    assertLess(mf.imbalanceDrift(flow, state), 2e-15);
    close(flow.loss(state), loss, 1e-12);
  }
});

Deno.test("one step of each method, by the model", () => {
  const problem = mf.problemQ({ delta: 0.5 }), draws = portable(2);
  const start = mf.startAdapters(problem, { start: "gauss", r: 2, alpha: 0.2, draws });
  const flow = new mf.AdapterFlow(problem, start), h = 0.01;
  const { b2 } = flow.adapters(mf.followFixed(flow, "euler", h, h));
  mf.descentStep(problem, start, h).b2!.data.forEach((x, i) =>
    close(b2!.data[i] + 9, x + 9, 1e-13)
  );
  const exact = flow.loss(flow.solve([0.4]).states[0]);
  const off = (name: "rk4" | "midpoint", step: number) =>
    Math.abs(flow.loss(mf.followFixed(flow, name, 0.4, step)) - exact);
  close(Math.log2(off("rk4", 0.02) / off("rk4", 0.01)), 4, 0.1);
  close(Math.log2(off("midpoint", 0.02) / off("midpoint", 0.01)), 2, 0.1);
});

Deno.test("steps divide the interval, however it is given; time reaches the method", () => {
  const flow = reference(), seen: number[] = [];
  const own: mf.FixedStepMethod = {
    name: "own",
    order: 1,
    follow: (rhs, start, end, step) => {
      seen.push(end, step);
      const y = start.slice(), dy = start.slice();
      rhs(0, y, dy);
      return y.map((x, i) => x + end * dy[i]);
    },
  };
  assertEquals(
    mf.followFixed(flow, own, 0.1, 0.1),
    mf.followFixed(flow, "euler", 0.1, 0.1000001),
  );
  assertEquals(seen, [0.1, 0.1]);
  assertEquals(mf.followFixed(flow, "euler", 1, 0.3), mf.followFixed(flow, "euler", 1, 0.25));
  // ẏ = 4t³: the times of the stages count. Simpson's rule is exact for it, Euler's is a left sum.
  const cubic = (t: number, _y: Float64Array, dy: Float64Array) => void (dy[0] = 4 * t ** 3);
  const [simpson] = mf.fixedStepMethod("rk4").follow(cubic, Float64Array.of(1), 2, 0.5);
  assertEquals(simpson, 17);
  const [left] = mf.fixedStepMethod("euler").follow(cubic, Float64Array.of(1), 2, 0.5);
  assertEquals(left, 1 + 0.5 * 4 * (0.5 ** 3 + 1 + 1.5 ** 3));
});

Deno.test("one adapter drifts by itself, and a rotation of ℝ^r does not count as one", () => {
  const problem = mf.factorization({ m: 5, n: 4, sigma: [0.7], s: 1.3 }), draws = portable(5);
  const start = mf.startAdapters(problem, { start: "gauss", r: 2, alpha: 0.3, draws });
  const flow = new mf.AdapterFlow(problem, start);
  assertEquals(mf.imbalanceDrift(flow, flow.start), 0);
  const state = flow.start.slice();
  state[0] += 0.1; // one entry of B
  const [b00, b01] = flow.start, change = (b00 + 0.1) ** 2 - b00 ** 2;
  close(mf.imbalanceDrift(flow, state), Math.hypot(change, 0.1 * b01 * Math.SQRT2), 1e-12);
});

Deno.test("integrators refuse unknown methods, bad steps and states that overflow", () => {
  const flow = reference();
  assertThrows(
    () => mf.fixedStepMethod("rk45" as never),
    RangeError,
    "one of euler, rk4, midpoint",
  );
  assertThrows(() => mf.fixedStepMethod({ name: "x", order: 1 } as never), TypeError, "follow");
  const own = { name: "x", order: 1, follow: () => new Float64Array(1) };
  assertThrows(() => mf.fixedStepMethod({ ...own, step: 1 } as never), TypeError, "no other keys");
  assertThrows(() => mf.fixedStepMethod({ ...own, name: 1 } as never), TypeError, "name");
  assertThrows(() => mf.fixedStepMethod({ ...own, order: 0 }), RangeError, "order of x");
  assertEquals(mf.fixedStepMethod({ ...own, order: null }).order, null);
  for (const bad of [0, NaN, -1]) {
    assertThrows(() => mf.followFixed(flow, "euler", bad, 0.1), RangeError, "end must be");
    assertThrows(() => mf.followFixed(flow, "euler", 1, bad), RangeError, "step must be");
  }
  assertThrows(
    () => mf.followFixed(flow, "euler", 4000, 20),
    RangeError,
    "the state that euler ends with",
  );
});
