import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertStringIncludes,
} from "@std/assert";
import { where } from "lora-dynamics/experiment/mod.ts";
import { courses, coursesOf, misaligned } from "lora-dynamics/papers/pre_training_hurts/mod.ts";

type Place = { series: string; x: number; y: number };

Deno.test("each line of the courses starts where the run of its marks has started", async () => {
  const mu = [0.3, 0.6], sizes = { d: 400, batch: 1e10, steps: 200, points: 30, copies: 3 };
  const run = await courses({ mu, ...sizes });
  const tables = run.figure().rows as Record<string, Place[]>;
  for (const each of mu) {
    const series = `/{μ} = ${each}`, own = where(run.rows, "mu", each);
    const starts = where(own, "at", 0).map(({ m }) => m).toSorted((x, y) => x - y);
    const copy = where(own, "at", 0).find(({ m }) => m === starts[1])!.copy;
    const line = where(tables["b, theory"], "series", series);
    for (const { x, y } of where(tables["b, simulation"], "series", series)) {
      assertEquals(where(where(own, "copy", copy), "at", x)[0].m, y);
      assertLess(Math.abs(line.find((place) => place.x === x)!.y - y), 0.03); // of order η
    }
    // The two other copies are thin lines of their own.
    const thin = tables["b, simulation, every time"].map((place) => place.series);
    assertEquals(new Set(thin.filter((name) => name.startsWith(series))).size, 2);
  }
});

Deno.test("runs are long enough to leave the plateau, at every strength", async () => {
  const { rows } = await courses({ preset: "quick", batch: 1e9, seed: "3" });
  for (const mu of [0.1, 0.3, 0.5, 0.7, 0.9]) {
    const end = where(rows, "mu", mu).at(-1)!;
    assertAlmostEquals(end.m, 1, 1e-3, String(mu));
    assertLess(end.loss, 1e-5);
  }
});

Deno.test("a loss below the digits of its closed form is not drawn", async () => {
  const run = await courses({ mu: [0.3], batch: 1e9, steps: 1500, copies: 1 });
  const { "a, theory": line } = run.figure().rows as Record<string, Place[]>;
  assert(line.every(({ y }) => y > 1e-11));
  assertLess(Math.min(...line.map(({ y }) => y)), 1e-8);
  // It falls to the end, without wiggles.
  line.slice(1).forEach(({ y }, i) => assert(y <= line[i].y * (1 + 1e-9)));
});

Deno.test("the caption says why there is no theory, and where the optimum is unstable", async () => {
  const sizes = { mu: [0.5], d: 30, batch: 100, steps: 4, copies: 1 };
  const caption = async (rest: object) => (await courses({ ...sizes, ...rest })).figure().caption!;
  assertStringIncludes(
    await caption({ rank: 2 }),
    "no theory is drawn: the flow is that of rank one",
  );
  assertStringIncludes(await caption({ step: ["0.1/(1+t)", 0.1] }), "ratio of the two steps");
  assertStringIncludes(await caption({ sphere: false }), "ω free");
  assertStringIncludes(await caption({ teacher: "erf" }), "linear student of a erf teacher");
  const he3 = { student: "He3", d: 1000, batch: 500, mu: [0.4, 0.5] };
  assertStringIncludes(await caption(he3), "above μ = 0.432 (mean square): runs at μ = 0.4 cannot");
  for (const rest of [{ mu: [0.5] }, { noise: 0.1 }, { teacher: "erf" }, { rule: "momentum" }]) {
    assert(!(await caption({ ...he3, ...rest })).includes("is stable"), JSON.stringify(rest));
  }
});

Deno.test("weights beside the ray have their flow, in frames of two directions", async () => {
  const run = await courses({ mu: [misaligned(0.5)], batch: 1e9, d: 100, steps: 400, copies: 1 });
  const tables = run.figure().rows as Record<string, Place[]>;
  assertAlmostEquals(tables["b, theory"].at(-1)!.y, Math.SQRT1_2, 1e-6);
  const three = await courses({ mu: [[0.4, 0.3, 0.2]], d: 100, steps: 10, copies: 1 });
  assertStringIncludes(three.figure().caption!, "rows keep two coordinates");
});

Deno.test("the five targets of the figure have their own strengths, at most six", () => {
  for (const [name, each] of Object.entries(coursesOf)) {
    const { mu, student } = each.defaults("full");
    assert(mu.length <= 6, name);
    assertEquals(student, name);
  }
});
