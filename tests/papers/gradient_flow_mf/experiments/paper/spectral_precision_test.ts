/** What the paper's spectral start leaves behind. */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { slope } from "lora-dynamics/experiment/mod.ts";
import { aligned, spectralPrecision } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

Deno.test("nothing off the target, and rounding in the end", async () => {
  const { rows, ...result } = await spectralPrecision();
  assertAlmostEquals(rows[0].loss / 8.8189141e-5, 1, 1e-8);
  assertEquals(rows.map(({ mixed, rest }) => mixed + rest), [0, 0]);
  assert(rows[1].loss < 1e-24);
  assertEquals(result.table().map((row) => row["off-signal"]), [0, 0]);
  assertEquals(result.record.seeds, ["871"]);
});

Deno.test("a tilt leaves an error that grows with it", async () => {
  // Off the target the error is of first order in the tilt early on, its loss of second.
  const tilts = [1e-3, 1e-2, 1e-1];
  const off = await Promise.all(tilts.map(async (tilt) => {
    const [row] = (await spectralPrecision({ tilt, times: [4] })).rows;
    assertEquals(row.start, `spectralPaper tilted by ${tilt}`);
    return row.mixed + row.rest;
  }));
  assertAlmostEquals(slope(tilts.map(Math.log), off.map(Math.log)), 2, 0.05);
});

Deno.test("other layers, scales and copies; mistakes name the parameter", async () => {
  const problem = aligned({ s2: [2, 1], s1: [1, 0.4], target: [0, 0.6] });
  const { rows } = await spectralPrecision({
    ...{ problem, alpha: [1e-2, 1e-4], r: 2, times: [60], copies: 2, seed: "4" },
  });
  assertEquals(rows.length, 4);
  for (const { loss, mixed, rest } of rows) assert(loss < 1e-22 && mixed + rest === 0);
  await assertRejects(() => spectralPrecision({ times: [2, 1] }), RangeError, "times must be");
  await assertRejects(() => spectralPrecision({ alpha: [1, 1] }), RangeError, "alpha must be");
});
