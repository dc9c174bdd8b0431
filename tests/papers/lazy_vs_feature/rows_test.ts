/** What a chain draws, against its stream read by hand. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { fineTuning, type RunOptions } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import { checkRun } from "lora-dynamics/papers/lazy_vs_feature/simulation/options.ts";
import { Rows } from "lora-dynamics/papers/lazy_vs_feature/simulation/rows.ts";
import { stream } from "lora-dynamics/random/mod.ts";

/** The first rows of a run with two neurons, and the stream from its start. */
function first(n: number, more: Partial<RunOptions> = {}, gram?: number[]) {
  const model = fineTuning({ k: 2, activation: "h3", kappa: 1, ...(gram ? { gram } : {}) });
  const rows = new Rows(model, checkRun(model, { n, alpha: 0.1, ...more }), stream("7", "rows"));
  const steps = rows.left(), { block, rests, width } = rows;
  assertEquals([steps, block.length], [rests.length, steps * width]);
  return { steps, block, rests, width, rng: stream("7", "rows") };
}

Deno.test("a row holds normals, and label noise of its own stream behind them", () => {
  const { block, width, rng } = first(9, { noise: 0.3 }), noise = rng.stream("noise");
  assertEquals(width, 5);
  const normals = rng.normals(block.length);
  for (let i = 0; i < block.length; i++) {
    assertEquals(block[i], i % 5 === 4 ? 0.3 * noise.normal() : normals[i]);
  }
});

Deno.test("features of correlated neurons are a root of their Gram matrix times normals", () => {
  const { block, rng } = first(9, {}, [1, 0.6, 0.6, 1]), normals = rng.normals(block.length);
  // By Cholesky: (1, 0; 0.6, 0.8) times its transpose is the matrix.
  for (let at = 0; at < block.length; at += 4) {
    const [x, y, one, two] = normals.subarray(at, at + 4);
    assertAlmostEquals(block[at], x, 1e-14);
    assertAlmostEquals(block[at + 1], 0.6 * x + 0.8 * y, 1e-14);
    assertEquals([...block.subarray(at + 2, at + 4)], [one, two]);
  }
});

Deno.test("features of another law are its quantiles, the coordinates of the frame stay normal", () => {
  const { block, rng } = first(9, { law: "uniform" });
  for (let i = 0; i < block.length; i++) {
    const wanted = i % 4 < 2 ? Math.sqrt(3) * (2 * rng.uniform() - 1) : rng.normal();
    assertAlmostEquals(block[i], wanted, 1e-14);
  }
});

Deno.test("what lies outside of the frame has n - 2 degrees of freedom, or is nothing", () => {
  for (const [n, degrees] of [[2, 0], [3, 1], [9, 7]]) {
    const { rests, rng } = first(n);
    for (const rest of rests) assertEquals(rest, degrees === 0 ? 0 : rng.chiSquare(degrees));
  }
});
