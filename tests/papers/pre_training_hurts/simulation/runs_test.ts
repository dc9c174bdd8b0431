/** Rows of runs against the state they are read from. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { pairMoments } from "lora-dynamics/gaussian/mod.ts";
import {
  keptSteps,
  LoraFlow,
  populationLoss,
  type RunCell,
  type RunRow,
  sgdRun,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const SETTING = { student: "erf", w0: 0.6, d: 1000, batch: 500, step: 0.2, copies: 3 } as const;

async function rowsOf(cell: Omit<RunCell, "looks"> & { looks: number[] }): Promise<RunRow[]> {
  return [await sgdRun(cell, { seed: "7" } as never)].flat() as RunRow[];
}

Deno.test("rows have the loss, s and sign of their state, aligned and beside the ray", async () => {
  for (const w0 of [0.6, [0.6, 0.4]]) {
    const frozen = [w0].flat(), beside = frozen[1] ?? 0;
    const moments = pairMoments("erf", "erf");
    for (const row of await rowsOf({ ...SETTING, w0, looks: [0, 60, 300] })) {
      const { m, n, u, s, loss } = row, h2 = 1 - m * m - n * n;
      assert(m >= 0 && h2 > -1e-12);
      assertAlmostEquals(s, 0.6 + u * m, 1e-14);
      const r = (0.6 + u * m) ** 2 + (beside + u * n) ** 2 + u * u * h2;
      assertAlmostEquals(loss, populationLoss(moments, r, s), 1e-12);
      assertEquals(row.samples, row.at * 500);
    }
  }
});

Deno.test("the gap of a row keeps its digits, on the sphere and free", async () => {
  const h = 3e-7, a = [-Math.sqrt(1 - h * h)];
  const [row] = await rowsOf({ ...SETTING, start: { u: 0.1, a, h }, copies: 1, looks: [0] });
  assertAlmostEquals(row.gap / (h * h / 2), 1, 1e-9);
  assertEquals(row.m, -a[0]);
  const x = 4e-7, near = { u: 0.1, a: [Math.sqrt(1 - h * h - x * x), x], h };
  const two = { ...SETTING, w0: [0.5, 0.2], start: near, copies: 1, looks: [0] };
  assertAlmostEquals((await rowsOf(two))[0].gap / ((h * h + x * x) / 2), 1, 1e-9);
  const free = { ...SETTING, sphere: false, start: { u: 0.1, a: [0.9], h: 1.3 }, copies: 1 };
  assertAlmostEquals((await rowsOf({ ...free, looks: [0] }))[0].gap, 0.1, 1e-15);
  const beside = { ...SETTING, w0: [0.5, 0.2], start: { u: 0.1, a: [0.6, -0.3] }, copies: 1 };
  const [tilted] = await rowsOf({ ...beside, looks: [0] });
  assertAlmostEquals(tilted.gap, 0.4, 1e-15);
  assertEquals(tilted.n, -0.3);
});

Deno.test("runs without batch noise have the flow's end, each from its own start", async () => {
  const cell = { ...SETTING, student: "x", w0: 0.5, batch: 1e10, copies: 6, looks: [0, 300] };
  const rows = await rowsOf(cell);
  for (let copy = 0; copy < 6; copy++) {
    const [start, end] = rows.filter((row) => row.copy === copy);
    const flow = new LoraFlow({ student: "x", frozen: [0.5], u0: start.u, a0: [start.m] });
    assertAlmostEquals(end.m, flow.path([60])[0].m, 3e-3); // of order η
  }
});

Deno.test("own columns come from the state; names that are taken are refused", async () => {
  const observe = ({ u, h, at }: { u: number; h: number; at: number }) => ({
    product: Math.abs(u) * h,
    at2: at * 2,
  });
  const [row] = await rowsOf({ ...SETTING, copies: 1, observe, looks: [4] });
  assertAlmostEquals(row.product as number, Math.abs(row.u) * Math.sqrt(1 - row.m ** 2), 1e-12);
  assertEquals(row.at2, 8);
  const taken = { ...SETTING, copies: 1, observe: () => ({ loss: 1 }), looks: [1] };
  assertThrows(() => sgdRun(taken as never, { seed: "7" } as never), RangeError, "is loss");
});

Deno.test("rank 2 shows the one direction that its student has: w = w₀ + u ω", async () => {
  const rows = await rowsOf({ ...SETTING, rank: 2, copies: 4, looks: [0, 1500] });
  const moments = pairMoments("erf", "erf");
  for (const { m, u, s, loss, at } of rows) {
    assertAlmostEquals(s, 0.6 + u * m, 1e-13);
    const r = 0.36 + u * u + 1.2 * u * m;
    assertAlmostEquals(loss, populationLoss(moments, r, s), 1e-12);
    if (at > 0) assert(m > 0.3 && s > 0.6 && s < 1.01, `${m} ${s}`);
  }
});

Deno.test("rank 2 on whole inputs sees all of ω: of length 1, uniform at the start", async () => {
  const observe = ({ a, h }: { a: readonly number[]; h: number }) => ({
    length: Math.hypot(...a, h),
  });
  for (const [d, w0] of [[5, [0.6]], [7, [0.6, 0.2]]] as const) {
    const cell = {
      ...SETTING,
      rank: 2,
      w0,
      d,
      batch: 3,
      sampler: "whole inputs" as const,
      observe,
    };
    for (const { length } of await rowsOf({ ...cell, copies: 2, looks: [0, 5] })) {
      assertAlmostEquals(length as number, 1, 1e-15);
    }
    const copies = 1000, starts = await rowsOf({ ...cell, copies, looks: [0] });
    const square = starts.reduce((sum, { m }) => sum + m * m, 0) / copies;
    // m² of a uniform direction: mean 1/d, variance 2(d − 1)/(d²(d + 2)); four standard errors.
    assertAlmostEquals(square, 1 / d, 4 * Math.sqrt(2 * (d - 1) / (d + 2) / copies) / d);
  }
});

Deno.test("keptSteps() rises from 0 to the last step without repeats, about evenly in ln(1 + step)", () => {
  for (const [last, points] of [[1, 5], [10, 3], [1000, 20], [1e6, 60]]) {
    const steps = keptSteps(last, points);
    assertEquals([steps[0], steps.at(-1)], [0, last]);
    assert(steps.length <= points + 1);
    for (let i = 1; i < steps.length; i++) assertGreater(steps[i], steps[i - 1]);
  }
  const logs = keptSteps(1e6, 60).map((k) => Math.log1p(k));
  for (const i of [1, 5, 20]) {
    assertLess(Math.abs(logs.at(-i)! - logs.at(-i - 1)! - Math.log1p(1e6) / 60), 1e-3);
  }
});
