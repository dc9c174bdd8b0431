import { assertAlmostEquals, assertThrows } from "@std/assert";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

Deno.test("tailRun() is the explicit flow where both can go, of the start of its seed", () => {
  const problem = mf.factorization({ m: 5, n: 4, sigma: [0.8], s: 1.3 }), times = [3, 40, 300];
  const cell = { problem: mf.plainProblem(problem), startedBy: "gauss" as const, alpha: 0.1, r: 2 };
  const rows = mf.tailRun({ ...cell, times }, { seed: "9" }) as mf.TailRow[];
  const start = { start: "gauss", r: 2, alpha: 0.1, draws: portable(9) } as const;
  const flow = new mf.AdapterFlow(problem, mf.startAdapters(problem, start));
  flow.solve(times).losses.forEach((loss, i) => {
    assertAlmostEquals(rows[i].loss / loss, 1, 1e-6);
    assertAlmostEquals(rows[i].at, times[i], 0);
  });
  assertThrows(() => mf.tailRun({ ...cell, times, rank: 2 } as never), TypeError, "rank");
});
