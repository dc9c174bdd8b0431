/** What a reader changes in a cell about noise and dimension, as a reader writes it. */
import { assert, assertAlmostEquals, assertLess, assertStringIncludes } from "@std/assert";
import * as hurts from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const preset = "quick";

Deno.test("another seed reaches every experiment of dimension and noise", async () => {
  const small = {
    dimensionExits: { mu: [0.3], d: [100, 1000], copies: 2 },
    modeGrowth: { batch: [100], looks: [3], copies: 2 },
    assistedSearch: { batch: [1000], copies: 2, maxSteps: 50 },
    plateaus: { mu: [0.3], d: [1e6], batch: [2], copies: 2, times: 2 },
    stepRatios: { mu: [0.3], copies: 2, raiseU: [2], raiseOmega: [2], raiseBoth: [2] },
    noiseFloors: { mu: [0.3], batchPerD: [4], copies: 2, averaged: 5, burnIn: 5 },
    batchRules: { mu: [0.3], d: [1e6], copies: 2 },
    baselines: { students: ["x"], mu: [0.3], d: [100], runs: [100], copies: 2 },
  } as const;
  for (const [name, parameters] of Object.entries(small)) {
    // deno-lint-ignore no-explicit-any -- eight experiments with parameters of their own
    const run = (hurts as any)[name];
    const one = await run({ preset, ...parameters, seed: "one" });
    const two = await run({ preset, ...parameters, seed: "two" });
    assert(one.record.seeds.every((seed: string) => seed.startsWith("one")), name);
    const numbers = (rows: readonly object[]) =>
      JSON.stringify(rows.map((row) => ({ ...row, seed: 0 })));
    if (name !== "assistedSearch") assert(numbers(one.rows) !== numbers(two.rows), name);
  }
});

Deno.test("label noise of any law: the critical batch knows its variance alone", async () => {
  const mine = { preset, mu: [0.5], d: [1e6], batch: [4], copies: 3, noise: 0.5 } as const;
  const [normal] = hurts.plateauMeans((await hurts.plateaus(mine)).rows);
  const quiet = hurts.plateauMeans((await hurts.plateaus({ ...mine, noise: 0 })).rows)[0];
  assertAlmostEquals(normal.samples / quiet.samples, 3, 0.02); // S₀ = 1/4 + 1/2
  assertAlmostEquals(normal.share, quiet.share, 0.1);
});

Deno.test("a stronger model, softer labels: the search of another target against the dimension", async () => {
  const exits = await hurts.dimensionExits({
    ...{
      preset,
      student: "tanh(z)",
      mu: [0.4],
      d: [100, 1000],
      batch: "20 d",
      step: 0.5,
      copies: 12,
    },
  });
  const [low, high] = hurts.dimensionExitMeans(exits.rows, exits.parameters);
  assertLess(
    Math.abs(high.mean - low.mean - (high.theory! - low.theory!)),
    4 * Math.hypot(low.se, high.se),
  );
  assertStringIncludes(exits.figure().caption ?? "", "tanh(z) target");
});

Deno.test("LoRA+ the other way: does a hundredfold step of omega help a weak model?", async () => {
  const { rows, parameters } = await hurts.stepRatios({
    preset,
    mu: [0.2],
    raiseOmega: [100],
    copies: 8,
  });
  const [row] = hurts.stepRatioMeans(rows, parameters).filter(({ raised }) => raised === "omega");
  // From η_u λ = 0.044 to η_u √ζ A ≈ 0.75: 15 times faster, no longer the factor of 100.
  assertAlmostEquals(row.ratio, row.theory!, 0.03);
  assert(row.theory! > 0.05 && row.theory! < 0.15);
});
