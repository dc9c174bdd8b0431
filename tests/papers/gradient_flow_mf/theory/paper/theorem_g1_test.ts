import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

Deno.test("theoremG1(): both starts stand still at the golden loss", () => {
  for (const along of ["top", "bottom"] as const) {
    const { problem, start } = mf.theoremG1({ along });
    const { b1, a1, b2, a2 } = mf.velocity(problem, start);
    for (const { data } of [b1, a1, b2!, a2!]) assertEquals(data.every((x) => x === 0), true);
    assertAlmostEquals(mf.loss(problem, start), golden.statements.G1.L_50, 1e-15);
    assertEquals(mf.commonBases(problem).defect21, 0);
    assertEquals([...problem.w2.data, ...problem.w1!.data], [10, 0, 0, 1, 10, 0, 0, 1]);
    assertEquals(Math.max(...start.a1.data) * Math.min(...start.a2!.data), 0.3 * -0.2);
  }
});

Deno.test("theoremG1(): weights, sizes, target and tilt stand where they are asked for", () => {
  const options = { weights: [3, 1.4] as const, sigma: 0.6, tilt: 1e-4, a1: 0.2, a2: 0.1 };
  const top = mf.theoremG1(options), bottom = mf.theoremG1({ ...options, along: "bottom" });
  for (const { problem } of [top, bottom]) {
    assertEquals([...problem.w2.data], [3, 0, 0, 1.4]);
    assertEquals([...problem.w1!.data], [3, 0, 0, 1.4]);
  }
  assertEquals([...top.problem.target.data], [0, 0, 0, 0.6]);
  assertEquals([...bottom.problem.target.data], [0.6, 0, 0, 0]);
  assertEquals([...top.start.a1.data, ...top.start.a2!.data], [0.2, 1e-4, 0.1, 0]);
  assertEquals([...bottom.start.a1.data, ...bottom.start.a2!.data], [1e-4, 0.2, 0, 0.1]);
  // The tilt is what the gradient sees: Ḃ₁ = W₂ᵀΔA₁ᵀ.
  assertAlmostEquals(mf.velocity(top.problem, top.start).b1.data[1], 1.4 * 0.6 * 1e-4, 1e-18);
});

Deno.test("theoremG1() refuses values out of range and unknown keys", () => {
  assertThrows(() => mf.theoremG1({ along: "left" } as never), RangeError, "top, bottom");
  assertThrows(() => mf.theoremG1({ weights: [1, 0] }), RangeError, "weights[1] must be");
  assertThrows(() => mf.theoremG1({ sigma: -1 }), RangeError, "sigma must be");
  assertThrows(() => mf.theoremG1({ tilt: NaN }), RangeError, "tilt must be finite");
  assertThrows(() => mf.theoremG1({ alpha: 1 } as never), TypeError, "alpha");
});
