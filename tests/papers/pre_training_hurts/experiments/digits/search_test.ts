/** Exponents of the search by hand, and a caption that says what the strength is. */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import {
  type DigitsSearchRow,
  digitsSearchTimes,
  searchExponent,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const rowsOf = (exits: Record<number, (number | null)[]>) =>
  Object.entries(exits).flatMap(([mu, list]) =>
    list.map((exit, copy) => ({ mu: Number(mu), copy, exit }) as DigitsSearchRow)
  );

Deno.test("searchExponent() is the mean of a slope for each start, with its error", () => {
  // Slopes 2 and 3 in −ln(1 − μ): errors of their mean, 1/2.
  const rows = rowsOf({ 0.5: [40, 100], 0.75: [160, 800] });
  const { exponent, se, starts, distance } = searchExponent(rows);
  assertAlmostEquals(exponent, 2.5, 1e-12);
  assertAlmostEquals(se, 0.5, 1e-12);
  assertEquals(starts, 2);
  assertAlmostEquals(distance, Math.sqrt(0.5 * 0.25), 1e-12);
});

Deno.test("a start that has not arrived everywhere has no slope; strengths can be chosen", () => {
  const rows = rowsOf({ 0: [10, 10, 10], 0.5: [40, 100, 80], 0.75: [160, 800, null] });
  assertEquals(searchExponent(rows).starts, 2);
  assertAlmostEquals(searchExponent(rows, 0, 0.5).exponent, Math.log2(4 * 10 * 8) / 3, 1e-12);
});

Deno.test("the caption says σ₁, network, inputs and rank; own images need a class each", async () => {
  const run = await digitsSearchTimes({
    ...{ preset: "quick", hidden: 6, activation: "erf", fullSteps: 100, rank: 2, inputs: "normal" },
    ...{ mu: [0, 0.4], copies: 2, maxSteps: 3000 },
  });
  const { caption } = run.figure();
  for (const words of ["rank-2", "6 erf units", "σ₁ = ", "standard normals", "100 steps"]) {
    assert(caption!.includes(words), caption);
  }
  assert(caption!.includes(`σ₁ = ${run.rows[0].sigma.toFixed(2)}`), caption);
  const data = { x: [[1, 2], [3]], label: [0, 1] };
  await assertRejects(() => digitsSearchTimes({ data }), Error, "data must be");
});
