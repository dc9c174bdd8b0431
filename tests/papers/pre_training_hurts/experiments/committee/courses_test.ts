/** Courses of the committee: times by hand, captions that follow the run, what is refused. */
import { assert, assertAlmostEquals, assertEquals, assertFalse, assertRejects } from "@std/assert";
import {
  committeeCourses,
  halvingStep,
  halvingSteps,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const small = { preset: "quick", d: 30, batch: 60, copies: 1, mu: [0.3] } as const;

Deno.test("halvingStep() meets a level in the logarithm of the loss", () => {
  const rows = [[0, 8], [10, 8], [20, 2], [30, 1]].map(([at, loss]) => ({ at, loss }));
  assertAlmostEquals(halvingStep(rows, 0.5), 15, 1e-12);
  assertAlmostEquals(halvingStep(rows, 0.125), 30, 1e-12);
  assert(Number.isNaN(halvingStep(rows, 0.1)));
});

Deno.test("the last look is the rescaled time, and every degraded unit counts", async () => {
  const { rows } = await committeeCourses({
    ...small,
    time: 49,
    step: 0.5,
    points: 7,
    degraded: 3,
  });
  // 49/(0.5·0.7²) = 200 steps.
  assertEquals([...new Set(rows.map(({ at }) => at))], [0, 29, 57, 86, 114, 143, 171, 200]);
  const two = await committeeCourses({ ...small, time: 49, step: 0.5, points: 7, degraded: 2 });
  assert(rows[0].loss > 1.5 * two.rows[0].loss);
});

Deno.test("chain and flow from one start take about the same steps", async () => {
  const { rows, parameters } = await committeeCourses({
    ...{ ...small, ranks: [2], d: 100, batch: 3000, time: 60, points: 60, copies: 2 },
  });
  for (const { steps, flow } of halvingSteps(rows, parameters)) {
    assertAlmostEquals(steps / flow, 1, 0.1);
  }
});

Deno.test("captions follow the run: units, rule, and no line where none is known", async () => {
  const run = await committeeCourses({
    ...{ ...small, student: "erf", width: 3, ranks: [1], time: 20, points: 5 },
    rule: { name: "clipping", norm: 0.2 },
  });
  const { caption, panels } = run.figure();
  assert(caption!.includes("3 erf units of which 2"), caption);
  assert(caption!.includes("clipping"), caption);
  assert(caption!.includes("no flow is drawn"), caption);
  assertFalse(JSON.stringify(run.figure().rows).includes('"theory"'));
  assert([panels].flat().length === 1);
});

Deno.test("more degraded units than there are is an error", async () => {
  await assertRejects(
    () => committeeCourses({ ...small, width: 2, degraded: 3 }),
    Error,
    "at most the width 2",
  );
});
