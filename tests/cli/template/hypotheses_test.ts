// What a reader may try in a cell, each in one line.
import { assert, assertAlmostEquals, assertRejects, assertStringIncludes } from "@std/assert";
import * as paper from "lora-dynamics/cli/template/mod.ts";

const tiny = { preset: "quick", copies: 8, scales: [0.01] } as const;

const meanOf = (rows: readonly { time: number }[]) =>
  rows.reduce((sum, { time }) => sum + time, 0) / rows.length;

Deno.test("a target that is twice as large is learnt in about half of the time", async () => {
  const one = await paper.halfTimes({ ...tiny }),
    two = await paper.halfTimes({ ...tiny, target: 2 });
  // y₀ is halved as well: log 2 more in the numerator.
  const expected = (2 * meanOf(one.rows) + Math.LN2) / 4;
  assertAlmostEquals(meanOf(two.rows), expected, 0.01);
  assertStringIncludes(two.figure().caption!, "σ = 2");
});

Deno.test("other seeds are other starts, the same seed the same ones", async () => {
  const [a, b, c] = await Promise.all(
    ["1", "1", "2"].map((seed) => paper.halfTimes({ ...tiny, seed })),
  );
  assert(meanOf(a.rows) === meanOf(b.rows) && meanOf(a.rows) !== meanOf(c.rows));
});

Deno.test("a smaller scale takes longer by the logarithm that the law says", async () => {
  const { rows } = await paper.halfTimes({ ...tiny, scales: [1e-2, 1e-4] });
  const at = (scale: number) => meanOf(rows.filter((row) => row.scale === scale));
  // Equal draws at both scales: only the delay by the step differs, η/2 log 100.
  assertAlmostEquals(at(1e-4) - at(1e-2), Math.log(100), 0.01);
});

Deno.test("what is unknown, out of range or contradictory is named", async () => {
  const run = (given: object) => paper.halfTimes({ ...tiny, ...given });
  await assertRejects(() => run({ gian: 2 }), RangeError, "gain");
  await assertRejects(() => run({ target: 0 }), RangeError, "target must be");
  await assertRejects(() => run({ scales: [0.01, 3] }), RangeError, "scales must be at most");
  await assertRejects(() => run({ eta: 1 }), RangeError, "eta must be below");
});
