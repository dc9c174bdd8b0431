/** Flows beside runs: exits by whichever method has less to do. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { LoraFlow } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import {
  flowExit,
  type FlowPhysics,
} from "lora-dynamics/papers/pre_training_hurts/experiments/flow_lines.ts";

const PHYSICS: Omit<FlowPhysics, "student"> = {
  ...{ teacher: null, d: 1000, step: 0.2, rule: "sgd", sphere: true, rank: 1, start: "typical" },
};

Deno.test("flowExit() is the exit of the flow, from long plateaus and short ones", () => {
  // Decay over growth is 0.6, 11, 79, 48 and 2200: on both sides of where the method changes.
  const cases = [["x", 0.2], ["sigmoid", 0.5], ["sigmoid", 0.8], ["erf", 0.5], [
    "erf",
    0.9,
  ]] as const;
  for (const [student, mu] of cases) {
    const physics: FlowPhysics = { ...PHYSICS, student };
    const m0 = 0.53 / Math.sqrt(1000), from = { u: 1e-6, a: [m0] };
    const flow = new LoraFlow({ student, frozen: [mu], u0: 1e-6, a0: [m0] });
    const wanted = flow.exitTime(0.5, 1e6, { rtol: 1e-10, atol: 1e-14 }) / 0.2;
    const found = flowExit(physics, mu, 0.5, { from });
    assertAlmostEquals(found / wanted, 1, 5e-6, `${student}, ${mu}`);
    // Remembered, and not mistaken for another.
    assertEquals(flowExit(physics, mu, 0.5, { from }), found);
    assertAlmostEquals(flowExit({ ...physics, step: 0.1 }, mu, 0.5, { from }) / found, 2, 1e-12);
  }
});

Deno.test("flowExit() tells functions apart that print alike", () => {
  const own = (a: number) => ({
    name: "own",
    f: (z: number) => a * z,
    df: () => a,
  });
  const exit = (a: number) => flowExit({ ...PHYSICS, student: own(a) }, 0.5, 0.5);
  // Twice the function is four times the gradient.
  assertAlmostEquals(exit(1) / exit(2), 4, 0.05);
});
