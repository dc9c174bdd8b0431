import { assertAlmostEquals, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { where } from "lora-dynamics/experiment/mod.ts";
import { misalignedCourses } from "lora-dynamics/papers/pre_training_hurts/mod.ts";

type Place = { series: string; x: number; y: number };

Deno.test("a weight of one's own beside the ray: the adapter learns what is missing", async () => {
  const w0 = [0.3, -0.5], cases = [{ student: "tanh(z)", w0 }];
  const run = await misalignedCourses({ preset: "quick", cases, batch: 500, steps: 3000 });
  const { m, n, u, s, reach } = run.rows.at(-1)!, distance = Math.hypot(0.7, 0.5);
  assertAlmostEquals(m, 0.7 / distance, 1e-3);
  assertAlmostEquals(n, 0.5 / distance, 1e-3);
  assertAlmostEquals(s, 1, 1e-3);
  assertAlmostEquals(reach, Math.abs(u) / distance, 1e-14);
  assertAlmostEquals(reach, 1, 1e-3);
});

Deno.test("lines are flows from the run's own start; the caption names who is trapped", async () => {
  const cases = [{ student: "x", w0: [0.6, 0.4] }, { student: "He3", w0: [0.1, 0.9] }];
  const run = await misalignedCourses({
    preset: "quick",
    cases,
    batch: 20_000,
    steps: 1000,
    step: 0.1,
  });
  const figure = run.figure(), tables = figure.rows as Record<string, Place[]>;
  for (const panel of ["a", "b", "c"]) {
    for (const series of ["linear, (0.6, 0.4)", "He_{3}, (0.1, 0.9)"]) {
      const line = where(tables[`${panel}, theory`], "series", series);
      for (const { x, y } of where(tables[`${panel}, simulation`], "series", series)) {
        assertAlmostEquals(
          line.find((place) => place.x === x)!.y,
          y,
          0.06,
          `${panel} ${series} ${x}`,
        );
      }
    }
  }
  assertStringIncludes(figure.caption!, "He3 at (0.1, 0.9) ends at s near 0");
  assertEquals(figure.caption!.includes("linear at"), false);
  const none = await misalignedCourses({
    preset: "quick",
    cases,
    steps: 3,
    rank: 1,
    step: ["0.1", "0.1"],
  });
  assertStringIncludes(none.figure().caption!, "no theory is drawn");
});

Deno.test("a weight must have two coordinates", async () => {
  const cases = [{ student: "x", w0: 0.5 }];
  await assertRejects(() => misalignedCourses({ cases }), Error, "w0 must have two coordinates");
});
