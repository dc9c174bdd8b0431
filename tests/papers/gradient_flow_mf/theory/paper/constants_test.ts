import { assertAlmostEquals, assertThrows } from "@std/assert";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close } from "../_helpers.ts";

Deno.test("theoremConstants() are the golden ones, for three problems", () => {
  for (const { delta_w, c1_from_C1_C2, ...slopes } of golden.statements.slopes) {
    const { c1, c3, c2 } = mf.theoremConstants(mf.problemQ({ delta: delta_w }));
    close(c1, c1_from_C1_C2, 1e-12);
    close(c3, slopes["c3_literal_(102)"], 1e-12);
    close(c2, 32 * c3 / (1 - delta_w), 1e-12);
  }
  const { c3 } = mf.theoremConstants(mf.paperProblem({ seed: "1000" }));
  close(c3, golden.statements.c3_literal_fig1, 1e-11);
});

Deno.test("theoremConstants(): the second condition of (102) can be the binding one", () => {
  // (‖W₁‖ + ‖W₂‖)σ just above (1 − δ_w)σ_{W₂}: b is small, g is not.
  const problem = mf.aligned({ s2: [2, 1.1], s1: [0.2, 0.1], target: [0.82, 0] });
  const { b, g, c3, rate, sharpRate } = mf.theoremConstants(problem), deltaW = 0.1;
  assertAlmostEquals(b, 64 * (2.2 * 0.82 - 1.8) / (0.9 * 1.64), 1e-10);
  assertAlmostEquals(g, 32 * 2 / (0.9 * 2), 1e-10);
  close(c3, (3 + deltaW) / (5 - deltaW) / (0.5 + g), 1e-10);
  close(rate, 0.9 * 1.64 / 32, 1e-12);
  close(sharpRate, 4 * 1.64, 1e-12);
});

Deno.test("theoremConstants() refuses a problem for which (102) does not bind", () => {
  const problem = mf.aligned({ s2: [2, 1.1], s1: [0.2, 0.1], target: [0.5, 0] });
  assertThrows(() => mf.theoremConstants(problem), RangeError, "for (102) to bind");
});
