import { assertEquals, assertGreater } from "@std/assert";
import { digitsSearch } from "lora-dynamics/papers/pre_training_hurts/mod.ts";

Deno.test("digitsSearch finds the direction later for stronger pre-training, null if not at all", async () => {
  const run = async (mu: number, maxSteps: number) => {
    const cell = { mu, fullSteps: 300, step: 0.5, maxSteps };
    return [await digitsSearch(cell, { seed: "1" } as never)].flat()[0];
  };
  const [weak, strong, cut] = [await run(0, 5000), await run(0.6, 5000), await run(0.6, 2)];
  assertGreater(strong.exit!, weak.exit!);
  assertGreater(weak.initialLoss, strong.initialLoss);
  assertEquals(cut.exit, null);
  assertEquals(weak.fullTrainLoss, strong.fullTrainLoss);
  assertGreater(weak.fullTestLoss, weak.fullTrainLoss);
});
