import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { sgdRun, stationary } from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const SETTING = {
  ...{ student: "erf", w0: [0.6, 0.2], d: 40, batch: 8, step: 0.4, noise: 0.1, copies: 3 },
  start: { u: -0.4, a: [-0.6, 0.5] },
} as const;

Deno.test("stationary() averages what sgdRun() sees after the burn-in, step by step", async () => {
  const looks = Array.from({ length: 20 }, (_, i) => 11 + i);
  const observe = ({ u }: { readonly u: number }) => ({ square: u * u });
  const run = [await sgdRun({ ...SETTING, looks, observe }, { seed: "3" })].flat();
  const found = [await stationary({ ...SETTING, burnIn: 10, averaged: 20 }, { seed: "3" })].flat();
  found.forEach((row, copy) => {
    const own = run.filter((at) => at.copy === copy);
    assertEquals([row.copy, row.status, own.length], [copy, "running", 20]);
    for (const key of ["m", "gap", "u", "s", "loss"] as const) {
      const mean = own.reduce((sum, at) => sum + at[key], 0) / own.length;
      assertAlmostEquals(row[key], mean, 1e-13, key);
    }
    const square = own.reduce((sum, at) => sum + (at as unknown as { square: number }).square, 0) /
      20;
    assertAlmostEquals(row.uSquare, square, 1e-13);
  });
});

Deno.test("stationary() has the sign of u m, on both sides", async () => {
  for (const sign of [1, -1]) {
    const start = { u: 0.4, a: [0.6 * sign, 0.5] };
    // A batch without noise keeps u and m on their sides.
    const cell = { ...SETTING, start, noise: 0, d: 4000, batch: 4000, burnIn: 0, averaged: 3 };
    for (const row of [await stationary(cell, { seed: "3" })].flat()) {
      assert(row.m > 0.3 && row.u * sign > 0.05, `${row.m} ${row.u}`);
    }
  }
});

Deno.test("stationary() without burn-in begins with the first step", async () => {
  const [row] = [await stationary({ ...SETTING, burnIn: 0, averaged: 1 }, { seed: "3" })].flat();
  const [first] = [await sgdRun({ ...SETTING, looks: [1] }, { seed: "3" })].flat();
  assertEquals([row.m, row.loss], [first.m, first.loss]);
});

Deno.test("stationary() names counts that make no sense", async () => {
  for (const bad of [-1, 0.5, NaN]) {
    const run = async () =>
      await stationary({ ...SETTING, burnIn: bad, averaged: 1 }, { seed: "3" });
    await assertRejects(run, RangeError, "burnIn must be an integer >= 0");
  }
  const run = async () => await stationary({ ...SETTING, burnIn: 1, averaged: 0 }, { seed: "3" });
  await assertRejects(run, RangeError, "averaged must be an integer >= 1");
});
