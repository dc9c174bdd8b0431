import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { where } from "lora-dynamics/experiment/mod.ts";
import {
  curriculumCourses,
  curriculumNoise,
  endsOfCurriculum,
  trapEnds,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";

type Place = { series: string; x: number; y: number };

Deno.test("curriculumNoise() of He3 at μ = .325 by moments of polynomials", () => {
  const protocols = [
    { labels: "zero", batch: 5, step: 0.1 },
    { labels: { teacher: "x" }, batch: 5, step: 0.1 },
  ] as const;
  const [zero, own] = curriculumNoise({ student: "He3", mu: 0.325, d: 1000, protocols });
  // σ σ' = 3(l³ − 3l)(l² − 1), l = μz: E (·)² = 9 E(l^10 − 8 l^8 + 22 l^6 − 24 l^4 + 9 l²), over 18².
  const r = 0.325 ** 2, moments = [1, 3, 15, 105, 945], at = (k: number) => moments[k - 1] * r ** k;
  const square = 9 * (at(5) - 8 * at(4) + 22 * at(3) - 24 * at(2) + 9 * at(1)) / 324;
  assertAlmostEquals(zero.noise, square, 1e-14);
  assertAlmostEquals(square, 0.0123, 5e-5);
  assert(own.noise > 0 && own.labels === "linear");
  // b_c = ηS₀√d/(2|A|√(1 − η|B|/2)) with A = −μG'/18, B = −G'/18.
  const slope = (45 * r * r - 36 * r + 9) / 18;
  const critical = 0.1 * square * Math.sqrt(1000 / (1 - 0.05 * slope)) / (2 * 0.325 * slope);
  assertAlmostEquals(zero.critical, critical, 1e-10);
});

Deno.test("courses of the curriculum have flow time, both stages, and the flow of labels 0", async () => {
  const protocols = [{ labels: "zero", batch: 3000, step: 0.2 }] as const;
  const run = await curriculumCourses({
    mu: 0.4,
    d: 300,
    protocols,
    copies: 2,
    first: 200,
    second: 20,
  });
  for (const { time, at } of run.rows) assertAlmostEquals(time, 0.2 * at, 1e-12);
  assertEquals(endsOfCurriculum(run.rows, 0).length, 2);
  const figure = run.figure(), tables = figure.rows as Record<string, Place[]>;
  const flow = tables["b, theory"];
  const turn = flow.findIndex(({ y }, i) => i > 0 && y > flow[i - 1].y + 0.3);
  assertAlmostEquals(flow[turn - 1].y + 2 * 0.4 - 0.4, 0.4 + flow[turn - 1].y, 1e-12);
  assertAlmostEquals(flow.at(-1)!.y, 1, 1e-4);
  // The chain turns when the flow does: within a tenth, from the typical start of both.
  const turned = where(where(run.rows, "stage", 2), "copy", 0)[0].time;
  assertLess(Math.abs(turned / flow[turn - 1].x - 1), 0.1);
  assertStringIncludes(figure.caption!, "2 of 2 runs learn");
});

Deno.test("ends: as many marks as copies, lines that change at the trap and at half of it", async () => {
  const run = await trapEnds({ preset: "quick", mu: [0.2, 0.5], copies: 3 });
  assertEquals(run.rows.length, 2 * 2 * 3);
  const figure = run.figure(), tables = figure.rows as Record<string, Place[]>;
  assertEquals(tables.simulation.length, 12);
  const change = (series: string) => {
    const line = where(tables.theory, "series", series);
    return line.find(({ y }) => y > 0.5)!.x;
  };
  assertAlmostEquals(change("direct training"), 0.3207, 2e-3);
  assertAlmostEquals(change("with the turn"), 0.1604, 2e-3);
  assertStringIncludes(figure.caption!, "μ_c = 0.3207");
  where(run.rows, "training", "direct").forEach(({ turned }) => assert(Number.isNaN(turned)));
  where(run.rows, "training", "turned").forEach(({ mu, turned }) =>
    assertLess(Math.abs(turned - 2 * mu), 0.1)
  );
});

Deno.test("ends of a target without a trap have no lines of one", async () => {
  const run = await trapEnds({
    preset: "quick",
    student: "x",
    mu: [0.3],
    copies: 2,
    step: 0.2,
    labels: { teacher: "x" },
  });
  assert((run.figure().rows as Record<string, unknown>).theory === undefined);
  assert(run.rows.every(({ s }) => Math.abs(s - 1) < 0.05));
  // On a flat ray there is nothing to descend.
  await assertRejects(
    () => trapEnds({ student: "x", teacher: "0.4 z", mu: [0.4], copies: 1 }),
    Error,
    "gradient at the frozen weight must not vanish",
  );
});
