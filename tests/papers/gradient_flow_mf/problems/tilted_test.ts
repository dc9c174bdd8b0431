import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { tiltedProblem } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

Deno.test("tiltedProblem() has its angle, its values and its sizes", () => {
  const { w2, target } = tiltedProblem({ m: 4, n: 3, s: [1.5, 0.2], degrees: 60, sigma: 2 });
  assertEquals([...w2.data].filter((_, i) => i % 5 === 0), [1.5, 0.2, 1.5, 1.5]);
  assertEquals([target.rows, target.columns], [4, 3]);
  assertAlmostEquals(target.data[0], 1, 1e-15);
  assertAlmostEquals(target.data[3], Math.sqrt(3), 1e-15);
  assertEquals(tiltedProblem({ degrees: 0 }).target.data[10], 0);
  assertEquals(tiltedProblem({ degrees: 22.5 }).name!.slice(0, 15), "target at 22.5°");
});

Deno.test("tiltedProblem() says what it cannot make", () => {
  const refused = (options: object, words: string) =>
    assertThrows(() => tiltedProblem(options as never), Error, words);
  refused({ m: 1 }, "m must be an integer >= 2");
  refused({ n: 0 }, "n must be an integer >= 1");
  refused({ s: [0, 1] }, "the first > 0");
  refused({ s: [1] }, "two finite numbers");
  refused({ s: [1, -1] }, "the second >= 0");
  refused({ degrees: Infinity }, "degrees must be finite");
  refused({ sigma: 0 }, "sigma must be");
  refused({ phi: 1 }, "phi");
});
