import { assertAlmostEquals, assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

Deno.test("pathRun() has one loss in both forms, and another with a factor transposed", () => {
  const problem = mf.plainProblem(mf.factorization({ m: 9, n: 8, sigma: [1, 0.6], s: 1.2 }));
  const cell = { problem, startedBy: "gauss" as const, alpha: 0.1, r: 3, times: [0, 4, 12] };
  const rows = mf.pathRun(cell, { seed: "3" }) as mf.PathRow[];
  for (const { full, reduced } of rows) assertAlmostEquals(reduced / full, 1, 1e-10);
  for (const { full, wrong } of rows.slice(1)) assertGreater(Math.abs(wrong / full - 1), 1e-4);
});

Deno.test("drawRun() follows both forms to their half-time; a draw can be drawn again", () => {
  const cell = { m: 12, n: 9, r: 2, alpha: 1e-2, sigma: [0.9], s: 1.5, draws: 2, times: [0, 7] };
  for (const form of ["full", "reduced"] as const) {
    const rows = mf.drawRun({ ...cell, form }, { seed: "8" }) as mf.DrawRow[];
    assertEquals(rows.map(({ copy, at }) => [copy, at]), [[0, 0], [0, 7], [1, 0], [1, 7]]);
    assertNotEquals(rows[0].power, rows[2].power);
    for (const { half, power } of rows) {
      // T4, up to the noise: κ = (m + n)α².
      assertAlmostEquals(half!, mf.escapeTime({ s: 1.5, sigma: 0.9, power }), 0.05);
    }
  }
  const [row] = mf.drawRun({ ...cell, form: "reduced" }, { seed: "8" }) as mf.DrawRow[];
  const { draws: _, times: __, ...options } = cell;
  const { problem, adapters } = mf.sampleReduced(options, mf.drawStream("8", 12, 9, 0));
  assertAlmostEquals(mf.loss(problem, adapters), row.loss, 1e-14);
  const [mode] = mf.growthModes(problem).modes1, z = mf.modalVector(adapters.b1, adapters.a1, mode);
  assertAlmostEquals(row.power, z.reduce((sum, x) => sum + x * x, 0), 1e-15);
});
