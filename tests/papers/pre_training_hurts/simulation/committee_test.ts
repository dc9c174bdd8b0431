import { assertEquals, assertLess } from "@std/assert";
import { committeeLoss } from "lora-dynamics/papers/pre_training_hurts/mod.ts";

Deno.test("committeeLoss starts at half the squared distance of student and teacher", async () => {
  const cell = {
    ...{ student: "x", mu: 0.5, width: 3, rank: 1, d: 1000, batch: 10, step: 0.5 },
    ...{ steps: 1, points: 1 },
  };
  const [{ at, loss }] = [await committeeLoss(cell, { seed: "0" } as never)].flat();
  // Linear units: ½ E[(0.5 z₁ + 0.5 z₂)²]/3, from 4000 samples with relative error √(2/4000).
  assertEquals(at, 0);
  assertLess(Math.abs(loss / (0.25 / 3) - 1), 4 * Math.sqrt(2 / 4000));
});
