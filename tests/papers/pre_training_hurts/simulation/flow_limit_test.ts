import { assertAlmostEquals, assertGreater, assertLess } from "@std/assert";
import { LinearChain, SingleIndexChain } from "lora-dynamics/chain/mod.ts";
import { slope, summary } from "lora-dynamics/experiment/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { LoraFlow, stepScale } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const SHARP = { rtol: 1e-12 };

/** Value of the right-hand side. */
function field(flow: LoraFlow, y: ArrayLike<number>): Float64Array {
  const dy = new Float64Array(y.length);
  flow.rhs(0, Float64Array.from(y), dy);
  return dy;
}

Deno.test("the mean step of the free chain is the flow's field at any step size (1e5 samples, 4 s.e.)", () => {
  for (const name of ["x", "erf", "relu", "sigmoid", "He2", "He3"]) {
    const student = activation(name), a0 = [0.3, -0.4], u0 = 0.3, sphere = false, step = 0.7;
    const model = {
      student,
      d: 30,
      frozen: [0.6, 0.4],
      batch: 100,
      step: step / stepScale(student),
      sphere,
    };
    const rng = stream("7", "mean step", name);
    const chain = new SingleIndexChain(model, 1000, rng, { u: u0, a: a0 });
    chain.step();
    const { u, a } = chain.state;
    const moves = [
      summary(u.map((x) => (x - u0) / step)),
      ...a0.map((x, j) => summary(Float64Array.from(u, (_, c) => (a[2 * c + j] - x) / step))),
    ];
    const worst = (frozen: number[]) => {
      const flow = new LoraFlow({ student, frozen, a0, u0, sphere });
      const dy = field(flow, flow.y0);
      return Math.max(...moves.map(({ mean, se }, i) => Math.abs(mean - dy[i]) / se));
    };
    assertLess(worst([0.6, 0.4]), 4, name);
    // Control: a frozen weight that leans to the other side is found out.
    assertGreater(worst([0.6, -0.4]), 10, `${name}, control`);
  }
});

Deno.test("the exit of the chain tends to the flow's as eta -> 0, the gap like eta", () => {
  // b = 1e12: no noise is left, only the finite step.
  const start = { u: 0.01, a: [0.05] };
  const flow = new LoraFlow({ student: activation("x"), frozen: [0.5], u0: 0.01, a0: [0.05] });
  const exit = flow.exitTime(0.5, 1e6, SHARP);
  const steps = [0.2, 0.1, 0.05, 0.025];
  const gaps = steps.map((step) => {
    const model = { student: activation("x"), d: 1000, frozen: [0.5], batch: 1e12, step };
    const chain = new LinearChain(model, 1, stream("7", "small steps"), start);
    while (Math.abs(chain.state.m(0)) < 0.5 - 1e-3) chain.step();
    // The chain's own linear interpolation: two states around the radius.
    let before = Math.abs(chain.state.m(0));
    for (;;) {
      chain.step();
      const now = Math.abs(chain.state.m(0));
      if (now >= 0.5) {
        return Math.abs((chain.steps - (now - 0.5) / (now - before)) * step / exit - 1);
      }
      before = now;
    }
  });
  assertAlmostEquals(slope(steps.map(Math.log), gaps.map(Math.log)), 1, 0.2);
  assertLess(gaps[3], 0.02);
});

Deno.test("erf: the mean of 64 chains, extrapolated to eta = 0, is the flow within 4 s.e.", () => {
  const student = activation("erf"), t = 24, start = { u: 0.1, a: [0.3] };
  const ends = [0.8, 0.4].map((step) => {
    const model = { student, d: 100, frozen: [0.5], batch: 1000, step };
    const chain = new SingleIndexChain(model, 64, stream("7", "extrapolation", step), start);
    chain.run(Math.round(t / step));
    return { u: summary(chain.state.u), m: summary(chain.state.a) };
  });
  const distance = (mu: number, key: "u" | "m") => {
    const [point] = new LoraFlow({ student, frozen: [mu], u0: 0.1, a0: [0.3] }).path([t]);
    const [coarse, fine] = ends.map((end) => end[key]);
    const limit = 2 * fine.mean - coarse.mean, se = Math.hypot(coarse.se, 2 * fine.se);
    return Math.abs(limit - point[key]) / se;
  };
  for (const key of ["u", "m"] as const) {
    assertLess(distance(0.5, key), 4, key);
    // Control: the flow of a neighbouring strength is found out.
    assertGreater(distance(0.45, key), 6, `${key}, control`);
  }
});
