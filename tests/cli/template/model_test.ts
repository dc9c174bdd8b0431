import { assert, assertAlmostEquals, assertThrows } from "@std/assert";
import {
  descentHalfTime,
  descents,
  gradient,
  halfTime,
  learntShare,
  loss,
  meanHalfTime,
  step,
  stepDelay,
} from "lora-dynamics/cli/template/mod.ts";
import { slope, summary, sweep } from "lora-dynamics/experiment/mod.ts";
import { solveOde } from "lora-dynamics/ode/mod.ts";

// Away from 1, where factors cannot be told apart.
const mode = { gain: 0.7, target: 1.9 };

Deno.test("gradient() is the derivative of loss()", () => {
  const at = { b: 0.4, a: -1.1 }, { b, a } = gradient(mode, at), h = 1e-5;
  const along = (db: number, da: number) =>
    (loss(mode, { b: at.b + db, a: at.a + da }) - loss(mode, { b: at.b - db, a: at.a - da })) /
    (2 * h);
  // Central differences: h² times the third derivative, and rounding over h.
  assertAlmostEquals(b, along(h, 0), 1e-9);
  assertAlmostEquals(a, along(0, h), 1e-9);
});

Deno.test("descentHalfTime() is where repeated steps of the model pass one half", () => {
  const eta = 0.01, a = 0.05;
  let adapter = { b: a, a }, steps = 0;
  for (; mode.gain * adapter.b * adapter.a < mode.target / 2; steps++) {
    adapter = step(mode, adapter, eta);
  }
  const time = descentHalfTime(mode, a, eta);
  assert(time > eta * (steps - 1) && time <= eta * steps, `${time} is not in step ${steps}`);
});

Deno.test("learntShare() is the flow of the model, solved by an integrator", () => {
  const a = 0.1, share = mode.gain * a * a / mode.target;
  const times = [1, 2, 3];
  const flow = solveOde(
    (_, y, dy) => {
      const { b, a } = gradient(mode, { b: y[0], a: y[1] });
      [dy[0], dy[1]] = [-b, -a];
    },
    0,
    3,
    [a, a],
    { rtol: 1e-11, atol: 1e-13, times },
  );
  times.forEach((t, i) => {
    const [b, a] = flow.states[i];
    assertAlmostEquals(learntShare(mode, share, t), mode.gain * b * a / mode.target, 1e-9);
  });
  assertAlmostEquals(learntShare(mode, share, halfTime(mode, share)), 0.5, 1e-13);
});

Deno.test("gradient descent comes after the flow by stepDelay(), up to the square of the step", () => {
  const a = 0.03, share = mode.gain * a * a / mode.target;
  const etas = [0.04, 0.02, 0.01, 0.005];
  const errors = etas.map((eta) =>
    Math.abs(descentHalfTime(mode, a, eta) - halfTime(mode, share) - stepDelay(mode, share, eta))
  );
  assertAlmostEquals(slope(etas.map(Math.log), errors.map(Math.log)), 2, 0.2);
  // Control: without the delay the error is of first order.
  const bare = etas.map((eta) => descentHalfTime(mode, a, eta) - halfTime(mode, share));
  assertAlmostEquals(slope(etas.map(Math.log), bare.map(Math.log)), 1, 0.2);
});

Deno.test("meanHalfTime() is the mean over starts within four standard errors, a law without γ is not", async () => {
  const cell = { ...mode, scale: 1e-3, eta: 1e-3, copies: 1000 };
  const { mean, se } = summary(
    (await sweep({ name: "starts", run: descents, cells: [cell], seeds: ["7"] })).map(({ time }) =>
      time
    ),
  );
  const law = meanHalfTime(mode, cell.scale);
  assertAlmostEquals(mean, law, 4 * se);
  const without = law - 0.5772156649 / (2 * mode.gain * mode.target);
  assert(Math.abs(mean - without) > 4 * se);
});

Deno.test("values out of range are named", () => {
  assertThrows(() => halfTime({ gain: 0, target: 1 }, 0.1), RangeError, "gain must be");
  assertThrows(() => halfTime(mode, 0.5), RangeError, "share must lie in (0, 0.5)");
  assertThrows(() => learntShare(mode, 0.1, NaN), RangeError, "t must be");
  assertThrows(() => stepDelay(mode, 0.1, 0), RangeError, "eta must be");
  assertThrows(() => meanHalfTime(mode, -1), RangeError, "scale must be");
  assertThrows(() => descentHalfTime(mode, 2, 0.01), RangeError, "a must lie in");
  assertThrows(() => descentHalfTime(mode, 0.1, 1), RangeError, "eta must lie in");
});
