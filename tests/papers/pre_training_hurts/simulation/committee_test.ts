/** Runs of committees: their start, both ways to measure their loss, and their agreement with each other. */
import { assertAlmostEquals, assertGreater, assertLess } from "@std/assert";
import { CommitteeChain } from "lora-dynamics/chain/mod.ts";
import {
  committeeLoss,
  committeeRun,
  overlapsOf,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import {
  committeeStart,
  overlapsOfChain,
} from "lora-dynamics/papers/pre_training_hurts/simulation/committee/run.ts";
import { sampledLoss } from "lora-dynamics/papers/pre_training_hurts/simulation/committee/sampled_loss.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const ROWS = [[0.2, 0, 0], [0, 0.4, 0], [0, 0, 1]];
const CELL = { student: "relu", rows: ROWS, rank: 2, d: 7, batch: 20, step: 1 };

async function losses(change: object = {}): Promise<number[]> {
  const cell = { ...CELL, looks: [0, 3], copies: 2, ...change };
  return [await committeeRun(cell, { seed: "4" } as never)].flat().map(({ loss }) => loss);
}

Deno.test("a run starts from U = d⁻² and unit rows, and its first loss is that of this student", async () => {
  const [first] = await losses(), { u, v } = committeeStart(CELL, "4", 0);
  for (const x of u.flat()) assertAlmostEquals(x, 7 ** -2, 1e-16);
  for (const row of v) assertAlmostEquals(Math.hypot(...row), 1, 1e-12);
  const student = ROWS.map((row, k) =>
    v[0].map((_, q) => (row[q] ?? 0) + (v[0][q] + v[1][q]) * u[k][0])
  );
  assertAlmostEquals(first, committeeLoss("relu", overlapsOf(student)), 1e-14);
});

Deno.test("the loss on test inputs is the population's within their error, rest of the adapter and all", () => {
  const model = { activation: "relu", frozen: ROWS, rank: 2, d: 40, batch: 3, step: 6, scale: 3 };
  const chain = new CommitteeChain(model, stream("7", "sampled"));
  chain.run(25);
  const exact = committeeLoss("relu", overlapsOfChain(chain, 3, 3));
  const sampled = sampledLoss("relu", ROWS, stream("7", "test"))(chain);
  // Squared errors of nearly normal sums have relative spread up to about 2.
  assertLess(Math.abs(sampled / exact - 1), 4 * Math.sqrt(4 / 2000));
  // What the rows do outside the frame is a good part of it.
  chain.h.fill(0);
  assertGreater(Math.abs(committeeLoss("relu", overlapsOfChain(chain, 3, 3)) / exact - 1), 0.3);
  assertGreater(Math.abs(sampledLoss("relu", ROWS, stream("7", "test"))(chain) / exact - 1), 0.3);
});

Deno.test("an activation without closed moments is measured on test inputs, odd ones over the root of K", async () => {
  const [first] = await losses({ student: "tanh(z)", d: 1000 });
  const exact = committeeLoss("tanh(z)", overlapsOf(ROWS));
  assertLess(Math.abs(first / exact - 1), 4 * Math.sqrt(4 / 2000));
});

Deno.test("copies of one seed differ, strengths share their numbers", async () => {
  const [first, , second] = await losses();
  assertGreater(Math.abs(first - second), 1e-9);
  const weaker = committeeStart({ ...CELL, rows: [[0.1, 0, 0], ...ROWS.slice(1)] }, "4", 1);
  assertAlmostEquals(weaker.v[1][0], committeeStart(CELL, "4", 1).v[1][0], 1e-16);
});
