import { assertThrows } from "@std/assert";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { type FlowProblem, LoraFlow } from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const PROBLEM = { student: activation("x"), frozen: [0.5], a0: [0.1] };

Deno.test("LoraFlow names shapes and starts that make no sense", () => {
  const open = (change: Partial<FlowProblem>) => () => new LoraFlow({ ...PROBLEM, ...change });
  const shape = "a0 and frozen must have the same length >= 1: current lengths are";
  assertThrows(open({ a0: [0.1, 0.2] }), TypeError, `${shape} 2 and 1`);
  assertThrows(open({ a0: [], frozen: [] }), TypeError, `${shape} 0 and 0`);
  for (const ratio of [NaN, 0, -1, Infinity]) {
    assertThrows(open({ ratio }), RangeError, "ratio must be a finite number > 0");
  }
  for (const bad of [NaN, Infinity, -Infinity]) {
    assertThrows(open({ u0: bad }), RangeError, `u0 must be finite: current value is ${bad}`);
    assertThrows(open({ a0: [bad] }), RangeError, `a0 must be finite: current value is ${bad}`);
    assertThrows(open({ frozen: [bad] }), RangeError, "frozen and a0 must be finite");
  }
  assertThrows(open({ a0: [1.2] }), RangeError, "|a0|^2 must lie in");
  assertThrows(open({ frozen: [0.5, 0.1], a0: [0.8, 0.8] }), RangeError, "current value is 1.28");
});

Deno.test("LoraFlow names times, radii, levels and limits that make no sense", () => {
  const flow = new LoraFlow(PROBLEM);
  for (const radius of [NaN, 0, 1, -0.5, Infinity]) {
    assertThrows(() => flow.exitTime(radius), RangeError, "radius must lie in (0, 1)");
  }
  for (const level of [NaN, 0, -1, Infinity]) {
    assertThrows(() => flow.timeToLoss(level), RangeError, "level must be a finite number > 0");
  }
  assertThrows(() => flow.path([2, 1]), RangeError, "times");
  assertThrows(() => flow.path([1, NaN]), RangeError, "current value is NaN");
  for (const limit of [NaN, -1, Infinity]) {
    assertThrows(() => flow.exitTime(0.5, limit), RangeError, `current value is ${limit}`);
  }
});

Deno.test("LoraFlow says why an integration did not get to its end", () => {
  const flow = new LoraFlow(PROBLEM);
  assertThrows(() => flow.path([100], { maxSteps: 3 }), Error, "maxSteps");
});

Deno.test("exitTime() says why an integration did not get to its end", () => {
  const flow = new LoraFlow(PROBLEM);
  assertThrows(() => flow.exitTime(0.5, 1e6, { maxSteps: 3 }), Error, "maxSteps");
});
