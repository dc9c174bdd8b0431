import { assertAlmostEquals, assertThrows } from "@std/assert";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

Deno.test("momentumRun() is the heavy ball, written out", () => {
  const problem = mf.aligned({ s2: [2, 1.4], target: [0, 0.5], n: 3 });
  const cell = {
    ...{ problem: mf.plainProblem(problem), startedBy: "spectral" as const, alpha: 0.3, r: 1 },
    ...{ eta: 0.05, beta: 0.7, at: [4, 30] },
  };
  const rows = mf.momentumRun(cell) as mf.MomentumRow[];
  // b, a along the mode: v ← βv + g, θ ← θ − ηv, g = −s(σ − s a b)·(the other one).
  let b = 0.3, a = 0.3, vb = 0, va = 0;
  for (let n = 1; n <= 30; n++) {
    const e = 1.4 * (0.5 - 1.4 * a * b);
    [vb, va] = [0.7 * vb - e * a, 0.7 * va - e * b];
    b -= 0.05 * vb;
    a -= 0.05 * va;
    if (n === 4) assertAlmostEquals(rows[0].x, a * b, 1e-14);
  }
  assertAlmostEquals(rows[1].x, a * b, 1e-14);
  assertThrows(() => mf.momentumRun({ ...cell, eta: 50 }), RangeError, "eta must be small enough");
  assertThrows(() => mf.momentumRun({ ...cell, rule: "gd" } as never), TypeError, "rule");
});
